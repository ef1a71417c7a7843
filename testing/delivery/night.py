"""A night on this machine: a small project, its remote, bucket and mailbox, and the command that runs it."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pandas as pd
import pytest
import yaml

from testing.conftest import ROOT
from testing.delivery.conftest import BUCKET
from testing.delivery.small_stages import DVC_YAML
from testing.gcs_server import GcsServer, running_gcs
from testing.smtp_server import Inbox, serving
from utilities import retrain
from utilities.pipeline_copy import copy_checkout
from utilities.training_run import Outcome, read_outcome

GATES = {  # a thousand people move by chance
    "max_psi": 5,
    "coverage_80": [0.3, 0.99],
    "max_auc_drop": {"continuity": 1, "default": 1},
    "max_auc_below_record": 1,
    "max_approval_change": 1,
    "max_lost_points": 1000,
    "min_approval_ratio": {},
}
NOBODY = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "night"), ("EMAIL", "night@example.org"))
}


@dataclass(frozen=True)
class Result:
    """What one run left."""

    code: int
    said: str
    outcome: Outcome
    mail: EmailMessage
    page: str
    answers: str

    @property
    def text(self) -> str:
        """The mail's text."""
        body = self.mail.get_body(("plain",))
        assert body is not None
        return str(body.get_content()).replace("\r\n", "\n")


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        env={**os.environ, **NOBODY},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


