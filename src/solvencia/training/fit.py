"""Fits the scorecards: constrained boosting on cell numbers, collapsed into tables.

Also the yardstick: an unconstrained XGBoost on the same rows and raw features.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xgboost as xgb
from numpy.typing import NDArray

from solvencia.domain.features import FEATURES, features_of_model
from solvencia.domain.scorecard import Bins, Scorecard
from solvencia.training.binning import choose_bins, encode
from solvencia.training.collapse import calibrate, collapse, purify

Columns = dict[str, NDArray[Any]]
Floats = NDArray[np.float64]

QUANTILES = {"income_p10": 0.1, "income_p50": 0.5, "income_p90": 0.9}


@dataclass(frozen=True)
class FitSettings:
    """How to fit.

    ``threads`` is part of it: sums depend on the order they are taken in. ``profile_share`` of the
    rows are shown a second time as profiles.
    """

    rounds: int
    learning_rate: float
    max_bins: int
    min_rows_per_leaf: int
    l2: float
    profile_share: float
    threads: int
    seed: int


@dataclass(frozen=True)
class Fitted:
    """A scorecard with the booster it was collapsed from, still uncalibrated and equal to it."""

    card: Scorecard
    booster: xgb.Booster
    bins: tuple[Bins, ...]
    base_margin: float

    def booster_margins(self, columns: Mapping[str, NDArray[Any]]) -> Floats:
        """The booster's margins, shape (n,).

        Taken by hundreds of trees and added in double precision: the booster itself adds in single
        precision, which over many trees loses more than the tables' equality to it is stated to.
        """
        matrix = xgb.DMatrix(
            encode(self.bins, columns), feature_types=_types(self.bins), enable_categorical=True
        )
        rounds = self.booster.num_boosted_rounds()
        matrix.set_base_margin(np.zeros(matrix.num_row()))
        margins = np.full(matrix.num_row(), self.base_margin)
        for first in range(0, rounds, 100):
            part = (first, min(first + 100, rounds))
            margins += self.booster.predict(matrix, output_margin=True, iteration_range=part)
        return margins


def fit_scorecard(
    name: str, model: str, columns: Columns, target: Floats, settings: FitSettings
) -> Fitted:
    """Fit one scorecard.

    Args:
        name: one of ``artifact.SCORECARDS``; the ``income_*`` ones fit a quantile of ``target``,
            the others its log-odds.
        model: whose directions hold: 'continuity', 'income' or 'default'.
        columns: feature columns by name, shape (n,).
        target: shape (n,), 0/1 or a number.
    """
    bins = tuple(
        choose_bins(feature, columns[feature], settings.max_bins)
        for feature in features_of_model(model)
        if _is_known(columns[feature])
    )
    matrix = xgb.DMatrix(
        encode(bins, columns), label=target, feature_types=_types(bins), enable_categorical=True
    )
    parameters: dict[str, Any] = {
        "max_depth": 2,
        "tree_method": "hist",
        "max_bin": 256,
        "learning_rate": settings.learning_rate,
        "lambda": settings.l2,
        "max_cat_to_onehot": 1,
        "nthread": settings.threads,
        "seed": settings.seed,
        "monotone_constraints": tuple(
            FEATURES[item.feature].direction(model) or 0 for item in bins
        ),
    }
    if name in QUANTILES:
        alpha = QUANTILES[name]
        start = float(np.quantile(target, alpha))
        parameters |= {"base_score": start, "min_child_weight": settings.min_rows_per_leaf}

        def pinball(margins: NDArray[np.float32], data: xgb.DMatrix) -> tuple[Floats, Floats]:
            below = data.get_label() < margins
            return np.where(below, 1.0 - alpha, -alpha), np.ones(len(margins))

        booster = xgb.train(parameters, matrix, settings.rounds, obj=pinball)
        link, base_margin = "identity", start
    else:
        mean = float(target.mean())
        leaf = settings.min_rows_per_leaf * mean * (1 - mean)
        parameters |= {"objective": "binary:logistic", "base_score": mean, "min_child_weight": leaf}
        booster = xgb.train(parameters, matrix, settings.rounds)
        link, base_margin = "logit", float(np.log(mean / (1 - mean)))
    card = purify(collapse(booster, bins, name=name, link=link), columns)
    return Fitted(card, booster, bins, base_margin)


def fit_unconstrained(
    model: str,
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
    return xgb.train(parameters, _raw_matrix(model, columns, target), 300)


def predict_unconstrained(booster: xgb.Booster, model: str, columns: Columns) -> Floats:
    """Predictions of the yardstick, shape (n,)."""
    return np.asarray(booster.predict(_raw_matrix(model, columns)), dtype=np.float64)


def fit_calibration(margins: Floats, outcomes: Floats) -> tuple[float, float]:
    """Intercept and slope of a logistic regression of outcomes on margins (Platt, 1999).

    >>> margins = np.linspace(-3, 3, 2001)
    >>> outcomes = 1 / (1 + np.exp(-(0.5 + 0.8 * margins)))
    >>> tuple(round(value, 3) for value in fit_calibration(margins, outcomes))
    (0.5, 0.8)
    """
    intercept, slope = 0.0, 1.0
    design = np.column_stack([np.ones_like(margins), margins])
    for _ in range(50):
        chance = 1.0 / (1.0 + np.exp(-(intercept + slope * margins)))
        weight = np.maximum(chance * (1 - chance), 1e-12)
        step = np.linalg.solve(
            design.T @ (design * weight[:, None]), design.T @ (outcomes - chance)
        )
        intercept, slope = intercept + float(step[0]), slope + float(step[1])
        if float(np.abs(step).max()) < 1e-10:
            break
    return intercept, slope


def calibrated(card: Scorecard, columns: Columns, outcomes: Floats) -> Scorecard:
    """The scorecard with its log-odds recalibrated on later rows."""
    return calibrate(card, *fit_calibration(card.margins(columns), outcomes))


def conformal_shifts(
    low: Floats, high: Floats, outcomes: Floats, *, tail: float = 0.1
) -> tuple[float, float]:
    """Shifts that give each side of a band its nominal tail on these rows.

    Conformalised quantile regression with one score a side (Romano, Patterson and Candès, 2019).
    Returns what to add to ``low`` and to ``high``; shapes (n,).
    """
    rank = min(1.0, (1.0 - tail) * (1.0 + 1.0 / len(outcomes)))
    return (
        -float(np.quantile(low - outcomes, rank, method="higher")),
        float(np.quantile(outcomes - high, rank, method="higher")),
    )


def shifted(card: Scorecard, shift: float) -> Scorecard:
    """The scorecard with ``shift`` added to every margin."""
    return calibrate(card, shift, 1.0)


def _types(bins: tuple[Bins, ...]) -> list[str]:
    return ["c" if item.levels and not FEATURES[item.feature].ordered else "q" for item in bins]


def _is_known(column: NDArray[Any]) -> bool:
    if column.dtype == object:
        return any(value is not None for value in column)
    return bool((~np.isnan(column)).any())


def _raw_matrix(model: str, columns: Columns, target: Floats | None = None) -> xgb.DMatrix:
    names = features_of_model(model)
    cells = []
    for name in names:
        if levels := FEATURES[name].levels:
            code = {level: float(position) for position, level in enumerate(levels)}
            cells.append(np.array([code.get(value, np.nan) for value in columns[name]]))
        else:
            cells.append(columns[name])
    types = ["c" if FEATURES[name].levels else "q" for name in names]
    return xgb.DMatrix(
        np.column_stack(cells), label=target, feature_types=types, enable_categorical=True
    )
