"""All scorecards of a model read together, for one applicant or for many."""

from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solvencia.domain.scorecard import Bins, Scorecard, Values


class Cards:
    """Scorecards of one model. A value is looked up once where several of them share its bins.

    The points are those that each card gives by itself, to the last bit.
    """

    def __init__(self, cards: Mapping[str, Scorecard]) -> None:
        shared = dict.fromkeys(bins for card in cards.values() for bins in card.bins)
        numbers = [bins for bins in shared if not bins.levels]
        categories = [bins for bins in shared if bins.levels]
        self._bins = numbers + categories
        self._numbers = [(bins.feature, bins.edges, bins.missing) for bins in numbers]
        self._categories = [
            (bins.feature, {level: cell for cell, level in enumerate(bins.levels)}, bins.missing)
            for bins in categories
        ]
        place = {bins: index for index, bins in enumerate(self._bins)}
        self._tables = {name: _Tables(card, place) for name, card in cards.items()}

    def points(self, values: Values) -> dict[str, list[float]]:
        """Points of one applicant by card, in the order of its tables."""
        cells = [
            missing
            if (value := values[feature]) is None or value != value
            else bisect_right(edges, value)
            for feature, edges, missing in self._numbers
        ]
        cells += [
            levels.get(values[feature], missing)  # type: ignore[arg-type]
            for feature, levels, missing in self._categories
        ]
        return {name: tables.points(cells) for name, tables in self._tables.items()}

    def table_points(self, columns: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float64]]:
        """Points of n applicants by card, shape (tables, n).

        ``columns`` holds every feature, shape (n,), as ``Bins.cells`` takes it.
        """
        count = len(next(iter(columns.values())))
        cells = [bins.cells(columns[bins.feature]) for bins in self._bins]
        return {name: tables.points_of_many(cells, count) for name, tables in self._tables.items()}


class _Tables:
    """The tables of one card, with the places of their bins among all that are looked up."""

    def __init__(self, card: Scorecard, place: Mapping[Bins, int]) -> None:
        bins = {item.feature: item for item in card.bins}
        self._singles: list[tuple[int, Any]] = []
        self._pairs: list[tuple[int, int, Any]] = []
        for table in card.tables:
            where = [place[bins[name]] for name in table.features]
            if len(where) == 1:
                self._singles.append((where[0], table.points))
            else:
                self._pairs.append((where[0], where[1], table.points))
        self._widths = [bins[table.features[-1]].missing + 1 for table in card.tables]

    @cached_property
    def _flat(self) -> list[NDArray[np.float64]]:
        """Points of each table in a row, those of a pair row by row."""
        tables = [points for _, points in self._singles] + [points for *_, points in self._pairs]
        return [np.asarray(points, dtype=np.float64).ravel() for points in tables]

    def points(self, cells: list[int]) -> list[float]:
        found = [points[cells[place]] for place, points in self._singles]
        found += [points[cells[row]][cells[column]] for row, column, points in self._pairs]
        return found

    def points_of_many(self, cells: list[NDArray[np.int64]], count: int) -> NDArray[np.float64]:
        chosen = [cells[place] for place, _ in self._singles]
        widths = self._widths[len(chosen) :]
        chosen += [
            cells[row] * width + cells[column]
            for (row, column, _), width in zip(self._pairs, widths, strict=True)
        ]
        found = np.empty((len(chosen), count))
        for row, flat, cell in zip(found, self._flat, chosen, strict=True):
            row[:] = flat.take(cell)
        return found
