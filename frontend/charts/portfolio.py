"""The charts of a portfolio, drawn for a light or a dark page."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd

from frontend.charts.palette import DARK, Palette
from frontend.formats import percent
from frontend.text import Language, say
from solvencia_client.types import GradeBand

Chart = alt.LayerChart | alt.FacetChart
Measure = Literal["approval", "score"]
HEIGHT = 210
_OUTCOMES = ("approve", "refer", "decline")
_TILE = 58
_HEADROOM = 1.18
"""Above the highest bar, for the letters of the grades."""
_SPLIT_LIGHT, _SPLIT_DARK = 0.68, 0.45
"""Where on the scale of a square's colour the other ink becomes the legible one."""
_FONT = 12


def outcome_colours(palette: Palette) -> list[str]:
    """Colours of approved, referred and declined."""
    return [palette.gain, "#d9a441", palette.loss]


def outcomes(counts: Mapping[str, int], language: Language, palette: Palette) -> Chart:
    """How many were approved, referred and declined, as bars with their share."""
    total = max(sum(counts.values()), 1)
    table = pd.DataFrame(
        {
            "name": [say(f"portfolio.outcome.{key}", language) for key in _OUTCOMES],
            "count": [counts[key] for key in _OUTCOMES],
            "shown": [f"{counts[key]:,}  ·  {percent(counts[key] / total)}" for key in _OUTCOMES],
            "colour": outcome_colours(palette),
        }
    )
    y = alt.Y("name:N", sort=None, title=None, axis=_names(palette))
    most = max(table["count"].max(), 1)
    x = alt.X("count:Q", axis=None, scale=alt.Scale(domain=[0, most * 1.5]))
    base = alt.Chart(table).encode(x=x, y=y)
    bars = base.mark_bar(height=26, cornerRadiusEnd=3).encode(
        color=alt.Color("colour:N", scale=None)
    )
    words = base.mark_text(align="left", dx=8, fontSize=13, color=palette.ink).encode(text="shown")
    chart: Chart = alt.layer(bars, words).properties(height=HEIGHT)
    return chart


def scores(
    table: pd.DataFrame, grades: Sequence[GradeBand], language: Language, palette: Palette
) -> Chart:
    """How many have each score, in front of the grades' bands."""
    low, high = float(table["start"].min()), float(table["end"].max())
    inner = [band for band in grades if low < band["lower_bound"] < high]
    starts = [low, *(band["lower_bound"] for band in inner)]
    first = [band["grade"] for band in grades if band["lower_bound"] <= low][-1:]
    bands = pd.DataFrame(
        {
            "start": starts,
            "end": [*starts[1:], high],
            "grade": [*(first or [""]), *(band["grade"] for band in inner)],
            "shade": [0.5 if i % 2 else 0.0 for i in range(len(starts))],
        }
    )
    bands["middle"] = (bands["start"] + bands["end"]) / 2
    scale = alt.Scale(domain=[low, high], nice=False)
    x = alt.X("start:Q", bin="binned", scale=scale, title=None, axis=_numbers(palette, "d"))
    ground = (
        alt.Chart(bands)
        .mark_rect(color=palette.band)
        .encode(x=x, x2="end", opacity=alt.Opacity("shade:Q", scale=None))
    )
    letters = (
        alt.Chart(bands)
        .mark_text(y=9, fontSize=13, fontWeight="bold", color=palette.muted)
        .encode(x=alt.X("middle:Q", scale=scale), text="grade")
    )
    bars = _bars(table, x, language, palette, "portfolio.tip.score", "d")
    chart: Chart = alt.layer(ground, bars, letters).properties(height=HEIGHT)
    return chart


def risks(table: pd.DataFrame, language: Language, palette: Palette) -> Chart:
    """How many have each probability of default."""
    scale = alt.Scale(domain=[0, float(table["end"].max())], nice=False)
    x = alt.X("start:Q", bin="binned", scale=scale, title=None, axis=_numbers(palette, ".0%"))
    chart: Chart = alt.layer(
        _bars(table, x, language, palette, "portfolio.tip.pd", ".0%")
    ).properties(height=HEIGHT)
    return chart


