"""Every answer and every silence becomes one reaction."""

import logging
from typing import Any

import httpx
import pytest

import solvencia_client
from solvencia_client import (
    Conflict,
    FieldError,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    NotReady,
    RateLimited,
    Rejected,
    ServiceAway,
    ServiceError,
    ServiceFailed,
    SolvenciaClient,
    errors,
)
from testing.client.fakes import client


def answering(status: int, **options: Any) -> SolvenciaClient:
    return client(lambda _: httpx.Response(status, **options), retries=0)


def below(error: type[Exception]) -> list[type[Exception]]:
    return [error, *(found for kind in error.__subclasses__() for found in below(kind))]


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (308, ServiceFailed),
        (400, Rejected),
        (401, NotAuthenticated),
        (403, NotAllowed),
        (404, NotFound),
        (405, ServiceFailed),
        (409, Conflict),
        (413, Rejected),
        (415, Rejected),
        (422, Rejected),
        (429, RateLimited),
        (500, ServiceFailed),
        (502, ServiceAway),
        (503, NotReady),
        (504, ServiceFailed),
    ],
)
def test_a_status_becomes_an_error_that_tells_what_the_service_told(
    status: int, error: type[ServiceError]
) -> None:
    problem = {"type": "urn:solvencia:problem:x", "detail": "because", "status": status}
    headers = {"X-Request-ID": "abc", "Retry-After": "7"}
    with pytest.raises(
        ServiceError, match=rf"GET /model answered {status} \(request abc\)"
    ) as told:
        answering(status, json=problem, headers=headers).model()
    found = told.value
    assert type(found) is error
    assert (
        found.status,
        found.problem_type,
        found.detail,
        found.request_id,
        found.retry_after,
    ) == (
        status,
        "urn:solvencia:problem:x",
        "because",
        "abc",
        7.0,
    )


def test_a_reused_idempotency_key_is_a_conflict_and_no_wrong_field() -> None:
    problem = {"type": errors.KEY_REUSED, "status": 422, "detail": "used before"}
    with pytest.raises(Conflict):
        answering(422, json=problem).score({})


def test_422_carries_the_field_errors_and_shows_no_value() -> None:
    item = {"field": "profile.age", "message": "too small", "value": "12", "allowed": "≥ 18"}
    missing = {"field": "profile.monthly_income", "message": "Field required"}
    body = {"detail": "got 12", "errors": [item, missing, "odd"]}
    with pytest.raises(Rejected, match=r"profile\.age, profile\.monthly_income") as caught:
        answering(422, json=body).score({})
    assert caught.value.errors == (
        FieldError("profile.age", "too small", "12", "≥ 18"),
        FieldError("profile.monthly_income", "Field required"),
    )
    assert "12" not in str(caught.value)


@pytest.mark.parametrize("kind", below(httpx.RequestError), ids=lambda kind: kind.__name__)
def test_everything_that_the_network_may_raise_is_mapped(kind: type[httpx.RequestError]) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise kind("", request=request)

    with pytest.raises(ServiceError, match="at http://service") as caught:
        client(handler, retries=0).model()
    assert caught.value.status is None
    assert isinstance(caught.value.__cause__, kind)


@pytest.mark.parametrize(
    "kind", [httpx.ConnectError, httpx.ConnectTimeout, httpx.RemoteProtocolError, httpx.ReadError]
)
def test_no_connection_is_away(kind: type[httpx.TransportError]) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise kind("", request=request)

    with pytest.raises(ServiceAway, match=kind.__name__):
        client(handler).ready()


def test_no_answer_in_time_is_a_failure_so_that_nobody_asks_for_ever() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    with pytest.raises(ServiceFailed, match="in time"):
        client(handler, retries=0).score({})


@pytest.mark.parametrize("content", [b"<html>", b"", b"[1]", b"\xff"])
def test_an_answer_that_is_no_object_is_a_failure(content: bytes) -> None:
    headers = {"X-Request-ID": "abc"}
    with pytest.raises(ServiceFailed, match="without a JSON object") as caught:
        answering(200, content=content, headers=headers).model()
    assert (caught.value.status, caught.value.request_id) == (200, "abc")


@pytest.mark.parametrize("content", [b"<html>", b"[1]", b'{"errors": 3, "type": null}', b"\xff"])
def test_a_refusal_that_is_no_problem_document_is_told_by_its_status(content: bytes) -> None:
    with pytest.raises(Rejected) as caught:
        answering(422, content=content).score({})
    assert (caught.value.errors, caught.value.problem_type) == ((), None)


def test_nothing_that_was_sent_or_answered_is_logged_or_shown(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "solvencia_client")
    refusing = client(
        lambda _: httpx.Response(503, json={"detail": "secret"}), api_key="slv_secret"
    )
    with pytest.raises(NotReady) as caught:
        refusing.score({"reference": "secret"})
    assert "secret" not in caplog.text + str(caught.value) + repr(refusing)
    assert "sent again" in caplog.text


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "3"}, 3.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "-1"}, None),
        (
            {
                "Retry-After": "Fri, 20 Nov 2026 12:00:30 GMT",
                "Date": "Fri, 20 Nov 2026 12:00:00 GMT",
            },
            30.0,
        ),
        ({"Retry-After": "Fri, 20 Nov 2026 12:00:30 GMT"}, None),
    ],
)
def test_retry_after_is_seconds_or_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert errors.retry_after(httpx.Response(503, headers=headers)) == seconds


def test_the_tree_that_is_drawn_is_the_tree() -> None:
    drawn = {
        line.split()[0]
        for line in (errors.__doc__ or "").splitlines()
        if line.startswith(("Service", "    "))
    }
    assert drawn == {error.__name__ for error in below(ServiceError)}
    assert drawn <= set(solvencia_client.__all__)
