"""The analysts' workbench.

Run with ``python -m streamlit run frontend/app.py`` from the project root.
"""

from pathlib import Path
from typing import Literal

import streamlit as st

from frontend.session import Status, access, probe, status
from frontend.signing_in import admitted, ask_to_sign_in, sign_out, who
from frontend.text import LANGUAGES, Language, say

HERE = Path(__file__).parent
ICON = HERE / "icon.png"
WATCH_SECONDS = 3
OPEN = "local"
"""Id of whoever asks a service that is open."""
PAGES = {
    "assess": ("evaluar", "person_search"),
    "portfolio": ("cartera", "table_view"),
    "decisions": ("decisiones", "fact_check"),
    "policy": ("politica", "rule"),
    "model": ("modelo", "monitoring"),
}
"""Address and icon of each page, in their order."""
_STATUS_LOOK: dict[Status, tuple[Literal["green", "orange"], str]] = {
    "ready": ("green", "check_circle"),
    "away": ("orange", "cloud_off"),
    "not_ready": ("orange", "hourglass_top"),
}


def main() -> None:
    """What is on every page, around the one that is chosen."""
    # A file of our own: a named icon would be fetched from outside by every browser.
    st.set_page_config(page_title="Solvencia", page_icon=str(ICON), layout="wide")
    state = st.session_state
    language: Language = state.get("language") or "es"
    closed = not admitted()
    # Also where it is not shown: an address that is not known would get a dialog of its own.
    page = st.navigation(
        [
            st.Page(
                HERE / "entries" / f"{name}.py",
                title=say(f"page.{name}", language),
                icon=f":material/{icon}:",
                url_path=address,
                default=name == "assess",
            )
            for name, (address, icon) in PAGES.items()
        ],
        position="hidden" if closed else "top",
    )
    if closed:
        ask_to_sign_in(language)
        return
    # Right after a refusal the state is known; asking again would send again, without a pause.
    if state.get("status") != "ready" and not state.pop("refused", False):
        state.status = probe()
    header(page.title)
    if status() != "ready":
        st.info(say(status(), language), icon=":material/hourglass_top:")
    page.run()
    # The probe belongs to the timer: on a full run it would only repeat what is known.
    state.full_run = True
    watch()


def header(title: str) -> None:
    """Title of the page, state of the service, who works here, and the switch of language."""
    named, switch = st.columns([3, 1], vertical_alignment="center")
    with switch.container(horizontal=True, horizontal_alignment="right"):
        st.segmented_control(
            "Idioma / Language",
            list(LANGUAGES),
            default="es",
            format_func=lambda key: LANGUAGES[key],
            key="language",
            label_visibility="collapsed",
            required=True,
        )
    language: Language = st.session_state.language or "es"
    with named.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.title(title, anchor=False, width="content")
        colour, icon = _STATUS_LOOK[status()]
        word = say(f"status.{status()}", language)
        st.badge(word, icon=f":material/{icon}:", color=colour)
        if found := access():
            role = say(f"role.{found['role']}", language)
            key = say("open_access", language) if found["id"] == OPEN else found["name"]
            # The role is the key's, whoever signed in: both are told.
            person = who()
            name = f"{person} · {key} ({role})" if person else f"{key} · {role}"
            st.markdown(f":gray[{name}]", width="content")
        sign_out(language)


@st.fragment(run_every=WATCH_SECONDS)
def watch() -> None:
    """Look at the service from time to time, and run the page again when its state changes."""
    state = st.session_state
    if state.pop("full_run", False):
        return
    if (found := probe()) != state.status:
        state.status = found
        st.rerun()


main()
