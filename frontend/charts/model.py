"""The charts of a model: how it is calibrated, what its tables hold, how two models compare."""

from collections.abc import Mapping
from math import exp, log
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from frontend.charts.palette import Palette
from frontend.formats import percent, points
from frontend.model.figures import PROBABILITY_MODELS
from frontend.model.tables import Printed, long_rows
from frontend.text import Language, say

_FONT = 13
_ROW = 26
_LABEL_WIDTH = 330
_NUMBERED_COLUMNS = 12
"""Columns of a heat map in which numbers still fit, on a tablet too."""
CELL_OPACITY = 0.55
"""Of the cells of a heat map, so that the numbers in them stay readable."""
_LEAST, _STEPS = 0.005, 80
_PER_CENT = "format(datum.value * 100, '.0f') + ' %'"
Chart = alt.LayerChart | alt.FacetChart
Metrics = Mapping[str, Any]


def written(value: float) -> str:
    """Points as they are printed: with their sign, where they have one.

    >>> written(3.04), written(-2), written(0)
    ('+3.0', '\u22122.0', '0.0')
    """
    return points(value) if value else "0.0"


def calibration(
    groups: pd.DataFrame, found: Metrics, language: Language, palette: Palette
) -> Chart:
    """Observed against predicted shares, with 95 % intervals, beside the diagonal.

    A model without groups is drawn by its calibration line: log-odds of what was observed, as a
    straight line of those predicted.
    """
    top = _top(groups)
    scale = alt.Scale(domain=[0, top], nice=False)
    axis: dict[str, Any] = {"labelExpr": _PER_CENT, "labelFontSize": _FONT, "titleFontSize": _FONT}
    axis |= {"labelColor": palette.muted, "titleColor": palette.muted, "gridOpacity": 0.35}
    axis |= {"tickCount": 5}
    x = alt.X(
        "predicted:Q",
        scale=scale,
        axis=alt.Axis(title=say("model.calibration.predicted", language), **axis),
    )
    observed = alt.Axis(title=say("model.calibration.observed", language), **axis)
    y = alt.Y("observed:Q", scale=scale, axis=observed)
    diagonal = pd.DataFrame({"predicted": [0, top], "observed": [0, top]})
    layers: list[Any] = [
        alt.Chart(diagonal)
        .mark_line(color=palette.muted, strokeDash=[5, 4], strokeWidth=1.5)
        .encode(x=x, y=y)
    ]
    if len(groups) == 1 and (line := _line(found, top)) is not None:
        layers.append(
            alt.Chart(line).mark_line(color=palette.accent, strokeWidth=2.5).encode(x=x, y=y)
        )
    table = groups.assign(
        predicted_shown=groups["predicted"].map(percent),
        observed_shown=groups["observed"].map(percent),
        interval=groups["low"].map(percent) + " – " + groups["high"].map(percent),
    )
    tips = [
        alt.Tooltip("predicted_shown:N", title=say("model.calibration.predicted", language)),
        alt.Tooltip("observed_shown:N", title=say("model.calibration.observed", language)),
        alt.Tooltip("interval:N", title="95 %"),
    ]
    base = alt.Chart(table)
    size = 80 if len(groups) == 1 else 45  # of many groups, so that short intervals show
    layers += [
        base.mark_rule(color=palette.accent, strokeWidth=2.5).encode(
            x=x, y=alt.Y("low:Q", scale=scale, axis=observed), y2="high:Q"
        ),
        base.mark_point(color=palette.accent, filled=True, size=size, opacity=1).encode(
            x=x, y=y, tooltip=tips
        ),
    ]
    return alt.layer(*layers).properties(height=320)


def _top(groups: pd.DataFrame) -> float:
    """Where the axes end: all of a share, or what rare outcomes need."""
    if len(groups) == 1:
        return min(max(float(groups["predicted"].iloc[0]) * 4, 0.2), 1.0)
    return min(float(groups[["predicted", "high"]].to_numpy().max()) * 1.08, 1.0)


