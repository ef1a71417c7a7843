"""What came of one retraining, as the commands of the night tell it to each other.

The file is ``reports/training_run.json``: ``utilities.retrain`` writes it, ``utilities.mail`` reads it.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from solvencia.domain.errors import SourceError

OUTCOME = Path("reports/training_run.json")

Status = Literal["promoted", "unchanged", "refused", "failed"]

_EXITS: dict[Status, int] = {"promoted": 0, "unchanged": 0, "refused": 3, "failed": 1}


@dataclass(frozen=True)
class GateRow:
    """One gate that was asked; the figures are None where there are none.

    Attributes:
        name: such as 'auc.default'.
        candidate, champion: the figure of each.
        allowed: the limit in words.
        passed: whether it let the candidate through.
    """

    name: str
    candidate: float | None
    champion: float | None
    allowed: str
    passed: bool


@dataclass(frozen=True)
class Outcome:
    """How one run ended.

    Attributes:
        status: what came of it.
        reason: why, in sentences for people; of a refusal, those of the gates that failed.
        step: the step that failed; None where none did.
        started: when, with its time zone.
        seconds: how long it took.
        champion: version that served when the run began; None where none did.
        candidate: version that was trained; None where the run did not come so far.
        gates: every gate that was asked.
        published: where the new champion was published; None where it was not.
        pushed: whether the data went to the DVC remote.
        commit: of the code that ran.
        link: to the run's page.
    """

    status: Status
    reason: str
    step: str | None
    started: datetime
    seconds: float
    champion: str | None
    candidate: str | None
    gates: tuple[GateRow, ...]
    published: str | None
    pushed: bool
    commit: str | None
    link: str | None


_OUTCOMES = TypeAdapter(Outcome)


def exit_status(outcome: Outcome) -> int:
    """What a command exits with: 0 promoted or unchanged, 3 refused, 1 failed."""
    return _EXITS[outcome.status]


def write_outcome(outcome: Outcome, path: Path = OUTCOME) -> None:
    """Write it as JSON; directories are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_OUTCOMES.dump_json(outcome, indent=1) + b"\n")


def read_outcome(path: Path = OUTCOME) -> Outcome:
    """Read what ``write_outcome`` wrote.

    Raises:
        SourceError: the file is missing or is no outcome.
    """
    try:
        return _OUTCOMES.validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise SourceError(f"{path}: is missing; `make retrain` writes it") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "content"
        raise SourceError(f"{path}: {field}: {first['msg']}") from error


def page_of_run() -> str | None:
    """Address of this run's page on GitHub; None elsewhere."""
    parts = [os.environ.get(f"GITHUB_{name}") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID")]
    return "{}/{}/actions/runs/{}".format(*parts) if all(parts) else None
