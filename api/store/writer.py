"""The one thread that writes: all that waits goes into one commit, and outages are sat out."""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, groupby, islice
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from api.store.additions import Additions, Result
from api.store.engine import is_outage, transaction
from api.store.errors import RecordRefusedError, StoreUnavailableError
from api.store.records import DecisionRecord
from api.store.waiting import Addition, Job, Task, Waiting

logger = logging.getLogger("solvencia.store")

MOST_ROWS = 500
"""Decisions added at once; a transaction takes what waits until it has as many."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.05, 1.0
_PROBE_SECONDS = 1.0
_GRACE_SECONDS = 5.0

T = TypeVar("T")


class Writer:
    """Writes what it is given, in that order; made and used in one event loop."""

    def __init__(
        self,
        engine: Engine,
        *,
        patience: float,
        on_commit: Callable[[int, float], None] = lambda _rows, _seconds: None,
    ) -> None:
        """``on_commit`` is called in the writer's thread with decisions committed together, and seconds."""
        self._on_commit = on_commit
        self._there = False
        self._begun: float | None = None
        self._engine = engine
        self._patience = patience
        self._waiting = Waiting(patience)
        self._queue: queue.SimpleQueue[Task[Any] | None] = queue.SimpleQueue()
        self._accepted: list[Task[Any]] = []
        self._closing = False
        self._loop = asyncio.get_running_loop()
        self._ended = self._loop.create_future()
        self._additions = Additions(engine.dialect)
        self._connection: Connection | None = None
        threading.Thread(target=self._serve, name="store-writer", daemon=True).start()

    @property
    def healthy(self) -> bool:
        """Whether the database took the last write, or probe while there was none, and does not hang."""
        begun = self._begun
        return self._there and (begun is None or time.monotonic() - begun < self._patience)

    def add(self, records: Sequence[DecisionRecord]) -> asyncio.Future[list[Result]]:
        """Add decisions in one transaction, at most ``MOST_ROWS``; done when they are durable.

        Raises:
            StoreUnavailableError: the writer is closed, or too much is waiting.
        """
        return self._submit(Addition(records))

    def run(self, work: Callable[[Connection], T]) -> asyncio.Future[T]:
        """Call ``work`` in the writer's thread, again after an outage, until it has succeeded.

        Raises:
            StoreUnavailableError: the writer is closed, or too much is waiting.
        """
        return self._submit(Job(work))

    async def stop(self) -> None:
        """Finish what was accepted, as far as patience lasts."""
        self._closing = True
        self._hand_over()
        self._queue.put(None)
        await asyncio.wait({self._ended}, timeout=self._patience + _GRACE_SECONDS)
        self._waiting.close()

    def _submit(self, task: Task[T]) -> asyncio.Future[T]:
        if self._closing:
            raise StoreUnavailableError("the store is closed")
        self._waiting.accept(task)
        # Handed over together once the loop has served all who are ready: a thread that wakes for the
        # first of them would fight the loop for the interpreter, to commit that one alone.
        if not self._accepted:
            self._loop.call_soon(self._hand_over)
        self._accepted.append(task)
        return task.future

    def _hand_over(self) -> None:
        for task in self._accepted:
            self._queue.put(task)
        self._accepted.clear()

    # From here on: the writer's thread.

    def _serve(self) -> None:
        try:
            while tasks := self._gather():
                for kind, same in groupby(tasks, type):
                    for group in [list(same)] if kind is Addition else [[job] for job in same]:
                        self._persist(group)
        finally:
            self._disconnect()
            self._loop.call_soon_threadsafe(self._ended.set_result, None)

    def _gather(self) -> list[Task[Any]]:
        """All that waits, as soon as something does; nothing at the end."""
        gathered: list[Task[Any]] = []
        rows = 0
        while rows < MOST_ROWS:
            try:
                task = self._queue.get(block=not gathered, timeout=_PROBE_SECONDS)
            except queue.Empty:
                if gathered:
                    break
                self._probe()
                continue
            if task is None:
                self._queue.put(None)
                break
            gathered.append(task)
            rows += len(task.records) if isinstance(task, Addition) else 1
        return gathered

    def _persist(self, tasks: list[Task[Any]]) -> None:
        begun, pause = time.monotonic(), _FIRST_PAUSE
        while tasks := [task for task in tasks if not task.future.done()]:
            try:
                with self._timed():
                    outcomes = self._attempt(tasks)
            except Exception as error:  # sat out: each task has its own deadline
                self._lost(error)
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
            else:
                self._found()
                self._waiting.settle(zip(tasks, outcomes, strict=True))
                if rows := sum(len(task.records) for task in tasks if isinstance(task, Addition)):
                    self._on_commit(rows, time.monotonic() - begun)
                return

    def _attempt(self, tasks: list[Task[Any]]) -> list[Any]:
        """A result or an error for each task; an outage is raised."""
        connection = self._connected()
        if isinstance(tasks[0], Job):
            try:
                return [tasks[0].work(connection)]
            except Exception as error:  # an outage goes on; others are the task's
                if is_outage(error):
                    raise
                return [_refusal("write", error) if isinstance(error, SQLAlchemyError) else error]
        additions = [task.records for task in tasks if isinstance(task, Addition)]
        results = iter(self._keep(connection, list(chain.from_iterable(additions))))
        return [list(islice(results, len(records))) for records in additions]

    def _keep(self, connection: Connection, records: Sequence[DecisionRecord]) -> list[Result]:
        """Add decisions; one that the database refuses does not take the others with it."""
        try:
            return self._additions.keep(connection, records)
        except Exception as error:  # an outage goes on; others are a record's
            if is_outage(error):
                raise
            if len(records) == 1:
                return [_refusal(f"decision {records[0].id}", error)]
        middle = len(records) // 2
        return self._keep(connection, records[:middle]) + self._keep(connection, records[middle:])

    def _probe(self) -> None:
        try:
            with self._timed():
                probe(self._connected())
        except Exception as error:  # a probe that fails is an answer
            self._lost(error)
        else:
            self._found()

    @contextmanager
    def _timed(self) -> Iterator[None]:
        """Notes since when the database is asked: a server that hangs raises nothing."""
        self._begun = time.monotonic()
        try:
            yield
        finally:
            self._begun = None

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _lost(self, error: Exception) -> None:
        if self._there:
            logger.warning("the database is away: %s", type(error).__name__)
        self._there = False
        if self._connection is not None:
            self._connection.invalidate()  # to take leave of a lost server would fail
        self._disconnect()

    def _found(self) -> None:
        if not self._there:
            logger.info("the database is there")
        self._there = True


def probe(connection: Connection) -> None:
    """Whether it could be written now; changes nothing."""
    with transaction(connection):
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT 1")


def _refusal(what: str, error: Exception) -> RecordRefusedError:
    # The driver's message may repeat the value, which may be personal.
    kind = type(getattr(error, "orig", None) or error).__name__
    return RecordRefusedError(f"the database does not take the {what}: {kind}")
