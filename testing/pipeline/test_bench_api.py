"""The load generator, and a very small run of the benchmark of the service."""

import asyncio
import socket
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
import uvloop

from testing.conftest import ROOT
from utilities.bench_api import Plan, run
from utilities.bench_apps.servers import LOCAL, Server, ServerError
from utilities.load import LoadResult, Traffic, generate_load, run_load

Reply = Callable[[int, dict[str, str], bytes], bytes | None]
"""Number of the request at the server, its headers and body → the answer, or None to hang up."""
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n"


def load_on(reply: Reply, load: Callable[[int], Awaitable[LoadResult]]) -> LoadResult:
    """What ``load(port)`` brings from a server that answers so."""
    numbers = count()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                lines = (line.partition(": ") for line in head.splitlines()[1:])
                headers = {name: value for name, _, value in lines}
                body = await reader.readexactly(int(headers["Content-Length"]))
                answer = reply(next(numbers), headers, body)
                if answer is None:
                    break
                # In two pieces, as a network may deliver it.
                writer.write(answer[:20])
                await writer.drain()
                writer.write(answer[20:])
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()

    async def both() -> LoadResult:
        server = await asyncio.start_server(serve, LOCAL, 0)
        async with server:
            return await load(server.sockets[0].getsockname()[1])

    return uvloop.run(both())


def test_each_request_is_answered_once_and_bodies_take_turns() -> None:
    seen: Counter[bytes] = Counter()
    answered: list[int] = []

    def reply(_: int, __: dict[str, str], body: bytes) -> bytes:
        seen[body] += 1
        return GOOD

    def check(number: int, status: int, body: bytes) -> str | None:
        answered.append(number)
        assert (status, body) == (200, b"good")
        return None

    result = load_on(
        reply,
        lambda port: generate_load(
            Traffic(LOCAL, port, "/", [b"one", b"two"]), 3, requests=100, check=check
        ),
    )

    assert sorted(answered) == list(range(100))
    assert seen == {b"one": 50, b"two": 50}
    assert (result.answered, result.failures, result.interruptions) == (100, Counter(), Counter())
    assert 0 < result.quantile(0.5) <= result.quantile(0.99) <= result.seconds


def test_what_broke_off_is_sent_again_with_its_key() -> None:
    keys: Counter[str] = Counter()

    def reply(number: int, headers: dict[str, str], _: bytes) -> bytes | None:
        keys[headers["Idempotency-Key"]] += 1
        return None if number % 5 == 1 else BUSY if number % 5 == 3 else GOOD

    result = load_on(
        reply,
        lambda port: generate_load(
            Traffic(
                LOCAL,
                port,
                "/",
                [b"{}"],
                keys="run",
                persistent=True,
                again=frozenset({503}),
                pause=0.001,
            ),
            4,
            requests=40,
        ),
    )

    assert set(keys) == {f"run-{number}" for number in range(40)}
    assert (result.answered, result.failures) == (40, Counter())
    assert result.interruptions["connection lost"] + result.interruptions["HTTP 503"] == (
        keys.total() - 40
    )
    assert result.interruptions["connection lost"] > 0
    assert result.interruptions["HTTP 503"] > 0


def test_an_impatient_load_counts_what_failed() -> None:
    result = load_on(
        lambda number, *_: (None, BUSY, GOOD, b"HTTP/1.1 200 OK\r\n\r\n")[number % 4],
        lambda port: generate_load(Traffic(LOCAL, port, "/", [b"{}"], pause=0.001), 1, requests=40),
    )

    assert result.answered == 10
    assert result.failures == {
        "connection lost": 10,
        "HTTP 503": 10,
        "answer without Content-Length": 10,
    }


def test_nobody_who_answers_and_nobody_there() -> None:
    with socket.create_server((LOCAL, 0)) as listening:
        traffic = Traffic(LOCAL, listening.getsockname()[1], "/", [b"{}"], persistent=True)
        waiting = run_load(traffic, 2, seconds=0.05, patience=0.05)
    refused = run_load(traffic, 2, seconds=0.05, patience=0.05)

    assert (waiting.answered, waiting.failures) == (0, {"unanswered": 2})
    assert set(refused.interruptions) == {"connection refused"}
    assert refused.per_second == 0


def test_a_server_that_ends_says_why(tmp_path: Path) -> None:
    command = ["python", "-c", "raise SystemExit('no model here')"]

    with (
        Server(command, {}, tmp_path / "log") as server,
        pytest.raises(ServerError, match="no model here"),
    ):
        server.wait_until(lambda _: False, 30)


@pytest.mark.slow
def test_a_small_run_measures_the_service_and_its_floor(
    model_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    keys = ("a", "b", "batch")
    plan = Plan(keys, 0.1, 1, (1, 4), applications=40, batch=20, model=model_directory)

    report = run(plan, tmp_path)

    assert sum(report["run"]["outcomes"].values()) == 40
    assert report["batch"]["per_second_per_core"]["least"] > 0
    for key in ("a", "b"):
        measured = report["systems"][key]
        assert "trouble" not in measured, measured
        assert measured["memory_mb"] > 0
        for asked in measured["connections"].values():
            assert asked["answered"] > 0
            assert asked["failed"] == 0, asked["failures"]
    kept = report["batch"]["kept_in_sqlite"]["connections"]["1"]
    assert (kept["answered"] > 0, kept["failed"]) == (True, 0)
    assert list(tmp_path.iterdir()) == []
