"""The policy document: adjustments, knock-outs, referrals, grades and offers, as data.

A policy fails closed: an unknown field, a value of the wrong type, an empty or impossible band, a
grade without a place or a repeated code does not load. ``verdict`` applies it.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import inf, nextafter
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from solvencia.domain.applicant import LoanRequest
from solvencia.domain.catalogue import PRODUCTS, Product
from solvencia.domain.features import FEATURES
from solvencia.domain.scorecard import SCORE_MAX, SCORE_MIN

NO_OFFER_CODE = "NO_OFFER_FOR_GRADE"
LOW_CAPACITY_CODE = "LOW_PAYMENT_CAPACITY"
BELOW_MINIMUM_CODE = "AMOUNT_BELOW_MINIMUM"
LIMITED_CODE = "OFFER_LIMITED"
MISSING_PD_CODE = "PD_MISSING"
MISSING_SUFFIX = "__MISSING"
_RESERVED = (NO_OFFER_CODE, LOW_CAPACITY_CODE, BELOW_MINIMUM_CODE, LIMITED_CODE, MISSING_PD_CODE)

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Value = Number | Annotated[str, Field(strict=True)]
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "in": lambda value, allowed: value in allowed,
    "not_in": lambda value, allowed: value not in allowed,
    "between": lambda value, bounds: bounds[0] <= value < bounds[1],
}
"""What each operator of a condition means."""

IfMissing = Literal["fire", "skip", "refer"]
Outcome = Literal["approve", "refer", "decline"]


@dataclass(frozen=True)
class FieldInfo:
    """Type of a field that rules may name: one of ``levels``, or a number in [low, high]."""

    title: str
    unit: str = ""
    levels: tuple[str, ...] = ()
    low: float = -inf
    high: float = inf


FIELDS: Mapping[str, FieldInfo] = {
    **{name: FieldInfo(info.title, info.unit, info.levels) for name, info in FEATURES.items()},
    "income_score": FieldInfo("Puntaje de ingreso", "points", low=SCORE_MIN, high=SCORE_MAX),
    "pd": FieldInfo("Probabilidad de incumplimiento", "share", low=0.0, high=1.0),
    "segment": FieldInfo("Segmento", levels=("A", "B", "C", "D")),
    "income_p10": FieldInfo("Ingreso esperado, percentil 10", "MXN"),
    "income_p50": FieldInfo("Ingreso esperado, mediana", "MXN"),
    "income_p90": FieldInfo("Ingreso esperado, percentil 90", "MXN"),
    "loan_amount": FieldInfo("Monto solicitado", "MXN"),
    "final_score": FieldInfo("Puntaje final", "points", low=SCORE_MIN, high=SCORE_MAX),
}
"""The closed list of fields. ``final_score`` exists once the adjustments are added."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Text(_Part):
    """One sentence in Spanish and English."""

    es: Annotated[str, Field(min_length=3)]
    en: Annotated[str, Field(min_length=3)]


class Condition(_Part):
    """A field compared with a value: ``{"field": "months_unemployed", "op": ">=", "value": 6}``.

    ``between`` takes [low, high], low included and high not; ``in`` and ``not_in`` take a list.
    """

    field: str
    op: Literal["<", "<=", ">", ">=", "==", "!=", "in", "not_in", "between"]
    value: Value | tuple[Value, ...]

    @model_validator(mode="after")
    def _is_typed(self) -> Self:
        info = FIELDS.get(self.field)
        if info is None:
            raise ValueError(f"field: got {self.field!r}; allowed: {', '.join(FIELDS)}")
        values = self.value if isinstance(self.value, tuple) else (self.value,)
        if isinstance(self.value, tuple) != (self.op in ("in", "not_in", "between")):
            raise ValueError(
                f"value of {self.field} {self.op}: got {self.value!r}; allowed: "
                + ("a list" if self.op in ("in", "not_in", "between") else "one value")
            )
        if not values:
            raise ValueError(f"value of {self.field} {self.op}: got an empty list")
        if info.levels:
            if self.op not in ("==", "!=", "in", "not_in"):
                raise ValueError(f"op: got {self.op!r} on the category {self.field}")
            for value in values:
                if value not in info.levels:
                    raise ValueError(
                        f"value of {self.field}: got {value!r}; allowed: {', '.join(info.levels)}"
                    )
        elif any(isinstance(value, str) for value in values):
            raise ValueError(f"value of {self.field}: got {self.value!r}; allowed: numbers")
        # Both ends are numbers: a category was refused above, and so was text on a number.
        if self.op == "between" and (len(values) != 2 or not values[0] < values[1]):  # type: ignore[operator]
            raise ValueError(
                f"value of {self.field} between: got {self.value!r}; allowed: [low, high], low < high"
            )
        return self