def _line(found: Metrics, top: float) -> pd.DataFrame | None:
    slope, intercept = found.get("calibration_slope"), found.get("calibration_intercept")
    if slope is None or intercept is None:
        return None
    predicted = np.linspace(_LEAST, min(top, 1 - _LEAST), _STEPS)
    margins = [intercept + slope * log(share / (1 - share)) for share in predicted]
    observed = [1 / (1 + exp(-margin)) for margin in margins]
    frame = pd.DataFrame({"predicted": predicted, "observed": observed})
    return frame[frame["observed"] <= top]


def band_coverage(found: Metrics, language: Language, palette: Palette) -> Chart:
    """Shares of cases below, within and above the band: as promised, and as observed."""
    parts = ("below", "inside", "above")
    kinds = {
        say("model.calibration.promised", language): (0.1, 0.8, 0.1),
        say("model.calibration.observed", language): (
            found["below"], found["coverage_80"], found["above"],
        ),
    }  # fmt: skip
    rows = []
    for kind, shares in kinds.items():
        start = 0.0
        for part, share in zip(parts, shares, strict=True):
            name, middle = say(f"model.band.{part}", language), start + share / 2
            rows.append([kind, name, start, start + share, middle, percent(share)])
            start += share
    table = pd.DataFrame(rows, columns=["kind", "part", "start", "end", "middle", "shown"])
    named = [say(f"model.band.{part}", language) for part in parts]
    x: dict[str, Any] = {"scale": alt.Scale(domain=[0, 1], nice=False), "axis": None}
    y = alt.Y("kind:N", sort=list(kinds), title=None, axis=_names(palette))
    colours = alt.Scale(domain=named, range=[palette.loss, palette.band, palette.gain])
    legend = alt.Legend(
        orient="top", title=None, labelColor=palette.ink, labelFontSize=_FONT, symbolType="square"
    )
    base = alt.Chart(table)
    bars = base.mark_bar(height=26).encode(
        x=alt.X("start:Q", **x),
        x2="end",
        y=y,
        color=alt.Color("part:N", scale=colours, legend=legend),
        tooltip=[alt.Tooltip("part:N", title=" "), alt.Tooltip("shown:N", title=" ")],
    )
    # Above its bar, where both pages have contrast, whatever the colour of the bar.
    texts = base.mark_text(dy=-23, fontSize=_FONT, color=palette.ink).encode(
        x=alt.X("middle:Q", **x), y=y, text="shown"
    )
    return alt.layer(bars, texts).properties(height=alt.Step(58))


def single(table: Printed, palette: Palette) -> Chart:
    """Points of a table of one characteristic: a bar a cell, with its printed points."""
    rows = long_rows(table)
    good = rows["points"] <= 0 if table.risk else rows["points"] >= 0
    rows["kind"] = np.where(good, "gain", "loss")
    rows["shown"] = rows["points"].map(written)
    low, high = min(table.span[0], 0.0), max(table.span[1], 0.0)
    room = max(high - low, 1.0) * 0.16
    x = alt.X("points:Q", axis=None, scale=alt.Scale(domain=[low - room, high + room], nice=False))
    y = alt.Y("down:N", sort=list(table.labels[0]), title=None, axis=_names(palette))
    colour = alt.Color(
        "kind:N",
        legend=None,
        scale=alt.Scale(domain=["gain", "loss"], range=[palette.gain, palette.loss]),
    )
    base = alt.Chart(rows)
    words: dict[str, Any] = {"fontSize": _FONT, "color": palette.ink}
    below = alt.datum.points < 0
    zero = alt.Chart(pd.DataFrame({"points": [0.0]}))
    return alt.layer(
        base.mark_bar(height=15, cornerRadius=2).encode(x=x, y=y, color=colour),
        zero.mark_rule(color=palette.muted).encode(x=x),
        base.transform_filter(~below).mark_text(align="left", dx=6, **words).encode(
            x=x, y=y, text="shown"
        ),
        base.transform_filter(below).mark_text(align="right", dx=-6, **words).encode(
            x=x, y=y, text="shown"
        ),
    ).properties(height=_ROW * len(rows) + 8)  # fmt: skip


