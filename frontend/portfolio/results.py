"""Decisions of a portfolio in typed columns, about 150 bytes a row."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd
import pyarrow as pa

from frontend.text import Language, say
from solvencia_client.types import BatchDecision

_WORD = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [
        ("row", pa.int32()),
        ("reference", pa.string()),
        ("outcome", _WORD),
        ("final_score", pa.int16()),
        ("grade", _WORD),
        ("pd", pa.float64()),
        ("income_p50", pa.float64()),
        ("segment", _WORD),
        ("state", _WORD),
        ("product", _WORD),
        ("amount_asked", pa.float64()),
        ("amount_offered", pa.float64()),
        ("term_months", pa.int16()),
        ("annual_rate", pa.float64()),
        ("monthly_payment", pa.float64()),
        ("reason", _WORD),
        ("id", pa.string()),
    ]
)
"""Money in MXN, rates and probabilities as fractions; ``reason`` is the code of the first."""
OUTCOMES = ("approve", "refer", "decline")


class Decided(NamedTuple):
    """A decision, with its row in the file and the state that the file named."""

    row: int
    state: str | None
    decision: BatchDecision


@dataclass
class Results:
    """Decisions as they come; what they say in words is kept once."""

    batches: list[pa.RecordBatch] = field(default_factory=list)
    segments: dict[str, dict[Language, str]] = field(default_factory=dict)
    reasons: dict[str, dict[Language, str]] = field(default_factory=dict)

    def add(self, decided: Iterable[Decided]) -> None:
        """Keep some decisions."""
        rows = [_row(item) for item in decided]
        if not rows:
            return
        for item in decided:
            self._learn(item.decision)
        plain = pa.schema([(f.name, pa.string() if f.type == _WORD else f.type) for f in SCHEMA])
        self.batches.append(pa.RecordBatch.from_pylist(rows, schema=plain).cast(SCHEMA))

    def _learn(self, decision: BatchDecision) -> None:
        segment = decision["segment"]
        self.segments.setdefault(segment["code"], {"es": segment["name"], "en": segment["name_en"]})
        for reason in decision["reasons"][:1]:
            self.reasons.setdefault(reason["code"], {"es": reason["text"], "en": reason["text_en"]})

    @property
    def table(self) -> pa.Table:
        """All decisions so far, in the file's order."""
        return pa.Table.from_batches(list(self.batches), schema=SCHEMA).unify_dictionaries()


def _row(item: Decided) -> dict[str, object]:
    decision = item.decision
    offer, loan = decision["offer"], decision["loan"]
    return {
        "row": item.row,
        "state": item.state,
        "reference": decision["reference"],
        "outcome": decision["outcome"],
        "final_score": decision["final_score"],
        "grade": decision["grade"],
        "pd": decision["pd"],
        "income_p50": decision["income_band"]["p50"],
        "segment": decision["segment"]["code"],
        "product": loan["product"],
        "amount_asked": loan["amount"],
        "amount_offered": offer["amount"] if offer else None,
        "term_months": offer["term_months"] if offer else loan["term_months"],
        "annual_rate": offer["annual_rate"] if offer else None,
        "monthly_payment": offer["monthly_payment"] if offer else None,
        "reason": decision["reasons"][0]["code"] if decision["reasons"] else None,
        "id": decision["id"],
    }


def frame_of(table: pa.Table) -> pd.DataFrame:
    """Decisions for counting and charts: words as categories, numbers as they are."""
    frame: pd.DataFrame = table.to_pandas()
    return frame


def worded(
    frame: pd.DataFrame, results: Results, names: dict[str, dict[str, str]], language: Language
) -> pd.DataFrame:
    """Decisions with their keys in words, under the same column names.

    ``names`` holds the names of choices by field and key, in this language.
    """
    words = {
        "outcome": {key: say(f"outcome.{key}", language) for key in OUTCOMES},
        "segment": {code: name[language] for code, name in results.segments.items()},
        "reason": {code: text[language] for code, text in results.reasons.items()},
        **names,
    }
    shown = frame.copy(deep=False)
    for column, named in words.items():
        categories = shown[column].cat.categories
        told = {key: named.get(key, key) for key in categories}
        # Two keys may have one name; then they are not told apart, as nothing else tells them apart.
        if len(set(told.values())) == len(told):
            shown[column] = shown[column].cat.rename_categories(told)
    return shown
