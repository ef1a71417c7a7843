"""The databases of the trials: made empty, and taken away for a while."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Protocol

from sqlalchemy.engine import make_url

from utilities.postgres import PostgresServer

_LOCK_PATIENCE = 60.0


class Database(Protocol):
    """A kind of database."""

    @property
    def name(self) -> str:
        """As the command line and the table have it."""

    @property
    def ways(self) -> Sequence[str]:
        """In which it can be away."""

    def create(self) -> str:
        """The address of a new, empty database."""

    def leave(self, url: str, way: str) -> None:
        """Let it be away from now on."""

    def come_back(self) -> None:
        """Let it be there again."""


class Sqlite:
    """Files in a directory; away means that somebody else holds the lock for writing."""

    name = "sqlite"
    ways = ("locked",)

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._numbers = count()
        self._lock: sqlite3.Connection | None = None

    def create(self) -> str:
        """The address of a file that is not there yet."""
        return f"sqlite:///{self._directory / f'decisions{next(self._numbers)}.db'}"

    def leave(self, url: str, way: str) -> None:
        """Take the lock as soon as it is free."""
        path = make_url(url).database
        assert path is not None
        self._lock = sqlite3.connect(
            path, timeout=_LOCK_PATIENCE, isolation_level=None, check_same_thread=False
        )
        self._lock.execute("BEGIN EXCLUSIVE")

    def come_back(self) -> None:
        """Give the lock back."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None


class Postgresql:
    """Schemas of one server; away means that it was stopped, that it crashed, or that it hangs."""

    name = "postgresql"
    ways = ("stopped", "crashed", "frozen")

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._numbers = count()

    def create(self) -> str:
        """The address of a new schema."""
        return self._server.create_schema(f"soak{next(self._numbers)}")

    def leave(self, url: str, way: str) -> None:
        """Stop the server with its connections, let it crash, or let it hang."""
        {
            "stopped": self._server.stop,
            "crashed": self._server.crash,
            "frozen": self._server.freeze,
        }[way]()

    def come_back(self) -> None:
        """Start the server on its data, or let it go on."""
        if self._server.running:
            self._server.thaw()
        else:
            self._server.start()


@contextmanager
def opened(name: str, directory: Path) -> Iterator[Database]:
    """A database by its name, ``sqlite`` or ``postgresql``; nothing of it runs afterwards."""
    if name == Sqlite.name:
        database = Sqlite(directory)
        try:
            yield database
        finally:
            database.come_back()
    else:
        with PostgresServer(fsync=True) as server:
            yield Postgresql(server)
