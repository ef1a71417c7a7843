"""What is wrong with a draft: found here as it is typed, or told by the service."""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf
from typing import Any

from frontend.policy.draft import Path, Policy, value_at
from frontend.policy.words import KINDS, Vocabulary, quantity
from solvencia_client import FieldError

POINTS = 200
"""Points that one adjustment may give or take."""
SCORE = (300, 850)
PD = (0.0, 1.0)
LONGEST_TERM = 120
"""Months."""
_SHORTEST_TEXT = 3
_EXPECTED = "outcome|rules|final_score|grade|amount|term_months|monthly_payment"
_RESULT = re.compile(rf"(?:^|; )({_EXPECTED}): stated ")
_NEVER = re.compile(r"can never fire")


@dataclass(frozen=True)
class Trouble:
    """What is wrong at a path: the key of the copy that tells it, with what it names."""

    path: Path
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CaseFailure:
    """A case that comes out another way: what it states and what the draft decides, by field."""

    name: str
    stated: Mapping[str, Any]
    decided: Mapping[str, Any]


@dataclass(frozen=True)
class Judgement:
    """What the service says of a draft; nothing when it accepts it."""

    troubles: tuple[Trouble, ...] = ()
    failures: tuple[CaseFailure, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the draft loads, with every case as it states."""
        return not self.troubles and not self.failures


def parse_terms(text: str) -> list[int] | str:
    """Terms in months as they are typed; the text itself where it is no list of whole numbers.

    >>> parse_terms("12, 24"), parse_terms("12, dos")
    ([12, 24], '12, dos')
    """
    parts = [part for part in re.split(r"[,;\s]+", text.strip()) if part]
    return [int(part) for part in parts] if all(map(str.isdecimal, parts)) else text


def troubles(draft: Policy) -> list[Trouble]:
    """What the draft's values break by themselves, in the file's order."""
    return [*_rules(draft), *_grades(draft), *_offers(draft), *_general(draft)]


def _rules(draft: Policy) -> Iterator[Trouble]:
    for kind in KINDS:
        for number, rule in enumerate(draft[kind]):
            at: Path = (kind, number)
            for path in thresholds(rule, at):
                yield from _threshold(draft, path)
            if kind == "adjustments":
                yield from _points(rule["points"], (*at, "points"))
            for language, text in rule["reason"].items():
                if len(text.strip()) < _SHORTEST_TEXT:
                    yield Trouble((*at, "reason", language), "short", {"least": _SHORTEST_TEXT})


def thresholds(rule: Mapping[str, Any], at: Path) -> list[Path]:
    """Paths of the numbers that a rule compares with, those of alternatives too."""
    items: list[tuple[Path, Mapping[str, Any]]] = []
    for place, item in enumerate(rule["all"]):
        inner = item.get("any")
        if inner is None:
            items.append(((*at, "all", place), item))
        else:
            items += [((*at, "all", place, "any", n), one) for n, one in enumerate(inner)]
    found: list[Path] = []
    for path, item in items:
        value = item["value"]
        if isinstance(value, list) and item["op"] == "between":
            found += [(*path, "value", end) for end in range(len(value))]
        elif not isinstance(value, str | list):
            found.append((*path, "value"))
    return found


def _threshold(draft: Policy, path: Path) -> Iterator[Trouble]:
    item = value_at(draft, path[: path.index("value")])
    bounds = {"final_score": SCORE, "income_score": SCORE, "pd": PD}.get(item["field"])
    low, high = bounds or (-inf, inf)
    value = value_at(draft, path)
    yield from _between(value, path, low, high)
    if path[-1] == 1 and not item["value"][0] < value:
        yield Trouble(path, "not_above")


def _points(value: Any, path: Path) -> Iterator[Trouble]:
    if not isinstance(value, int):
        yield Trouble(path, "whole")
    elif not value:
        yield Trouble(path, "zero")
    elif abs(value) > POINTS:
        yield Trouble(path, "points", {"most": POINTS})


def _between(
    value: Any, path: Path, low: float, high: float, *, above: bool = False
) -> Iterator[Trouble]:
    if value < low or value > high or (above and value == low):
        if high == inf:
            yield Trouble(path, "above" if above else "least", {"low": low})
        else:
            yield Trouble(path, "above_to" if above else "between", {"low": low, "high": high})


def _grades(draft: Policy) -> Iterator[Trouble]:
    for scale, (low, high) in (("score", SCORE), ("pd", PD)):
        bounds = [band["lower_bound"] for band in draft["grades"][scale]]
        for number, (before, bound) in enumerate(pairwise(bounds), start=1):
            path: Path = ("grades", scale, number, "lower_bound")
            wrong = list(_between(bound, path, low, high))
            yield from wrong
            if not wrong and not before < bound:
                grade = draft["grades"][scale][number - 1]["grade"]
                yield Trouble(path, "ascend", {"low": before, "grade": grade})


def _offers(draft: Policy) -> Iterator[Trouble]:
    least = draft["min_amount"]
    for product, by_grade in draft["offers"].items():
        for grade, terms in by_grade.items():
            at: Path = ("offers", product, grade)
            yield from _between(terms["annual_rate"], (*at, "annual_rate"), 0, 3)
            yield from _between(terms["opening_fee"], (*at, "opening_fee"), 0, 0.2)
            yield from _between(terms["max_amount"], (*at, "max_amount"), max(least, 0), inf)
            share = (*at, "max_payment_to_income")
            yield from _between(terms["max_payment_to_income"], share, 0, 1, above=True)
            yield from _terms(terms["terms"], (*at, "terms"))


def _terms(value: Any, path: Path) -> Iterator[Trouble]:
    if isinstance(value, str):
        yield Trouble(path, "terms", {"value": value})
    elif not value:
        yield Trouble(path, "empty")
    elif not all(1 <= term <= LONGEST_TERM for term in value):
        yield Trouble(path, "terms_range", {"most": LONGEST_TERM})
    elif any(low >= high for low, high in pairwise(value)):
        yield Trouble(path, "terms_order")


def _general(draft: Policy) -> Iterator[Trouble]:
    for name in ("min_amount", "amount_step"):
        yield from _between(draft[name], (name,), 0, inf, above=True)
    yield from _between(draft["vat_rate"], ("vat_rate",), 0, 0.5)
    loan = draft["standard_loan"]
    months = loan["months_of_income"]
    yield from _between(months, ("standard_loan", "months_of_income"), 0, 24, above=True)
    term, at = loan["term_months"], ("standard_loan", "term_months")
    wrong = list(_between(term, at, 1, LONGEST_TERM))
    yield from wrong
    if not wrong and not isinstance(term, int):
        yield Trouble(at, "whole")


def judgement(errors: Sequence[FieldError], draft: Policy) -> Judgement:
    """What the service told of a draft that it refused."""
    told: list[Trouble] = []
    failures: list[CaseFailure] = []
    for error in errors:
        found = list(_failures(error.message, draft))
        failures += found
        if not found:
            told.append(_told(error, draft))
    return Judgement(tuple(told), tuple(failures))


def _told(error: FieldError, draft: Policy) -> Trouble:
    path = path_of(error.field, draft)
    if _NEVER.search(error.message):
        return Trouble(path, "never")
    return Trouble(path, "service", {"message": error.message.removeprefix("Value error, ")})


def path_of(name: str, draft: Policy) -> Path:
    """The path that the service names, such as ``policy.adjustments.0.points``."""
    path: list[str | int] = []
    here: Any = draft
    for step in name.split(".")[1:]:
        place: str | int = int(step) if isinstance(here, list) and step.isdecimal() else step
        try:
            here = here[place]
        except (KeyError, IndexError, TypeError):
            break
        path.append(place)
    return tuple(path)


def _failures(message: str, draft: Policy) -> Iterator[CaseFailure]:
    """The cases that a refusal names, each on a line of its own."""
    names = {f"case {case['name']!r}: ": case["name"] for case in draft["cases"]}
    for line in message.splitlines():
        begun = next((start for start in names if line.startswith(start)), None)
        if begun is not None and (failure := _failure(names[begun], line.removeprefix(begun))):
            yield failure


def _failure(name: str, told: str) -> CaseFailure | None:
    """One case, from ``outcome: stated 'approve', decided 'refer'; …``; None if it reads otherwise."""
    stated, decided = {}, {}
    parts = _RESULT.split(told)[1:]
    for result, values in zip(parts[::2], parts[1::2], strict=True):
        was, _, now = values.partition(", decided ")
        try:
            stated[result], decided[result] = ast.literal_eval(was), ast.literal_eval(now)
        except (ValueError, SyntaxError):
            return None
    return CaseFailure(name, stated, decided) if stated else None


def trouble_line(trouble: Trouble, words: Vocabulary, unit: str) -> str:
    """What is wrong, in words; limits are told in the unit of the field."""
    shown = {
        name: quantity(value, unit, words)
        if name in ("low", "high") and isinstance(value, int | float)
        else value
        for name, value in trouble.values.items()
    }
    return words.say(f"error.{trouble.key}", **shown)
