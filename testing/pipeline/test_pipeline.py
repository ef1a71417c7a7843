"""The whole pipeline, small, run by DVC in a copy of the checkout."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

from testing.conftest import ROOT
from utilities.pipeline_copy import copy_checkout

pytestmark = pytest.mark.slow
SMALL = {
    "source": {"people": 1500},
    "fit": {"max_bins": 10, "max_pairs": 8},
    "evaluation": {"ceiling_rows": 150, "ceiling_draws": 4, "bootstrap_draws": 10},
}
GROWN = {"rounds": 40, "learning_rate": 0.2}


def dvc(folder: Path, *words: str) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    python_path = os.pathsep.join([str(folder / "src"), str(folder)])
    done = subprocess.run(
        [sys.executable, "-m", "dvc", *words],
        cwd=folder,
        env={**os.environ, "PATH": path, "PYTHONPATH": python_path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def fingerprints(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A committed copy of the checkout with small parameters, reproduced once."""
    folder = tmp_path_factory.mktemp("project") / "copy"
    here = Path.cwd()
    os.chdir(ROOT)
    try:
        copy_checkout(folder)
    finally:
        os.chdir(here)
    shutil.copytree(
        ROOT / ".dvc",
        folder / ".dvc",
        ignore=shutil.ignore_patterns("cache", "tmp", "config.local"),
    )
    parameters = yaml.safe_load((folder / "params.yaml").read_text(encoding="utf-8"))
    for section, values in SMALL.items():
        parameters[section] |= values
    for model in ("continuity", "income", "default"):
        parameters["fit"][model] |= GROWN
    (folder / "params.yaml").write_text(yaml.safe_dump(parameters), encoding="utf-8")
    for words in (
        ["init", "-q"],
        ["config", "user.email", "test@example.org"],
        ["config", "user.name", "Test"],
        ["add", "-A"],
        ["commit", "-qm", "start"],
    ):
        subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True)
    dvc(folder, "repro")
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True, capture_output=True)
    subprocess.run(
        ["git", "commit", "-qm", "reproduced"], cwd=folder, check=True, capture_output=True
    )
    return folder


def test_the_outputs_are_there_and_read_by_dvc(project: Path) -> None:
    metrics = json.loads((project / "reports" / "metrics.json").read_text(encoding="utf-8"))
    for model in ("continuity", "default"):
        assert {"auc", "auc_unconstrained", "auc_ceiling", "calibration_slope"} <= set(
            metrics[model]
        )
        assert 0.6 < metrics[model]["auc"] <= 1 or model == "default"
    assert {"mae_log", "mae_log_carried_forward", "coverage_80"} <= set(metrics["income"])
    assert max(metrics["collapse_error"].values()) <= 1e-5
    assert "continuity.auc" in dvc(project, "metrics", "show")
    assert "plots" in dvc(project, "plots", "show", "-o", "plots_page")
    report = (project / "reports" / "report.html").read_text(encoding="utf-8")
    assert "Synthetic data" in report
    assert "Mean wage by division" in report


def test_without_a_change_nothing_runs(project: Path) -> None:
    assert "Data and pipelines are up to date." in dvc(project, "repro")


def test_reproducing_by_force_gives_the_same_bytes(project: Path) -> None:
    model, lock = fingerprints(project / "model" / "candidate"), (project / "dvc.lock").read_bytes()
    dvc(project, "repro", "--force")
    assert fingerprints(project / "model" / "candidate") == model
    assert (project / "dvc.lock").read_bytes() == lock


def test_an_experiment_on_files_changes_parameters_only(project: Path, tmp_path: Path) -> None:
    """Real histories have no state, no industry and no loans; what they lack is absent."""
    source = project / "dataset" / "source"
    pd.read_parquet(source / "people.parquet").drop(columns="contribution_weeks").to_csv(
        tmp_path / "people.csv", index=False
    )
    pd.read_parquet(source / "spells.parquet").drop(columns=["state", "industry"]).to_csv(
        tmp_path / "spells.csv", index=False
    )
    dvc(project, "exp", "run", "-S", "source.kind=files", "-S", f"source.path={tmp_path}")
    metrics = json.loads((project / "reports" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["default"] == {"absent": "the source holds no loans"}
    assert metrics["source"]["synthetic"] is False
    assert "auc_ceiling" not in metrics["continuity"]
    assert "income.mae_log" in dvc(project, "metrics", "diff")
    report = (project / "reports" / "report.html").read_text(encoding="utf-8")
    assert "absent: the source holds no loans" in report
    assert "Synthetic data" not in report
