"""The parts of an open decision: the answer, what was known, the scorecards, and what came after."""

from typing import Any, NamedTuple

import streamlit as st

from frontend.client import Features
from frontend.decisions import cards, known, replaying, timeline
from frontend.decisions.listing import NOTHING
from frontend.decisions.words import literal, moment
from frontend.explanation import Names
from frontend.formats import day, percent
from frontend.screens.settling import report
from frontend.session import access, ask, page_palette, service
from frontend.text import Language, say
from frontend.verdict import show_decision
from solvencia_client import Conflict
from solvencia_client.types import (
    DecisionDetail,
    ReplayOut,
    ScorecardPoints,
    ShadowOut,
    Using,
    Verdict,
)

_TABLE_HEIGHT = 460
"""Pixels: a dozen tables, the largest first; the others are a scroll away."""


class Opened(NamedTuple):
    """A decision and what its values are called."""

    detail: DecisionDetail
    document: dict[str, Any]
    features: Features
    names: Names
    language: Language


def _replayed(name: str, using: Using) -> ReplayOut | None:
    """The decision made again; asked for each time that it is shown."""
    try:
        return service().replay(name, using)
    except Conflict:
        return None


def decision(it: Opened, verdict: Verdict) -> None:
    """The answer as it was given, and how it adds up."""
    with st.spinner(""):
        again = ask(lambda: _replayed(it.detail["id"], "original"))
    if again is None:
        st.warning(say("decisions.unexplained", it.language), icon=":material/error:")
        return
    if not again["identical"]:
        _not_identical(again, it.language)
    shown = replaying.whole(it.detail, verdict, again["decision"])
    request, reviews = it.detail["request"], it.detail["reviews"]
    show_decision(shown, it.features, it.names, it.language, request=request, reviews=reviews)


def _not_identical(again: ReplayOut, language: Language) -> None:
    count = len(again["differences"])
    st.error(say("decisions.not_identical", language, n=count), icon=":material/error:")


def known_then(it: Opened) -> None:
    """The request in words, and the features that were made of it."""
    language, sent = it.language, it.detail["request"] or {}
    for part in ("profile", "history"):
        if sent.get(part):
            left, right = st.columns([3, 2], gap="medium")
            with left.container(border=True, height="stretch"):
                _facts(it, part, sent[part])
            with right.container(border=True, height="stretch"):
                _loan(it, sent.get("loan"))
    if jobs := (sent.get("history") or {}).get("spells"):
        with st.container(border=True):
            st.subheader(f"{say('history', language)} ({len(jobs)})", anchor=False)
            st.dataframe(known.spells(it.document, sent["history"], language), hide_index=True)
    with st.container(border=True):
        st.subheader(say("decisions.known.features", language), anchor=False)
        rows = known.feature_table(it.detail["features"] or {}, it.features, it.names, language)
        half = (len(rows) + 1) // 2
        for side, part_rows in zip(
            st.columns(2, gap="medium"), (rows[:half], rows[half:]), strict=True
        ):
            side.table(
                part_rows.set_axis(
                    [
                        say("decisions.known.feature", language),
                        say("decisions.known.value", language),
                    ],
                    axis=1,
                ),
                border="horizontal",
                hide_index=True,
            )
        as_of = day(it.detail["as_of"])
        st.caption(say("decisions.known.features.note", language, as_of=as_of))


def _facts(it: Opened, part: Any, sent: Any) -> None:
    st.subheader(say(f"decisions.known.{part}", it.language), anchor=False)
    _pairs(known.facts(it.document, part, sent, it.language))


def _loan(it: Opened, sent: Any) -> None:
    st.subheader(say("decisions.known.loan", it.language), anchor=False)
    detail = it.detail
    if not sent:
        st.caption(say("decisions.known.standard", it.language))
    loan = sent or {
        "product": detail["product"],
        "amount": detail["amount_asked"],
        "term_months": detail["term_months"],
    }
    _pairs(known.facts(it.document, "loan", loan, it.language))


