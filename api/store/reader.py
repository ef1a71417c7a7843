"""Reads, a few at a time and off the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from sqlalchemy import Connection, Engine

from api.store.engine import READERS, is_outage
from api.store.errors import StoreUnavailableError

T = TypeVar("T")


class Reader:
    """Threads that each read over a connection of their own."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")

    async def read(self, work: Callable[[Connection], T]) -> T:
        """What ``work`` finds.

        Raises:
            StoreUnavailableError: the database is away, or took too long.
        """
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._call, work)

    async def stop(self) -> None:
        """Finish what was begun."""
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()

    def _call(self, work: Callable[[Connection], T]) -> T:
        try:
            with self._engine.connect() as connection:
                return work(connection)
        except Exception as error:  # of either driver; only an outage is translated
            if is_outage(error):
                raise StoreUnavailableError("the database cannot be read") from error
            raise
