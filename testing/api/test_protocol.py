"""Heads of requests, sent byte by byte to a server that runs."""

import socket
from asyncio import sleep as sleeping
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from time import sleep
from typing import Any

import orjson
import pytest
import uvicorn

from api import protocol
from api.protocol import HEAD_BYTES, BoundedProtocol
from testing.api.logged import Log

pytestmark = pytest.mark.slow
REQUEST = b"POST /score HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"


async def echo(scope: Any, receive: Any, send: Any) -> None:
    body = b""
    while True:
        message = await receive()
        body += message["body"]
        if not message["more_body"]:
            break
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def slow(scope: Any, receive: Any, send: Any) -> None:
    await sleeping(0.5)
    await echo(scope, receive, send)


@contextmanager
def running(app: Any) -> Iterator[uvicorn.Server]:
    config = uvicorn.Config(
        app,
        port=0,
        loop="uvloop",
        http=BoundedProtocol,
        lifespan="off",
        log_config=None,
        ws="none",
    )
    server = uvicorn.Server(config)
    with Log():
        thread = Thread(target=server.run)
        thread.start()
        while not server.started:
            sleep(0.001)
        yield server
        server.should_exit = True
        thread.join()


def port_of(server: uvicorn.Server) -> int:
    port: int = server.servers[0].sockets[0].getsockname()[1]
    return port


@pytest.fixture
def port() -> Iterator[int]:
    with running(echo) as server:
        yield port_of(server)


@pytest.fixture
def client(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        yield client


def answer(client: socket.socket) -> tuple[int, dict[str, str], bytes]:
    read = client.makefile("rb")
    status = int(read.readline().split()[1])
    headers = {}
    while (line := read.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode().partition(":")
        headers[name.lower()] = value.strip()
    return status, headers, read.read(int(headers["content-length"]))


def test_requests_on_one_connection_are_answered(client: socket.socket) -> None:
    for _ in range(3):
        client.sendall(REQUEST)
        assert answer(client)[0] == 200


def test_a_head_in_pieces_is_read(client: socket.socket) -> None:
    for place in range(len(REQUEST)):
        client.sendall(REQUEST[place : place + 1])
    assert answer(client)[::2] == (200, b"abc")


def test_requests_sent_together_are_answered_in_turn(client: socket.socket) -> None:
    client.sendall(REQUEST * 3)
    read = b""
    while read.count(b"abc") < 3:
        read += client.recv(10_000)
    assert read.count(b"200 OK") == 3


@pytest.mark.parametrize("line", [b"X-Long: " + b"a" * HEAD_BYTES, b"X-Many: y\r\n" * 10_000])
def test_a_head_without_end_is_refused(client: socket.socket, line: bytes) -> None:
    client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + line)
    status, headers, body = answer(client)
    assert status == 431
    assert headers["content-type"] == "application/problem+json"
    assert len(headers["x-request-id"]) == 32
    assert orjson.loads(body)["title"] == "Request Header Fields Too Large"


def test_a_long_body_is_no_long_head(client: socket.socket) -> None:
    size = 3 * HEAD_BYTES
    client.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % size)
    client.sendall(b"x" * size)
    assert answer(client)[0] == 200


def test_what_is_no_http_gets_a_problem_too(client: socket.socket) -> None:
    client.sendall(b"\x16\x03\x01 hello\r\n\r\n")
    status, headers, body = answer(client)
    assert status == 400
    assert "x-request-id" in headers
    assert orjson.loads(body)["status"] == 400


@pytest.mark.parametrize("sent", [b"", b"GET / HTT", REQUEST + b"GET /"])
def test_a_client_that_stops_within_a_head_is_cut_off(
    port: int, sent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "HEAD_SECONDS", 0.05)
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        client.sendall(sent)
        if sent.startswith(REQUEST):
            assert answer(client)[0] == 200
        assert client.recv(1) == b""


def test_a_service_that_stops_tells_clients_that_it_closes() -> None:
    """Idle connections are closed; one that waits for an answer is told with it."""
    with running(slow) as server:
        address = ("127.0.0.1", port_of(server))
        with (
            socket.create_connection(address, timeout=10) as idle,
            socket.create_connection(address, timeout=10) as busy,
        ):
            idle.sendall(REQUEST)
            assert "connection" not in answer(idle)[1]
            busy.sendall(REQUEST)
            sleep(0.1)
            server.should_exit = True
            assert idle.recv(1) == b""
            status, headers, body = answer(busy)
            assert (status, headers["connection"], body) == (200, "close", b"abc")
            assert busy.recv(1) == b""
