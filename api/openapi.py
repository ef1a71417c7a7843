"""The OpenAPI document: what FastAPI finds, and the parts that routes only refer to."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

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
TAGS = [
    {"name": "decisions", "description": "Decide, look up, settle, follow, decide again"},
    {"name": "applicants", "description": "Erase what tells of a person"},
    {"name": "model and policy", "description": "What decides"},
    {"name": "operations", "description": "For those who run the service"},
]


def describe(app: FastAPI) -> dict[str, Any]:
    """The document of an app; made once, then kept."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            tags=TAGS,
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
        app.openapi_schema = document
    return app.openapi_schema
