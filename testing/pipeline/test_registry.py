"""MLflow, for real: a SQLite store, a server that is away, and one that never answers."""

import dataclasses
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from solvencia.artifact import read_model
from solvencia.training.registry import (
    MODEL,
    PREVIOUS_TAG,
    VERSION_TAG,
    Recorded,
    point_champion,
    record_training,
)
from solvencia.training.studies import Study, finish_study, record_trial, start_study
from solvencia.training.tracking import EXPERIMENT, Unrecorded
from testing.conftest import ROOT

AWAY = "http://127.0.0.1:9"
PARAMETERS = {"fit": {"max_bins": 24, "default": {"rounds": 300}}, "source": {"kind": "simulator"}}
METRICS = {
    "model_version": "abc",
    "continuity": {"auc": 0.85, "ece": float("nan")},
    "by ≥": {"n": 3},
}


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> str:
    return f"sqlite:///{tmp_path_factory.mktemp('registry')}/mlflow.db"


@pytest.fixture(scope="module")
def recorded(model_directory: Path, uri: str, tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    """The session's model, recorded with a plot and a page."""
    reports = tmp_path_factory.mktemp("reports")
    (reports / "plots").mkdir()
    (reports / "plots" / "roc.csv").write_text("fpr,tpr\n0,0\n1,1\n")
    (reports / "report.html").write_text("<p>Synthetic data</p>")
    version = read_model(model_directory).version
    result = record_training(
        model_directory,
        version,
        PARAMETERS,
        METRICS,
        plots=reports / "plots",
        documents=[reports / "report.html"],
        uri=uri,
    )
    assert isinstance(result, Recorded), result
    return result


def client(uri: str) -> Any:
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=uri, registry_uri=uri)


def names(directory: Path) -> set[str]:
    return {path.name for path in directory.iterdir()}


