"""Trains the four models on dated rows and keeps what is needed to judge them on later ones."""

import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from solvencia.data.outcome import KEPT_SHARE
from solvencia.domain.errors import SourceError
from solvencia.domain.features import FEATURES, Features, characteristics_of
from solvencia.domain.history import add_years
from solvencia.domain.income import RATIO_FLOOR, income_ratios
from solvencia.domain.scorecard import Scorecard, probabilities
from solvencia.domain.segment import Segmentation
from solvencia.domain.stability import Stability
from solvencia.monitoring.stability import drift, freeze_scorecard
from solvencia.training.fit import (
    QUANTILES,
    Columns,
    FitSettings,
    Fitted,
    calibrated,
    conformal_shift,
    fit_scorecard,
    fit_unconstrained,
    predict_unconstrained,
    shifted_by_work,
)
from solvencia.training.profiles import as_profiles, with_profiles
from solvencia.training.segments import fit_segments
from solvencia.training.settings import TrainingSettings

_FEWEST = 200
_HELD_OUT = 5
"""One person in so many is held out of fitting."""


@dataclass(frozen=True)
class Split:
    """Rows by date: models are fitted, calibrated on a later year, and tested after that."""

    fit: pd.DataFrame
    calibration: pd.DataFrame
    test: pd.DataFrame


@dataclass(frozen=True)
class Trained:
    """Scorecards and segments, with each scorecard's proof and the predictions on test rows.

    Attributes:
        scorecards: final tables by name, calibrated.
        segmentation: the segments.
        collapse_error: by scorecard, the largest distance on any test row between the tables'
            margin before calibration and the booster's.
        predictions: by model, a frame of test rows: keys, outcome, this model and the yardsticks.
        periods: first and last day of each part of each split.
        absent: by model, why it could not be trained.
        stability: by probability model, its cells and scores frozen with the shares of fitted rows.
        drift: by probability model, how far the test rows have moved from those.
    """

    scorecards: dict[str, Scorecard]
    segmentation: Segmentation
    collapse_error: dict[str, float]
    predictions: dict[str, pd.DataFrame]
    periods: dict[str, dict[str, list[str]]]
    absent: dict[str, str]
    stability: dict[str, Stability] = field(default_factory=dict)
    drift: dict[str, pd.DataFrame] = field(default_factory=dict)


def feature_columns(frame: pd.DataFrame) -> Columns:
    """Feature columns as the models read them: floats with NaN, or level names with None."""
    columns: dict[str, NDArray[Any]] = {}
    for name in Features._fields:
        if FEATURES[name].levels:
            values = frame[name].astype(object)
            columns[name] = values.where(values.notna(), None).to_numpy()
        else:
            columns[name] = frame[name].to_numpy(dtype=np.float64)
    return columns


def split_by_date(
    frame: pd.DataFrame, dates: list[date], test_years: int, *, held_out: bool = False
) -> Split:
    """Split rows at yearly dates: the last ``test_years`` test, the year before them calibrates.

    Works for snapshots, which lie on the dates, and for loans, which lie between: a row of training
    or calibration has its 12-month outcome closed when the first test row begins.

    With ``held_out`` a fifth of the people are never fitted on and calibrate with all their earlier
    years too, so that one odd year does not set the level.
    """
    test_from = dates[-test_years]
    closed = add_years(test_from, -1)
    calibrate_from = add_years(test_from, -2)
    day = pd.to_datetime(frame["as_of"]).dt.date
    calibrates = (day > calibrate_from) & (day <= closed)
    if held_out:
        calibrates |= (day <= closed) & frame["person_id"].map(_is_held_out)
    return Split(
        fit=frame[(day <= closed) & ~calibrates],
        calibration=frame[calibrates],
        test=frame[day >= test_from],
    )


def _is_held_out(person_id: str) -> bool:
    """A fifth of all people, the same ones every time."""
    return zlib.crc32(str(person_id).encode()) % _HELD_OUT == 0


def train(
    snapshots: pd.DataFrame, loans: pd.DataFrame, settings: TrainingSettings, test_years: int
) -> Trained:
    """Train everything the rows support.

    Raises:
        SourceError: too few rows to fit, calibrate or test the models every decision needs.
    """
    dates = sorted(set(pd.to_datetime(snapshots["as_of"]).dt.date))
    if len(dates) < test_years + 2:
        raise SourceError(f"snapshots on {len(dates)} dates; allowed: {test_years + 2} or more")
    parts = split_by_date(snapshots, dates, test_years, held_out=True)
    _require_rows("continuity", parts)
    result = Trained({}, _segments(parts, settings.seed), {}, {}, {}, {})
    result.periods["snapshots"] = _periods(parts)
    steps = tqdm(total=3, desc="train", unit="model")
    _train_probability(
        "continuity", parts, kept_income(snapshots), settings.of("continuity"), result
    )
    steps.update()
    _train_income(parts, settings.of("income"), result)
    steps.update()
    loan_parts = split_by_date(loans, dates, test_years)
    smallest = min(len(loan_parts.fit), len(loan_parts.calibration), len(loan_parts.test))
    if len(loans) == 0:
        result.absent["default"] = "the source holds no loans"
    elif smallest < _FEWEST or loan_parts.calibration["default_12m"].nunique() < 2:
        result.absent["default"] = f"only {smallest} loans in the shortest period"
    else:
        result.periods["loans"] = _periods(loan_parts)
        _train_probability(
            "default",
            loan_parts,
            loans["default_12m"].astype(float),
            settings.of("default"),
            result,
        )
    steps.update()
    steps.close()
    return result


