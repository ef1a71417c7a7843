"""The practical ceiling: learned from other people, judged on ours."""

import numpy as np
import pandas as pd
import pytest

from solvencia.data.snapshots import SnapshotSettings, TrainingTables
from solvencia.domain.reference import Reference
from solvencia.training.ceiling import other_populations, practical_ceiling
from solvencia.training.train import Trained
from testing.conftest import REFERENCE_TABLES, SIMULATOR

SMALL = type(SIMULATOR)(people=400, years=15, until=SIMULATOR.until, seed=SIMULATOR.seed)


@pytest.fixture(scope="module")
def populations(reference: Reference) -> list[TrainingTables]:
    settings = SnapshotSettings(8, 24, 0.0)
    return list(other_populations(SMALL, settings, REFERENCE_TABLES, reference, times=2))


def test_populations_are_of_other_people(populations: list[TrainingTables]) -> None:
    one, two = populations

    assert not one.snapshots["monthly_income"].equals(two.snapshots["monthly_income"])
    assert len(one.snapshots) > 1000


def test_the_ceiling_is_measured_on_the_test_rows_of_the_model(
    populations: list[TrainingTables], training_tables: TrainingTables, trained: Trained
) -> None:
    rows = training_tables.snapshots
    dates = sorted(set(rows["as_of"]))
    test = rows[pd.to_datetime(rows["as_of"]).dt.date >= dates[-3]]
    outcome = (test["income_ratio"] >= 0.8).to_numpy(np.float64)

    ceiling = practical_ceiling(
        "continuity", populations, test, outcome, dates[-3], threads=1, seed=1
    )

    learned = sum((t.snapshots["as_of"] <= dates[-4]).sum() for t in populations)
    assert ceiling.rows == learned
    assert ceiling.trees >= 1
    assert 0.7 < ceiling.auc < 1.0
    assert np.array_equal(outcome, trained.predictions["continuity"]["outcome"].to_numpy())
