"""The commands that measure: tuning writes its parameters, the bench prints a table that adds up."""

import json
import re
from pathlib import Path

import pytest
import yaml

from solvencia.data.snapshots import TrainingTables
from testing.conftest import ROOT
from testing.pipeline.test_commands import run

GROWN = {
    "rounds": 40,
    "learning_rate": 0.2,
    "min_rows_per_leaf": 40,
    "l2": 1.0,
    "row_share": 1.0,
    "column_share": 1.0,
}


@pytest.fixture
def project(
    training_tables: TrainingTables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A folder with training rows and parameters, and no MLflow."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    (tmp_path / "dataset").mkdir()
    training_tables.snapshots.to_parquet(tmp_path / "dataset" / "snapshots.parquet")
    training_tables.loans.to_parquet(tmp_path / "dataset" / "loans.parquet")
    parameters = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    parameters["fit"] |= {"continuity": GROWN, "income": GROWN, "default": GROWN, "max_bins": 10}
    parameters["tuning"] = {"folds": 2, "trials": 3, "seconds": 600, "seed": 5}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(parameters), encoding="utf-8")
    return tmp_path


@pytest.mark.slow
def test_tuning_writes_what_it_found_and_says_what_was_not_recorded(project: Path) -> None:
    done = run(project, "utilities.tune", "default")

    assert done.returncode == 0, done.stderr
    assert len(re.findall(r"^default +\d ", done.stdout, re.MULTILINE)) == 3
    assert "default: loss" in done.stdout
    assert "not recorded in MLflow at http://127.0.0.1:9" in done.stdout
    chosen = yaml.safe_load((project / "params.yaml").read_text(encoding="utf-8"))["fit"]["default"]
    changed = {name for name, value in chosen.items() if value != GROWN[name]}
    assert changed == set(re.findall(r"fit\.default\.(\w+):", done.stdout))
    assert (project / "model" / "registry" / "studies.db").exists()


def test_tuning_an_unknown_model_is_refused(project: Path) -> None:
    done = run(project, "utilities.tune", "segments")

    assert done.returncode == 2
    assert "segments" in done.stderr


@pytest.mark.slow
def test_the_bench_times_tables_beside_the_boosters_they_equal(project: Path) -> None:
    done = run(project, "utilities.bench_scorecard", "--rows", "3000", "--models", "default")

    assert done.returncode == 0, done.stderr
    (distance,) = re.findall(r"differ by (\S+) at most over 3,000 rows", done.stdout)
    assert float(distance) <= 1e-5
    for what in ("scorecard, margin", "Booster.inplace_predict, the same trees", "exact TreeSHAP"):
        assert re.search(rf"{what}.* [\d,.]+", done.stdout), what


def test_without_rows_the_bench_says_what_makes_them(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text((ROOT / "params.yaml").read_text(encoding="utf-8"))
    done = run(tmp_path, "utilities.bench_scorecard")

    assert done.returncode == 1
    assert "make pipeline" in done.stderr


def test_real_people_have_no_yardstick_of_ten_times_as_many(project: Path) -> None:
    parameters = yaml.safe_load((project / "params.yaml").read_text(encoding="utf-8"))
    parameters["source"] |= {"kind": "files", "path": "inbox"}
    (project / "params.yaml").write_text(yaml.safe_dump(parameters), encoding="utf-8")
    done = run(project, "utilities.yardsticks")

    assert done.returncode == 1
    assert "real people cannot be drawn anew" in done.stderr
    assert not (project / "reports" / "yardsticks.json").exists()


def test_the_yardsticks_kept_here_name_the_tables_they_were_measured_on() -> None:
    kept = json.loads((ROOT / "reports" / "yardsticks.json").read_text(encoding="utf-8"))

    assert set(kept["data"]) == {"snapshots", "loans"}
    for model in ("continuity", "default"):
        assert 0.5 < kept[model]["auc_ebm"] < 1.0
        assert 0.5 < kept[model]["auc_ten_times"] < 1.0
