"""A policy applied to facts: which rules fire, the final score, the grade, the offer, the outcome."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import floor
from typing import Literal, NamedTuple

from pydantic import ValidationError

from solvencia.domain.applicant import LoanRequest
from solvencia.domain.errors import PolicyError
from solvencia.domain.loan import (
    affordable_amount,
    annual_total_cost,
    level_payment,
    payment_schedule,
)
from solvencia.domain.policy import (
    BELOW_MINIMUM_CODE,
    COMPARE,
    FIELDS,
    LIMITED_CODE,
    LOW_CAPACITY_CODE,
    MISSING_PD_CODE,
    MISSING_SUFFIX,
    NO_OFFER_CODE,
    AnyOf,
    Band,
    Case,
    Condition,
    Expectation,
    OfferTerms,
    Outcome,
    Policy,
    Rule,
    Text,
)
from solvencia.domain.scorecard import clip_score

Facts = Mapping[str, float | str | None]
_Test = Callable[[Facts], bool | None]

Kind = Literal["adjustment", "knockout", "referral", "limit"]


class Fired(NamedTuple):
    """A rule that fired, or that could not be judged because a field is missing."""

    code: str
    kind: Kind
    points: int
    reason: Text


class Offer(NamedTuple):
    """What is offered. Money in MXN.

    ``annual_rate`` is nominal, before VAT; ``monthly_payment`` includes VAT on interest;
    ``opening_fee`` includes VAT and is taken from the amount; ``total_cost`` is what is paid in all
    beyond the amount, VAT included; ``cat`` is the yearly total cost without VAT.
    """

    product: str
    amount: float
    term_months: int
    annual_rate: float
    monthly_payment: float
    opening_fee: float
    total_cost: float
    cat: float


class Verdict(NamedTuple):
    """What the policy says of the facts. ``grade`` is None when the PD is missing."""

    outcome: Outcome
    final_score: int
    grade: str | None
    offer: Offer | None
    fired: tuple[Fired, ...]


@dataclass(frozen=True)
class CompiledPolicy:
    """A policy whose cases hold, ready to decide; ``digest`` identifies its exact text."""

    policy: Policy
    digest: str

    @cached_property
    def _tests(self) -> dict[str, _Test]:
        return {rule.code: _compile(rule) for rule in self.policy.rules}

    def apply(self, facts: Facts, loan: LoanRequest) -> Verdict:
        """Decide. ``facts`` holds a value for each known field of ``FIELDS``; None means missing.

        ``income_score`` must be given. The outcome is ``decline`` when a knock-out fires or nothing
        can be offered, else ``refer`` when a referral fires or a fact is missing, else ``approve``.
        """
        policy = self.policy
        facts = {name: None if value != value else value for name, value in facts.items()}
        fired: list[Fired] = []
        for adjustment in policy.adjustments:
            self._judge(adjustment, "adjustment", adjustment.points, facts, fired)
        points = sum(item.points for item in fired)
        final_score = clip_score(float(facts["income_score"] or 0) + points)
        facts = {**facts, "final_score": final_score}
        for rule in policy.knockouts:
            self._judge(rule, "knockout", 0, facts, fired)
        for rule in policy.referrals:
            self._judge(rule, "referral", 0, facts, fired)
        grade = self._grade(final_score, facts.get("pd"))
        offer: Offer | None = None
        if grade is None:
            fired.append(Fired(MISSING_PD_CODE, "referral", 0, _missing(policy, "pd")))
        elif loan.amount < policy.min_amount:
            fired.append(Fired(BELOW_MINIMUM_CODE, "knockout", 0, policy.below_minimum))
        elif (terms := policy.offers[loan.product].get(grade)) is None:
            fired.append(Fired(NO_OFFER_CODE, "knockout", 0, policy.no_offer))
        elif (capacity := facts.get("income_p10")) is None:
            fired.append(
                Fired("INCOME_BAND" + MISSING_SUFFIX, "referral", 0, _missing(policy, "income_p10"))
            )
        else:
            offer = make_offer(terms, policy, loan, float(capacity))
            if offer is None:
                fired.append(Fired(LOW_CAPACITY_CODE, "knockout", 0, policy.low_capacity))
            elif (
                offer.amount < loan.amount - policy.amount_step
                or offer.term_months != loan.term_months
            ):
                fired.append(Fired(LIMITED_CODE, "limit", 0, policy.limited))
        kinds = {item.kind for item in fired}
        if "knockout" in kinds:
            return Verdict("decline", final_score, grade, None, tuple(fired))
        outcome: Outcome = "refer" if "referral" in kinds else "approve"
        return Verdict(outcome, final_score, grade, offer, tuple(fired))

    def _judge(
        self,
        rule: Rule,
        kind: Kind,
        points: int,
        facts: Facts,
        fired: list[Fired],
    ) -> None:
        holds = self._tests[rule.code](facts)
        if holds or (holds is None and rule.if_missing == "fire"):
            fired.append(Fired(rule.code, kind, points, rule.reason))
        elif holds is None and rule.if_missing == "refer":
            absent = next(c.field for c in rule.conditions if facts.get(c.field) is None)
            fired.append(
                Fired(rule.code + MISSING_SUFFIX, "referral", 0, _missing(self.policy, absent))
            )

    def _grade(self, final_score: int, pd: float | str | None) -> str | None:
        if pd is None:
            return None
        grades = self.policy.grades
        by_score = _band(grades.score, final_score)
        by_pd = _band(grades.pd, float(pd))
        return max(by_score, by_pd, key=grades.order.index)


def make_offer(
    terms: OfferTerms, policy: Policy, loan: LoanRequest, income_p10: float
) -> Offer | None:
    """The largest allowed amount up to the one asked for, at the asked term or the next allowed one.

    The payment, VAT included, may take ``max_payment_to_income`` of ``income_p10``. When that leaves
    less than ``min_amount``, longer terms are tried; None when none of them is enough.
    """
    payment = terms.max_payment_to_income * income_p10
    longer = [term for term in terms.terms if term >= loan.term_months] or [terms.terms[-1]]
    for term in longer:
        ceiling = affordable_amount(payment, terms.annual_rate, term, policy.vat_rate)
        amount = min(loan.amount, terms.max_amount, ceiling)
        amount = round(floor(amount / policy.amount_step + 1e-9) * policy.amount_step, 2)
        if amount >= policy.min_amount:
            monthly = level_payment(amount, terms.annual_rate, term, policy.vat_rate)
            schedule = payment_schedule(amount, terms.annual_rate, term, policy.vat_rate)
            paid = sum(instalment.payment for instalment in schedule)
            fee = round(amount * terms.opening_fee * (1 + policy.vat_rate), 2)
            return Offer(
                product=str(loan.product),
                amount=amount,
                term_months=term,
                annual_rate=terms.annual_rate,
                monthly_payment=monthly,
                opening_fee=fee,
                total_cost=round(paid + fee - amount, 2),
                cat=round(annual_total_cost(amount, terms.annual_rate, term, terms.opening_fee), 4),
            )
    return None


def read_policy(text: str, digest: str) -> CompiledPolicy:
    """Parse a policy's JSON, check it whole and decide its cases.

    Raises:
        PolicyError: the text is not JSON, does not fit the schema, or a case gives something else.
    """
    try:
        json.loads(text, object_pairs_hook=_refuse_repeated_keys, parse_constant=_refuse_constant)
        policy = Policy.model_validate_json(text, strict=True)
    except (ValueError, ValidationError) as error:
        raise PolicyError(f"the policy does not load: {error}") from error
    compiled = CompiledPolicy(policy, digest)
    failures = [line for case in policy.cases if (line := case_failure(compiled, case))]
    if failures:
        raise PolicyError("the policy's cases fail:\n" + "\n".join(failures))
    return compiled


def case_failure(compiled: CompiledPolicy, case: Case) -> str | None:
    """What differs between a case's expectation and the verdict, or None."""
    facts: dict[str, float | str | None] = dict.fromkeys(FIELDS)
    facts.update(case.facts)
    verdict = compiled.apply(facts, case.loan)
    offer = verdict.offer
    got = Expectation(
        outcome=verdict.outcome,
        rules=tuple(item.code for item in verdict.fired),
        final_score=verdict.final_score,
        grade=verdict.grade,
        amount=offer.amount if offer else None,
        term_months=offer.term_months if offer else None,
        monthly_payment=offer.monthly_payment if offer else None,
    )
    stated = case.expect.model_dump(exclude_unset=True)
    actual = got.model_dump()
    stated["rules"], actual["rules"] = sorted(stated["rules"]), sorted(actual["rules"])
    wrong = [
        f"{name}: stated {value!r}, decided {actual[name]!r}"
        for name, value in stated.items()
        if actual[name] != value
    ]
    return f"case {case.name!r}: " + "; ".join(wrong) if wrong else None


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not a number a policy may hold")


