"""A decision beside the same one made again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import pandas as pd

from frontend.decisions.listing import NOTHING
from frontend.decisions.words import literal
from frontend.formats import money, percent
from frontend.text import Language, say
from solvencia_client.types import (
    Answer,
    DecisionDetail,
    DecisionOut,
    Difference,
    ReasonOut,
    Verdict,
)


@dataclass(frozen=True)
class Measure:
    """One measure of an answer, then and today."""

    name: str
    then: str
    today: str

    @property
    def same(self) -> bool:
        """Whether nothing changed."""
        return self.then == self.today


def whole(detail: DecisionDetail, verdict: Verdict, answer: Answer) -> DecisionOut:
    """The decision as it was kept, with the explanation that its own model gives again.

    What was answered is kept; how it adds up is computed. What would have changed the answer is not
    searched for again.
    """
    explained = {
        **answer,
        **verdict,
        "changes": None,
        "id": detail["id"],
        "decided_at": detail["decided_at"],
        "versions": {
            **answer["versions"],
            "model": detail["model_version"],
            "policy": detail["policy_version"],
            "policy_digest": detail["policy_digest"],
        },
    }
    return cast(DecisionOut, explained)


def side_by_side(
    detail: DecisionDetail, verdict: Verdict, answer: Answer, language: Language
) -> list[Measure]:
    """The measures that an analyst compares, in the order in which they matter."""
    then = _measures(verdict, language)
    today = _measures(answer, language)
    versions = answer["versions"]
    then["model"], today["model"] = detail["model_version"], versions["model"]
    then["policy"] = f"{detail['policy_version']} ({detail['policy_digest']})"
    today["policy"] = f"{versions['policy']} ({versions['policy_digest']})"
    return [
        Measure(say(f"decisions.measure.{name}", language), then[name], today[name])
        for name in then
    ]


def _measures(answer: Verdict | Answer, language: Language) -> dict[str, str]:
    offer, risk = answer["offer"], answer["pd"]
    shown = {
        "outcome": say(f"decisions.outcome.{answer['outcome']}", language),
        "score": str(answer["final_score"]),
        "income_score": str(answer["income_score"]),
        "pd": NOTHING if risk is None else percent(risk),
        "grade": answer["grade"] or NOTHING,
        "segment": answer["segment"]["code"],
    }
    if offer is None:
        return shown | dict.fromkeys(("amount", "term", "rate", "payment"), NOTHING)
    return shown | {
        "amount": money(offer["amount"]),
        "term": say("months", language, n=offer["term_months"]),
        "rate": percent(offer["annual_rate"]),
        "payment": money(offer["monthly_payment"]),
    }


def side_table(measures: Sequence[Measure], language: Language) -> pd.DataFrame:
    """Measures as a table of Markdown, what changed in bold."""
    named = [say(f"decisions.{name}", language) for name in ("measure", "then", "now")]
    return pd.DataFrame(
        [
            (
                measure.name,
                literal(measure.then),
                literal(measure.today) if measure.same else f"**{literal(measure.today)}**",
            )
            for measure in measures
        ],
        columns=named,
    )


def told_differences(verdict: Verdict, answer: Answer, language: Language) -> list[str]:
    """What is different today, in sentences of Markdown; empty when nothing that matters is."""
    found = [*_outcome(verdict, answer, language), *_numbers(verdict, answer, language)]
    found += _offer(verdict, answer, language)
    for key, ours, others in (
        ("new", answer["reasons"], verdict["reasons"]),
        ("gone", verdict["reasons"], answer["reasons"]),
    ):
        if only := _only(ours, others):
            texts = [literal(_text(reason, language)) for reason in only]
            found.append(say(f"decisions.diff.{key}", language, reasons=" ".join(texts)))
    return found


def _outcome(verdict: Verdict, answer: Answer, language: Language) -> list[str]:
    if verdict["outcome"] == answer["outcome"]:
        return []
    then, today = (
        say(f"decisions.outcome.{item['outcome']}", language).lower() for item in (verdict, answer)
    )
    return [say("decisions.diff.outcome", language, then=then, today=today)]


def _numbers(verdict: Verdict, answer: Answer, language: Language) -> list[str]:
    found = []
    move = answer["final_score"] - verdict["final_score"]
    if move:
        key = "up" if move > 0 else "down"
        scores = {"then": verdict["final_score"], "today": answer["final_score"]}
        found.append(say(f"decisions.diff.score.{key}", language, n=abs(move), **scores))
    before, after = verdict["pd"], answer["pd"]
    if before is not None and after is not None and percent(before) != percent(after):
        key = "up" if after > before else "down"
        found.append(
            say(f"decisions.diff.pd.{key}", language, then=percent(before), today=percent(after))
        )
    if verdict["grade"] != answer["grade"]:
        then, today = verdict["grade"] or NOTHING, answer["grade"] or NOTHING
        found.append(say("decisions.diff.grade", language, then=then, today=today))
    return found


def _offer(verdict: Verdict, answer: Answer, language: Language) -> list[str]:
    then, today = verdict["offer"], answer["offer"]
    if then is None or today is None:
        if today is not None:
            amount = literal(money(today["amount"]))
            return [say("decisions.diff.offer.new", language, amount=amount)]
        return [] if then is None else [say("decisions.diff.offer.gone", language)]
    move = today["amount"] - then["amount"]
    if not move:
        return []
    amounts = {"then": literal(money(then["amount"])), "today": literal(money(today["amount"]))}
    return [say(f"decisions.diff.offer.{'up' if move > 0 else 'down'}", language, **amounts)]


def _only(ours: Sequence[ReasonOut], others: Sequence[ReasonOut]) -> list[ReasonOut]:
    known = {(reason["code"], reason["adverse"]) for reason in others}
    return [reason for reason in ours if (reason["code"], reason["adverse"]) not in known]


def _text(reason: ReasonOut, language: Language) -> str:
    return reason["text_en"] if language == "en" else reason["text"]


def field_rows(differences: Sequence[Difference]) -> list[dict[str, Any]]:
    """Differences field by field, as the service names them."""
    return [
        {"field": item["field"], "then": _shown(item["before"]), "today": _shown(item["after"])}
        for item in differences
    ]


def _shown(value: Any) -> str:
    return NOTHING if value is None else str(value)
