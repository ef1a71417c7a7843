"""What is answered directly is what the framework's own way would answer."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.direct import Direct
from api.wire.score import HISTORY_EXAMPLE, PROFILE_EXAMPLE
from testing.api.conftest import Serve

PROFILE = {"monthly_income": 9000, "age": 30, "months_in_current_job": 3}
REQUESTS: dict[str, dict[str, Any]] = {
    "history": {"json": HISTORY_EXAMPLE},
    "profile": {"json": PROFILE_EXAMPLE},
    "changes": {"json": PROFILE_EXAMPLE, "params": {"changes": "true"}},
    "no such choice": {"json": PROFILE_EXAMPLE, "params": {"changes": "perhaps"}},
    "no such parameter": {"json": PROFILE_EXAMPLE, "params": {"change": "true"}},
    "no JSON": {"content": b"{", "headers": {"content-type": "application/json"}},
    "another type": {"content": b"{}", "headers": {"content-type": "text/plain"}},
    "a field too many": {"json": {"profile": PROFILE, "colour": "red"}},
    "below the range": {"json": {"profile": {**PROFILE, "age": 3}}},
    "no key of that name": {"json": PROFILE_EXAMPLE, "headers": {"authorization": "Bearer slv_x"}},
    "no idempotency key": {"json": PROFILE_EXAMPLE, "headers": {"idempotency-key": "two words"}},
    "too long": {"json": {"profile": {**PROFILE, "reference": "x" * 300_000}}},
    "another method": {"method": "GET"},
}


def answer(client: TestClient, request: dict[str, Any]) -> tuple[int, Any, dict[str, str]]:
    response = client.request(**{"method": "POST", "url": "/score", **request})
    body = response.json()
    for name in ("id", "decided_at"):
        body.pop(name, None)
    headers = {k: v for k, v in response.headers.items() if k not in ("x-request-id", "date")}
    return response.status_code, body, headers


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_the_route_answers_the_same(
    request_: dict[str, Any], client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    directly = answer(client, request_)
    seen = []

    async def passed_on(self: Direct, *request: Any) -> None:
        seen.append(request)
        await self._app(*request)

    monkeypatch.setattr(Direct, "__call__", passed_on)
    assert answer(client, request_) == directly
    assert seen


def test_a_request_answered_directly_counts_by_its_route(serve: Serve) -> None:
    with serve() as client:
        client.post("/score", json=PROFILE_EXAMPLE)
        client.post("/score", json={})
        figures = client.get("/metrics").text
    for status in (200, 422):
        labels = f'method="POST",route="/score",status="{status}"'
        assert f"solvencia_http_requests_total{{{labels}}} 1.0" in figures
