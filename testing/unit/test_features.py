"""Features of a history: what must hold of every history, and a few counted by hand."""

import sys
from collections.abc import Callable
from datetime import date, timedelta
from math import isfinite
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvencia.domain.applicant import EmploymentSpell, LoanRequest
from solvencia.domain.errors import InvalidInputError
from solvencia.domain.features import DAYS_PER_MONTH, FEATURES, Features, compute_features
from solvencia.domain.history import known_work
from solvencia.domain.reference import DAYS_PER_WAGE_MONTH, Reference, month_of
from testing.unit.builders import TODAY, applicant, histories, spell, spells

MAY_BE_NEGATIVE = ("income_growth_12m", "income_growth_36m", "state_growth", "industry_growth")


def features_of(history: list[EmploymentSpell], **more: object) -> Features:
    return compute_features(applicant(*history, **more), TODAY, Reference())


def wage_of_day(history, day):
    """Daily wage of all employers: of each, the spell that began last, lasts longest, pays best."""
    by_employer = {}
    for item in history:
        start = item.start_date.toordinal()
        end = min(item.end_date or TODAY, TODAY).toordinal()
        if start <= day <= end:
            rank = (start, end, item.daily_wage)
            by_employer[item.employer_id] = max(by_employer.get(item.employer_id, rank), rank)
    return sum(wage for _, _, wage in by_employer.values())


def days_worked(history: list[EmploymentSpell]) -> set[int]:
    """Every day up to TODAY with at least one job, counted one by one."""
    today = TODAY.toordinal()
    return {
        day
        for item in history
        for day in range(
            item.start_date.toordinal(),
            min(today, item.end_date.toordinal() if item.end_date else today) + 1,
        )
    }


@given(histories(), st.lists(spells(), max_size=3))
def test_jobs_that_begin_later_change_nothing(history, others):
    later = [
        item.model_copy(update={"start_date": TODAY + timedelta(days=day), "end_date": None})
        for day, item in enumerate(others, start=1)
    ]

    assert features_of([*history, *later]) == features_of(history)


@given(histories(), st.data())
def test_when_a_current_job_will_end_is_not_seen(history, data):
    ends = st.one_of(st.none(), st.integers(0, 900).map(lambda days: TODAY + timedelta(days=days)))
    retold = [
        item.model_copy(update={"end_date": data.draw(ends)})
        if item.start_date <= TODAY and (item.end_date is None or item.end_date >= TODAY)
        else item
        for item in history
    ]

    assert features_of(retold) == features_of(history)


@given(histories(), st.data())
def test_order_and_duplicates_do_not_matter(history, data):
    repeated = history + data.draw(st.lists(st.sampled_from(history), max_size=4))

    assert features_of(data.draw(st.permutations(repeated))) == features_of(history)


@given(st.integers(0, 3000), st.integers(0, 900), st.lists(st.integers(1, 400), max_size=3))
def test_a_longer_current_job_never_has_less_tenure(begun, earlier, raises):
    def tenure(days: int) -> float:
        starts = sorted({days, *(day for day in raises if day < begun)}, reverse=True)
        ends = [*(TODAY - timedelta(days=day + 1) for day in starts[1:]), None]
        job = [
            spell(TODAY - timedelta(days=day), end, 200.0 + position)
            for position, (day, end) in enumerate(zip(starts, ends, strict=True))
        ]
        return features_of(job).months_in_current_job

    assert tenure(begun + earlier) >= tenure(begun)
    assert tenure(begun) == begun / DAYS_PER_MONTH


@given(histories())
def test_a_day_with_two_jobs_is_one_day_worked(history):
    features = features_of(history)
    worked = days_worked(history)
    calendar = TODAY.toordinal() - min(worked) + 1

    assert features.contribution_weeks == len(worked) / 7
    assert features.contribution_density == len(worked) / calendar
    assert 0 < features.contribution_density <= 1
    assert features.contribution_weeks <= calendar / 7


@given(histories())
def test_out_of_work_means_days_since_the_last_day_worked(history):
    features = features_of(history)
    idle = TODAY.toordinal() - max(days_worked(history))

    assert features.months_unemployed == idle / DAYS_PER_MONTH
    assert features.months_in_current_job == 0 or features.months_unemployed == 0


@given(histories())
def test_income_adds_up_over_the_jobs_held_on_the_last_day_worked(history):
    last = max(days_worked(history))

    expected = wage_of_day(history, last) * DAYS_PER_WAGE_MONTH
    assert features_of(history).monthly_income == pytest.approx(expected)


