"""The same applicant later: time moves what time moves, and the surroundings stay."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvencia.domain.applicant import Profile
from solvencia.domain.features import Features, compute_features, profile_features
from solvencia.domain.reference import Reference
from solvencia.serving.waiting import LONGEST_WAIT, Stay, add_months, held
from testing.unit.builders import TODAY, applicant, histories, spell

SURROUNDINGS = (
    "state_growth",
    "state_unemployment",
    "state_informality",
    "industry_growth",
    "income_decile",
    "income_to_state_wage",
    "income_to_minimum_wage",
    "monthly_income",
)
DAYS = st.dates(date(2012, 1, 1), date(2027, 1, 1))


def known(features: Features) -> dict[str, object]:
    return {name: value for name, value in features._asdict().items() if value is not None}


@given(histories())
def test_waiting_no_time_changes_nothing(mexico, history):
    person = applicant(*history, contribution_weeks=321.0)

    assert Stay.of(person, TODAY, mexico).features(0) == compute_features(person, TODAY, mexico)


@given(histories(), st.integers(1, LONGEST_WAIT))
def test_waiting_is_the_later_day_of_a_history_that_goes_on(mexico, history, months):
    later = add_months(TODAY, months)
    went_on = [
        item.model_copy(update={"end_date": later})
        if item.end_date is None or item.end_date >= TODAY
        else item
        for item in history
        if item.start_date <= TODAY
    ]
    waited = Stay.of(applicant(*history), TODAY, mexico).features(months)

    assert waited == compute_features(applicant(*went_on), later, held(mexico, TODAY))


@pytest.mark.parametrize("day", [date(2012, 2, 29), date(2019, 1, 31), TODAY, date(2026, 11, 20)])
def test_wage_and_surroundings_stay_as_they_are(mexico, day):
    person = applicant(spell("2008-01-01", None, 600.0, state="09", industry="6"))
    now = compute_features(person, day, mexico)
    stay = Stay.of(person, day, mexico)

    for months in range(LONGEST_WAIT + 1):
        later = stay.features(months)
        assert [getattr(later, name) for name in SURROUNDINGS] == [
            getattr(now, name) for name in SURROUNDINGS
        ]
        assert later.months_in_current_job - now.months_in_current_job == pytest.approx(
            months, abs=0.1
        )


def test_weeks_that_were_stated_grow_with_the_days_worked(mexico):
    person = applicant(spell("2020-01-01"), contribution_weeks=200)
    later = Stay.of(person, TODAY, mexico).features(12)

    assert later.contribution_weeks == 200 + 365 / 7


def test_of_a_profile_time_moves_its_own_fields_only():
    profile = Profile(
        monthly_income=15_000,
        age=30,
        months_in_current_job=10,
        longest_job_months=12,
        employers_5y=2,
        contribution_weeks=100,
    )
    now = known(profile_features(profile, TODAY, Reference()))
    later = known(Stay.of(profile, TODAY, Reference()).features(6))

    assert {name: later[name] for name in later if later[name] != now[name]} == {
        "age": 30.5,
        "months_in_current_job": 16.0,
        "longest_job_months": 16.0,
        "contribution_weeks": pytest.approx(100 + 6 * 30.4375 / 7),
    }


def test_the_income_of_the_day_is_nominal(mexico):
    person = applicant(spell("2012-01-01", None, 600.0))

    assert Stay.of(person, date(2016, 7, 1), mexico).nominal_income() == 600.0 * 30.4


@given(DAYS, st.integers(0, LONGEST_WAIT))
def test_prices_known_later_are_not_used(mexico, day, months):
    still = held(mexico, day)
    later = still.last_price_month(add_months(day, months).toordinal())
    last_known = mexico.last_price_month(day.toordinal())

    assert still.base_pesos_of_month(later) == mexico.base_pesos_of_month(last_known)
    for month in (last_known, last_known - 7, last_known - 70):
        assert still.base_pesos_of_month(month) == mexico.base_pesos_of_month(month)


@given(DAYS, st.integers(0, 30))
def test_a_later_month_is_the_same_day_or_the_last(day, months):
    later = add_months(day, months)

    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later + timedelta(days=1)).day == 1)
