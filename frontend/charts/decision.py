"""The charts of a decision, drawn for a light or a dark page."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import log, pi
from textwrap import wrap
from typing import Any

import altair as alt
import pandas as pd

from frontend.charts.palette import Palette
from frontend.formats import pesos
from frontend.text import Language, say
from solvencia_client.types import IncomeBandOut, ScoreScale

_BAND_MARGIN = 0.06
"""Room beside what an income is seen against, as a share of its span in logarithms."""
_TAIL = 1.45
"""How far the lowest and the highest decile are drawn beyond their bound."""
_CELLS = 66
"""Height of the cells of deciles, in pixels."""
_BANDS = ("#c0574b", "#dd9a55", "#dcc162", "#93b972", "#4a9b74")
"""From the lowest grade to the highest."""
_FONT = 13
_LABEL_LETTERS = 56
"""Letters of a label before it goes on in a second line."""
_ROW = 27
_MARGIN = 0.22
"""Room for the labels beside the outermost bars, as a share of their span."""


@dataclass(frozen=True)
class Step:
    """One step of the way from the average to the final score."""

    name: str
    start: float
    end: float
    kind: str
    shown: str
    rule: bool = False
    """Whether a rule of the policy makes it; the others are the model's."""


def gauge(
    score: int, scale: ScoreScale, grade: str, palette: Palette
) -> alt.LayerChart | alt.FacetChart:
    """Half a dial with the grades as bands, a mark at the score and its value inside."""
    bounds = [band["lower_bound"] for band in scale["grades"]] + [float(scale["maximum"])]
    colours = _spread(len(scale["grades"]))
    bands = pd.DataFrame(
        {
            "start": bounds[:-1],
            "end": bounds[1:],
            "middle": [(low + high) / 2 for low, high in pairwise(bounds)],
            "grade": [band["grade"] for band in scale["grades"]],
            "colour": colours,
        }
    )
    dial = alt.Scale(domain=[scale["minimum"], scale["maximum"]], range=[-pi / 2, pi / 2])
    theta = alt.Theta("start:Q", scale=dial)
    centre: dict[str, Any] = {"y": 168}
    half = (scale["maximum"] - scale["minimum"]) / 160
    place = min(max(score, scale["minimum"] + half), scale["maximum"] - half)
    mark = pd.DataFrame({"start": [place - half], "end": [place + half]})
    arcs = alt.Chart(bands).mark_arc(**centre, radius=112, radius2=146, padAngle=0.012)
    letters = alt.Chart(bands).mark_text(**centre, radius=129, fontSize=15, fontWeight="bold")
    ends = alt.Chart(bands).mark_text(**centre, radius=160, fontSize=12, color=palette.muted)
    needle = alt.Chart(mark).mark_arc(**centre, radius=92, radius2=113, color=palette.ink)
    end = pd.DataFrame({"start": [scale["maximum"]]})
    last = alt.Chart(end).mark_text(**centre, radius=160, fontSize=12, color=palette.muted)
    return alt.layer(
        arcs.encode(theta=theta, theta2="end", color=alt.Color("colour:N", scale=None)),
        letters.encode(
            theta=alt.Theta("middle:Q", scale=dial), text="grade", color=alt.value("#14212a")
        ),
        ends.encode(theta=theta, text=alt.Text("start:Q", format=".0f")),
        last.encode(theta=theta, text=alt.Text("start:Q", format=".0f")),
        needle.encode(theta=theta, theta2="end"),
        _word(str(score), palette.ink, y=136, size=46),
        _word(grade, palette.muted, y=172, size=16),
    ).properties(height=192)


def income_band(
    band: IncomeBandOut,
    now: float | None,
    language: Language,
    palette: Palette,
    deciles: Sequence[float] | None = None,
) -> alt.LayerChart | alt.FacetChart:
    """The expected income as a bar from p10 to p90 with a mark at p50, and today's income.

    ``deciles`` are the nine bounds of what it is seen against, ascending, in the same pesos.
    """
    ends = [max(value, 1.0) for value in (band["p10"], band["p90"], now) if value is not None]
    low, high = min(ends), max(ends)
    if deciles:
        low, high = min(low, deciles[0] / _TAIL), max(high, deciles[-1] * _TAIL)
    # Incomes are alike when they differ by a like share: a logarithm gives the deciles like room.
    margin = max(high / low, 1.1) ** _BAND_MARGIN
    axis = alt.Scale(type="log", domain=[low / margin, high * margin], nice=False)
    x = alt.X("x:Q", scale=axis, axis=None)
    top = _CELLS / 2 + 7 if deciles else 16
    bar = pd.DataFrame({"x": [band["p10"]], "x2": [band["p90"]], "middle": [band["p50"]]})
    layers: list[Any] = (
        [] if not deciles else _cells(deciles, (low / margin, high * margin), palette)
    )
    for layer in layers:
        layer.encoding.x.scale = axis
    layers += [
        alt.Chart(bar)
        .mark_bar(height=20, cornerRadius=10, color=palette.accent, opacity=0.55, y=top)
        .encode(x=x, x2="x2"),
        alt.Chart(bar)
        .mark_tick(thickness=4, size=32, color=palette.accent, y=top)
        .encode(x=alt.X("middle:Q", scale=axis, axis=None)),
    ]
    bottom = _CELLS + 20 if deciles else 32
    if now is not None:
        layers += _today(
            max(now, 1.0), (low / margin, high * margin), (top, bottom), language, palette
        )
    return alt.layer(*layers).properties(height=bottom + 26)


