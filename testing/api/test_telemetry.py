import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from api.errors import add_error_handlers
from api.limits import BodyLimit
from api.logs import exchange, note_decision
from api.middleware import Observed
from api.telemetry import Metrics
from testing.api.logged import Log

SECRET = "HEGG560427MVZRRL04"


def figures(metrics: Metrics) -> dict[tuple[str, ...], float]:
    """Each series by its name and the values of its labels, in the order of the labels' names."""
    return {
        (sample.name.removeprefix("solvencia_"), *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics.exposition().decode())
        for sample in family.samples
    }


def service(metrics: Metrics) -> FastAPI:
    app = FastAPI()
    router = APIRouter(prefix="/applicants")

    @router.delete("/{reference}")
    async def erase(reference: str) -> int:
        return len(reference)

    @app.post("/score")
    async def score(request: Request) -> int:
        told = exchange.get()
        assert told is not None
        told.caller = "0123456789ab"
        note_decision("0193-decision")
        return len(await request.body())

    @app.get("/in-flight")
    async def in_flight() -> int:
        return metrics.in_flight

    @app.get("/broken")
    async def broken() -> int:
        return int(SECRET)

    @app.get("/half")
    async def half() -> StreamingResponse:
        async def parts() -> Any:
            yield b"half"
            raise ValueError(SECRET)

        return StreamingResponse(parts())

    @app.get("/limited")
    async def limited() -> Response:
        raise HTTPException(429)

    @app.get("/cached")
    async def cached() -> Response:
        return Response(b"", headers={"X-Other": "kept"})

    app.include_router(router)
    add_error_handlers(app)
    app.add_middleware(
        BodyLimit, largest=1000, largest_batch=1000, batch_paths=frozenset({"/score/batch"})
    )
    app.add_middleware(Observed, metrics=metrics)
    return app


@pytest.fixture
def log() -> Iterator[Log]:
    with Log() as log:
        yield log


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


@pytest.fixture
def client(log: Log, metrics: Metrics) -> Iterator[TestClient]:
    with TestClient(service(metrics)) as client:
        yield client


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/score", b"{}", 200),
        ("GET", "/nothing", None, 404),
        ("GET", "/score", None, 405),
        ("POST", "/score", b"x" * 1001, 413),
        ("GET", "/limited", None, 429),
        ("GET", "/broken", None, 500),
        ("GET", "/docs", None, 200),
    ],
)
def test_every_answer_has_an_id_and_safe_headers(
    client: TestClient, method: str, path: str, body: bytes | None, status: int
) -> None:
    answer = client.request(method, path, content=body)
    assert answer.status_code == status
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers.get("cache-control") == (None if path == "/docs" else "no-store")
    if status >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == status
        assert SECRET not in answer.text


def test_headers_of_the_route_stay(client: TestClient) -> None:
    assert client.get("/cached").headers["x-other"] == "kept"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("a", True),
        ("Order-20931_7.b", True),
        ("x" * 64, True),
        ("x" * 65, False),
        ("", False),
        ("two words", False),
        ('"}', False),
    ],
)
def test_the_callers_id_is_taken_if_it_is_a_plain_name(
    client: TestClient, log: Log, sent: str, kept: bool
) -> None:
    answered = client.post("/score", headers={"X-Request-ID": sent}).headers["x-request-id"]
    assert (answered == sent) is kept
    assert log.lines()[-1]["request_id"] == answered


def test_a_request_is_one_line_without_what_was_sent(client: TestClient, log: Log) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    client.post(
        f"/score?reference={SECRET}",
        json={"curp": SECRET},
        headers={
            "X-Request-ID": "abc",
            "Authorization": f"Bearer {SECRET}",
            "traceparent": f"00-{trace}-b7ad6b7169203331-01",
        },
    )
    client.delete(f"/applicants/{SECRET}")
    client.get(f"/{SECRET}")
    first, second, third = log.lines()
    assert SECRET not in str([first, second, third])
    assert first.pop("ms") > 0
    first.pop("time")
    assert first == {
        "severity": "INFO",
        "message": "request",
        "logger": "solvencia.access",
        "request_id": "abc",
        "trace_id": trace,
        "method": "POST",
        "route": "/score",
        "status": 200,
        "caller": "0123456789ab",
        "decision": "0193-decision",
    }
    assert (second["route"], second["caller"]) == ("/applicants/{reference}", None)
    assert (third["route"], third["status"]) == ("unmatched", 404)