def _refuse_repeated_keys(pairs: list[tuple[str, object]]) -> dict[str, object]:
    keys = [key for key, _ in pairs]
    if repeated := sorted({key for key in keys if keys.count(key) > 1}):
        raise ValueError(f"{repeated[0]!r} stands twice in one object")
    return dict(pairs)


def _missing(policy: Policy, field: str) -> Text:
    title = FIELDS[field].title
    return Text(
        es=policy.missing_fact.es.replace("{field}", title),
        en=policy.missing_fact.en.replace("{field}", field),
    )


def _band(bands: tuple[Band, ...], value: float) -> str:
    grade = bands[0].grade
    for band in bands:
        if value >= band.lower_bound:
            grade = band.grade
    return grade


def _compile(rule: Rule) -> _Test:
    tests = [
        _any([_condition(inner) for inner in item.any])
        if isinstance(item, AnyOf)
        else _condition(item)
        for item in rule.all
    ]

    def holds(facts: Facts) -> bool | None:
        unknown = False
        for test in tests:
            result = test(facts)
            if result is None:
                unknown = True
            elif not result:
                return False
        return None if unknown else True

    return holds


def _condition(condition: Condition) -> _Test:
    compare, field, value = COMPARE[condition.op], condition.field, condition.value

    def holds(facts: Facts) -> bool | None:
        fact = facts.get(field)
        return None if fact is None else compare(fact, value)

    return holds


def _any(tests: list[_Test]) -> _Test:
    def holds(facts: Facts) -> bool | None:
        unknown = False
        for test in tests:
            result = test(facts)
            if result:
                return True
            unknown = unknown or result is None
        return None if unknown else False

    return holds
