"""Time the scorecards beside the boosters they equal: one applicant, a million rows, explanations.

    python -m utilities.bench_scorecard [--rows 1000000] [--models continuity default]

Fits anew on the rows of dataset/, because the artifact keeps tables and no booster. One thread, the
best of several runs. Rows are drawn again from those of dataset/ up to the number asked for.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
import pandas as pd
import xgboost as xgb

from solvencia.data.parameters import read_section
from solvencia.domain.errors import SolvenciaError
from solvencia.domain.features import characteristics_of
from solvencia.domain.scorecard import Values
from solvencia.training.binning import encode
from solvencia.training.fit import Columns, Fitted, fit_scorecard, fit_unconstrained, raw_numbers
from solvencia.training.settings import TrainingSettings
from solvencia.training.train import feature_columns
from solvencia.training.tune import training_rows

ROWS = Path("dataset")
_SINGLES = 500
_EXPLAINED = 20_000


def main() -> int:
    """Fit, time and print a table for each model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--models", nargs="+", choices=["continuity", "default"], default=None)
    arguments = parser.parse_args()
    try:
        settings = read_section(Path("params.yaml"), "fit", TrainingSettings)
        tables = [pd.read_parquet(ROWS / f"{name}.parquet") for name in ("snapshots", "loans")]
    except (OSError, SolvenciaError) as error:
        print(f"bench-scorecard: {error}; `make pipeline` makes the rows", file=sys.stderr)
        return 1
    for model in arguments.models or ["continuity", "default"]:
        frame, target = training_rows(model, *tables)
        if not len(frame):
            print(f"{model}: no rows")
            continue
        columns, inputs = feature_columns(frame), characteristics_of(model)
        fitted = fit_scorecard(model, inputs, columns, target, settings.of(model))
        free = fit_unconstrained(inputs, columns, target, settings.of(model))
        _report(model, fitted, free, columns, arguments.rows)
    return 0


def _report(model: str, fitted: Fitted, free: xgb.Booster, columns: Columns, count: int) -> None:
    card, inputs = fitted.card, characteristics_of(model)
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, len(next(iter(columns.values()))), count)
    many = {item.feature: columns[item.feature][drawn] for item in fitted.bins}
    cells = encode(fitted.bins, many)
    # Level positions for the tables too: the boosters get numbers and nothing to look up.
    numbers = {
        item.feature: cells[:, place].astype(np.float64) if item.levels else many[item.feature]
        for place, item in enumerate(fitted.bins)
    }
    raw = np.column_stack(raw_numbers(inputs, columns))[drawn]
    for booster in (fitted.booster, free):
        booster.set_param({"nthread": 1})
    people: list[Values] = [
        {name: None if value != value else value for name, value in zip(many, row, strict=True)}
        for row in zip(*(values[:_SINGLES].tolist() for values in many.values()), strict=True)
    ]
    singles = [cells[place : place + 1] for place in range(len(people))]
    few = _matrix(fitted, cells[: min(_EXPLAINED, count)])
    distance = np.abs(card.margins(many) - fitted.booster_margins(many)).max()
    print(
        f"\n{model}: {len(card.bins)} features, {len(card.tables)} tables, "
        f"{fitted.booster.num_boosted_rounds()} trees; tables and booster differ by "
        f"{distance:.1e} at most over {count:,} rows"
    )
    print(f"{'one applicant':52}{'µs':>12}")
    each = len(people)
    _line("scorecard, margin", _best(lambda: [card.margin(p) for p in people]) / each * 1e6)
    _line("scorecard, contributions", _best(lambda: [card.points(p) for p in people]) / each * 1e6)
    _line(
        "Booster.inplace_predict, the same trees",
        _best(lambda: [_predict(fitted.booster, row) for row in singles]) / each * 1e6,
    )
    _line(
        "Booster.predict(pred_contribs), exact TreeSHAP",
        _best(lambda: [_shap(fitted, row) for row in singles[:50]]) / 50 * 1e6,
    )
    print(f"{f'{count:,} rows, one thread':52}{'s':>12}{'rows/s':>14}{'slower':>9}")
    own = _best(lambda: card.margins(numbers), 3)
    same_trees = _best(lambda: _predict(fitted.booster, cells), 2)
    _bulk("scorecard, levels as positions", own, count, own)
    _bulk("scorecard, levels as text", _best(lambda: card.margins(many), 2), count, own)
    _bulk("Booster.inplace_predict, the same trees", same_trees, count, own)
    _bulk(
        "Booster.inplace_predict, unconstrained", _best(lambda: _predict(free, raw), 1), count, own
    )
    explained = _best(lambda: fitted.booster.predict(few, pred_contribs=True), 1)
    _bulk(
        f"exact TreeSHAP, from {few.num_row():,} rows",
        explained * count / few.num_row(),
        count,
        own,
    )


def _predict(booster: xgb.Booster, rows: np.ndarray) -> np.ndarray:
    return np.asarray(booster.inplace_predict(rows, predict_type="margin", missing=np.nan))


def _shap(fitted: Fitted, rows: np.ndarray) -> np.ndarray:
    return np.asarray(fitted.booster.predict(_matrix(fitted, rows), pred_contribs=True))


def _matrix(fitted: Fitted, rows: np.ndarray) -> xgb.DMatrix:
    return xgb.DMatrix(rows, feature_types=list(fitted.types), enable_categorical=True)


def _best(work: Callable[[], object], runs: int = 5) -> float:
    """Seconds of the quickest of several runs."""
    times = []
    for _ in range(runs):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def _line(what: str, microseconds: float) -> None:
    print(f"  {what:50}{microseconds:12,.1f}", flush=True)


def _bulk(what: str, seconds: float, count: int, own: float) -> None:
    print(f"  {what:50}{seconds:12.3f}{count / seconds:14,.0f}{seconds / own:8.1f}×", flush=True)


if __name__ == "__main__":
    sys.exit(main())
