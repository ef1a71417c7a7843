"""Trees of depth two are tables: the sum of a boosted ensemble, written as a scorecard.

Every leaf of a tree of depth two tests at most two features, so each tree is a sum of functions
of at most two features, and so is the whole ensemble. Nothing is lost: the tables' margin is the
booster's. Where the trees obey monotone constraints, the tables show it: see ``steps_against``.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solvencia.domain.scorecard import Bins, Scorecard, Table

_DIGITS = 9

Cells = NDArray[np.float64]


@dataclass(frozen=True)
class _Split:
    """A node: feature position and which of its cells go left, missing last."""

    feature: int
    left_cells: NDArray[np.bool_]
    left: "_Split | float"
    right: "_Split | float"


def collapse(booster: Any, bins: Sequence[Bins], *, name: str, link: str) -> Scorecard:
    """The scorecard equal to a booster that was trained on cell numbers (``binning.encode``).

    The booster's trees must have depth at most two and one output.
    """
    raw = json.loads(booster.save_raw("json"))["learner"]
    trees = raw["gradient_booster"]["model"]["trees"]
    base = float(str(raw["learner_model_param"]["base_score"]).strip("[]"))
    intercept = float(np.log(base / (1 - base))) if link == "logit" else base
    sizes = [item.missing + 1 for item in bins]
    singles = {position: np.zeros(size) for position, size in enumerate(sizes)}
    pairs: dict[tuple[int, int], Cells] = {}

    def add(first: int, second: int, values: Cells) -> None:
        key = (first, second) if first < second else (second, first)
        table = pairs.setdefault(key, np.zeros((sizes[key[0]], sizes[key[1]])))
        table += values if first < second else values.T

    for tree in trees:
        root = _read(tree, 0, sizes)
        if isinstance(root, float):
            intercept += root
            continue
        features = {root.feature} | {
            child.feature for child in (root.left, root.right) if isinstance(child, _Split)
        }
        if len(features) == 1:
            singles[root.feature] += _single(root)
        elif len(features) == 2:
            other = (features - {root.feature}).pop()
            add(root.feature, other, _pair(root, other, sizes[other]))
        else:
            assert isinstance(root.left, _Split)
            assert isinstance(root.right, _Split)
            middle = _between(root.left, root.right)
            add(
                root.feature,
                root.left.feature,
                _pair(
                    _Split(root.feature, root.left_cells, root.left, middle),
                    root.left.feature,
                    sizes[root.left.feature],
                ),
            )
            rest = _Split(
                root.right.feature,
                root.right.left_cells,
                _leaf(root.right.left) - middle,
                _leaf(root.right.right) - middle,
            )
            add(
                root.feature,
                root.right.feature,
                _pair(
                    _Split(root.feature, root.left_cells, 0.0, rest),
                    root.right.feature,
                    sizes[root.right.feature],
                ),
            )

    used = sorted(
        {p for p, values in singles.items() if values.any()} | {p for key in pairs for p in key}
    )
    return Scorecard(
        name=name,
        link=link,
        intercept=round(intercept, _DIGITS),
        bins=tuple(bins[position] for position in used),
        tables=(
            *(
                Table((bins[p].feature,), _rounded(values))
                for p, values in singles.items()
                if values.any()
            ),
            *(
                Table((bins[a].feature, bins[b].feature), _rounded(values))
                for (a, b), values in sorted(pairs.items())
            ),
        ),
    )


def purify(card: Scorecard, columns: Mapping[str, NDArray[Any]]) -> Scorecard:
    """The same function with its parts told apart: pairs hold only what no single feature explains.

    Every row and column of a pair averages zero, each cell weighted by how often its row and its
    column occur (a functional analysis of variance with independent features), and every one-feature
    table averages zero over these rows. What is taken out goes to the one-feature tables and the
    intercept, so no margin changes, and a contribution reads as the difference to an average
    applicant. The missing cell of a feature that no row lacks gets zero points: nothing was learned
    of its absence.
    """
    cells = {item.feature: item.cells(columns[item.feature]) for item in card.bins}
    share = {
        item.feature: np.bincount(cells[item.feature], minlength=item.missing + 1)
        / len(cells[item.feature])
        for item in card.bins
    }
    singles = {feature: np.zeros(len(cell_share)) for feature, cell_share in share.items()}
    pairs: list[tuple[tuple[str, ...], Cells]] = []
    for table in card.tables:
        points = np.array(table.points)
        if len(table.features) == 1:
            singles[table.features[0]] += points
            continue
        row, column = table.features
        by_row = points @ share[column]
        by_column = share[row] @ (points - by_row[:, None])
        singles[row] += by_row
        singles[column] += by_column
        pairs.append((table.features, points - by_row[:, None] - by_column[None, :]))
    intercept = card.intercept
    for feature, points in singles.items():
        mean = float(points[cells[feature]].mean())
        intercept += mean
        singles[feature] = points - mean
    for feature, cell in ((f, len(s) - 1) for f, s in share.items() if s[-1] == 0):
        singles[feature][cell] = 0.0
        for features, points in pairs:
            if feature in features:
                np.moveaxis(points, features.index(feature), 0)[cell] = 0.0
    return Scorecard(
        name=card.name,
        link=card.link,
        intercept=round(intercept, _DIGITS),
        bins=card.bins,
        tables=(
            *(Table((feature,), _rounded(points)) for feature, points in singles.items()),
            *(Table(features, _rounded(points)) for features, points in pairs),
        ),
        calibration=card.calibration,
    )


def strongest_pairs(
    card: Scorecard, columns: Mapping[str, NDArray[Any]], most: int
) -> Sequence[tuple[str, ...]]:
    """The pairs of a purified scorecard that move its margin most over these rows, strongest first.

    A pair is ranked by the standard deviation of its points: what it adds beyond its two features.
    """
    cells = {item.feature: item.cells(columns[item.feature]) for item in card.bins}
    spread = {
        table.features: float(
            np.asarray(table.points)[tuple(cells[name] for name in table.features)].std()
        )
        for table in card.tables
        if len(table.features) == 2
    }
    return sorted(spread, key=lambda pair: (-spread[pair], pair))[:most]


def calibrate(card: Scorecard, intercept: float, slope: float) -> Scorecard:
    """The scorecard whose margin is ``intercept + slope * margin``, with the tables rescaled."""
    return Scorecard(
        name=card.name,
        link=card.link,
        intercept=round(intercept + slope * card.intercept, _DIGITS),
        bins=card.bins,
        tables=tuple(
            Table(t.features, _rounded(slope * np.asarray(t.points))) for t in card.tables
        ),
        calibration=(intercept, slope),
    )


def shift_cells(card: Scorecard, shifts: Mapping[str, Cells], everybody: float) -> Scorecard:
    """The scorecard with points added to every margin and to the cells of one-feature tables.

    ``shifts`` holds points by cell, the missing one last, for features that have a table.
    """
    return replace(
        card,
        intercept=round(card.intercept + everybody, _DIGITS),
        tables=tuple(
            Table(table.features, _rounded(np.asarray(table.points) + shifts[table.features[0]]))
            if len(table.features) == 1 and table.features[0] in shifts
            else table
            for table in card.tables
        ),
    )


def steps_against(card: Scorecard, feature: str, direction: int) -> float:
    """How far the margin could move against a direction from one cell of a feature to the next.

    Adds, for each step, the one-feature table's change and the worst change of every pair's table.
    Zero proves that the scorecard is monotone in the feature, whatever the others are; the missing
    cell has no place in the order and is left out.
    """
    size = next(item.missing for item in card.bins if item.feature == feature)
    change = np.zeros(size - 1)
    for table in card.tables:
        if feature in table.features:
            points = np.asarray(table.points)
            if len(table.features) == 1:
                change += direction * np.diff(points[:size])
            else:
                along = np.moveaxis(points, table.features.index(feature), 0)[:size]
                change += (direction * np.diff(along, axis=0)).min(axis=1)
    return float(-change.min(initial=0.0)) + 0.0


def _read(tree: dict[str, Any], node: int, sizes: Sequence[int]) -> _Split | float:
    if tree["left_children"][node] == -1:
        return float(tree["split_conditions"][node])
    feature = int(tree["split_indices"][node])
    cells = np.arange(sizes[feature])
    if tree["split_type"][node] == 1:
        place = tree["categories_nodes"].index(node)
        begin = tree["categories_segments"][place]
        right = tree["categories"][begin : begin + tree["categories_sizes"][place]]
        left_cells = ~np.isin(cells, right)
    else:
        left_cells = cells < tree["split_conditions"][node]
    left_cells[-1] = bool(tree["default_left"][node])
    return _Split(
        feature,
        left_cells,
        _read(tree, tree["left_children"][node], sizes),
        _read(tree, tree["right_children"][node], sizes),
    )


def _leaf(node: _Split | float) -> float:
    if isinstance(node, _Split):
        raise ValueError("only trees of depth up to two can be collapsed")
    return node


def _single(node: _Split | float) -> Cells | float:
    """Value by cell of a subtree that tests one feature."""
    if isinstance(node, float):
        return node
    return np.where(node.left_cells, _single(node.left), _single(node.right))


def _pair(root: _Split, other: int, size: int) -> Cells:
    """Value by (cell of the root's feature, cell of the other) of a tree that tests these two."""
    rows = len(root.left_cells)

    def grid(node: _Split | float) -> Cells:
        if isinstance(node, float):
            return np.full((rows, size), node)
        if node.feature == other:
            return np.where(
                node.left_cells[None, :], _leaf(node.left), _leaf(node.right)
            ) * np.ones((rows, 1))
        return np.where(node.left_cells[:, None], _leaf(node.left), _leaf(node.right)) * np.ones(
            (1, size)
        )

    return np.where(root.left_cells[:, None], grid(root.left), grid(root.right))


def _between(left: _Split, right: _Split) -> float:
    """A constant between the leaves of both sides if they are ordered, else their mean."""
    low_side = sorted((_leaf(left.left), _leaf(left.right)))
    high_side = sorted((_leaf(right.left), _leaf(right.right)))
    if low_side[1] <= high_side[0]:
        return (low_side[1] + high_side[0]) / 2
    if high_side[1] <= low_side[0]:
        return (high_side[1] + low_side[0]) / 2
    return (sum(low_side) + sum(high_side)) / 4


def _rounded(values: Any) -> Any:
    if np.ndim(values):
        return tuple(_rounded(item) for item in values)
    return round(float(values), _DIGITS) + 0.0
