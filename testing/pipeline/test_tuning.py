"""Tuning: folds that follow time, studies that are taken up, parameters written in place."""

import re
from dataclasses import asdict
from datetime import date
from pathlib import Path

import pytest
import yaml

from solvencia.data.parameters import read_section
from solvencia.data.snapshots import TrainingTables
from solvencia.domain.errors import SourceError
from solvencia.domain.history import add_years
from solvencia.training.settings import Boosting, TrainingSettings
from solvencia.training.tune import (
    Tuned,
    TuningSettings,
    expanding_folds,
    training_rows,
    tune,
    write_chosen,
)
from testing.conftest import FIT, ROOT

SETTINGS = TuningSettings(folds=2, trials=3, seconds=600, seed=1)


def dates_of(tables: TrainingTables) -> list[date]:
    return sorted(set(tables.snapshots["as_of"]))


def search(
    tables: TrainingTables, storage: Path, trials: int, **more: object
) -> tuple[Tuned, list]:
    rows, target = training_rows("default", tables.snapshots, tables.loans)
    current = FIT.of("default")
    folds = expanding_folds(rows, target, dates_of(tables), 3, SETTINGS, current)
    told: list = []
    tuned = tune(
        "default",
        folds,
        current,
        TuningSettings(**{**asdict(SETTINGS), "trials": trials}),
        storage=f"sqlite:///{storage}",
        study_name="default",
        seconds=more.get("seconds", 600.0),
        finished=lambda *told_of: told.append(told_of),
    )
    return tuned, told


@pytest.mark.parametrize("model", ["continuity", "default"])
def test_a_fold_is_fitted_on_what_had_closed_when_its_year_began(
    training_tables: TrainingTables, model: str
) -> None:
    rows, target = training_rows(model, training_tables.snapshots, training_tables.loans)
    dates = dates_of(training_tables)
    unseen = add_years(dates[-3], -1)
    # The date stands in for a feature, so that a fold shows which days it holds.
    dated = rows.assign(age=[day.toordinal() for day in rows["as_of"]])
    folds = expanding_folds(dated, target, dates, 3, SETTINGS, FIT.of(model))

    assert len(folds) == 2
    for fold in folds:
        last_fitted = date.fromordinal(int(fold.fit["age"].max()))
        first_judged = date.fromordinal(int(fold.later["age"].min()))
        assert add_years(last_fitted, 1) <= first_judged
        assert date.fromordinal(int(fold.later["age"].max())) <= unseen
    assert folds[0].fit["age"].max() < folds[1].fit["age"].max()
    assert len(folds[0].target) < len(folds[1].target)


def test_without_years_to_validate_on_tuning_says_so(training_tables: TrainingTables) -> None:
    rows, target = training_rows("default", training_tables.snapshots, training_tables.loans)

    with pytest.raises(SourceError, match="no validation year with 200 rows"):
        expanding_folds(
            rows[:250], target[:250], dates_of(training_tables), 3, SETTINGS, FIT.of("default")
        )


def test_a_study_is_taken_up_where_it_stopped(
    training_tables: TrainingTables, tmp_path: Path
) -> None:
    first, told_first = search(training_tables, tmp_path / "studies.db", 2)
    again, told_again = search(training_tables, tmp_path / "studies.db", 4)

    assert [number for number, *_ in told_first] == [0, 1]
    assert [number for number, *_ in told_again] == [2, 3]
    assert told_first[0][1] == asdict(FIT.default)
    assert (first.trials, again.trials) == (2, 4)
    assert again.loss <= first.loss <= first.before
    assert again.before == first.before


def test_a_study_with_all_its_trials_only_tells_its_best(
    training_tables: TrainingTables, tmp_path: Path
) -> None:
    first, _ = search(training_tables, tmp_path / "studies.db", 2)
    again, told = search(training_tables, tmp_path / "studies.db", 2)

    assert told == []
    assert again == first


def test_the_same_seed_tries_the_same_parameters(
    training_tables: TrainingTables, tmp_path: Path
) -> None:
    one = search(training_tables, tmp_path / "one.db", 3)
    two = search(training_tables, tmp_path / "two.db", 3)

    assert one == two


def test_no_time_at_all_gives_nothing(training_tables: TrainingTables, tmp_path: Path) -> None:
    assert search(training_tables, tmp_path / "studies.db", 3, seconds=0.0) == (None, [])


def test_what_was_chosen_is_written_where_it_stood(tmp_path: Path) -> None:
    path = tmp_path / "params.yaml"
    before = (ROOT / "params.yaml").read_text(encoding="utf-8")
    path.write_text(before, encoding="utf-8")
    chosen = Boosting(150, 0.033, 77, 3.5, 0.7, 0.6)

    changes = write_chosen(path, {"default": chosen})

    after = path.read_text(encoding="utf-8")
    settings = read_section(path, "fit", TrainingSettings)
    assert settings.default == chosen
    assert (
        f"fit.default.rounds: {yaml.safe_load(before)['fit']['default']['rounds']} → 150" in changes
    )
    differing = [
        new.split(":")[0].strip()
        for old, new in zip(before.splitlines(), after.splitlines(), strict=True)
        if old != new
    ]
    assert differing == [re.split(r"[.:]", line)[2] for line in changes]
    assert list(yaml.safe_load(after)) == list(yaml.safe_load(before))
    assert write_chosen(path, {"default": chosen}) == []
