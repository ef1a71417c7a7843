"""What every page needs: the service, the language, who works here, and the colours of the page."""

import os
from collections.abc import Callable
from typing import Any, Literal, TypeVar, cast

import streamlit as st

from frontend import client
from frontend.charts.palette import DARK, LIGHT, Palette
from frontend.client import Features
from frontend.signing_in import admitted
from frontend.text import Language, say
from solvencia_client import (
    NotAllowed,
    NotAuthenticated,
    NotReady,
    Rejected,
    ServiceAway,
    ServiceError,
    SolvenciaClient,
)
from solvencia_client.types import AccessOut, ModelOut, StateIncomeOut

Status = Literal["ready", "not_ready", "away"]
Role = Literal["partner", "analyst", "admin"]
DEFAULT_ADDRESS = "http://127.0.0.1:8000"
_RANK: dict[Role, int] = {"partner": 0, "analyst": 1, "admin": 2}
T = TypeVar("T")


def service() -> SolvenciaClient:
    """The client of the service, with the address and the key that the environment names."""
    if not admitted():
        st.stop()  # whichever way this page came to run, nobody gets past the sign-in
    key = os.environ.get("API_KEY", "").strip()
    return client.connect(os.environ.get("API_URL", DEFAULT_ADDRESS), key or None)


def language() -> Language:
    """The language of this session; Spanish until the switch says otherwise."""
    return cast(Language, st.session_state.get("language") or "es")


def page_palette() -> Palette:
    """The colours of charts on the page as it is shown."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def probe() -> Status:
    """State of the service."""
    try:
        service().ready()
    except NotReady:
        return "not_ready"
    except ServiceError:
        return "away"
    return "ready"


def status() -> Status:
    """State of the service as it was last seen."""
    return cast(Status, st.session_state.get("status", "away"))


def ask(call: Callable[[], T], *, rerun: bool = True) -> T | None:
    """The answer to a question, or None after the page has told why there is none.

    A service that went away is told by the shell of every page, which runs again for it.
    """
    try:
        return call()
    except (ServiceAway, NotReady) as error:
        st.session_state.status = "not_ready" if isinstance(error, NotReady) else "away"
        st.session_state.refused = True
        if rerun:
            st.rerun()
    except ServiceError as error:
        st.warning(say(trouble_of(error), language()), icon=":material/error:")
    return None


def trouble_of(error: ServiceError) -> str:
    """The key of the copy that tells of an error."""
    if isinstance(error, Rejected) and error.errors:
        return "rejected"
    if isinstance(error, NotAuthenticated):
        return "not_authenticated"
    return "not_allowed" if isinstance(error, NotAllowed) else "failed"


def access() -> AccessOut | None:
    """Who this page is to the service; asked once a session, None while it does not say."""
    state = st.session_state
    if "access" not in state and status() == "ready":
        try:
            state.access = service().access()
        except ServiceError:
            return None
    return cast(AccessOut | None, state.get("access"))


def may(needed: Role) -> bool:
    """Whether the service lets this page's key do what needs a role."""
    found = access()
    return found is not None and _RANK[found["role"]] >= _RANK[needed]


def document() -> dict[str, Any] | None:
    """What the service publishes; kept, so that a form stays while the service is away."""
    state = st.session_state
    if "document" not in state and status() != "away":
        try:
            state.document = service().openapi()
        except ServiceError:
            state.status = "away"
    return cast(dict[str, Any] | None, state.get("document"))


def features(model_version: str) -> Features:
    """What the features of a decision are called; asked once for each model that decided."""
    return client.features_of(known_model(model_version))


def known_model(model_version: str) -> ModelOut:
    """The model that served when a decision of this version was first shown."""
    known: dict[str, ModelOut] = st.session_state.setdefault("known_models", {})
    if model_version not in known:
        known[model_version] = service().model()
    return known[model_version]


def shown_model(model_version: str) -> ModelOut | None:
    """A model that was asked for already, and is the one of this version; None for an earlier one."""
    known: dict[str, ModelOut] = st.session_state.get("known_models", {})
    found = known.get(model_version)
    return found if found is not None and found.get("version") == model_version else None


def state_income(state: str | None) -> StateIncomeOut | None:
    """How income is spread in a state; asked once a session, None while the service does not say."""
    known: dict[str, StateIncomeOut] = st.session_state.setdefault("known_states", {})
    if state and state not in known and status() == "ready":
        try:
            known[state] = service().state_income(state)
        except ServiceError:
            return None
    return known.get(state or "")
