"""The work history as a table: typed, pasted, or filled from a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from frontend.form import frame, list_input, rows
from frontend.history_file import HistoryFile, decode, read, template
from frontend.schema import Field
from frontend.text import Language, say

_LARGEST_MB = 1
_PROBLEMS_SHOWN = 6


@dataclass
class Kept:
    """A table while this session lasts, also while another page is shown."""

    start: pd.DataFrame
    """What was there before anybody touched it."""
    base: pd.DataFrame
    """What the editor began with: it stays as it is while it is edited."""
    now: pd.DataFrame
    version: int = 0
    before: pd.DataFrame | None = None
    """What stood there before the last file, to go back to."""
    taken: HistoryFile | None = None
    first: int = 0
    """The row at which the last file begins, from 0."""


def history_table(
    field: Field,
    path: str,
    examples: Sequence[Mapping[str, Any]],
    language: Language,
    *,
    empty: bool,
) -> list[dict[str, Any]]:
    """The table with all ways to fill it; its rows, to send."""
    state = st.session_state
    place = f"{path}.kept"
    if place not in state:
        start = frame(field, () if empty else examples)
        state[place] = Kept(start, start, start)
    kept: Kept = state[place]
    _ways_in(field, path, examples, language)
    key = f"{path}.{kept.version}"
    if key not in state:  # new, or back from another page
        kept.base = kept.now.reset_index(drop=True)
    _told(kept, path, language)
    kept.now = list_input(field, key, language, kept.base)
    return _items(kept.now)


def _ways_in(
    field: Field, path: str, examples: Sequence[Mapping[str, Any]], language: Language
) -> None:
    version = st.session_state[f"{path}.kept"].version
    with st.container(horizontal=True, vertical_alignment="center"):
        # A new key after each file, so that it closes and holds nothing any more.
        with st.popover(
            say("assess.fill", language), icon=":material/upload_file:", key=f"{path}.in.{version}"
        ):
            st.file_uploader(
                say("assess.file", language), type=["csv", "txt", "tsv"],
                key=f"{path}.file.{version}", max_upload_size=_LARGEST_MB,
                on_change=_take_file, args=(field, path),
            )  # fmt: skip
            st.text_area(
                say("assess.paste", language), key=f"{path}.paste.{version}", height=110,
                placeholder=say("assess.paste.like", language),
            )  # fmt: skip
            st.button(
                say("assess.paste.take", language), key=f"{path}.paste.take",
                on_click=_take_text, args=(field, path),
            )  # fmt: skip
            st.caption(say("assess.file.note", language))
        st.download_button(
            say("assess.template", language),
            template(field, examples, language),
            file_name="historia.csv" if language == "es" else "history.csv",
            mime="text/csv",
            key=f"{path}.template",
            icon=":material/download:",
            type="tertiary",
            on_click="ignore",
        )
        st.caption(say("assess.grid", language), width="content")


def _take_file(field: Field, path: str) -> None:
    kept: Kept = st.session_state[f"{path}.kept"]
    if file := st.session_state.get(f"{path}.file.{kept.version}"):
        add(kept, read(decode(file.getvalue()), field), field)


def _take_text(field: Field, path: str) -> None:
    kept: Kept = st.session_state[f"{path}.kept"]
    if text := st.session_state.get(f"{path}.paste.{kept.version}"):
        add(kept, read(text, field), field)


def add(kept: Kept, found: HistoryFile, field: Field) -> None:
    """Put what was read below what is there; an example that nobody touched makes room."""
    before = kept.now
    untouched = kept.version == 0 and before.reset_index(drop=True).equals(kept.start)
    standing = [] if untouched else _items(before)
    kept.taken, kept.before, kept.first = found, before, len(standing)
    kept.now = frame(field, [*standing, *found.rows]) if found.rows else before
    kept.version += 1


def _undo(path: str) -> None:
    kept: Kept = st.session_state[f"{path}.kept"]
    if kept.before is not None:
        kept.now, kept.before, kept.taken = kept.before, None, None
        kept.version += 1


def _told(kept: Kept, path: str, language: Language) -> None:
    """What came of the last file: how many rows, and what was not understood."""
    if (taken := kept.taken) is None:
        return
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            if taken.rows:
                told = say("assess.file.taken", language, n=len(taken.rows))
                st.markdown(f":green[:material/check_circle: {told}]", width="content")
                st.button(
                    say("assess.file.undo", language), key=f"{path}.undo", type="tertiary",
                    on_click=_undo, args=(path,),
                )  # fmt: skip
            else:
                st.markdown(f":orange[:material/info: {say('assess.file.empty', language)}]")
        lines = problems(taken, kept.first, language)
        for line in lines[:_PROBLEMS_SHOWN]:
            st.markdown(f":orange[:material/error: {line}]")
        if len(lines) > _PROBLEMS_SHOWN:
            st.caption(say("assess.file.more", language, n=len(lines) - _PROBLEMS_SHOWN))


def problems(taken: HistoryFile, first: int, language: Language) -> list[str]:
    """What a file holds that the table does not, in words; rows as the table counts them."""
    lines = [
        say(
            "row",
            language,
            row=first + cell.row + 1,
            title=cell.field.title[language],
            message=say("assess.file.unread", language, value=cell.value[:60]),
        )
        for cell in taken.unread
    ]
    if taken.rows and taken.lacking:
        titles = ", ".join(item.title[language] for item in taken.lacking)
        lines.insert(0, say("assess.file.lacking", language, titles=titles))
    if taken.rows and taken.unknown:
        titles = ", ".join(title[:40] for title in taken.unknown)
        lines.append(say("assess.file.unknown", language, titles=titles))
    return lines


def _items(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows to send; empty ones at the end are no rows yet."""
    items = rows(table)
    while items and not items[-1]:
        items.pop()
    return items
