"""POST /score/batch: many applicants in one request, in every format."""

import csv
import gc
import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import orjson
import pyarrow as pa
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pyarrow import parquet as pq

from api import batch
from api.deciding import Sender
from api.main import create_app
from api.service import Service
from api.store.additions import Result
from api.store.errors import StoreUnavailableError
from api.store.records import DecisionRecord
from api.store.store import Store
from api.wire.decision import BatchOut, BatchRow
from api.wire.score import HISTORY_EXAMPLE, PROFILE_EXAMPLE, ScoreRequest
from testing.api.conftest import NOW, TODAY, Serve, settings_of

NDJSON, CSV, PARQUET = "application/x-ndjson", "text/csv", "application/vnd.apache.parquet"
PATH = "/score/batch"
CURP = "HEGG560427MVZRRL04"
COLUMNS = ("reference", "monthly_income", "age", "months_in_current_job")
TERMS = ("product", "amount", "term_months")


def profile_row(place: int) -> dict[str, Any]:
    """One of many applicants, no two of them alike."""
    profile = {
        "monthly_income": 6000 + 370 * (place % 97),
        "age": 20 + place % 41,
        "months_in_current_job": place % 120,
        "state": f"{1 + place % 32:02d}",
    }
    loan = {"product": "payroll", "amount": 5000 + 1000 * (place % 60), "term_months": 12}
    return {"reference": f"c{place}", "as_of": "2026-11-20", "profile": profile, "loan": loan}


def many(count: int) -> list[dict[str, Any]]:
    return [profile_row(place) for place in range(1, count + 1)]


def flat(row: dict[str, Any]) -> dict[str, Any]:
    top = {name: row[name] for name in ("reference", "as_of", "curp") if name in row}
    return {**top, **row["profile"], **row.get("loan", {})}


def as_ndjson(rows: Sequence[Any]) -> bytes:
    return b"".join(orjson.dumps(row) + b"\n" for row in rows)


def as_csv(rows: Sequence[dict[str, Any]]) -> bytes:
    text = StringIO()
    columns = dict.fromkeys(name for row in rows for name in flat(row))
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    writer.writerows(map(flat, rows))
    return text.getvalue().encode()


def as_parquet(rows: Sequence[dict[str, Any]]) -> bytes:
    file = BytesIO()
    pq.write_table(pa.Table.from_pylist([flat(row) for row in rows]), file)
    return file.getvalue()


WRITE: dict[str, Callable[[Sequence[Any]], bytes]] = {
    NDJSON: as_ndjson,
    CSV: as_csv,
    PARQUET: as_parquet,
}


def upload(
    client: TestClient, content: bytes, kind: str, accept: str = NDJSON, **headers: str
) -> httpx.Response:
    sent = {"content-type": kind, "accept": accept, **headers}
    return client.post(PATH, content=content, headers=sent)


def rows_of(answer: httpx.Response) -> list[dict[str, Any]]:
    """The rows of an answer as NDJSON or JSON, each of the shape that is promised."""
    assert answer.status_code == 200, answer.text
    if answer.headers["content-type"] == "application/json":
        return list(BatchOut.model_validate_json(answer.content).model_dump(mode="json")["rows"])
    lines = answer.content.splitlines()
    return [BatchRow.model_validate_json(line).model_dump(mode="json") for line in lines]


