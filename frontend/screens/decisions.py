"""Decisiones: what was decided, and referrals to settle."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

import streamlit as st

from frontend.decisions import listing
from frontend.decisions.listing import COLUMNS, PAGE, STATES, Wanted
from frontend.decisions.words import moment
from frontend.screens.decision import opened
from frontend.session import ask, language, may, page_palette, service, status
from frontend.text import Language, say
from solvencia_client import Rejected, ServiceError
from solvencia_client.types import DecisionPage, DecisionSummary

EARLIEST = date(2000, 1, 1)
_WIDTHS = {
    "decided": 120, "reference": 108, "outcome": 86, "score": 68, "grade": 60, "pd": 106,
    "asked": 98, "offered": 98, "segment": 86,
}  # fmt: skip


def show() -> None:
    """The page from top to bottom: one decision when the address names it, else the list."""
    if status() != "ready":
        return  # the shell tells
    if message := st.session_state.pop("decisions.told", None):
        st.toast(message, icon=":material/check_circle:")
    # Oldest first: who has waited longest is next.
    queue = waiting() if may("analyst") else None
    if "id" in st.query_params:
        items = [] if queue is None else queue["items"][::-1]
        opened(st.query_params["id"], [item["id"] for item in items], language())
    elif queue is not None:
        _tabs(queue, language())
    else:
        if may("partner") and not may("analyst"):
            st.caption(say("decisions.partner", language()))
        _all(language())


def waiting() -> DecisionPage | None:
    """Referrals that wait for an analyst, newest first; None while the service does not say."""
    return ask(lambda: service().decisions_page(awaiting_review=True, limit=listing.MOST))


def _tabs(queue: DecisionPage, language: Language) -> None:
    state, count = st.session_state, len(queue["items"])
    number = f"{count}+" if queue["next"] else str(count)
    titles = [
        say("decisions.all", language),
        say("decisions.queue.number", language, n=number)
        if count
        else say("decisions.queue", language),
    ]
    # A tab is known by its title, and the number in it changes: which one is open is kept apart.
    key = f"decisions.tabs.{number}.{language}"

    def keep() -> None:
        state["decisions.in_queue"] = state[key] == titles[1]

    in_queue = bool(state.get("decisions.in_queue"))
    if key not in state:
        state[key] = titles[in_queue]
    tabs = st.tabs(titles, key=key, on_change=keep)
    with tabs[in_queue]:
        if in_queue:
            _queue(queue, language)
        else:
            _all(language)


# The list.


def _all(language: Language) -> None:
    wanted = _filters(language)
    state = st.session_state
    if state.get("decisions.wanted") != wanted:
        state["decisions.wanted"], state["decisions.cursors"] = wanted, []
        state.pop("decisions.counted", None)
    cursors: list[str] = state.setdefault("decisions.cursors", [])
    with st.spinner(""):
        cursor = cursors[-1] if cursors else None
        page = ask(lambda: _page(wanted, cursor, language))
    if page is None:
        return
    if not page["items"]:
        key = "decisions.none" if wanted.empty else "decisions.none.filtered"
        st.info(say(key, language), icon=":material/search:")
        if not wanted.empty:
            _clear_button(language)
        return
    with st.container(gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
            st.markdown(_count(wanted, language), width="content")
            if not wanted.empty:
                _clear_button(language)
        st.caption(say("decisions.choose", language))
    _table(page["items"], f"decisions.rows.{len(cursors)}", language)
    _paging(page, cursors, language)


def _filters(language: Language) -> Wanted:
    """One row of filters; they keep their values while a decision is open."""
    grades, segments = _choices(language)
    everything = say("decisions.any", language)
    keep: dict[str, Any] = {"persist_state": "page"}
    row = st.columns([2.9, 1.6, 1.15, 1.35, 1.8], vertical_alignment="bottom")
    period = row[0].date_input(
        say("decisions.period", language),
        value=cast(Any, ()),  # no days yet; the stub knows of one or two
        min_value=EARLIEST,
        max_value=date(2099, 12, 30),
        format="DD/MM/YYYY",
        help=say("decisions.period.help", language),
        key=f"decisions.period.{_round()}",
        **keep,
    )
    state = row[1].selectbox(
        say("decisions.state", language),
        STATES,
        index=None,
        format_func=lambda key: say(f"decisions.state.{key}", language),
        placeholder=everything,
        key=f"decisions.state.{_round()}",
        **keep,
    )
    grade = row[2].selectbox(
        say("decisions.grade", language),
        grades,
        index=None,
        placeholder=everything,
        key=f"decisions.grade.{_round()}",
        **keep,
    )
    segment = row[3].selectbox(
        say("decisions.segment", language),
        list(segments),
        index=None,
        format_func=lambda code: segments.get(code, code),
        placeholder=everything,
        key=f"decisions.segment.{_round()}",
        **keep,
    )
    reference = row[4].text_input(
        say("decisions.reference", language),
        help=say("decisions.reference.help", language),
        placeholder="cliente-20931",
        key=f"decisions.reference.{_round()}",
        **keep,
    )
    days = period if isinstance(period, tuple) else (period,)
    first = days[0] if days else None
    last = days[1] if len(days) > 1 else None
    return Wanted(first, last, state, grade, segment, (reference or "").strip())


def _round() -> int:
    """How often the filters were cleared: fresh widgets begin empty."""
    return int(st.session_state.get("decisions.round", 0))


def _clear_button(language: Language) -> None:
    icon = ":material/filter_alt_off:"
    st.button(say("decisions.clear", language), on_click=_clear, type="tertiary", icon=icon)


def _clear() -> None:
    st.session_state["decisions.round"] = _round() + 1


def _choices(language: Language) -> tuple[list[str], Mapping[str, str]]:
    """Grades of the policy and segments of the model that serve; asked once a session."""
    state = st.session_state
    if "decisions.choices" not in state:
        try:
            model, policy = service().model(), service().policy()
        except ServiceError:
            return [], {}  # the list itself tells that the service does not answer
        grades = policy["policy"].get("grades", {}).get("order", [])
        state["decisions.choices"] = (grades, model.get("segments", []))
    grades, segments = state["decisions.choices"]
    name = "name_en" if language == "en" else "name"
    return grades, {item["code"]: f"{item['code']} · {item[name]}" for item in segments}


def _page(wanted: Wanted, cursor: str | None, language: Language) -> DecisionPage | None:
    try:
        return service().decisions_page(cursor=cursor, limit=PAGE, **wanted.filters())
    except Rejected as error:
        if not any(problem.field.endswith("reference") for problem in error.errors):
            raise
        st.warning(say("decisions.reference.wrong", language), icon=":material/error:")
        return None


def _count(wanted: Wanted, language: Language) -> str:
    """How many decisions the filters leave; asked anew when they change."""
    state = st.session_state
    if "decisions.counted" not in state:
        page = ask(lambda: service().decisions_page(limit=listing.MOST, **wanted.filters()))
        if page is None:
            return ""
        state["decisions.counted"] = {
            key: listing.tally(page["items"], more=page["next"] is not None, language=key)
            for key in ("es", "en")
        }
    return str(state["decisions.counted"][language])


def _table(
    items: list[DecisionSummary], key: str, language: Language, *, queue: bool = False
) -> None:
    """The rows; one that is ticked is opened, as one of the queue or by itself."""
    titled = {"reference", "grade", "segment"}
    rows = listing.table(items, language)
    found = st.dataframe(
        listing.styled(rows, page_palette(), language),
        key=key,
        hide_index=True,
        height="content",
        on_select="rerun",
        selection_mode="single-row",
        column_config={
            name: st.column_config.Column(say(_title(name, titled), language), width=_WIDTHS[name])
            for name in COLUMNS
        },
        placeholder=listing.NOTHING,
    )
    chosen = cast(Any, found).selection.rows
    if chosen:
        st.query_params["id"] = items[chosen[0]]["id"]
        if queue:
            st.query_params["cola"] = "1"
        st.rerun()


def _title(name: str, titled: set[str]) -> str:
    if name == "outcome":
        return "decisions.state"
    return f"decisions.{name}" if name in titled else f"decisions.column.{name}"


def _paging(page: DecisionPage, cursors: list[str], language: Language) -> None:
    first = len(cursors) * PAGE + 1
    last = first + len(page["items"]) - 1
    if not cursors and page["next"] is None:
        return
    with st.container(
        horizontal=True, horizontal_alignment="right", vertical_alignment="center", gap="small"
    ):
        if st.button(
            say("decisions.previous", language),
            icon=":material/chevron_left:",
            disabled=not cursors,
        ):
            cursors.pop()
            st.rerun()
        st.markdown(
            say("decisions.range", language, first=f"{first:,}", last=f"{last:,}"), width="content"
        )
        following = page["next"]
        if st.button(
            say("decisions.next", language),
            icon=":material/chevron_right:",
            icon_position="right",
            disabled=following is None,
        ):
            cursors.append(str(following))
            st.rerun()


# The queue.


def _queue(queue: DecisionPage, language: Language) -> None:
    """Referrals that wait, the oldest first, and the way into reviewing them one by one."""
    items = queue["items"][::-1]
    if not items:
        st.success(say("decisions.queue.done", language), icon=":material/task_alt:")
        return
    key = "title.more" if queue["next"] else "title.one" if len(items) == 1 else "title"
    since = moment(items[0]["decided_at"])
    told, start = st.columns([3, 1], vertical_alignment="center")
    waits = say(f"decisions.queue.{key}", language, n=len(items), since=since)
    told.markdown(f"{waits}  \n:small[:gray[{say('decisions.choose', language)}]]")
    if start.button(
        say("decisions.queue.start", language),
        type="primary",
        icon=":material/fact_check:",
        width="stretch",
    ):
        st.query_params.update({"id": items[0]["id"], "cola": "1"})
        st.rerun()
    _table(items[:PAGE], "decisions.waiting", language, queue=True)
