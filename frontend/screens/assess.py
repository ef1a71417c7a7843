"""Evaluar: one applicant, decided and explained."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import streamlit as st

from frontend.charts import timeline
from frontend.form import show_errors
from frontend.intake import IDENTITY, WAYS_IN, inputs, typed
from frontend.schema import Field, Part, choice_names, request_part
from frontend.screens.what_if import show_what_if
from frontend.session import document as published
from frontend.session import features, language, page_palette, service, status, trouble_of
from frontend.text import Language, say
from frontend.verdict import show_decision
from solvencia_client import FieldError, NotReady, Rejected, ServiceAway, ServiceError
from solvencia_client.types import DecisionOut

SHOWN_BESIDE = (*WAYS_IN, *IDENTITY, "loan")
"""Parts of a request whose errors stand beside their fields."""


def show() -> None:
    """The page from top to bottom."""
    state = st.session_state
    document, stale = published(), False
    if document is not None:
        drop_corrected()
        standing = inputs(document, state.get("errors", {}), language())
        send_pending()
        stale = "scored" in state and changed(standing, state.scored)
    answer(document, language(), stale=stale)


def drop_corrected() -> None:
    """Forget what was wrong with fields that say something else by now."""
    state = st.session_state
    errors: dict[str, list[FieldError]] = state.get("errors", {})
    refused: dict[str, Any] = state.get("refused_values", {})
    left = {
        path: found for path, found in errors.items() if typed(path, language()) == refused[path]
    }
    if errors and not left:
        state.trouble = None
    if errors:
        state.errors = left


def changed(standing: Mapping[str, Any], scored: Mapping[str, Any]) -> bool:
    """Whether the fields that are shown say something else by now than what was decided."""
    return any(standing[part] != scored.get(part) for part in standing if part in (*scored, "loan"))


def send_pending() -> None:
    """Ask for the decision that was submitted; it stays pending while the service is away.

    Its key stays with it, so that an answer that was lost on the way is given again.
    """
    state = st.session_state
    if "pending" not in state or status() != "ready":
        return
    before = state.get("errors", {})
    request, key = state.pending
    try:
        decision = service().score(request, changes=True, idempotency_key=key)
        state.features = features(decision["versions"]["model"])
    except (ServiceAway, NotReady) as error:
        state.status = "not_ready" if isinstance(error, NotReady) else "away"
        state.refused = True
        st.rerun()  # the header has already been drawn
    except ServiceError as error:
        state.trouble = trouble_of(error)
        state.errors = by_field(error.errors) if isinstance(error, Rejected) else {}
        state.refused_values = {path: typed(path, language()) for path in state.errors}
    else:
        state.decision, state.scored = decision, without_curp(request)
        state.trouble, state.errors = None, {}
    del state.pending
    if state.errors != before:
        st.rerun()  # the fields have already been drawn without their errors


def without_curp(request: Mapping[str, Any]) -> dict[str, Any]:
    """A request as it may be shown and tried again: the CURP was for the service alone."""
    return {name: value for name, value in request.items() if name != "curp"}


def by_field(errors: Iterable[FieldError]) -> dict[str, list[FieldError]]:
    """Errors by the path of their field."""
    found: dict[str, list[FieldError]] = {}
    for error in errors:
        found.setdefault(error.field, []).append(error)
    return found


def answer(document: Mapping[str, Any] | None, language: Language, *, stale: bool) -> None:
    """What the service said last, or why it says nothing."""
    state = st.session_state
    if status() != "ready":
        pass  # the shell tells
    elif trouble := state.get("trouble"):
        st.warning(say(trouble, language), icon=":material/error:")
        errors = state.get("errors", {})
        for path in errors:
            if path.split(".")[0] not in SHOWN_BESIDE:
                show_errors(path, errors, language)
    elif stale:
        st.info(say("stale", language), icon=":material/update:")
    if document is not None and "decision" in state:
        decision, request = state.decision, state.scored
        names = choice_names(document)
        show_decision(decision, state.features, names, language, request=request)
        if "history" in request:
            show_timeline(document, request, decision, language)
        parts: dict[Part, Field] = {
            "profile": request_part(document, "profile"),
            "loan": request_part(document, "loan"),
        }
        show_what_if(parts, request, decision, language)


def show_timeline(
    document: Mapping[str, Any],
    request: Mapping[str, Any],
    decision: DecisionOut,
    language: Language,
) -> None:
    """The work history that was decided on, over the years."""
    spells, as_of = request["history"]["spells"], date.fromisoformat(decision["as_of"])
    items = {item.name: item for item in request_part(document, "history").items}
    columns = {item.name: item for item in items["spells"].items}
    table = timeline.bars(spells, as_of, columns["industry"].choices, language)
    if table.empty:
        return
    idle, palette = timeline.gaps(spells, as_of, language), page_palette()
    with st.container(border=True):
        st.subheader(say("assess.timeline", language), anchor=False)
        st.altair_chart(timeline.jobs_chart(table, idle, palette))
        st.markdown(f"**{say('assess.timeline.wage', language)}**")
        st.altair_chart(timeline.wage_chart(timeline.wages(spells, as_of), idle, palette))
        st.caption(say("assess.timeline.note" if idle.empty else "assess.timeline.gaps", language))
