"""Talking to MLflow without depending on it.

What MLflow cannot take, because a server is away or a disk is full, comes back as an ``Unrecorded``
that says so in a sentence: nothing is raised, and a server that does not answer costs seconds. The
store is a SQLite file unless ``MLFLOW_TRACKING_URI`` names another. Nothing is sent anywhere else:
MLflow's own reports about its use are turned off.
"""

import math
import os
import re
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

DEFAULT_URI = "sqlite:///model/registry/mlflow.db"
EXPERIMENT = "solvencia"

_SQLITE = "sqlite:///"
_BATCH = 100
"""Parameters that MLflow takes at once."""
_LONGEST_VALUE = 6000
_ALWAYS = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
_UNLESS_SET = {
    # MLflow would wait two minutes for an answer, and ask seven times more.
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",
    "MLFLOW_ARTIFACT_UPLOAD_DOWNLOAD_TIMEOUT": "60",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}

T = TypeVar("T")


@dataclass(frozen=True)
class Unrecorded:
    """What MLflow does not hold, where, and why.

    >>> print(Unrecorded("the study depth", "http://127.0.0.1:5000", "TimeoutError: timed out"))
    not recorded in MLflow at http://127.0.0.1:5000: the study depth (TimeoutError: timed out)
    """

    what: str
    where: str
    why: str

    def __str__(self) -> str:
        return f"not recorded in MLflow at {self.where}: {self.what} ({self.why})"


@dataclass(frozen=True)
class Store:
    """An open store. ``where`` is its address without secrets, ``client`` an ``MlflowClient``."""

    where: str
    client: Any
    artifacts: str | None

    def experiment(self) -> str:
        """Identifier of the experiment that holds every run; made when there is none."""
        found = self.client.get_experiment_by_name(EXPERIMENT)
        if found is not None:
            return str(found.experiment_id)
        made = self.client.create_experiment(EXPERIMENT, artifact_location=self.artifacts)
        return str(made)

    def log(self, run_id: str, parameters: Mapping[str, Any], metrics: Mapping[str, Any]) -> None:
        """Log nested parameters as text and nested metrics where they are finite numbers."""
        from mlflow.entities import Metric, Param

        now = int(time.time() * 1000)
        numbers = [
            Metric(plain(name), float(value), now, 0)
            for name, value in flat(metrics)
            if isinstance(value, int | float) and math.isfinite(value)
        ]
        stated = [
            Param(plain(name), str(value)[:_LONGEST_VALUE]) for name, value in flat(parameters)
        ]
        for first in range(0, max(len(numbers), len(stated)), _BATCH):
            part = slice(first, first + _BATCH)
            self.client.log_batch(run_id, metrics=numbers[part], params=stated[part])

    @contextmanager
    def finishing(self, run_id: str) -> Iterator[None]:
        """Leave a run finished, or failed when something breaks."""
        try:
            yield
        except Exception:  # raised again; whatever it was, the run must not stay open
            with suppress(Exception):
                self.client.set_terminated(run_id, "FAILED")
            raise
        self.client.set_terminated(run_id, "FINISHED")


def with_store(what: str, uri: str | None, work: Callable[[Store], T]) -> T | Unrecorded:
    """Open a store and work with it; ``what`` says what is unrecorded if that fails.

    ``uri`` is by default ``MLFLOW_TRACKING_URI``, or ``DEFAULT_URI``.
    """
    address = uri or os.environ.get("MLFLOW_TRACKING_URI") or DEFAULT_URI
    return attempt(what, without_secrets(address), lambda: work(_open(address)), _secret(address))


def attempt(what: str, where: str, work: Callable[[], T], secret: str = "") -> T | Unrecorded:
    """Do the work, or say why it failed; ``secret`` is kept out of the sentence."""
    try:
        return work()
    except Exception as error:  # whatever goes wrong over there, training goes on
        cause: BaseException = error
        while (deeper := cause.__cause__ or cause.__context__) is not None:
            cause = deeper
        why = " ".join(f"{type(cause).__name__}: {cause}".split())
        return Unrecorded(what, where, why.replace(secret, "***") if secret else why)


def flat(nested: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Names joined by points, with their values; lists stay whole.

    >>> list(flat({"fit": {"rounds": 300, "bounds": [0, 1]}, "seed": 7}))
    [('fit.rounds', 300), ('fit.bounds', [0, 1]), ('seed', 7)]
    """
    for name, value in nested.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value


def plain(name: str) -> str:
    """A name of signs that MLflow takes.

    >>> plain("coverage ≥ 0.8 'all'")
    'coverage _ 0.8 _all_'
    """
    return re.sub(r"[^A-Za-z0-9_./ -]", "_", name)


def without_secrets(uri: str) -> str:
    """An address that may be printed.

    >>> without_secrets("https://ana:secret@mlflow.example:5000/a"), without_secrets(DEFAULT_URI)
    ('https://mlflow.example:5000/a', 'sqlite:///model/registry/mlflow.db')
    """
    netloc = urlsplit(uri).netloc
    return uri.replace(netloc, netloc.rpartition("@")[2]) if "@" in netloc else uri


def _secret(uri: str) -> str:
    return urlsplit(uri).netloc.rpartition("@")[0]


def _open(uri: str) -> Store:
    # MLflow reads these from the environment only, as it is imported and with each request.
    os.environ.update(_ALWAYS)
    for name, value in _UNLESS_SET.items():
        os.environ.setdefault(name, value)
    artifacts = None
    if uri.startswith(_SQLITE):
        folder = Path(uri.removeprefix(_SQLITE)).resolve().parent
        folder.mkdir(parents=True, exist_ok=True)
        artifacts = (folder / "artifacts").as_uri()
    with warnings.catch_warnings():
        # MLflow 3.17 declares its tables in a way that SQLAlchemy 2.1 wants to drop.
        warnings.simplefilter("ignore", DeprecationWarning)
        from mlflow import MlflowClient

        client = MlflowClient(tracking_uri=uri, registry_uri=uri)
    return Store(without_secrets(uri), client, artifacts)
