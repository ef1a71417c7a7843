"""A work history over the years: a bar for each job and wage, and what was earned in all."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import altair as alt
import pandas as pd

from frontend.charts.palette import DARK, Palette
from frontend.formats import day, money, pesos
from frontend.text import Language, say

_LIGHT_KINDS = ("#0b6b74", "#a8642a", "#56699f", "#6d7d33", "#8d4f78", "#5b6b74")
_DARK_KINDS = ("#4db6bf", "#e0a35c", "#93a5e0", "#b4c56c", "#d393bd", "#a2b1b8")
_LANE = 36
_ABOVE = 30
_LEGEND_ROW = 22
_EDGE = 150
"""Pixels left of both panels, so that their years stand above each other."""
_SHORTEST_GAP = timedelta(days=31)
_LABELLED = 0.07
"""A bar shorter than this share of the whole has its wage in the tooltip only."""
_MONTH = 30.4375

Spells = Sequence[Mapping[str, Any]]
Names = Mapping[str, Mapping[str, str]]
Chart = alt.LayerChart | alt.FacetChart


def bars(spells: Spells, as_of: date, industries: Names, language: Language) -> pd.DataFrame:
    """One row a spell that had begun, in order of its start; wages in MXN a day."""
    begun = sorted(_begun(spells, as_of), key=lambda spell: str(spell["start_date"]))
    span = _span(begun, as_of)
    table = []
    for spell in begun:
        start, end = _days(spell, as_of)
        industry = str(spell.get("industry") or "")
        named = industries.get(industry, {}).get(language, industry)
        until = spell.get("end_date")
        long = end - start >= _LABELLED * span
        table.append(
            {
                "employer": str(spell["employer_id"]),
                "industry": named or say("assess.timeline.no_industry", language),
                "start": pd.Timestamp(start),
                "end": pd.Timestamp(end),
                "middle": pd.Timestamp(start + (end - start) / 2),
                "wage": float(spell["daily_wage"]),
                "label": pesos(float(spell["daily_wage"])) if long else "",
                "told": say(
                    "assess.timeline.told",
                    language,
                    employer=spell["employer_id"],
                    wage=money(float(spell["daily_wage"])),
                    start=day(str(spell["start_date"])),
                    end=day(str(until)) if until else say("assess.timeline.today", language),
                ),
            }
        )
    return pd.DataFrame(table)


def gaps(spells: Spells, as_of: date, language: Language) -> pd.DataFrame:
    """Times of more than a month without a job, from the first job to the day of the decision."""
    table, reached = [], None
    for start, end in sorted(_days(spell, as_of) for spell in _begun(spells, as_of)):
        if reached is not None and start - reached > _SHORTEST_GAP:
            table.append((reached, start))
        reached = end if reached is None else max(reached, end)
    if reached is not None and as_of - reached > _SHORTEST_GAP:
        table.append((reached, as_of))
    span = _span(_begun(spells, as_of), as_of)
    return pd.DataFrame(
        {
            "start": pd.Series([pd.Timestamp(start) for start, _ in table], dtype="datetime64[ns]"),
            "end": pd.Series([pd.Timestamp(end) for _, end in table], dtype="datetime64[ns]"),
            "shown": [
                say("assess.months", language, n=round((end - start).days / _MONTH))
                if end - start >= _LABELLED * span
                else ""
                for start, end in table
            ],
        }
    )


def wages(spells: Spells, as_of: date) -> pd.DataFrame:
    """What all jobs together paid, MXN a day, from each day on which that changed."""
    begun = [(*_days(spell, as_of), float(spell["daily_wage"])) for spell in _begun(spells, as_of)]
    turns = sorted({turn for start, end, _ in begun for turn in (start, end)})
    paid = [sum(wage for start, end, wage in begun if start <= turn < end) for turn in turns]
    if turns and turns[-1] >= as_of:
        paid[-1] = paid[-2] if len(paid) > 1 else paid[-1]  # the last day is drawn, not a fall
    return pd.DataFrame({"at": [pd.Timestamp(turn) for turn in turns], "wage": paid})


def jobs_chart(table: pd.DataFrame, idle: pd.DataFrame, palette: Palette) -> Chart:
    """A lane for each employer, a bar for each wage, coloured by industry; time without a job."""
    employers = list(dict.fromkeys(table["employer"]))
    kinds = list(dict.fromkeys(table["industry"]))
    colours = _DARK_KINDS if palette == DARK else _LIGHT_KINDS
    lanes = alt.Y(
        "employer:N", sort=employers, title=None, axis=_lane_axis(palette),
        scale=alt.Scale(paddingInner=0.3, paddingOuter=0.25),
    )  # fmt: skip
    colour = alt.Color(
        "industry:N",
        scale=alt.Scale(domain=kinds, range=[colours[i % len(colours)] for i in range(len(kinds))]),
        legend=alt.Legend(
            orient="top", title=None, labelLimit=330, columns=2, symbolType="square",
            labelColor=palette.ink, labelFontSize=12,
        ),
    )  # fmt: skip
    base = alt.Chart(table).encode(y=lanes)
    told = [alt.Tooltip("told:N", title=" ")]
    text = "#10191d" if palette == DARK else "#ffffff"
    return alt.layer(
        _idle(idle, _time("start"), palette),
        _idle_words(idle, palette),
        base.mark_bar(cornerRadius=3).encode(
            x=_time("start"), x2="end:T", color=colour, tooltip=told
        ),
        base.mark_text(fontSize=12, fontWeight="bold", color=text).encode(
            x=_time("middle"), text="label:N", tooltip=told
        ),
    ).properties(height=_LANE * len(employers) + _ABOVE + _LEGEND_ROW * -(-len(kinds) // 2))


def wage_chart(paid: pd.DataFrame, idle: pd.DataFrame, palette: Palette) -> Chart:
    """What was earned in all, as steps under the same years."""
    axis = alt.Axis(
        title=None, tickCount=3, format="$,.0f", minExtent=_EDGE, maxExtent=_EDGE,
        labelColor=palette.muted, grid=True, gridOpacity=0.4, domain=False, ticks=False,
    )  # fmt: skip
    return alt.layer(
        _idle(idle, _time("start", palette), palette),
        alt.Chart(paid)
        .mark_area(
            interpolate="step-after", opacity=0.35, color=palette.accent,
            line={"color": palette.accent, "strokeWidth": 2},
        )
        .encode(x=_time("at", palette), y=alt.Y("wage:Q", axis=axis)),
    ).properties(height=120)  # fmt: skip


def _lane_axis(palette: Palette) -> alt.Axis:
    return alt.Axis(
        ticks=False, domain=False, labelPadding=8, labelFontSize=13, labelColor=palette.ink,
        labelLimit=_EDGE - 14, minExtent=_EDGE, maxExtent=_EDGE,
    )  # fmt: skip


def _time(name: str, palette: Palette | None = None) -> alt.X:
    """The years; labelled where a palette is given. What both panels show spans the same days."""
    scale = alt.Scale(nice=False)
    if palette is None:
        return alt.X(f"{name}:T", scale=scale, axis=None)
    axis = alt.Axis(
        title=None, format="%Y", tickCount="year", labelColor=palette.muted, grid=False,
        labelOverlap=True,
    )  # fmt: skip
    return alt.X(f"{name}:T", scale=scale, axis=axis)


def _idle(idle: pd.DataFrame, x: alt.X, palette: Palette) -> alt.Chart:
    chart: alt.Chart = (
        alt.Chart(idle).mark_rect(color=palette.loss, opacity=0.13).encode(x=x, x2="end:T")
    )
    return chart


def _idle_words(idle: pd.DataFrame, palette: Palette) -> alt.Chart:
    """How long each time without a job was, above the lanes."""
    table = idle.assign(middle=idle["start"] + (idle["end"] - idle["start"]) / 2)
    mark: dict[str, Any] = {"y": 6, "fontSize": 11, "color": palette.loss}
    chart: alt.Chart = alt.Chart(table).mark_text(**mark).encode(x=_time("middle"), text="shown:N")
    return chart


def _begun(spells: Spells, as_of: date) -> list[Mapping[str, Any]]:
    return [spell for spell in spells if str(spell["start_date"]) <= as_of.isoformat()]


def _days(spell: Mapping[str, Any], as_of: date) -> tuple[date, date]:
    """First day, and the day after the last; a current job is drawn to the day of the decision."""
    start, until = date.fromisoformat(str(spell["start_date"])), spell.get("end_date")
    end = date.fromisoformat(str(until)) + timedelta(days=1) if until else as_of
    return start, max(min(end, as_of), start + timedelta(days=1))


def _span(spells: Spells, as_of: date) -> timedelta:
    first = min((date.fromisoformat(str(spell["start_date"])) for spell in spells), default=as_of)
    return max(as_of - first, timedelta(days=1))
