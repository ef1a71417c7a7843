"""The other ways to serve a model, all on the one that ``pipeline`` trains.

Requests hold the features already, and answers a probability: no features are computed, no rule is
asked, nothing is stored. Each system with its pandas row; MLflow and BentoML also with XGBoost alone,
given the very numbers that it splits on, which is less than any applicant comes as.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from utilities.bench_apps.environments import RivalError, environment
from utilities.bench_apps.servers import LOCAL, Server
from utilities.bench_apps.systems import System
from utilities.load import Check

MLFLOW, BENTOML = "mlflow==3.17.2", "bentoml==1.4.39"
TREES, DEPTH = 300, 5
DESCRIPTION = (
    f"imputer, one-hot, XGBoost of {TREES} trees of depth {DEPTH}, one thread; continuity target"
)
_HERE = Path(__file__).resolve().parent
_USUAL = "utilities.bench_apps.usual:create_app"
_TOLERANCE = 1e-6
_NO_REPORTS = {
    "BENTOML_DO_NOT_TRACK": "True",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
}
Features = Mapping[str, Any]


@dataclass(frozen=True)
class Trained:
    """The model on disk, and what it must answer.

    Attributes:
        encoded: the numbers XGBoost sees, shape (n, columns), of each of the n ``features``.
        probabilities: the answers, shape (n,).
    """

    directory: Path
    features: Sequence[Features]
    encoded: Sequence[Sequence[float]]
    probabilities: Sequence[float]

    def check(self, read: Callable[[Any], float]) -> Check:
        """A good answer holds the probability of its request, where ``read`` finds it."""

        def check(number: int, status: int, body: bytes) -> str | None:
            if status != 200:
                return f"HTTP {status}"
            wanted = self.probabilities[number % len(self.probabilities)]
            try:
                got = read(json.loads(body))
            except (ValueError, LookupError, TypeError):
                return "unreadable answer"
            return None if abs(got - wanted) < _TOLERANCE else "wrong answer"

        return check


def train(features: Sequence[Features], directory: Path) -> Trained:
    """Train in a process of its own; ``directory`` is made.

    Raises:
        RivalError: there is nothing to learn from.
    """
    directory.mkdir()
    listed = directory / "features.json"
    listed.write_text(json.dumps(features), encoding="utf-8")
    module = [sys.executable, "-m", "utilities.bench_apps.pipeline"]
    _run([*module, str(listed), str(directory), str(TREES), str(DEPTH)])
    expected = json.loads((directory / "expected.json").read_text(encoding="utf-8"))
    return Trained(directory, features, expected["encoded"], expected["probability"])


def usual(trained: Trained) -> System:
    """(c) FastAPI, a pandas row, a scikit-learn pipeline."""
    command = [sys.executable, "-m", "uvicorn", "--factory", _USUAL, "--no-access-log"]
    options = ["--host", LOCAL, "--port", "{port}"]
    model = {"BENCH_MODEL": str(trained.directory)}
    return System(
        "/score",
        [_json(features) for features in trained.features],
        trained.check(lambda answer: float(answer["probability"])),
        lambda directory: Server([*command, *options], model, directory / "log"),
    )


def mlflow(trained: Trained, scratch: Path) -> dict[str, System]:
    """(d) ``mlflow models serve``: the pipeline, and (d2) XGBoost alone.

    Raises:
        RivalError: it cannot be installed, or does not take the model.
    """
    programs = environment(scratch / "mlflow", MLFLOW)
    _run([str(programs / "python"), str(_HERE / "mlflow_model.py"), str(trained.directory)])
    # It starts the uvicorn that it finds on the path.
    added = {**_NO_REPORTS, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}

    def launch(model: str, directory: Path) -> Server:
        command = [str(programs / "mlflow"), "models", "serve", "--env-manager", "local"]
        where = ["--host", LOCAL, "--port", "{port}", "--workers", "1"]
        model_uri = ["--model-uri", str(trained.directory / model)]
        return Server([*command, *where, *model_uri], added, directory / "log", directory)

    return {
        "d": System(
            "/invocations",
            [_json({"dataframe_records": [features]}) for features in trained.features],
            trained.check(lambda answer: float(answer["predictions"][0][1])),
            partial(launch, "mlflow_pipeline"),
        ),
        "d2": System(
            "/invocations",
            [_json({"inputs": [values]}) for values in trained.encoded],
            trained.check(lambda answer: float(answer["predictions"][0])),
            partial(launch, "mlflow_booster"),
        ),
    }


def bentoml(trained: Trained, scratch: Path) -> dict[str, System]:
    """(e) BentoML with one worker: the pipeline, and (e2) XGBoost alone.

    Raises:
        RivalError: it cannot be installed.
    """
    programs = environment(scratch / "bentoml", BENTOML)

    def launch(directory: Path) -> Server:
        command = [str(programs / "bentoml"), "serve", "bento_service:Continuity"]
        options = ["--host", LOCAL, "--port", "{port}", "--working-dir", str(_HERE)]
        added = {
            **_NO_REPORTS,
            "BENTOML_HOME": str(directory),
            "BENCH_MODEL": str(trained.directory),
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        }
        return Server([*command, *options], added, directory / "log", directory)

    check = trained.check(float)
    rows = [_json({"features": features}) for features in trained.features]
    numbers = [_json({"values": values}) for values in trained.encoded]
    return {
        "e": System("/pipeline", rows, check, launch),
        "e2": System("/booster", numbers, check, launch),
    }


def _run(command: list[str]) -> None:
    environment = os.environ | _NO_REPORTS
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        reason = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        raise RivalError(reason[-1])


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()