def segments(
    table: pd.DataFrame, names: Mapping[str, str], language: Language, palette: Palette
) -> Chart:
    """Each segment as one bar of its outcomes' shares, with how many it holds."""
    words = [say(f"portfolio.outcome.{key}", language) for key in _OUTCOMES]
    by_key = dict(zip(_OUTCOMES, words, strict=True))
    order = [names.get(code, code) for code in sorted(table["segment"].unique())]
    shown = table.assign(
        word=table["outcome"].map(by_key),
        order=table["outcome"].map({key: i for i, key in enumerate(_OUTCOMES)}),
        named=table["segment"].map(lambda code: names.get(code, code)),
        percent=table["share"].map(percent),
    )
    y = alt.Y(
        "named:N", sort=order, title=None, axis=_names(palette), scale=alt.Scale(domain=order)
    )
    colour = alt.Color(
        "word:N",
        scale=alt.Scale(domain=words, range=outcome_colours(palette)),
        legend=None,
    )
    bars = (
        alt.Chart(shown)
        .mark_bar(height=20)
        .encode(
            x=alt.X("share:Q", axis=None, scale=alt.Scale(domain=[0, 1.22])),
            y=y,
            color=colour,
            order="order:Q",
            tooltip=[
                alt.Tooltip("named:N", title=say("portfolio.tip.segment", language)),
                alt.Tooltip("word:N", title=say("portfolio.tip.outcome", language)),
                alt.Tooltip("count:Q", title=say("portfolio.tip.count", language), format=","),
                alt.Tooltip("percent:N", title=say("portfolio.tip.share", language)),
            ],
        )
    )
    totals = shown.drop_duplicates("segment").assign(end=1.0)
    counts = (
        alt.Chart(totals)
        .mark_text(align="left", dx=8, fontSize=_FONT, color=palette.muted)
        .encode(x="end:Q", y=y, text=alt.Text("total:Q", format=","))
    )
    chart: Chart = alt.layer(bars, counts).properties(height=HEIGHT)
    return chart


