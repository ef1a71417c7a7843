"""Population stability: how far applicants have moved from the rows a model was made on.

The cells are frozen when the model is made and travel in its artifact. Today's rows are only ever
counted into them: binning them anew would let one outlier move every cell and hide the shift.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from solvencia.domain.errors import ArtifactError, InvalidInputError
from solvencia.domain.scorecard import Bins

MOVED, SHIFTED = 0.10, 0.25
"""From here a population has moved a little, and from here enough to ask for a new model
(Siddiqi, Credit Risk Scorecards, 2006)."""

_SCORE_CELLS = 10
_ONE_IN_TWENTY = 1.6448536269514722
"""Standard deviations that a normal variable exceeds once in twenty."""


def psi(expected: ArrayLike, actual: ArrayLike) -> float:
    """Population stability index: sum over cells of (a - e) ln(a / e), a and e being shares of rows.

    The symmetric Kullback-Leibler divergence (Jeffreys, 1946) as scoring uses it (Siddiqi, 2006);
    0 for equal shares, no upper bound. A cell that is empty on one side counts half a row there,
    or the other side's share if that is less: where fewer than half a row was to be expected, none
    is no change. A cell that is empty on both sides counts nothing.

    Args:
        expected, actual: rows by cell, shape (cells,), not negative, some above 0.

    Raises:
        InvalidInputError: other shapes, a negative or missing count, or no rows at all.

    >>> round(psi([40, 30, 30], [35, 25, 40]), 4), psi([20, 30], [200, 300])
    (0.0446, 0.0)
    >>> round(psi([50, 50, 0], [45, 45, 10]), 4)
    0.2951
    """
    return float(_terms(expected, actual).sum())


def chance_level(cells: int, expected_rows: float, actual_rows: float) -> float:
    """The PSI that two samples of one population exceed once in twenty times.

    (1/N + 1/M) times the 95 % point of a chi-square with ``cells - 1`` degrees of freedom
    (Yurdakul, Statistical Properties of Population Stability Index, 2018), taken by the cube of a
    normal (Wilson and Hilferty, 1931). With few rows it lies above the usual thresholds.

    >>> round(chance_level(10, 30_000, 200), 3), round(chance_level(10, 30_000, 5_000), 4)
    (0.085, 0.0039)
    """
    freedom = cells - 1
    if freedom < 1:
        return 0.0
    spread = 2.0 / (9.0 * freedom)
    point = freedom * (1.0 - spread + _ONE_IN_TWENTY * sqrt(spread)) ** 3
    return (1.0 / expected_rows + 1.0 / actual_rows) * point


class Shift(NamedTuple):
    """How far one feature or score has moved.

    ``kind`` is 'score' or 'feature'. ``chance`` is the PSI that chance alone exceeds once in
    twenty. ``cell`` is the label of the cell that adds most to the PSI, with its share of the rows
    then (``expected``) and now (``actual``).
    """

    kind: str
    name: str
    rows: int
    psi: float
    chance: float
    cell: str
    expected: float
    actual: float

    @property
    def verdict(self) -> str:
        """'stable' below 0.10 or what chance explains, 'moved' below 0.25, else 'shifted'."""
        if self.psi < MOVED or self.psi <= self.chance:
            return "stable"
        return "moved" if self.psi < SHIFTED else "shifted"


@dataclass(frozen=True)
class Distribution:
    """Rows of development by cell of one feature or score, the cell of missing values last.

    Raises:
        ArtifactError: not one count a cell, a negative count, or no rows at all.
    """

    bins: Bins
    rows: tuple[int, ...]

    def __post_init__(self) -> None:
        cells = self.bins.missing + 1
        if len(self.rows) != cells or min(self.rows) < 0 or sum(self.rows) < 1:
            raise ArtifactError(
                f"stability of {self.bins.feature}: rows {list(self.rows)}; "
                f"allowed: {cells} counts, none negative, not all 0"
            )

    @classmethod
    def of(cls, bins: Bins, column: NDArray[Any]) -> Self:
        """The distribution of a column, shape (n,), over given cells."""
        return cls(bins, tuple(_count(bins, column).tolist()))

    def shift(self, kind: str, column: NDArray[Any]) -> Shift:
        """How far a column of today, shape (n,), n >= 1, has moved from the rows of development."""
        counts = _count(self.bins, column)
        terms = _terms(self.rows, counts)
        widest = int(terms.argmax())
        before, now = sum(self.rows), int(counts.sum())
        used = int(((counts > 0) | (np.asarray(self.rows) > 0)).sum())
        return Shift(
            kind,
            self.bins.feature,
            now,
            float(terms.sum()),
            chance_level(used, before, now),
            self.bins.labels()[widest],
            self.rows[widest] / before,
            int(counts[widest]) / now,
        )

    def to_json(self) -> dict[str, Any]:
        """Cells with their labels, rows and shares; ``from_json`` needs no labels or shares."""
        bins, total = self.bins, sum(self.rows)
        cells = {"levels": list(bins.levels)} if bins.levels else {"edges": list(bins.edges)}
        return {
            "name": bins.feature,
            "title": bins.title,
            "unit": bins.unit,
            **cells,
            "labels": list(bins.labels()),
            "rows": list(self.rows),
            "shares": [round(count / total, 4) for count in self.rows],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """The distribution that ``to_json`` described."""
        bins = Bins(
            raw["name"],
            edges=tuple(raw.get("edges", ())),
            levels=tuple(raw.get("levels", ())),
            title=raw["title"],
            unit=raw["unit"],
        )
        return cls(bins, tuple(raw["rows"]))


@dataclass(frozen=True)
class Stability:
    """What a model's features and scores looked like when it was made.

    >>> tenure = Bins("months_in_current_job", edges=(6.0, 24.0))
    >>> before = {"months_in_current_job": np.array([3.0, 12.0, 48.0, 60.0])}
    >>> score = {"income_score": np.array([520.0, 590.0, 640.0, 655.0])}
    >>> stability = freeze([tenure], before, score)
    >>> [(shift.name, round(shift.psi, 3)) for shift in stability.compare(before, score)]
    [('income_score', 0.0), ('months_in_current_job', 0.0)]
    """

    features: tuple[Distribution, ...]
    scores: tuple[Distribution, ...]

    def compare(
        self, columns: Mapping[str, NDArray[Any]], scores: Mapping[str, NDArray[np.float64]]
    ) -> list[Shift]:
        """How far today's rows have moved: a ``Shift`` for each score, then for each feature.

        Args:
            columns: every frozen feature by name, shape (n,) each, as ``Bins.cells`` reads them.
            scores: every frozen score by name, shape (n,) each.

        Raises:
            InvalidInputError: a column or score is absent, or has no rows.
        """
        return [
            *(item.shift("score", _column(scores, "scores", item.bins)) for item in self.scores),
            *(
                item.shift("feature", _column(columns, "columns", item.bins))
                for item in self.features
            ),
        ]

    def to_json(self) -> dict[str, Any]:
        """Plain values for ``stability.json``; ``from_json`` reads them back unchanged."""
        return {
            "scores": [item.to_json() for item in self.scores],
            "features": [item.to_json() for item in self.features],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """The stability that ``to_json`` described.

        Raises:
            ArtifactError: counts that do not fit their cells.
        """
        return cls(
            features=tuple(Distribution.from_json(item) for item in raw["features"]),
            scores=tuple(Distribution.from_json(item) for item in raw["scores"]),
        )


def freeze(
    bins: Sequence[Bins],
    columns: Mapping[str, NDArray[Any]],
    scores: Mapping[str, NDArray[np.float64]],
) -> Stability:
    """Freeze the development rows: features in the scorecard's own cells, scores in ten of their own.

    Args:
        bins: cells of the features to watch.
        columns: development rows by feature, shape (n,) each.
        scores: development rows by score, shape (n,) each.

    Raises:
        InvalidInputError: a column is absent, or no row of it is known.
    """
    return Stability(
        features=tuple(Distribution.of(item, _column(columns, "columns", item)) for item in bins),
        scores=tuple(
            Distribution.of(_deciles(name, values), values) for name, values in scores.items()
        ),
    )


def _deciles(name: str, values: NDArray[np.float64]) -> Bins:
    """Ten cells of about equally many rows, fewer where values repeat; edges of four digits."""
    known = values[~np.isnan(values)]
    if not len(known):
        raise InvalidInputError(f"scores.{name}", "no known value", "1 or more")
    marks = np.quantile(known, np.arange(1, _SCORE_CELLS) / _SCORE_CELLS, method="higher")
    edges = {float(f"{mark:.4g}") for mark in marks}
    return Bins(name, edges=tuple(sorted(e for e in edges if known.min() < e <= known.max())))


def _column(columns: Mapping[str, NDArray[Any]], field: str, bins: Bins) -> NDArray[Any]:
    if bins.feature not in columns:
        raise InvalidInputError(
            f"{field}.{bins.feature}", "nothing", f"a column; there are {', '.join(columns)}"
        )
    return columns[bins.feature]


def _count(bins: Bins, column: NDArray[Any]) -> NDArray[np.int64]:
    return np.asarray(np.bincount(bins.cells(column), minlength=bins.missing + 1))


def _terms(expected: ArrayLike, actual: ArrayLike) -> NDArray[np.float64]:
    """What each cell adds to the PSI, never negative."""
    before = np.asarray(expected, dtype=np.float64)
    now = np.asarray(actual, dtype=np.float64)
    if before.ndim != 1 or before.shape != now.shape:
        raise InvalidInputError(
            "expected, actual", f"shapes {before.shape}, {now.shape}", "(cells,) twice"
        )
    for name, counts in (("expected", before), ("actual", now)):
        if not (counts >= 0).all() or not counts.sum() > 0:
            raise InvalidInputError(name, counts.tolist(), "counts not negative, some above 0")
    e, a = before / before.sum(), now / now.sum()
    e, a = (
        np.where(before > 0, e, np.minimum(0.5 / before.sum(), a)),
        np.where(now > 0, a, np.minimum(0.5 / now.sum(), e)),
    )
    return np.asarray((a - e) * np.log(np.divide(a, e, out=np.ones_like(e), where=e > 0)))
