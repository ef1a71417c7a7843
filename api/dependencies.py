"""What routes need, as named types."""

import re
from typing import Annotated, Any, TypeVar, cast

from fastapi import Depends, Header, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect

from api.access import Caller, Require, Role
from api.errors import MediaTypeError, short
from api.service import Service
from api.wire.base import Problem
from solvencia.domain.errors import InvalidInputError


def service_of(request: Request) -> Service:
    """The service that a request came to."""
    return cast(Service, request.app.state.service)


async def _service(request: Request) -> Service:
    return service_of(request)


def _refuse_unknown_queries(request: Request) -> None:
    """Refuse a query parameter that the route does not have: a misspelt filter filters nothing."""
    route = request.scope["route"]
    documented = (route.openapi_extra or {}).get("parameters", ())
    known = [str(item.alias) for item in route.dependant.query_params]
    known += [item["name"] for item in documented if item["in"] == "query"]
    for name in request.query_params:
        if name not in known:
            raise InvalidInputError(short(name), "a parameter", ", ".join(known) or "none")


class Admitted(Require):
    """A dependency that gives the caller; it also refuses query parameters that are not known."""

    async def __call__(self, request: Request) -> Caller:
        """The caller, if the role allows.

        Raises:
            InvalidInputError: a query parameter that the route does not have.
            NotAuthenticatedError, NotAllowedError, RateLimitedError, NotReadyError: as ``Gate.admit``.
        """
        if request.scope["query_string"]:
            _refuse_unknown_queries(request)
        return await super().__call__(request)


ServiceDep = Annotated[Service, Depends(_service)]
PartnerDep = Annotated[Caller, Depends(Admitted(Role.PARTNER))]
AnalystDep = Annotated[Caller, Depends(Admitted(Role.ANALYST))]
_KEY_PATTERN = r"^[\x21-\x7e]{1,128}$"
_KEY_TEXT = (
    "A name for this request that you make up, such as a UUID: sent again with the same body it "
    "returns the same decision, with another body it is refused"
)
IdempotencyKey = Annotated[str | None, Header(pattern=_KEY_PATTERN, description=_KEY_TEXT)]
KEY_PARAMETER = {
    "name": "idempotency-key",
    "in": "header",
    "required": False,
    "description": _KEY_TEXT,
    "schema": {"type": "string", "pattern": _KEY_PATTERN, "title": "Idempotency-Key"},
}
"""What the OpenAPI document says of the header that ``idempotency_key_of`` reads."""

_is_key = re.compile(_KEY_PATTERN).fullmatch


def idempotency_key_of(request: Request) -> str | None:
    """The idempotency key of a request; read here, where a declared header takes 25 µs.

    Raises:
        InvalidInputError: it is not one.
    """
    for name, value in request.scope["headers"]:
        if name == b"idempotency-key":
            key = str(value, "latin-1")
            if not _is_key(key):
                raise InvalidInputError(
                    "Idempotency-Key", short(key), "1 to 128 visible ASCII characters"
                )
            return key
    return None


Sent = TypeVar("Sent", bound=BaseModel)
_JSON = ("application/json", "text/json")
_TEXTS = {
    400: "The body cannot be read",
    401: "No key, or one that is not known",
    403: "The key's role may not do this",
    404: "Nothing of that name that this key may see",
    406: "No type that is accepted can be answered",
    409: "What is there does not allow it",
    410: "Erased",
    413: "A body that is too large",
    415: "A body of a type that is not read",
    422: "A value that is not allowed, named",
    429: "Too many requests with this key; see Retry-After",
    503: "No model, policy or database is usable; see Retry-After",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route documents, besides those that every route has."""
    return {
        status: {
            "description": _TEXTS[status],
            "content": {"application/problem+json": {"schema": {"$ref": _PROBLEM}}},
        }
        for status in sorted({401, 403, 422, 429, 503, *statuses})
    }


_PROBLEM = f"#/components/schemas/{Problem.__name__}"


def json_body(model: type[BaseModel], examples: dict[str, Any]) -> dict[str, Any]:
    """What the OpenAPI document says of a body that ``read_json`` reads."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    content = {"application/json": {"schema": schema, "examples": examples}}
    return {"requestBody": {"required": True, "content": content}}


async def read_body(request: Request, allowed: tuple[str, ...] = _JSON) -> bytes:
    """The body's bytes, if they are of an allowed type.

    Raises:
        MediaTypeError: they say that they are something else, or nothing at all.
    """
    check_media_type(request, allowed)
    try:
        return await request.body()
    except ClientDisconnect as error:  # nobody is left to answer
        raise MediaTypeError("the body ended early") from error


def check_media_type(request: Request, allowed: tuple[str, ...]) -> str:
    """The body's type without its parameters, in lower case.

    Raises:
        MediaTypeError: it is not one of the allowed.
    """
    said = request.headers.get("content-type", "")
    kind = said.partition(";")[0].strip().lower()
    if kind not in allowed:
        raise MediaTypeError(f"content-type: got {kind[:100]!r}; allowed: {', '.join(allowed)}")
    return kind


def parsed(model: type[Sent], raw: bytes) -> Sent:
    """The JSON of a body as a model, read from its bytes in one step.

    Raises:
        RequestValidationError: it is not JSON, or does not fit.
    """
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise RequestValidationError(error.errors(include_url=False)) from error
