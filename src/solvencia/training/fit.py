"""Fits the scorecards: constrained boosting on cell numbers, collapsed into tables.

Also the yardstick: an unconstrained XGBoost on the same rows and raw features.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from solvencia.domain.characteristic import Characteristic
from solvencia.domain.scorecard import Bins, Scorecard
from solvencia.training.binning import choose_bins, encode
from solvencia.training.collapse import (
    calibrate,
    collapse,
    purify,
    shift_cells,
    strongest_pairs,
)
from solvencia.training.metrics import logistic_line

Columns = dict[str, NDArray[Any]]
Floats = NDArray[np.float64]

_WORK = "months_unemployed"
_FEWEST_TO_SHIFT = 500
QUANTILES = {"income_p10": 0.1, "income_p50": 0.5, "income_p90": 0.9}


@dataclass(frozen=True)
class FitSettings:
    """How to fit; the ``fit`` section of the parameters.

    Attributes:
        rounds: trees.
        learning_rate: share of each tree's step that is taken.
        max_bins: cells of a feature, at most.
        max_pairs: two-feature tables, at most; those that move the margin most are kept.
        min_rows_per_leaf: rows that must support a leaf.
        l2: penalty on the size of a leaf.
        row_share, column_share: rows shown to each tree and features offered to each split.
        profile_share: rows that are shown a second time as profiles.
        threads: part of the result, since sums depend on the order they are taken in.
    """

    rounds: int
    learning_rate: float
    max_bins: int
    max_pairs: int
    min_rows_per_leaf: int
    l2: float
    row_share: float
    column_share: float
    profile_share: float
    threads: int
    seed: int


@dataclass(frozen=True)
class Fitted:
    """A scorecard with the booster it was collapsed from, still uncalibrated and equal to it."""

    card: Scorecard
    booster: xgb.Booster
    bins: tuple[Bins, ...]
    types: tuple[str, ...]
    base_margin: float

    def booster_margins(self, columns: Mapping[str, NDArray[Any]]) -> Floats:
        """The booster's margins, shape (n,).

        Taken by hundreds of trees and added in double precision: the booster itself adds in single
        precision, which over many trees loses more than the tables' equality to it is stated to.
        """
        matrix = xgb.DMatrix(
            encode(self.bins, columns), feature_types=list(self.types), enable_categorical=True
        )
        rounds = self.booster.num_boosted_rounds()
        matrix.set_base_margin(np.zeros(matrix.num_row()))
        margins = np.full(matrix.num_row(), self.base_margin)
        for first in range(0, rounds, 100):
            part = (first, min(first + 100, rounds))
            margins += self.booster.predict(matrix, output_margin=True, iteration_range=part)
        return margins


def fit_scorecard(
    name: str,
    characteristics: Sequence[Characteristic],
    columns: Columns,
    target: Floats,
    settings: FitSettings,
    *,
    quantile: float | None = None,
) -> Fitted:
    """Fit one scorecard: boost freely in pairs, keep the strongest pairs, boost again with them alone.

    Args:
        name: of the scorecard.
        characteristics: what it may learn from; one that no row knows is left out.
        columns: feature columns by name, shape (n,).
        target: shape (n,), 0/1, or a number with ``quantile``.
        quantile: the quantile of ``target`` to fit; without it the log-odds of 1.
    """
    known = known_characteristics(characteristics, columns)
    bins = tuple(choose_bins(item, columns[item.name], settings.max_bins) for item in known)
    matrix = cell_matrix(known, bins, columns, target)
    parameters = boosting_parameters(known, settings)
    objective = None
    if quantile is not None:
        base_margin = float(np.quantile(target, quantile))
        parameters |= {"base_score": base_margin, "min_child_weight": settings.min_rows_per_leaf}
        objective, link = _pinball(quantile), "identity"
    else:
        mean = float(target.mean())
        parameters |= odds_parameters(target, settings)
        base_margin, link = float(np.log(mean / (1 - mean))), "logit"

    def boost(more: Mapping[str, Any]) -> tuple[xgb.Booster, Scorecard]:
        booster = xgb.train({**parameters, **more}, matrix, settings.rounds, obj=objective)
        return booster, purify(collapse(booster, bins, name=name, link=link), columns)

    booster, card = boost({})
    pairs = strongest_pairs(card, columns, settings.max_pairs)
    if len(pairs) < sum(len(table.features) == 2 for table in card.tables):
        place = {item.feature: position for position, item in enumerate(bins)}
        allowed = [[place[name] for name in pair] for pair in pairs]
        alone = [[position] for position in range(len(bins))]
        booster, card = boost({"interaction_constraints": str(allowed + alone)})
    return Fitted(card, booster, bins, tuple(_types(known)), base_margin)


def known_characteristics(
    characteristics: Sequence[Characteristic], columns: Columns
) -> list[Characteristic]:
    """Those of which some row knows a value."""
    return [item for item in characteristics if _is_known(columns[item.name])]


def cell_matrix(
    characteristics: Sequence[Characteristic],
    bins: Sequence[Bins],
    columns: Columns,
    target: Floats,
) -> xgb.DMatrix:
    """Training rows as the boosting sees them: cell numbers."""
    return xgb.DMatrix(
        encode(bins, columns),
        label=target,
        feature_types=_types(characteristics),
        enable_categorical=True,
    )


def boosting_parameters(
    characteristics: Sequence[Characteristic], settings: FitSettings
) -> dict[str, Any]:
    """XGBoost's parameters for every scorecard; the objective and the leaves' weight are its own."""
    return {
        "max_depth": 2,
        "tree_method": "hist",
        "max_bin": 256,
        "learning_rate": settings.learning_rate,
        "lambda": settings.l2,
        "subsample": settings.row_share,
        "colsample_bynode": settings.column_share,
        "max_cat_to_onehot": 1,
        "nthread": settings.threads,
        "seed": settings.seed,
        "monotone_constraints": tuple(item.direction for item in characteristics),
    }


def odds_parameters(target: Floats, settings: FitSettings) -> dict[str, Any]:
    """What fitting log-odds adds: where to start, and the weight that so many rows carry."""
    mean = float(target.mean())
    return {
        "objective": "binary:logistic",
        "base_score": mean,
        "min_child_weight": settings.min_rows_per_leaf * mean * (1 - mean),
    }


def raw_numbers(characteristics: Sequence[Characteristic], columns: Columns) -> list[Floats]:
    """Each input as floats, levels as their positions, NaN where missing; shape (n,) each."""
    numbers = []
    for item in characteristics:
        place = {level: float(position) for position, level in enumerate(item.levels)}
        column = columns[item.name]
        numbers.append(
            np.array([place.get(value, np.nan) for value in column]) if item.is_category else column
        )
    return numbers


def fit_unconstrained(
    characteristics: Sequence[Characteristic],
    columns: Columns,
    target: Floats,
    settings: FitSettings,
    *,
    quantile: float | None = None,
) -> xgb.Booster:
    """The yardstick: an XGBoost free of depth two, round cells and directions."""
    parameters: dict[str, Any] = {
        "max_depth": 5,
        "tree_method": "hist",
        "learning_rate": 0.05,
        "min_child_weight": 20,
        "subsample": 0.8,
        "colsample_bytree": 0.8,
        "lambda": 2.0,
        "nthread": settings.threads,
        "seed": settings.seed,
        "objective": "binary:logistic" if quantile is None else "reg:quantileerror",
    }
    if quantile is not None:
        parameters["quantile_alpha"] = quantile
    return xgb.train(parameters, raw_matrix(characteristics, columns, target), 300)


def predict_unconstrained(
    booster: xgb.Booster, characteristics: Sequence[Characteristic], columns: Columns
) -> Floats:
    """Predictions of the yardstick, shape (n,)."""
    return np.asarray(booster.predict(raw_matrix(characteristics, columns)), dtype=np.float64)


def raw_matrix(
    characteristics: Sequence[Characteristic], columns: Columns, target: Floats | None = None
) -> xgb.DMatrix:
    """Raw values as XGBoost reads them: numbers as they are, levels as their positions."""
    return xgb.DMatrix(
        np.column_stack(raw_numbers(characteristics, columns)),
        label=target,
        feature_types=["c" if item.is_category else "q" for item in characteristics],
        enable_categorical=True,
    )


def calibrated(card: Scorecard, columns: Columns, outcomes: Floats) -> Scorecard:
    """The scorecard with its log-odds recalibrated on other rows (Platt, 1999)."""
    return calibrate(card, *logistic_line(card.margins(columns), outcomes))


def conformal_shift(misses: Floats, side: int, *, tail: float = 0.1) -> float:
    """What to add to one end of a band so that a share ``tail`` of these rows lies beyond it.

    Conformalised quantile regression, one score a side (Romano, Patterson and Candès, 2019).

    Args:
        misses: how far each row lies beyond the end, negative inside; shape (n,).
        side: -1 for the lower end, +1 for the upper one.

    >>> conformal_shift(np.arange(-9.0, 10.0), +1)
    8.0
    """
    rank = min(ceil((1.0 - tail) * (len(misses) + 1) - 1e-9), len(misses))
    return side * float(np.sort(misses)[rank - 1])


def shifted_by_work(
    card: Scorecard, columns: Columns, shift: Callable[[NDArray[np.bool_]], float]
) -> Scorecard:
    """The scorecard shifted for people at work and for people out of work, each by their own rows.

    Args:
        columns: calibration rows, shape (n,).
        shift: what to add to the margin, from the rows (a mask, shape (n,)) it is to hold for.

    Whoever lies in the lowest cell of ``months_unemployed`` is at work. Where the scorecard has no
    such table or one side has too few rows, both get the shift of all.
    """
    everybody = shift(np.ones(len(next(iter(columns.values()))), dtype=bool))
    bins = next((item for item in card.bins if item.feature == _WORK), None)
    if bins is None:
        return shift_cells(card, {}, everybody)
    at_work = bins.cells(columns[_WORK]) == 0
    if min(at_work.sum(), (~at_work).sum()) < _FEWEST_TO_SHIFT:
        return shift_cells(card, {}, everybody)
    points = np.full(bins.missing + 1, shift(~at_work))
    points[0], points[-1] = shift(at_work), everybody
    return shift_cells(card, {_WORK: points}, 0.0)


def _pinball(quantile: float) -> Any:
    """The pinball loss as a plain gradient, whose leaves keep the monotone directions."""

    def objective(margins: NDArray[np.float32], data: xgb.DMatrix) -> tuple[Floats, Floats]:
        below = data.get_label() < margins
        return np.where(below, 1.0 - quantile, -quantile), np.ones(len(margins))

    return objective


def _types(characteristics: Sequence[Characteristic]) -> list[str]:
    return ["c" if item.is_category and not item.ordered else "q" for item in characteristics]


def _is_known(column: NDArray[Any]) -> bool:
    if column.dtype == object:
        return any(value is not None for value in column)
    return bool((~np.isnan(column)).any())
