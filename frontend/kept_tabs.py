"""Tabs that stay as they are while the language or the page changes."""

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from frontend.text import Language

Name = TypeVar("Name", bound=str)


def kept_tabs(
    place: str, names: Sequence[Name], titles: Sequence[str], language: Language
) -> tuple[Sequence[DeltaGenerator], Name]:
    """The tabs, and the name of the one that is open, which the session keeps under ``place``."""
    state = st.session_state
    # A tab is known by its title, which a change of language changes; and seeded through the state,
    # because another default would be another widget.
    if (key := f"{place}.{language}") not in state:
        state[key] = titles[names.index(state.get(place, names[0]))]
    tabs = st.tabs(titles, key=key, on_change="rerun")
    [name] = [name for name, tab in zip(names, tabs, strict=True) if tab.open]
    state[place] = name
    return tabs, name