def refused(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    return problem


def outcome_of(row: dict[str, Any]) -> dict[str, Any]:
    """A decision without its id and moment."""
    decision: dict[str, Any] = row["decision"]
    return {key: value for key, value in decision.items() if key not in ("id", "decided_at")}


class TestJson:
    def test_every_row_is_decided_as_it_would_be_alone(self, client: TestClient) -> None:
        history = json.loads(json.dumps(HISTORY_EXAMPLE))
        standard = {key: value for key, value in PROFILE_EXAMPLE.items() if key != "loan"}
        undated = {key: value for key, value in history.items() if key not in ("as_of", "loan")}
        sent = [history, PROFILE_EXAMPLE, standard, undated, *many(40)]
        answer = client.post(PATH, json={"applicants": sent})
        rows = rows_of(answer)
        assert [row["row"] for row in rows] == list(range(1, len(sent) + 1))
        alone = [client.post("/score", json=body).json() for body in sent]
        for row, single in zip(rows, alone, strict=True):
            told = outcome_of(row)
            assert told == {name: single[name] for name in told}
        assert [row["decision"]["loan"]["standard"] for row in rows[:4]] == [
            False,
            False,
            True,
            True,
        ]
        assert rows[3]["decision"]["as_of"] == str(TODAY)
        told = answer.json()
        assert (told["decided"], told["refused"]) == (len(sent), 0)
        assert told["versions"] == alone[0]["versions"]

    def test_a_row_is_kept_as_it_was_answered(self, client: TestClient) -> None:
        answer = client.post(PATH, json={"applicants": [HISTORY_EXAMPLE, PROFILE_EXAMPLE]})
        for row, sent in zip(rows_of(answer), (HISTORY_EXAMPLE, PROFILE_EXAMPLE), strict=True):
            decision = row["decision"]
            kept = client.get(f"/decisions/{decision['id']}").json()
            assert kept["decision"] == outcome_of(row)
            assert kept["decided_at"] == decision["decided_at"].replace("+00:00", "Z")
            request = {name: value for name, value in kept["request"].items() if value is not None}
            assert ScoreRequest.model_validate(request) == ScoreRequest.model_validate(sent)
            again = client.post(f"/decisions/{decision['id']}/replay", json={}).json()
            assert again["identical"], again["differences"]

    def test_a_bad_row_does_not_refuse_the_others(self, client: TestClient) -> None:
        sent: list[Any] = many(9)
        sent[1] = {**sent[1], "profile": {**sent[1]["profile"], "age": 12}}
        sent[3] = "nobody"
        sent[4] = {**sent[4], "as_of": str(TODAY + timedelta(days=1))}
        sent[6] = {**HISTORY_EXAMPLE, "as_of": "2016-01-01"}
        sent[7] = {"reference": "c8"}
        answer = client.post(PATH, json={"applicants": sent})
        rows = rows_of(answer)
        assert {row["row"]: row["errors"][0]["field"] for row in rows if row["errors"]} == {
            2: "profile.age",
            4: "row",
            5: "as_of",
            7: "as_of",
            8: "history",
        }
        assert rows[1]["errors"][0]["allowed"] == "≥ 18"
        assert rows[1]["decision"] is None
        assert "2026-11-21" in rows[4]["errors"][0]["allowed"]
        assert (answer.json()["decided"], answer.json()["refused"]) == (4, 5)
        references = [row["decision"]["reference"] for row in rows if row["decision"]]
        assert references == ["c1", "c3", "c6", "c9"]

    def test_a_row_says_what_the_single_request_would(self, client: TestClient) -> None:
        bad = {**PROFILE_EXAMPLE, "loan": {"product": "car", "amount": 1, "term_months": 12.5}}
        (row,) = rows_of(client.post(PATH, json={"applicants": [bad]}))
        alone = refused(client.post("/score", json=bad), 422)["errors"]
        assert [error["field"] for error in row["errors"]] == [e["field"] for e in alone]
        assert [error["message"] for error in row["errors"]] == [e["message"] for e in alone]

    @pytest.mark.parametrize("rows", [[], [PROFILE_EXAMPLE] * 10_001], ids=["none", "too many"])
    def test_the_limits_are_named(self, client: TestClient, rows: list[Any]) -> None:
        problem = refused(client.post(PATH, json={"applicants": rows}), 422)
        assert problem["errors"][0]["field"] == "applicants"
        assert "10,000" in problem["detail"] or "at least 1" in problem["detail"]

    def test_what_is_no_json(self, client: TestClient) -> None:
        answer = upload(client, b"{bad", "application/json", "*/*")
        assert refused(answer, 400)["type"] == "urn:solvencia:problem:malformed-body"

    def test_another_type(self, client: TestClient) -> None:
        problem = refused(upload(client, b"<a/>", "application/xml"), 415)
        for kind in ("application/json", *WRITE):
            assert kind in problem["detail"]

    def test_a_curp_is_kept_hashed_and_never_told(self, client: TestClient) -> None:
        good = {**HISTORY_EXAMPLE, "curp": CURP}
        good["history"] = {**good["history"], "birth_date": "1956-04-27"}
        wrong = f"{CURP[:-1]}5"
        sent = [good, {**PROFILE_EXAMPLE, "curp": wrong}, {**HISTORY_EXAMPLE, "curp": CURP}]
        answer = client.post(PATH, json={"applicants": sent})
        rows = rows_of(answer)
        assert rows[0]["errors"] == []
        assert [row["errors"][0]["field"] for row in rows[1:]] == ["curp", "curp"]
        assert "birth_date" in rows[2]["errors"][0]["allowed"]
        kept = client.get(f"/decisions/{rows[0]['decision']['id']}")
        for text in (answer.text, kept.text):
            assert CURP not in text
            assert wrong not in text
        record = record_of(client, rows[0]["decision"]["id"])
        assert record.curp_hash is not None
        assert record.inputs is not None
        assert CURP.encode() not in record.inputs


@pytest.mark.parametrize("kind", WRITE)
class TestUploads:
    def test_rows_come_back_in_their_order(self, client: TestClient, kind: str) -> None:
        sent = many(1201)
        rows = rows_of(upload(client, WRITE[kind](sent), kind))
        assert [row["row"] for row in rows] == list(range(1, 1202))
        assert [row["decision"]["reference"] for row in rows] == [row["reference"] for row in sent]
        by_json = rows_of(client.post(PATH, json={"applicants": sent}))
        assert list(map(outcome_of, rows)) == list(map(outcome_of, by_json))

    def test_bad_rows_among_good_ones(self, client: TestClient, kind: str) -> None:
        sent = many(7)
        sent[0]["loan"]["amount"] = 1
        sent[3]["as_of"] = "2027-01-01"
        sent[5]["profile"]["state"] = "33"
        rows = rows_of(upload(client, WRITE[kind](sent), kind))
        named = [row["errors"][0]["field"].rpartition(".")[2] for row in rows if row["errors"]]
        assert named == ["amount", "as_of", "state"]
        assert [row["row"] for row in rows if row["errors"]] == [1, 4, 6]
        assert sum(row["decision"] is not None for row in rows) == 4

    def test_the_answer_is_of_the_same_type(self, client: TestClient, kind: str) -> None:
        answer = upload(client, WRITE[kind](many(3)), kind, "*/*")
        assert answer.headers["content-type"].partition(";")[0] == kind

    @pytest.mark.parametrize("accept", WRITE)
    def test_any_type_can_be_answered(self, client: TestClient, kind: str, accept: str) -> None:
        sent = many(5)
        sent[2]["profile"]["age"] = 3
        content = WRITE[kind](sent)
        answer = upload(client, content, kind, accept)
        assert answer.headers["content-type"].partition(";")[0] == accept
        told = [row["decision"] for row in rows_of(upload(client, content, kind))]
        assert [cells["outcome"] for cells in table_of(answer)] == [
            None if decision is None else decision["outcome"] for decision in told
        ]
        for cells, decision in zip(table_of(answer), told, strict=True):
            if decision is None:
                assert cells["error_field"].endswith("age")
                continue
            assert cells["reference"] == decision["reference"]
            assert float(cells["pd"]) == decision["pd"]
            assert int(cells["final_score"]) == decision["final_score"]
            assert cells["segment"] == decision["segment"]["code"]
            assert cells["reasons"].split() == [item["code"] for item in decision["reasons"]]
            if offer := decision["offer"]:
                assert float(cells["offer_cat"]) == offer["cat"]

    def test_json_is_not_streamed(self, client: TestClient, kind: str) -> None:
        problem = refused(upload(client, WRITE[kind](many(1)), kind, "application/json"), 406)
        assert NDJSON in problem["detail"]

    def test_a_retry_returns_the_decisions_made_before(self, client: TestClient, kind: str) -> None:
        sent = many(4)
        key = f"upload-{kind}"
        first = upload(client, WRITE[kind](sent), kind, **{"idempotency-key": key})
        sent.append(profile_row(99))
        again = rows_of(upload(client, WRITE[kind](sent), kind, **{"idempotency-key": key}))
        assert again[:4] == rows_of(first)
        assert again[4]["decision"]["reference"] == "c99"


def table_of(answer: httpx.Response) -> list[dict[str, Any]]:
    """The rows of an answer of any type as flat cells; what there is none of is None."""
    assert answer.status_code == 200, answer.text
    kind = answer.headers["content-type"].partition(";")[0]
    if kind == CSV:
        read = csv.DictReader(StringIO(answer.text))
        return [{name: cell or None for name, cell in row.items()} for row in read]
    if kind == PARQUET:
        table: list[dict[str, Any]] = pq.read_table(BytesIO(answer.content)).to_pylist()
        return table
    found = []
    for row in rows_of(answer):
        decision = row["decision"] or {"outcome": None}
        flat_row = {**decision, "error_field": "".join(e["field"] for e in row["errors"])}
        if row["decision"]:
            flat_row["segment"] = decision["segment"]["code"]
            flat_row["reasons"] = " ".join(item["code"] for item in decision["reasons"])
            flat_row |= {f"offer_{key}": value for key, value in (decision["offer"] or {}).items()}
        found.append(flat_row)
    return found


class TestCsv:
    def test_as_a_spreadsheet_in_mexico_writes_it(self, client: TestClient) -> None:
        text = "\ufeff" + as_csv(many(3)).decode().replace(",", ";")
        answer = upload(client, text.encode(), CSV, "*/*")
        assert answer.text.startswith("row;reference;id;")
        assert len(answer.text.splitlines()) == 4

    def test_its_header_is_checked_before_anything_is_scored(self, client: TestClient) -> None:
        before = client.get("/decisions", params={"limit": 1}).json()["items"][0]["id"]
        content = as_csv(many(3)).replace(b"age", b"edad", 1)
        problem = refused(upload(client, content, CSV), 422)
        assert problem["errors"][0]["field"] == "edad"
        assert "monthly_income" in problem["errors"][0]["allowed"]
        assert client.get("/decisions", params={"limit": 1}).json()["items"][0]["id"] == before

    def test_another_encoding(self, client: TestClient) -> None:
        assert "UTF-8" in refused(upload(client, "añó,b\n1,2".encode("utf-16"), CSV), 400)["detail"]

    def test_a_single_bad_line_of_another_encoding(self, client: TestClient) -> None:
        content = as_csv(many(3)).replace(b"c2", "cañ".encode("latin-1"))
        rows = rows_of(upload(client, content, CSV))
        assert [bool(row["errors"]) for row in rows] == [False, True, False]

    @pytest.mark.parametrize("content", [b"", as_csv(many(1)).splitlines()[0]])
    def test_without_rows(self, client: TestClient, content: bytes) -> None:
        assert refused(upload(client, content, CSV), 422)["errors"][0]["field"] == "rows"


class TestIdempotency:
    KEY = "idempotency-key"

    def test_every_row_has_a_key_of_its_own(self, client: TestClient) -> None:
        sent = many(5)
        sent[2]["profile"]["age"] = 3
        first = client.post(PATH, json={"applicants": sent}, headers={self.KEY: "night-1"})
        told = rows_of(first)
        again = client.post(PATH, json={"applicants": sent}, headers={self.KEY: "night-1"})
        assert rows_of(again) == told
        sent[2] = profile_row(3)
        sent[4]["loan"]["amount"] = 77_000
        mended = rows_of(upload(client, as_ndjson(sent), NDJSON, **{self.KEY: "night-1"}))
        assert mended[:2] + mended[3:4] == told[:2] + told[3:4]
        assert mended[2]["decision"]["reference"] == "c3"
        assert mended[4]["decision"] is None
        assert mended[4]["errors"][0]["field"] == "Idempotency-Key"

    def test_the_format_does_not_matter(self, client: TestClient) -> None:
        told = [
            rows_of(upload(client, write(many(3)), kind, **{self.KEY: "night-2"}))
            for kind, write in WRITE.items()
        ]
        assert told[0] == told[1] == told[2]

    def test_an_erased_decision_is_not_made_again(self, client: TestClient) -> None:
        sent = [{**PROFILE_EXAMPLE, "reference": "to-be-erased"}]
        client.post(PATH, json={"applicants": sent}, headers={self.KEY: "night-3"})
        assert client.delete("/applicants/to-be-erased").json() == {"erased": 1}
        (row,) = rows_of(
            client.post(PATH, json={"applicants": sent}, headers={self.KEY: "night-3"})
        )
        assert "erased" in row["errors"][0]["message"]


def test_a_challenger_is_scored_in_shadow(serve: Serve, model_directory: Path) -> None:
    with serve(challenger_uri=str(model_directory)) as client:
        rows = rows_of(client.post(PATH, json={"applicants": many(2)}))
        for row in rows:
            shadow = record_of(client, row["decision"]["id"]).shadow
            assert shadow is not None
            assert shadow.outcome == row["decision"]["outcome"]
            assert shadow.pd == row["decision"]["pd"]


def counted(client: httpx.Client) -> float:
    """Decisions made, as the service counts them."""
    lines = client.get("/metrics").text.splitlines()
    made = [line for line in lines if line.startswith("solvencia_decisions_total{")]
    return sum(float(line.split()[-1]) for line in made)


def test_decisions_are_counted(client: TestClient) -> None:
    before = counted(client)
    headers = {"idempotency-key": "counted"}
    for _ in range(2):
        client.post(PATH, json={"applicants": many(7)}, headers=headers)
    assert counted(client) == before + 7


class Failing(Store):
    """A store whose database goes away after so many additions."""

    def __init__(self, store: Store, additions: int) -> None:
        self._store, self._left = store, additions

    @property
    def healthy(self) -> bool:
        return self._left > 0

    async def add_all(self, records: Sequence[DecisionRecord]) -> list[Result]:
        if self._left == 0:
            return [StoreUnavailableError("away")] * len(records)
        self._left -= 1
        return await self._store.add_all(records)


@contextmanager
def database_away(app: FastAPI, after: int) -> Iterator[None]:
    service: Service = app.state.service
    app.state.service = replace(service, store=Failing(service.store, after))
    try:
        yield
    finally:
        app.state.service = service


@pytest.mark.parametrize("kind", ["application/json", *WRITE])
def test_without_a_database_nothing_is_answered(client: TestClient, kind: str) -> None:
    rows = many(3)
    content = orjson.dumps({"applicants": rows}) if kind not in WRITE else WRITE[kind](rows)
    with database_away(app_of(client), after=0):
        answer = upload(client, content, kind, "*/*")
    assert refused(answer, 503)["type"] == "urn:solvencia:problem:store-unavailable"
    assert "retry-after" in answer.headers


def test_a_json_batch_is_answered_whole_or_not_at_all(client: TestClient) -> None:
    with database_away(app_of(client), after=1):
        answer = client.post(PATH, json={"applicants": many(batch.CHUNK + 1)})
    refused(answer, 503)


def receive_all(answer: httpx.Response, received: bytearray) -> None:
    for part in answer.iter_bytes():
        received += part


def app_of(client: TestClient) -> FastAPI:
    assert isinstance(client.app, FastAPI)
    return client.app


def record_of(client: TestClient, decision_id: str) -> DecisionRecord:
    """A decision as the database has it."""
    store: Store = app_of(client).state.service.store
    assert client.portal is not None
    record: DecisionRecord | None = client.portal.call(store.decision, UUID(decision_id), None)
    assert record is not None
    return record


def test_what_is_decided_without_keeping_is_what_is_answered(client: TestClient) -> None:
    service: Service = app_of(client).state.service
    sender = Sender("local", NOW, TODAY)
    body = orjson.dumps({"applicants": [HISTORY_EXAMPLE, {}, *many(600)]})
    made = batch.decide_batch(service.serving, body, sender)
    told = BatchOut.model_validate_json(made.content).model_dump(mode="json")["rows"]
    answered = rows_of(upload(client, body, "application/json", "*/*"))
    assert [row["errors"] for row in told] == [row["errors"] for row in answered]
    assert [row["decision"] and outcome_of(row) for row in told] == [
        row["decision"] and outcome_of(row) for row in answered
    ]
    records = list(batch.records_of(service.serving, made.decided, sender))
    assert [str(record.id) for record in records] == [
        row["decision"]["id"] for row in told if row["decision"]
    ]


@pytest.fixture(scope="module")
def served(
    model_directory: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, FastAPI]]:
    database = tmp_path_factory.mktemp("served") / "decisions.db"
    app = create_app(settings_of(model_directory, database), clock=lambda: NOW)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="on"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", app
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.slow
class TestServed:
    """Over real HTTP, where an answer can break off."""

    @pytest.mark.parametrize("kind", WRITE)
    def test_an_answer_that_cannot_go_on_breaks_off(
        self, served: tuple[str, FastAPI], kind: str
    ) -> None:
        address, app = served
        content = as_ndjson(many(4 * batch.CHUNK))
        headers = {"content-type": NDJSON, "accept": kind}
        received = bytearray()
        with database_away(app, after=2), httpx.Client(timeout=30) as client:
            request = client.stream("POST", f"{address}{PATH}", content=content, headers=headers)
            with request as answer, pytest.raises(httpx.RemoteProtocolError):
                receive_all(answer, received)
        if kind == NDJSON:
            assert len(received.splitlines()) == 2 * batch.CHUNK

    def test_after_it_broke_off_a_retry_gives_the_rest(self, served: tuple[str, FastAPI]) -> None:
        address, app = served
        content = as_ndjson(many(3 * batch.CHUNK))
        headers = {"content-type": NDJSON, "idempotency-key": "broken"}
        with httpx.Client(base_url=address, timeout=30, headers=headers) as client:
            before = client.get("/decisions", params={"limit": 1}).json()["items"]
            with database_away(app, after=1), pytest.raises(httpx.RemoteProtocolError):
                client.post(PATH, content=content)
            rows = rows_of(client.post(PATH, content=content))
            assert rows_of(client.post(PATH, content=content)) == rows
        assert [row["row"] for row in rows] == list(range(1, 3 * batch.CHUNK + 1))
        assert all(item["id"] < rows[0]["decision"]["id"] for item in before)

    def test_a_caller_who_leaves_stops_the_work(self, served: tuple[str, FastAPI]) -> None:
        address, app = served
        headers = {"content-type": NDJSON}
        content = as_ndjson(many(20 * batch.CHUNK))
        with httpx.Client(base_url=address, timeout=30) as client:
            before = counted(client)
            with client.stream("POST", PATH, content=content, headers=headers) as answer:
                next(answer.iter_bytes())
            service: Service = app.state.service
            while service.metrics.in_flight:
                time.sleep(0.01)
            assert counted(client) - before < 20 * batch.CHUNK

    def test_others_are_answered_meanwhile(self, served: tuple[str, FastAPI]) -> None:
        address, _ = served
        content = as_ndjson(many(8 * batch.CHUNK))
        done: list[httpx.Response] = []

        def send() -> None:
            headers = {"content-type": NDJSON}
            done.append(
                httpx.post(f"{address}{PATH}", content=content, headers=headers, timeout=60)
            )

        thread = threading.Thread(target=send)
        thread.start()
        answered = 0
        with httpx.Client(base_url=address, timeout=30) as client:
            while not done:
                assert client.post("/score", json=PROFILE_EXAMPLE).status_code == 200
                answered += 1
        thread.join()
        assert len(rows_of(done[0])) == 8 * batch.CHUNK
        assert answered > 8


@pytest.mark.slow
def test_memory_does_not_grow_with_an_upload(client: TestClient) -> None:
    """Of 20,000 rows only those of a chunk or two are in memory at any time."""
    count = 20_000
    rows = answered = most_alive = longest = 0

    async def receive() -> dict[str, Any]:
        nonlocal rows
        part = as_ndjson([profile_row(rows + place) for place in range(1, 1001)])
        rows += 1000
        return {"type": "http.request", "body": part, "more_body": rows < count}

    async def send(message: dict[str, Any]) -> None:
        nonlocal answered, most_alive, longest
        body = message.get("body", b"")
        answered += body.count(b"\n")
        longest = max(longest, len(body))
        if answered % (8 * batch.CHUNK) == 0 and body:
            alive = sum(isinstance(item, ScoreRequest) for item in gc.get_objects())
            most_alive = max(most_alive, alive)

    headers = [(b"host", b"127.0.0.1"), (b"content-type", NDJSON.encode())]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "headers": headers,
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
    }
    assert client.portal is not None
    client.portal.call(app_of(client), scope, receive, send)
    assert (rows, answered) == (count, count)
    assert 0 < most_alive <= 2 * batch.CHUNK
    assert longest < 4_000 * batch.CHUNK
