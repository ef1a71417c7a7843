"""A policy applied to facts: which rules fire, the final score, the grade, the offer, the outcome."""

import json
from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from pydantic import ValidationError

from solvencia.domain.applicant import LoanRequest
from solvencia.domain.errors import PolicyError
from solvencia.domain.loan import Choice, Shelf, annuity, price
from solvencia.domain.loan import Offer as Offer
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


class Verdict(NamedTuple):
    """What the policy says of the facts. ``grade`` is None when the PD is missing."""

    outcome: Outcome
    final_score: int
    grade: str | None
    offer: Offer | None
    fired: tuple[Fired, ...]


class Judge(NamedTuple):
    """A rule ready to be applied.

    Attributes:
        rule: as the policy states it.
        test: whether the rule holds; None when a missing field leaves that open.
        fired: what is told when it holds.
        unknown: what is told when it is open, by the first field that is missing; empty where the
            rule is skipped then.
    """

    rule: Rule
    test: _Test
    fired: Fired
    unknown: Mapping[str, Fired]


class Notes(NamedTuple):
    """What is told besides the rules: why there is no offer, or less than was asked for."""

    pd_missing: Fired
    below_minimum: Fired
    no_offer: Fired
    band_missing: Fired
    low_capacity: Fired
    limited: Fired


@dataclass(frozen=True)
class CompiledPolicy:
    """A policy whose cases hold, ready to decide; ``digest`` identifies its exact text."""

    policy: Policy
    digest: str

    @cached_property
    def adjustments(self) -> tuple[Judge, ...]:
        """The rules that make the final score."""
        rules = self.policy.adjustments
        return tuple(self._judge(rule, "adjustment", rule.points) for rule in rules)

    @cached_property
    def barriers(self) -> tuple[Judge, ...]:
        """The knock-outs and referrals, which see the final score."""
        knockouts = tuple(self._judge(rule, "knockout") for rule in self.policy.knockouts)
        return knockouts + tuple(self._judge(rule, "referral") for rule in self.policy.referrals)

    @cached_property
    def notes(self) -> Notes:
        """What is told besides the rules."""
        policy = self.policy
        return Notes(
            Fired(MISSING_PD_CODE, "referral", 0, _missing(policy, "pd")),
            Fired(BELOW_MINIMUM_CODE, "knockout", 0, policy.below_minimum),
            Fired(NO_OFFER_CODE, "knockout", 0, policy.no_offer),
            Fired("INCOME_BAND" + MISSING_SUFFIX, "referral", 0, _missing(policy, "income_p10")),
            Fired(LOW_CAPACITY_CODE, "knockout", 0, policy.low_capacity),
            Fired(LIMITED_CODE, "limit", 0, policy.limited),
        )

    @cached_property
    def _grades(self) -> tuple[list[float], list[int], list[float], list[int]]:
        """Lower bounds and ranks by score, then by PD; the best grade has rank 0."""
        grades = self.policy.grades
        rank = grades.order.index
        return (
            [band.lower_bound for band in grades.score],
            [rank(band.grade) for band in grades.score],
            [band.lower_bound for band in grades.pd],
            [rank(band.grade) for band in grades.pd],
        )

    def apply(self, facts: Facts, loan: LoanRequest) -> Verdict:
        """Decide. ``facts`` holds a value for each known field of ``FIELDS``; None means missing.

        ``income_score`` must be given. The outcome is ``decline`` when a knock-out fires or nothing
        can be offered, else ``refer`` when a referral fires or a fact is missing, else ``approve``.
        """
        known = dict(facts)
        fired = _fired(self.adjustments, known)
        points = sum([item.points for item in fired])
        final_score = clip_score(float(known["income_score"] or 0) + points)
        known["final_score"] = final_score
        fired += _fired(self.barriers, known)
        grade = self.grade(final_score, known.get("pd"))
        choice, note = self.choose(grade, loan, known.get("income_p10"))
        if note is not None:
            fired.append(note)
        outcome = outcome_of(fired)
        offer = None
        if choice is not None and outcome != "decline":
            offer = price(choice, self.policy.vat_rate)
        return Verdict(outcome, final_score, grade, offer, tuple(fired))

    def grade(self, final_score: int, pd: float | str | None) -> str | None:
        """The worse of the grades by final score and by PD; None when the PD is missing."""
        if pd is None or pd != pd:
            return None
        scores, score_ranks, pds, pd_ranks = self._grades
        by_score = score_ranks[max(bisect_right(scores, final_score) - 1, 0)]
        by_pd = pd_ranks[max(bisect_right(pds, float(pd)) - 1, 0)]
        return self.policy.grades.order[max(by_score, by_pd)]

    @cached_property
    def _shelves(self) -> dict[tuple[str, str], Shelf]:
        return {
            (product, grade): _shelf(product, terms, self.policy)
            for product, by_grade in self.policy.offers.items()
            for grade, terms in by_grade.items()
        }

    def choose(
        self, grade: str | None, loan: LoanRequest, income_p10: float | str | None
    ) -> tuple[Choice | None, Fired | None]:
        """What the grade and the income allow, and what is to be told of it, if anything."""
        notes = self.notes
        if grade is None:
            return None, notes.pd_missing
        if loan.amount < self.policy.min_amount:
            return None, notes.below_minimum
        shelf = self._shelves.get((loan.product, grade))
        if shelf is None:
            return None, notes.no_offer
        if income_p10 is None or income_p10 != income_p10:
            return None, notes.band_missing
        choice = shelf.choose(loan, float(income_p10))
        if choice is None:
            return None, notes.low_capacity
        whole = choice.amount >= loan.amount - shelf.amount_step
        return choice, None if whole and choice.term_months == loan.term_months else notes.limited

    def _judge(self, rule: Rule, kind: Kind, points: int = 0) -> Judge:
        fired = Fired(rule.code, kind, points, rule.reason)
        unknown: dict[str, Fired] = {}
        if rule.if_missing != "skip":
            for condition in rule.conditions:
                unknown[condition.field] = (
                    fired
                    if rule.if_missing == "fire"
                    else Fired(
                        rule.code + MISSING_SUFFIX,
                        "referral",
                        0,
                        _missing(self.policy, condition.field),
                    )
                )
        return Judge(rule, _compile(rule), fired, unknown)