def _cells(
    deciles: Sequence[float], ends: tuple[float, float], palette: Palette
) -> list[alt.Chart]:
    """Ten cells with their numbers, and the bounds between them in thousands."""
    bounds = [ends[0], *deciles, ends[1]]
    cells = pd.DataFrame(
        {
            "x": bounds[:-1],
            "x2": bounds[1:],
            "middle": [(low * high) ** 0.5 for low, high in pairwise(bounds)],
            "name": [str(number + 1) for number in range(len(bounds) - 1)],
            "shade": [0.17 if number % 2 else 0.09 for number in range(len(bounds) - 1)],
        }
    )
    cuts = pd.DataFrame({"x": deciles, "shown": [f"{bound / 1000:.0f}" for bound in deciles]})
    words: dict[str, Any] = {"fontSize": 11, "color": palette.muted}
    return [
        alt.Chart(cells)
        .mark_rect(y=0, y2=_CELLS, color=palette.muted)
        .encode(x=alt.X("x:Q", axis=None), x2="x2", opacity=alt.Opacity("shade:Q", scale=None)),
        alt.Chart(cells)
        .mark_text(y=11, **words)
        .encode(x=alt.X("middle:Q", axis=None), text="name"),
        alt.Chart(cuts)
        .mark_text(y=_CELLS + 9, **words)
        .encode(x=alt.X("x:Q", axis=None), text="shown"),
    ]


def _today(
    now: float,
    ends: tuple[float, float],
    rows: tuple[float, float],
    language: Language,
    palette: Palette,
) -> list[alt.Chart]:
    """Today's income: a mark under the band and its words, which lean inwards near an end."""
    place = log(now / ends[0]) / log(ends[1] / ends[0])
    align = "left" if place < 0.3 else "right" if place > 0.7 else "center"
    shift = {"left": -6, "right": 6, "center": 0}[align]
    axis = alt.Scale(type="log", domain=list(ends), nice=False)
    x = alt.X("x:Q", scale=axis, axis=None)
    today = pd.DataFrame({"x": [now], "shown": [f"{say('income.now', language)} {pesos(now)}"]})
    mark: dict[str, Any] = {"filled": True, "color": palette.ink, "opacity": 1}
    words: dict[str, Any] = {"fontSize": 12, "color": palette.ink, "align": align, "dx": shift}
    return [
        alt.Chart(today)
        .mark_point(shape="triangle-up", size=80, y=rows[0] + 18, **mark)
        .encode(x=x),
        alt.Chart(today).mark_text(y=rows[1] + 14, **words).encode(x=x, text="shown"),
    ]


def waterfall(steps: list[Step], palette: Palette) -> alt.LayerChart | alt.FacetChart:
    """Each step as a bar that begins where the last one ended."""
    table = pd.DataFrame([vars(step) for step in steps])
    table["name"] = ["\n".join(wrap(step.name, _LABEL_LETTERS)) for step in steps]
    table["low"], table["high"] = (
        table[["start", "end"]].min(axis=1),
        table[["start", "end"]].max(axis=1),
    )
    span = max(table["high"].max() - table["low"].min(), 10.0)
    axis = alt.Scale(
        domain=[table["low"].min() - _MARGIN * span, table["high"].max() + _MARGIN * span],
        nice=False,
    )
    y = alt.Y(
        "name:N",
        sort=list(table["name"]),
        title=None,
        axis=alt.Axis(
            labelExpr="split(datum.label, '\\n')", labelLimit=0, labelOverlap=False, labelFontSize=_FONT,
            labelColor=palette.ink, labelLineHeight=14, ticks=False, domain=False, labelPadding=8,
        ),
    )  # fmt: skip
    x = alt.X("low:Q", scale=axis, axis=None)
    kinds = alt.Scale(
        domain=["gain", "loss", "total"], range=[palette.gain, palette.loss, palette.accent]
    )
    colour = alt.Color("kind:N", legend=None, scale=kinds)
    outline = alt.Stroke("kind:N", legend=None, scale=kinds)
    base, rules = alt.Chart(table), alt.datum.rule
    moves, totals = alt.datum.kind != "total", alt.datum.kind == "total"
    losses = alt.datum.kind == "loss"
    words: dict[str, Any] = {"fontSize": _FONT, "color": palette.ink}
    return alt.layer(
        base.transform_filter(moves & ~rules).mark_bar(height=15, cornerRadius=2).encode(
            x=x, x2="high", y=y, color=colour
        ),
        base.transform_filter(moves & rules).mark_bar(
            height=14, cornerRadius=2, fillOpacity=0.25, strokeWidth=1.5
        ).encode(x=x, x2="high", y=y, color=colour, stroke=outline),
        base.transform_filter(totals).mark_point(
            shape="diamond", size=130, filled=True, opacity=1
        ).encode(x=x, y=y, color=colour),
        base.transform_filter(~losses).mark_text(align="left", dx=9, **words).encode(
            x=alt.X("high:Q", scale=axis, axis=None), y=y, text="shown"
        ),
        base.transform_filter(losses).mark_text(align="right", dx=-6, **words).encode(
            x=x, y=y, text="shown"
        ),
    ).properties(height=_ROW * len(steps) + 8)  # fmt: skip


def _word(text: str, colour: str, *, y: int, size: int) -> alt.Chart:
    mark: dict[str, Any] = {"y": y, "fontSize": size, "fontWeight": "bold", "color": colour}
    chart: alt.Chart = (
        alt.Chart(pd.DataFrame({"text": [text]})).mark_text(**mark).encode(text="text")
    )
    return chart


def _spread(count: int) -> list[str]:
    """Colours for any number of grades, the lowest always red and the highest always green."""
    last = max(count - 1, 1)
    return [_BANDS[round(i * (len(_BANDS) - 1) / last)] for i in range(count)]
