"""The client is held against the document of the real service, both ways."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from inspect import isfunction
from io import BytesIO
from typing import Any, get_args, get_origin, get_type_hints, is_typeddict
from urllib.parse import unquote

import httpx
import pytest
from jsonschema import Draft202012Validator

from solvencia_client import DecisionFilters, MediaType, SolvenciaClient, types
from testing.client.fakes import ADDRESS, Scripted, client
from testing.client.shapes import of_schema, of_type

ID = "01932c07-5a10-7000-8000-000000000001"
PROFILE: types.ScoreRequest = {
    "profile": {"monthly_income": 18500, "age": 35, "months_in_current_job": 48}
}
FILTERS: DecisionFilters = {
    "since": date(2026, 1, 1),
    "until": "2026-02-01T00:00:00-06:00",
    "outcome": "refer",
    "grade": "C",
    "segment": "B",
    "reference": "cliente-1",
    "awaiting_review": True,
}
NDJSON: MediaType = "application/x-ndjson"

Ask = Callable[[SolvenciaClient], Any]
OPERATIONS: dict[tuple[str, str], dict[str, Ask]] = {
    ("POST", "/score"): {"score": lambda it: it.score(PROFILE, changes=True)},
    ("POST", "/score/batch"): {
        "score_batch": lambda it: it.score_batch([PROFILE, PROFILE]),
        "score_file": lambda it: list(it.score_file(BytesIO(b"{}\n"), NDJSON)),
    },
    ("GET", "/decisions"): {
        "decisions_page": lambda it: it.decisions_page(cursor=ID, limit=9, **FILTERS),
        "decisions": lambda it: list(it.decisions(**FILTERS)),
    },
    ("GET", "/decisions/{decision_id}"): {"decision": lambda it: it.decision(ID)},
    ("POST", "/decisions/{decision_id}/review"): {
        "review": lambda it: it.review(ID, "approve", "Visto bueno")
    },
    ("POST", "/decisions/{decision_id}/outcome"): {
        "report_outcome": lambda it: it.report_outcome(
            ID, {"observed_on": "2026-11-20", "max_days_past_due": 0, "default_12m": None}
        )
    },
    ("POST", "/decisions/{decision_id}/replay"): {"replay": lambda it: it.replay(ID, "current")},
    ("DELETE", "/applicants/{reference}"): {
        "erase_applicant": lambda it: it.erase_applicant("cliente-1")
    },
    ("POST", "/what-if"): {
        "what_if": lambda it: it.what_if({"loan": {"amount": 20000}}, request=PROFILE)
    },
    ("GET", "/model"): {"model": lambda it: it.model("challenger")},
    ("GET", "/model/scorecards/{name}"): {"scorecard": lambda it: it.scorecard("continuity")},
    ("GET", "/model/states/{state}"): {"state_income": lambda it: it.state_income("09")},
    ("GET", "/policy"): {"policy": lambda it: it.policy()},
    ("POST", "/policy/simulate"): {
        "simulate_policy": lambda it: it.simulate_policy(
            {"version": "1"},
            since="2026-01-01T00:00:00Z",
            until="2026-02-01T00:00:00Z",
            loss_given_default=0.5,
        )
    },
    ("GET", "/access"): {"access": lambda it: it.access()},
    ("GET", "/health/ready"): {"ready": lambda it: it.ready()},
    ("GET", "/health/live"): {"live": lambda it: it.live()},
    ("GET", "/metrics"): {"metrics": lambda it: it.metrics()},
}
ASKED = [
    pytest.param(operation, name, ask, id=name)
    for operation, methods in OPERATIONS.items()
    for name, ask in methods.items()
]
BESIDE = {"openapi", "close"}
"""Methods for what the document does not list: itself, and nothing at all."""
MESSAGES = {name: kind for name, kind in vars(types).items() if is_typeddict(kind)}


def published(document: dict[str, Any]) -> dict[str, Any]:
    schemas: dict[str, Any] = document["components"]["schemas"]
    return {name: schema for name, schema in schemas.items() if "properties" in schema}


def test_every_message_of_the_service_has_a_type_and_every_type_is_a_message(
    document: dict[str, Any],
) -> None:
    assert set(MESSAGES) == set(published(document))


@pytest.mark.parametrize("name", MESSAGES)
def test_a_type_has_the_fields_that_the_service_publishes(
    document: dict[str, Any], name: str
) -> None:
    schema, schemas = published(document)[name], document["components"]["schemas"]
    fields = {key: of_schema(node, schemas) for key, node in schema["properties"].items()}
    kind = MESSAGES[name]
    assert {key: of_type(hint) for key, hint in get_type_hints(kind).items()} == fields
    assert kind.__required_keys__ == set(schema.get("required", ()))


def test_every_operation_has_a_method_and_every_method_an_operation(
    document: dict[str, Any],
) -> None:
    documented = {
        (method.upper(), path) for path, item in document["paths"].items() for method in item
    }
    assert set(OPERATIONS) == documented
    public = {
        name
        for name, item in vars(SolvenciaClient).items()
        if isfunction(item) and not name.startswith("_")
    }
    assert {name for methods in OPERATIONS.values() for name in methods} | BESIDE == public


def sent_by(ask: Ask) -> httpx.Request:
    network = Scripted([httpx.Response(200, json={"items": [], "next": None})])
    ask(client(network))
    [request] = network.requests
    return request


@pytest.mark.parametrize(("operation", "name", "ask"), ASKED)
def test_a_method_asks_as_the_document_says(
    document: dict[str, Any], operation: tuple[str, str], name: str, ask: Ask
) -> None:
    method, path = operation
    documented = document["paths"][path][method.lower()]
    request = sent_by(ask)
    assert request.method == method
    template = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))
    assert re.fullmatch(template, unquote(request.url.path)), request.url
    places: dict[str, set[str]] = {"query": set(), "header": set(), "path": set()}
    for parameter in documented.get("parameters", []):
        places[parameter["in"]].add(parameter["name"].lower())
    left_out = {"cursor"} if name == "decisions" else set()
    assert set(request.url.params) == places["query"] - left_out
    assert places["header"] <= set(request.headers)
    bodies = documented.get("requestBody", {}).get("content", {})
    assert bool(bodies) is bool(request.content)
    if bodies:
        kind = request.headers["Content-Type"]
        assert kind in bodies
        if kind == "application/json":
            whole = {**bodies[kind]["schema"], "components": document["components"]}
            Draft202012Validator(whole).validate(json.loads(request.content))


@pytest.mark.parametrize(("operation", "name", "ask"), ASKED)
def test_a_method_returns_what_the_document_says(
    document: dict[str, Any], operation: tuple[str, str], name: str, ask: Ask
) -> None:
    method, path = operation
    responses = document["paths"][path][method.lower()]["responses"]
    [content] = [item.get("content", {}) for status, item in responses.items() if status[0] == "2"]
    kind = get_type_hints(getattr(SolvenciaClient, name))["return"]
    if name == "metrics":
        assert kind is str
    elif name == "decisions":
        page = get_type_hints(types.DecisionPage)["items"]
        assert (get_origin(kind), get_args(kind)) == (Iterator, get_args(page))
    elif get_origin(kind) is Iterator:
        assert of_type(get_args(kind)[0]) == of_schema(content[NDJSON]["schema"], schemas(document))
    else:
        assert of_type(kind) == of_schema(content["application/json"]["schema"], schemas(document))


def schemas(document: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = document["components"]["schemas"]
    return found


def test_the_filters_are_those_of_the_document(document: dict[str, Any]) -> None:
    parameters = document["paths"]["/decisions"]["get"]["parameters"]
    assert set(DecisionFilters.__annotations__) | {"limit", "cursor"} == {
        item["name"] for item in parameters
    }


def test_files_are_of_the_types_that_the_service_reads(document: dict[str, Any]) -> None:
    bodies = document["paths"]["/score/batch"]["post"]["requestBody"]["content"]
    assert set(get_args(MediaType)) | {"application/json"} == set(bodies)


def test_the_document_itself_is_asked_for_where_it_is() -> None:
    request = sent_by(lambda it: it.openapi())
    assert (request.method, str(request.url)) == ("GET", f"{ADDRESS}/openapi.json")


def test_a_message_that_drifted_would_be_noticed(document: dict[str, Any]) -> None:
    whole = schemas(document)
    offer = whole["OfferOut"]["properties"]
    assert of_schema(offer["amount"], whole) != of_type(str)
    assert of_schema(offer["amount"], whole) != of_type(float | None)
    outcome = whole["DecisionOut"]["properties"]["outcome"]
    assert of_schema(outcome, whole) != of_type(str)
