"""Decisions in a list: what is asked for, and how the rows are told."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, get_args

import pandas as pd

from frontend.charts.palette import DARK, LIGHT, Palette
from frontend.decisions.words import local_time
from frontend.formats import money, percent
from frontend.text import Language, say
from solvencia_client import DecisionFilters
from solvencia_client.types import DecisionSummary, OutcomeName

PAGE = 50
MOST = 500
"""Decisions that one question to the service may bring: as far as they are counted."""
OUTCOMES: tuple[OutcomeName, ...] = get_args(OutcomeName)
State = Literal["approve", "refer", "awaiting", "decline"]
STATES: tuple[State, ...] = ("approve", "refer", "awaiting", "decline")
NOTHING = "–"
COLUMNS = (
    "decided", "reference", "outcome", "score", "grade", "pd", "asked", "offered", "segment",
)  # fmt: skip
_REFER = {LIGHT: "#9a6212", DARK: "#dd9a55"}
"""Colour of a referral; charts have none for it."""


@dataclass(frozen=True)
class Wanted:
    """What the filters say; ``last`` is a day that is included."""

    first: date | None = None
    last: date | None = None
    state: State | None = None
    grade: str | None = None
    segment: str | None = None
    reference: str = ""

    @property
    def empty(self) -> bool:
        """Whether every decision is wanted."""
        return self == Wanted()

    def filters(self) -> DecisionFilters:
        """The question to the service.

        >>> Wanted(last=date(2026, 11, 20), state="awaiting").filters()
        {'until': datetime.date(2026, 11, 21), 'awaiting_review': True}
        """
        found: DecisionFilters = {}
        if self.first is not None:
            found["since"] = self.first
        if self.last is not None:
            found["until"] = self.last + timedelta(days=1)
        if self.state == "awaiting":
            found["awaiting_review"] = True
        elif self.state is not None:
            found["outcome"] = self.state
        if self.grade:
            found["grade"] = self.grade
        if self.segment:
            found["segment"] = self.segment
        if reference := self.reference.strip():
            found["reference"] = reference
        return found


def tally(items: Sequence[DecisionSummary], *, more: bool, language: Language) -> str:
    """How many decisions there are, and of which outcome; the newest when there are more."""
    counts = Counter(item["outcome"] for item in items)
    key = "more" if more else "one" if len(items) == 1 else "all"
    whole = say(f"decisions.count.{key}", language, n=f"{len(items):,}")
    parts = [
        say(f"decisions.count.{outcome}", language, n=f"{counts[outcome]:,}")
        for outcome in OUTCOMES
        if counts[outcome]
    ]
    return " · ".join([whole, *parts])


def table(items: Sequence[DecisionSummary], language: Language) -> pd.DataFrame:
    """Decisions as rows; numbers stay numbers, so that columns sort as they should."""
    erased = say("decisions.erased.short", language)
    return pd.DataFrame(
        [
            {
                "decided": local_time(item["decided_at"]),
                "reference": item["reference"] or (erased if item["erased_at"] else NOTHING),
                "outcome": say(f"decisions.outcome.{item['outcome']}", language),
                "score": item["final_score"],
                "grade": item["grade"] or NOTHING,
                "pd": item["pd"],
                "segment": item["segment"],
                "asked": item["amount_asked"],
                "offered": item["amount_offered"],
            }
            for item in items
        ],
        columns=COLUMNS,
    ).astype({"pd": float, "offered": float})


def styled(rows: pd.DataFrame, palette: Palette, language: Language) -> Any:
    """The rows as they are read: pesos, percentages, and the outcome in its colour."""
    colours = {
        say(f"decisions.outcome.{outcome}", language): f"color: {colour}"
        for outcome, colour in zip(
            OUTCOMES,
            (palette.gain, _REFER[palette], palette.loss),
            strict=True,
        )
    }
    shown: dict[Any, Any] = {
        "decided": lambda when: when.strftime("%d/%m/%Y %H:%M"),
        "pd": percent,
        "asked": money,
        "offered": money,
    }
    coloured = rows.style.map(lambda word: colours.get(str(word), ""), subset=["outcome"])
    return coloured.format(shown, na_rep=NOTHING)
