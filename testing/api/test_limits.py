import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import orjson
import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

from api import limits
from api.limits import BodyLimit, RateLimiter

BATCH = frozenset({"/score/batch"})


def test_a_burst_then_the_rate() -> None:
    limiter = RateLimiter(per_second=10, burst=5)
    assert [limiter.take("a", 7.0) for _ in range(7)] == [0] * 5 + [1] * 2
    assert [limiter.take("a", 7.1) for _ in range(2)] == [0, 1]
    assert [limiter.take("a", 100.0) for _ in range(6)] == [0] * 5 + [1]


def test_the_wait_is_told_in_whole_seconds_rounded_up() -> None:
    limiter = RateLimiter(per_second=0.25, burst=1)
    assert [limiter.take("a", now) for now in (0.0, 0.0, 1.0, 4.0)] == [0, 2, 1, 0]


def test_one_key_does_not_use_up_anothers() -> None:
    limiter = RateLimiter(per_second=1, burst=1)
    assert [limiter.take(key, 0.0) for key in ("a", "a", "b")] == [0, 1, 0]


@given(
    rate=st.floats(0.1, 1000),
    burst=st.integers(1, 500),
    gaps=st.lists(st.floats(0, 3), min_size=1, max_size=200),
)
def test_no_key_gets_more_than_burst_and_rate_allow(
    rate: float, burst: int, gaps: list[float]
) -> None:
    limiter, now, taken = RateLimiter(rate, burst), 1e6, 0
    for gap in gaps:
        now += gap
        taken += limiter.take("a", now) == 0
    assert taken <= burst + rate * (now - 1e6) + 1


def test_waiting_as_told_is_enough() -> None:
    limiter, now = RateLimiter(per_second=3, burst=2), 0.0
    for _ in range(100):
        wait = limiter.take("a", now)
        if wait:
            now += wait
            assert limiter.take("a", now) == 0


def test_keys_that_rest_are_forgotten() -> None:
    limiter = RateLimiter(per_second=10, burst=5)
    for number in range(50_000):
        limiter.take(str(number), number / 10)
    assert len(limiter._full_at) < 2_000


@pytest.fixture
def client() -> Iterator[TestClient]:
    app = FastAPI()
    app.add_middleware(BodyLimit, largest=1000, largest_batch=5000, batch_paths=BATCH)

    @app.post("/score/batch")
    @app.post("/score")
    async def raw(request: Request) -> int:
        return len(await request.body())

    @app.post("/parsed")
    async def parsed(body: dict[str, Any]) -> int:
        return len(body)

    @app.post("/unread")
    async def unread() -> str:
        return "nothing was read"

    with TestClient(app) as client:
        yield client


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 100):
        yield b'"' * 100


@pytest.mark.parametrize("path", ["/score", "/parsed", "/unread"])
@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_refused(client: TestClient, path: str, chunked: bool) -> None:
    body = chunks(1100) if chunked else b"x" * 1100
    answer = client.post(path, content=body)
    if chunked and path == "/unread":
        assert answer.status_code == 200
        return
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:solvencia:problem:too-large"
    assert "1000" in answer.json()["detail"]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_within_the_limit_is_read(client: TestClient, chunked: bool) -> None:
    for path, size in (("/score", 1000), ("/score/batch", 5000)):
        body = chunks(size) if chunked else b"x" * size
        assert client.post(path, content=body).json() == size


def test_a_batch_has_a_limit_of_its_own(client: TestClient) -> None:
    assert client.post("/score/batch", content=b"x" * 5001).status_code == 413


@pytest.mark.parametrize("length", ["-5", "1e3", "", "9" * 30])
def test_a_strange_length_is_no_way_around(length: str) -> None:
    async def read_all(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    status, _ = asked(read_all, {"content-length": length}, [b"x" * 600] * 3)
    assert status == 413


def test_after_the_cut_the_application_is_not_heard() -> None:
    async def stubborn(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise OSError("the client left")

    status, body = asked(stubborn, {"transfer-encoding": "chunked"}, [b"x" * 600] * 3)
    assert status == 413
    assert orjson.loads(body)["status"] == 413


def test_an_error_of_the_application_stays_its_own() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise OSError("not about the body")

    with pytest.raises(OSError, match="not about the body"):
        asked(broken, {"content-length": "3"}, [b"abc"])


def test_a_body_that_does_not_come_is_not_awaited_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "_GRACE_SECONDS", 0.0)
    monkeypatch.setattr(limits, "_LEAST_BYTES_PER_SECOND", 1_000_000)

    async def patient(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    status, body = asked(patient, {"content-length": "900"}, [b"x"], complete=False)
    assert status == 408
    assert orjson.loads(body)["type"] == "urn:solvencia:problem:too-slow"


def test_waiting_for_the_client_to_leave_has_no_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_GRACE_SECONDS", 0.0)
    monkeypatch.setattr(limits, "_LEAST_BYTES_PER_SECOND", 1e9)

    async def streams(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})

    assert asked(streams, {"content-length": "1"}, [b"x"])[0] == 200


def asked(
    app: Any, headers: dict[str, str], parts: list[bytes], *, complete: bool = True
) -> tuple[int, bytes]:
    """What a client that sends these parts is answered; then it waits."""
    limit = BodyLimit(app, largest=1000, largest_batch=5000, batch_paths=BATCH)
    sent: list[Message] = []

    async def body() -> AsyncIterator[Message]:
        for number, part in enumerate(parts, 1):
            more = not complete or number < len(parts)
            yield {"type": "http.request", "body": part, "more_body": more}
        await asyncio.Event().wait()

    async def run() -> None:
        coming = body()

        async def send(message: Message) -> None:
            sent.append(message)

        await limit(
            {
                "type": "http",
                "path": "/score",
                "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
            },
            coming.__anext__,
            send,
        )
        await coming.aclose()

    asyncio.run(run())
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent)
