"""Figures on the later period: discrimination, calibration, error and coverage."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import ks_2samp
from sklearn.metrics import brier_score_loss, roc_auc_score

from solvencia.data.simulator import SimulatorSettings, true_continuity, true_default
from solvencia.domain.income import RATIO_FLOOR
from solvencia.training.fit import fit_calibration
from solvencia.training.train import Trained

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class EvaluationSettings:
    """The ``evaluation`` section of the parameters.

    Attributes:
        test_years: how many of the last yearly dates test.
        ceiling_rows: test rows whose true probability is asked of the simulator, at most.
        ceiling_draws: futures lived for each of them.
    """

    test_years: int
    ceiling_rows: int
    ceiling_draws: int


def judge(
    trained: Trained,
    simulator: SimulatorSettings | None,
    reference_directory: Path,
    settings: EvaluationSettings,
) -> dict[str, Any]:
    """Every model's figures on the later period; a model the source cannot support says why.

    With a simulated source, ``auc_ceiling`` is the AUC of its true probabilities: what nobody who
    sees only the tables can reach.
    """
    predictions = trained.predictions
    true: dict[str, Floats | None] = {"continuity": None, "default": None}
    if simulator is not None:
        frame = predictions["continuity"]
        rows = _spread(len(frame), settings.ceiling_rows)
        chance = np.full(len(frame), np.nan)
        chance[rows] = true_continuity(
            simulator,
            reference_directory,
            frame["person_id"].to_numpy(dtype=str)[rows],
            list(pd.to_datetime(frame["as_of"]).dt.date.iloc[rows]),
            settings.ceiling_draws,
        )
        true["continuity"] = chance
        if "default" in predictions:
            frame = predictions["default"]
            rows = _spread(len(frame), settings.ceiling_rows)
            chance = np.full(len(frame), np.nan)
            chance[rows] = true_default(
                simulator,
                reference_directory,
                frame["loan_id"].to_numpy(dtype=str)[rows],
                settings.ceiling_draws,
            )
            true["default"] = chance
    metrics: dict[str, Any] = {
        "continuity": probability_metrics(predictions["continuity"], true["continuity"]),
        "income": income_metrics(predictions["income"]),
    }
    if "default" in predictions:
        metrics["default"] = probability_metrics(predictions["default"], true["default"])
    for model, reason in trained.absent.items():
        metrics[model] = {"absent": reason}
    metrics["collapse_error"] = {
        name: float(f"{error:.3g}") for name, error in trained.collapse_error.items()
    }
    return metrics


def _spread(count: int, most: int) -> NDArray[np.int64]:
    """At most ``most`` positions spread evenly over ``count``."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))


def log_odds(chance: Floats) -> Floats:
    """Natural log of the odds, kept finite."""
    inside = np.clip(chance, 1e-9, 1 - 1e-9)
    return np.asarray(np.log(inside / (1 - inside)))


def probability_metrics(frame: pd.DataFrame, ceiling: Floats | None) -> dict[str, Any]:
    """Figures of a probability model on its test rows.

    Args:
        frame: columns ``outcome`` (0/1), ``predicted``, ``unconstrained``,
            ``as_profile`` and ``employed``.
        ceiling: the true probability of each row where it is known (NaN elsewhere), or None.
    """
    outcome = frame["outcome"].to_numpy(dtype=np.float64)
    predicted = frame["predicted"].to_numpy(dtype=np.float64)
    intercept, slope = fit_calibration(log_odds(predicted), outcome)
    metrics: dict[str, Any] = {
        "rows": len(frame),
        "rate": _round(outcome.mean()),
        "auc": _round(roc_auc_score(outcome, predicted)),
        "auc_unconstrained": _round(roc_auc_score(outcome, frame["unconstrained"])),
        "auc_as_profile": _round(roc_auc_score(outcome, frame["as_profile"])),
        "auc_employed_today": _round(roc_auc_score(outcome, frame["employed"])),
        "ks": _round(ks_2samp(predicted[outcome == 1], predicted[outcome == 0]).statistic),
        "brier": _round(brier_score_loss(outcome, predicted)),
        "calibration_slope": _round(slope),
        "calibration_intercept": _round(intercept),
        "mean_predicted": _round(predicted.mean()),
    }
    if ceiling is not None:
        known = ~np.isnan(ceiling)
        metrics["auc_ceiling"] = _round(roc_auc_score(outcome[known], ceiling[known]))
        metrics["auc_on_ceiling_rows"] = _round(roc_auc_score(outcome[known], predicted[known]))
        metrics["ceiling_rows"] = int(known.sum())
    return metrics


def income_metrics(frame: pd.DataFrame) -> dict[str, Any]:
    """Figures of the income band on its test rows.

    Errors are mean absolute differences of natural logs, among people with formal income on the
    day and in the following year; ``_all`` counts those out of work on the day too. Last income
    carried forward is a ratio of one.
    """
    ratio = frame["outcome"].to_numpy(dtype=np.float64)
    has_income = ratio > 0
    employed = has_income & (frame["employed"].to_numpy() == 1)
    target = np.log(np.maximum(ratio, RATIO_FLOOR))
    median = np.log(np.maximum(frame["p50"].to_numpy(dtype=np.float64), RATIO_FLOOR))
    free = np.log(np.maximum(frame["unconstrained"].to_numpy(dtype=np.float64), RATIO_FLOOR))
    inside = (ratio >= frame["p10"].to_numpy()) & (ratio <= frame["p90"].to_numpy())
    width = (frame["p90"] - frame["p10"]).to_numpy(dtype=np.float64)
    return {
        "rows": len(frame),
        "rows_with_income": int(employed.sum()),
        "mae_log": _round(np.abs(target - median)[employed].mean()),
        "mae_log_carried_forward": _round(np.abs(np.log(ratio[employed])).mean()),
        "mae_log_unconstrained": _round(np.abs(target - free)[employed].mean()),
        "mae_log_all": _round(np.abs(target - median)[has_income].mean()),
        "mae_log_carried_forward_all": _round(np.abs(np.log(ratio[has_income])).mean()),
        "coverage_80": _round(inside.mean()),
        "median_width": _round(float(np.median(width))),
    }


def calibration_table(outcome: Floats, predicted: Floats, groups: int = 10) -> pd.DataFrame:
    """Mean prediction beside the observed rate in groups of equal size, lowest first."""
    order = np.argsort(predicted, kind="stable")
    rows = [
        {
            "group": number + 1,
            "rows": len(part),
            "predicted": _round(predicted[part].mean()),
            "observed": _round(outcome[part].mean()),
        }
        for number, part in enumerate(np.array_split(order, groups))
    ]
    return pd.DataFrame(rows)


def _round(value: Any) -> float:
    return round(float(value), 6)
