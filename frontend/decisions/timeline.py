"""What happened to a decision since it was made."""

from dataclasses import dataclass
from typing import Literal

from frontend.decisions.words import literal, moment, person
from frontend.formats import day, money
from frontend.text import Language, say
from solvencia_client.types import AccessOut, DecisionDetail, OutcomeName, OutcomeOut, ReviewOut

Colour = Literal["green", "orange", "red", "gray", "blue"]
LOOK: dict[OutcomeName, tuple[Colour, str]] = {
    "approve": ("green", "check_circle"),
    "refer": ("orange", "person_search"),
    "decline": ("red", "cancel"),
}


@dataclass(frozen=True)
class Event:
    """One thing that happened: when, an icon in its colour, what, and what was said of it."""

    at: str
    colour: Colour
    icon: str
    text: str
    note: str = ""


def events(detail: DecisionDetail, access: AccessOut | None, language: Language) -> list[Event]:
    """All that happened, in its order; texts are Markdown."""
    colour, icon = LOOK[detail["outcome"]]
    word = say(f"decisions.outcome.{detail['outcome']}", language)
    by = literal(person(detail["made_by"], access, language))
    made = say("decisions.event.decided", language, outcome=word, by=by)
    found = [Event(detail["decided_at"], colour, icon, made)]
    found += [_review(review, access, language) for review in detail["reviews"]]
    found += [_outcome(outcome, access, language) for outcome in detail["outcomes"]]
    if detail["erased_at"]:
        text = say("decisions.event.erased", language)
        found.append(Event(detail["erased_at"], "gray", "delete", text))
    return sorted(found, key=lambda event: event.at)


def _review(review: ReviewOut, access: AccessOut | None, language: Language) -> Event:
    colour, icon = LOOK[review["outcome"]]
    by = literal(person(review["by"], access, language))
    text = say(f"decisions.event.review.{review['outcome']}", language, by=by)
    return Event(review["at"], colour, icon, text, review["note"])


def _outcome(outcome: OutcomeOut, access: AccessOut | None, language: Language) -> Event:
    by = literal(person(outcome["by"], access, language))
    days, seen = outcome["max_days_past_due"], day(outcome["observed_on"])
    parts = [say("decisions.event.outcome", language, by=by, days=days, observed=seen)]
    if (amount := outcome.get("amount")) is not None:
        parts.append(say("decisions.event.amount", language, amount=literal(money(amount))))
    if (granted := outcome.get("granted_on")) is not None:
        parts.append(say("decisions.event.granted", language, day=day(granted)))
    default = outcome.get("default_12m")
    if default is not None:
        parts.append(say(f"decisions.event.default.{'yes' if default else 'no'}", language))
    return Event(outcome["at"], "red" if default else "blue", "payments", " ".join(parts))


def settlement(review: ReviewOut, access: AccessOut | None, language: Language) -> str:
    """Who settled a referral, how and when, in Markdown."""
    return say(
        f"decisions.settled.{review['outcome']}",
        language,
        by=literal(person(review["by"], access, language)),
        at=moment(review["at"]),
        note=literal(review["note"]),
    )
