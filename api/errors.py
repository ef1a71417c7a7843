"""Every error as a problem document (RFC 9457), in one place.

MalformedBodyError                             400  the body is not JSON, or not in the encoding it says
NotAuthenticatedError                          401  no key, or one that is not known
NotAllowedError                                403  the key's role may not do this
NotFoundError                                  404  there is nothing of that name that the key may see
NotAcceptableError                             406  no type that the caller accepts can be answered
ConflictError                                  409  what is there does not allow it
MediaTypeError                                 415  a body of a type that is not read
InvalidInputError, RequestValidationError      422  the request names a value that is not allowed
IdempotencyConflictError                       422  the key was used before, with another body
RateLimitedError                               429  too many requests with this key
NotReadyError, StoreUnavailableError           503  no model, policy or database is usable
HTTPException                                  its own status
RecordRefusedError                             422  a value that the database does not take
anything else                                  500  logged, answered without (``middleware``)

413 and 408, for a body that is too large or too slow, are answered before any route runs (``limits``).
"""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from types import MappingProxyType
from typing import Any, ClassVar

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api.store.errors import (
    IdempotencyConflictError,
    RecordRefusedError,
    StoreUnavailableError,
)
from solvencia.domain.errors import InvalidInputError

logger = logging.getLogger("solvencia.api")
MEDIA_TYPE = "application/problem+json"
PROBLEM_TYPE = "urn:solvencia:problem:"
_LONGEST_VALUE = 100
_MOST_ERRORS = 50
_BOUNDS = {"ge": "≥ {}", "gt": "> {}", "le": "≤ {}", "lt": "< {}"}


class ServiceError(Exception):
    """A request that is refused; ``kind`` is the last part of the problem's type."""

    status: ClassVar[int] = 500
    kind: ClassVar[str] = "failed"
    headers: Mapping[str, str] | None = None


class MalformedBodyError(ServiceError):
    """A body that cannot be read at all."""

    status, kind = 400, "malformed-body"


class NotAuthenticatedError(ServiceError):
    """No key, or one that is not known."""

    status, kind = 401, "not-authenticated"
    headers = MappingProxyType({"WWW-Authenticate": "Bearer"})


class NotAllowedError(ServiceError):
    """A key whose role may not do this."""

    status, kind = 403, "not-allowed"


class NotFoundError(ServiceError):
    """Nothing of that name that the caller may see."""

    status, kind = 404, "not-found"


class NotAcceptableError(ServiceError):
    """None of the types that the caller accepts can be answered."""

    status, kind = 406, "not-acceptable"


class ConflictError(ServiceError):
    """What is there does not allow it."""

    status, kind = 409, "conflict"


class MediaTypeError(ServiceError):
    """A body of a type that is not read."""

    status, kind = 415, "unsupported-media-type"


class RateLimitedError(ServiceError):
    """Too many requests with one key; ``seconds`` until the next one is taken."""

    status, kind = 429, "rate-limited"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"too many requests with this key; the next is taken in {seconds} s")
        self.headers = {"Retry-After": str(seconds)}


class NotReadyError(ServiceError):
    """The service holds no model or no policy."""

    status, kind = 503, "not-ready"
    headers = MappingProxyType({"Retry-After": "5"})


def problem(
    status: int,
    detail: str,
    errors: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
    *,
    kind: str | None = None,
) -> Response:
    """A problem document; ``kind`` is the last part of its type."""
    return Response(problem_body(status, detail, errors, kind=kind), status, headers, MEDIA_TYPE)


