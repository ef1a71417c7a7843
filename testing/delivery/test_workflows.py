"""The workflows: what they may do, and that their steps are commands that work here."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from testing.client.running import ROOT
from testing.delivery.cloud import API, APP, SETTINGS, Cloud, serving
from testing.frontend.served import Served
from utilities.retrain import SKIP

FILES = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))
DEPLOYING = ROOT / ".github" / "workflows" / "cd.yaml"
TRAINING = DEPLOYING.with_name("continuous_training.yaml")
README = (ROOT / "README.md").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
INJECTED = """
name: bad
on: issues
jobs:
  one:
    runs-on: ubuntu-24.04
    steps:
      - run: echo "${{ github.event.issue.title }}"
"""


def jobs(file: Path) -> dict[str, dict[str, Any]]:
    read: dict[str, dict[str, Any]] = yaml.safe_load(file.read_text())["jobs"]
    return read


def steps(file: Path) -> list[dict[str, Any]]:
    return [step for job in jobs(file).values() for step in job.get("steps", [])]


def lint(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name(command[0])), *command[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def schema_of(*files: Path) -> subprocess.CompletedProcess[str]:
    return lint("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *map(str, files))


def zizmor(*files: Path) -> subprocess.CompletedProcess[str]:
    return lint("zizmor", "--offline", "--no-progress", "--persona", "pedantic", *map(str, files))


def test_there_are_workflows() -> None:
    assert {"ci.yaml", "cd.yaml", "continuous_training.yaml"} <= {file.name for file in FILES}


def test_they_follow_the_schema_and_risk_nothing_known() -> None:
    assert schema_of(*FILES).returncode == 0, schema_of(*FILES).stdout
    assert zizmor(*FILES).returncode == 0, zizmor(*FILES).stdout


def test_the_linters_notice_what_is_wrong(tmp_path: Path) -> None:
    injected = tmp_path / ".github" / "workflows" / "injected.yaml"
    injected.parent.mkdir(parents=True)
    injected.write_text(INJECTED)
    found = zizmor(injected)
    misspelt = injected.with_name("misspelt.yaml")
    misspelt.write_text(INJECTED.replace("runs-on", "runs-at"))

    assert found.returncode != 0
    assert "template-injection" in found.stdout
    assert schema_of(misspelt).returncode != 0


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
class TestEveryWorkflow:
    def test_actions_are_pinned_by_commit_and_say_their_version(self, file: Path) -> None:
        for used in re.findall(r"uses: (?!\./)(.*)", file.read_text()):
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used), used

    def test_rights_are_given_job_by_job(self, file: Path) -> None:
        assert yaml.safe_load(file.read_text())["permissions"] == {}
        for name, job in jobs(file).items():
            assert job["permissions"], name
            assert "write-all" not in str(job["permissions"])

    def test_runs_do_not_meet_and_jobs_end(self, file: Path) -> None:
        assert "concurrency" in yaml.safe_load(file.read_text())
        assert all("timeout-minutes" in job for job in jobs(file).values() if "steps" in job)

    def test_a_checkout_leaves_no_credentials(self, file: Path) -> None:
        for step in steps(file):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False

    def test_what_a_step_runs_is_a_make_target(self, file: Path) -> None:
        for step in steps(file):
            if "run" in step:
                (target,) = re.fullmatch(r"make ([a-z-]+)\n?", step["run"]).groups()
                assert target in TARGETS

    def test_what_it_asks_for_is_in_the_readme(self, file: Path) -> None:
        rows = re.findall(r"^\| (variable|secret) `([A-Z_]+)` ", README, re.MULTILINE)
        table = {name: kind for kind, name in rows}
        for kind, name in re.findall(r"\b(vars|secrets)\.([A-Z_]+)", file.read_text()):
            assert table.get(name) == {"vars": "variable", "secrets": "secret"}[kind], name


def test_nothing_is_built_once_it_may_act_on_the_cloud() -> None:
    said = [step.get("run") or step["uses"] for step in jobs(DEPLOYING)["deploy"]["steps"]]
    signing_in = [at for at, what in enumerate(said) if "google-github-actions/auth" in what]

    assert len(signing_in) == 2
    assert max(said.index("make setup"), said.index("make images")) < min(signing_in)
    assert said.index("make deploy") > max(signing_in)


def test_only_a_deployment_may_sign_in() -> None:
    rights = {
        (file.name, name)
        for file in FILES
        for name, job in jobs(file).items()
        if "id-token" in job["permissions"]
    }

    assert rights == {
        ("cd.yaml", "deploy"),
        ("continuous_training.yaml", "train"),
        ("continuous_training.yaml", "deploy"),
    }


def test_a_training_signs_in_for_the_night_alone_and_knows_every_setting() -> None:
    made = steps(TRAINING)
    said = [step.get("run") or step["uses"] for step in made]
    signing_in = [at for at, what in enumerate(said) if "google-github-actions/auth" in what]

    assert len(signing_in) == 2
    assert said.index("make setup") < min(signing_in)
    assert max(signing_in) < said.index("make retrain") == len(said) - 2
    night, telling = made[-2:]
    told = {"DVC_BUCKET", "MODEL_URI", "GITHUB_TOKEN", "RETRAIN_REASON", "RETRAIN_UNTIL"}
    assert told < set(night["env"])
    assert telling["if"] == "failure() || cancelled()"
    assert telling["run"] == "make mail-unless-told"
    assert telling["env"] == {
        name: value for name, value in night["env"].items() if name.startswith(("SMTP_", "MAIL_"))
    }


def test_a_training_is_deployed_when_it_promoted() -> None:
    calling = jobs(TRAINING)["deploy"]

    assert calling["uses"] == "./.github/workflows/cd.yaml"
    assert "needs.train.outputs.promoted == 'true'" in calling["if"]
    assert calling["with"] == {"ref": "main"}  # never older than what a push has deployed meanwhile
    outputs = jobs(TRAINING)["train"]["outputs"]
    assert outputs == {"promoted": "${{ steps.retrain.outputs.promoted }}"}


def test_what_is_deployed_is_what_was_checked() -> None:
    asked = "${{ needs.commit.outputs.commit }}"
    parts = jobs(DEPLOYING)
    assert parts["commit"]["outputs"] == {"commit": "${{ steps.checkout.outputs.commit }}"}
    assert parts["checks"]["with"] == {"ref": asked}
    assert parts["deploy"]["steps"][0]["with"]["ref"] == asked
    assert parts["deploy"]["needs"] == ["commit", "checks"]


def test_a_trainings_commit_does_not_train_again() -> None:
    """GitHub starts nothing for a push with the run's own token, nor for a title with this mark."""
    assert steps(TRAINING)[-2]["env"]["GITHUB_TOKEN"] == "${{ github.token }}"
    assert SKIP == "[skip ci]"


@pytest.fixture(scope="module")
def served(model_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(model_directory, tmp_path_factory.mktemp("flow") / "decisions.db") as served:
        yield served


@pytest.mark.slow
def test_the_steps_of_a_deployment_run_here(tmp_path: Path, served: Served) -> None:
    """As a runner runs them: one shell after another, with the variables put in their places."""
    cloud = Cloud(tmp_path, served)
    for name in SETTINGS:
        del cloud.environment[name]
    for step in jobs(DEPLOYING)["deploy"]["steps"]:
        if "run" not in step:
            continue
        given = {
            name: re.sub(
                r"\$\{\{ (?:vars|secrets)\.(\w+) \}\}",
                lambda found: SETTINGS.get(found[1], ""),
                value,
            )
            for name, value in step.get("env", {}).items()
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=ROOT,
            env={**cloud.environment, **given},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (step, done.stdout, done.stderr)

    assert cloud.calls("docker", "build", "solvencia-frontend")
    assert cloud.traffic(API) == {f"{API}-00002-new": 100}
    assert cloud.traffic(APP) == {f"{APP}-00002-new": 100}
