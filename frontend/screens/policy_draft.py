"""Borrador: a copy of the policy that is edited, checked as it changes, and shown as a difference."""

from collections.abc import Sequence
from typing import Any, cast

import streamlit as st

from frontend.formats import literal_pesos
from frontend.policy.checks import CaseFailure, Judgement, judgement, troubles
from frontend.policy.draft import (
    Path,
    accepting,
    changed_cases,
    edits,
    value_at,
    with_value,
    written,
)
from frontend.policy.standing import Standing, silent_reasons
from frontend.policy.tables import case_table
from frontend.policy.words import Vocabulary, case_facts, edit_line, place
from frontend.screens.policy_editors import (
    EDITORS,
    forget_cases,
    renew_fields,
    told_trouble,
)
from frontend.session import ask, service, status
from solvencia_client import Rejected
from solvencia_client.types import PolicyOut

SECTIONS = ("knockouts", "referrals", "adjustments", "grades", "offers", "general")
_NO_DECISIONS = "2000-01-01T00:00:00Z"
"""Nothing was decided before: the service then checks a draft and tries it on nothing."""


def begin(found: PolicyOut) -> None:
    """Start a draft from the policy in force; one without edits follows the policy in force."""
    state = st.session_state
    base = state.get("policy.base")
    fresh = base is not None and base["policy"] == state["policy.draft"]
    if base is None or (fresh and base["digest"] != found["digest"]):
        restart(found)


def restart(found: PolicyOut) -> None:
    """Throw the draft away and begin again."""
    state = st.session_state
    state["policy.base"], state["policy.draft"] = found, found["policy"]
    renew_fields()


def standing() -> Standing:
    """What the draft is worth as it stands."""
    state = st.session_state
    base, draft = state["policy.base"], state["policy.draft"]
    found = tuple(troubles(draft))
    changes = tuple(edits(base["policy"], draft))
    cases = tuple(changed_cases(base["policy"], draft))
    if not changes and not cases:
        judged: Judgement | None = Judgement()  # it is in force
    else:
        judged = None if found else judge(draft)
    return Standing(base, draft, changes, cases, found, judged)


def judge(draft: dict[str, Any]) -> Judgement | None:
    """What the service says of a draft, asked once for each; None while it does not answer."""
    state = st.session_state
    text = written(draft)
    if state.get("policy.judged", ("",))[0] == text:
        return cast(Judgement, state["policy.judged"][1])
    if status() != "ready":
        return None

    def tried() -> Judgement:
        try:
            service().simulate_policy(draft, until=_NO_DECISIONS)
        except Rejected as refused:
            if not refused.errors:
                raise
            return judgement(refused.errors, draft)
        return Judgement()

    found = ask(tried)
    if found is not None:
        state["policy.judged"] = (text, found)
    return found


def draft_tab(found: PolicyOut, words: Vocabulary) -> Standing:
    """The editor, then what it changed and which cases it moves."""
    now = standing()
    st.markdown(words.say("draft.intro"))
    if now.base["digest"] != found["digest"]:
        versions = {"version": found["version"], "old": now.base["version"]}
        st.warning(words.say("rebased", **versions), icon=":material/update:")
    names = {name: words.say(f"section.{name}") for name in SECTIONS}
    chosen = st.segmented_control(
        words.say("draft.section"), SECTIONS, default=SECTIONS[0], required=True,
        format_func=lambda name: names[name], label_visibility="collapsed",
        key="policy.section",
    )  # fmt: skip
    section = chosen or SECTIONS[0]
    status_line(now, words)
    with st.container(border=True):
        EDITORS[section](now, words)
    elsewhere = [item for item in now.troubles if section_of(item.path) != section]
    if elsewhere:
        with st.container(border=True, gap="xsmall"):
            st.subheader(words.say("troubles"), anchor=False)
            for item in elsewhere:
                where = place(now.draft, item.path, words) if item.path else ""
                st.markdown(literal_pesos(f"**{where}** {told_trouble(item, now, words)}"))
    if now.judged and now.judged.failures:
        cases_card(now, now.judged.failures, words)
    changes_card(now, found, words)
    return now


