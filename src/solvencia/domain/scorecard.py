"""A scorecard: an intercept and tables of one or two features whose points add up to a margin.

``margin = intercept + sum of the points of the cells the applicant falls in``. With the ``logit``
link the margin is the natural log of the odds of the target, and it is the same number whether
one applicant is scored with plain Python or a million with numpy.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import exp, isfinite, log
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from solvencia.domain.errors import ArtifactError

SCORE_AT_BASE = 600
BASE_ODDS = 4.0
POINTS_TO_DOUBLE_ODDS = 50
SCORE_MIN, SCORE_MAX = 300, 850
POINTS_PER_MARGIN = POINTS_TO_DOUBLE_ODDS / log(2)
"""Score points per unit of log-odds."""

MISSING_LABEL = "missing"
_BLOCK = 16_384
"""Rows scored at a time: their cells stay in the processor's cache."""

Values = Mapping[str, float | str | None]
"""One applicant's value of each feature by name; None or NaN where it is unknown."""


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


def income_scores(margins: NDArray[np.float64]) -> NDArray[np.int64]:
    """``income_score`` of many margins, shape (n,)."""
    points = SCORE_AT_BASE + POINTS_PER_MARGIN * (margins - log(BASE_ODDS))
    return np.clip(np.rint(points), SCORE_MIN, SCORE_MAX).astype(np.int64)


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

    >>> bins = Bins("months_in_current_job", edges=(6.0, 12.0), unit="months")
    >>> bins.cell(5.9), bins.cell(6.0), bins.cell(None)
    (0, 1, 3)
    >>> bins.labels()
    ('< 6 months', '6 to < 12 months', '>= 12 months', 'missing')
    """

    feature: str
    edges: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    title: str = ""
    unit: str = ""

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
        """Cells of a column, shape (n,) in, shape (n,) out.

        A number's column holds floats with NaN for missing. A category's holds level names with
        None for missing, or, as numbers, the positions of its levels with NaN for missing.
        """
        if not self.levels:
            numbers = column.astype(np.float64, copy=False)
            return np.where(np.isnan(numbers), self.missing, _edges_passed(self.edges, numbers))
        if column.dtype.kind in "fiu":
            known = (column >= 0) & (column < self.missing)
            return np.where(known, column, self.missing).astype(np.int64)
        levels = self._cell_of_level
        return np.array([levels.get(value, self.missing) for value in column], dtype=np.int64)

    def labels(self) -> tuple[str, ...]:
        """A label for each cell, with its unit, the missing one last."""
        if self.levels:
            return (*self.levels, MISSING_LABEL)
        if not self.edges:
            return ("any", MISSING_LABEL)
        unit = f" {self.unit}" if self.unit else ""
        text = [f"{edge:,.6f}".rstrip("0").rstrip(".") for edge in self.edges]
        inner = [f"{low} to < {high}{unit}" for low, high in pairwise(text)]
        return (f"< {text[0]}{unit}", *inner, f">= {text[-1]}{unit}", MISSING_LABEL)


def _edges_passed(edges: tuple[float, ...], numbers: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many edges each number has reached: in a long column, comparing with all is faster."""
    if len(numbers) <= 4096 or len(edges) > np.iinfo(np.uint8).max:
        return np.searchsorted(np.asarray(edges), numbers, side="right")
    passed = np.zeros(len(numbers), dtype=np.uint8)
    for edge in edges:
        passed += numbers >= edge
    return passed.astype(np.int64)


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
        if len(sizes) < len(self.bins):
            raise ArtifactError(f"scorecard {self.name}: a feature has bins twice")
        for bins in self.bins:
            if bins.levels and bins.edges:
                raise ArtifactError(f"scorecard {self.name}: {bins.feature} has levels and edges")
            if list(bins.edges) != sorted(set(bins.edges)):
                raise ArtifactError(f"scorecard {self.name}: edges of {bins.feature} must ascend")
        orders = [len(table.features) for table in self.tables]
        if orders != sorted(orders) or set(orders) - {1, 2}:
            raise ArtifactError(
                f"scorecard {self.name}: tables must be of one feature, then of two"
            )
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
    def _readers(self) -> list[tuple[str, tuple[float, ...] | None, Bins, int]]:
        return [(b.feature, None if b.levels else b.edges, b, b.missing) for b in self.bins]

    @cached_property
    def _singles(self) -> list[tuple[int, Any]]:
        place = {bins.feature: index for index, bins in enumerate(self.bins)}
        return [(place[t.features[0]], t.points) for t in self.tables if len(t.features) == 1]

    @cached_property
    def _pairs(self) -> list[tuple[int, int, Any]]:
        place = {bins.feature: index for index, bins in enumerate(self.bins)}
        return [
            (place[t.features[0]], place[t.features[1]], t.points)
            for t in self.tables
            if len(t.features) == 2
        ]

    def cells(self, values: Values) -> list[int]:
        """Cell of each binned feature, in the order of ``bins``; an absent feature is missing."""
        return [
            missing
            if (value := values.get(feature)) is None or value != value
            else bins.cell(value)
            if edges is None
            else bisect_right(edges, value)
            for feature, edges, bins, missing in self._readers
        ]

    def points(self, values: Values) -> list[float]:
        """Points of each table, in the order of ``tables``."""
        cells = self.cells(values)
        return [
            *[points[cells[place]] for place, points in self._singles],
            *[points[cells[row]][cells[column]] for row, column, points in self._pairs],
        ]

    def margin(self, values: Values) -> float:
        """Intercept plus the points of every table."""
        return self.intercept + sum(self.points(values))

    def contributions(self, values: Values) -> list[Contribution]:
        """What each table added, with the labels of its cells; with the intercept they make the margin."""
        cells = self.cells(values)
        label = {
            bins.feature: bins.labels()[cell] for bins, cell in zip(self.bins, cells, strict=True)
        }
        return [
            Contribution(table.features, tuple(label[name] for name in table.features), points)
            for table, points in zip(self.tables, self.points(values), strict=True)
        ]

    def by_feature(self, values: Values) -> dict[str, float]:
        """Contribution of each feature to the margin; a pair's points are shared in halves."""
        return dict(zip(self.shared_features, self.shares(self.points(values)), strict=True))

    @cached_property
    def shared_features(self) -> tuple[str, ...]:
        """Features of the tables, in the order in which they first come."""
        return tuple(dict.fromkeys(name for table in self.tables for name in table.features))

    @cached_property
    def own_tables(self) -> tuple[int | None, ...]:
        """For each of ``shared_features``, the place in ``tables`` of the table of it alone."""
        own = {t.features[0]: place for place, t in enumerate(self.tables) if len(t.features) == 1}
        return tuple(own.get(name) for name in self.shared_features)

    @cached_property
    def _shared_places(self) -> list[tuple[int, ...]]:
        place = {name: index for index, name in enumerate(self.shared_features)}
        return [tuple(place[name] for name in table.features) for table in self.tables]

    def shares(self, points: Sequence[float] | NDArray[np.float64]) -> list[Any]:
        """What each of ``shared_features`` adds to the margin, from the points of each table.

        A pair's points are shared in halves. ``points`` are numbers, or of n applicants a matrix of
        shape (tables, n), and then each share has shape (n,).
        """
        added: list[Any] = [0.0] * len(self.shared_features)
        alone = len(self._singles)
        for (place,), value in zip(self._shared_places[:alone], points, strict=False):
            added[place] += value
        for (row, column), value in zip(self._shared_places[alone:], points[alone:], strict=True):
            half = value / 2
            added[row] += half
            added[column] += half
        return added

    def margins(self, columns: Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        """Margins of many applicants at once: columns by feature name, shape (n,) each.

        Equal to ``margin`` row by row, to the last bit. A column that is not given counts as missing.
        """
        count = len(next(iter(columns.values()))) if columns else 0
        flat = [np.asarray(table.points, dtype=np.float64).ravel() for table in self.tables]
        width = [bins.missing + 1 for bins in self.bins]
        total = np.zeros(count)
        for first in range(0, count, _BLOCK):
            rows = slice(first, first + _BLOCK)
            sums = total[rows]
            cells = [
                bins.cells(columns[bins.feature][rows])
                if bins.feature in columns
                else np.full(len(sums), bins.missing)
                for bins in self.bins
            ]
            for (place, _), points in zip(self._singles, flat, strict=False):
                sums += points.take(cells[place])
            pairs = flat[len(self._singles) :]
            for (row, column, _), points in zip(self._pairs, pairs, strict=True):
                sums += points.take(cells[row] * width[column] + cells[column])
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
                    "title": bins.title,
                    "unit": bins.unit,
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
            ArtifactError: edges out of order, or a table of another shape.
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
                    title=item["title"],
                    unit=item["unit"],
                )
                for item in raw["bins"]
            ),
            tables=tuple(
                Table(tuple(item["features"]), _tuples(item["points"])) for item in raw["tables"]
            ),
        )


def _lists(points: Any) -> Any:
    return [_lists(item) for item in points] if isinstance(points, tuple) else points


def _tuples(points: Any) -> Any:
    return tuple(_tuples(item) for item in points) if isinstance(points, list) else points
