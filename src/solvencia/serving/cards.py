"""All scorecards of a model read together, for one applicant or for many."""

from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate
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
        self._joined = _Joined(self._tables)

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
        return self._joined.points(cells)

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
        where = [[place[bins[name]] for name in table.features] for table in card.tables]
        self.singles = [places[0] for places in where if len(places) == 1]
        self.pairs = [(places[0], places[1]) for places in where if len(places) == 2]
        self.widths = [bins[t.features[1]].missing + 1 for t in card.tables if len(t.features) == 2]
        self.flat = [np.asarray(table.points, dtype=np.float64).ravel() for table in card.tables]
        """Points of each table in a row, those of a pair row by row."""

    def points_of_many(self, cells: list[NDArray[np.int64]], count: int) -> NDArray[np.float64]:
        chosen = [cells[place] for place in self.singles]
        chosen += [
            cells[row] * width + cells[column]
            for (row, column), width in zip(self.pairs, self.widths, strict=True)
        ]
        found = np.empty((len(chosen), count))
        for row, flat, cell in zip(found, self.flat, chosen, strict=True):
            row[:] = flat.take(cell)
        return found


class _Joined:
    """All tables of all cards in one row of numbers: one applicant is looked up in six steps.

    A table of one characteristic counts as a pair whose column is always the first.
    """

    def __init__(self, cards: Mapping[str, _Tables]) -> None:
        rows: list[int] = []
        columns: list[int] = []
        widths: list[int] = []
        flat: list[NDArray[np.float64]] = []
        self._slices: dict[str, slice] = {}
        always_first = -1
        for name, tables in cards.items():
            start = len(flat)
            flat += tables.flat
            rows += tables.singles + [row for row, _ in tables.pairs]
            columns += [always_first] * len(tables.singles) + [column for _, column in tables.pairs]
            widths += [1] * len(tables.singles) + tables.widths
            self._slices[name] = slice(start, len(flat))
        self._rows, self._columns, self._widths, self._starts = [
            np.array(places, dtype=np.intp)
            for places in (rows, columns, widths, [0, *accumulate(map(len, flat))][: len(flat)])
        ]
        self._flat = np.concatenate([*flat, np.empty(0)])

    def points(self, cells: list[int]) -> dict[str, list[float]]:
        places = np.array([*cells, 0], dtype=np.intp)
        where = places.take(self._rows)
        where *= self._widths
        where += places.take(self._columns)
        where += self._starts
        found = self._flat.take(where).tolist()
        return {name: found[part] for name, part in self._slices.items()}
