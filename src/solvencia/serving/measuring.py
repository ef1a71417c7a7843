"""Features of many applicants worked out in columns, each as ``features_of`` has it, to the last bit.

What histories and profiles tell is read one by one before; here are prices, surroundings and loans.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvencia.domain.applicant import LoanRequest
from solvencia.domain.features import Features, Told, surroundings
from solvencia.domain.history import anniversaries
from solvencia.domain.reference import DAYS_PER_WAGE_MONTH, Reference
from solvencia.serving.columns import Column

Whole = NDArray[np.int64]

_FIRST_DAY, _FIRST_MONTH = date(1970, 1, 1).toordinal(), 1970 * 12 + 1
"""Where numpy counts days and months from, as ordinal and as month number."""


def measure_many(
    reference: Reference,
    told: Sequence[Told],
    days: Sequence[date],
    loans: Sequence[LoanRequest],
) -> list[Features]:
    """Features of n applicants, each on a day and with a loan."""
    given: dict[str, Any] = dict(zip(Told._fields, zip(*told, strict=True), strict=True))
    calendar = _calendar(reference, days)
    prices = _Prices(reference)
    real_now = prices.at(calendar.known_month)
    nominal = np.array(given["nominal_income"])
    monthly = nominal * real_now
    columns = {
        **given,
        "monthly_income": monthly.tolist(),
        **_over_time(given, calendar, prices, monthly, real_now),
        **_around(reference, given, calendar.today, nominal, monthly),
        "loan_product": [loan.product for loan in loans],
        "loan_to_income": (np.array([loan.amount for loan in loans]) / nominal).tolist(),
        "loan_term_months": [float(loan.term_months) for loan in loans],
    }
    return list(
        map(Features._make, zip(*(columns[name] for name in Features._fields), strict=True))
    )


class _Calendar(NamedTuple):
    """Days of n applicants: theirs, and three years and one year before; the month of the prices."""

    today: Whole
    then: Whole
    last_year: Whole
    known_month: Whole


def _calendar(reference: Reference, days: Sequence[date]) -> _Calendar:
    known = {}
    for day in set(days):
        today, (_, then, last_year) = day.toordinal(), anniversaries(day)
        known[day] = today, then, last_year, reference.last_price_month(today)
    return _Calendar(*np.array([known[day] for day in days]).T)


class _Prices:
    """``Reference.base_pesos_of_month`` of many months."""

    def __init__(self, reference: Reference) -> None:
        self._first = reference.inpc_start
        months = range(max(len(reference.inpc), 1))
        pesos = [reference.base_pesos_of_month(self._first + month) for month in months]
        self._pesos = np.array(pesos)

    def at(self, months: Whole) -> Column:
        """Base-month pesos per nominal peso of month numbers."""
        return self._pesos[np.clip(months - self._first, 0, len(self._pesos) - 1)]

    def of_days(self, days: Whole, known_month: Whole) -> Column:
        """Those of ordinal days, by the prices known in a month."""
        since = (days - _FIRST_DAY).astype("datetime64[D]").astype("datetime64[M]")
        return self.at(np.minimum(since.astype(np.int64) + _FIRST_MONTH, known_month))


def _over_time(
    given: Mapping[str, Any],
    calendar: _Calendar,
    prices: _Prices,
    monthly: Column,
    real_now: Column,
) -> dict[str, list[float | None]]:
    """How income moved, from all segments of the last five years one below the other."""
    count = len(monthly)
    person = np.repeat(np.arange(count), [len(recent) for recent in given["recent"]])
    segments = np.array([item for recent in given["recent"] for item in recent]).reshape(-1, 3)
    begin, end = segments[:, 0].astype(np.int64), segments[:, 1].astype(np.int64)
    wage = segments[:, 2]
    real = wage * prices.of_days((begin + end) // 2, calendar.known_month[person])

    def total(values: Column, whose: Whole) -> Column:
        """Sums by person, added in the order of the segments."""
        return np.bincount(whose, weights=values, minlength=count).astype(np.float64)

    def growth(since: Whole) -> Column:
        found = np.full(count, np.nan)
        at = np.flatnonzero((begin <= since[person]) & (since[person] < end))
        then, who = since[person[at]], person[at]
        price = prices.of_days(then, calendar.known_month[who])
        found[who] = monthly[who] / (wage[at] * DAYS_PER_WAGE_MONTH * price) - 1.0
        return found

    worked = (end - begin).astype(np.float64)
    past_income, past_days = total(real * worked, person), total(worked, person)
    late = np.flatnonzero(end > calendar.then[person])
    whose, real_late = person[late], real[late]
    days = end[late] - np.maximum(begin[late], calendar.then[whose])
    window = calendar.today - np.maximum(calendar.then, given["first_day"]) + 1
    mean = total(real_late * days, whose) / window
    square = total(real_late * real_late * days, whose) / window
    variance = np.maximum(square - mean * mean, 0.0)
    average = np.array(given["daily_wage"]) * real_now * past_days
    return {
        "income_growth_12m": _or_none(growth(calendar.last_year)),
        "income_growth_36m": _or_none(growth(calendar.then)),
        # numpy's root may differ from Python's power in the last bit
        "income_volatility": [
            spread**0.5 / middle if middle > 0 else None
            for spread, middle in zip(variance.tolist(), mean.tolist(), strict=True)
        ],
        "income_to_average": [
            now / past if past > 0 else None
            for now, past in zip(average.tolist(), past_income.tolist(), strict=True)
        ],
    }


def _around(
    reference: Reference,
    given: Mapping[str, Any],
    today: Whole,
    nominal: Column,
    monthly: Column,
) -> dict[str, list[float | None]]:
    """Income beside that of others, and how the state and the industry fare."""
    known = {}
    found = []
    for place in zip(today.tolist(), given["state"], given["industry"], strict=True):
        if place not in known:
            known[place] = surroundings(reference, *place)
        found.append(known[place])
    required, minimum, wage, bounds, growth, unemployment, informality, division = zip(
        *found, strict=True
    )
    weeks = np.array(given["contribution_weeks"], dtype=np.float64)
    missing_weeks = np.maximum(0.0, np.array(required, dtype=np.float64) - weeks)
    return {
        "weeks_to_pension": _or_none(missing_weeks),
        "income_decile": [
            1.0 + bisect_right(limits, income) if limits else None
            for limits, income in zip(bounds, monthly.tolist(), strict=True)
        ],
        "income_to_state_wage": _or_none(monthly / _above_zero(wage)),
        "income_to_minimum_wage": _or_none(nominal / (_above_zero(minimum) * DAYS_PER_WAGE_MONTH)),
        "state_growth": list(growth),
        "state_unemployment": list(unemployment),
        "state_informality": list(informality),
        "industry_growth": list(division),
    }


def _above_zero(values: Sequence[float | None]) -> Column:
    """NaN where there is no value, or 0."""
    return np.array([value or None for value in values], dtype=np.float64)


def _or_none(values: Column) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]