def test_a_run_holds_parameters_metrics_plots_and_the_whole_model(
    recorded: Recorded, model_directory: Path, uri: str, tmp_path: Path
) -> None:
    run = client(uri).get_run(recorded.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.params == {
        "fit.max_bins": "24",
        "fit.default.rounds": "300",
        "source.kind": "simulator",
    }
    assert run.data.metrics == {"continuity.auc": 0.85, "by _.n": 3.0}
    assert run.data.tags[VERSION_TAG] == recorded.model_version

    client(uri).download_artifacts(recorded.run_id, "", str(tmp_path))
    assert names(tmp_path) == {"model", "plots", "report.html"}
    assert read_model(tmp_path / "model").version == recorded.model_version
    for path in model_directory.iterdir():
        assert (tmp_path / "model" / path.name).read_bytes() == path.read_bytes()
    assert names(tmp_path / "plots") == {"roc.csv"}


def test_files_lie_beside_the_database_and_nowhere_else(recorded: Recorded, uri: str) -> None:
    folder = Path(uri.removeprefix("sqlite:///")).parent
    assert names(folder) == {"mlflow.db", "artifacts"}
    assert names(folder / "artifacts") == {recorded.run_id}


def test_the_candidate_is_a_version_of_the_registered_model(recorded: Recorded, uri: str) -> None:
    version = client(uri).get_model_version_by_alias(MODEL, "candidate")
    assert str(version.version) == recorded.version == "1"
    assert version.run_id == recorded.run_id
    assert version.tags[VERSION_TAG] == recorded.model_version
    assert recorded.is_new
    assert f"model {recorded.model_version} is solvencia version 1, run {recorded.run_id}" in str(
        recorded
    )


def test_a_model_is_recorded_once(recorded: Recorded, model_directory: Path, uri: str) -> None:
    again = record_training(model_directory, recorded.model_version, {}, {}, uri=uri)
    assert isinstance(again, Recorded)
    assert not again.is_new
    assert (again.version, again.run_id) == (recorded.version, recorded.run_id)
    assert str(again).startswith("already recorded in MLflow at sqlite:///")
    assert len(client(uri).search_model_versions(f"name = '{MODEL}'")) == 1


def test_the_champion_moves_there_and_back(
    recorded: Recorded, model_directory: Path, uri: str
) -> None:
    first, second = recorded.model_version, "0123456789ab"
    made = record_training(model_directory, second, {}, {}, uri=uri)
    assert isinstance(made, Recorded)
    assert made.version == "2"

    for version, before in ((first, None), (second, first), (second, first), (first, second)):
        moved = point_champion(version, uri=uri)
        assert isinstance(moved, Recorded), moved
        champion = client(uri).get_model_version_by_alias(MODEL, "champion")
        assert champion.tags[VERSION_TAG] == version
        assert champion.tags.get(PREVIOUS_TAG) == before
    assert client(uri).get_model_version_by_alias(MODEL, "candidate").tags[VERSION_TAG] == second


def test_a_model_that_was_never_recorded_cannot_be_champion_there(
    recorded: Recorded, uri: str
) -> None:
    result = point_champion("ffffffffffff", uri=uri)
    assert isinstance(result, Unrecorded)
    assert str(result).startswith(
        f"not recorded in MLflow at {uri}: that model ffffffffffff is champion"
    )
    assert "MLflow does not know this model: python -m utilities.record" in str(result)


def test_what_breaks_on_the_way_leaves_a_failed_run_and_no_version(
    model_directory: Path, tmp_path: Path
) -> None:
    store = f"sqlite:///{tmp_path}/mlflow.db"
    result = record_training(
        model_directory, "abcdefabcdef", {}, {}, documents=[tmp_path / "missing"], uri=store
    )
    assert isinstance(result, Unrecorded)
    assert "missing" in result.why
    experiment = client(store).get_experiment_by_name(EXPERIMENT)
    (run,) = client(store).search_runs([experiment.experiment_id])
    assert run.info.status == "FAILED"
    assert client(store).search_model_versions(f"name = '{MODEL}'") == []


def test_more_values_than_mlflow_takes_at_once_are_all_there(
    model_directory: Path, tmp_path: Path
) -> None:
    store = f"sqlite:///{tmp_path}/mlflow.db"
    parameters = {f"p{number}": "x" * 7000 for number in range(250)}
    metrics = {f"m{number}": number for number in range(1200)}
    result = record_training(model_directory, "abcdefabcdef", parameters, metrics, uri=store)
    assert isinstance(result, Recorded), result
    run = client(store).get_run(result.run_id)
    assert len(run.data.params) == 250
    assert run.data.metrics == metrics


@pytest.fixture
def silence() -> Iterator[str]:
    """Address of a server that takes connections and never answers."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"http://ana:hidden@127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        (AWAY, "ConnectionRefusedError"),
        ("file:///tmp/runs", "sqlite:///"),
        ("nonsense://store", "nonsense"),
    ],
)
def test_what_cannot_be_reached_is_said_and_not_raised(
    model_directory: Path, address: str, why: str
) -> None:
    for what, result in (
        ("the training of model abc", record_training(model_directory, "abc", {}, {}, uri=address)),
        ("that model abc is champion", point_champion("abc", uri=address)),
        ("the study depth", start_study("depth", {}, uri=address)),
    ):
        assert isinstance(result, Unrecorded)
        assert str(result).startswith(f"not recorded in MLflow at {address}: {what} (")
        assert why in str(result)


def test_a_server_that_never_answers_is_given_up_and_its_secrets_are_kept(
    model_directory: Path, silence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    result = record_training(model_directory, "abc", {}, {}, uri=silence)
    assert isinstance(result, Unrecorded)
    assert "timed out" in result.why.lower()
    assert "hidden" not in str(result)


def test_a_file_that_is_no_database_is_left_as_it_is(model_directory: Path, tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_text("not a database, and longer than the header of one" * 40)
    before = (tmp_path / "mlflow.db").read_bytes()
    result = record_training(model_directory, "abc", {}, {}, uri=f"sqlite:///{tmp_path}/mlflow.db")
    assert isinstance(result, Unrecorded)
    assert "file is not a database" in result.why
    assert (tmp_path / "mlflow.db").read_bytes() == before


def test_a_study_holds_a_nested_run_for_each_trial_once(uri: str) -> None:
    study = start_study("depth", {"fit": {"seed": 7}}, uri=uri)
    study = record_trial(study, 0, {"rounds": 100}, 0.81, "COMPLETE")
    study = record_trial(study, 1, {"rounds": 200}, None, "PRUNED")
    study = record_trial(study, 1, {"rounds": 200}, None, "PRUNED")
    assert isinstance(study, Study), study
    assert study.trials == {0, 1}

    resumed = start_study("depth", {"fit": {"seed": 7}}, uri=uri)
    assert isinstance(resumed, Study), resumed
    assert (resumed.run_id, resumed.trials) == (study.run_id, {0, 1})
    resumed = record_trial(resumed, 2, {"rounds": 300}, None, "FAIL")
    finished = finish_study(resumed, {"fit": {"rounds": 100}}, 0.81)
    assert isinstance(finished, Study), finished

    experiment = client(uri).get_experiment_by_name(EXPERIMENT)
    inside = f"tags.`mlflow.parentRunId` = '{study.run_id}'"
    runs = {
        run.data.tags["trial"]: run
        for run in client(uri).search_runs([experiment.experiment_id], inside)
    }
    assert {number: run.info.status for number, run in runs.items()} == {
        "0": "FINISHED",
        "1": "KILLED",
        "2": "FAILED",
    }
    assert runs["0"].data.params == {"rounds": "100"}
    assert runs["0"].data.metrics == {"value": 0.81}
    assert runs["1"].data.metrics == {}
    parent = client(uri).get_run(study.run_id)
    assert parent.info.status == "FINISHED"
    assert parent.data.params == {"fit.seed": "7"}
    assert parent.data.metrics == {"best_value": 0.81}
    assert parent.data.tags["best.fit.rounds"] == "100"


def test_a_server_that_goes_away_is_asked_once_and_not_for_every_trial(uri: str) -> None:
    study = start_study("lost", {}, uri=uri)
    assert isinstance(study, Study)

    class Gone:
        asked = 0

        def __getattr__(self, name: str) -> Any:
            Gone.asked += 1
            raise ConnectionError("gone")

    lost = dataclasses.replace(study, store=dataclasses.replace(study.store, client=Gone()))
    result = record_trial(lost, 0, {}, 0.5, "COMPLETE")
    asked = Gone.asked
    for number in (1, 2):
        result = record_trial(result, number, {}, 0.5, "COMPLETE")
    result = finish_study(result, {}, 0.5)
    assert isinstance(result, Unrecorded)
    assert result.what == "the study lost from trial 0 on"
    assert Gone.asked == asked


def test_the_record_command_says_run_and_version_or_what_is_missing(
    model_directory: Path, tmp_path: Path
) -> None:
    shutil.copytree(model_directory, tmp_path / "model" / "candidate")
    shutil.copy(ROOT / "params.yaml", tmp_path)
    version = read_model(model_directory).version
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
    environment.pop("MLFLOW_TRACKING_URI", None)

    def record(**more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "utilities.record"],
            cwd=tmp_path,
            env={**environment, **more},
            capture_output=True,
            text=True,
        )

    away = record(MLFLOW_TRACKING_URI=AWAY)
    assert away.returncode == 0, away.stderr
    assert f"not recorded in MLflow at {AWAY}: the training of model {version}" in away.stdout

    done = record()
    assert done.returncode == 0, done.stderr
    assert f"model {version} is solvencia version 1, run " in done.stdout
    assert names(tmp_path / "model" / "registry") == {"mlflow.db", "artifacts"}
    assert done.stderr == ""
    run = client(f"sqlite:///{tmp_path}/model/registry/mlflow.db").get_run(done.stdout.split()[-1])
    assert run.data.params["fit.seed"] == "7"
    metrics = json.loads((model_directory / "manifest.json").read_text())["metrics"]
    assert run.data.metrics["continuity.auc"] == metrics["continuity"]["auc"]
