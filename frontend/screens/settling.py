"""What an analyst adds to a decision: the settlement of a referral, and how the loan went."""

from datetime import date
from typing import Any, Literal

import streamlit as st

from frontend.decisions.timeline import LOOK, settlement
from frontend.session import access, ask, may, service
from frontend.text import Language, say
from solvencia_client import Conflict, Rejected
from solvencia_client.types import DecisionDetail, OutcomeIn

EARLIEST = date(1940, 1, 1)
DATE_FORMAT = "DD/MM/YYYY"
Answer = Literal["approve", "decline"]


# Settling.


def settle(
    detail: DecisionDetail, document: dict[str, Any], following: str | None, language: Language
) -> None:
    """How a referral was settled, or the form to settle it.

    After settling, the referral ``following`` is opened; without one this decision stays open.
    """
    state, reviews = st.session_state, detail["reviews"]
    seen = state.get("decisions.seen")
    state["decisions.seen"] = (detail["id"], len(reviews))
    # Reviews are read anew on every run, right before an answer is sent: one that was not there
    # when the analyst last saw the page is somebody else's.
    overtaken = seen is not None and seen[0] == detail["id"] and seen[1] < len(reviews)
    if reviews:
        last = reviews[-1]
        icon = f":material/{LOOK[last['outcome']][1]}:"
        told = settlement(last, access(), language)
        (st.success if last["outcome"] == "approve" else st.error)(told, icon=icon)
    if not may("analyst"):
        key = "needs.analyst" if reviews else "decisions.waits"
        st.caption(say(key, language))
        return
    if not reviews:
        with st.container(border=True):
            _form(detail, document, following, language, overtaken=False)
        return
    if overtaken:
        st.warning(say("decisions.overtaken", language), icon=":material/group:")
    with st.expander(say("decisions.settle.again", language)):
        st.caption(say("decisions.settle.again.note", language))
        _form(detail, document, following, language, overtaken=overtaken)


def _form(
    detail: DecisionDetail,
    document: dict[str, Any],
    following: str | None,
    language: Language,
    *,
    overtaken: bool,
) -> None:
    bounds = document["components"]["schemas"]["ReviewIn"]["properties"]["note"]
    low, high = bounds["minLength"], bounds["maxLength"]
    # No form of Streamlit's: what it holds is lost unsent when another page is looked at.
    with st.container():
        said, buttons = st.columns([5, 1], vertical_alignment="bottom")
        note = said.text_area(
            say("decisions.note", language),
            height=93,
            max_chars=high,
            placeholder=say("decisions.note.hint", language, low=low, high=f"{high:,}"),
            key=f"decisions.note.{detail['id']}",
            persist_state="session",
        )
        with buttons.container(gap="small"):
            approve = st.button(
                say("decisions.approve", language),
                type="primary",
                icon=":material/check:",
                width="stretch",
                key=f"decisions.approve.{detail['id']}",
            )
            decline = st.button(
                say("decisions.decline", language),
                icon=":material/close:",
                width="stretch",
                key=f"decisions.decline.{detail['id']}",
            )
    if not (approve or decline) or overtaken:
        return
    if len((note or "").strip()) < low:
        st.markdown(f":red[{say('decisions.note.short', language, low=low)}]")
        return
    _send(detail, "approve" if approve else "decline", str(note).strip(), following, language)


def _send(
    detail: DecisionDetail, outcome: Answer, note: str, following: str | None, language: Language
) -> None:
    state = st.session_state
    if not ask(lambda: _settled(detail["id"], outcome, note, language)):
        return
    name = detail["reference"] or say("decisions.no_reference", language)
    state["decisions.told"] = say(f"decisions.sent.{outcome}", language, reference=name)
    # What was settled here is known here: it must not look as if somebody else had done it.
    state.pop("decisions.seen", None)
    state.pop(f"decisions.note.{detail['id']}", None)
    if "cola" in st.query_params:
        if following is None:
            st.query_params.clear()
        else:
            st.query_params["id"] = following
    st.rerun()


def _settled(name: str, outcome: Answer, note: str, language: Language) -> bool:
    try:
        service().review(name, outcome, note)
    except Conflict:
        st.warning(say("decisions.conflict", language), icon=":material/error:")
        return False
    return True


# How the loan went.


def report(detail: DecisionDetail, language: Language) -> None:
    """The form to report how a loan went; analysts report, and partners by their own systems."""
    if not may("analyst"):
        return
    state = st.session_state
    turn = state.get("decisions.reports", 0)
    with st.expander(say("decisions.report", language), icon=":material/payments:"):
        with st.form(f"decisions.report.{detail['id']}.{turn}", border=False):
            told = _outcome(f"{detail['id']}.{turn}", language)
            sent = st.form_submit_button(say("decisions.report.send", language))
        if sent and ask(lambda: _reported(detail["id"], told, language)):
            state["decisions.reports"] = turn + 1
            state["decisions.told"] = say("decisions.report.kept", language)
            st.rerun()


def _outcome(name: str, language: Language) -> OutcomeIn:
    def key(field: str) -> str:
        return f"decisions.report.{field}.{name}"

    dates: dict[str, Any] = {"format": DATE_FORMAT, "min_value": EARLIEST}
    row = st.columns(5, vertical_alignment="bottom")
    observed = row[0].date_input(
        say("decisions.report.observed", language), key=key("observed"), **dates
    )
    days = row[1].number_input(
        say("decisions.report.days", language), min_value=0, value=0, step=1, key=key("days")
    )
    default = row[2].selectbox(
        say("decisions.report.default", language),
        (True, False),
        index=None,
        format_func=lambda yes: say(f"decisions.report.{'yes' if yes else 'no'}", language),
        placeholder=say("unknown", language),
        help=say("decisions.report.default.help", language),
        key=key("default"),
    )
    granted = row[3].date_input(
        say("decisions.report.granted", language), value=None, key=key("granted"), **dates
    )
    amount = row[4].number_input(
        say("decisions.report.amount", language), min_value=0.0, value=None, key=key("amount")
    )
    return {
        "observed_on": _iso(observed) or "",
        "max_days_past_due": int(days),
        "default_12m": default,
        "granted_on": _iso(granted),
        "amount": amount,
    }


def _iso(day: Any) -> str | None:
    return day.isoformat() if isinstance(day, date) else None


def _reported(name: str, told: OutcomeIn, language: Language) -> bool:
    try:
        service().report_outcome(name, told)
    except Rejected as error:
        titles = {
            "observed_on": "observed",
            "granted_on": "granted",
            "amount": "amount",
            "max_days_past_due": "days",
        }
        for problem in error.errors:
            title = titles.get(problem.field)
            if title is None or problem.allowed is None:
                st.markdown(f":red[{say('decisions.report.disagrees', language)}]")
                continue
            words = say(
                "decisions.report.wrong",
                language,
                field=say(f"decisions.report.{title}", language),
                allowed=problem.allowed,
                value=problem.value,
            )
            st.markdown(f":red[{words}]")
        return False
    return True