def problem_body(
    status: int,
    detail: str,
    errors: Sequence[Mapping[str, Any]] = (),
    *,
    kind: str | None = None,
) -> bytes:
    """The bytes of a problem document.

    >>> problem_body(404, "no such decision", kind="not-found").decode()
    '{"type":"urn:solvencia:problem:not-found","title":"Not Found","status":404,"detail":"no such decision"}'
    """
    body: dict[str, Any] = {
        "type": "about:blank" if kind is None else PROBLEM_TYPE + kind,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = list(errors)
    return orjson.dumps(body)


def field_errors(errors: Sequence[Any]) -> list[dict[str, Any]]:
    """Field, value, allowed range and message of each error that pydantic found."""
    return [_describe(item) for item in _causes(errors)[:_MOST_ERRORS]]


def input_error(error: InvalidInputError) -> dict[str, Any]:
    """Field, value and allowed range of an error of the domain."""
    return {
        "field": error.field,
        "value": short(error.value),
        "allowed": error.allowed,
        "message": f"allowed: {error.allowed}",
    }


def summary(errors: Sequence[Mapping[str, Any]]) -> str:
    """The first errors in one sentence, without the values sent."""
    return "; ".join(f"{item['field']}: {item['message']}" for item in errors[:3])


def add_error_handlers(app: FastAPI) -> None:
    """Map every error to its problem document."""

    @app.exception_handler(RequestValidationError)
    async def unprocessable(_: Request, error: RequestValidationError) -> Response:
        found = error.errors()
        if any(item["type"] == "json_invalid" for item in found):
            return problem(400, "the body is not JSON", kind=MalformedBodyError.kind)
        errors = field_errors(found)
        return problem(422, summary(errors), errors, kind="invalid-input")

    @app.exception_handler(InvalidInputError)
    async def not_allowed(_: Request, error: InvalidInputError) -> Response:
        return problem(422, str(error), [input_error(error)], kind="invalid-input")

    @app.exception_handler(IdempotencyConflictError)
    async def reused(_: Request, error: IdempotencyConflictError) -> Response:
        return problem(422, str(error), kind="idempotency-key-reused")

    @app.exception_handler(RecordRefusedError)
    async def not_kept(_: Request, error: RecordRefusedError) -> Response:
        return problem(422, str(error), kind="invalid-input")

    @app.exception_handler(StoreUnavailableError)
    async def away(_: Request, error: StoreUnavailableError) -> Response:
        logger.error("database away: %s", error)
        detail = "the database is away; nothing was lost, send the request again"
        return problem(503, detail, headers={"Retry-After": "2"}, kind="store-unavailable")

    @app.exception_handler(ServiceError)
    async def refused_by_service(_: Request, error: ServiceError) -> Response:
        return problem(error.status, str(error), headers=error.headers, kind=error.kind)

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> Response:
        kind = {404: "not-found", 405: "method-not-allowed"}.get(error.status_code)
        return problem(error.status_code, str(error.detail), headers=error.headers, kind=kind)


def _causes(errors: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Errors without those that only follow from another: a list is short if its items failed."""
    places = {error["loc"] for error in errors}
    above = {place[:end] for place in places for end in range(len(place))}
    return [error for error in errors if error["type"] != "too_short" or error["loc"] not in above]


def _describe(error: Mapping[str, Any]) -> dict[str, Any]:
    """Field, value, allowed range and message of one validation error."""
    context = error.get("ctx", {})
    place = [str(part) for part in error["loc"] if part != "body"]
    if error["type"] == "not_allowed":
        return {
            "field": ".".join([*place, context["field"]]),
            "value": short(context["value"]),
            "allowed": context["allowed"],
            "message": f"allowed: {context['allowed']}",
        }
    bounds = [text.format(_plain(context[key])) for key, text in _BOUNDS.items() if key in context]
    allowed = ", ".join(bounds) or context.get("expected") or context.get("pattern")
    described = {"field": short(".".join(place)) or "body", "message": error["msg"]}
    if error["type"] != "missing" and "curp" not in place:  # of a CURP nothing is repeated
        described["value"] = short(error.get("input"))
    if allowed:
        described["allowed"] = str(allowed)
    return described


def _plain(bound: object) -> str:
    return f"{bound:,g}" if isinstance(bound, int | float) else str(bound)


def short(value: object) -> str:
    """A value as text that is not longer than a line; of a container, only what it is."""
    if isinstance(value, dict | list | tuple):
        return f"{type(value).__name__} of {len(value)}"
    text = str(value) if not isinstance(value, str) else value[: _LONGEST_VALUE + 1]
    text = text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"
    return text.encode("utf-8", "replace").decode()
