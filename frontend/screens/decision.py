"""One decision, as the page of decisions opens it."""

from collections.abc import Callable
from uuid import UUID

import streamlit as st

from frontend.decisions import timeline
from frontend.decisions.listing import NOTHING
from frontend.decisions.words import literal, moment, person
from frontend.formats import day, money, percent
from frontend.schema import choice_names
from frontend.screens.decision_parts import (
    Opened,
    decision,
    history,
    known_then,
    replay,
    scorecards,
)
from frontend.screens.settling import settle
from frontend.session import access, ask, document, features, service
from frontend.text import Language, say
from solvencia_client import Conflict, NotFound
from solvencia_client.types import DecisionDetail, Verdict

PARTS = ("decision", "known", "cards", "replay", "history")


def opened(name: str, queue: list[str], language: Language) -> None:
    """Everything about a decision; ``queue`` holds the referrals that wait, oldest first."""
    in_queue = "cola" in st.query_params
    _way(name, queue if in_queue else None, language)
    with st.spinner(""):
        detail = _detail(name, language)
        published = document()
        if detail is None or published is None:
            return
        called = ask(lambda: features(detail["model_version"]))
    if called is None:
        return
    it = Opened(detail, published, called, choice_names(published), language)
    _head(it)
    if detail["outcome"] == "refer":
        settle(detail, published, _after(name, queue) if in_queue else None, language)
    if detail["decision"] is None:
        _erased(it)
    else:
        _parts(it, detail["decision"])


def _detail(name: str, language: Language) -> DecisionDetail | None:
    found = ask(lambda: _found(name))
    if isinstance(found, str):
        st.info(say(found, language), icon=":material/search:")
        return None
    return found


def _found(name: str) -> DecisionDetail | str:
    """The decision, or the key of the copy that says why there is none."""
    try:
        return service().decision(UUID(name))
    except (ValueError, NotFound):
        return "decisions.not_found"
    except Conflict:
        return "decisions.model_gone"


# The way back, and through the queue.


def _after(name: str, queue: list[str]) -> str | None:
    """The referral to go to from this one; None when no other waits."""
    others = [other for other in queue if other != name]
    if name not in queue:
        return others[0] if others else None
    later = queue[queue.index(name) + 1 :]
    return later[0] if later else others[0] if others else None


def _way(name: str, queue: list[str] | None, language: Language) -> None:
    key = "decisions.back" if queue is None else "decisions.back.queue"
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(say(key, language), icon=":material/arrow_back:", type="tertiary"):
            st.query_params.clear()
            st.rerun()
        if queue is None:
            return
        place = queue.index(name) + 1 if name in queue else None
        told = (
            say("decisions.queue.left", language)
            if place is None
            else say("decisions.queue.place", language, place=place, n=len(queue))
        )
        st.markdown(f":gray[{told}]", width="content")
        following = _after(name, queue)
        key = "decisions.queue.skip" if place else "decisions.queue.next"
        if following and st.button(
            say(key, language), icon=":material/skip_next:", type="tertiary"
        ):
            st.query_params["id"] = following
            st.rerun()


# The head.


def _head(it: Opened) -> None:
    detail, language = it.detail, it.language
    colour, icon = timeline.LOOK[detail["outcome"]]
    name = detail["reference"] or say("decisions.no_reference", language)
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.header(literal(name), anchor=False, width="content")
            word = say(f"decisions.outcome.{detail['outcome']}", language)
            st.badge(word, icon=f":material/{icon}:", color=colour)
        st.caption(
            say(
                "decisions.head",
                language,
                at=moment(detail["decided_at"]),
                by=literal(person(detail["made_by"], access(), language)),
                as_of=day(detail["as_of"]),
                model=detail["model_version"],
                policy=detail["policy_version"],
                digest=detail["policy_digest"],
            )
        )


def _erased(it: Opened) -> None:
    """What remains of a decision whose person was erased."""
    detail, language = it.detail, it.language
    at = moment(detail["erased_at"]) if detail["erased_at"] else NOTHING
    st.info(say("decisions.erased", language, at=at), icon=":material/delete:")
    offered, pd = detail["amount_offered"], detail["pd"]
    remains = {
        "score": str(detail["final_score"]),
        "income_score": str(detail["income_score"]),
        "pd": NOTHING if pd is None else percent(pd),
        "grade": detail["grade"] or NOTHING,
        "segment": detail["segment"],
        "asked": money(detail["amount_asked"]),
        "amount": NOTHING if offered is None else money(offered),
        "term": say("months", language, n=detail["term_months"]),
    }
    with st.container(border=True, horizontal=True, gap="medium"):
        for name, value in remains.items():
            st.metric(say(f"decisions.measure.{name}", language), value, width="content")
    if detail["rules"]:
        rules = ", ".join(f"`{rule}`" for rule in detail["rules"])
        st.caption(say("decisions.rules", language, rules=rules))
    history(it)


# The parts.


def _parts(it: Opened, verdict: Verdict) -> None:
    language = it.language
    titles = [say(f"decisions.part.{part}", language) for part in PARTS]
    # A key of its own for each decision: the next one begins with its answer.
    key = f"decisions.part.{it.detail['id']}.{language}"
    draw: tuple[Callable[[], None], ...] = (
        lambda: decision(it, verdict),
        lambda: known_then(it),
        lambda: scorecards(it),
        lambda: replay(it, verdict),
        lambda: history(it),
    )
    for tab, part in zip(st.tabs(titles, key=key, on_change="rerun"), draw, strict=True):
        if tab.open:
            with tab:
                part()