def test_a_failure_is_logged_with_its_trace_and_answered_without(
    client: TestClient, log: Log, metrics: Metrics
) -> None:
    answer = client.get("/broken")
    assert answer.json()["type"] == "urn:solvencia:problem:failed"
    failure, request = log.lines()
    assert failure["request_id"] == request["request_id"] == answer.headers["x-request-id"]
    assert (request["severity"], request["status"]) == ("ERROR", 500)
    assert failure["error"][0]["type"] == "builtins.ValueError"
    assert failure["error"][0]["frames"][-1].endswith(" broken")
    assert SECRET not in str(failure)
    assert figures(metrics)["errors_total", "ValueError"] == 1


def test_half_an_answer_is_not_mended(client: TestClient, log: Log) -> None:
    assert client.get("/half").content == b"half"
    assert [line["message"] for line in log.lines()] == ["request failed", "request"]


def test_requests_are_counted_by_template(client: TestClient, metrics: Metrics) -> None:
    for number in range(50):
        client.delete(f"/applicants/{number}")
        client.get(f"/{number}")
    client.request("BREW", "/score")
    client.get("/limited")
    client.get("/openapi.json")
    found = figures(metrics)
    assert found["http_requests_total", "DELETE", "/applicants/{reference}", "200"] == 50
    assert found["http_requests_total", "GET", "unmatched", "404"] == 50
    assert found["http_requests_total", "other", "/score", "405"] == 1
    assert found["http_requests_total", "GET", "/openapi.json", "200"] == 1
    assert found["http_request_seconds_count", "GET", "unmatched"] == 50
    assert found["rate_limited_total",] == 1
    assert len([key for key in found if key[0] == "http_requests_total"]) == 5


def test_requests_in_flight_are_seen_while_they_are(client: TestClient, metrics: Metrics) -> None:
    assert client.get("/in-flight").json() == 1
    client.get("/broken")
    assert figures(metrics)["in_flight_requests",] == 0


def test_decisions_are_counted_by_outcome_grade_and_model() -> None:
    metrics = Metrics()
    metrics.decided("approve", "A", 700, "m1")
    metrics.decided("approve", "A", 550, "m1")
    metrics.decided("decline", None, 300, "m2")
    found = figures(metrics)
    assert found["decisions_total", "A", "approve"] == 2
    assert found["decisions_total", "none", "decline"] == 1
    assert found["model_decisions_total", "m1"] == 2
    assert found["income_score_bucket", "300.0"] == 1
    assert found["income_score_bucket", "550.0"] == 2
    assert found["income_score_bucket", "700.0"] == 3
    assert found["income_score_sum",] == 1550


def test_what_serves_and_what_was_reloaded_and_kept_is_told() -> None:
    metrics = Metrics()
    metrics.serving("m1", "2026.1", synthetic=True)
    metrics.serving("m2", "2026.2", synthetic=False)
    metrics.reloaded("loaded")
    metrics.reloaded("refused")
    metrics.reloaded("refused")
    metrics.committed(12, 0.004)
    found = figures(metrics)
    infos = [key for key in found if key[0] == "model_info"]
    assert [sorted(key[1:]) for key in infos] == [["2026.2", "false", "m2"]]
    assert found["reloads_total", "refused"] == 2
    assert found["store_commit_decisions_sum",] == 12
    assert found["store_commit_seconds_bucket", "0.005"] == 1


def test_each_service_counts_for_itself_under_one_prefix() -> None:
    first, second = Metrics(), Metrics()
    first.decided("approve", "A", 700, "m1")
    assert ("decisions_total", "A", "approve") not in figures(second)
    lines = [line for line in second.exposition().decode().splitlines() if line[0] != "#"]
    assert all(line.startswith("solvencia_") for line in lines)
    assert not any("_created" in line for line in lines)
    assert any(line.startswith("solvencia_process_resident_memory_bytes") for line in lines)
