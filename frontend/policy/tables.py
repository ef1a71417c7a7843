"""Tables of the policy and of a simulation, as frames."""

from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from frontend.formats import exact_percent, money, percent
from frontend.policy.checks import CaseFailure
from frontend.policy.words import (
    TERMS,
    RuleKind,
    Vocabulary,
    conditions,
    effect,
    expectation,
    rules_moved,
    told,
)
from frontend.text import say
from solvencia_client.types import Move, Moved, OutcomeName

OUTCOMES: tuple[OutcomeName, ...] = ("approve", "refer", "decline")
DECISION_PAGE = "/decisiones?id="


def rules_table(policy: Mapping[str, Any], kind: RuleKind, words: Vocabulary) -> pd.DataFrame:
    """The rules of one kind: when each applies, what it does, and what is told."""
    rows = [
        {
            words.say("column.code"): rule["code"],
            words.say("column.when"): conditions(rule, words),
            words.say("column.effect"): effect(rule, kind, words),
            words.say("column.missing"): words.say(f"missing.{rule.get('if_missing', 'refer')}"),
            words.say("column.reason"): words.text(rule["reason"]),
        }
        for rule in policy[kind]
    ]
    return pd.DataFrame(rows)


def grades_table(policy: Mapping[str, Any], words: Vocabulary) -> pd.DataFrame:
    """The grades, best first: the score from which each holds and the PD up to which it does."""
    grades = policy["grades"]
    by_score = {band["grade"]: band["lower_bound"] for band in grades["score"]}
    bands = grades["pd"]
    ends = [band["lower_bound"] for band in bands[1:]] + [None]
    below = {band["grade"]: end for band, end in zip(bands, ends, strict=True)}
    rows = []
    for grade in grades["order"]:
        score, end = by_score.get(grade), below.get(grade)
        rows.append(
            {
                words.say("column.grade"): grade,
                words.say("column.score"): words.say("nothing")
                if score is None
                else words.say("from", value=f"{score:g}"),
                words.say("column.pd"): words.say("any_pd")
                if end is None
                else words.say("op.<", value=exact_percent(end)),
            }
        )
    return pd.DataFrame(rows)


def offers_table(policy: Mapping[str, Any], words: Vocabulary) -> pd.DataFrame:
    """What each grade is offered for each product; a product is named in its first row."""
    rows = []
    for product, by_grade in policy["offers"].items():
        for number, (grade, terms) in enumerate(by_grade.items()):
            shown = {
                words.say(f"term.{term}"): told(
                    policy, ("offers", product, grade, term), terms[term], words
                )
                for term in TERMS
            }
            first = {
                words.say("column.product"): "" if number else words.product(product),
                words.say("column.grade"): grade,
            }
            rows.append(first | shown)
    return pd.DataFrame(rows)


def migration(moves: list[Move]) -> pd.DataFrame:
    """How many decisions go from each outcome to each, all nine pairs, with their share."""
    counted = {(move["before"], move["after"]): move["count"] for move in moves}
    total = sum(counted.values())
    rows = []
    for before in OUTCOMES:
        for after in OUTCOMES:
            count = counted.get((before, after), 0)
            # Outcomes stand from best to worst.
            step = OUTCOMES.index(after) - OUTCOMES.index(before)
            rows.append(
                {
                    "before": before,
                    "after": after,
                    "count": count,
                    "share": count / total if total else 0.0,
                    "kind": "none" if not count else "same" if not step else _side(step),
                }
            )
    return pd.DataFrame(rows)


def _side(step: int) -> str:
    return "worse" if step > 0 else "better"


def moved_table(
    moved: list[Moved], adjustments: Collection[str], words: Vocabulary
) -> pd.DataFrame:
    """The decisions that come out another way, each with a link to its page.

    Of the rules those that decide are named, not the ``adjustments``, which move points.
    """
    language = words.language
    rows = [
        {
            words.say("moved.id"): f"[{words.say('moved.open')}]({DECISION_PAGE}{item['id']})",
            words.say("matrix.before"): say(f"outcome.{item['before']}", language),
            words.say("matrix.after"): say(f"outcome.{item['after']}", language),
            words.say("moved.amount_before"): _amount(item["amount_before"], words),
            words.say("moved.amount_after"): _amount(item["amount_after"], words),
            words.say("moved.rules"): ", ".join(
                code for code in item["rules"] if code not in adjustments
            ),
        }
        for item in moved
    ]
    return pd.DataFrame(rows)


def _amount(value: float | None, words: Vocabulary) -> str:
    return words.say("nothing") if value is None else money(value)


def points_of_percent(before: float, after: float, words: Vocabulary) -> str:
    """A difference of two fractions, in percentage points with its sign."""
    text = percent(after - before).removesuffix(" %")
    sign = "" if after < before else "+"
    return words.say("percentage_points", value=sign + text)


def case_table(failure: CaseFailure, words: Vocabulary) -> pd.DataFrame:
    """What a case states and what the draft decides."""
    rows = []
    for name, stated in failure.stated.items():
        decided = failure.decided[name]
        after = expectation(name, decided, words)
        if name == "rules":
            after = rules_moved(stated, decided, words)
        rows.append(
            {
                words.say("case.result"): words.say(f"case.{name}"),
                words.say("case.expected"): expectation(name, stated, words),
                words.say("case.new"): after,
            }
        )
    return pd.DataFrame(rows)
