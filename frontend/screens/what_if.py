"""Sliders under an answer: what it would be if this or that were otherwise. Nothing is kept."""

from collections.abc import Mapping
from typing import Any, cast

import streamlit as st

from frontend.problems import explain
from frontend.schema import Field, Part
from frontend.session import ask, service, status
from frontend.text import Language, say
from frontend.what_if import Lever, Measure, levers, measures, patch
from solvencia_client import Rejected
from solvencia_client.types import Answer, DecisionOut, ScoreRequest, WhatIfOut

_LOOK = {
    "approve": ("green", "check_circle"),
    "refer": ("orange", "person_search"),
    "decline": ("red", "cancel"),
}


@st.fragment
def show_what_if(
    parts: Mapping[Part, Field],
    request: Mapping[str, Any],
    decision: DecisionOut,
    language: Language,
) -> None:
    """Sliders beside the numbers of the answer; only this part runs when one is moved."""
    found = levers(parts, request, decision)
    start = {_key(decision, lever): lever.value for lever in found}
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(say("assess.what_if", language), anchor=False, width="stretch")
            st.button(
                say("assess.what_if.back", language), key="what_if.back", type="tertiary",
                icon=":material/undo:", on_click=st.session_state.update, args=(start,),
            )  # fmt: skip
        st.caption(say("assess.what_if.note", language))
        moving, answering = st.columns([2, 3], gap="large")
        with moving:
            moved = _sliders(found, decision, language)
        with answering:
            _answer(patch(moved, request, decision), request, decision, language)


def _key(decision: DecisionOut, lever: Lever) -> str:
    return f"what_if.{decision['id']}.{lever.name}"


def _sliders(found: list[Lever], decision: DecisionOut, language: Language) -> dict[str, float]:
    """A slider for each lever; the values of those that were moved, by the path of their field."""
    values = {}
    for lever in found:
        key = _key(decision, lever)
        st.session_state.setdefault(key, lever.value)
        values[lever.name] = st.slider(
            lever.field.title[language],
            min_value=lever.low,
            max_value=lever.high,
            step=lever.step,
            format="dollar" if lever.field.unit == "MXN" else "%d",
            key=key,
            persist_state="session",
        )
    start = {lever.name: lever.value for lever in found}
    return {name: value for name, value in values.items() if value != start[name]}


def _answer(
    changes: dict[str, dict[str, Any]],
    request: Mapping[str, Any],
    decision: DecisionOut,
    language: Language,
) -> None:
    before: Answer = decision
    after: Answer = decision
    if changes and status() == "ready":
        answered = ask(lambda: _tried(changes, request))
        if answered is None:
            return
        if isinstance(answered, Rejected):
            for problem in answered.errors:
                st.markdown(f":red[:material/error: {explain(problem, language)}]")
            return
        before, after = answered["before"], answered["after"]
    shown = measures(before, after, language)
    same = all(item.difference is None and item.shown == item.was for item in shown)
    _outcome(before, after, language, same=same)
    for row in (shown[:3], shown[3:]):
        for place, measure in zip(st.columns(3, gap="small"), row, strict=True):
            with place:
                _metric(measure, language)


def _tried(changes: dict[str, dict[str, Any]], request: Mapping[str, Any]) -> WhatIfOut | Rejected:
    """Both answers; or what the service refuses, which is told here and not as trouble."""
    try:
        return service().what_if(changes, request=cast(ScoreRequest, request))
    except Rejected as error:
        return error


def _outcome(before: Answer, after: Answer, language: Language, *, same: bool) -> None:
    colour, icon = _LOOK[after["outcome"]]
    word = say(f"outcome.{after['outcome']}", language)
    with st.container(gap=None):
        st.header(f":{colour}[:material/{icon}: {word}]", anchor=False)
        if after["outcome"] == before["outcome"]:
            st.caption(say("assess.what_if.same" if same else "assess.what_if.figures", language))
        else:
            was = say(f"outcome.{before['outcome']}", language)
            st.caption(say("assess.what_if.outcome", language, was=was))


def _metric(measure: Measure, language: Language) -> None:
    was = say("assess.what_if.was", language, was=measure.was)
    if measure.difference is None and measure.shown == measure.was:
        was = say("assess.what_if.unchanged", language)
    st.metric(
        say(f"assess.what_if.{measure.name}", language),
        measure.shown,
        measure.difference or was,
        delta_color=measure.colour,
        delta_arrow="off",
        delta_description=was if measure.difference else None,
    )
