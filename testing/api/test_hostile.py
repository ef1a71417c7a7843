"""Bodies made to hurt: whatever is sent, the service says what is wrong with it, and goes on."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.wire.score import HISTORY_EXAMPLE, PROFILE_EXAMPLE
from testing.api.running import running_service

pytestmark = pytest.mark.slow
PATIENCE = httpx.Timeout(10.0)
"""Seconds after which an answer counts as none: the service hangs."""

GENTLE = settings(
    max_examples=150,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
Send = Any


@pytest.fixture(scope="module")
def send(model_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Send]:
    database = tmp_path_factory.mktemp("hostile") / "decisions.db"
    limits = {"MAX_BODY_BYTES": "2000000", "MAX_BATCH_BYTES": "4000000"}
    with (
        running_service(model_directory, f"sqlite:///{database}", **limits) as address,
        httpx.Client(base_url=address, timeout=PATIENCE) as client,
    ):

        def post(body: Any, path: str = "/score", kind: str = "application/json") -> httpx.Response:
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
            answer = client.post(path, content=raw, headers={"content-type": kind})
            assert answer.status_code < 500, answer.text
            if answer.status_code != 200:
                assert answer.headers["content-type"] == "application/problem+json"
                assert answer.json()["status"] == answer.status_code
                assert len(answer.content) < 50_000
            return answer

        yield post
        assert client.get("/health/ready").status_code == 200


def spells(count: int, **changed: Any) -> dict[str, Any]:
    one = {"employer_id": "E", "start_date": "2010-01-01", "daily_wage": 400.0, **changed}
    return {"history": {"birth_date": "1980-01-01", "spells": [one] * count}}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 100_000, 400),
        (b'{"a":' * 100_000, 400),
        (b'{"history":' + b"[" * 190 + b"]" * 190 + b"}", 422),
        (b"\xff\xfe{}", 400),
        ('{"reference": "ñ"}'.encode("utf-16"), 400),
        (b'{"reference": "\xe9"}', 400),
        (b'{"reference": "\\ud800"}', 400),
        (b"\x00" * 1000, 400),
        (b" " * 1_900_000, 400),
        (b" " * 2_000_001, 413),
        (b'{"reference": "' + b"a" * 1_900_000 + b'"}', 422),
        (b'{"loan": {"amount": 1' + b"0" * 5000 + b"}}", 400),
        (b'{"loan": {"amount": 1e99999}}', 422),
        (b'{"loan": {"amount": -Infinity}}', 422),
        (spells(10_000), 422),
        (spells(2000), 200),
        (spells(3, start_date="0000-01-01"), 422),
        (spells(3, start_date="0001-01-01"), 422),
        (spells(3, start_date="9999-12-31"), 422),
        (spells(3, end_date="9999-12-31"), 422),
        (spells(1) | {"as_of": "9999-12-31"}, 422),
        (spells(1) | {"as_of": "0000-00-00"}, 422),
        (spells(1) | {"curp": "X" * 1_000_000}, 422),
    ],
)
def test_each_of_these(send: Send, body: Any, status: int) -> None:
    assert send(body).status_code == status


def test_two_thousand_overlapping_spells_do_not_hang(send: Send) -> None:
    body = spells(1)
    body["history"]["spells"] = [
        {
            "employer_id": f"E{number % 3}",
            "start_date": f"{2005 + number % 15}-{1 + number % 12:02d}-{1 + number % 28:02d}",
            "end_date": f"{2020 + number % 6}-{1 + number % 12:02d}-{1 + number % 28:02d}",
            "daily_wage": 200.0 + number,
        }
        for number in range(2000)
    ]
    assert send(body, "/score?changes=true").status_code == 200


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["0000-01-01", "9999-12-31", "2020-02-30", "09", "payroll", ""]),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=12), inner, max_size=5)
    ),
    max_leaves=20,
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    found = [path] if path else []
    if isinstance(value, dict | list):
        for name, item in parts:
            inner = (*path, name)
            found += places(item, inner) if isinstance(item, dict | list) else [inner]
    return found


@pytest.mark.parametrize("path", ["/score", "/what-if", "/policy/simulate", "/score/batch"])
@given(body=ANYTHING)
@GENTLE
def test_any_json(send: Send, path: str, body: Any) -> None:
    send(body, path)


@pytest.mark.parametrize("example", [HISTORY_EXAMPLE, PROFILE_EXAMPLE], ids=["history", "profile"])
@given(data=st.data())
@GENTLE
def test_a_good_body_with_anything_in_some_place(
    send: Send, example: dict[str, Any], data: st.DataObject
) -> None:
    body = json.loads(json.dumps(example))
    for place in data.draw(st.lists(st.sampled_from(places(example)), min_size=1, max_size=3)):
        target: Any = body
        for part in place[:-1]:
            try:
                target = target[part]
            except (KeyError, IndexError, TypeError):
                break
        if isinstance(target, dict | list):
            try:
                target[place[-1]] = data.draw(ANYTHING)
            except (IndexError, TypeError):
                continue
    send(body)
    send({"applicants": [body, example]}, "/score/batch")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/score", "application/json"),
        ("/score/batch", "application/json"),
        ("/score/batch", "text/csv"),
        ("/score/batch", "application/x-ndjson"),
        ("/score/batch", "application/vnd.apache.parquet"),
    ],
)
@given(body=st.binary(max_size=400))
@GENTLE
def test_any_bytes(send: Send, path: str, kind: str, body: bytes) -> None:
    send(body, path, kind)
