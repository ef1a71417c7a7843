"""Cells chosen for legibility: about equally many rows each, with the roundest edges that fit."""

from collections.abc import Mapping, Sequence
from math import ceil, floor, log10
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solvencia.domain.characteristic import Characteristic
from solvencia.domain.scorecard import Bins


def roundest(low: float, high: float) -> float:
    """The roundest number in [low, high]: a multiple of the largest step 5, 2 or 1 times 10^k.

    >>> roundest(22.7, 26.1), roundest(0.113, 0.131), roundest(-3.0, 2.0), roundest(7.0, 7.0)
    (25.0, 0.12, 0.0, 7.0)
    """
    if low <= 0.0 <= high:
        return 0.0
    if low == high:
        return float(low)
    power = ceil(log10(max(abs(low), abs(high))))
    while True:
        for digit in (5, 2, 1):
            step = digit * 10.0**power
            multiple = ceil(low / step - 1e-9)
            if multiple <= floor(high / step + 1e-9):
                return float(round(multiple * step, max(0, -power) + 1))
        power -= 1


def choose_bins(characteristic: Characteristic, column: NDArray[Any], most: int) -> Bins:
    """Cells of one input: its levels, or at most ``most`` intervals with round edges.

    ``column`` has shape (n,), floats with NaN for missing, or level names with None.

    >>> tenure = np.arange(0.0, 120.0)
    >>> choose_bins(Characteristic("tenure", unit="months"), tenure, 4).labels()
    ('< 30 months', '30 to < 60 months', '60 to < 90 months', '>= 90 months', 'missing')
    """
    return Bins(
        characteristic.name,
        edges=() if characteristic.is_category else _edges(column, most),
        levels=characteristic.levels,
        title=characteristic.title,
        unit=characteristic.unit,
    )


def _edges(column: NDArray[Any], most: int) -> tuple[float, ...]:
    known = np.sort(column[~np.isnan(column)])
    if not len(known):
        return ()
    distinct = np.unique(known)
    if len(distinct) <= most:
        return tuple(float(value) for value in distinct[1:])
    marks = np.arange(1, most) / most
    slack = 0.25 / most
    low, high = np.quantile(known, marks - slack), np.quantile(known, marks + slack)
    edges = {roundest(float(a), float(b)) for a, b in zip(low, high, strict=True)}
    return tuple(sorted(edge for edge in edges if known[0] < edge <= known[-1]))


def encode(bins: Sequence[Bins], columns: Mapping[str, NDArray[Any]]) -> NDArray[np.float32]:
    """Cell numbers as training input, shape (n, len(bins)); a missing cell is NaN."""
    cells = np.column_stack([item.cells(columns[item.feature]) for item in bins]).astype(np.float32)
    for position, item in enumerate(bins):
        cells[cells[:, position] == item.missing, position] = np.nan
    return cells
