"""What a person can change: how long they stay in the job, and the loan they ask for.

Models are tables with edges and a policy is made of thresholds, so all amounts between two of them
have one answer, and the largest of them stands for the rest; terms, products and months are few.
"""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Literal, NamedTuple

from solvencia.domain.applicant import LARGEST_LOAN, LoanRequest
from solvencia.domain.catalogue import Product
from solvencia.domain.policy import (
    BELOW_MINIMUM_CODE,
    MISSING_PD_CODE,
    MISSING_SUFFIX,
    Policy,
    Rule,
)
from solvencia.domain.scorecard import Scorecard
from solvencia.serving.waiting import LONGEST_WAIT

Lever = Literal["months", "amount", "term_months", "product"]
LEVERS: tuple[Lever, ...] = ("months", "amount", "term_months", "product")


class Situation(NamedTuple):
    """Months waited in the present job, and the loan asked for then; a field for each lever."""

    months: int
    amount: float
    term_months: int
    product: Product

    @property
    def loan(self) -> LoanRequest:
        """The loan asked for."""
        return LoanRequest(product=self.product, amount=self.amount, term_months=self.term_months)


def effort(asked: Situation, other: Situation) -> float:
    """How far a situation is from the one asked for.

    A year of waiting weighs as much as forgoing the whole amount, as moving the term by two years,
    and four times as much as another product.

    >>> asked = Situation(0, 30_000.0, 18, Product.PERSONAL)
    >>> effort(asked, Situation(3, 24_000.0, 12, Product.PAYROLL))
    0.95
    """
    return (
        other.months / 12
        + abs(other.amount - asked.amount) / asked.amount
        + abs(other.term_months - asked.term_months) / 24
        + (0.25 if other.product != asked.product else 0.0)
    )


def situations_by_lever(
    asked: Situation,
    policy: Policy,
    scorecards: Iterable[Scorecard],
    *,
    nominal_income: float,
    employed: bool,
) -> dict[Lever, list[Situation]]:
    """Every situation that one lever alone leads to and that can differ in its answer, nearest first.

    Only who holds a job can stay in it, or ask for a payroll loan.
    """
    months = range(1, LONGEST_WAIT + 1) if employed else ()
    amounts = _amounts(asked.amount, policy, scorecards, nominal_income)
    products = [
        item for item in Product if item != asked.product and (employed or item != Product.PAYROLL)
    ]
    terms = set().union(*(terms_of(policy, item) for item in (asked.product, *products)))
    return {
        "months": [asked._replace(months=item) for item in months],
        "amount": [asked._replace(amount=item) for item in amounts],
        "term_months": sorted(
            (asked._replace(term_months=item) for item in terms - {asked.term_months}),
            key=lambda item: (effort(asked, item), item.term_months),
        ),
        "product": [asked._replace(product=item) for item in products],
    }


def terms_of(policy: Policy, product: Product) -> set[int]:
    """Terms in months that a product has, in whatever grade."""
    return {term for offered in policy.offers[product].values() for term in offered.terms}


def levers_of_rules(policy: Policy) -> dict[str, frozenset[Lever]]:
    """By code, the levers that can make a rule come out another way; all, where a code is left out.

    Of the models only that of default looks at the loan.
    """
    of_field: dict[str, frozenset[Lever]] = {
        "loan_product": frozenset({"product"}),
        "loan_amount": frozenset({"amount"}),
        "loan_to_income": frozenset({"amount"}),
        "loan_term_months": frozenset({"term_months"}),
        "pd": frozenset(LEVERS),
    }
    others: frozenset[Lever] = frozenset({"months"})

    def of_rule(rule: Rule) -> frozenset[Lever]:
        return frozenset[Lever]().union(*(of_field.get(c.field, others) for c in rule.conditions))

    of_field["final_score"] = others.union(*map(of_rule, policy.adjustments))
    found = {rule.code: of_rule(rule) for rule in policy.rules}
    found |= {code + MISSING_SUFFIX: levers for code, levers in found.items()}
    return found | {MISSING_PD_CODE: frozenset(), BELOW_MINIMUM_CODE: frozenset({"amount"})}


def _amounts(
    asked: float, policy: Policy, scorecards: Iterable[Scorecard], nominal_income: float
) -> list[float]:
    """The largest amount of each piece below what was asked for, in whole steps, largest first.

    Where less than the policy's minimum was asked for, the minimum.
    """

    def amount(steps: int) -> float:
        return round(steps * policy.amount_step, 2)

    def to_income(steps: int) -> float:
        return amount(steps) / nominal_income

    steps = range(int(LARGEST_LOAN / policy.amount_step) + 2)
    lowest = bisect_left(steps, policy.min_amount, key=amount)
    below = steps[lowest : bisect_left(steps, asked, key=amount)]
    if not below:
        return [amount(lowest)] if asked < amount(lowest) else []
    edges = {
        edge
        for card in scorecards
        for bins in card.bins
        if bins.feature == "loan_to_income"
        for edge in bins.edges
    }
    ends = {len(below)}
    for measure, bounds in (
        (amount, _thresholds(policy, "loan_amount")),
        (to_income, _thresholds(policy, "loan_to_income") | edges),
    ):
        for bound in bounds:
            end = bisect_left(below, bound, key=measure)
            ends.add(end)
            if end < len(below) and measure(below[end]) == bound:  # a rule may mean just this one
                ends.add(end + 1)
    return [amount(below[end - 1]) for end in sorted(ends, reverse=True) if end]


def _thresholds(policy: Policy, field: str) -> set[float]:
    """Every number that a rule compares a field with."""
    return {
        float(value)
        for rule in policy.rules
        for condition in rule.conditions
        if condition.field == field
        for value in (condition.value if isinstance(condition.value, tuple) else (condition.value,))
    }
