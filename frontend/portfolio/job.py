"""A portfolio on its way through the service, in a thread of its own."""

import logging
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from threading import Event, Thread
from time import monotonic
from typing import Literal
from uuid import uuid4

from frontend.portfolio.faults import Faults
from frontend.portfolio.requests import Portfolio, ndjson
from frontend.portfolio.results import Decided, Results
from solvencia_client import (
    FieldError,
    NotReady,
    ServiceAway,
    ServiceError,
    ServiceFailed,
    SolvenciaClient,
)
from solvencia_client.errors import RateLimited
from solvencia_client.types import BatchRow

CHUNK = 500
LONGEST_PAUSE, LONGEST_WAIT = 10.0, 60.0
"""Seconds between tries: by ourselves, and when the service asks for more."""
MOST_FAILURES = 5
"""How often in a row a chunk may fail for no reason that waiting heals."""
State = Literal["running", "waiting", "done", "cancelled", "failed"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Progress:
    """How far it is; ``seconds_left`` is None while nothing can be said of it."""

    state: State
    total: int
    done: int
    refused: int
    stopping: bool
    seconds_left: float | None

    @property
    def over(self) -> bool:
        """Nothing more will come."""
        return self.state in ("done", "cancelled", "failed")


class Job:
    """Decides on a portfolio, chunk by chunk; kept by a session, and stopped when that is gone.

    Every chunk has an idempotency key made of the job's: a chunk that breaks off is sent again, and
    the rows that were decided come back as they were.
    """

    def __init__(
        self,
        service: SolvenciaClient,
        portfolio: Portfolio,
        trouble_of: Callable[[ServiceError], str],
    ) -> None:
        self._run = _Run(service, portfolio, trouble_of)
        # The thread holds the run and not the job, so that the job goes with its session.
        weakref.finalize(self, self._run.stop.set)
        self.thread = Thread(target=self._run.work, daemon=True, name="portfolio")
        self.thread.start()

    @property
    def portfolio(self) -> Portfolio:
        """What is decided on."""
        return self._run.portfolio

    @property
    def results(self) -> Results:
        """What was decided so far."""
        return self._run.results

    @property
    def faults(self) -> Faults:
        """What was refused so far."""
        return self._run.faults

    @property
    def trouble(self) -> str | None:
        """The key of the copy that tells why it failed, if it did."""
        return self._run.trouble

    def cancel(self) -> None:
        """Stop after the chunk that is on its way; what was decided is kept."""
        self._run.stop.set()

    def progress(self) -> Progress:
        """How far it is."""
        run = self._run
        done = run.done
        left = None
        if run.state == "running" and done and run.seconds > 0:
            left = (len(run.portfolio) - done) * run.seconds / done
        return Progress(run.state, len(run.portfolio), done, run.refused, run.stop.is_set(), left)


class _Run:
    """The work itself, and what it has found."""

    def __init__(
        self,
        service: SolvenciaClient,
        portfolio: Portfolio,
        trouble_of: Callable[[ServiceError], str],
    ) -> None:
        self.service, self.portfolio, self.trouble_of = service, portfolio, trouble_of
        self.results, self.faults = Results(), Faults()
        self.stop = Event()
        self.state: State = "running"
        self.done = self.refused = 0
        self.seconds = 0.0
        """Spent on rows that were answered, without pauses."""
        self.trouble: str | None = None
        self._key = str(uuid4())

    def work(self) -> None:
        try:
            for start in range(0, len(self.portfolio), CHUNK):
                if self.stop.is_set() or not self._chunk(start):
                    break
            self.state = "done" if self.done == len(self.portfolio) else "cancelled"
        except ServiceError as error:
            self.trouble, self.state = self.trouble_of(error), "failed"
        except Exception as error:  # a thread that ended silently would look busy for ever
            logger.error("a portfolio broke off: %s", type(error).__name__)
            self.trouble, self.state = "failed", "failed"

    def _chunk(self, start: int) -> bool:
        """Whether all rows of a chunk were answered; not when it was stopped before."""
        requests = self.portfolio.requests(start, CHUNK)
        states = [request["profile"].get("state") for request in requests]
        body, rows, tries = ndjson(requests), list[BatchRow](), 0
        try:
            while True:
                begun, rows[:] = monotonic(), []
                try:
                    self._receive(body, f"{self._key}-{start}", rows)
                    if len(rows) < len(requests):
                        raise ServiceFailed("fewer rows came back than were sent")
                    self.seconds += monotonic() - begun
                    return True
                except ServiceError as error:
                    tries += 1
                    pause = _pause(error, tries)
                    if pause is None:
                        raise
                self.state = "waiting"
                if self.stop.wait(pause):
                    return False
        finally:
            self._keep(start, rows, states)

    def _receive(self, body: bytes, key: str, rows: list[BatchRow]) -> None:
        before = self.done
        try:
            for row in self.service.score_file(
                BytesIO(body), "application/x-ndjson", idempotency_key=key
            ):
                rows.append(row)
                self.done += 1
                self.state = "running"
        except ServiceError:
            self.done = before  # they come again, before the others
            raise

    def _keep(self, start: int, rows: list[BatchRow], states: list[str | None]) -> None:
        """Put rows into columns; those of a chunk that broke off count too."""
        number = self.portfolio.sheet.number
        self.done = start + len(rows)
        decided: list[Decided] = []
        refused: list[tuple[int, FieldError]] = []
        for row in rows:
            at = start + row["row"] - 1
            if decision := row.get("decision"):
                decided.append(Decided(number(at), states[row["row"] - 1], decision))
                continue
            self.refused += 1
            refused += [
                (number(at), FieldError(e["field"], "", e.get("value"), e.get("allowed")))
                for e in row.get("errors", [])
            ]
        self.results.add(decided)
        self.faults.add(refused)


def _pause(error: ServiceError, tries: int) -> float | None:
    """Seconds until a chunk may be sent again; None when that would not help."""
    heals = isinstance(error, ServiceAway | NotReady | RateLimited)
    if not heals and not (isinstance(error, ServiceFailed) and tries < MOST_FAILURES):
        return None
    ours = min(0.5 * 2.0 ** min(tries, 8), LONGEST_PAUSE)
    return max(min(error.retry_after or 0.0, LONGEST_WAIT), ours)
