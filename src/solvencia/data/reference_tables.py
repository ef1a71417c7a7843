"""Reads the public statistics of ``dataset/reference`` into a ``Reference``.

Every row of those tables names its source. A figure counts as known from its ``known_from`` day.
Figures that were published once or twice only (wages, unemployment and informality by state) stand
for earlier dates too: they tell states apart, they do not tell years apart.
"""

from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

from solvencia.domain.reference import DAYS_PER_WAGE_MONTH, Reference, Series

_ALWAYS = 1


def read_table(directory: Path, name: str) -> pd.DataFrame:
    """One reference table, keys as text.

    >>> read_table(Path("dataset/reference"), "states").shape
    (32, 6)
    """
    keys = dict.fromkeys(("state", "industry", "month", "period", "known_from"), str)
    return pd.read_csv(directory / f"{name}.csv", dtype=keys)


def month_number(month: str) -> int:
    """Month number of 'YYYY-MM'.

    >>> month_number("2026-05") == 2026 * 12 + 5
    True
    """
    return int(month[:4]) * 12 + int(month[5:7])


def load_reference(directory: Path) -> Reference:
    """The reference of Mexico from its tables."""
    inpc = read_table(directory, "inpc")
    prices = Reference(
        inpc_start=month_number(str(inpc["month"].iloc[0])), inpc=tuple(inpc["index"].astype(float))
    )
    wages = read_table(directory, "state_wages")
    wages["value"] = [
        wage * DAYS_PER_WAGE_MONTH * prices.base_pesos_of_month(month_number(month))
        for wage, month in zip(wages["mean_daily_wage"], wages["month"], strict=True)
    ]
    deciles = read_table(directory, "state_income_deciles")
    deciles["value"] = [
        income * prices.base_pesos_of_month(month_number(month))
        for income, month in zip(
            deciles["mean_monthly_household_income"], deciles["month"], strict=True
        )
    ]
    return Reference(
        inpc_start=prices.inpc_start,
        inpc=prices.inpc,
        minimum_wage=_series(read_table(directory, "minimum_wage"), "daily_wage"),
        pension_weeks=_series(read_table(directory, "pension_weeks"), "weeks_required"),
        state_wage=_by_key(wages, "state", "value", always=True),
        state_income_bounds={
            str(state): tuple(
                round((low + high) / 2, 2)
                for low, high in pairwise(rows.sort_values("decile")["value"])
            )
            for state, rows in deciles.groupby("state")
        },
        state_growth=_by_key(read_table(directory, "state_activity"), "state", "annual_growth"),
        state_unemployment=_by_key(
            read_table(directory, "state_unemployment"), "state", "rate", always=True
        ),
        state_informality=_by_key(
            read_table(directory, "state_informality"), "state", "rate", always=True
        ),
        industry_growth=_by_key(
            read_table(directory, "industry_growth"), "industry", "annual_growth"
        ),
    )


def _series(table: pd.DataFrame, value: str, *, always: bool = False) -> Series:
    rows = table.sort_values("known_from")
    days = [date.fromisoformat(day).toordinal() for day in rows["known_from"]]
    if always:
        days[0] = _ALWAYS
    return Series(tuple(days), tuple(float(number) for number in rows[value]))


def _by_key(
    table: pd.DataFrame, key: str, value: str, *, always: bool = False
) -> dict[str, Series]:
    groups: Any = table.groupby(key)
    return {str(name): _series(rows, value, always=always) for name, rows in groups}
