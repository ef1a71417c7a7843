"""Judges the models on the later period: headline figures of each, and the same by group."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from solvencia.data.simulator import SimulatorSettings, true_continuity, true_default
from solvencia.domain.errors import InvalidInputError, SourceError
from solvencia.monitoring.stability import headline
from solvencia.training.metrics import (
    Figures,
    Floats,
    auc,
    band_metrics,
    bootstrap_interval,
    equal_groups,
    floored_log,
    probability_metrics,
    weighted_auc,
)
from solvencia.training.train import Trained

FEWEST_ROWS = 200
"""A group of fewer rows is counted, not judged."""

_SEED = 0
"""Of the bootstrap: the same people are drawn for every model, so intervals compare."""

_PROBABILITY_COLUMNS = (
    "rows",
    "rate",
    "auc",
    "auc_low",
    "auc_high",
    "brier",
    "slope",
    "intercept",
    "ece",
)
_INCOME_COLUMNS = ("rows", "coverage", "below", "above", "pinball", "width")


@dataclass(frozen=True)
class EvaluationSettings:
    """The ``evaluation`` section of the parameters.

    Attributes:
        test_years: how many of the last yearly dates test.
        ceiling_rows: test rows whose true probability is asked of the simulator, at most.
        ceiling_draws: futures lived for each of them.
        bootstrap_draws: times people are drawn again for an interval.
    """

    test_years: int
    ceiling_rows: int
    ceiling_draws: int
    bootstrap_draws: int


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
    metrics: dict[str, Any] = {}
    for model, frame in trained.predictions.items():
        if model == "income":
            metrics[model] = income_figures(frame)
        else:
            metrics[model] = probability_figures(frame, draws=settings.bootstrap_draws)
            if simulator is not None:
                chance = _true_chance(model, frame, simulator, reference_directory, settings)
                metrics[model] |= ceiling_figures(frame, chance)
            if model in trained.drift:
                metrics[model] |= headline(trained.drift[model])
    for model, reason in trained.absent.items():
        metrics[model] = {"absent": reason}
    metrics["collapse_error"] = {
        name: float(f"{error:.3g}") for name, error in trained.collapse_error.items()
    }
    return metrics


def probability_figures(frame: pd.DataFrame, *, draws: int) -> Figures:
    """Headline figures of a probability model: ``probability_metrics``, intervals, yardsticks.

    ``auc_low`` and ``auc_high`` enclose 95 % of ``draws`` bootstraps by person; the AUCs that
    follow are of an unconstrained XGBoost, of the same people through the form, and of having work
    today.

    Args:
        frame: test rows with ``person_id``, ``outcome`` (0/1), ``predicted``, ``unconstrained``,
            ``as_profile`` and ``employed``.
    """
    outcome, predicted = _numbers(frame, "outcome"), _numbers(frame, "predicted")
    low, high = _auc_interval(frame, draws)
    return _rounded(
        {
            **probability_metrics(outcome, predicted),
            "auc_low": low,
            "auc_high": high,
            "auc_unconstrained": auc(outcome, _numbers(frame, "unconstrained")),
            "auc_as_profile": auc(outcome, _numbers(frame, "as_profile")),
            "auc_employed_today": auc(outcome, _numbers(frame, "employed")),
        }
    )


def ceiling_figures(frame: pd.DataFrame, chance: Floats) -> Figures:
    """AUC of the true probabilities, beside the model's on the same rows.

    ``chance`` is the true probability of each row where it is known, NaN elsewhere, shape (n,).
    """
    known = ~np.isnan(chance)
    outcome = _numbers(frame, "outcome")[known]
    return _rounded(
        {
            "auc_ceiling": auc(outcome, chance[known]),
            "auc_on_ceiling_rows": auc(outcome, _numbers(frame, "predicted")[known]),
            "ceiling_rows": int(known.sum()),
        }
    )


def income_figures(frame: pd.DataFrame) -> Figures:
    """Headline figures of the income band: errors beside the yardsticks, and ``band_metrics``.

    Errors are mean absolute differences of natural logs, among people with formal income on the
    day and in the following year; ``_all`` counts those out of work on the day too. Last income
    carried forward is a ratio of one.

    Args:
        frame: test rows with ``outcome`` (future over present income), ``p10``, ``p50``, ``p90``,
            ``unconstrained`` (a median) and ``employed``.
    """
    ratio = _numbers(frame, "outcome")
    has_income = ratio > 0
    at_work = has_income & (_numbers(frame, "employed") == 1)
    target = floored_log(ratio)
    distance = np.abs(target - floored_log(_numbers(frame, "p50")))
    free = np.abs(target - floored_log(_numbers(frame, "unconstrained")))
    carried = np.abs(target)
    return _rounded(
        {
            **_band(frame),
            "rows_with_income": int(at_work.sum()),
            "mae_log": _mean(distance[at_work]),
            "mae_log_carried_forward": _mean(carried[at_work]),
            "mae_log_unconstrained": _mean(free[at_work]),
            "mae_log_all": _mean(distance[has_income]),
            "mae_log_carried_forward_all": _mean(carried[has_income]),
        }
    )


def breakdown(frame: pd.DataFrame, model: str, *, draws: int = 200) -> pd.DataFrame:
    """Figures by group, a long table: ``dimension``, ``group``, then figures.

    Dimensions: ``all``, ``month`` of ``as_of``, ``product`` (default only), ``segment`` and
    ``state``; for income also ``work`` ('at work', 'out of work' on the day) and ``income_tenth``
    of those at work ('01' the lowest). A row whose group is not known is in 'unknown'.

    Probability models have ``rows``, ``rate``, ``auc``, ``auc_low``, ``auc_high`` (95 %, ``draws``
    bootstraps by person), ``brier``, ``slope``, ``intercept``, ``ece``; income has ``rows``,
    ``coverage`` of the 80 % band, ``below``, ``above``, ``pinball`` (mean of the three, on logs)
    and ``width`` (median, in ratios). In groups below ``FEWEST_ROWS``, and where there is one
    class only, figures that cannot be trusted are NaN.

    Args:
        frame: predictions on test rows.
        model: 'continuity', 'default' or 'income'.

    Raises:
        InvalidInputError: another model.
        SourceError: a column is absent.
    """
    if model not in ("continuity", "default", "income"):
        raise InvalidInputError("model", model, "continuity, default or income")
    columns = _INCOME_COLUMNS if model == "income" else _PROBABILITY_COLUMNS
    figures: Callable[[pd.DataFrame], Figures] = (
        _income_row if model == "income" else lambda part: _probability_row(part, draws)
    )
    rows = [
        {"dimension": dimension, "group": group, **figures(part)}
        for dimension, groups in _dimensions(frame, model)
        for group, part in frame.groupby(groups.to_numpy(), sort=True)
    ]
    table = pd.DataFrame(rows, columns=["dimension", "group", *columns])
    return table.astype({name: float for name in columns if name != "rows"})


def _dimensions(frame: pd.DataFrame, model: str) -> Iterator[tuple[str, "pd.Series[str]"]]:
    """Each dimension with the group of every row of the frame; NaN leaves a row out."""
    yield "all", pd.Series("all", index=frame.index)
    yield "month", pd.to_datetime(_column(frame, "as_of")).dt.strftime("%Y-%m")
    if model == "default":
        yield "product", _named(frame, "loan_product")
    yield "segment", _named(frame, "segment")
    yield "state", _named(frame, "audit_state")
    if model == "income":
        at_work = _column(frame, "employed") == 1
        yield "work", at_work.map({True: "at work", False: "out of work"})
        income = _column(frame, "monthly_income")[at_work].dropna()
        tenths = equal_groups(income.to_numpy(dtype=np.float64), 10) + 1
        named = pd.Series([f"{tenth:02d}" for tenth in tenths], index=income.index)
        yield "income_tenth", named.reindex(frame.index)


def _probability_row(part: pd.DataFrame, draws: int) -> Figures:
    outcome = _numbers(part, "outcome")
    if len(part) < FEWEST_ROWS:
        return {"rows": len(part), "rate": float(outcome.mean())}
    figures = probability_metrics(outcome, _numbers(part, "predicted"))
    low, high = _auc_interval(part, draws)
    return {
        **{name: figures[name] for name in ("rows", "rate", "auc", "brier", "ece")},
        "auc_low": low,
        "auc_high": high,
        "slope": figures["calibration_slope"],
        "intercept": figures["calibration_intercept"],
    }


def _income_row(part: pd.DataFrame) -> Figures:
    if len(part) < FEWEST_ROWS:
        return {"rows": len(part)}
    figures = _band(part)
    return {
        **{name: figures[name] for name in ("rows", "below", "above", "pinball")},
        "coverage": figures["coverage_80"],
        "width": figures["median_width"],
    }


def _band(frame: pd.DataFrame) -> Figures:
    ratio, *band = (_numbers(frame, name) for name in ("outcome", "p10", "p50", "p90"))
    return band_metrics(ratio, *band)


def _auc_interval(frame: pd.DataFrame, draws: int) -> tuple[float, float]:
    return bootstrap_interval(
        weighted_auc(_numbers(frame, "outcome"), _numbers(frame, "predicted")),
        _column(frame, "person_id").to_numpy(),
        draws=draws,
        seed=_SEED,
    )


def _true_chance(
    model: str,
    frame: pd.DataFrame,
    simulator: SimulatorSettings,
    reference_directory: Path,
    settings: EvaluationSettings,
) -> Floats:
    """The simulator's true probability of rows spread over the frame, NaN for the others."""
    rows = _spread(len(frame), settings.ceiling_rows)
    asked, draws = frame.iloc[rows], settings.ceiling_draws
    chance = np.full(len(frame), np.nan)
    if model == "default":
        loans = _column(asked, "loan_id").to_numpy(dtype=str)
        chance[rows] = true_default(simulator, reference_directory, loans, draws)
    else:
        people = _column(asked, "person_id").to_numpy(dtype=str)
        days = list(pd.to_datetime(_column(asked, "as_of")).dt.date)
        chance[rows] = true_continuity(simulator, reference_directory, people, days, draws)
    return chance


def _spread(count: int, most: int) -> NDArray[np.int64]:
    """At most ``most`` positions spread evenly over ``count``."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(np.int64))


def _column(frame: pd.DataFrame, name: str) -> "pd.Series[Any]":
    if name not in frame:
        raise SourceError(f"predictions: no column {name}; there are {', '.join(frame.columns)}")
    return frame[name]


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    return _column(frame, name).to_numpy(dtype=np.float64)


def _named(frame: pd.DataFrame, name: str) -> "pd.Series[str]":
    return _column(frame, name).astype(object).fillna("unknown").astype(str)


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if len(values) else None


def _rounded(figures: Figures) -> Figures:
    """Six decimals; None for what is no number, as JSON has no NaN."""
    return {
        name: None if value is None or np.isnan(value) else round(value, 6)
        for name, value in figures.items()
    }
