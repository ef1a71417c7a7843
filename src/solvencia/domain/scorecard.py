"""A scorecard: an intercept and tables of one or two features whose points add up to a margin.

``margin = intercept + sum of the points of the cells the applicant falls in``. With the ``logit``
link the margin is the natural log of the odds of the target, and it is the same number whether
one applicant is scored with plain Python or a million with numpy.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, isfinite, log
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from solvencia.domain.errors import ArtifactError
from solvencia.domain.features import FEATURES, Features

SCORE_AT_BASE = 600
BASE_ODDS = 4.0
POINTS_TO_DOUBLE_ODDS = 50
SCORE_MIN, SCORE_MAX = 300, 850
POINTS_PER_MARGIN = POINTS_TO_DOUBLE_ODDS / log(2)
"""Score points per unit of log-odds."""

MISSING_LABEL = "missing"
_POSITION = {name: position for position, name in enumerate(Features._fields)}


def score_points(margin: float) -> float:
    """Score before rounding and clipping: 600 at odds 4:1, 50 points double the odds.

    >>> score_points(log(4)), score_points(log(8)), round(score_points(log(100)), 1)
    (600.0, 650.0, 832.2)
    """
    return SCORE_AT_BASE + POINTS_PER_MARGIN * (margin - log(BASE_ODDS))


def income_score(margin: float) -> int:
    """Income score, 300 to 850, of a continuity margin (log-odds of keeping the income).

    >>> income_score(log(4)), income_score(log(8)), income_score(-10.0)
    (600, 650, 300)
    """
    return clip_score(score_points(margin))


def clip_score(points: float) -> int:
    """Nearest whole score within 300 to 850.

    >>> clip_score(912.3), clip_score(640.5)
    (850, 640)
    """
    return int(min(max(round(points), SCORE_MIN), SCORE_MAX))


def probability(margin: float) -> float:
    """Probability whose log-odds is the margin, without overflow.

    >>> round(probability(log(4)), 6), probability(-800.0), probability(800.0)
    (0.8, 0.0, 1.0)
    """
    if margin >= 0:
        return 1.0 / (1.0 + exp(-margin))
    grown = exp(max(margin, -745.0))
    return grown / (1.0 + grown) if margin > -745.0 else 0.0


def probabilities(margins: NDArray[np.float64]) -> NDArray[np.float64]:
    """``probability`` of many margins, shape (n,)."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(margins, -700.0, 700.0))))


@dataclass(frozen=True)
class Bins:
    """How one feature falls into cells; the cell after the last is for missing values.

    Numbers: ``edges`` ascending, half-open, so a value equal to an edge belongs above it.
    Categories: one cell a level; a level that is not listed counts as missing.

    >>> bins = Bins("months_in_current_job", edges=(6.0, 12.0))
    >>> bins.cell(5.9), bins.cell(6.0), bins.cell(None), bins.labels()
    (0, 1, 3, ('< 6', '6 to < 12', '>= 12', 'missing'))
    """

    feature: str
    edges: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        """Cell of a missing value."""
        return len(self.levels) or len(self.edges) + 1

    @cached_property
    def _cell_of_level(self) -> dict[str | None, int]:
        return {level: cell for cell, level in enumerate(self.levels)}

    def cell(self, value: float | str | None) -> int:
        """Cell of one value."""
        if value is None or value != value:
            return self.missing
        if self.levels:
            return self._cell_of_level.get(str(value), self.missing)
        return bisect_right(self.edges, float(value))

    def cells(self, column: NDArray[Any]) -> NDArray[np.int64]:
        """Cells of a column: floats with NaN for missing, or level names with None.

        Shape (n,) in, shape (n,) out.
        """
        if self.levels:
            known = self._cell_of_level
            return np.array([known.get(value, self.missing) for value in column], dtype=np.int64)
        numbers = column.astype(np.float64)
        cells = np.searchsorted(np.asarray(self.edges), numbers, side="right")
        return np.where(np.isnan(numbers), self.missing, cells)

    def labels(self) -> tuple[str, ...]:
        """A label for each cell, the missing one last."""
        if self.levels:
            return (*self.levels, MISSING_LABEL)
        if not self.edges:
            return ("any", MISSING_LABEL)
        inner = [
            f"{low:g} to < {high:g}" for low, high in zip(self.edges, self.edges[1:], strict=False)
        ]
        return (f"< {self.edges[0]:g}", *inner, f">= {self.edges[-1]:g}", MISSING_LABEL)


