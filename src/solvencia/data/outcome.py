"""What came after a day: the outcome that the continuity and income models learn."""

from collections.abc import Sequence
from datetime import date

from solvencia.domain.applicant import EmploymentSpell
from solvencia.domain.history import add_years, income_segments, known_work
from solvencia.domain.reference import DAYS_PER_WAGE_MONTH, Reference, month_of

KEPT_SHARE = 0.8
"""An income counts as kept when the next 12 months bring at least this share of it."""


def mean_income_after(
    spells: Sequence[EmploymentSpell], as_of: date, reference: Reference
) -> float:
    """Mean real monthly formal income over the 12 months after ``as_of``, base-month pesos.

    Days without a job count as zero; the history is read as for the features.

    >>> year = EmploymentSpell(employer_id="A", start_date=date(2021, 1, 1),
    ...                        end_date=date(2021, 12, 31), daily_wage=100.0)
    >>> round(mean_income_after([year, year], date(2020, 12, 31), Reference()), 2)
    3040.0
    """
    first = as_of.toordinal() + 1
    until = add_years(as_of, 1)
    last = until.toordinal()
    total = 0.0
    for begin, end, wage in income_segments(known_work(spells, until)):
        if end > first:
            begin = max(begin, first)
            price = reference.base_pesos_of_month(month_of((begin + end) // 2))
            total += wage * price * (end - begin)
    return total / (last - first + 1) * DAYS_PER_WAGE_MONTH
