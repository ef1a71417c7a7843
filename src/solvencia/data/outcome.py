"""What came after a day: the outcome that the continuity and income models learn."""

from collections.abc import Sequence
from datetime import date

from solvencia.domain.applicant import EmploymentSpell
from solvencia.domain.reference import DAYS_PER_WAGE_MONTH, Reference, month_of

KEPT_SHARE = 0.8
"""An income counts as kept when the next 12 months bring at least this share of it."""


def add_years(day: date, years: int) -> date:
    """The same day of another year; 29 February becomes the 28th.

    >>> add_years(date(2024, 2, 29), 1)
    datetime.date(2025, 2, 28)
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def mean_income_after(
    spells: Sequence[EmploymentSpell], as_of: date, reference: Reference
) -> float:
    """Mean real monthly formal income over the 12 months after ``as_of``, base-month pesos.

    Days without a job count as zero; jobs held at once add up; a spell listed twice counts once.

    >>> year = EmploymentSpell(employer_id="A", start_date=date(2021, 1, 1),
    ...                        end_date=date(2021, 12, 31), daily_wage=100.0)
    >>> round(mean_income_after([year, year], date(2020, 12, 31), Reference()), 2)
    3040.0
    """
    first = as_of.toordinal() + 1
    last = add_years(as_of, 1).toordinal()
    total = 0.0
    seen = {
        (
            max(spell.start_date.toordinal(), first),
            min(spell.end_date.toordinal(), last) if spell.end_date else last,
            spell.employer_id,
            spell.daily_wage,
        )
        for spell in spells
    }
    for begin, end, _, wage in sorted(seen):
        if begin <= end:
            price = reference.base_pesos_of_month(month_of((begin + end) // 2))
            total += wage * price * (end - begin + 1)
    return total / (last - first + 1) * DAYS_PER_WAGE_MONTH
