"""What can be reached in practice: an unconstrained model that learned from ten times the people.

The true probabilities of the simulator bound every model, but they rest on traits no table shows. A
boosted model without limits and with ten times the rows says how much of the distance could be
learned from tables at all.
"""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import xgboost as xgb

from solvencia.data.acquire import acquire_simulated
from solvencia.data.simulator import SimulatorSettings
from solvencia.data.snapshots import SnapshotSettings, TrainingTables, build_training_tables
from solvencia.domain.features import characteristics_of
from solvencia.domain.history import add_years
from solvencia.domain.reference import Reference
from solvencia.training.fit import Floats, raw_matrix
from solvencia.training.metrics import auc
from solvencia.training.settings import ModelName
from solvencia.training.train import feature_columns
from solvencia.training.tune import training_rows

TIMES = 10
_MOST_ROUNDS = 3000
_PATIENCE = 40
_PARAMETERS = {
    "objective": "binary:logistic",
    "eval_metric": "logloss",
    "tree_method": "hist",
    "max_depth": 5,
    "learning_rate": 0.05,
    "min_child_weight": 20,
    "subsample": 0.8,
    "colsample_bynode": 0.5,
}


@dataclass(frozen=True)
class Ceiling:
    """A practical ceiling. ``rows`` were learned from, ``trees`` stopped by other people's log loss."""

    auc: float
    rows: int
    trees: int


def other_populations(
    simulator: SimulatorSettings,
    snapshots: SnapshotSettings,
    reference_directory: Path,
    reference: Reference,
    times: int = TIMES,
) -> Iterator[TrainingTables]:
    """Training tables of ``times`` populations like the source's, each with a seed of its own."""
    for number in range(1, times + 1):
        with tempfile.TemporaryDirectory() as directory:
            other = replace(simulator, seed=simulator.seed + number)
            acquire_simulated(other, reference_directory, Path(directory))
            yield build_training_tables(Path(directory), reference, snapshots)


def practical_ceiling(
    model: ModelName,
    populations: Sequence[TrainingTables],
    test: pd.DataFrame,
    outcome: Floats,
    test_from: date,
    *,
    threads: int,
    seed: int,
) -> Ceiling:
    """AUC on test rows of an unconstrained XGBoost that learned from other populations.

    Args:
        model: 'continuity' or 'default'.
        populations: two or more; the last one says when to stop.
        test: rows with the feature columns, of people in none of the populations.
        outcome: 0/1, shape (n,).
        test_from: outcomes learned from had closed by this day, as those of the model judged.
        threads: of XGBoost.
        seed: of XGBoost.
    """
    inputs = characteristics_of(model)
    closed = add_years(test_from, -1)
    parts = []
    for tables in populations:
        rows, target = training_rows(model, tables.snapshots, tables.loans)
        past = (pd.to_datetime(rows["as_of"]).dt.date <= closed).to_numpy()
        parts.append((rows[past], target[past]))
    matrices = [
        raw_matrix(inputs, feature_columns(pd.concat([rows for rows, _ in part])), _joined(part))
        for part in (parts[:-1], parts[-1:])
    ]
    booster = xgb.train(
        {**_PARAMETERS, "nthread": threads, "seed": seed},
        matrices[0],
        _MOST_ROUNDS,
        evals=[(matrices[1], "others")],
        early_stopping_rounds=_PATIENCE,
        verbose_eval=False,
    )
    trees = booster.best_iteration + 1
    predicted = booster.predict(
        raw_matrix(inputs, feature_columns(test)), iteration_range=(0, trees)
    )
    reached = auc(outcome, np.asarray(predicted, dtype=np.float64))
    assert reached is not None
    return Ceiling(reached, sum(len(rows) for rows, _ in parts), trees)


def _joined(part: Sequence[tuple[pd.DataFrame, Floats]]) -> Floats:
    return np.concatenate([target for _, target in part])