@given(histories())
def test_volatility_agrees_with_three_years_counted_day_by_day(history):
    today = TODAY.toordinal()
    begun = min(item.start_date for item in history).toordinal()
    first = max(date(2021, 7, 1).toordinal(), begun)
    daily = [wage_of_day(history, day) for day in range(first, today + 1)]
    mean = sum(daily) / len(daily)
    volatility = features_of(history).income_volatility

    if mean == 0:
        assert volatility is None
    else:
        spread = (sum((wage - mean) ** 2 for wage in daily) / len(daily)) ** 0.5
        assert volatility == pytest.approx(spread / mean, rel=1e-6, abs=1e-6)


@given(histories(), st.sampled_from(["primary", "higher", None]))
def test_every_number_is_finite_and_has_the_right_sign(mexico, history, education):
    loan = LoanRequest(product="personal", amount=30_000, term_months=18)
    who = applicant(*history, education=education)
    features = compute_features(who, TODAY, mexico, loan)

    for name, value in features._asdict().items():
        if isinstance(value, float):
            assert isfinite(value), name
            assert value >= 0 or name in MAY_BE_NEGATIVE, name
        elif value is not None:
            assert value in FEATURES[name].levels
    assert features.income_decile is None or 1 <= features.income_decile <= 10
    assert features.longest_job_months >= features.months_in_current_job


def test_a_career_counted_by_hand():
    features = features_of(
        [
            spell("2018-01-01", "2019-12-31", 200.0, "A"),
            spell("2020-07-01", "2022-06-30", 300.0, "B"),
            spell("2022-07-01", None, 400.0, "B"),
            spell("2024-01-01", None, 100.0, "C"),
        ]
    )

    assert features.monthly_income == 500 * 30.4
    assert features.months_in_current_job == 1461 / 30.4375  # since 2020-07-01
    assert features.longest_job_months == 1462 / 30.4375  # both ends counted
    assert features.months_unemployed == 0
    assert features.employers_5y == 3
    assert features.contribution_weeks == (730 + 1462) / 7
    assert features.contribution_density == 2192 / 2374
    assert features.age == pytest.approx(44.5, abs=0.01)
    assert features.income_growth_12m == 500 / 400 - 1
    assert features.income_growth_36m == 500 / 300 - 1


def test_a_gap_at_the_same_employer_begins_a_new_job():
    gap = [spell("2020-01-01", "2023-12-30"), spell("2024-01-01")]
    no_gap = [spell("2020-01-01", "2023-12-31"), spell("2024-01-01")]

    assert features_of(gap).months_in_current_job == 182 / DAYS_PER_MONTH
    assert features_of(no_gap).months_in_current_job == 1643 / DAYS_PER_MONTH


def test_the_best_paid_open_job_is_the_current_one():
    features = features_of(
        [
            spell("2015-01-01", None, 200.0, "A", industry="4"),
            spell("2023-07-01", None, 600.0, "B", industry="6"),
        ]
    )

    assert features.industry == "6"
    assert features.months_in_current_job == 366 / DAYS_PER_MONTH


@pytest.mark.parametrize(
    ("end", "idle"), [(TODAY, 0), (date(2024, 6, 30), 1), (date(2024, 6, 1), 30)]
)
def test_a_job_that_ends_on_the_day_is_still_held(end, idle):
    assert features_of([spell("2020-01-01", end)]).months_unemployed == idle / DAYS_PER_MONTH


def test_the_first_day_at_work():
    features = features_of([spell(TODAY)])

    assert features.months_in_current_job == 0
    assert features.contribution_weeks == 1 / 7
    assert features.contribution_density == 1
    assert features.income_growth_12m is None


def test_stated_weeks_hold_and_earlier_weeks_are_added_otherwise():
    who = applicant(spell("2024-06-25"))
    stated = applicant(spell("2024-06-25"), contribution_weeks=500)

    assert compute_features(who, TODAY, Reference(), prior_weeks=10).contribution_weeks == 11
    assert compute_features(stated, TODAY, Reference(), prior_weeks=10).contribution_weeks == 500


def test_income_is_told_in_pesos_of_the_base_month():
    start = month_of(date(2020, 1, 1).toordinal())
    prices = Reference(inpc_start=start, inpc=(100.0,) * 50 + (110.0, 121.0, 133.1))
    # On 1 July 2024 May is the last month published: 2024-05 is number 52 of the table.
    features = compute_features(applicant(spell("2024-06-20", None, 100.0)), TODAY, prices)

    assert prices.last_price_month(TODAY.toordinal()) == start + 52
    assert features.monthly_income == 3040.0
    earlier = compute_features(
        applicant(spell("2024-02-20", None, 100.0)), date(2024, 4, 1), prices
    )
    assert earlier.monthly_income == pytest.approx(3040 * 133.1 / 100)


