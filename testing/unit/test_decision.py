"""Decisions: measured, ruled on, and explained, adverse reasons first."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvencia.domain.applicant import LoanRequest
from solvencia.domain.decision import (
    Assessment,
    decide,
    policy_facts,
    standard_loan,
)
from solvencia.domain.features import FEATURES
from solvencia.domain.income import IncomeBand
from solvencia.domain.policy import FIELDS
from solvencia.domain.reasons import told_by_code
from solvencia.domain.segment import Segment
from solvencia.serving.decider import load_policy
from testing.unit.builders import TODAY, UNKNOWN

POLICY = load_policy(Path(__file__).parents[2] / "business_rules" / "policy.json")
LOAN = LoanRequest(product="payroll", amount=60_000, term_months=24)
SOLID = Assessment(
    as_of=TODAY,
    features=UNKNOWN._replace(
        monthly_income=20_000.0,
        months_in_current_job=72.0,
        months_unemployed=0.0,
        age=38.0,
        loan_product="payroll",
        loan_to_income=3.0,
        loan_term_months=24.0,
    ),
    loan=LOAN,
    income_score=680,
    base_points=640.0,
    score_contributions={
        "months_in_current_job": 31.0,
        "age": 12.0,
        "industry": -3.2,
        "state_growth": -2.9,
    },
    income_band=IncomeBand(18_000.0, 20_000.0, 23_000.0),
    pd=0.04,
    pd_contributions={"loan_to_income": -8.0, "employers_5y": 5.0},
    score_reasons={
        "months_in_current_job": 31.0,
        "age": 12.0,
        "industry": -3.2,
        "state_growth": -2.9,
    },
    pd_reasons={"loan_to_income": -8.0, "employers_5y": 5.0},
    segment=Segment("A", "Estable", "Steady"),
    model_version="abc",
)
contributions = st.dictionaries(
    st.sampled_from(list(FEATURES)), st.floats(-200, 200, allow_nan=False), max_size=12
)


def test_a_solid_applicant_is_approved_with_an_offer():
    decision = decide(SOLID, POLICY)

    assert (decision.outcome, decision.grade, decision.final_score) == ("approve", "A", 700)
    assert decision.offer.amount == 60_000
    assert decision.assessment is SOLID
    assert (decision.policy_version, decision.policy_digest) == (
        POLICY.policy.version,
        POLICY.digest,
    )


def test_without_a_pd_an_analyst_decides():
    decision = decide(replace(SOLID, pd=None, pd_reasons={}), POLICY)

    assert (decision.outcome, decision.grade, decision.offer) == ("refer", None, None)
    assert decision.reasons[0].code == "PD_MISSING"
    assert decision.reasons[0].adverse


def test_reasons_come_adverse_first_then_by_weight():
    codes = [
        (reason.code, reason.adverse, reason.points) for reason in decide(SOLID, POLICY).reasons
    ]

    assert codes == [
        ("INDUSTRY", True, -3.2),
        ("LOAN_AMOUNT", True, -8.0),
        ("SENIORITY_5_YEARS", False, 20),
        ("JOB_TENURE", False, 31.0),
        ("CAREER_STAGE", False, 12.0),
        ("JOB_CHANGES", False, 5.0),
    ]


def test_what_declines_is_said_first():
    too_old = replace(SOLID, features=SOLID.features._replace(age=80.0))

    assert [reason.code for reason in decide(too_old, POLICY).reasons[:2]] == [
        "OVER_AGE",
        "NEAR_RETIREMENT",
    ]


def test_features_of_one_code_are_told_together_and_once():
    both = {"months_in_current_job": -20.0, "longest_job_months": 6.0, "contribution_weeks": -9.0}
    pd = {"months_in_current_job": -10.0, "longest_job_months": -8.0, "contribution_weeks": -12.0}
    assessment = replace(
        SOLID,
        score_contributions=both,
        score_reasons=both,
        pd_contributions=pd,
        pd_reasons=pd,
    )
    told = [
        (reason.code, reason.source, reason.points)
        for reason in decide(assessment, POLICY).reasons
        if reason.source in ("income_score", "pd")
    ]

    assert told == [("CONTRIBUTIONS", "pd", -12.0), ("JOB_TENURE", "pd", -18.0)][::-1]


@given(contributions, contributions)
def test_reasons_are_few_ordered_and_always_the_same(score, pd):
    assessment = replace(
        SOLID, score_contributions=score, score_reasons=score, pd_contributions=pd, pd_reasons=pd
    )
    reasons = decide(assessment, POLICY).reasons
    shuffled = replace(
        assessment,
        score_reasons=dict(reversed(score.items())),
        pd_reasons=dict(reversed(pd.items())),
    )
    by_score, by_pd = told_by_code(score, score), told_by_code(pd, pd)
    larger = [
        max(by_score.get(code, 0.0), by_pd.get(code, 0.0), key=abs) for code in {*by_score, *by_pd}
    ]

    assert [reason.adverse for reason in reasons] == sorted(
        (r.adverse for r in reasons), reverse=True
    )
    told = [reason for reason in reasons if reason.source in ("income_score", "pd")]
    assert len({reason.code for reason in told}) == len(told)
    for adverse in (True, False):
        strongest = sorted(
            (abs(points) for points in larger if abs(points) >= 3 and (points < 0) == adverse),
            reverse=True,
        )
        shown = sorted((abs(r.points) for r in told if r.adverse == adverse), reverse=True)
        assert shown == [round(points, 1) for points in strongest[:4]]
    assert decide(shuffled, POLICY).reasons == reasons


def test_a_policy_sees_every_field_but_its_own_score():
    facts = policy_facts(
        SOLID.features,
        LOAN,
        income_score=SOLID.income_score,
        pd=SOLID.pd,
        segment=SOLID.segment,
        income_band=SOLID.income_band,
    )

    assert set(facts) == set(FIELDS) - {"final_score"}


@pytest.mark.parametrize(
    ("income", "amount"), [(10_000, 30_000), (10_049, 30_100), (12_345.67, 37_000), (400, 3_000)]
)
def test_the_standard_loan_is_three_incomes_in_whole_steps(income, amount):
    loan = standard_loan(POLICY.policy, income)

    assert (loan.product, loan.amount, loan.term_months) == ("payroll", amount, 24)
