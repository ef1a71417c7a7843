"""Cartera: many applicants from a file, decided together."""

from collections import Counter
from typing import cast

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from frontend.formats import plain
from frontend.portfolio import writing
from frontend.portfolio.columns import Column, columns_of, heading, match, missing
from frontend.portfolio.faults import Faults, check
from frontend.portfolio.job import Job
from frontend.portfolio.preview import first_rows
from frontend.portfolio.reading import MOST_MEGABYTES, MOST_ROWS, Sheet, Unreadable, read
from frontend.portfolio.requests import portfolio_of
from frontend.schema import example
from frontend.screens.portfolio_results import faults_table, show_results
from frontend.session import document as published
from frontend.session import language, service, status, trouble_of
from frontend.text import Language, say

TICK_SECONDS = 1.0
_ACROSS = 3
_SHEET, _JOB, _FILES = "portfolio.sheet", "portfolio.job", "portfolio.files"

Columns = tuple[Column, ...]


def show() -> None:
    """The page from top to bottom: a file, its columns, its way through the service, its results."""
    document, state = published(), st.session_state
    if document is None:
        return  # the shell tells
    columns, told_in = columns_of(document), language()
    if (job := cast(Job | None, state.get(_JOB))) is not None:
        if not job.progress().over:
            _running(told_in)
            return
        if show_results(job, columns, told_in):
            _forget()
    elif (sheet := cast(Sheet | None, state.get(_SHEET))) is not None:
        _prepare(sheet, columns, told_in)
    else:
        _intake(columns, example(document, "profile"), told_in)


def _forget() -> None:
    """Back to an empty page; nothing of the file stays."""
    state = st.session_state
    for key in [key for key in state if str(key).startswith("portfolio.") and key != _FILES]:
        del state[key]
    state[_FILES] = state.get(_FILES, 0) + 1
    st.rerun()


def _intake(columns: Columns, worked: dict, language: Language) -> None:
    state = st.session_state
    st.markdown(say("portfolio.intro", language))
    file, model = st.columns([3, 2], gap="large")
    with file:
        upload = st.file_uploader(
            say("portfolio.upload", language, rows=f"{MOST_ROWS:,}"),
            type=["csv", "txt", "xlsx", "xlsm"],
            max_upload_size=MOST_MEGABYTES,
            key=f"portfolio.upload.{state.get(_FILES, 0)}",
        )
        if upload is not None:
            try:
                with st.spinner(say("portfolio.reading", language)):
                    state[_SHEET] = read(upload.name, upload.getvalue())
            except Unreadable as error:
                st.warning(say(error.key, language, **error.values), icon=":material/error:")
            else:
                st.rerun()
    rows, guide = writing.template(columns, worked, language)
    with model:
        st.markdown(f"**{say('portfolio.template', language)}**")
        st.caption(say("portfolio.template.note", language))
        name = say("portfolio.template.file", language)
        with st.container(horizontal=True):
            st.download_button(
                say("portfolio.template.excel", language),
                lambda: writing.template_workbook(rows, guide, language),
                f"{name}.xlsx",
                writing.EXCEL_TYPE,
                icon=":material/table_view:",
                on_click="ignore",
            )
            st.download_button(
                say("portfolio.template.csv", language),
                lambda: writing.as_csv(rows),
                f"{name}.csv",
                writing.CSV_TYPE,
                on_click="ignore",
            )
    with st.expander(say("portfolio.guide", language)):
        st.table(guide, hide_index=True, border="horizontal")


def _prepare(sheet: Sheet, columns: Columns, language: Language) -> None:
    """What the file holds, and what of it is sent."""
    with st.container(horizontal=True, vertical_alignment="center"):
        summary = st.container(gap=None)
        if st.button(say("portfolio.other", language), icon=":material/upload_file:"):
            _forget()
        start = st.empty()
    guessed = match(sheet.header, columns)
    doubts, below = st.container(), st.container()
    mapping = _chosen(sheet, columns, guessed, doubts, below, language)
    with summary:
        st.subheader(sheet.name, anchor=False)
        told_rows = {"rows": f"{len(sheet):,}", "columns": len(sheet.header)}
        st.caption(say("portfolio.file", language, matched=len(mapping), **told_rows))
    problem = _mapping_problem(mapping, columns, language)
    ready = problem is None and status() == "ready"
    if start.button(
        say("portfolio.start", language, rows=f"{len(sheet):,}"),
        type="primary",
        icon=":material/play_arrow:",
        disabled=not ready,
    ):
        portfolio = portfolio_of(sheet, mapping, columns)
        st.session_state[_JOB] = Job(service(), portfolio, trouble_of)
        st.rerun()
    if problem is not None:
        doubts.warning(problem, icon=":material/rule:")
        return
    titles = {name: sheet.header[position] for position, name in mapping.items()}
    with below:
        faults = _checked(sheet, mapping, columns)
        if count := faults.rows:
            key = "portfolio.faults.one" if count == 1 else "portfolio.faults"
            st.warning(say(key, language, count=f"{count:,}"), icon=":material/rule:")
            faults_table(faults, columns, titles, language)
        st.markdown(f"**{say('portfolio.preview', language)}**")
        st.dataframe(
            first_rows(portfolio_of(sheet, mapping, columns), language),
            hide_index=True,
            placeholder="",
        )


