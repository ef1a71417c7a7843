"""Facts of many applicants as columns, and a policy's rules over them.

A column holds floats, shape (n,), NaN where the fact is missing. A category holds the position of
its level, -1 for one that is not on the list.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solvencia.domain.features import FEATURES, Features
from solvencia.domain.policy import COMPARE, FIELDS, AnyOf, Condition
from solvencia.domain.verdict import Fired, Judge

Column = NDArray[np.float64]
Mask = NDArray[np.bool_]
Whole = NDArray[np.int64]

_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    **COMPARE,
    "in": np.isin,
    "not_in": lambda column, allowed: ~np.isin(column, allowed),
    "between": lambda column, bounds: (bounds[0] <= column) & (column < bounds[1]),
}


@dataclass(frozen=True)
class FeatureColumns:
    """Features of n applicants: the numbers as columns, and of each category the values.

    >>> numbers = {name: np.array([np.nan, 40.0]) for name, info in FEATURES.items() if not info.levels}
    >>> named = {name: [None, "3"] for name, info in FEATURES.items() if info.levels}
    >>> features = FeatureColumns(numbers, named)
    >>> features.columns["age"].tolist(), features.columns["industry"].tolist()
    ([nan, 40.0], [nan, 2.0])
    >>> features.rows[0].age, features.rows[1].industry
    (None, '3')
    """

    numbers: Mapping[str, Column]
    named: Mapping[str, Sequence[str | None]]

    @cached_property
    def columns(self) -> dict[str, Column]:
        """Every feature by name."""
        named = {
            name: category_column(values, FEATURES[name].levels)
            for name, values in self.named.items()
        }
        return {**self.numbers, **named}

    @cached_property
    def rows(self) -> list[Features]:
        """The features of each."""
        values = {**self.named, **{name: _known(item) for name, item in self.numbers.items()}}
        return list(
            map(Features._make, zip(*(values[name] for name in Features._fields), strict=True))
        )


def category_column(values: Iterable[Any], levels: Sequence[str]) -> Column:
    """Positions of the levels of a category."""
    position: dict[str | None, float] = {level: float(at) for at, level in enumerate(levels)}
    position[None] = np.nan
    return np.array([position.get(value, -1.0) for value in values])


def _known(column: Column) -> list[float | None]:
    values: list[float | None] = column.tolist()
    for place in np.flatnonzero(np.isnan(column)).tolist():
        values[place] = None
    return values


def rounded(values: Column, digits: int) -> Column:
    """Python's ``round`` of each value, to the last bit; any shape.

    >>> rounded(np.array([0.15, 0.25, 2.675]), 1).tolist() == [round(x, 1) for x in (0.15, 0.25, 2.675)]
    True
    """
    scaled = values * 10.0**digits
    nearest = np.rint(scaled)
    found = np.asarray(nearest / 10.0**digits)
    # Close to a half, what lies behind the last bit of ``scaled`` decides.
    unsure = np.abs(scaled - nearest) > 0.5 - 1e-6 - 1e-15 * np.abs(scaled)
    found[unsure] = [round(value, digits) for value in values[unsure].tolist()]
    return found


def judged(judges: Iterable[Judge], columns: Mapping[str, Column]) -> list[tuple[Fired, Mask]]:
    """All that the rules can tell, in their order, with the applicants of whom they tell it.

    The same as the rules applied to one applicant after another.
    """
    told = []
    for judge in judges:
        holds, is_open = _rule(judge, columns)
        told.append((judge.fired, holds))
        for field, fired in judge.unknown.items():
            first_missing = is_open & np.isnan(columns[field])
            told.append((fired, first_missing))
            is_open = is_open & ~first_missing
    return told


def _rule(judge: Judge, columns: Mapping[str, Column]) -> tuple[Mask, Mask]:
    """Of whom all conditions hold, and of whom a missing fact leaves that open."""
    count = len(next(iter(columns.values())))
    fails, is_open = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    for item in judge.rule.all:
        choices = item.any if isinstance(item, AnyOf) else (item,)
        holds, missing = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
        for condition in choices:
            column = columns[condition.field]
            unknown = np.isnan(column)
            holds |= ~unknown & _COMPARE[condition.op](column, _number(condition))
            missing |= unknown
        is_open |= missing & ~holds
        fails |= ~missing & ~holds
    return ~fails & ~is_open, is_open & ~fails


def _number(condition: Condition) -> Any:
    """What the condition compares with, a category's levels as their positions."""
    levels = FIELDS[condition.field].levels
    if not levels:
        return condition.value
    if isinstance(condition.value, tuple):
        return tuple(levels.index(str(value)) for value in condition.value)
    return levels.index(str(condition.value))
