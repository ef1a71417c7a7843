"""Public statistics around the applicant, as they were known on a given day.

Days are proleptic ordinals (``date.toordinal``), months count from year 0 (``year * 12 + month``),
rates and growths are fractions, money is monthly unless it says otherwise.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Self

DAYS_PER_WAGE_MONTH = 30.4
"""Daily wage to monthly income, the convention of IMSS and Infonavit."""

_PUBLICATION_LAG_DAYS = 10
"""INEGI publishes a month's INPC by the tenth day of the next."""


def month_of(day: int) -> int:
    """Month number of an ordinal day.

    >>> month_of(date(2026, 5, 31).toordinal()) == 2026 * 12 + 5
    True
    """
    day_date = date.fromordinal(day)
    return day_date.year * 12 + day_date.month


@dataclass(frozen=True, slots=True)
class Series:
    """A figure that is published again and again: each value holds from its day on."""

    days: tuple[int, ...]
    values: tuple[float, ...]

    def at(self, day: int) -> float | None:
        """The latest value known on ``day``; None when none had been published.

        >>> wage = Series((10, 20), (1.5, 2.5))
        >>> wage.at(9), wage.at(10), wage.at(25)
        (None, 1.5, 2.5)
        """
        position = bisect_right(self.days, day)
        return self.values[position - 1] if position else None


@dataclass(frozen=True, slots=True)
class Reference:
    """Reference tables. An empty one (``Reference()``) knows nothing and compares money as it is.

    Attributes:
        inpc_start: month number of the first value of ``inpc``.
        inpc: consumer price index, one value a month, without gaps. Its last month is the *base
            month*: real income is in pesos of that month.
        minimum_wage: general minimum wage, nominal MXN a day.
        pension_weeks: contribution weeks required for a pension.
        state_wage: mean monthly wage by state, base-month pesos.
        state_income_bounds: by state, the nine bounds between deciles of household income,
            base-month pesos a month.
        state_growth, state_unemployment, state_informality, industry_growth: fractions.
    """

    inpc_start: int = 0
    inpc: tuple[float, ...] = ()
    minimum_wage: Series | None = None
    pension_weeks: Series | None = None
    state_wage: Mapping[str, Series] = field(default_factory=dict)
    state_income_bounds: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    state_growth: Mapping[str, Series] = field(default_factory=dict)
    state_unemployment: Mapping[str, Series] = field(default_factory=dict)
    state_informality: Mapping[str, Series] = field(default_factory=dict)
    industry_growth: Mapping[str, Series] = field(default_factory=dict)

    def base_pesos(self, day: int) -> float:
        """Base-month pesos per nominal peso of ``day``, by that month's own index.

        Months before the table take its first value, months after it the last.

        >>> prices = Reference(inpc_start=month_of(date(2020, 1, 1).toordinal()), inpc=(100.0, 110.0))
        >>> round(prices.base_pesos(date(2020, 1, 15).toordinal()), 6)
        1.1
        """
        return self.base_pesos_of_month(month_of(day)) if self.inpc else 1.0

    def base_pesos_of_month(self, month: int) -> float:
        """Base-month pesos per nominal peso of a month number; 1 without prices."""
        if not self.inpc:
            return 1.0
        last = len(self.inpc) - 1
        return self.inpc[-1] / self.inpc[min(max(month - self.inpc_start, 0), last)]

    def last_price_month(self, day: int) -> int:
        """The latest month whose index had been published on ``day``."""
        return month_of(day - _PUBLICATION_LAG_DAYS) - 1

    def to_json(self) -> dict[str, Any]:
        """Plain values for ``reference.json``; ``from_json`` reads them back unchanged."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """The reference that ``to_json`` described."""

        def series(value: Mapping[str, Any] | None) -> Series | None:
            return None if value is None else Series(tuple(value["days"]), tuple(value["values"]))

        def by_key(name: str) -> dict[str, Series]:
            return {
                key: Series(tuple(item["days"]), tuple(item["values"]))
                for key, item in raw[name].items()
            }

        return cls(
            inpc_start=raw["inpc_start"],
            inpc=tuple(raw["inpc"]),
            minimum_wage=series(raw["minimum_wage"]),
            pension_weeks=series(raw["pension_weeks"]),
            state_wage=by_key("state_wage"),
            state_income_bounds={
                key: tuple(bounds) for key, bounds in raw["state_income_bounds"].items()
            },
            state_growth=by_key("state_growth"),
            state_unemployment=by_key("state_unemployment"),
            state_informality=by_key("state_informality"),
            industry_growth=by_key("industry_growth"),
        )
