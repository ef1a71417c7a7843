"""Política: the rules in words, and drafts of them that are simulated and never published."""

from typing import cast

import streamlit as st

from frontend.client import features_of
from frontend.formats import day, exact_percent, literal_pesos, money
from frontend.kept_tabs import kept_tabs
from frontend.policy.tables import grades_table, offers_table, rules_table
from frontend.policy.words import RuleKind, Vocabulary, conditions, effect, quantity
from frontend.schema import choice_names
from frontend.screens.policy_draft import begin, draft_tab
from frontend.screens.policy_simulation import simulation_tab
from frontend.session import ask, document, language, may, service, status
from frontend.text import say
from solvencia_client.types import PolicyOut


def show() -> None:
    """The page from top to bottom."""
    found, words = policy_in_force(), vocabulary()
    if found is None:
        if status() != "ready":
            st.markdown(words.say("waiting"))
        return
    version = words.say(
        "in_force",
        version=found["version"],
        day=day(found["effective_from"]),
        digest=found["digest"],
    )
    st.caption(version)
    names = ("rules", "draft", "simulation")
    titles = [words.say(f"tab.{name}") for name in names]
    (rules, draft, simulation), _ = kept_tabs("policy.tab", names, titles, words.language)
    with rules:
        rules_tab(found, words)
    if not may("analyst"):
        for tab in (draft, simulation):
            tab.info(say("needs.analyst", words.language), icon=":material/lock:")
        return
    begin(found)
    with draft:
        verdict = draft_tab(found, words)
    with simulation:
        simulation_tab(verdict, words)


def policy_in_force() -> PolicyOut | None:
    """The policy as the service has it now; the last one known while the service is away."""
    state = st.session_state
    if status() == "ready" and (found := ask(lambda: service().policy())) is not None:
        state["policy.in_force"] = found
    return cast(PolicyOut | None, state.get("policy.in_force"))


def vocabulary() -> Vocabulary:
    """What fields and choices are called; asked once, names alone where the service cannot say."""
    state = st.session_state
    if "policy.features" not in state and status() == "ready":
        state["policy.features"] = ask(lambda: features_of(service().model())) or {}
    published = document()
    choices = choice_names(published) if published else {}
    return Vocabulary(language(), state.get("policy.features", {}), choices)


def rules_tab(found: PolicyOut, words: Vocabulary) -> None:
    """The policy in force, in sentences or as tables."""
    policy = found["policy"]
    counts = {kind: len(policy[kind]) for kind in ("adjustments", "knockouts", "referrals")}
    told, look = st.columns([5, 2], vertical_alignment="top", gap="medium")
    told.markdown(words.say("summary", **counts))
    looks = {name: words.say(f"look.{name}") for name in ("words", "tables")}
    with look.container(horizontal=True, horizontal_alignment="right"):
        chosen = st.segmented_control(
            words.say("look"), list(looks), default="words", required=True,
            format_func=lambda name: looks[name], label_visibility="collapsed",
            key=f"policy.look.{words.language}",
        )  # fmt: skip
    if chosen == "tables":
        kinds: tuple[RuleKind, ...] = ("knockouts", "referrals", "adjustments")
        for kind in kinds:
            st.subheader(words.say(f"group.{kind}"), anchor=False)
            st.table(rules_table(policy, kind, words), border="horizontal", hide_index=True)
    else:
        left, right = st.columns(2, gap="medium")
        with left.container(border=True, height="stretch"):
            rules_in_words(found, "knockouts", words)
        with right.container(border=True, height="stretch"):
            rules_in_words(found, "referrals", words)
        with st.container(border=True):
            adjustments_in_words(found, words)
    grades_and_offers(found, words)


def rules_in_words(found: PolicyOut, kind: RuleKind, words: Vocabulary) -> None:
    """One card of rules, a sentence each."""
    st.subheader(words.say(f"group.{kind}"), anchor=False)
    for rule in found["policy"][kind]:
        st.markdown(rule_text(rule, words))


def adjustments_in_words(found: PolicyOut, words: Vocabulary) -> None:
    """What adds points and what takes them, side by side."""
    st.subheader(words.say("group.adjustments"), anchor=False)
    rules = found["policy"]["adjustments"]
    for gives, colour, side in zip(
        (True, False), ("green", "red"), st.columns(2, gap="medium"), strict=True
    ):
        with side:
            for rule in rules:
                if (rule["points"] > 0) is gives:
                    points = effect(rule, "adjustments", words)
                    st.markdown(f":{colour}-badge[{points}] {rule_text(rule, words)}")


def rule_text(rule: dict[str, object], words: Vocabulary) -> str:
    """When a rule applies; below, what is told then, its code, and what a missing fact means."""
    reason = words.text(cast(dict[str, str], rule["reason"]))
    missing = words.say(f"missing.{rule.get('if_missing', 'refer')}")
    sentence = f"**{literal_pesos(conditions(rule, words))}**"
    return f"{sentence}  \n:small[{literal_pesos(reason)} :gray[`{rule['code']}` · {missing}]]"


def grades_and_offers(found: PolicyOut, words: Vocabulary) -> None:
    """What a grade is and what it is offered, and the limits around it."""
    policy = found["policy"]
    left, right = st.columns([2, 3], gap="medium")
    with left.container(border=True, height="stretch"):
        st.subheader(words.say("group.grades"), anchor=False)
        st.table(grades_table(policy, words), border="horizontal", hide_index=True)
        st.caption(words.say("group.grades.note"))
    with right.container(border=True, height="stretch"):
        st.subheader(words.say("group.general"), anchor=False)
        limits = {name: money(policy[name]) for name in ("min_amount", "amount_step")}
        vat = exact_percent(policy["vat_rate"])
        st.markdown(literal_pesos(words.say("general.sentence", vat_rate=vat, **limits)))
        loan = policy["standard_loan"]
        months = {
            name: quantity(loan[name], "months", words)
            for name in ("months_of_income", "term_months")
        }
        product = words.product(loan["product"])
        st.markdown(words.say("standard.sentence", product=product, **months))
    with st.container(border=True):
        st.subheader(words.say("group.offers"), anchor=False)
        st.table(
            offers_table(policy, words).map(literal_pesos), border="horizontal", hide_index=True
        )
        st.caption(words.say("group.offers.note"))