def pair(table: Printed, language: Language, palette: Palette) -> Chart:
    """Heat map of a table of two characteristics; numbers in its cells where they fit."""
    rows = long_rows(table)
    rows["shown"] = rows["points"].map(written)
    most = max(abs(end) for end in table.span) or 1.0
    low, high = (palette.gain, palette.loss) if table.risk else (palette.loss, palette.gain)
    scale = alt.Scale(domain=[-most, 0, most], range=[low, palette.paper, high], interpolate="lab")
    legend = alt.Legend(
        title=say("points", language),
        orient="top",
        gradientLength=220,
        gradientOpacity=CELL_OPACITY,
        labelColor=palette.ink,
        titleColor=palette.muted,
    )
    across = _names(palette, angle=-50, width=150)
    x = alt.X("across:N", sort=list(table.labels[1]), title=table.axes[1], axis=across)
    down = _names(palette, width=190)
    y = alt.Y("down:N", sort=list(table.labels[0]), title=table.axes[0], axis=down)
    base = alt.Chart(rows)
    tips = [
        alt.Tooltip("down:N", title=table.axes[0]),
        alt.Tooltip("across:N", title=table.axes[1]),
        alt.Tooltip("shown:N", title=say("points", language)),
    ]
    layers: list[Any] = [
        base.mark_rect(stroke=palette.muted, strokeOpacity=0.25, fillOpacity=CELL_OPACITY).encode(
            x=x, y=y, color=alt.Color("points:Q", scale=scale, legend=legend), tooltip=tips
        )
    ]
    if len(table.labels[1]) <= _NUMBERED_COLUMNS:
        text = base.mark_text(fontSize=12, color=palette.ink)
        layers.append(text.encode(x=x, y=y, text="shown"))
    return alt.layer(*layers).properties(height=alt.Step(_ROW))


def areas(
    champion: Metrics, challenger: Metrics, language: Language, palette: Palette
) -> Chart | None:
    """Share of pairs in the right order of two models, with 95 % intervals; None where unknown."""
    rows = []
    sides = {"champion": champion, "challenger": challenger}
    for name in PROBABILITY_MODELS:
        for side, metrics in sides.items():
            found = metrics.get(name) or {}
            if found.get("auc") is None or found.get("auc_low") is None:
                continue
            ends = [found[key] for key in ("auc_low", "auc", "auc_high")]
            side_name = say(f"model.{side}", language)
            label = f"{say(f'model.{name}', language)} · {side_name}"
            rows.append([label, side, *ends, percent(ends[1])])
    if not rows:
        return None
    table = pd.DataFrame(rows, columns=["name", "side", "low", "auc", "high", "shown"])
    room = max(float(table["high"].max() - table["low"].min()) * 0.25, 0.01)
    domain = [float(table["low"].min()) - room, float(table["high"].max()) + room]
    x: dict[str, Any] = {"scale": alt.Scale(domain=domain, nice=False), "axis": None}
    y = alt.Y("name:N", sort=list(table["name"]), title=None, axis=_names(palette))
    colours = alt.Scale(domain=list(sides), range=[palette.accent, palette.muted])
    colour = alt.Color("side:N", scale=colours, legend=None)
    base = alt.Chart(table)
    return alt.layer(
        base.mark_rule(strokeWidth=3).encode(x=alt.X("low:Q", **x), x2="high", y=y, color=colour),
        base.mark_point(filled=True, size=110, opacity=1).encode(
            x=alt.X("auc:Q", **x), y=y, color=colour
        ),
        base.mark_text(align="left", dx=10, fontSize=_FONT, color=palette.ink).encode(
            x=alt.X("high:Q", **x), y=y, text="shown"
        ),
    ).properties(height=34 * len(table) + 8)


def _names(palette: Palette, *, angle: int = 0, width: int = _LABEL_WIDTH) -> alt.Axis:
    """An axis that is only names, written out."""
    look: dict[str, Any] = {"labelFontSize": _FONT, "labelColor": palette.ink}
    look |= {"titleColor": palette.muted, "titleFontSize": _FONT, "labelPadding": 8}
    look |= {"labelOverlap": False, "labelAngle": angle, "labelLimit": width}
    return alt.Axis(ticks=False, domain=False, **look)