class Night:
    """The runner's checkout in ``folder``, with everything around it."""

    def __init__(self, folder: Path, gcs: GcsServer, inbox: Inbox, port: int) -> None:
        self.folder, self.gcs, self.inbox, self._port = folder, gcs, inbox, port
        self.runner, self.data = folder / "runner", folder / "data"

    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("GITHUB_")}
        return {
            **own,
            **NOBODY,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PYTHONPATH": os.pathsep.join([str(self.runner / "src"), str(self.runner)]),
            "DVC_BUCKET": f"{BUCKET}/data",
            "MODEL_URI": f"gs://{BUCKET}/models",
            "STORAGE_EMULATOR_HOST": self.gcs.url,
            "MLFLOW_TRACKING_URI": "http://127.0.0.1:9",
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self._port),
            "SMTP_TLS": "none",
            "MAIL_FROM": "night@example.org",
            "MAIL_TO": "risk@example.org",
            "GITHUB_OUTPUT": str(self.folder / "answers"),
        }

    def start(self, *words: str, **more: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            words or [sys.executable, "-m", "utilities.retrain"],
            cwd=self.runner,
            env={**self.environment(), **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str, **more: str) -> Result:
        """A command to its end."""
        with self.start(*words, **more) as process:
            said = process.communicate(timeout=300)[0]
        return self.result(process.returncode, said)

    def run_here(self, **more: str) -> Result:
        """`python -m utilities.retrain` in this process, which has imported everything already."""
        path = self.folder / "said"
        with pytest.MonkeyPatch.context() as patch, path.open("w+", encoding="utf-8") as said:
            for name, value in {**self.environment(), **more}.items():
                patch.setenv(name, value)
            patch.chdir(self.runner)
            patch.setattr(sys, "argv", ["retrain"])
            with redirect_stdout(said), redirect_stderr(said):
                code = retrain.main()
        return self.result(code, path.read_text(encoding="utf-8"))

    def stopped_at(self, line: str) -> Result:
        """The command, told to stop once it has said this."""
        with self.start() as process:
            assert process.stdout is not None
            said = ""
            while line not in said:
                read = process.stdout.readline()
                assert read, said
                said += read
            process.send_signal(signal.SIGTERM)
            said += process.communicate(timeout=60)[0]
        return self.result(process.returncode, said)

    def result(self, code: int, said: str) -> Result:
        reports = self.runner / "reports"
        assert (reports / "training_run.json").is_file(), said
        page = (reports / "training_mail.html").read_text(encoding="utf-8")
        mail = self.inbox.mails.pop() if self.inbox.mails else EmailMessage()
        answers = self.folder / "answers"
        found = answers.read_text(encoding="utf-8") if answers.exists() else ""
        answers.unlink(missing_ok=True)
        outcome = read_outcome(reports / "training_run.json")
        (reports / "training_run.json").unlink()
        return Result(code, said, outcome, mail, page, found)

    def pointer(self) -> str | None:
        found = self.gcs.store.find(BUCKET, "models/champion.json")
        return None if found is None else str(json.loads(found.data)["version"])

    def main(self) -> str:
        """The commit that main is at for everybody."""
        return git(self.folder / "origin.git", "rev-parse", "main")

    def state(self) -> Mapping[str, object]:
        """What a failure must leave as it was."""
        models = self.runner / "model"
        link, log = models / "champion", models / "champions.json"
        return {
            "main": self.main(),
            "head": git(self.runner, "rev-parse", "HEAD"),
            "changes": git(self.runner, "status", "--porcelain"),
            "pointer": self.pointer(),
            "champion": os.readlink(link) if link.is_symlink() else None,
            "log": log.read_bytes() if log.exists() else None,
        }

    def people_push(self, section: str, **changes: object) -> None:
        """Somebody changes parameters on main."""
        other = self.folder / "somebody"
        git(self.folder, "clone", "--quiet", "origin.git", str(other))
        parameters = yaml.safe_load((other / "params.yaml").read_text(encoding="utf-8"))
        parameters[section] |= changes
        (other / "params.yaml").write_text(yaml.safe_dump(parameters), encoding="utf-8")
        git(other, "commit", "--quiet", "-am", f"Other {section}")
        git(other, "push", "--quiet", "origin", "HEAD:main")
        shutil.rmtree(other)

    def arrive(self, source: Path, share: float) -> None:
        """Let the folder of data hold this share of the people, who are there with all they did."""
        self.data.mkdir(exist_ok=True)
        people = pd.read_parquet(source / "people.parquet")["person_id"]
        kept = set(people[: int(len(people) * share)])
        for name in ("people", "spells", "loans"):
            rows = pd.read_parquet(source / f"{name}.parquet")
            rows[rows["person_id"].isin(kept)].to_parquet(self.data / f"{name}.parquet")


def lay_out(folder: Path) -> None:
    """A committed copy of this checkout with small stages, its bare remote and a runner's clone."""
    project = folder / "project"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        copy_checkout(project)
    (project / ".dvc").mkdir()
    for name in (".dvc/config", ".dvc/.gitignore"):
        shutil.copy(ROOT / name, project / name)
    parameters = yaml.safe_load((project / "params.yaml").read_text(encoding="utf-8"))
    parameters["source"] |= {"kind": "files", "path": "../data"}
    parameters["gates"] |= GATES
    (project / "params.yaml").write_text(yaml.safe_dump(parameters), encoding="utf-8")
    (project / "dvc.yaml").write_text(DVC_YAML, encoding="utf-8")
    git(project, "init", "--quiet", "--initial-branch", "main")
    git(project, "add", "-A")
    git(project, "commit", "--quiet", "-m", "start")
    git(folder, "clone", "--quiet", "--bare", "project", "origin.git")
    shutil.rmtree(project)
    git(folder, "clone", "--quiet", "origin.git", "runner")


@contextmanager
def night(
    folder: Path, objects: Mapping[str, bytes] | None = None, port: int = 0
) -> Iterator[Night]:
    """What is in ``folder``, with a bucket that holds these objects and an empty mailbox."""
    with running_gcs(BUCKET, port=port) as gcs, serving(None, "none") as (inbox, mailed):
        for name, data in (objects or {}).items():
            gcs.put(BUCKET, name, data)
        yield Night(folder, gcs, inbox, mailed)


@dataclass(frozen=True)
class Kept:
    """A state of everything, for many tests to start from."""

    folder: Path
    objects: Mapping[str, bytes]
    port: int
    results: tuple[Result, ...]

    @contextmanager
    def again(self, folder: Path) -> Iterator[Night]:
        """A copy of it, with its bucket at the same address, which DVC has noted."""
        shutil.copytree(self.folder, folder, symlinks=True)
        git(folder / "runner", "remote", "set-url", "origin", str(folder / "origin.git"))
        with night(folder, self.objects, self.port) as copied:
            yield copied


def keep(made: Night, *results: Result) -> Kept:
    found = made.gcs.store.buckets[BUCKET].objects
    objects = {name: versions[-1].data for name, versions in found.items()}
    return Kept(made.folder, objects, made.gcs.server_port, results)
