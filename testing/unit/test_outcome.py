"""What came after a day: only the 12 months that follow, whatever came before."""

from datetime import date

import pytest

from solvencia.data.outcome import add_years, mean_income_after
from solvencia.domain.reference import Reference
from testing.unit.builders import spell

DAY = date(2022, 12, 31)


def after(*spells: object) -> float:
    return mean_income_after(list(spells), DAY, Reference())


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2020-01-01", None, 365),
        ("2020-01-01", "2022-12-31", 0),
        ("2020-01-01", "2023-01-10", 10),
        ("2023-01-01", "2023-01-01", 1),
        ("2023-12-31", None, 1),
        ("2024-01-01", None, 0),
    ],
)
def test_only_days_of_the_next_twelve_months_count(start, end, days):
    assert after(spell(start, end, 100.0)) == pytest.approx(days / 365 * 3040)


def test_two_jobs_add_up_and_a_repeated_spell_does_not():
    one, other = spell("2020-01-01", None, 100.0, "A"), spell("2020-01-01", None, 50.0, "B")

    assert after(one, other) == pytest.approx(150 * 30.4)
    assert after(one, one) == pytest.approx(100 * 30.4)


def test_a_year_after_29_february_is_the_28th():
    assert add_years(date(2024, 2, 29), -1) == date(2023, 2, 28)
    assert add_years(date(2023, 2, 28), 1) == date(2024, 2, 28)
