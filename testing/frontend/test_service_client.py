"""The client: every answer and every silence becomes one reaction."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from frontend.client import (
    FieldError,
    NotReady,
    Rejected,
    ServiceAway,
    ServiceClient,
    ServiceFailed,
)

Handler = Callable[[httpx.Request], httpx.Response]


def client(handler: Handler) -> ServiceClient:
    return ServiceClient("http://service", httpx.MockTransport(handler))


def answering(status: int, **options: Any) -> ServiceClient:
    return client(lambda _: httpx.Response(status, **options))


def test_score_sends_the_request_and_returns_the_decision(decision: Any) -> None:
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=decision)

    assert client(handler).score({"profile": {"age": 35}}) == decision
    assert (seen[0].method, seen[0].url.path) == ("POST", "/score")
    assert seen[0].content == b'{"profile":{"age":35}}'


def test_schema_is_the_published_document() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"path": request.url.path})

    assert client(handler).schema() == {"path": "/openapi.json"}


def test_ready_is_silent_when_ready() -> None:
    answering(200, json={"status": "ok"}).ready()


def test_503_is_not_ready() -> None:
    with pytest.raises(NotReady):
        answering(503, json={"status": 503}).ready()


@pytest.mark.parametrize(
    "error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.RemoteProtocolError]
)
def test_no_connection_is_away(error: type[httpx.TransportError]) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise error("no", request=request)

    with pytest.raises(ServiceAway, match="http://service"):
        client(handler).ready()


def test_no_answer_in_time_is_a_failure_so_that_nothing_is_sent_for_ever() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    with pytest.raises(ServiceFailed, match="in time"):
        client(handler).score({})


@pytest.mark.parametrize(
    ("status", "options"),
    [(500, {"json": {"detail": "secret"}}), (200, {"text": "<html>"}), (404, {"json": {}})],
)
def test_any_other_answer_is_a_failure_that_repeats_no_detail(
    status: int, options: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ServiceFailed) as caught:
        answering(status, **options).score({"profile": {"age": 35}})
    assert str(status) in str(caught.value)
    assert "secret" not in caplog.text + str(caught.value)


def test_422_carries_the_field_errors() -> None:
    item = {"field": "profile.age", "message": "too small", "value": "12", "allowed": "≥ 18"}
    missing = {"field": "profile.monthly_income", "message": "Field required"}
    with pytest.raises(Rejected, match=r"profile\.age") as caught:
        answering(422, json={"errors": [item, missing]}).score({})
    assert caught.value.errors == [
        FieldError("profile.age", "too small", "12", "≥ 18"),
        FieldError("profile.monthly_income", "Field required"),
    ]