class AnyOf(_Part):
    """Conditions of which one is enough."""

    any: Annotated[tuple[Condition, ...], Field(min_length=2)]


class Rule(_Part):
    """A code, conditions that must all hold, what to do when a field is missing, and the reason."""

    code: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{2,39}$")]
    all: Annotated[tuple[Condition | AnyOf, ...], Field(min_length=1)]
    if_missing: IfMissing = "refer"
    reason: Text

    @property
    def conditions(self) -> Iterator[Condition]:
        """Every condition, those inside ``any`` too."""
        for item in self.all:
            yield from item.any if isinstance(item, AnyOf) else (item,)

    @model_validator(mode="after")
    def _can_fire(self) -> Self:
        if MISSING_SUFFIX in self.code or self.code in _RESERVED:
            raise ValueError(f"code: got {self.code}; it is reserved")
        plain = [item for item in self.all if isinstance(item, Condition)]
        for item in self.all:
            choices = item.any if isinstance(item, AnyOf) else (item,)
            if not any(_possible(choice, plain) for choice in choices):
                raise ValueError(
                    f"{self.code} can never fire: its conditions on {choices[0].field} contradict"
                )
        return self


def _possible(condition: Condition, others: Sequence[Condition]) -> bool:
    """Whether some value of the field meets a condition and all others on the same field."""
    together = [condition, *(other for other in others if other.field == condition.field)]
    info = FIELDS[condition.field]
    candidates: list[Any] = list(info.levels)
    if not info.levels:
        bounds = {info.low, info.high}
        for item in together:  # all numbers: `_is_typed` lets no text stand on a number's field
            bounds.update(item.value if isinstance(item.value, tuple) else (item.value,))  # type: ignore[arg-type]
        near = [nextafter(bound, side) for bound in bounds for side in (-inf, inf)]
        candidates = [value for value in (*bounds, *near) if info.low <= value <= info.high]
    return any(all(COMPARE[c.op](value, c.value) for c in together) for value in candidates)


class Adjustment(Rule):
    """A rule that adds points to the income score, or takes them."""

    points: Annotated[int, Field(ge=-200, le=200, strict=True)]

    @model_validator(mode="after")
    def _knows_its_fields(self) -> Self:
        if not self.points:
            raise ValueError(f"{self.code}: points must not be 0")
        if any(condition.field == "final_score" for condition in self.conditions):
            raise ValueError(f"{self.code}: final_score is not known until adjustments are added")
        return self


class Band(_Part):
    """A grade that begins at this lower bound and ends where the next band begins."""

    lower_bound: Number
    grade: str


class Grades(_Part):
    """Grade by final score and by PD; the worse of the two holds."""

    order: Annotated[tuple[str, ...], Field(min_length=2, description="From best to worst")]
    score: tuple[Band, ...]
    pd: tuple[Band, ...]

    @model_validator(mode="after")
    def _cover_everything(self) -> Self:
        if len(set(self.order)) != len(self.order):
            raise ValueError("grades.order repeats a grade")
        rank = {grade: position for position, grade in enumerate(self.order)}
        for name, bands, first, last, direction in (
            ("score", self.score, SCORE_MIN, SCORE_MAX, -1),
            ("pd", self.pd, 0, 1, 1),
        ):
            if not bands or bands[0].lower_bound != first:
                raise ValueError(f"grades.{name}: the first lower_bound must be {first}")
            for band in bands:
                if band.grade not in rank:
                    raise ValueError(
                        f"grades.{name}: got {band.grade!r}; allowed: {', '.join(self.order)}"
                    )
                if band.lower_bound > last:
                    raise ValueError(f"grades.{name}: {band.lower_bound:g} is above {last}")
            for low, high in pairwise(bands):
                if not low.lower_bound < high.lower_bound:
                    raise ValueError(
                        f"grades.{name}: lower bounds must ascend; {high.lower_bound:g} does not"
                    )
                if (rank[high.grade] - rank[low.grade]) * direction <= 0:
                    raise ValueError(
                        f"grades.{name}: {low.grade} to {high.grade} runs the wrong way"
                    )
        return self