def _chosen(
    sheet: Sheet,
    columns: Columns,
    guessed: dict[int, str],
    doubts: DeltaGenerator,
    below: DeltaGenerator,
    language: Language,
) -> dict[int, str]:
    """Which column is which field: by name, unless somebody chose otherwise."""
    unknown = [i for i in range(len(sheet.header)) if i not in guessed]
    found: dict[int, str | None] = {}
    if unknown:
        with doubts.container(border=True):
            st.markdown(f"**{say('portfolio.unmatched', language)}**")
            st.caption(say("portfolio.unmatched.note", language))
            found |= _choices(unknown, sheet, columns, guessed, language)
    if guessed:
        with below.expander(say("portfolio.matched", language)):
            found |= _choices(list(guessed), sheet, columns, guessed, language)
    return {position: name for position, name in sorted(found.items()) if name is not None}


def _choices(
    positions: list[int],
    sheet: Sheet,
    columns: Columns,
    guessed: dict[int, str],
    language: Language,
) -> dict[int, str | None]:
    titles = {column.name: heading(column, language) for column in columns}
    options: list[str | None] = [None, *titles]
    across = st.columns(_ACROSS)
    found: dict[int, str | None] = {}
    for place, position in enumerate(positions):
        found[position] = across[place % _ACROSS].selectbox(
            sheet.header[position],
            options,
            index=options.index(guessed.get(position)),
            format_func=lambda name: titles[name] if name else say("portfolio.left_out", language),
            key=f"portfolio.column.{position}.{language}",
        )
    return found


def _mapping_problem(mapping: dict[int, str], columns: Columns, language: Language) -> str | None:
    """Why the rows cannot be sent with these columns, if so."""
    titles = {column.name: column.field.title[language] for column in columns}
    if twice := [titles[name] for name, times in Counter(mapping.values()).items() if times > 1]:
        return say("portfolio.twice", language, titles=", ".join(twice))
    if lacking := missing(mapping, columns):
        return say(
            "portfolio.missing", language, titles=", ".join(titles[item.name] for item in lacking)
        )
    return None


def _checked(sheet: Sheet, mapping: dict[int, str], columns: Columns) -> Faults:
    """The faults that the schema tells of; looked for once for each choice of columns."""
    state, key = st.session_state, tuple(mapping.items())
    if state.get("portfolio.checked", (None,))[0] != key:
        state["portfolio.checked"] = key, check(sheet, mapping, columns)
    return cast(Faults, state["portfolio.checked"][1])


@st.fragment(run_every=TICK_SECONDS)
def _running(language: Language) -> None:
    job = cast(Job | None, st.session_state.get(_JOB))
    if job is None:
        return
    progress = job.progress()
    if progress.over:
        st.rerun()
    with st.container(border=True):
        title, stop = st.columns([4, 1], vertical_alignment="center")
        name = job.portfolio.sheet.name
        title.subheader(say("portfolio.running", language, name=name), anchor=False)
        with stop.container(horizontal=True, horizontal_alignment="right"):
            st.button(
                say("portfolio.cancel", language),
                icon=":material/stop_circle:",
                disabled=progress.stopping,
                on_click=job.cancel,
            )
        told_rows = {"done": f"{progress.done:,}", "total": f"{progress.total:,}"}
        words = [say("portfolio.progress", language, **told_rows)]
        if progress.seconds_left is not None:
            left = _duration(progress.seconds_left, language)
            words.append(say("portfolio.progress.left", language, time=left))
        if progress.refused:
            refused = f"{progress.refused:,}"
            words.append(say("portfolio.progress.refused", language, refused=refused))
        st.progress(progress.done / max(progress.total, 1), " · ".join(words))
        if progress.stopping:
            st.caption(say("portfolio.stopping", language))
        elif progress.state == "waiting":
            st.info(say("portfolio.waiting", language), icon=":material/cloud_off:")
        else:
            st.caption(say("portfolio.leave", language))


def _duration(seconds: float, language: Language) -> str:
    """Time as it matters to somebody who waits."""
    if seconds < 90:
        return say("portfolio.seconds", language, n=max(round(seconds), 1))
    return say("portfolio.minutes", language, n=plain(round(seconds / 60)))
