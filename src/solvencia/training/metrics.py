"""Figures of predictions against outcomes: pure functions on arrays.

``outcome`` is 0 or 1 and ``predicted`` the probability of 1, both of shape (n,), unless said
otherwise. A figure that the rows cannot give (an AUC of one class) is None, never a guess.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import ks_2samp, rankdata
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, log_loss, mean_pinball_loss, roc_auc_score

from solvencia.domain.errors import InvalidInputError
from solvencia.domain.income import RATIO_FLOOR

Floats = NDArray[np.float64]
Figures = dict[str, float | None]

BAND_QUANTILES = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
_FARTHEST = 1e-9


def probability_metrics(outcome: Floats, predicted: Floats) -> Figures:
    """Discrimination, error and calibration of probabilities.

    Keys: ``rows``, ``rate`` (share of 1), ``auc``, ``gini`` (2 AUC - 1), ``ks`` (largest distance
    between the distributions of the two classes), ``brier``, ``log_loss`` (nats a row),
    ``calibration_slope`` and ``calibration_intercept`` (1 and 0 when calibrated), ``ece``,
    ``mean_predicted``. With one class only, those that compare classes are None.

    Raises:
        InvalidInputError: no rows, shapes that differ, an outcome that is not 0 or 1, or a
            prediction outside 0 to 1.

    >>> figures = probability_metrics(np.array([0.0, 1, 0, 1]), np.array([0.2, 0.3, 0.4, 0.9]))
    >>> figures["auc"], figures["gini"], figures["ks"], round(figures["brier"], 3)
    (0.75, 0.5, 0.5, 0.175)
    """
    _check(outcome, predicted)
    area = auc(outcome, predicted)
    line = calibration_line(outcome, predicted)
    return {
        "rows": len(outcome),
        "rate": float(outcome.mean()),
        "auc": area,
        "gini": None if area is None else 2.0 * area - 1.0,
        "ks": None if area is None else _ks(outcome, predicted),
        "brier": float(brier_score_loss(outcome, predicted, pos_label=1)),
        "log_loss": float(log_loss(outcome, predicted, labels=[0, 1])),
        "calibration_slope": None if line is None else line[1],
        "calibration_intercept": None if line is None else line[0],
        "ece": expected_calibration_error(outcome, predicted),
        "mean_predicted": float(predicted.mean()),
    }


def auc(outcome: Floats, predicted: Floats) -> float | None:
    """Area under the ROC curve of any score, higher for 1; None with one class only."""
    if len(np.unique(outcome)) < 2:
        return None
    return float(roc_auc_score(outcome, predicted))


def log_odds(chance: Floats) -> Floats:
    """Natural log of the odds, kept finite."""
    inside = np.clip(chance, _FARTHEST, 1 - _FARTHEST)
    return np.asarray(np.log(inside / (1 - inside)))


def calibration_line(outcome: Floats, predicted: Floats) -> tuple[float, float] | None:
    """Intercept and slope of the logistic regression of outcomes on predicted log-odds (Cox, 1958).

    A slope below 1 means predictions too extreme, above 1 too timid. None where the likelihood has
    no maximum: one class only, or predictions that separate the classes (Albert and Anderson, 1984).
    """
    hits, misses = predicted[outcome == 1], predicted[outcome == 0]
    overlap = len(hits) and len(misses) and hits.min() < misses.max() and misses.min() < hits.max()
    if not overlap:
        return None
    return logistic_line(log_odds(predicted), outcome)


def share_of_ceiling(reached: float, ceiling: float) -> float:
    """How much of what can be known a model knows, by AUC and counting from chance.

    >>> round(share_of_ceiling(0.85, 0.9), 3)
    0.875
    """
    return (reached - 0.5) / (ceiling - 0.5)


def logistic_line(margins: Floats, outcome: Floats) -> tuple[float, float]:
    """Intercept and slope of the logistic regression of outcomes (0/1, both) on margins.

    Both to 12 significant digits: beyond them they tell of the processor's linear algebra, and the
    same data would have another version on another machine.

    >>> margins = np.repeat([-1.0, 1.0], 4)
    >>> intercept, slope = logistic_line(margins, np.array([0.0, 0, 0, 1, 0, 1, 1, 1]))
    >>> round(abs(intercept), 6), round(slope, 6), round(float(np.log(3)), 6)
    (0.0, 1.098612, 1.098612)
    """
    # Its line search converges where plain Newton steps overshoot: far too extreme predictions.
    line = LogisticRegression(C=np.inf, solver="newton-cholesky", tol=1e-8)
    line.fit(margins[:, None], outcome)
    return float(f"{line.intercept_[0]:.12g}"), float(f"{line.coef_[0, 0]:.12g}")


def expected_calibration_error(outcome: Floats, predicted: Floats, groups: int = 10) -> float:
    """Mean distance between prediction and observed rate over equal-count groups, by rows.

    Equal-count groups as Nixon et al. (2019); those of equal width are all but empty at the ends.

    >>> outcome, predicted = np.array([0.0, 0, 1, 1]), np.array([0.1, 0.1, 0.7, 0.7])
    >>> round(expected_calibration_error(outcome, predicted, groups=2), 3)
    0.2
    """
    table = calibration_table(outcome, predicted, groups)
    distance = (table["predicted"] - table["observed"]).abs()
    return float((distance * table["rows"]).sum() / len(outcome))


def calibration_table(outcome: Floats, predicted: Floats, groups: int = 10) -> pd.DataFrame:
    """Mean prediction beside the observed rate in groups of about equal size, lowest first.

    Columns ``group`` (from 1), ``rows``, ``predicted``, ``observed``. Equal predictions share a
    group, so the table does not depend on the order of rows; it may have fewer groups than asked.
    """
    parts = equal_groups(predicted, groups)
    rows = np.bincount(parts)
    return pd.DataFrame(
        {
            "group": np.arange(1, len(rows) + 1),
            "rows": rows,
            "predicted": np.bincount(parts, weights=predicted) / rows,
            "observed": np.bincount(parts, weights=outcome) / rows,
        }
    )


def lift_table(
    outcome: Floats, predicted: Floats, groups: int = 10, *, bad: int = 1
) -> pd.DataFrame:
    """How the bad ones gather among the worst scored, worst group first.

    Args:
        outcome, predicted: shape (n,).
        groups: at most so many, of about equal size; equal predictions share one.
        bad: the outcome that is bad: 1 for default, 0 for continuity (the income is not kept).

    Returns:
        Columns ``group`` (1 is the worst), ``rows``, ``bad``, ``bad_rate``, ``lift`` (bad rate over
        that of all rows) and ``captured`` (share of all bad in this group and those before it).
        Without any bad the last two are NaN.

    >>> outcome, predicted = np.array([1.0, 1, 0, 0, 1, 0]), np.array([0.9, 0.8, 0.5, 0.4, 0.3, 0.1])
    >>> lift_table(outcome, predicted, groups=3)[["bad_rate", "lift", "captured"]].round(2).values.tolist()
    [[1.0, 2.0, 0.67], [0.0, 0.0, 0.67], [0.5, 1.0, 1.0]]
    """
    if bad not in (0, 1):
        raise InvalidInputError("bad", bad, "0 or 1")
    parts = equal_groups(-predicted if bad else predicted, groups)
    rows = np.bincount(parts)
    counts = np.bincount(parts, weights=outcome == bad)
    total = counts.sum() or np.nan
    return pd.DataFrame(
        {
            "group": np.arange(1, len(rows) + 1),
            "rows": rows,
            "bad": counts.astype(np.int64),
            "bad_rate": counts / rows,
            "lift": counts / rows / (total / len(outcome)),
            "captured": counts.cumsum() / total,
        }
    )


def band_metrics(ratio: Floats, p10: Floats, p50: Floats, p90: Floats) -> Figures:
    """Error, coverage and width of an 80 % band of future over present income.

    Args:
        ratio: what came, shape (n,), 0 for no formal income.
        p10, p50, p90: the band in the same unit, ascending, shape (n,).

    Returns:
        ``rows``; ``pinball_10``, ``pinball_50``, ``pinball_90`` and their mean ``pinball``, on
        natural logs with ratios floored at ``RATIO_FLOOR`` as in training; ``coverage_80``,
        ``below`` and ``above`` (shares within, under and over the band, both ends included in
        it, summing to 1); ``median_width`` (p90 - p10, in ratios).

    >>> ratio, one = np.array([1.0, 0.5, 2.0, 1.1]), np.ones(4)
    >>> figures = band_metrics(ratio, 0.9 * one, one, 1.2 * one)
    >>> figures["coverage_80"], figures["below"], figures["above"], round(figures["median_width"], 2)
    (0.5, 0.25, 0.25, 0.3)
    """
    if not len(ratio):
        raise InvalidInputError("ratio", "no rows", "1 row or more")
    came = floored_log(ratio)
    losses = {
        f"pinball_{name[1:]}": float(mean_pinball_loss(came, floored_log(margin), alpha=quantile))
        for (name, quantile), margin in zip(BAND_QUANTILES.items(), (p10, p50, p90), strict=True)
    }
    below, above = float((ratio < p10).mean()), float((ratio > p90).mean())
    return {
        "rows": len(ratio),
        **losses,
        "pinball": float(np.mean(list(losses.values()))),
        "coverage_80": float(((ratio >= p10) & (ratio <= p90)).mean()),
        "below": below,
        "above": above,
        "median_width": float(np.median(p90 - p10)),
    }


def floored_log(ratio: Floats) -> Floats:
    """Natural log of ratios of income, those below ``RATIO_FLOOR`` counted as the floor."""
    return np.asarray(np.log(np.maximum(ratio, RATIO_FLOOR)))


def equal_groups(values: Floats, groups: int) -> NDArray[np.int64]:
    """Group of each row, from 0 for the lowest, about equally many rows each and ties together.

    >>> equal_groups(np.array([5.0, 1.0, 3.0, 3.0, 9.0, 2.0]), 3).tolist()
    [2, 0, 1, 1, 2, 0]
    """
    middle = rankdata(values) - 0.5
    parts = np.floor(middle * groups / len(values))
    return np.asarray(np.unique(parts, return_inverse=True)[1], dtype=np.int64)


def weighted_auc(outcome: Floats, predicted: Floats) -> Callable[[Floats], float]:
    """The AUC as a function of the rows' weights, shape (n,): sorted once, then O(n) a call.

    A pair of a 1 and a 0 counts by the product of their weights, half of it when tied. NaN where a
    class has no weight.

    >>> area = weighted_auc(np.array([0.0, 1, 0, 1]), np.array([0.2, 0.3, 0.4, 0.9]))
    >>> area(np.ones(4)), area(np.array([1.0, 1, 0, 1]))
    (0.75, 1.0)
    """
    _, level = np.unique(predicted, return_inverse=True)
    is_one = outcome == 1
    ones, zeros = np.flatnonzero(is_one), np.flatnonzero(~is_one)
    levels = int(level.max()) + 1

    def area(weights: Floats) -> float:
        up = np.bincount(level[ones], weights=weights[ones], minlength=levels)
        down = np.bincount(level[zeros], weights=weights[zeros], minlength=levels)
        pairs = up.sum() * down.sum()
        below = np.cumsum(down) - down / 2
        # Not up @ below: a product so short costs ten times as much on several BLAS threads.
        return float((up * below).sum() / pairs) if pairs > 0 else float("nan")

    return area


def bootstrap_interval(
    statistic: Callable[[Floats], float],
    people: NDArray[Any],
    *,
    draws: int,
    seed: int,
    level: float = 0.95,
) -> tuple[float, float]:
    """Percentile interval of a weighted statistic when *people* are drawn again, not rows.

    A person has several rows, which are no independent evidence; each draw takes as many people as
    there are, with replacement, and all the rows of each (cluster bootstrap: Field and Welsh, 2007).

    Args:
        statistic: of the rows' weights, shape (n,), how often each row was drawn; NaN where it
            does not exist, and such draws are left out.
        people: who each row belongs to, shape (n,).
        draws: how many.
        seed: same seed, same interval.
        level: share of the draws inside, between 0 and 1.

    Returns:
        Low and high end, or NaN twice with fewer than two people or no draw with a value.

    >>> kept = np.repeat([0.0, 1.0], 50)
    >>> share = lambda weights: float(np.average(kept, weights=weights))
    >>> low, high = bootstrap_interval(share, np.arange(100) // 2, draws=500, seed=1)
    >>> round(low, 1), round(high, 1)
    (0.4, 0.6)
    """
    if draws < 1 or not 0 < level < 1:
        raise InvalidInputError("draws, level", f"{draws}, {level}", "draws >= 1, 0 < level < 1")
    person, names = pd.factorize(people, use_na_sentinel=False)
    count = len(names)
    if count < 2:
        return float("nan"), float("nan")
    rng = np.random.default_rng(seed)
    values = np.empty(draws)
    for draw in range(draws):
        times = np.bincount(rng.integers(0, count, count), minlength=count)
        values[draw] = statistic(times[person].astype(np.float64))
    known = values[~np.isnan(values)]
    if not len(known):
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _check(outcome: Floats, predicted: Floats) -> None:
    if outcome.ndim != 1 or outcome.shape != predicted.shape or not len(outcome):
        raise InvalidInputError(
            "outcome, predicted", f"shapes {outcome.shape}, {predicted.shape}", "(n,) twice, n >= 1"
        )
    if strange := sorted(set(np.unique(outcome).tolist()) - {0, 1}):
        raise InvalidInputError("outcome", strange[0], "0 or 1")
    wrong = ~((predicted >= 0) & (predicted <= 1))
    if wrong.any():
        raise InvalidInputError("predicted", predicted[wrong][0], "0 to 1")


def _ks(outcome: Floats, predicted: Floats) -> float:
    # Only the distance is wanted; the exact p-value would be slow and may warn.
    distance = ks_2samp(predicted[outcome == 1], predicted[outcome == 0], method="asymp")
    return float(distance.statistic)
