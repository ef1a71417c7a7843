"""The documentation stands on its own: nothing from elsewhere, every operation with worked examples."""

import json
import re
from typing import Any

import jsonschema
import pytest
from fastapi.testclient import TestClient

from api.main import create_app
from api.openapi import OPERATIONS, TAGS
from api.settings import Settings
from api.store.ids import uuid7
from testing.api.conftest import NOW

DOCUMENT: dict[str, Any] = create_app(Settings()).openapi()
OPERATION = {
    f"{method.upper()} {path}": operation
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
}
NOT_SHOWN = {"application/vnd.apache.parquet"}  # no text


def test_all_that_the_page_needs_comes_from_here(client: TestClient) -> None:
    page = client.get("/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    needed = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert {"docs/swagger-ui.css", "docs/swagger-ui-bundle.js", "docs/start.js"} < set(needed)
    types = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
    for address in needed:
        if address != "data:,":
            part = client.get(f"/{address}")
            assert part.status_code == 200
            assert part.headers["content-type"] == types[address.rpartition(".")[2]]
    assert "SwaggerUIBundle" in client.get("/docs/swagger-ui-bundle.js").text
    assert (named := re.search(r'url: "([^"]+)"', client.get("/docs/start.js").text))
    # Typed as any ASGI application; it is ours.
    assert client.get(f"/{named[1]}").json() == client.app.openapi()  # type: ignore[attr-defined]


def test_the_page_may_load_nothing_from_elsewhere(client: TestClient) -> None:
    policy = client.get("/docs").headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["connect-src"] == "'self'"
    assert "http" not in policy


@pytest.mark.parametrize(
    "path", ["/docs/other.js", "/docs/..%2Fcore.py", "/redoc", "/docs/oauth2-redirect"]
)
def test_nothing_else_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_every_operation_is_named_and_every_tag_described_in_order() -> None:
    assert set(OPERATION) == set(OPERATIONS)
    assert [tag["name"] for tag in DOCUMENT["tags"]] == list(TAGS)
    assert {tag for operation in OPERATION.values() for tag in operation["tags"]} == set(TAGS)


@pytest.mark.parametrize("name", OPERATION)
def test_an_operation_has_summary_description_and_worked_examples(name: str) -> None:
    operation = OPERATION[name]
    assert operation["summary"]
    assert operation["description"]
    contents = dict(operation.get("requestBody", {}).get("content", {}))
    for response in operation["responses"].values():
        for kind, content in response["content"].items():
            contents[kind, id(content)] = content
    for kind, content in contents.items():
        if kind not in NOT_SHOWN and kind[0] not in NOT_SHOWN:
            assert shown(content), kind


def shown(content: dict[str, Any]) -> list[Any]:
    if "example" in content:
        return [content["example"]]
    return [example["value"] for example in content.get("examples", {}).values()]


@pytest.mark.parametrize("name", OPERATION)
def test_what_is_shown_fits_its_schema(name: str) -> None:
    bodies = [OPERATION[name].get("requestBody", {}), *OPERATION[name]["responses"].values()]
    for body in bodies:
        for kind, content in body.get("content", {}).items():
            if "json" in kind and kind != "application/x-ndjson":
                schema = {**content["schema"], "components": DOCUMENT["components"]}
                for example in shown(content):
                    jsonschema.validate(example, schema)


def test_requests_that_are_shown_are_taken(client: TestClient) -> None:
    referral = client.post(
        "/score",
        json={"profile": {"monthly_income": 15000, "age": 68, "months_in_current_job": 48}},
    ).json()
    assert referral["outcome"] == "refer"
    policy = client.get("/policy").json()["policy"]
    tried = 0
    for name, operation in OPERATION.items():
        method, path = name.split()
        path = path.replace("{decision_id}", referral["id"])
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            for example in shown(content):
                sent = example if isinstance(example, str) else json.dumps(example)
                if path == "/policy/simulate":  # the one that is shortened, and says so
                    assert "Shortened" in content["examples"]["shortened"]["summary"]
                    sent = json.dumps({**example, "policy": {**policy, "version": "2027-01-01"}})
                answer = client.request(method, path, content=sent, headers={"content-type": kind})
                assert answer.status_code in (200, 201), (name, kind, answer.text)
                tried += 1
    assert tried == 10


def test_ids_that_are_shown_are_ones() -> None:
    shown_ids = set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", json.dumps(DOCUMENT)))
    made = str(uuid7(NOW))
    assert shown_ids
    assert all(len(item) == len(made) and item[14] == "7" for item in shown_ids)
