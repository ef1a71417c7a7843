"""What is sent again, after how long, and what never is."""

from collections.abc import Callable

import httpx
import pytest

from solvencia_client import NotReady, RateLimited, ServiceAway, ServiceFailed, SolvenciaClient
from testing.client.fakes import Clock, Scripted, client

GOOD = httpx.Response(200, json={"id": "1"})
Ask = Callable[[SolvenciaClient], None]
MOMENTARY = [429, 502, 503, 504]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize("status", MOMENTARY)
def test_a_status_of_the_moment_is_tried_again(clock: Clock, status: int) -> None:
    network = Scripted([httpx.Response(status), httpx.Response(status), GOOD])
    assert client(network, clock).score({}) == {"id": "1"}
    assert clock.slept == [0.1, 0.2]


@pytest.mark.parametrize(
    "error",
    [httpx.ConnectError, httpx.RemoteProtocolError, httpx.ReadError, httpx.ReadTimeout],
)
def test_a_broken_connection_is_tried_again(
    clock: Clock, error: type[httpx.TransportError]
) -> None:
    network = Scripted([error, GOOD])
    assert client(network, clock).score({}) == {"id": "1"}


def test_every_try_has_the_same_key_and_body(clock: Clock) -> None:
    network = Scripted([httpx.ReadError, httpx.Response(503), GOOD, GOOD])
    service = client(network, clock)
    service.score({"profile": {"monthly_income": 1.5, "age": 35, "months_in_current_job": 0}})
    keys = {request.headers["Idempotency-Key"] for request in network.requests}
    assert len(keys) == 1
    assert len({request.content for request in network.requests}) == 1
    service.score({})
    assert network.requests[-1].headers["Idempotency-Key"] not in keys


def test_a_key_of_ones_own_is_sent(clock: Clock) -> None:
    network = Scripted([GOOD])
    client(network, clock).score({}, idempotency_key="mine-1")
    assert network.requests[0].headers["Idempotency-Key"] == "mine-1"


def test_retries_end(clock: Clock) -> None:
    network = Scripted([httpx.Response(503)])
    with pytest.raises(NotReady):
        client(network, clock, retries=3).model()
    assert len(network.requests) == 4
    assert clock.slept == [0.1, 0.2, 0.4]


@pytest.mark.parametrize(
    ("chance", "slept"), [(0.0, [0.0] * 7), (1.0, [0.2, 0.4, 0.8, 1.6, 3.2, 5, 5])]
)
def test_pauses_are_anything_up_to_a_span_that_doubles(chance: float, slept: list[float]) -> None:
    clock = Clock(chance=chance)
    with pytest.raises(ServiceAway):
        client(Scripted([httpx.ConnectError]), clock, retries=7).model()
    assert clock.slept == pytest.approx(slept)


def test_retry_after_comes_before_the_pause(clock: Clock) -> None:
    network = Scripted([httpx.Response(429, headers={"Retry-After": "4"}), GOOD])
    client(network, clock).model()
    assert clock.slept == [4.1]


def test_a_wait_beyond_the_deadline_is_not_begun(clock: Clock) -> None:
    network = Scripted([httpx.Response(429, headers={"Retry-After": "40"}), GOOD])
    with pytest.raises(RateLimited) as caught:
        client(network, clock, deadline=30).model()
    assert caught.value.retry_after == 40
    assert clock.slept == []


def test_the_deadline_holds_for_all_tries_together(clock: Clock) -> None:
    given: list[float] = []

    def slow(request: httpx.Request) -> httpx.Response:
        seconds = request.extensions["timeout"]["read"]
        given.append(seconds)
        clock.now += seconds
        raise httpx.ReadTimeout("slow", request=request)

    with pytest.raises(ServiceFailed):
        client(slow, clock, timeout=10, deadline=25, retries=9).score({})
    assert given == pytest.approx([10, 10, 25 - 20 - 0.1 - 0.2])
    assert clock.now <= 1025


def test_what_takes_longer_than_the_deadline_has_its_time(clock: Clock) -> None:
    network = Scripted([httpx.Response(200, json={})])
    client(network, clock, deadline=5, long_timeout=90).simulate_policy({})
    timeout = network.requests[0].extensions["timeout"]
    assert (timeout["read"], timeout["connect"]) == (90, 2)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500])
def test_a_refusal_is_not_tried_again(clock: Clock, status: int) -> None:
    network = Scripted([httpx.Response(status)])
    with pytest.raises(Exception, match=str(status)):
        client(network, clock).score({})
    assert len(network.requests) == 1


def test_a_probe_is_asked_once(clock: Clock) -> None:
    network = Scripted([httpx.Response(503)])
    for probe in (client(network, clock).ready, client(network, clock).live):
        with pytest.raises(NotReady):
            probe()
    assert len(network.requests) == 2


def review(service: SolvenciaClient) -> None:
    service.review("0193", "approve", "Visto bueno")


def report(service: SolvenciaClient) -> None:
    service.report_outcome("0193", {"observed_on": "2026-11-20", "max_days_past_due": 0})


@pytest.mark.parametrize("ask", [review, report])
@pytest.mark.parametrize(
    "answer", [httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError, *MOMENTARY]
)
def test_what_would_be_added_twice_is_not_sent_twice(
    clock: Clock, ask: Ask, answer: type[httpx.TransportError] | int
) -> None:
    network = Scripted([httpx.Response(answer) if isinstance(answer, int) else answer])
    with pytest.raises(Exception, match="POST /decisions/0193"):
        ask(client(network, clock))
    assert len(network.requests) == 1


@pytest.mark.parametrize("ask", [review, report])
@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
def test_unless_no_connection_was_made(
    clock: Clock, ask: Ask, error: type[httpx.TransportError]
) -> None:
    network = Scripted([error, GOOD])
    ask(client(network, clock))
    assert len(network.requests) == 2