def _pairs(pairs: known.Facts) -> None:
    with st.container(gap="xsmall"):
        for title, value in pairs:
            st.markdown(f":gray[{literal(title)}]  \n**{literal(value)}**")


def scorecards(it: Opened) -> None:
    """Every scorecard: its sum, and the points of every table."""
    found = it.detail["scorecards"] or []
    titles = [cards.card_title(card["name"], it.language) for card in found]
    for tab, card in zip(st.tabs(titles), found, strict=True):
        with tab:
            _card(card, it)


def _card(card: ScorecardPoints, it: Opened) -> None:
    language = it.language
    st.markdown(cards.sum_words(card, it.detail, language))
    rows = cards.card_table(card, it.features, it.names, language)
    st.dataframe(
        cards.styled(rows, page_palette()),
        key=f"decisions.card.{card['name']}",
        hide_index=True,
        height=_TABLE_HEIGHT,
        column_config={
            "table": st.column_config.Column(say("decisions.card.table", language), width="large"),
            "cell": st.column_config.Column(say("decisions.card.cell", language), width="large"),
            "points": st.column_config.Column(say("decisions.card.points", language), width=110),
        },
    )
    st.caption(cards.exact_words(card, language))


def replay(it: Opened, verdict: Verdict) -> None:
    """The decision made again: by what decided then, and by what serves now."""
    language = it.language
    with st.spinner(""):
        original = ask(lambda: _replayed(it.detail["id"], "original"))
        today = ask(lambda: _replayed(it.detail["id"], "current"))
    if original is None or today is None:
        st.warning(say("decisions.unexplained", language), icon=":material/error:")
        return
    if original["identical"]:
        st.success(say("decisions.identical", language), icon=":material/check_circle:")
    else:
        _not_identical(original, language)
        _fields(original, language)
    with st.container(border=True):
        _today(it, verdict, today)


def _today(it: Opened, verdict: Verdict, today: ReplayOut) -> None:
    language = it.language
    st.subheader(say("decisions.today", language), anchor=False)
    told = replaying.told_differences(verdict, today["decision"], language)
    count = len(today["differences"])
    if told:
        st.markdown("\n".join(f"- {sentence}" for sentence in told))
    elif count:
        st.markdown(say("decisions.today.small", language, n=count))
    else:
        st.markdown(f":green[:material/check:] {say('decisions.today.same', language)}")
    rows = replaying.side_by_side(it.detail, verdict, today["decision"], language)
    st.table(
        replaying.side_table(rows, language),
        border="horizontal",
        hide_index=True,
    )
    if count:
        _fields(today, language)


def _fields(again: ReplayOut, language: Language) -> None:
    rows = replaying.field_rows(again["differences"])
    with st.expander(say("decisions.fields", language, n=len(rows))):
        st.dataframe(
            rows,
            hide_index=True,
            column_config={
                "field": say("decisions.field", language),
                "then": say("decisions.then", language),
                "today": say("decisions.now", language),
            },
        )


def history(it: Opened) -> None:
    """What happened since, what the challenger would have said, and the report of the loan."""
    language = it.language
    with st.container(border=True, gap="small"):
        for event in timeline.events(it.detail, access(), language):
            when, what = st.columns([1, 4], gap="small")
            when.markdown(f":gray[{moment(event.at)}]")
            with what.container(gap="xsmall"):
                st.markdown(f":{event.colour}[:material/{event.icon}:] {event.text}")
                if event.note:
                    st.caption(literal(event.note))
    if shadow := it.detail["challenger"]:
        _challenger(shadow, language)
    report(it.detail, language)


def _challenger(shadow: ShadowOut, language: Language) -> None:
    with st.container(border=True):
        st.subheader(say("decisions.challenger", language), anchor=False)
        pd = shadow["pd"]
        st.markdown(
            say(
                "decisions.challenger.text",
                language,
                model=shadow["model_version"],
                outcome=say(f"decisions.outcome.{shadow['outcome']}", language).lower(),
                score=shadow["final_score"],
                pd=NOTHING if pd is None else percent(pd),
                grade=shadow["grade"] or NOTHING,
            )
        )
