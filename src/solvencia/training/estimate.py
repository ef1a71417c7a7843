"""Figures that know how far chance may have moved them.

An ``Estimate`` carries, beside its value, by how much each person moved it (the influence function;
Hampel, 1974). The standard error follows, and that of a difference between two models on the same
people too: what both got wrong together cancels. Rows of one person are added up first, because
they are not independent.
"""

from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from solvencia.domain.scorecard import probabilities
from solvencia.training.metrics import calibration_line

Floats = NDArray[np.float64]
People = NDArray[np.int64]


def _nobody() -> Floats:
    return np.zeros(1)


@dataclass(frozen=True, eq=False)
class Estimate:
    """A figure, and by how much each person moved it.

    Attributes:
        value: the figure.
        influence: shape (people,), mean zero; left out for a figure that is stated, not measured.

    >>> coin = share_of(np.array([1.0, 0.0, 1.0, 1.0]), np.arange(4))
    >>> coin.value, round(coin.error, 4), (coin - coin).error
    (0.75, 0.2165, 0.0)
    """

    value: float
    influence: Floats = field(default_factory=_nobody, repr=False)

    @property
    def error(self) -> float:
        """Standard error."""
        return float(np.sqrt(np.square(self.influence).sum()))

    def __sub__(self, other: Self) -> "Estimate":
        """The difference to another figure of the same people."""
        return Estimate(self.value - other.value, self.influence - other.influence)


def people_of(identifiers: NDArray[Any]) -> People:
    """A number for each person, 0 and up, shape (rows,).

    >>> people_of(np.array(["b", "a", "b"])).tolist()
    [1, 0, 1]
    """
    return np.asarray(np.unique(identifiers, return_inverse=True)[1], dtype=np.int64)


def share_of(holds: Floats, people: People) -> Estimate:
    """Share of rows on which something holds; ``holds`` is 0/1, shape (rows,)."""
    share = float(holds.mean())
    return Estimate(share, _by_person((holds - share) / len(holds), people))


def ratio_of(
    holds: Floats, part: NDArray[np.bool_], whole: NDArray[np.bool_], people: People
) -> Estimate:
    """Share among the rows of ``part`` over the share among those of ``whole``; masks, shape (rows,).

    >>> holds, first = np.array([1.0, 0.0, 1.0, 1.0]), np.array([True, True, False, False])
    >>> ratio_of(holds, first, ~first, np.arange(4)).value
    0.5
    """
    above, below = float(holds[part].mean()), float(holds[whole].mean())
    moved = np.where(part, (holds - above) / part.sum(), 0.0)
    moved -= np.where(whole, above / below * (holds - below) / whole.sum(), 0.0)
    return Estimate(above / below, _by_person(moved / below, people))


def auc_of(outcome: Floats, margins: Floats, people: People) -> Estimate:
    """Area under the ROC curve; the error is DeLong's (DeLong, DeLong and Clarke-Pearson, 1988).

    ``outcome`` is 0/1 and holds both; shapes (rows,).

    >>> auc_of(np.array([0.0, 1.0, 0.0, 1.0]), np.array([1.0, 2.0, 3.0, 4.0]), np.arange(4)).value
    0.75
    """
    bad = outcome == 1
    count, rest = int(bad.sum()), int((~bad).sum())
    rank = rankdata(margins)
    # Share of the other class that each row is on the right side of; half of a tie.
    right = np.empty(len(outcome))
    right[bad] = (rank[bad] - rankdata(margins[bad])) / rest
    right[~bad] = 1.0 - (rank[~bad] - rankdata(margins[~bad])) / count
    area = float(right[bad].mean())
    return Estimate(area, _by_person((right - area) / np.where(bad, count, rest), people))


def slope_of(outcome: Floats, margins: Floats, people: People) -> Estimate:
    """Calibration slope: 1 where log-odds are neither too bold (below 1) nor too timid (above 1).

    ``outcome`` is 0/1; ``margins`` are its log-odds; shapes (rows,). The error allows for a model
    that is wrong in other ways too (Huber, 1967). NaN where the line of log-odds does not exist: one
    outcome only, or margins that separate the two.
    """
    line = calibration_line(outcome, probabilities(margins))
    if line is None:
        return Estimate(float("nan"))
    intercept, slope = line
    chance = probabilities(intercept + slope * margins)
    design = np.column_stack([np.ones_like(margins), margins])
    information = design.T @ (design * (chance * (1.0 - chance))[:, None])
    moved = (design * (outcome - chance)[:, None]) @ np.linalg.inv(information)[:, 1]
    return Estimate(slope, _by_person(moved, people))


def _by_person(moved: Floats, people: People) -> Floats:
    return np.bincount(people, weights=moved).astype(np.float64)
