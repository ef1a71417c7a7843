"""The world the simulator lives in, month by month: wages, prices, floors and shares.

Published figures come from ``dataset/reference``. What no table gives (spread of wages, effects of
education and experience, hazards) is an assumption, stated here and set so that the calibration
table of the report comes close to what is published.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from solvencia.data.reference_tables import load_reference, month_number, read_table
from solvencia.domain.catalogue import STATES
from solvencia.domain.reference import Reference

Floats = NDArray[np.float64]

CAP_IN_UMA = 25
"""The salario base de cotización stops at 25 UMA."""

AGE_STRUCTURE_MONTH = month_number("2020-05")
"""When the published age structure was observed."""

EDUCATION_SHARES = (0.13, 0.27, 0.29, 0.08, 0.23)
"""Assumed shares of the insured by education, in catalogue order."""

EDUCATION_WAGE = (-0.22, -0.15, -0.04, 0.05, 0.34)
"""Assumed log-wage effect of education, in catalogue order."""


@dataclass(frozen=True)
class LabourMarket:
    """Published and assumed figures as arrays.

    Attributes:
        first_month: month number of index 0.
        first_day: ordinal of the first day of each month, one more than ``months`` long.
        mean_wage: national mean daily wage, nominal MXN, by month.
        minimum_wage, wage_cap: nominal MXN a day, by month.
        base_pesos: base-month pesos per nominal peso, by month.
        state_share, state_wage: by state in key order; the wage as log effect around the national mean.
        state_growth: yearly growth in force, shape (months, states).
        industry_share, industry_wage: by division in key order.
        age_shares: (from, to, share) of the insured, as they were in month ``age_month``.
    """

    reference: Reference
    first_month: int
    first_day: NDArray[np.int64]
    mean_wage: Floats
    minimum_wage: Floats
    wage_cap: Floats
    base_pesos: Floats
    state_share: Floats
    state_wage: Floats
    state_growth: Floats
    industry_share: Floats
    industry_wage: Floats
    age_shares: tuple[tuple[int, int, float], ...]
    age_month: int

    @property
    def months(self) -> int:
        """Number of months simulated."""
        return len(self.mean_wage)


def load_labour_market(directory: Path, until: date, years: int) -> LabourMarket:
    """The labour market of the ``years`` that end with the month of ``until``."""
    reference = load_reference(directory)
    last = until.year * 12 + until.month
    first = last - 12 * years + 1
    numbers = range(first, last + 1)
    base = np.array([reference.base_pesos_of_month(month) for month in numbers])
    wages = read_table(directory, "national_wage")
    industries = read_table(directory, "industries").sort_values("industry")
    states = read_table(directory, "states").sort_values("state")
    national = float(
        np.average(industries["mean_daily_wage"], weights=industries["insured_workers"])
    )
    insured = states["insured_workers"].to_numpy(float)
    mean_wage = _path(
        numbers,
        base,
        [month_number(m) for m in wages["month"]],
        wages["mean_daily_wage"].to_numpy(float),
    )
    ages = read_table(directory, "age_structure")
    return LabourMarket(
        reference=reference,
        first_month=first,
        first_day=np.array(
            [date((m - 1) // 12, (m - 1) % 12 + 1, 1).toordinal() for m in [*numbers, last + 1]]
        ),
        mean_wage=mean_wage,
        minimum_wage=_steps(numbers, base, directory, "minimum_wage", "daily_wage"),
        wage_cap=CAP_IN_UMA * _steps(numbers, base, directory, "uma", "daily_value"),
        base_pesos=base,
        state_share=insured / insured.sum(),
        state_wage=_state_effects(read_table(directory, "state_wages"), mean_wage, first),
        state_growth=np.array(
            [[_growth(reference, key, month) for key in STATES] for month in numbers]
        ),
        industry_share=(
            industries["insured_workers"] / industries["insured_workers"].sum()
        ).to_numpy(),
        industry_wage=np.log(industries["mean_daily_wage"] / national).to_numpy(),
        age_month=AGE_STRUCTURE_MONTH - first,
        age_shares=tuple(
            (int(low), int(high), float(share))
            for low, high, share in zip(
                ages["age_from"], ages["age_to"], ages["share"], strict=True
            )
        ),
    )


def _state_effects(table: pd.DataFrame, mean_wage: Floats, first: int) -> Floats:
    """Log of each state's latest published wage over the national mean of its month; 0 if none."""
    latest = table.sort_values("known_from").groupby("state").tail(1).set_index("state")
    effects = []
    for key in STATES:
        if key in latest.index:
            month = month_number(str(latest.at[key, "month"])) - first
            wage = float(str(latest.at[key, "mean_daily_wage"]))
            effects.append(float(np.log(wage / mean_wage[min(max(month, 0), len(mean_wage) - 1)])))
        else:
            effects.append(0.0)
    return np.array(effects)


def _path(numbers: range, base: Floats, months: list[int], values: Floats) -> Floats:
    """Interpolate between published months; before the first, the same wage in real terms."""
    wages = np.exp(np.interp(list(numbers), months, np.log(values)))
    for position, month in enumerate(numbers):
        if month < months[0]:
            start = months[0] - numbers[0]
            wages[position] = values[0] * base[start] / base[position]
    return wages


def _steps(numbers: range, base: Floats, directory: Path, name: str, column: str) -> Floats:
    """A figure in force by month; before its first year, the same in real terms (an assumption)."""
    table = read_table(directory, name)
    known = {
        month_number(day): float(v)
        for day, v in zip(table["known_from"], table[column], strict=True)
    }
    first = min(known)
    in_force = []
    for position, month in enumerate(numbers):
        if month >= first:
            in_force.append(known[max(start for start in known if start <= month)])
        else:
            anchor = max(first - numbers[0], 0)
            in_force.append(known[first] * base[anchor] / base[position])
    return np.array(in_force)


def _growth(reference: Reference, state: str, month: int) -> float:
    series = reference.state_growth.get(state)
    value = (
        series.at(date((month - 1) // 12, (month - 1) % 12 + 1, 1).toordinal()) if series else None
    )
    return 0.0 if value is None else value
