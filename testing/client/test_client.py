"""What goes over the wire, and what comes back."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path

import httpx
import pytest

from solvencia_client import NotReady, ServiceAway, ServiceFailed, SolvenciaClient
from testing.client.fakes import Scripted, client

EMPTY_PAGE = httpx.Response(200, json={"items": [], "next": None})


def test_score_sends_the_request_and_returns_the_decision() -> None:
    network = Scripted([httpx.Response(200, json={"outcome": "approve"})])
    profile = {"monthly_income": 18500, "age": 35, "months_in_current_job": 48}
    assert client(network).score({"profile": profile}) == {"outcome": "approve"}
    [request] = network.requests
    assert (request.method, str(request.url)) == ("POST", "http://service/score")
    assert json.loads(request.content) == {"profile": profile}
    assert "Authorization" not in request.headers


def test_changes_are_asked_for_by_the_query() -> None:
    network = Scripted([httpx.Response(200, json={})])
    client(network).score({}, changes=True)
    assert str(network.requests[0].url) == "http://service/score?changes=true"


def test_the_key_goes_with_every_request() -> None:
    network = Scripted([httpx.Response(200, json={})])
    client(network, api_key="slv_1").model()
    assert network.requests[0].headers["Authorization"] == "Bearer slv_1"


def test_an_address_may_have_a_path() -> None:
    network = Scripted([httpx.Response(200, json={})])
    service = SolvenciaClient(
        "https://lender.example/risk/", transport=httpx.MockTransport(network)
    )
    with service:
        service.model()
    assert str(network.requests[0].url) == "https://lender.example/risk/model"


@pytest.mark.parametrize("address", ["", "service:8000", "ftp://service"])
def test_an_address_that_is_none_is_refused_at_once(address: str) -> None:
    with pytest.raises(ValueError, match="http://"):
        SolvenciaClient(address)


@pytest.mark.parametrize("key", ["", "slv_1\n", "slv 1", "clavé"])
def test_a_key_that_no_header_can_hold_is_refused_without_being_shown(key: str) -> None:
    with pytest.raises(ValueError, match="api_key: allowed") as caught:
        SolvenciaClient("http://service", key)
    assert not key or key not in str(caught.value)


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, "ñ"])
def test_an_idempotency_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="idempotency_key"):
        client(Scripted([EMPTY_PAGE])).score({}, idempotency_key=key)


def test_a_closed_client_keeps_no_connection() -> None:
    with client(Scripted([EMPTY_PAGE])) as service:
        service.decisions_page()
    with pytest.raises(RuntimeError, match="closed"):
        service.decisions_page()


def test_decisions_come_from_all_pages_as_they_are_taken() -> None:
    pages = [
        httpx.Response(200, json={"items": [{"id": "3"}, {"id": "2"}], "next": "2"}),
        httpx.Response(200, json={"items": [{"id": "1"}], "next": None}),
    ]
    network = Scripted(pages)
    found = client(network).decisions(outcome="refer", awaiting_review=True, since=date(2026, 1, 2))
    assert next(found)["id"] == "3"
    assert len(network.requests) == 1
    assert [item["id"] for item in found] == ["2", "1"]
    first, second = (dict(request.url.params) for request in network.requests)
    assert first == {
        "limit": "500",
        "outcome": "refer",
        "awaiting_review": "true",
        "since": "2026-01-02",
    }
    assert second == first | {"cursor": "2"}


def test_a_moment_keeps_its_offset() -> None:
    network = Scripted([EMPTY_PAGE])
    client(network).decisions_page(until=datetime(2026, 1, 2, 3, tzinfo=UTC))
    assert network.requests[0].url.params["until"] == "2026-01-02T03:00:00+00:00"


def test_a_name_in_a_path_stays_one_name() -> None:
    network = Scripted([httpx.Response(200, json={})])
    client(network).scorecard("a/b?c")
    assert network.requests[0].url.raw_path == b"/model/scorecards/a%2Fb%3Fc"


def test_what_if_sends_the_one_base_that_was_given() -> None:
    network = Scripted([httpx.Response(200, json={})])
    service = client(network)
    service.what_if({"loan": {"amount": 20000}}, decision_id="0193")
    service.what_if({"as_of": None}, request={"as_of": "2026-01-01"})
    assert [json.loads(request.content) for request in network.requests] == [
        {"decision_id": "0193", "changes": {"loan": {"amount": 20000}}},
        {"request": {"as_of": "2026-01-01"}, "changes": {"as_of": None}},
    ]


ROWS = [{"row": 1, "errors": []}, {"row": 2, "decision": {"reference": "a\u2028b"}}]
LINES = b"\n".join(json.dumps(row, ensure_ascii=False).encode() for row in ROWS) + b"\n\n"


def test_a_file_is_sent_as_it_is_and_its_rows_come_as_they_are_decided(tmp_path: Path) -> None:
    network = Scripted([httpx.Response(200, content=[LINES[:5], LINES[5:40], LINES[40:]])])
    path = tmp_path / "applicants.csv"
    path.write_bytes(b"a,b\n1,2\n")
    rows = client(network).score_file(path, "text/csv")
    assert network.requests == []
    assert list(rows) == ROWS
    [request] = network.requests
    assert request.headers["Content-Type"] == "text/csv"
    assert request.headers["Content-Length"] == "8"
    assert request.read() == b"a,b\n1,2\n"


def test_an_open_file_is_left_open() -> None:
    source = BytesIO(b"{}\n")
    network = Scripted([httpx.Response(200, content=LINES)])
    assert list(client(network).score_file(source, "application/x-ndjson")) == ROWS
    assert not source.closed


def test_a_file_is_sent_again_from_where_it_was_with_the_same_key() -> None:
    source = BytesIO(b"skipped{}\n")
    source.seek(7)
    bodies: list[bytes] = []

    def handler(request: httpx.Request) -> httpx.Response:
        bodies.append(request.read())
        keys.add(request.headers["Idempotency-Key"])
        return httpx.Response(200, content=LINES) if len(bodies) == 3 else httpx.Response(503)

    keys: set[str] = set()
    assert list(client(handler).score_file(source, "application/x-ndjson")) == ROWS
    assert bodies == [b"{}\n"] * 3
    assert len(keys) == 1


class Pipe(BytesIO):
    """A source that cannot go back."""

    def seekable(self) -> bool:
        return False


def test_a_source_that_cannot_go_back_is_sent_once() -> None:
    network = Scripted([httpx.Response(503)])
    with pytest.raises(NotReady):
        list(client(network).score_file(Pipe(b"{}\n"), "application/x-ndjson"))
    assert len(network.requests) == 1


def test_a_batch_is_sent_again_with_the_same_key() -> None:
    network = Scripted([httpx.Response(503), httpx.Response(200, json={})])
    client(network).score_batch([{}, {}])
    assert len({request.headers["Idempotency-Key"] for request in network.requests}) == 1
    assert json.loads(network.requests[0].content) == {"applicants": [{}, {}]}


def test_rows_that_break_off_are_told_after_those_that_came() -> None:
    def cut() -> Iterator[bytes]:
        yield LINES[:40]
        raise httpx.RemoteProtocolError("incomplete chunked read")

    network = Scripted([httpx.Response(200, content=cut())])
    rows = client(network).score_file(BytesIO(b"x"), "text/csv")
    assert next(rows) == ROWS[0]
    with pytest.raises(ServiceAway, match="incomplete"):
        next(rows)
    assert len(network.requests) == 1


def test_a_row_that_is_no_json_is_a_failure() -> None:
    network = Scripted([httpx.Response(200, content=b"<html>\n")])
    with pytest.raises(ServiceFailed):
        list(client(network).score_file(BytesIO(b"x"), "text/csv"))


def test_a_refused_file_says_why() -> None:
    network = Scripted([httpx.Response(413, content=[b'{"detail":', b'"too large"}'])])
    with pytest.raises(Exception, match="413") as caught:
        next(client(network).score_file(BytesIO(b"x"), "text/csv"))
    assert getattr(caught.value, "detail", None) == "too large"
