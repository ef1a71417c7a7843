"""A night from end to end: what is promoted, kept, refused or broken, and what each leaves behind."""

import fcntl
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from solvencia.artifact import read_model
from solvencia.training.champions import install_champion
from testing.delivery.conftest import BUCKET
from testing.delivery.night import Kept, Night, git, keep, lay_out, night
from utilities import retrain
from utilities.publishing import publish
from utilities.retraining.one_run import FILE
from utilities.retraining.pipeline import LOCK

pytestmark = pytest.mark.slow
IMPOSSIBLE, USUAL = {"calibration_slope": [0.1, 0.2]}, {"calibration_slope": [0.5, 1.5]}


@pytest.fixture(scope="module")
def champion(model_directory: Path) -> str:
    """Version that is published before the first night."""
    return read_model(model_directory).version


@pytest.fixture(scope="module")
def refused(
    model_directory: Path,
    champion: str,
    source_directory: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Kept:
    """A first night on a fresh runner, stopped while it trains, then to its end with a candidate refused."""
    folder = tmp_path_factory.mktemp("refused")
    lay_out(folder)
    with night(folder) as made:
        install_champion(folder / "elsewhere", model_directory, champion)
        publish(folder / "elsewhere", f"gs://{BUCKET}/models")
        made.people_push("gates", **IMPOSSIBLE)
        git(made.runner, "pull", "--quiet")
        made.arrive(source_directory, 0.98)
        before = made.state()
        stopped = made.stopped_at("Running stage 'model'")
        left = made.state()
        assert {**left, "champion": None, "log": None} == before
        # As the workflow calls it; make's own exit status is 2 whenever a command's is not 0.
        summary = str(folder / "summary")
        words = ("make", "-o", "setup", "retrain")
        ended = made.run(*words, GITHUB_STEP_SUMMARY=summary, RETRAIN_REASON="new\n`id` histories")
        assert made.state() == {**left, "main": made.main(), "head": made.main()}
        return keep(made, stopped, ended)


@pytest.fixture
def again(refused: Kept, tmp_path: Path) -> Iterator[Night]:
    """Where a candidate waits that other gates would let pass."""
    with refused.again(tmp_path / "copy") as made:
        made.people_push("gates", **USUAL)
        git(made.runner, "pull", "--quiet")
        yield made


def test_a_run_that_is_stopped_says_where_and_the_next_one_goes_on(
    refused: Kept, champion: str
) -> None:
    stopped, after = refused.results
    assert (stopped.code, stopped.outcome.status) == (1, "failed")
    assert (stopped.outcome.step, stopped.outcome.reason) == ("model", "stopped by SIGTERM")
    assert stopped.mail["Subject"] == f"Solvencia: failed in model, {champion} serves on"
    assert "cut off" not in after.said


def test_a_refused_candidate_is_kept_and_the_mail_says_why(refused: Kept, champion: str) -> None:
    result = refused.results[-1]
    outcome = result.outcome
    assert (result.code, outcome.status) == (2, "refused"), result.said
    assert "Error 3" in result.said
    assert outcome.champion == champion != outcome.candidate
    assert outcome.reason.startswith("gate calibration.continuity failed: ")
    assert "allowed: 0.1 to 0.2" in result.text
    assert outcome.reason.endswith("\nAsked for: new `id` histories")
    assert "calibration.continuity" in {gate.name for gate in outcome.gates if not gate.passed}
    assert any(gate.name == "auc.continuity" and gate.champion for gate in outcome.gates)
    assert outcome.pushed
    assert outcome.published is None
    assert result.answers.startswith("promoted=false\n")
    assert json.loads(refused.objects["models/champion.json"])["version"] == champion
    assert f"{champion} serves on" in (refused.folder / "summary").read_text(encoding="utf-8")


def test_a_commit_holds_what_the_pipeline_made_and_starts_no_workflow(
    refused: Kept, champion: str
) -> None:
    runner, outcome = refused.folder / "runner", refused.results[-1].outcome
    files = git(runner, "show", "--name-only", "--format=", "HEAD").splitlines()
    assert LOCK in files
    assert "reports/metrics.json" in files
    assert all(name == LOCK or name.startswith("reports/") for name in files)
    title = git(runner, "show", "--no-patch", "--format=%s", "HEAD")
    assert title == f"Retraining: {outcome.candidate} refused, {champion} serves on [skip ci]"
    assert git(runner, "rev-parse", "HEAD^") == outcome.commit


def test_a_run_cut_off_after_its_commit_is_made_good_and_the_next_night_changes_nothing(
    again: Night, refused: Kept, champion: str
) -> None:
    """As SIGKILL leaves it: the remote has the commit, the checkout has half of the changes."""
    candidate, runner = refused.results[-1].outcome.candidate, again.runner
    base = git(runner, "rev-parse", "HEAD")
    (runner / LOCK).write_text((runner / LOCK).read_text() + "# half\n")
    git(runner, "commit", "--quiet", "-am", "Retraining")
    git(runner, "push", "--quiet", "origin", "main")
    git(runner, "reset", "--quiet", "--mixed", base)
    (runner / "dataset/loans.parquet").unlink()
    (runner / "dataset/loans.parquet").write_bytes(b"half of it")
    (runner / FILE).write_bytes(b"changing\n")

    result = again.run_here(DVC_BUCKET="")
    assert (result.code, result.outcome.status) == (0, "promoted"), result.said
    assert "the run before was cut off" in result.said
    assert "Running stage 'model'" not in result.said
    assert git(runner, "rev-parse", "HEAD~2") == base
    assert (runner / FILE).read_bytes() == b""
    assert result.outcome.champion == champion
    assert any(gate.name == "auc.continuity" and gate.champion for gate in result.outcome.gates)
    assert again.pointer() == candidate == read_model(runner / "model/champion").version
    assert result.outcome.published == f"gs://{BUCKET}/models"
    assert json.loads((runner / "model/champions.json").read_text())["champions"] == [
        champion,
        candidate,
    ]
    assert result.answers == f"promoted=true\nref={again.main()}\n"

    # The night after, on a runner that has neither model nor data.
    again.runner = again.folder / "fresh"
    git(again.folder, "clone", "--quiet", "origin.git", "fresh")
    shutil.copy(runner / ".dvc/config.local", again.runner / ".dvc")
    before = again.state()
    result = again.run_here()
    assert (result.code, result.outcome.status) == (0, "unchanged"), result.said
    assert "Data, code and parameters are as they were: nothing was trained." in result.text
    assert "Running stage" not in result.said
    left = again.state()
    assert left["champion"] == f"archive/{candidate}"
    assert {**left, "champion": None, "log": None} == before


def test_without_its_source_the_champion_serves_on(again: Night, champion: str) -> None:
    again.data.rename(again.folder / "gone")
    before = again.state()
    result = again.run_here(SMTP_PORT="9", DVC_BUCKET="")
    assert (result.code, result.outcome.step) == (1, "acquire"), result.said
    assert result.outcome.reason.endswith("data, which acquire reads, is not there")
    assert not result.mail.keys()  # nobody takes it at that port; the page is there all the same
    assert f"failed in acquire, {champion} serves on" in result.page
    assert again.state() == before


def test_a_publication_that_fails_takes_commit_and_champion_back(
    again: Night, refused: Kept, champion: str
) -> None:
    candidate = refused.results[-1].outcome.candidate
    again.gcs.put(BUCKET, f"models/{candidate}/manifest.json", b"something else")
    before = again.state()
    result = again.run_here(DVC_BUCKET="")  # data goes to a directory
    assert (result.code, result.outcome.step) == (1, "publish"), result.said
    assert f"{candidate}/manifest.json holds other bytes" in result.text
    assert "commit: " in result.said
    assert f"champion: {candidate}, in place of {champion}" in result.said
    assert (result.outcome.published, result.outcome.pushed) == (None, False)
    assert again.state() == before


def test_two_runs_do_not_meet(
    refused: Kept, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(refused.folder / "runner")
    monkeypatch.setattr("sys.argv", ["retrain"])
    with FILE.open("r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert retrain.main() == 1
    assert capsys.readouterr().err == (
        "retrain: another retraining is under way in this checkout\n"
    )
    assert not Path("reports/training_run.json").exists()
