"""Trains the four models on dated rows and keeps what is needed to judge them on later ones."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from tqdm import tqdm

from solvencia.data.outcome import KEPT_SHARE
from solvencia.domain.errors import SourceError
from solvencia.domain.features import FEATURES, Features
from solvencia.domain.history import add_years
from solvencia.domain.income import RATIO_FLOOR, income_ratios
from solvencia.domain.scorecard import Scorecard, probabilities
from solvencia.domain.segment import Segmentation
from solvencia.training.fit import (
    QUANTILES,
    Columns,
    FitSettings,
    Fitted,
    calibrated,
    conformal_shifts,
    fit_scorecard,
    fit_unconstrained,
    predict_unconstrained,
    shifted,
)
from solvencia.training.profiles import as_profiles, with_profiles
from solvencia.training.segments import fit_segments

_FEWEST = 200


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
    """

    scorecards: dict[str, Scorecard]
    segmentation: Segmentation
    collapse_error: dict[str, float]
    predictions: dict[str, pd.DataFrame]
    periods: dict[str, dict[str, list[str]]]
    absent: dict[str, str]


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


def split_by_date(frame: pd.DataFrame, dates: list[date], test_years: int) -> Split:
    """Split rows at yearly dates: the last ``test_years`` test, the year before them calibrates.

    Works for snapshots, which lie on the dates, and for loans, which lie between: a row of training
    or calibration has its 12-month outcome closed when the first test row begins.
    """
    test_from = dates[-test_years]
    closed = add_years(test_from, -1)
    calibrate_from = add_years(test_from, -2)
    day = pd.to_datetime(frame["as_of"]).dt.date
    return Split(
        fit=frame[day <= calibrate_from],
        calibration=frame[(day > calibrate_from) & (day <= closed)],
        test=frame[day >= test_from],
    )


def train(
    snapshots: pd.DataFrame, loans: pd.DataFrame, settings: FitSettings, test_years: int
) -> Trained:
    """Train everything the rows support.

    Raises:
        SourceError: too few rows to fit, calibrate or test the models every decision needs.
    """
    dates = sorted(set(pd.to_datetime(snapshots["as_of"]).dt.date))
    if len(dates) < test_years + 2:
        raise SourceError(f"snapshots on {len(dates)} dates; allowed: {test_years + 2} or more")
    parts = split_by_date(snapshots, dates, test_years)
    _require_rows("continuity", parts)
    result = Trained({}, _segments(parts, settings), {}, {}, {}, {})
    result.periods["snapshots"] = _periods(parts)
    steps = tqdm(total=3, desc="train", unit="model")
    _train_probability("continuity", parts, _kept(snapshots), settings, result)
    steps.update()
    _train_income(parts, settings, result)
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
            "default", loan_parts, loans["default_12m"].astype(float), settings, result
        )
    steps.update()
    steps.close()
    return result


def log_ratio(frame: pd.DataFrame) -> NDArray[np.float64]:
    """The income models' target: natural log of future over present income, floored."""
    ratio = frame["income_ratio"].to_numpy(dtype=np.float64)
    return np.asarray(np.log(np.maximum(ratio, RATIO_FLOOR)))


def _kept(frame: pd.DataFrame) -> "pd.Series[Any]":
    return (frame["income_ratio"] >= KEPT_SHARE).astype(float)


def _numbers(series: "pd.Series[Any]") -> NDArray[np.float64]:
    return np.asarray(series, dtype=np.float64)


def _segments(parts: Split, settings: FitSettings) -> Segmentation:
    return fit_segments(feature_columns(parts.fit), _numbers(_kept(parts.fit)), seed=settings.seed)


def _train_probability(
    name: str, parts: Split, outcome: "pd.Series[Any]", settings: FitSettings, result: Trained
) -> None:
    fit, calibration, test = (
        feature_columns(part) for part in (parts.fit, parts.calibration, parts.test)
    )
    rng = np.random.default_rng(settings.seed)
    fit, target = with_profiles(
        fit, _numbers(outcome.loc[parts.fit.index]), settings.profile_share, rng
    )
    fitted = fit_scorecard(name, name, fit, target, settings)
    card = calibrated(fitted.card, calibration, _numbers(outcome.loc[parts.calibration.index]))
    free = fit_unconstrained(name, fit, target, settings)
    result.scorecards[name] = card
    result.collapse_error[name] = _collapse_error(fitted, test)
    keys = [
        key
        for key in ("loan_id", "person_id", "as_of", "audit_sex", "audit_state")
        if key in parts.test
    ]
    result.predictions[name] = parts.test[keys].assign(
        employed=(parts.test["months_unemployed"] == 0).astype(float),
        outcome=outcome.loc[parts.test.index].to_numpy(),
        predicted=probabilities(card.margins(test)),
        unconstrained=predict_unconstrained(free, name, test),
        as_profile=probabilities(card.margins(as_profiles(test, rng))),
    )


def _train_income(parts: Split, settings: FitSettings, result: Trained) -> None:
    fit, calibration, test = (
        feature_columns(part) for part in (parts.fit, parts.calibration, parts.test)
    )
    rng = np.random.default_rng(settings.seed)
    fit, target = with_profiles(fit, log_ratio(parts.fit), settings.profile_share, rng)
    later = log_ratio(parts.calibration)
    fitted = {name: fit_scorecard(name, "income", fit, target, settings) for name in QUANTILES}
    margins = {name: item.card.margins(calibration) for name, item in fitted.items()}
    low, high = conformal_shifts(margins["income_p10"], margins["income_p90"], later)
    middle = float(np.median(later - margins["income_p50"]))
    shifts = {"income_p10": low, "income_p50": middle, "income_p90": high}
    for name, item in fitted.items():
        result.scorecards[name] = shifted(item.card, shifts[name])
        result.collapse_error[name] = _collapse_error(item, test)
    free = fit_unconstrained("income", fit, target, settings, quantile=0.5)
    bands = np.sort(
        np.column_stack(
            [income_ratios(result.scorecards[name].margins(test)) for name in QUANTILES]
        ),
        axis=1,
    )
    result.predictions["income"] = parts.test[
        ["person_id", "as_of", "audit_sex", "audit_state"]
    ].assign(
        employed=(parts.test["months_unemployed"] == 0).astype(float),
        monthly_income=parts.test["monthly_income"],
        outcome=parts.test["income_ratio"],
        p10=bands[:, 0],
        p50=bands[:, 1],
        p90=bands[:, 2],
        unconstrained=income_ratios(predict_unconstrained(free, "income", test)),
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
