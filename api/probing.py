"""Whether a model and a policy decide within all bounds on applicants worked out beforehand."""

from collections.abc import Sequence
from datetime import date
from math import isfinite

from solvencia.domain.applicant import Applicant, LoanRequest, Profile
from solvencia.domain.decision import Decision
from solvencia.domain.scorecard import SCORE_MAX, SCORE_MIN
from solvencia.serving.decider import Decider

Probe = tuple[Applicant | Profile, date, LoanRequest]
"""An applicant, the day and the loan to decide on."""


def absurdity(decider: Decider, probes: Sequence[Probe]) -> str | None:
    """What is wrong with the decisions on the probes, or None."""
    for number, (applicant, as_of, loan) in enumerate(probes, 1):
        try:
            check_decision(decider.decide(applicant, as_of, loan))
        except Exception as error:  # whatever a model and a policy can do that they should not
            model, policy = decider.model.version, decider.policy.policy.version
            return (
                f"model {model} with policy {policy}, worked applicant {number}: "
                f"{type(error).__name__}: {error}"
            )
    return None


def check_decision(decision: Decision) -> None:
    """Refuse a decision that no sound model and policy can give.

    Raises:
        ValueError: a number is not finite or out of its bounds.
    """
    measured = decision.assessment
    for field, score in (
        ("income_score", measured.income_score),
        ("final_score", decision.final_score),
    ):
        if not SCORE_MIN <= score <= SCORE_MAX:
            raise ValueError(f"{field}: got {score}; allowed: {SCORE_MIN} to {SCORE_MAX}")
    if measured.pd is not None and not 0.0 <= measured.pd <= 1.0:
        raise ValueError(f"pd: got {measured.pd}; allowed: 0 to 1")
    p10, p50, p90 = measured.income_band
    if not 0.0 <= p10 <= p50 <= p90:
        raise ValueError(f"income_band: got {p10}, {p50}, {p90}; allowed: ascending from 0")
    numbers = [
        ("base_points", measured.base_points),
        ("income_band", p90),
        *measured.score_contributions.items(),
        *measured.pd_contributions.items(),
    ]
    for field, number in numbers:
        if not isfinite(number):
            raise ValueError(f"{field}: got {number}; allowed: finite numbers")