class OfferTerms(_Part):
    """What a grade may be offered for one product.

    ``max_payment_to_income`` is a share of the 10th-percentile income; rates are yearly and nominal,
    before VAT; the fee is a share of the amount, before VAT.
    """

    max_payment_to_income: Annotated[float, Field(gt=0, le=1)]
    max_amount: Annotated[float, Field(gt=0)]
    terms: Annotated[tuple[Annotated[int, Field(ge=1, le=120)], ...], Field(min_length=1)]
    annual_rate: Annotated[float, Field(ge=0, le=3)]
    opening_fee: Annotated[float, Field(ge=0, le=0.2)]

    @model_validator(mode="after")
    def _terms_ascend(self) -> Self:
        if any(low >= high for low, high in pairwise(self.terms)):
            raise ValueError(f"terms: got {self.terms}; allowed: ascending, each once")
        return self


class StandardLoan(_Part):
    """The loan a decision is made for when the applicant names none."""

    product: Product
    months_of_income: Annotated[float, Field(gt=0, le=24)]
    term_months: Annotated[int, Field(ge=1, le=120)]


class Expectation(_Part):
    """What a case must give. ``rules`` are all codes that fire; fields left out are not compared."""

    outcome: Outcome
    rules: tuple[str, ...]
    final_score: int | None = None
    grade: str | None = None
    amount: float | None = None
    term_months: int | None = None
    monthly_payment: float | None = None


class Case(_Part):
    """A worked example: facts by field (those left out are missing), a loan, and the expectation."""

    name: Annotated[str, Field(min_length=3)]
    facts: dict[str, Value]
    loan: LoanRequest
    expect: Expectation


class Policy(_Part):
    """Versioned business rules, owned by the risk committee."""

    schema_file: Annotated[str | None, Field(alias="$schema")] = None
    version: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(\.[0-9]+)?$")]
    effective_from: date
    vat_rate: Annotated[float, Field(ge=0, le=0.5)]
    adjustments: tuple[Adjustment, ...]
    knockouts: tuple[Rule, ...]
    referrals: tuple[Rule, ...]
    grades: Grades
    no_offer: Annotated[Text, Field(description="Reason when the grade has no offer")]
    low_capacity: Annotated[Text, Field(description="Reason when no allowed amount is affordable")]
    below_minimum: Annotated[
        Text, Field(description="Reason when less than min_amount is asked for")
    ]
    limited: Annotated[
        Text, Field(description="Reason when the offer is not all that was asked for")
    ]
    missing_fact: Annotated[
        Text, Field(description="Reason when a rule's field is missing; {field}")
    ]
    offers: dict[Product, dict[str, OfferTerms]]
    min_amount: Annotated[float, Field(gt=0)]
    amount_step: Annotated[float, Field(gt=0)]
    standard_loan: StandardLoan
    cases: Annotated[tuple[Case, ...], Field(min_length=1)]

    @property
    def rules(self) -> tuple[Rule, ...]:
        """Adjustments, knock-outs and referrals, in this order."""
        return (*self.adjustments, *self.knockouts, *self.referrals)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        codes = [rule.code for rule in self.rules]
        if repeated := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"rule codes must be unique; repeated: {', '.join(repeated)}")
        if absent := sorted(set(PRODUCTS) - set(self.offers)):
            raise ValueError(f"offers lack {', '.join(absent)}")
        for product, by_grade in self.offers.items():
            if unknown := sorted(set(by_grade) - set(self.grades.order)):
                raise ValueError(f"offers.{product}: unknown grade {', '.join(unknown)}")
            for grade, terms in by_grade.items():
                if terms.max_amount < self.min_amount:
                    raise ValueError(f"offers.{product}.{grade}: max_amount is below min_amount")
        if not all("{field}" in text for text in (self.missing_fact.es, self.missing_fact.en)):
            raise ValueError("missing_fact: both sentences must hold {field}")
        for case in self.cases:
            stated = case.facts.get("loan_product", str(case.loan.product))
            if stated != str(case.loan.product):
                raise ValueError(f"case {case.name!r}: loan_product is not the loan's")
            for name, value in case.facts.items():
                if name not in FIELDS or name == "final_score":
                    raise ValueError(f"case {case.name!r}: unknown fact {name!r}")
                levels = FIELDS[name].levels
                if (value not in levels) if levels else isinstance(value, str):
                    raise ValueError(f"case {case.name!r}: {name}: got {value!r}")
        return self
