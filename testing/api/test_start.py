"""The service as a process: how it starts, refuses to start, and ends."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from testing.conftest import ROOT

pytestmark = pytest.mark.slow


class Process:
    """A service of its own, with what it logs."""

    def __init__(self, **settings: str) -> None:
        self.running = subprocess.Popen(
            [sys.executable, "-m", "api"],
            cwd=ROOT,
            env={**os.environ, "PORT": "0", "MODEL_URI": "/nowhere", **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.port = 0

    def wait_until_it_listens(self) -> None:
        assert self.running.stdout is not None
        for line in self.running.stdout:
            message = json.loads(line)["message"]
            if message.startswith("Uvicorn running on"):
                self.port = int(message.split(" (")[0].rpartition(":")[2])
                return
        raise AssertionError(self.running.communicate()[1])

    def end(self) -> tuple[int, list[dict[str, Any]], str]:
        """Exit code, what was logged since, and what was written to stderr."""
        out, err = self.running.communicate(timeout=20)
        return self.running.returncode, [json.loads(line) for line in out.splitlines()], err


@contextmanager
def process(**settings: str) -> Iterator[Process]:
    started = Process(**settings)
    try:
        yield started
    finally:
        if started.running.poll() is None:
            started.running.kill()
            started.running.communicate()


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/decisions.db"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_was_accepted_is_finished_before_it_ends(number: int, database: str) -> None:
    with process(DATABASE_URL=database) as service:
        service.wait_until_it_listens()
        with socket.create_connection(("127.0.0.1", service.port), timeout=10) as client:
            head = "POST /score HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            # The service asks for the body once the route waits for it: the request is accepted.
            client.sendall(f"{head}Content-Length: 2\r\nExpect: 100-continue\r\n\r\n".encode())
            assert client.recv(100).startswith(b"HTTP/1.1 100")
            service.running.send_signal(number)
            assert service.running.stdout is not None
            for line in service.running.stdout:
                if json.loads(line)["message"] == "Shutting down":
                    break
            while accepts(service.port):
                pass
            client.sendall(b"{}")
            answer = client.recv(10_000).decode()
        assert answer.startswith(("HTTP/1.1 4", "HTTP/1.1 5"))
        assert "x-request-id" in answer
        assert "\r\nserver:" not in answer.lower()
        code, logged, err = service.end()
        assert (code, err) == (0, "")
        requests = [line for line in logged if line["message"] == "request"]
        assert [line["route"] for line in requests] == ["/score"]


def test_a_client_that_never_finishes_does_not_hold_the_end_up(database: str) -> None:
    with process(DATABASE_URL=database, SHUTDOWN_SECONDS="1") as service:
        service.wait_until_it_listens()
        with socket.create_connection(("127.0.0.1", service.port), timeout=10) as client:
            head = b"POST /score HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            client.sendall(head + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n")
            assert client.recv(100).startswith(b"HTTP/1.1 100")
            service.running.terminate()
            code, _, err = service.end()
        assert (code, err) == (0, "")


def test_exposed_without_keys_it_does_not_start(database: str) -> None:
    with process(DATABASE_URL=database, HOST="0.0.0.0") as service:
        code, logged, err = service.end()
    assert code == 2
    assert err.startswith("HOST is 0.0.0.0")
    assert err.count("\n") == 1
    assert not [line for line in logged if "Traceback" in str(line)]


def test_wrong_settings_are_told_a_line_each(database: str) -> None:
    with process(DATABASE_URL=database, PORT="seven", CURP_KEY="hush") as service:
        code, logged, err = service.end()
    assert (code, logged) == (2, [])
    first, second = err.splitlines()
    assert first.startswith("PORT: ")
    assert second.startswith("CURP_KEY: ")
    assert "hush" not in err


def test_an_address_in_use_is_told_in_a_line(database: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with process(DATABASE_URL=database, PORT=port) as service:
            code, logged, err = service.end()
    assert code != 0
    assert err == ""
    assert "address already in use" in logged[-1]["message"]
    assert logged[-1]["severity"] == "ERROR"


def test_a_start_loads_only_what_it_uses(database: str) -> None:
    code = """
import asyncio, sys
from api.main import create_app
async def start():
    app = create_app()
    async with app.router.lifespan_context(app):
        assert await app.state.service.store.ping()
asyncio.run(start())
print(*sys.modules, file=sys.stderr)
"""
    settings = {"DATABASE_URL": database, "MODEL_URI": "/nowhere"}

    loaded = _stderr(code, **settings).split()

    unused = {"alembic", "google", "opentelemetry.sdk", "pandas", "psycopg", "pyarrow", "sklearn"}
    assert "sqlalchemy.dialects.sqlite" in loaded
    assert not (unused | {"sqlalchemy.dialects.postgresql"}).intersection(loaded)


def test_imports_are_spared_the_garbage_collector_and_nothing_else() -> None:
    code = """
import gc, runpy, sys
try:
    runpy.run_module("api", run_name="__main__")
except SystemExit as end:
    found = end.code, gc.get_stats()[2]["collections"], gc.get_freeze_count() > 0, gc.isenabled()
    print(*found, file=sys.stderr)
"""

    assert _stderr(code, PORT="seven").splitlines()[-1] == "2 0 True True"


def _stderr(code: str, **settings: str) -> str:
    """What some code writes to stderr in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_what_is_not_understood_is_refused_rather_than_served() -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "api", "--prot", "8000"], capture_output=True, text=True, timeout=60
    )
    assert asked.returncode == 2
    assert "unrecognized arguments: --prot 8000" in asked.stderr