def log_ratio(frame: pd.DataFrame) -> NDArray[np.float64]:
    """The income models' target: natural log of future over present income, floored."""
    ratio = frame["income_ratio"].to_numpy(dtype=np.float64)
    return np.asarray(np.log(np.maximum(ratio, RATIO_FLOOR)))


def kept_income(frame: pd.DataFrame) -> "pd.Series[Any]":
    """The continuity model's target: 1 when at least 80 % of the income was kept, else 0."""
    return (frame["income_ratio"] >= KEPT_SHARE).astype(float)


def _numbers(series: "pd.Series[Any]") -> NDArray[np.float64]:
    return np.asarray(series, dtype=np.float64)


def _segments(parts: Split, seed: int) -> Segmentation:
    return fit_segments(feature_columns(parts.fit), _numbers(kept_income(parts.fit)), seed=seed)


def _train_probability(
    name: str, parts: Split, outcome: "pd.Series[Any]", settings: FitSettings, result: Trained
) -> None:
    fit, calibration, test = (
        feature_columns(part) for part in (parts.fit, parts.calibration, parts.test)
    )
    rng = np.random.default_rng(settings.seed)
    shown, target = with_profiles(
        fit, _numbers(outcome.loc[parts.fit.index]), settings.profile_share, rng
    )
    inputs = characteristics_of(name)
    fitted = fit_scorecard(name, inputs, shown, target, settings)
    card = calibrated(fitted.card, calibration, _numbers(outcome.loc[parts.calibration.index]))
    free = fit_unconstrained(inputs, shown, target, settings)
    result.scorecards[name] = card
    result.stability[name] = freeze_scorecard(card, fit)
    result.drift[name] = drift(result.stability[name], card, test)
    result.collapse_error[name] = _collapse_error(fitted, test)
    result.predictions[name] = _described(parts.test, result.segmentation).assign(
        outcome=outcome.loc[parts.test.index].to_numpy(),
        predicted=probabilities(card.margins(test)),
        unconstrained=predict_unconstrained(free, inputs, test),
        as_profile=probabilities(card.margins(as_profiles(test, rng))),
    )


def _train_income(parts: Split, settings: FitSettings, result: Trained) -> None:
    fit, calibration, test = (
        feature_columns(part) for part in (parts.fit, parts.calibration, parts.test)
    )
    rng = np.random.default_rng(settings.seed)
    fit, target = with_profiles(fit, log_ratio(parts.fit), settings.profile_share, rng)
    later = log_ratio(parts.calibration)
    inputs = characteristics_of("income")
    with ThreadPoolExecutor(
        len(QUANTILES)
    ) as pool:  # a thread each; every fit's sums stay in order
        waiting = {
            name: pool.submit(fit_scorecard, name, inputs, fit, target, settings, quantile=quantile)
            for name, quantile in QUANTILES.items()
        }
        fitted = {name: future.result() for name, future in waiting.items()}
    margins = {name: item.card.margins(calibration) for name, item in fitted.items()}
    shift: dict[str, Callable[[NDArray[np.bool_]], float]] = {
        "income_p10": lambda rows: conformal_shift((margins["income_p10"] - later)[rows], -1),
        "income_p50": lambda rows: float(np.median((later - margins["income_p50"])[rows])),
        "income_p90": lambda rows: conformal_shift((later - margins["income_p90"])[rows], 1),
    }
    for name, item in fitted.items():
        result.scorecards[name] = shifted_by_work(item.card, calibration, shift[name])
        result.collapse_error[name] = _collapse_error(item, test)
    free = fit_unconstrained(inputs, fit, target, settings, quantile=0.5)
    bands = np.sort(
        np.column_stack(
            [income_ratios(result.scorecards[name].margins(test)) for name in QUANTILES]
        ),
        axis=1,
    )
    result.predictions["income"] = _described(parts.test, result.segmentation).assign(
        monthly_income=parts.test["monthly_income"],
        outcome=parts.test["income_ratio"],
        p10=bands[:, 0],
        p50=bands[:, 1],
        p90=bands[:, 2],
        unconstrained=income_ratios(predict_unconstrained(free, inputs, test)),
    )


def _described(rows: pd.DataFrame, segmentation: Segmentation) -> pd.DataFrame:
    """Who test rows are: keys, and the groups by which figures are broken down."""
    keys = ["loan_id", "person_id", "as_of", "audit_sex", "audit_state", "age", "education"]
    features = rows[list(Features._fields)].astype(object)
    known = features.where(features.notna(), None).itertuples(index=False, name=None)
    return rows[[key for key in [*keys, "loan_product"] if key in rows]].assign(
        employed=(rows["months_unemployed"] == 0).astype(float),
        segment=[segmentation.assign(Features(*row)).code for row in known],
    )


def _collapse_error(fitted: Fitted, columns: Columns) -> float:
    return float(np.abs(fitted.card.margins(columns) - fitted.booster_margins(columns)).max())


def _require_rows(model: str, parts: Split) -> None:
    for part in ("fit", "calibration", "test"):
        rows = len(getattr(parts, part))
        if rows < _FEWEST:
            raise SourceError(f"{model}: {rows} rows to {part}; allowed: {_FEWEST} or more")


def _periods(parts: Split) -> dict[str, list[str]]:
    return {
        part: [str(min(getattr(parts, part)["as_of"])), str(max(getattr(parts, part)["as_of"]))]
        for part in ("fit", "calibration", "test")
    }
