"""Features of many applicants worked out in columns, each as ``features_of`` has it, to the last bit.

``reading`` has what histories and profiles tell; here are prices, surroundings and loans.
"""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from typing import NamedTuple, TypeVar

import numpy as np

from solvencia.domain.applicant import LoanRequest
from solvencia.domain.features import FEATURES, Told, surroundings
from solvencia.domain.history import anniversaries
from solvencia.domain.reference import DAYS_PER_WAGE_MONTH, Reference
from solvencia.serving.columns import Column, FeatureColumns, Whole
from solvencia.serving.reading import ToldColumns

Item = TypeVar("Item", bound=Hashable)

_FIRST_DAY, _FIRST_MONTH = date(1970, 1, 1).toordinal(), 1970 * 12 + 1
"""Where numpy counts days and months from, as ordinal and as month number."""

_NUMBERS = {name for name in Told._fields if name in FEATURES and not FEATURES[name].levels}
"""Features that are told as they are."""


def measure_many(
    reference: Reference,
    told: ToldColumns,
    days: Sequence[date],
    loans: Sequence[LoanRequest],
) -> FeatureColumns:
    """Features of n applicants, each on a day and with a loan."""
    calendar = _calendar(reference, days)
    prices = _Prices(reference)
    real_now = prices.at(calendar.known_month)
    monthly = told.nominal_income * real_now
    numbers = {
        **{name: column for name, column in told._asdict().items() if name in _NUMBERS},
        "monthly_income": monthly,
        **_over_time(told, calendar, prices, monthly, real_now),
        **_around(reference, told, calendar.today, monthly),
        "loan_to_income": np.array([loan.amount for loan in loans]) / told.nominal_income,
        "loan_term_months": np.array([loan.term_months for loan in loans], dtype=np.float64),
    }
    named: dict[str, Sequence[str | None]] = {
        "industry": told.industry,
        "education": told.education,
        "loan_product": [loan.product for loan in loans],
    }
    return FeatureColumns(numbers, named)


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
        index = np.array(reference.inpc or (1.0,), dtype=np.float64)
        self._pesos: Column = index[-1] / index

    def at(self, months: Whole) -> Column:
        """Base-month pesos per nominal peso of month numbers."""
        return self._pesos[np.clip(months - self._first, 0, len(self._pesos) - 1)]

    def of_days(self, days: Whole, known_month: Whole) -> Column:
        """Those of ordinal days, by the prices known in a month."""
        since = (days - _FIRST_DAY).astype("datetime64[D]").astype("datetime64[M]")
        return self.at(np.minimum(since.astype(np.int64) + _FIRST_MONTH, known_month))


def _over_time(
    told: ToldColumns,
    calendar: _Calendar,
    prices: _Prices,
    monthly: Column,
    real_now: Column,
) -> dict[str, Column]:
    """How income moved, from all segments of the last five years one below the other."""
    count = len(monthly)
    person, begin, end, wage = told.person, told.begin, told.end, told.wage
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
    window = calendar.today - np.maximum(calendar.then, told.first_day) + 1
    mean = total(real_late * days, whose) / window
    square = total(real_late * real_late * days, whose) / window
    variance = np.maximum(square - mean * mean, 0.0)
    # numpy's root may differ from Python's power in the last bit
    spread = np.array([value**0.5 for value in variance.tolist()])
    return {
        "income_growth_12m": growth(calendar.last_year),
        "income_growth_36m": growth(calendar.then),
        "income_volatility": _ratio(spread, mean),
        "income_to_average": _ratio(told.daily_wage * real_now * past_days, past_income),
    }


def _ratio(above: Column, below: Column) -> Column:
    """Unknown where there is nothing to divide by."""
    unknown = np.full(len(below), np.nan)
    return np.asarray(np.divide(above, below, out=unknown, where=below > 0))


def _around(
    reference: Reference, told: ToldColumns, today: Whole, monthly: Column
) -> dict[str, Column]:
    """Income beside that of others, and how the state and the industry fare."""
    days = today.tolist()
    state, in_state = _distinct(zip(days, told.state, strict=True))
    industry, in_industry = _distinct(zip(days, told.industry, strict=True))
    states = [surroundings(reference, day, name, None) for day, name in state]
    industries = [surroundings(reference, day, None, name) for day, name in industry]
    required, minimum, wage, bounds, growth, unemployment, informality, _ = zip(
        *states, strict=True
    )

    def each(values: Sequence[float | None]) -> Column:
        return np.array(values, dtype=np.float64)[in_state]

    def above_zero(values: Sequence[float | None]) -> Column:
        return each([value or None for value in values])

    deciles = [
        1.0 + bisect_right(limits, income) if (limits := bounds[place]) else np.nan
        for place, income in zip(in_state, monthly.tolist(), strict=True)
    ]
    return {
        "weeks_to_pension": np.maximum(0.0, each(required) - told.contribution_weeks),
        "income_decile": np.array(deciles),
        "income_to_state_wage": monthly / above_zero(wage),
        "income_to_minimum_wage": told.nominal_income / (above_zero(minimum) * DAYS_PER_WAGE_MONTH),
        "state_growth": each(growth),
        "state_unemployment": each(unemployment),
        "state_informality": each(informality),
        "industry_growth": np.array([item[-1] for item in industries], dtype=np.float64)[
            in_industry
        ],
    }


def _distinct(items: Iterable[Item]) -> tuple[list[Item], list[int]]:
    """The different ones, and which of them each is."""
    places: dict[Item, int] = {}
    found = [places.setdefault(item, len(places)) for item in items]
    return list(places), found
