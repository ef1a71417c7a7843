"""The income band: how the income scorecards' margins become money."""

from math import exp
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

RATIO_FLOOR = 0.05
"""Ratios of future to present income up to this count as no formal income."""

_HIGHEST_FLOORED = RATIO_FLOOR * 1.001


class IncomeBand(NamedTuple):
    """10th, 50th and 90th percentile of mean monthly income over the next 12 months, MXN."""

    p10: float
    p50: float
    p90: float


def income_ratio(margin: float) -> float:
    """Future over present income for a margin of an income scorecard (natural log of the ratio).

    >>> income_ratio(0.0), income_ratio(-4.0)
    (1.0, 0.0)
    """
    ratio = exp(margin)
    return ratio if ratio > _HIGHEST_FLOORED else 0.0


def income_ratios(margins: NDArray[np.float64]) -> NDArray[np.float64]:
    """``income_ratio`` of many margins, shape (n,)."""
    ratios = np.exp(margins)
    return np.where(ratios > _HIGHEST_FLOORED, ratios, 0.0)
