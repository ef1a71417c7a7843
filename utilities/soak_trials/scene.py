"""What every trial begins with: a model, a policy, applicants, and a place to write."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random

from utilities.soak_trials.databases import Database
from utilities.soak_trials.service import ServiceProcess

_numbers = count()


@dataclass(frozen=True)
class Scene:
    """The stage of a trial.

    Attributes:
        model: directory of a model.
        policy: file of a policy.
        bodies: requests of ``POST /score``.
        scratch: directory for databases, models and logs.
        database: where decisions are kept.
        random: when things happen.
        tell: takes one line on how far the trial is.
        connections: that ask at the same time.
    """

    model: Path
    policy: Path
    bodies: Sequence[bytes]
    scratch: Path
    database: Database
    random: Random
    tell: Callable[[str], None] = lambda _: None
    connections: int = 8

    def service(self, url: str, added: Mapping[str, str] | None = None) -> ServiceProcess:
        """The service on this database, not started; ``added`` are further settings."""
        environment = {
            "DATABASE_URL": url,
            "MODEL_URI": str(self.model.absolute()),
            "POLICY_FILE": str(self.policy.absolute()),
            **(added or {}),
        }
        return ServiceProcess(environment, self.scratch / f"service{next(_numbers)}.log")
