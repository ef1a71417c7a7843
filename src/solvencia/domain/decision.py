"""The decision: what the models measured, what the policy says of it, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from solvencia.domain.applicant import LARGEST_LOAN, LoanRequest
from solvencia.domain.features import Features
from solvencia.domain.income import IncomeBand
from solvencia.domain.policy import Outcome, Policy
from solvencia.domain.reasons import REASONS, ReasonCode, told_by_code
from solvencia.domain.segment import Segment
from solvencia.domain.verdict import CompiledPolicy, Facts, Fired, Offer

SHOWN_PER_SIDE = 4
SMALLEST_SHOWN = 3.0
"""Contributions of fewer points than this explain nothing a person should act on."""


@dataclass(frozen=True)
class Assessment:
    """What the models say of one applicant on one day, before any rule.

    Attributes:
        base_points: score of an average applicant, to which ``score_contributions`` add.
        score_contributions: points that each feature adds to the income score; with ``base_points``
            they make the score before rounding and clipping.
        income_band: in MXN of ``as_of``.
        pd: probability of 90+ days past due within 12 months; None without a default model.
        pd_contributions: effect of each feature on the log-odds of repaying, in the same points
            (50 double the odds).
        score_reasons, pd_reasons: those contributions that may be told as reasons: the feature is
            known, and its own table points the same way as its share of the pairs.
        table_points: by scorecard, the points of each table, in the order of ``Scorecard.tables``.
    """

    as_of: date
    features: Features
    loan: LoanRequest
    income_score: int
    base_points: float
    score_contributions: Mapping[str, float]
    income_band: IncomeBand
    pd: float | None
    pd_contributions: Mapping[str, float]
    score_reasons: Mapping[str, float]
    pd_reasons: Mapping[str, float]
    segment: Segment
    model_version: str
    table_points: Mapping[str, Sequence[float]] = field(default_factory=dict)


class Reason(NamedTuple):
    """One reason. ``points`` is what it added to the score or to the odds of repaying, in points.

    ``code`` is a rule's, or a ``ReasonCode`` where ``source`` is a model.
    """

    code: str
    source: Literal["knockout", "referral", "limit", "adjustment", "income_score", "pd"]
    adverse: bool
    points: float
    text: str
    text_en: str


@dataclass(frozen=True)
class Decision:
    """The answer, with everything that made it."""

    outcome: Outcome
    final_score: int
    grade: str | None
    offer: Offer | None
    reasons: tuple[Reason, ...]
    assessment: Assessment
    policy_version: str
    policy_digest: str


def decide(assessment: Assessment, policy: CompiledPolicy) -> Decision:
    """Apply the policy to an assessment and gather the reasons, adverse first."""
    facts = policy_facts(
        assessment.features,
        assessment.loan,
        income_score=assessment.income_score,
        pd=assessment.pd,
        segment=assessment.segment,
        income_band=assessment.income_band,
    )
    verdict = policy.apply(facts, assessment.loan)
    reasons = [
        *[rule_reason(fired) for fired in verdict.fired],
        *_of_contributions(assessment),
    ]
    reasons.sort(key=reading_order)
    return Decision(
        outcome=verdict.outcome,
        final_score=verdict.final_score,
        grade=verdict.grade,
        offer=verdict.offer,
        reasons=tuple(reasons),
        assessment=assessment,
        policy_version=policy.policy.version,
        policy_digest=policy.digest,
    )


def policy_facts(
    features: Features,
    loan: LoanRequest,
    *,
    income_score: int,
    pd: float | None,
    segment: Segment,
    income_band: IncomeBand,
) -> Facts:
    """Every field a rule may name, except the final score that the policy itself makes."""
    return {
        **features._asdict(),
        "income_score": income_score,
        "pd": pd,
        "segment": segment.code,
        "income_p10": income_band.p10,
        "income_p50": income_band.p50,
        "income_p90": income_band.p90,
        "loan_amount": loan.amount,
    }


def standard_loan(policy: Policy, monthly_income: float) -> LoanRequest:
    """The loan that is assessed when the applicant names none, in whole amount steps.

    ``monthly_income`` is nominal MXN.
    """
    terms = policy.standard_loan
    steps = round(terms.months_of_income * monthly_income / policy.amount_step)
    amount = min(max(round(steps * policy.amount_step, 2), policy.min_amount), LARGEST_LOAN)
    return LoanRequest(product=terms.product, amount=amount, term_months=terms.term_months)


def rule_reason(fired: Fired) -> Reason:
    """A rule that fired, as a reason."""
    adverse = fired.kind != "adjustment" or fired.points < 0
    return Reason(fired.code, fired.kind, adverse, fired.points, fired.reason.es, fired.reason.en)


@lru_cache(maxsize=16_384)
def model_reason(code: ReasonCode, source: Literal["income_score", "pd"], points: float) -> Reason:
    """What a model saw, as a reason; ``points`` are rounded to a tenth."""
    group = REASONS[code]
    if points < 0:
        return Reason(_NAME[code], source, True, points, group.adverse, group.adverse_en)
    return Reason(_NAME[code], source, False, points, group.favourable, group.favourable_en)


def reading_order(reason: Reason) -> tuple[bool, int, float, str]:
    """Where a reason stands among others: adverse first, then by kind, the strongest first."""
    return (not reason.adverse, _KIND_ORDER[reason.source], -abs(reason.points), reason.code)


_KIND_ORDER = {
    "knockout": 0,
    "referral": 1,
    "limit": 2,
    "adjustment": 3,
    "income_score": 4,
    "pd": 5,
}
_NAME = {code: code.value for code in ReasonCode}


def _of_contributions(assessment: Assessment) -> list[Reason]:
    """The strongest contributions each way, a code once: by its larger effect."""
    by_score = told_by_code(assessment.score_contributions, assessment.score_reasons)
    by_pd = told_by_code(assessment.pd_contributions, assessment.pd_reasons)
    against: list[Reason] = []
    in_favour: list[Reason] = []
    for code in REASONS:
        score, pd = by_score.get(code, 0.0), by_pd.get(code, 0.0)
        by_odds = abs(pd) > abs(score)
        points = pd if by_odds else score
        if abs(points) >= SMALLEST_SHOWN:
            side = against if points < 0 else in_favour
            side.append(model_reason(code, "pd" if by_odds else "income_score", round(points, 1)))
    for side in (against, in_favour):
        side.sort(key=_size, reverse=True)
    return against[:SHOWN_PER_SIDE] + in_favour[:SHOWN_PER_SIDE]


def _size(reason: Reason) -> float:
    return abs(reason.points)