def test_environment_is_that_of_the_current_job(mexico):
    who = applicant(spell("2020-01-01", None, 500.0, state="19", industry="3"))
    features = compute_features(who, TODAY, mexico)
    day = TODAY.toordinal()

    assert features.state_growth == mexico.state_growth["19"].at(day)
    assert features.industry_growth == mexico.industry_growth["3"].at(day)
    assert features.income_to_minimum_wage == 500.0 / mexico.minimum_wage.at(day)
    assert features.weeks_to_pension == mexico.pension_weeks.at(day) - features.contribution_weeks


def test_a_day_before_the_first_job_is_refused():
    with pytest.raises(InvalidInputError, match=r"as_of: got 2024-07-01; allowed: 2024-07-02"):
        features_of([spell("2024-07-02")])


def test_a_child_is_refused():
    with pytest.raises(InvalidInputError, match=r"15 years after birth_date"):
        features_of([spell("2024-06-01")], born="2010-01-01")


@pytest.mark.parametrize(("days_ago", "employers"), [(1826, 2), (1827, 2), (1828, 1)])
def test_an_employer_counts_until_five_years_after_the_last_day(days_ago, employers):
    left = spell("2010-01-01", TODAY - timedelta(days=days_ago), 300.0, "A")

    assert features_of([left, spell("2024-01-01", None, 300.0, "B")]).employers_5y == employers


def test_income_is_compared_with_the_mean_of_the_days_worked_in_five_years():
    raised = TODAY - timedelta(days=913)
    job = [spell("2010-01-01", raised - timedelta(days=1), 200.0), spell(raised, None, 400.0)]
    mean = (200 * 914 + 400 * 914) / 1828  # the 1,828 days from 2019-07-01 to 2024-07-01

    assert features_of(job).income_to_average == pytest.approx(400 / mean)


def test_a_spell_inside_another_of_its_employer_gives_the_wage_while_it_lasts():
    around, inside = spell("2020-01-01", None, 300.0), spell("2021-01-01", "2021-12-31", 330.0)
    again = spell("2021-06-01", "2022-06-30", 350.0)
    work = known_work([around, inside, again], TODAY)

    assert [(date.fromordinal(w.start), date.fromordinal(w.end), w.daily_wage) for w in work] == [
        (date(2020, 1, 1), date(2020, 12, 31), 300.0),
        (date(2021, 1, 1), date(2021, 5, 31), 330.0),
        (date(2021, 6, 1), date(2022, 6, 30), 350.0),
        (date(2022, 7, 1), TODAY, 300.0),
    ]


@given(histories())
def test_stretches_of_one_employer_are_disjoint_and_cover_every_day_worked(history):
    work = known_work(history, TODAY)
    days = [(w.employer, day) for w in work for day in range(w.start, w.end + 1)]

    assert len(days) == len(set(days))
    assert {day for _, day in days} == set(days_worked(history))


def _spells_that_pile_up(shape: str, count: int) -> list[EmploymentSpell]:
    def of(number: int) -> EmploymentSpell:
        begun = TODAY - timedelta(days=8000)
        if shape == "one within the other":
            return spell(begun + timedelta(days=number), TODAY - timedelta(days=number))
        if shape == "all open":
            return spell(begun + timedelta(days=number), None, 100.0 + number, f"E{number}")
        if shape == "long and short":
            long = timedelta(days=4000 if number % 2 else 1)
            return spell(begun + timedelta(days=number), begun + timedelta(days=number) + long)
        return spell(TODAY, None, 100.0 + number % 7)

    return [of(number) for number in range(count)]


@pytest.mark.parametrize(
    "shape", ["one within the other", "all open", "long and short", "the same day"]
)
def test_the_work_of_reading_grows_with_the_spells_not_with_their_square(shape):
    def lines_run(count: int) -> int:
        history, run = applicant(*_spells_that_pile_up(shape, count)), 0

        def watch(_frame: FrameType, _event: str, _arg: object) -> Callable[..., Any]:
            nonlocal run
            run += 1
            return watch

        before = sys.gettrace()
        sys.settrace(watch)
        try:
            compute_features(history, TODAY, Reference())
        finally:
            sys.settrace(before)
        return run

    assert lines_run(1600) < 10 * lines_run(200)
