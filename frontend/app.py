"""The analyst's page. Run with ``streamlit run frontend/app.py`` from the project root."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from frontend import client
from frontend.client import Features
from frontend.explanation import Names
from frontend.form import show_errors
from frontend.intake import inputs
from frontend.schema import Part, request_part
from frontend.text import LANGUAGES, Language, say
from frontend.views import show_decision
from solvencia_client import (
    FieldError,
    NotAllowed,
    NotAuthenticated,
    NotReady,
    Rejected,
    ServiceAway,
    ServiceError,
    SolvenciaClient,
)
from solvencia_client.types import DecisionOut

ICON = Path(__file__).parent / "icon.png"
DEFAULT_ADDRESS = "http://127.0.0.1:8000"
WATCH_SECONDS = 3
_STATUS_LOOK: dict[str, tuple[Literal["green", "orange"], str]] = {
    "ready": ("green", "check_circle"),
    "away": ("orange", "cloud_off"),
    "not_ready": ("orange", "hourglass_top"),
}


def service() -> SolvenciaClient:
    """The client of the service, with the address and the key that the environment names."""
    key = os.environ.get("API_KEY", "").strip()
    return client.connect(os.environ.get("API_URL", DEFAULT_ADDRESS), key or None)


def main() -> None:
    """The page from top to bottom."""
    # A file of our own: a named icon would be fetched from outside by every browser.
    st.set_page_config(page_title="Solvencia", page_icon=str(ICON), layout="wide")
    state = st.session_state
    # Right after a refusal the state is known; asking again would send again, without a pause.
    if state.get("status") != "ready" and not state.pop("refused", False):
        state.status = probe()
    language = header()
    document, stale = published_schema(), False
    if document is not None:
        errors: dict[str, list[FieldError]] = state.get("errors", {})
        loan = inputs(document, errors, language)
        send_pending()
        stale = "scored" in state and loan != state.scored.get("loan")
    answer(document, language, stale=stale)
    # The probe belongs to the timer: on a full run it would only repeat what is known.
    state.full_run = True
    watch()


def header() -> Language:
    """Title, state of the service and the switch of language, which it returns."""
    title, switch = st.columns([3, 1], vertical_alignment="center")
    with switch.container(horizontal=True, horizontal_alignment="right"):
        chosen = st.segmented_control(
            "Idioma / Language",
            list(LANGUAGES),
            default="es",
            format_func=lambda key: LANGUAGES[key],
            key="language",
            label_visibility="collapsed",
            required=True,
        )
    language: Language = chosen or "es"
    with title.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.title(say("title", language), anchor=False, width="content")
        st.markdown(f":gray[{say('subtitle', language)}]", width="content")
        colour, icon = _STATUS_LOOK[st.session_state.status]
        word = say(f"status.{st.session_state.status}", language)
        st.badge(word, icon=f":material/{icon}:", color=colour)
    return language


def probe() -> str:
    """State of the service: ready, not ready or away."""
    try:
        service().ready()
    except NotReady:
        return "not_ready"
    except ServiceError:
        return "away"
    return "ready"


@st.fragment(run_every=WATCH_SECONDS)
def watch() -> None:
    """Look at the service from time to time, and run the page again when its state changes."""
    state = st.session_state
    if state.pop("full_run", False):
        return
    if (status := probe()) != state.status:
        state.status = status
        st.rerun()


def published_schema() -> dict[str, Any] | None:
    """What the service publishes; kept, so that the form stays while the service is away."""
    state = st.session_state
    if "document" not in state and state.status != "away":
        try:
            state.document = service().openapi()
        except ServiceError:
            state.status = "away"
    return state.get("document")


def send_pending() -> None:
    """Ask for the decision that was submitted; it stays pending while the service is away.

    Its key stays with it, so that an answer that was lost on the way is given again.
    """
    state = st.session_state
    if "pending" not in state or state.status != "ready":
        return
    before = state.get("errors", {})
    request, key = state.pending
    try:
        decision = service().score(request, changes=True, idempotency_key=key)
        state.features = features(decision)
    except (ServiceAway, NotReady) as error:
        state.status = "not_ready" if isinstance(error, NotReady) else "away"
        state.refused = True
        st.rerun()  # the header has already been drawn
    except ServiceError as error:
        state.trouble = trouble_of(error)
        state.errors = by_field(error.errors) if isinstance(error, Rejected) else {}
    else:
        state.decision, state.scored = decision, request
        state.trouble, state.errors = None, {}
    del state.pending
    if state.errors != before:
        st.rerun()  # the fields have already been drawn without their errors


def features(decision: DecisionOut) -> Features:
    """What the features of a decision are called; asked once for each model that decided."""
    known: dict[str, Features] = st.session_state.setdefault("known_features", {})
    version = decision["versions"]["model"]
    if version not in known:
        known[version] = client.features_of(service())
    return known[version]


def trouble_of(error: ServiceError) -> str:
    """The key of the copy that tells of an error."""
    if isinstance(error, Rejected) and error.errors:
        return "rejected"
    if isinstance(error, NotAuthenticated):
        return "not_authenticated"
    return "not_allowed" if isinstance(error, NotAllowed) else "failed"


def by_field(errors: Iterable[FieldError]) -> dict[str, list[FieldError]]:
    """Errors by the path of their field."""
    found: dict[str, list[FieldError]] = {}
    for error in errors:
        found.setdefault(error.field, []).append(error)
    return found


def answer(document: Mapping[str, Any] | None, language: Language, *, stale: bool) -> None:
    """What the service said last, or why it says nothing."""
    state = st.session_state
    if state.status != "ready":
        st.info(say(state.status, language), icon=":material/hourglass_top:")
    elif trouble := state.get("trouble"):
        st.warning(say(trouble, language), icon=":material/error:")
        errors = state.get("errors", {})
        for path in errors:
            if path.split(".")[0] not in ("profile", "history", "loan"):
                show_errors(path, errors, language)
    elif stale:
        st.info(say("stale", language), icon=":material/update:")
    if document is not None and "decision" in state:
        show_decision(state.decision, state.features, choice_names(document), language)


def choice_names(document: Mapping[str, Any]) -> Names:
    """Names of the choices of all fields, for values that come back as keys."""
    named: tuple[Part, ...] = ("profile", "loan")
    parts = [request_part(document, part) for part in named]
    return {item.name: item.choices for part in parts for item in part.items if item.choices}


main()
