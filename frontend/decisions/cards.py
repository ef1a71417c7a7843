"""What every table of every scorecard said of an applicant."""

import re
from collections.abc import Mapping
from math import fsum
from typing import Any

import pandas as pd

from frontend.charts.palette import Palette
from frontend.client import Features
from frontend.decisions.words import feature_title, signed
from frontend.explanation import Names
from frontend.formats import MINUS, percent, pesos
from frontend.text import COPY, Language, say, unit_name
from solvencia_client.types import DecisionDetail, ScorecardPoints

DECIMALS = 9
"""Decimals of the points in a scorecard."""
EXACT = 0.5e-9
_SHARES = {"share", "yearly"}
_COUNTED = {"employers", "decile"}
_NUMBER = r"(?P<{}>-?[\d,.]+)"
_LABELS: Mapping[str, re.Pattern[str]] = {
    "between": re.compile(rf"{_NUMBER.format('low')} to < {_NUMBER.format('high')} ?(?P<unit>.*)"),
    "under": re.compile(rf"< {_NUMBER.format('high')} ?(?P<unit>.*)"),
    "over": re.compile(rf">= {_NUMBER.format('low')} ?(?P<unit>.*)"),
}


def cell_words(cell: str, feature: str, names: Names, language: Language) -> str:
    """A cell of a table in words.

    >>> cell_words("12,200 to < 13,000 MXN", "monthly_income", {}, "es")
    'de $12,200 a menos de $13,000'
    >>> cell_words(">= 0.95 share", "contribution_density", {}, "en"), cell_words("missing", "age", {}, "es")
    ('95 % or more', 'sin dato')
    """
    if cell in ("missing", "any"):
        return say(f"decisions.cell.{cell}", language)
    for key, label in _LABELS.items():
        if found := label.fullmatch(cell):
            parts = found.groupdict()
            unit = parts.pop("unit")
            if unit in _COUNTED and _one(parts):
                return f"{parts['low']} {unit_name(unit, language)}"
            bounds = {name: _bound(number, unit) for name, number in parts.items()}
            word = "" if unit == "MXN" or unit in _SHARES else unit_name(unit, language)
            told = say(f"decisions.cell.{key}", language, **bounds, unit=word)
            return " ".join(told.split())
    return names.get(feature, {}).get(cell, {}).get(language, cell)


def _one(parts: Mapping[str, str]) -> bool:
    """Whether a cell holds one whole number: from 3 to less than 4."""
    low, high = parts.get("low", ""), parts.get("high", "")
    return low.isdigit() and high.isdigit() and int(high) == int(low) + 1


def _bound(number: str, unit: str) -> str:
    if unit in _SHARES:
        share = float(number.replace(",", "")) * 100
        return f"{share:.3f}".rstrip("0").rstrip(".").replace("-", MINUS) + " %"
    return f"${number}" if unit == "MXN" else number.replace("-", MINUS)


def card_title(name: str, language: Language) -> str:
    """What a scorecard is called; one that is newer than the app goes by its name."""
    key = f"decisions.card.{name}"
    return say(key, language) if key in COPY else name


def card_table(
    card: ScorecardPoints, features: Features, names: Names, language: Language
) -> pd.DataFrame:
    """Every table with the cell it was read from and what it added, the largest effect first."""
    return pd.DataFrame(
        [
            {
                "table": " × ".join(
                    feature_title(name, features, language) for name in table["features"]
                ),
                "cell": " · ".join(
                    cell_words(cell, name, names, language)
                    for name, cell in zip(table["features"], table["cells"], strict=True)
                ),
                "points": table["points"],
            }
            for table in sorted(card["tables"], key=lambda table: -abs(table["points"]))
        ],
        columns=["table", "cell", "points"],
    )


def styled(rows: pd.DataFrame, palette: Palette) -> Any:
    """The rows as they are read: points with their sign, in its colour."""

    def colour(points: Any) -> str:
        return f"color: {palette.gain if points > 0 else palette.loss if points else palette.muted}"

    shown: dict[Any, Any] = {"points": signed}
    return rows.style.map(colour, subset=["points"]).format(shown)


def adds_up(card: ScorecardPoints) -> bool:
    """Whether intercept and points make the margin."""
    whole = card["intercept"] + fsum(table["points"] for table in card["tables"])
    return abs(whole - card["margin"]) < EXACT


def sum_words(card: ScorecardPoints, detail: DecisionDetail, language: Language) -> str:
    """The sum of a card, from the average applicant to what was answered.

    In Markdown: ``**+0.9673** promedio **+0.1200** tablas …``.
    """
    added = fsum(table["points"] for table in card["tables"])
    return say(
        "decisions.card.sum",
        language,
        intercept=signed(card["intercept"]),
        points=signed(added),
        n=len(card["tables"]),
        margin=signed(card["margin"]),
        meaning=meaning(card["name"], detail, language),
    )


def exact_words(card: ScorecardPoints, language: Language) -> str:
    """The sum of a card with all its decimals, and whether it makes the margin that was kept."""
    added = fsum(table["points"] for table in card["tables"])
    parts = {"intercept": card["intercept"], "points": added, "margin": card["margin"]}
    told = {name: signed(value, DECIMALS) for name, value in parts.items()}
    return say(f"decisions.card.{'exact' if adds_up(card) else 'inexact'}", language, **told)


def meaning(name: str, detail: DecisionDetail, language: Language) -> str:
    """What the margin of a card became in the answer; empty for a card without a part in it."""
    verdict = detail["decision"]
    if name == "continuity":
        return say("decisions.card.to_score", language, score=detail["income_score"])
    if name == "default" and detail["pd"] is not None:
        return say("decisions.card.to_pd", language, pd=percent(detail["pd"]))
    bounds = (
        {}
        if verdict is None
        else {f"income_{key}": at for key, at in verdict["income_band"].items()}
    )
    amount = bounds.get(name)
    if isinstance(amount, float | int):
        return say("decisions.card.to_income", language, amount=f"\\{pesos(amount)}")
    return ""