def outcome_of(fired: Iterable[Fired]) -> Outcome:
    """The outcome when these have fired."""
    kinds = {item.kind for item in fired}
    if "knockout" in kinds:
        return "decline"
    return "refer" if "referral" in kinds else "approve"


def make_offer(
    terms: OfferTerms, policy: Policy, loan: LoanRequest, income_p10: float
) -> Offer | None:
    """What ``Shelf.choose`` chooses, with its cost."""
    choice = _shelf(loan.product, terms, policy).choose(loan, income_p10)
    return None if choice is None else price(choice, policy.vat_rate)


def _shelf(product: str, terms: OfferTerms, policy: Policy) -> Shelf:
    rate = terms.annual_rate
    return Shelf(
        product=str(product),
        max_payment_to_income=terms.max_payment_to_income,
        min_amount=policy.min_amount,
        max_amount=terms.max_amount,
        amount_step=policy.amount_step,
        annual_rate=rate,
        opening_fee=terms.opening_fee,
        terms=terms.terms,
        annuities=tuple((term, *annuity(rate, term, policy.vat_rate)) for term in terms.terms),
    )


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


def _fired(judges: Iterable[Judge], facts: Facts) -> list[Fired]:
    """What the rules tell of the facts, in their order."""
    found = []
    for _, test, fired, unknown in judges:
        holds = test(facts)
        if holds:
            found.append(fired)
        elif holds is None and unknown:
            found.append(next(told for field, told in unknown.items() if not _known(facts, field)))
    return found


def _known(facts: Facts, field: str) -> bool:
    fact = facts.get(field)
    return fact is not None and fact == fact  # a NaN is missing too


def _compile(rule: Rule) -> _Test:
    tests = [
        _any([_condition(inner) for inner in item.any])
        if isinstance(item, AnyOf)
        else _condition(item)
        for item in rule.all
    ]
    if len(tests) == 1:
        return tests[0]

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
        if fact is None or fact != fact:
            return None
        return compare(fact, value)

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