@dataclass(frozen=True)
class Table:
    """Points by cell of one feature, or by pair of cells (first feature's cell picks the row)."""

    features: tuple[str, ...]
    points: tuple[float, ...] | tuple[tuple[float, ...], ...]


class Contribution(NamedTuple):
    """What one table added to the margin, with the cells it was read from."""

    features: tuple[str, ...]
    labels: tuple[str, ...]
    points: float


@dataclass(frozen=True)
class Scorecard:
    """An additive model as tables.

    Attributes:
        name: 'continuity', 'default', 'income_p10' …
        link: 'logit' (margin is log-odds) or 'identity'.
        intercept: margin of an average applicant; every table averages zero over the training rows.
        bins: cells of each feature that some table uses, in feature order.
        tables: one-feature tables, then pairs.
        calibration: (intercept, slope) by which the trained margins were moved; already in the
            tables, kept as a record.
    """

    name: str
    link: str
    intercept: float
    bins: tuple[Bins, ...]
    tables: tuple[Table, ...]
    calibration: tuple[float, float] = (0.0, 1.0)

    def __post_init__(self) -> None:
        if self.link not in ("logit", "identity") or not isfinite(self.intercept):
            raise ArtifactError(
                f"scorecard {self.name}: link {self.link!r}, intercept {self.intercept}"
            )
        sizes = {bins.feature: bins.missing + 1 for bins in self.bins}
        for bins in self.bins:
            if bins.feature not in FEATURES:
                raise ArtifactError(f"scorecard {self.name}: unknown feature {bins.feature!r}")
            if bins.levels != FEATURES[bins.feature].levels:
                raise ArtifactError(
                    f"scorecard {self.name}: levels of {bins.feature} are not its own"
                )
            if bins.levels and bins.edges:
                raise ArtifactError(f"scorecard {self.name}: {bins.feature} has levels and edges")
            if list(bins.edges) != sorted(set(bins.edges)):
                raise ArtifactError(f"scorecard {self.name}: edges of {bins.feature} must ascend")
        for table in self.tables:
            shape = tuple(sizes.get(feature, -1) for feature in table.features)
            if np.shape(table.points) != shape:
                raise ArtifactError(
                    f"scorecard {self.name}: table {' × '.join(table.features)} has shape "
                    f"{np.shape(table.points)}; its bins make {shape}"
                )
            if not np.isfinite(np.asarray(table.points, dtype=np.float64)).all():
                raise ArtifactError(
                    f"scorecard {self.name}: table {' × '.join(table.features)} holds no finite number"
                )

    @cached_property
    def _readers(self) -> list[tuple[int, Bins, tuple[float, ...] | None, int]]:
        return [
            (_POSITION[bins.feature], bins, None if bins.levels else bins.edges, bins.missing)
            for bins in self.bins
        ]

    @cached_property
    def _places(self) -> list[tuple[int, int, Any]]:
        position = {bins.feature: index for index, bins in enumerate(self.bins)}
        return [
            (
                position[table.features[0]],
                position[table.features[-1]] if len(table.features) > 1 else -1,
                table.points,
            )
            for table in self.tables
        ]

    def cells(self, features: Features) -> list[int]:
        """Cell of each binned feature, in the order of ``bins``."""
        cells = []
        for position, bins, edges, missing in self._readers:
            value = features[position]
            if value is None or value != value:
                cells.append(missing)
            elif edges is None:
                cells.append(bins.cell(value))
            else:
                cells.append(bisect_right(edges, value))
        return cells

    def points(self, features: Features) -> list[float]:
        """Points of each table, in the order of ``tables``."""
        cells = self.cells(features)
        return [
            points[cells[row]] if column < 0 else points[cells[row]][cells[column]]
            for row, column, points in self._places
        ]

    def margin(self, features: Features) -> float:
        """Intercept plus the points of every table."""
        return self.intercept + sum(self.points(features))

    def contributions(self, features: Features) -> list[Contribution]:
        """What each table added, with the labels of its cells; with the intercept they make the margin."""
        cells = self.cells(features)
        label = {
            bins.feature: bins.labels()[cell] for bins, cell in zip(self.bins, cells, strict=True)
        }
        return [
            Contribution(table.features, tuple(label[name] for name in table.features), points)
            for table, points in zip(self.tables, self.points(features), strict=True)
        ]

    def by_feature(self, features: Features) -> dict[str, float]:
        """Contribution of each feature to the margin; a pair's points are shared in halves."""
        return share_by_feature(self.tables, self.points(features))

    def margins(self, columns: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        """Margins of many applicants at once: columns by feature name, shape (n,) each.

        Equal to ``margin`` row by row. A column that is not given counts as missing.
        """
        count = len(next(iter(columns.values()))) if columns else 0
        cells = {
            bins.feature: (
                bins.cells(columns[bins.feature])
                if bins.feature in columns
                else np.full(count, bins.missing)
            )
            for bins in self.bins
        }
        total = np.zeros(count)
        for table in self.tables:
            total += np.asarray(table.points)[tuple(cells[name] for name in table.features)]
        return self.intercept + total

    def to_json(self) -> dict[str, Any]:
        """Plain values that read as a printed scorecard; ``from_json`` reads them back unchanged."""
        return {
            "name": self.name,
            "link": self.link,
            "intercept": self.intercept,
            "calibration": {"intercept": self.calibration[0], "slope": self.calibration[1]},
            "bins": [
                {
                    "feature": bins.feature,
                    "title": FEATURES[bins.feature].title,
                    "unit": FEATURES[bins.feature].unit,
                    **(
                        {"levels": list(bins.levels)}
                        if bins.levels
                        else {"edges": list(bins.edges)}
                    ),
                    "labels": list(bins.labels()),
                }
                for bins in self.bins
            ],
            "tables": [
                {"features": list(table.features), "points": _lists(table.points)}
                for table in self.tables
            ],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """The scorecard that ``to_json`` described.

        Raises:
            ArtifactError: unknown feature, edges out of order, or a table of another shape.
        """
        return cls(
            name=raw["name"],
            link=raw["link"],
            intercept=raw["intercept"],
            calibration=(raw["calibration"]["intercept"], raw["calibration"]["slope"]),
            bins=tuple(
                Bins(
                    item["feature"],
                    edges=tuple(item.get("edges", ())),
                    levels=tuple(item.get("levels", ())),
                )
                for item in raw["bins"]
            ),
            tables=tuple(
                Table(tuple(item["features"]), _tuples(item["points"])) for item in raw["tables"]
            ),
        )


def share_by_feature(tables: Sequence[Table], points: Sequence[float]) -> dict[str, float]:
    """Add up table points by feature, a pair's in halves."""
    shares: dict[str, float] = {}
    for table, value in zip(tables, points, strict=True):
        part = value / len(table.features)
        for feature in table.features:
            shares[feature] = shares.get(feature, 0.0) + part
    return shares


def _lists(points: Any) -> Any:
    return [_lists(item) for item in points] if isinstance(points, tuple) else points


def _tuples(points: Any) -> Any:
    return tuple(_tuples(item) for item in points) if isinstance(points, list) else points
