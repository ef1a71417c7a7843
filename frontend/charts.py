"""The charts of a decision, drawn for a light or a dark page."""

from dataclasses import dataclass
from itertools import pairwise
from math import pi
from typing import Any

import altair as alt
import pandas as pd

from frontend.formats import pesos
from frontend.text import Language, say
from solvencia_client.types import IncomeBandOut, ScoreScale


@dataclass(frozen=True)
class Palette:
    """Colours of a page."""

    ink: str
    muted: str
    accent: str
    band: str
    gain: str
    loss: str


LIGHT = Palette("#1d2b33", "#5b6b74", "#0b6b74", "#a9d3d6", "#3f8f6b", "#c0574b")
DARK = Palette("#e4ecef", "#a2b1b8", "#4db6bf", "#2c5b61", "#5fb98d", "#e07f73")
_BAND_MARGIN = 0.3
_BANDS = ("#c0574b", "#dd9a55", "#dcc162", "#93b972", "#4a9b74")
"""From the lowest grade to the highest."""
_FONT = 13
_LABEL_WIDTH = 270
_ROW = 26
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
    return alt.layer(
        arcs.encode(theta=theta, theta2="end", color=alt.Color("colour:N", scale=None)),
        letters.encode(
            theta=alt.Theta("middle:Q", scale=dial), text="grade", color=alt.value("#14212a")
        ),
        ends.encode(theta=theta, text=alt.Text("start:Q", format=".0f")),
        needle.encode(theta=theta, theta2="end"),
        _word(str(score), palette.ink, y=136, size=46),
        _word(grade, palette.muted, y=172, size=16),
    ).properties(height=192)


def income_band(
    band: IncomeBandOut, now: float | None, language: Language, palette: Palette
) -> alt.LayerChart | alt.FacetChart:
    """The expected income as a bar from p10 to p90 with a mark at p50, and today's income."""
    low, high = band["p10"], band["p90"]
    seen = [low, high] if now is None else [low, high, now]
    margin = (max(seen) - min(seen)) * _BAND_MARGIN
    axis = alt.Scale(domain=[min(seen) - margin, max(seen) + margin], nice=False)
    x = alt.X("x:Q", scale=axis, axis=None)
    named = [(key, band[key]) for key in ("p10", "p50", "p90")]
    marks = pd.DataFrame(
        {
            "x": [value for _, value in named],
            "name": [say(f"income.{key}", language) for key, _ in named],
            "shown": [pesos(value) for _, value in named],
        }
    )
    layers: list[Any] = [
        alt.Chart(pd.DataFrame({"x": [low], "x2": [high]}))
        .mark_bar(height=22, cornerRadius=11, color=palette.band, y=72)
        .encode(x=x, x2="x2"),
        alt.Chart(marks.iloc[[1]])
        .mark_tick(thickness=4, size=34, color=palette.accent, y=72)
        .encode(x=x),
    ]
    # The outer labels lean outwards, so that a narrow side of the band does not push them together.
    for row, align, shift in ((0, "right", 14), (1, "center", 0), (2, "left", -14)):
        text = alt.Chart(marks.iloc[[row]])
        place: dict[str, Any] = {"align": align, "dx": shift}
        layers += [
            text.mark_text(y=22, fontSize=15, fontWeight="bold", color=palette.ink, **place).encode(
                x=x, text="shown"
            ),
            text.mark_text(y=42, fontSize=12, color=palette.muted, **place).encode(
                x=x, text="name"
            ),
        ]
    if now is not None:
        today = pd.DataFrame({"x": [now], "shown": [f"{say('income.now', language)} {pesos(now)}"]})
        layers += [
            alt.Chart(today)
            .mark_point(
                shape="triangle-up", size=90, filled=True, color=palette.ink, opacity=1, y=95
            )
            .encode(x=x),
            alt.Chart(today)
            .mark_text(y=113, fontSize=12, color=palette.ink)
            .encode(x=x, text="shown"),
        ]
    return alt.layer(*layers).properties(height=124)


def waterfall(steps: list[Step], palette: Palette) -> alt.LayerChart | alt.FacetChart:
    """Each step as a bar that begins where the last one ended."""
    table = pd.DataFrame([vars(step) for step in steps])
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
            labelLimit=_LABEL_WIDTH, labelFontSize=_FONT, labelColor=palette.ink,
            ticks=False, domain=False, labelPadding=8,
        ),
    )  # fmt: skip
    x = alt.X("low:Q", scale=axis, axis=None)
    colour = alt.Color(
        "kind:N",
        legend=None,
        scale=alt.Scale(
            domain=["gain", "loss", "total"], range=[palette.gain, palette.loss, palette.accent]
        ),
    )
    base = alt.Chart(table)
    moves, totals = alt.datum.kind != "total", alt.datum.kind == "total"
    losses = alt.datum.kind == "loss"
    words: dict[str, Any] = {"fontSize": _FONT, "color": palette.ink}
    return alt.layer(
        base.transform_filter(moves).mark_bar(height=15, cornerRadius=2).encode(
            x=x, x2="high", y=y, color=colour
        ),
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
