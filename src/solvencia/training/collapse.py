"""Trees of depth two are tables: the sum of a boosted ensemble, written as a scorecard.

Every leaf of a tree of depth two tests at most two features, so each tree is a sum of functions
of at most two features, and so is the whole ensemble. Nothing is lost: the tables' margin is the
booster's. Where the trees obey monotone constraints, each table does too, because a tree that
splits three features is parted at a constant that lies between its two sides.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
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


def centre(card: Scorecard, columns: dict[str, NDArray[Any]]) -> Scorecard:
    """The same scorecard with every table averaging zero over these rows.

    What is taken from a table goes to the intercept, so no margin changes, and a contribution reads
    as the difference to an average applicant.
    """
    cells = {item.feature: item.cells(columns[item.feature]) for item in card.bins}
    intercept, tables = card.intercept, []
    for table in card.tables:
        points = np.asarray(table.points)
        mean = round(float(points[tuple(cells[name] for name in table.features)].mean()), _DIGITS)
        intercept += mean
        tables.append(Table(table.features, _rounded(points - mean)))
    return Scorecard(
        card.name, card.link, round(intercept, _DIGITS), card.bins, tuple(tables), card.calibration
    )


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
