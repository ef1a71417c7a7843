"""Load on an HTTP server: connections kept alive, each asking again as soon as it is answered.

A closed loop over raw sockets that costs about 15 µs a request, so that on a shared machine the
server is what gets measured. ``run_load`` is for a process that does nothing else meanwhile;
``generate_load`` runs beside other coroutines, which may kill the server and start it again.
"""

import asyncio
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter
from typing import cast

import uvloop

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"
_CLOSES = b"connection: close"

Check = Callable[[int, int, bytes], str | None]
"""Number of the request, status, body → what is wrong with the answer, or None. Called once for
every answer that is not sent again, so it may also record them; it runs inside the loop."""


@dataclass(frozen=True)
class Traffic:
    """What is asked, and what is done when no answer comes.

    Attributes:
        bodies: request ``n``, counted over all connections from 0, sends body ``n`` modulo their
            number.
        keys: with it, request ``n`` carries ``Idempotency-Key: {keys}-{n}``.
        persistent: a request whose connection broke is sent again, with the same key, until it is
            answered. Otherwise it has failed.
        again: statuses after which a request is sent again, with the same key.
        pause: seconds before connecting or sending again.
    """

    host: str
    port: int
    path: str
    bodies: Sequence[bytes]
    headers: Mapping[str, str] = field(default_factory=dict)
    keys: str | None = None
    persistent: bool = False
    again: frozenset[int] = frozenset()
    pause: float = 0.02


@dataclass(frozen=True)
class LoadResult:
    """What came of it.

    Attributes:
        seconds: from the first connection to the last answer.
        latencies: seconds of every good answer, from when its request was first sent, in order of
            arrival.
        failures: requests without a good answer, by what was wrong.
        interruptions: connections refused or lost, and answers that were asked for again.
    """

    seconds: float
    latencies: Sequence[float]
    failures: Counter[str]
    interruptions: Counter[str]

    @property
    def answered(self) -> int:
        """Good answers."""
        return len(self.latencies)

    @property
    def per_second(self) -> float:
        """Good answers a second."""
        return self.answered / self.seconds if self.answered else 0.0

    def quantile(self, share: float) -> float:
        """Seconds within which this share of the good answers came; NaN without any.

        >>> LoadResult(1.0, [0.3, 0.1, 0.2], Counter(), Counter()).quantile(0.5)
        0.2
        """
        ordered = sorted(self.latencies)
        return (
            ordered[min(int(share * len(ordered)), len(ordered) - 1)] if ordered else float("nan")
        )


def run_load(
    traffic: Traffic,
    connections: int,
    *,
    seconds: float = float("inf"),
    requests: int | None = None,
    check: Check | None = None,
    patience: float = 30.0,
) -> LoadResult:
    """``generate_load`` in an event loop of its own."""
    return uvloop.run(
        generate_load(
            traffic,
            connections,
            seconds=seconds,
            requests=requests,
            check=check,
            patience=patience,
        )
    )


async def generate_load(
    traffic: Traffic,
    connections: int,
    *,
    seconds: float = float("inf"),
    requests: int | None = None,
    check: Check | None = None,
    patience: float = 30.0,
) -> LoadResult:
    """Ask over so many connections until the time is over or the requests are used up.

    Args:
        seconds: how long new requests are sent.
        requests: how many are sent; without it, as many as there is time for.
        check: says what is wrong with an answer; without it, every status but 200 is.
        patience: seconds that remain for open requests once ``seconds`` are over; those still
            without an answer then have failed.
    """
    run = _Run(traffic, seconds, requests, check or _is_ok)
    slots = [asyncio.create_task(_keep_connected(run)) for _ in range(connections)]
    await asyncio.wait(slots, timeout=None if seconds == float("inf") else seconds + patience)
    for slot in slots:
        slot.cancel()
    ended = await asyncio.gather(*slots, return_exceptions=True)
    for error in ended:
        if isinstance(error, Exception):
            raise error
    return LoadResult(run.last - run.start, run.latencies, run.failures, run.interruptions)


def _is_ok(_number: int, status: int, _body: bytes) -> str | None:
    return None if status == 200 else f"HTTP {status}"


