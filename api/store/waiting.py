"""What was accepted for writing and is awaited, each until its deadline."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from api.store.additions import Result
from api.store.errors import StoreUnavailableError
from api.store.records import DecisionRecord

_MOST = 10_000
"""Tasks that a long outage may hold in memory."""

T = TypeVar("T")


class Task(Generic[T]):
    """Something to write; ``future`` is done as soon as nobody waits for it any longer."""

    def __init__(self) -> None:
        self.future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.deadline = 0.0
        self.settled = False


class Addition(Task[list[Result]]):
    """Decisions to add, in one transaction, perhaps together with those of others."""

    def __init__(self, records: Sequence[DecisionRecord]) -> None:
        super().__init__()
        self.records = records


class Job(Task[T]):
    """Something else to write; it is called again after an outage, so it must bear repetition."""

    def __init__(self, work: Callable[[Connection], T]) -> None:
        super().__init__()
        self.work = work


class Waiting:
    """The tasks that are awaited. Lives in the event loop; only ``settle`` is for other threads.

    The deadline is kept here and not where it is written, so that it holds although the writer
    hangs in the driver.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._loop = asyncio.get_running_loop()
        self._tasks: deque[Task[Any]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def accept(self, task: Task[Any]) -> None:
        """Let a task wait for as long as patience lasts.

        Raises:
            StoreUnavailableError: too many are waiting.
        """
        if len(self._tasks) >= _MOST:
            raise StoreUnavailableError(f"more than {_MOST} writes are waiting for the database")
        task.deadline = self._loop.time() + self._patience
        self._tasks.append(task)
        if self._timer is None:
            self._timer = self._loop.call_at(task.deadline, self._expire)

    def settle(self, outcomes: Iterable[tuple[Task[Any], Any]]) -> None:
        """Hand results, or errors, to whoever awaits them: all with one call into the loop."""
        settled = list(outcomes)
        for task, _ in settled:
            task.settled = True
        self._loop.call_soon_threadsafe(self._deliver, settled)

    def close(self) -> None:
        """Give up on what still waits."""
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            self._give_up(task)
        self._tasks.clear()

    def _deliver(self, outcomes: list[tuple[Task[Any], Any]]) -> None:
        for task, outcome in outcomes:
            if task.future.done():
                continue
            if isinstance(outcome, Exception):
                task.future.set_exception(outcome)
            else:
                task.future.set_result(outcome)
        while self._tasks and self._tasks[0].future.done():
            self._tasks.popleft()

    def _expire(self) -> None:
        now = self._loop.time()
        while self._tasks and (self._tasks[0].deadline <= now or self._tasks[0].future.done()):
            self._give_up(self._tasks.popleft())
        self._timer = None
        if self._tasks:
            self._timer = self._loop.call_at(self._tasks[0].deadline, self._expire)

    @staticmethod
    def _give_up(task: Task[Any]) -> None:
        # What is settled is on its way here, and was only overtaken by the clock.
        if not task.settled and not task.future.done():
            task.future.set_exception(StoreUnavailableError("the database did not answer in time"))
