"""A portfolio on its way: chunks, keys, outages, and stopping."""

import gc
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from portfolio_service import BatchService, csv_of

from frontend.portfolio import job as jobs
from frontend.portfolio.columns import columns_of, match
from frontend.portfolio.job import Job
from frontend.portfolio.reading import read
from frontend.portfolio.requests import Portfolio, portfolio_of
from frontend.session import trouble_of
from solvencia_client import SolvenciaClient

PATIENCE = 20


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "CHUNK", 4)
    monkeypatch.setattr(jobs, "LONGEST_PAUSE", 0.01)


@pytest.fixture
def batches() -> BatchService:
    return BatchService()


@pytest.fixture
def client(batches: BatchService) -> Iterator[SolvenciaClient]:
    transport = httpx.MockTransport(batches)
    with SolvenciaClient("http://service", retries=0, transport=transport) as found:
        yield found


@pytest.fixture
def portfolio(document: dict[str, Any]) -> Portfolio:
    columns = columns_of(document)
    sheet = read("a.csv", csv_of(10, bad=(2, 9)))
    return portfolio_of(sheet, match(sheet.header, columns), columns)


def test_all_rows_are_decided_in_chunks_with_keys_of_their_own(
    client: SolvenciaClient, batches: BatchService, portfolio: Portfolio
) -> None:
    job = Job(client, portfolio, trouble_of)
    job.thread.join(PATIENCE)
    progress = job.progress()
    assert (progress.state, progress.done, progress.refused) == ("done", 10, 2)
    assert len(set(batches.keys)) == len(batches.keys) == 3
    table = job.results.table
    assert table["row"].to_pylist() == [2, 4, 5, 6, 7, 8, 9, 11]
    assert set(table["state"].to_pylist()) == {"09"}
    assert table["reference"].to_pylist()[1] == "a-3"
    assert job.faults.table["row"].to_pylist() == [3, 10]
    assert job.faults.table["column"].to_pylist() == ["age", "age"]


@pytest.mark.parametrize("status", [502, 503, 429, 500])
def test_a_chunk_that_broke_off_is_sent_again_with_its_key(
    client: SolvenciaClient, batches: BatchService, portfolio: Portfolio, status: int
) -> None:
    batches.before = lambda number: httpx.Response(status) if number in (2, 3) else None
    job = Job(client, portfolio, trouble_of)
    job.thread.join(PATIENCE)
    assert job.progress().state == "done"
    assert len(set(batches.keys)) == 3
    assert batches.keys[1] == batches.keys[2] == batches.keys[3]
    assert batches.bodies[1] == batches.bodies[3]
    assert job.results.table.num_rows == 8


def test_rows_of_a_stream_that_broke_off_are_not_kept_twice(
    client: SolvenciaClient, batches: BatchService, portfolio: Portfolio
) -> None:
    half = '{"row": 1, "decision": null, "errors": []}\n'
    batches.before = lambda number: httpx.Response(200, text=half) if number == 1 else None
    job = Job(client, portfolio, trouble_of)
    job.thread.join(PATIENCE)
    progress = job.progress()
    assert (progress.state, progress.done, progress.refused) == ("done", 10, 2)
    assert batches.keys[0] == batches.keys[1]


def test_waiting_is_told_and_stopping_keeps_what_was_done(
    client: SolvenciaClient,
    batches: BatchService,
    portfolio: Portfolio,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "LONGEST_PAUSE", 30.0)
    asked = threading.Event()

    def away(number: int) -> httpx.Response | None:
        if number == 1:
            return None
        asked.set()
        return httpx.Response(503, headers={"Retry-After": "30"})

    batches.before = away
    job = Job(client, portfolio, trouble_of)
    assert asked.wait(PATIENCE)
    while job.progress().state != "waiting":
        pass
    job.cancel()
    job.thread.join(PATIENCE)
    progress = job.progress()
    assert (progress.state, progress.done) == ("cancelled", 4)
    assert job.results.table.num_rows == 3


def test_a_refused_key_ends_it_and_is_told(
    client: SolvenciaClient, batches: BatchService, portfolio: Portfolio
) -> None:
    batches.before = lambda number: httpx.Response(401) if number == 2 else None
    job = Job(client, portfolio, trouble_of)
    job.thread.join(PATIENCE)
    assert job.progress().state == "failed"
    assert job.trouble == "not_authenticated"
    assert job.results.table.num_rows == 3


def test_a_service_that_keeps_failing_ends_it(
    client: SolvenciaClient, batches: BatchService, portfolio: Portfolio
) -> None:
    batches.before = lambda number: httpx.Response(500)
    job = Job(client, portfolio, trouble_of)
    job.thread.join(PATIENCE)
    assert (job.progress().state, job.trouble) == ("failed", "failed")
    assert len(batches.keys) == jobs.MOST_FAILURES


def test_an_answer_out_of_shape_ends_it_without_a_word_of_the_row(
    client: SolvenciaClient,
    batches: BatchService,
    portfolio: Portfolio,
    caplog: pytest.LogCaptureFixture,
) -> None:
    odd = '{"row": 1, "decision": {"reference": "a-1"}}\n' * 4
    batches.before = lambda number: httpx.Response(200, text=odd)
    job = Job(client, portfolio, trouble_of)
    job.thread.join(PATIENCE)
    assert (job.progress().state, job.trouble) == ("failed", "failed")
    assert "a-1" not in caplog.text
    assert "KeyError" in caplog.text


def test_it_stops_when_its_session_is_gone(
    client: SolvenciaClient, batches: BatchService, portfolio: Portfolio
) -> None:
    batches.before = lambda number: httpx.Response(503) if number > 1 else None
    job = Job(client, portfolio, trouble_of)
    thread = job.thread
    del job
    gc.collect()
    thread.join(PATIENCE)
    assert not thread.is_alive()
