"""What may be moved in a decided request, and how the answer differs then."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from frontend.formats import MINUS, money, percent
from frontend.schema import Field, Part
from frontend.text import Language, say
from solvencia_client.types import Answer

Colour = Literal["green", "red", "gray"]

_REACH: Mapping[str, tuple[float, float, float]] = {
    "monthly_income": (0.5, 2.0, 0.0),
    "months_in_current_job": (0.0, 1.0, 60.0),
    "contribution_weeks": (0.0, 1.0, 260.0),
    "amount": (0.25, 2.0, 0.0),
    "term_months": (0.0, 1.0, 36.0),
}
"""How far each may be moved: down to a share of its value, up to a multiple, and what is added."""


@dataclass(frozen=True)
class Lever:
    """A number that may be moved: where it is, between which bounds, and by which step."""

    part: Part
    field: Field
    value: float
    low: float
    high: float
    step: float

    @property
    def name(self) -> str:
        """The path of its field."""
        return f"{self.part}.{self.field.name}"


@dataclass(frozen=True)
class Measure:
    """One number of the answer, as it was and as it would be, in words."""

    name: str
    shown: str
    was: str
    difference: str | None
    colour: Colour


def levers(
    parts: Mapping[Part, Field], request: Mapping[str, Any], decision: Answer
) -> list[Lever]:
    """What may be moved: numbers of the profile when it was one, and the loan that was decided."""
    given: dict[Part, Mapping[str, Any]] = {
        "profile": request.get("profile") or {},
        "loan": decision["loan"],
    }
    return [
        _lever(part, field, given[part][field.name])
        for part in given
        for field in parts[part].items
        if field.name in _REACH and given[part].get(field.name) is not None
    ]


def _lever(part: Part, field: Field, value: float) -> Lever:
    """A lever whose steps lead from the value as it is, so that it can be put back exactly."""
    kind: type[int] | type[float] = int if field.whole else float
    step = kind(field.step or 1)
    share, times, more = _REACH[field.name]
    low = max(share * value, field.minimum or 0)
    high = max(times * value + more, value + step)
    if field.maximum is not None:
        high = min(high, field.maximum)
    below, above = (int(max(room, 0) // step) for room in (value - low, high - value))
    return Lever(
        part, field, kind(value), kind(value - below * step), kind(value + above * step), step
    )


def patch(
    moved: Mapping[str, float], request: Mapping[str, Any], decision: Answer
) -> dict[str, dict[str, Any]]:
    """The merge patch that tells of what was moved, by the path of its field."""
    changes: dict[str, dict[str, Any]] = {}
    for name, value in moved.items():
        part, _, field = name.partition(".")
        changes.setdefault(part, {})[field] = value
    if "loan" in changes and not request.get("loan"):
        loan = decision["loan"]
        # The policy's standard loan stands in no request: what was not moved is sent with it.
        standard = {name: loan[name] for name in ("product", "amount", "term_months")}
        changes["loan"] = standard | changes["loan"]
    profile = changes.get("profile", {})
    if profile.get("months_in_current_job") and request["profile"].get("months_unemployed"):
        profile["months_unemployed"] = 0
    return changes


def measures(before: Answer, after: Answer, language: Language) -> list[Measure]:
    """The numbers of the answer after a change, each with its difference."""

    def months(value: float) -> str:
        return say("assess.months", language, n=f"{value:.0f}")

    offered: Mapping[str, Any] = before["offer"] or {}
    now: Mapping[str, Any] = after["offer"] or {}
    rows: list[tuple[str, Any, Any, Callable[[float], str], Callable[[float], str], int]] = [
        ("score", before["final_score"], after["final_score"], _whole, _whole, 1),
        ("pd", before["pd"], after["pd"], percent, _hundredths, -1),
        ("amount", offered.get("amount"), now.get("amount"), money, money, 1),
        ("payment", offered.get("monthly_payment"), now.get("monthly_payment"), money, money, 0),
        ("term", offered.get("term_months"), now.get("term_months"), months, months, 0),
        ("rate", offered.get("annual_rate"), now.get("annual_rate"), percent, _hundredths, -1),
    ]
    return [_measure(*row) for row in rows]


def _measure(
    name: str,
    before: float | None,
    after: float | None,
    shown: Callable[[float], str],
    apart: Callable[[float], str],
    good: int,
) -> Measure:
    was, now = ("—" if value is None else shown(value) for value in (before, after))
    if before is None or after is None or now == was:
        return Measure(name, now, was, None, "gray")
    difference = after - before
    direction = good * difference
    colour: Colour = "gray" if not direction else "green" if direction > 0 else "red"
    sign = MINUS if difference < 0 else "+"
    return Measure(name, now, was, f"{sign}{apart(abs(difference))}", colour)


def _whole(value: float) -> str:
    return f"{value:.0f}"


def _hundredths(share: float) -> str:
    """A difference of rates: percentage points."""
    return f"{share * 100:.1f} pp"