def section_of(path: Path) -> str:
    """The section in which a value is edited."""
    first = str(path[0]) if path else ""
    return first if first in SECTIONS else "general" if first else ""


def status_line(now: Standing, words: Vocabulary) -> None:
    """In one line of a fixed height: how far the draft is."""
    count = len(now.edits)
    with st.container(horizontal=True, gap="small"):
        key = "none" if not count else "one" if count == 1 else "many"
        st.badge(words.say(f"status.{key}", n=count), color="gray" if not count else "blue")
        if now.troubles:
            told = words.say("status.trouble", n=len(now.troubles))
            st.badge(told, icon=":material/error:", color="red")
        elif now.judged is None:
            st.badge(words.say("status.unchecked"), icon=":material/hourglass:", color="gray")
        elif failures := now.judged.failures:
            key = "case" if len(failures) == 1 else "cases"
            told = words.say(f"status.{key}", n=len(failures))
            st.badge(told, icon=":material/rule:", color="orange")
        elif now.changed:
            told = words.say("status.accepted")
            st.badge(told, icon=":material/check_circle:", color="green")


# What the draft changes.


def changes_card(now: Standing, found: PolicyOut, words: Vocabulary) -> None:
    """Every difference in words, each with a way back."""
    with st.container(border=True, gap="small"):
        st.subheader(words.say("changes", version=now.base["version"]), anchor=False)
        if not now.changed:
            st.markdown(f":gray[{words.say('changes.none')}]")
            return
        base = now.base["policy"]
        for edit in now.edits:
            _change_row(
                edit_line(edit, base, words), edit.path, place(base, edit.path, words), words
            )
        for number in now.cases:
            name = base["cases"][number]["name"]
            told = words.say("changes.case", name=name)
            _change_row(told, ("cases", number), name, words)
        for line in silent_reasons(now, words):
            st.caption(f":orange[:material/edit_note:] {literal_pesos(line)}")
        st.button(
            words.say("undo_all"), icon=":material/restart_alt:", key="policy.undo_all",
            on_click=restart, args=(found,),
        )  # fmt: skip


def _change_row(told: str, path: Path, name: str, words: Vocabulary) -> None:
    line, side = st.columns([8, 1], vertical_alignment="center")
    line.markdown(literal_pesos(told))
    with side.container(horizontal=True, horizontal_alignment="right"):
        st.button(
            words.say("undo"), key="policy.undo." + ".".join(map(str, path)), type="tertiary",
            help=words.say("undo.this", place=name), on_click=_undo, args=(path,),
        )  # fmt: skip


def _undo(path: Path) -> None:
    state = st.session_state
    before = value_at(state["policy.base"]["policy"], path)
    state["policy.draft"] = with_value(state["policy.draft"], path, before)
    forget_cases()
    renew_fields()


def cases_card(now: Standing, failures: Sequence[CaseFailure], words: Vocabulary) -> None:
    """The cases that come out another way, each to be accepted or not."""
    with st.container(border=True):
        st.subheader(words.say("cases"), anchor=False)
        st.markdown(words.say("cases.note"))
        for number, failure in enumerate(failures):
            title, accept = st.columns([3, 2], vertical_alignment="center")
            title.markdown(f"**{failure.name}**")
            with accept.container(horizontal=True, horizontal_alignment="right"):
                with st.popover(
                    words.say("case.facts"), type="tertiary", key=f"policy.facts.{number}"
                ):
                    for fact in case_facts(now.draft, failure.name, words):
                        st.markdown(literal_pesos(fact))
                st.button(
                    words.say("case.accept"), key=f"policy.case.{number}",
                    on_click=_accept, args=([failure],),
                )  # fmt: skip
            table = case_table(failure, words).map(literal_pesos)
            st.table(table, border="horizontal", hide_index=True)
        if len(failures) > 1:
            st.button(
                words.say("case.accept_all", n=len(failures)), key="policy.case.all",
                on_click=_accept, args=(failures,),
            )  # fmt: skip


def _accept(failures: Sequence[CaseFailure]) -> None:
    state = st.session_state
    for failure in failures:
        state["policy.draft"] = accepting(state["policy.draft"], failure.name, failure.decided)
