"""The OpenAPI document: what FastAPI finds, the parts that routes only refer to, and worked examples."""

from pathlib import Path
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from api.errors import MEDIA_TYPE, problem_body
from api.wire.base import Problem
from api.wire.score import ScoreRequest

VERSION = "1"
DESCRIPTION = """
Income scoring and credit decisions for personal and payroll loans in Mexico.

`POST /score` takes an applicant as a raw work history or as a profile and answers with the income
score (300 to 850: 600 at odds 4:1, 50 points double the odds), the income band, the probability of
default, the segment, the decision with its offer, and the reasons. The decision is kept before it
is answered, with all that made it, and can be asked for, explained and made again later.

* **Keys**: `Authorization: Bearer slv_…`. A partner sees its own decisions alone.
* **Retries**: send an `Idempotency-Key`; the same key and body return the same decision.
* **Errors** are problem documents (RFC 9457): act on `type`, tell `errors` to whoever typed.
* Every answer carries `X-Request-ID`; name it when you ask about one.
"""
TAGS = {
    "Scoring": "Decide on an applicant, on many, or on one as they might be",
    "Decisions": "What was decided and why; settle it, follow it, decide it again",
    "Applicants": "Erase what tells of a person",
    "Model and policy": "What decides, and what another policy would have decided",
    "Operations": "For those who run the service",
}
OPERATIONS = {
    "POST /score": ("Scoring", "Decide on one applicant"),
    "POST /score/batch": ("Scoring", "Decide on many applicants"),
    "POST /what-if": ("Scoring", "Try changes on an applicant"),
    "GET /decisions": ("Decisions", "List decisions"),
    "GET /decisions/{decision_id}": ("Decisions", "Explain a decision"),
    "POST /decisions/{decision_id}/review": ("Decisions", "Settle a referral"),
    "POST /decisions/{decision_id}/outcome": ("Decisions", "Report how the loan went"),
    "POST /decisions/{decision_id}/replay": ("Decisions", "Decide again"),
    "DELETE /applicants/{reference}": ("Applicants", "Erase an applicant"),
    "GET /model": ("Model and policy", "Describe the model that serves"),
    "GET /model/scorecards/{name}": ("Model and policy", "Read a scorecard whole"),
    "GET /model/states/{state}": ("Model and policy", "Read how income is spread in a state"),
    "GET /policy": ("Model and policy", "Read the policy in force"),
    "POST /policy/simulate": ("Model and policy", "Try a draft policy on past decisions"),
    "GET /access": ("Operations", "Say who asks"),
    "GET /health/live": ("Operations", "Is the process alive?"),
    "GET /health/ready": ("Operations", "Can it decide, and keep what it decides?"),
    "GET /metrics": ("Operations", "Figures for Prometheus"),
}
"""Tag and summary of every operation; its description is the docstring of its route."""

_EXAMPLES = Path(__file__).with_name("examples.json")
"""By operation and media type, ``requests`` and ``answers``; long lists are cut to two items."""

_PARAMETERS = {
    "decision_id": "01a1ff5f-5440-7000-9e50-0ac466255390",
    "name": "continuity",
    "reference": "cliente-20931",
    "state": "09",
}
_SHORTENED = {"POST /policy/simulate": "Shortened: send all that GET /policy answers, changed"}
_PROBLEMS: dict[str, tuple[str, str]] = {
    "400": ("malformed-body", "the body is not valid UTF-8"),
    "401": ("not-authenticated", "no API key was sent; send `Authorization: Bearer slv_…`"),
    "403": ("not-allowed", "this needs the role analyst; this key's is partner"),
    "404": ("not-found", "decision 01a1ff5f-… is not one that this key may see"),
    "406": ("not-acceptable", "accept: got 'text/html'; allowed: application/json"),
    "409": ("conflict", "the inputs of decision 01a1ff5f-… were erased"),
    "413": ("too-large", "the body has 2000000 bytes; at most 1048576 are read"),
    "415": ("unsupported-media-type", "content-type: got 'text/plain'; allowed: application/json"),
    "422": ("invalid-input", "profile.age: Input should be greater than or equal to 18"),
    "429": ("rate-limited", "too many requests with this key; the next is taken in 1 s"),
    "503": ("store-unavailable", "the database did not answer in time"),
}
_FIELDS = {
    "field": "profile.age",
    "message": "Input should be greater than or equal to 18",
    "value": "12",
    "allowed": "≥ 18",
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The document of an app; made once, when it is first asked for, then kept."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            tags=[{"name": name, "description": text} for name, text in TAGS.items()],
            routes=app.routes,
            separate_input_output_schemas=False,
        )
        _, named = models_json_schema(
            [(Problem, "serialization"), (ScoreRequest, "validation")],
            ref_template="#/components/schemas/{model}",
        )
        schemas = document["components"]["schemas"]
        for name, schema in named["$defs"].items():
            schemas.setdefault(name, schema)
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        examples = orjson.loads(_EXAMPLES.read_bytes())
        for path, item in document["paths"].items():
            for method, operation in item.items():
                key = f"{method.upper()} {path}"
                tag, operation["summary"] = OPERATIONS[key]
                operation["tags"] = [tag]
                _add_examples(operation, examples[key], _SHORTENED.get(key))
        app.openapi_schema = document
    return app.openapi_schema


def _add_examples(operation: dict[str, Any], given: dict[str, Any], summary: str | None) -> None:
    """Put worked examples in their places; those that a route gives itself stay, unless replaced here."""
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            parameter["example"] = _PARAMETERS[parameter["name"]]
    for kind, value in given.get("requests", {}).items():
        content = operation["requestBody"]["content"][kind]
        content.pop("examples", None)
        if summary is None:
            content["example"] = value
        else:
            content["examples"] = {"shortened": {"summary": summary, "value": value}}
    for status, response in operation["responses"].items():
        content = response.get("content", {})
        if status.startswith("2"):
            response["description"] = "Done; in the example, long lists are cut to two items"
            for kind, value in given["answers"].items():
                content[kind]["example"] = value
        elif MEDIA_TYPE in content:
            problem, detail = _PROBLEMS[status]
            errors = [_FIELDS] if status == "422" else []
            body = problem_body(int(status), detail, errors, kind=problem)
            content[MEDIA_TYPE]["example"] = orjson.loads(body)
