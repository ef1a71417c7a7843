"""The way from the average applicant to the final score, as steps."""

from collections.abc import Mapping

from frontend.charts import Step
from frontend.client import Features
from frontend.formats import percent, plain, points
from frontend.text import Language, say, unit_name
from solvencia_client.types import ContributionOut, DecisionOut

SHOWN = 10
"""Factors with a step of their own; the rest go together."""
_PERCENTAGES = {"share", "yearly"}

Names = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Names of choices by field, key and language."""


def steps(
    decision: DecisionOut, features: Features, names: Names, language: Language
) -> list[Step]:
    """Steps that begin at the average, end at the final score and leave out no point."""
    explanation = decision["explanation"]
    ordered = sorted(explanation["contributions"], key=lambda item: -abs(item["points"]))
    moves = [
        (described(item, features, names, language), item["points"]) for item in ordered[:SHOWN]
    ]
    rest = ordered[SHOWN:]
    if rest:
        name = say("step.others", language, n=len(rest))
        moves.append((name, sum(item["points"] for item in rest)))
    if explanation["adjustment_points"]:
        moves.append((say("step.adjustment", language), float(explanation["adjustment_points"])))
    base = explanation["base_points"]
    left = decision["final_score"] - base - sum(move for _, move in moves)
    if abs(left) >= 1:
        # More than rounding: the scale ends at its limits.
        moves.append((say("step.limit", language), left))
    place = base
    found = [Step(say("step.base", language), base, base, "total", plain(round(base)))]
    for name, move in moves:
        kind = "loss" if move < 0 else "gain"
        found.append(Step(name, place, place + move, kind, points(move)))
        place += move
    final = float(decision["final_score"])
    return [*found, Step(say("step.final", language), final, final, "total", plain(final))]


def described(item: ContributionOut, features: Features, names: Names, language: Language) -> str:
    """A factor with its value, as in ``Edad: 35 años``; one that has no title goes by its name."""
    title, unit = item["feature"], ""
    if feature := features.get(item["feature"]):
        title = feature["title_en"] if language == "en" else feature["title"]
        unit = feature["unit"]
    return f"{title}: {_value(item, title, unit, names, language)}"


def _value(item: ContributionOut, title: str, unit: str, names: Names, language: Language) -> str:
    value = item["value"]
    if value is None:
        return say("unknown", language).lower()
    if isinstance(value, str):
        return names.get(item["feature"], {}).get(value, {}).get(language, value)
    if unit in _PERCENTAGES:
        return percent(value)
    if unit == "MXN":
        return f"${value:,.0f}"
    # The number is enough where the title names what is counted.
    word = unit_name(unit, language)
    return plain(value) if word.lower() in title.lower() else f"{plain(value)} {word}"
