"""Features of a profile: what it gives, its environment, and nothing invented."""

import pytest
from pydantic import ValidationError

from solvencia.domain.applicant import LoanRequest, Profile
from solvencia.domain.features import profile_features
from solvencia.domain.reference import Reference
from testing.unit.builders import TODAY

MINIMAL = {"monthly_income": 15_200, "age": 34, "months_in_current_job": 48}
ALWAYS_UNKNOWN = (
    "contribution_density",
    "income_growth_12m",
    "income_growth_36m",
    "income_volatility",
    "income_to_average",
)
UNKNOWN_HERE = (
    "employers_5y",
    "contribution_weeks",
    "longest_job_months",
    "weeks_to_pension",
    "industry",
    "education",
    "income_decile",
    "state_growth",
    "industry_growth",
    "loan_product",
    "loan_to_income",
    "loan_term_months",
)


def test_what_a_profile_leaves_out_is_unknown(mexico):
    features = profile_features(Profile(**MINIMAL), TODAY, mexico)

    for name in (*ALWAYS_UNKNOWN, *UNKNOWN_HERE):
        assert getattr(features, name) is None, name
    assert features.months_unemployed == 0
    assert features.income_to_minimum_wage == 15_200 / (
        mexico.minimum_wage.at(TODAY.toordinal()) * 30.4
    )


def test_the_environment_of_a_profile_is_looked_up(mexico):
    profile = Profile(**MINIMAL, state="09", industry="6", contribution_weeks=410)
    features = profile_features(profile, TODAY, mexico)
    day = TODAY.toordinal()

    assert features.state_unemployment == mexico.state_unemployment["09"].at(day)
    assert features.industry_growth == mexico.industry_growth["6"].at(day)
    assert 1 <= features.income_decile <= 10
    assert features.weeks_to_pension == mexico.pension_weeks.at(day) - 410


def test_the_loan_is_measured_in_nominal_months_of_income(mexico):
    loan = LoanRequest(product="payroll", amount=30_400, term_months=24)
    features = profile_features(Profile(**MINIMAL), TODAY, mexico, loan)

    assert (features.loan_product, features.loan_to_income) == ("payroll", 2.0)
    assert features.loan_term_months == 24


def test_the_longest_job_is_at_least_the_current_one():
    short = Profile(**MINIMAL, longest_job_months=12)

    assert profile_features(short, TODAY, Reference()).longest_job_months == 48


def test_a_profile_cannot_both_work_and_not_work():
    with pytest.raises(ValidationError, match=r"months_unemployed: got 3; allowed: 0 when"):
        Profile(**MINIMAL, months_unemployed=3)
