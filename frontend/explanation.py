"""The way from the average applicant to the final score, as steps."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from frontend.charts.decision import Step
from frontend.client import Features
from frontend.formats import money, percent, pesos, plain, points
from frontend.text import COPY, Language, say, unit_name
from solvencia_client.types import Answer, ContributionOut, ReasonOut, SegmentName, Verdict

_TYPICAL: dict[str, Callable[[float], str]] = {
    "monthly_income": pesos,
    "age": lambda value: f"{value:.0f}",
    "months_in_current_job": lambda value: f"{value:.0f}",
    "months_unemployed": lambda value: f"{value:.0f}",
    "employers_5y": plain,
    "contribution_density": lambda value: f"{value * 100:.0f} %",
}
"""What a segment is described by, in its order."""
SHOWN = 10
"""Factors with a step of their own; the rest go together."""
_PERCENTAGES = {"share", "yearly"}

Names = Mapping[str, Mapping[str, Mapping[str, str]]]
"""Names of choices by field, key and language."""


def steps(decision: Answer, features: Features, names: Names, language: Language) -> list[Step]:
    """Steps that begin at the average, end at the final score and leave out no point."""
    explanation = decision["explanation"]
    ordered = sorted(explanation["contributions"], key=lambda item: -abs(item["points"]))
    moves = [
        (described(item, features, names, language), item["points"], False)
        for item in ordered[:SHOWN]
    ]
    rest = ordered[SHOWN:]
    if rest:
        name = say("step.others", language, n=len(rest))
        moves.append((name, sum(item["points"] for item in rest), False))
    moves += [(*rule, True) for rule in rules(decision, language)]
    base = explanation["base_points"]
    left = decision["final_score"] - base - sum(move for _, move, _ in moves)
    if abs(left) >= 1:
        # More than rounding: the scale ends at its limits.
        moves.append((say("step.limit", language), left, True))
    place = base
    found = [Step(say("step.base", language), base, base, "total", plain(round(base)))]
    for name, move, rule in moves:
        kind = "loss" if move < 0 else "gain"
        found.append(Step(name, place, place + move, kind, points(move), rule))
        place += move
    final = float(decision["final_score"])
    return [*found, Step(say("step.final", language), final, final, "total", plain(final))]


def rules(decision: Answer, language: Language) -> list[tuple[str, float]]:
    """The policy's adjustments, each by its own words where they account for all of its points."""
    total = float(decision["explanation"]["adjustment_points"])
    found = [
        (say("step.rule", language, rule=written(reason, language)), reason["points"])
        for reason in decision["reasons"]
        if reason["source"] == "adjustment"
    ]
    if sum(move for _, move in found) != total:
        return [(say("step.adjustment", language), total)]
    return found


def written(reason: ReasonOut, language: Language) -> str:
    """What a reason says, without its full stop."""
    return (reason["text_en"] if language == "en" else reason["text"]).removesuffix(".")


def source_of(reason: ReasonOut, language: Language) -> str:
    """Where a reason comes from, in words."""
    # A service that is newer than the app may name a source that has no words here yet.
    known = f"source.{reason['source']}"
    return say(known, language) if known in COPY else reason["source"]


def asked_for(decision: Verdict, names: Names, language: Language) -> str:
    """The loan that was decided on."""
    loan = decision["loan"]
    product = names.get("product", {}).get(loan["product"], {}).get(language, loan["product"])
    asked = say(
        "asked",
        language,
        product=product,
        amount=money(loan["amount"]),
        term=loan["term_months"],
    )
    return f"{asked} · {say('asked.standard', language)}" if loan["standard"] else asked


def state_of(request: Mapping[str, Any]) -> str | None:
    """The state of an applicant: the profile's, or that of the job begun last."""
    if profile := request.get("profile"):
        return cast(str | None, profile.get("state"))
    spells = (request.get("history") or {}).get("spells") or [{}]
    return cast(str | None, max(spells, key=lambda spell: spell.get("start_date", "")).get("state"))


def typical_of(segment: SegmentName, language: Language) -> str:
    """What is typical of a segment, by its centre, as far as the centre tells."""
    centre = segment.get("typical", {})
    jobless = centre.get("months_unemployed", 0.0) >= 1 > centre.get("months_in_current_job", 0.0)
    left_out = "months_in_current_job" if jobless else "months_unemployed"
    parts = [
        say(f"typical.{name}", language, value=shown(centre[name]))
        for name, shown in _TYPICAL.items()
        if name in centre and name != left_out
    ]
    return say("typical", language, parts=", ".join(parts)) if parts else ""


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