class _Run:
    """What all connections share."""

    def __init__(
        self, traffic: Traffic, seconds: float, requests: int | None, check: Check
    ) -> None:
        self.traffic, self.check = traffic, check
        self.start = self.last = perf_counter()
        self.deadline = self.start + seconds
        self.left = requests
        self.sent = 0
        self.latencies = array("d")
        self.failures: Counter[str] = Counter()
        self.interruptions: Counter[str] = Counter()
        lines = "".join(f"{name}: {value}\r\n" for name, value in traffic.headers.items())
        head = (
            f"POST {traffic.path} HTTP/1.1\r\nHost: {traffic.host}:{traffic.port}\r\n"
            f"Content-Type: application/json\r\n{lines}"
        )
        self._requests = [
            (f"{head}Content-Length: {len(body)}\r\n".encode(), b"\r\n" + body)
            for body in traffic.bodies
        ]
        self._whole = [head + rest for head, rest in self._requests]

    def take(self) -> int | None:
        """Number of the next request, or None when there is none."""
        if perf_counter() >= self.deadline or self.sent == self.left:
            return None
        self.sent += 1
        return self.sent - 1

    def request(self, number: int) -> bytes:
        place = number % len(self._requests)
        if self.traffic.keys is None:
            return self._whole[place]
        head, rest = self._requests[place]
        return b"%bIdempotency-Key: %b-%d\r\n%b" % (head, self.traffic.keys.encode(), number, rest)


async def _keep_connected(run: _Run) -> None:
    """One connection at a time, opened anew when it breaks, until nothing is left to ask."""
    loop, traffic = asyncio.get_running_loop(), run.traffic
    connection = _Connection(run, None, run.start)
    try:
        while connection.number is not None or (
            perf_counter() < run.deadline and run.sent != run.left
        ):
            connection = _Connection(run, connection.number, connection.first_sent)
            try:
                await loop.create_connection(lambda: connection, traffic.host, traffic.port)  # noqa: B023 - called at once
            except OSError:
                run.interruptions["connection refused"] += 1
                if not traffic.persistent:
                    run.failures["connection refused"] += 1
                await asyncio.sleep(traffic.pause)
                continue
            await connection.closed
            if connection.number is not None:
                run.interruptions["connection lost"] += 1
                if not traffic.persistent:
                    run.failures["connection lost"] += 1
                    connection.number = None
                await asyncio.sleep(traffic.pause)
    except asyncio.CancelledError:
        if connection.number is not None:
            run.failures["unanswered"] += 1
        connection.abort()
        raise


class _Connection(asyncio.Protocol):
    """One connection: sends a request, waits for its answer, sends the next."""

    def __init__(self, run: _Run, number: int | None, first_sent: float) -> None:
        self.number = number
        """The request that waits for its answer."""
        self.first_sent = first_sent
        self.closed = asyncio.get_running_loop().create_future()
        self._run = run
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()

    def abort(self) -> None:
        """Close without waiting for anything."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        if self.number is None:
            self._next()
        else:
            self._send()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        buffer = self._buffer
        buffer += data
        end = buffer.find(_END_OF_HEAD)
        if end < 0:
            return
        head = bytes(buffer[:end]).lower()
        place = head.find(_LENGTH)
        if place < 0:
            self._failed("answer without Content-Length")
            return
        stop = head.find(b"\r", place)
        length = int(head[place + len(_LENGTH) : stop if stop > 0 else None])
        start = end + len(_END_OF_HEAD)
        if len(buffer) < start + length:
            return
        body = bytes(buffer[start : start + length])
        buffer.clear()
        self._answered(int(head[9:12]), body)
        if _CLOSES in head:
            self.abort()
        elif self.number is None:
            self._next()

    def _answered(self, status: int, body: bytes) -> None:
        run = self._run
        assert self.number is not None
        if status in run.traffic.again:
            run.interruptions[f"HTTP {status}"] += 1
            asyncio.get_running_loop().call_later(run.traffic.pause, self._send)
            return
        now = perf_counter()
        run.last = now
        problem = run.check(self.number, status, body)
        if problem is None:
            run.latencies.append(now - self.first_sent)
        else:
            run.failures[problem] += 1
        self.number = None

    def _failed(self, why: str) -> None:
        self._run.failures[why] += 1
        self.number = None
        self.abort()

    def _next(self) -> None:
        self.number = self._run.take()
        self.first_sent = perf_counter()
        if self.number is None:
            self.abort()
        else:
            self._send()

    def _send(self) -> None:
        assert self._transport is not None
        assert self.number is not None
        if not self._transport.is_closing():
            self._transport.write(self._run.request(self.number))