def tiles(
    table: pd.DataFrame, names: Mapping[str, str], measure: Measure, language: Language,
    palette: Palette,
) -> Chart:  # fmt: skip
    """Mexico as 32 squares, coloured by the share approved or by the mean score."""
    shown = table.assign(
        name=table["state"].map(lambda key: names.get(key, key)),
        x2=table["column"] + 0.94,
        y2=table["place"] + 0.92,
        middle=table["column"] + 0.47,
        upper=table["place"] + 0.33,
        lower=table["place"] + 0.66,
        told=[_told(value, measure) for value in table[measure]],
        approved=[_told(value, "approval") for value in table["approval"]],
        mean=[_told(value, "score") for value in table["score"]],
    )
    low, high = _ends(shown[measure])
    split = low + (high - low) * (_SPLIT_DARK if palette is DARK else _SPLIT_LIGHT)
    pale, deep = ("#24434a", palette.accent) if palette is DARK else ("#dcecee", palette.accent)
    colour = alt.Color(
        f"{measure}:Q",
        scale=alt.Scale(domain=[low, high], range=[pale, deep], clamp=True),
        legend=None,
    )
    known, empty = shown[shown["count"] > 0], shown[shown["count"] == 0]
    dark_ink, light_ink = "#12191d", "#ffffff"
    on_pale, on_deep = (palette.ink, dark_ink) if palette is DARK else (palette.ink, light_ink)
    ink = alt.condition(f"datum.{measure} < {split}", alt.value(on_pale), alt.value(on_deep))
    wide, tall = alt.Scale(domain=[0, 11], nice=False), alt.Scale(domain=[5, 0], nice=False)
    x, x_middle = (alt.X(f"{name}:Q", axis=None, scale=wide) for name in ("column", "middle"))
    y, y_upper, y_lower = (
        alt.Y(f"{name}:Q", axis=None, scale=tall) for name in ("place", "upper", "lower")
    )
    words: dict[str, Any] = {"fontSize": _FONT, "fontWeight": "bold"}
    tip = [
        alt.Tooltip("name:N", title=say("portfolio.tip.state", language)),
        alt.Tooltip("count:Q", title=say("portfolio.tip.count", language), format=","),
        alt.Tooltip("approved:N", title=say("portfolio.measure.approval", language)),
        alt.Tooltip("mean:N", title=say("portfolio.measure.score", language)),
    ]
    corner: dict[str, Any] = {"cornerRadius": 5}
    filled = alt.Chart(known).encode(x=x, y=y)
    layers = [
        filled.mark_rect(**corner).encode(x2="x2", y2="y2", color=colour, tooltip=tip),
        filled.mark_text(**words).encode(
            x=x_middle, y=y_upper, text="short", color=ink, tooltip=tip
        ),
        filled.mark_text(fontSize=_FONT).encode(
            x=x_middle, y=y_lower, text="told", color=ink, tooltip=tip
        ),
        alt.Chart(empty)
        .mark_rect(filled=False, stroke=palette.muted, strokeOpacity=0.45, **corner)
        .encode(x=x, y=y, x2="x2", y2="y2", tooltip=tip[:2]),
        alt.Chart(empty)
        .mark_text(color=palette.muted, fontSize=_FONT)
        .encode(x=x_middle, y=y_upper, text="short", tooltip=tip[:2]),
    ]
    chart: Chart = alt.layer(*layers).properties(height=5 * _TILE)
    return chart


def _ends(values: pd.Series) -> tuple[float, float]:
    """Lowest and highest value, apart."""
    low, high = float(values.min()), float(values.max())
    if not low < high:  # one state alone, or none
        low, high = (low - 1, low) if low == low else (0.0, 1.0)
    return low, high


def _told(value: float, measure: Measure) -> str:
    if value != value:
        return "–"
    return f"{value * 100:.0f} %" if measure == "approval" else f"{value:.0f}"


def _bars(
    table: pd.DataFrame, x: alt.X, language: Language, palette: Palette, title: str, pattern: str
) -> alt.Chart:
    spans = [f"{_edge(a, pattern)} – {_edge(b, pattern)}" for a, b in zip(
        table["start"], table["end"], strict=True)]  # fmt: skip
    chart: alt.Chart = (
        alt.Chart(table.assign(span=spans))
        .mark_bar(color=palette.accent, binSpacing=1)
        .encode(
            x=x,
            x2="end",
            y=alt.Y(
                "count:Q",
                title=None,
                axis=_numbers(palette, ",d", ticks=4),
                scale=alt.Scale(domain=[0, max(float(table["count"].max()), 1.0) * _HEADROOM]),
            ),
            tooltip=[
                alt.Tooltip("span:N", title=say(title, language)),
                alt.Tooltip("count:Q", title=say("portfolio.tip.count", language), format=","),
            ],
        )
    )
    return chart


def _edge(value: float, pattern: str) -> str:
    return f"{value * 100:.0f} %" if pattern == ".0%" else f"{value:.0f}"


def _names(palette: Palette) -> alt.Axis:
    return alt.Axis(
        labelColor=palette.ink, labelFontSize=13, labelLimit=240, labelPadding=8,
        ticks=False, domain=False,
    )  # fmt: skip


def _numbers(palette: Palette, pattern: str, ticks: int = 8) -> alt.Axis:
    return alt.Axis(
        labelColor=palette.muted, labelFontSize=_FONT, format=pattern, tickCount=ticks,
        grid=False, domain=False, ticks=False, labelPadding=6, labelFlush=True,
    )  # fmt: skip
