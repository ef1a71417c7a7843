"""Every error as a problem document (RFC 9457), in one place.

InvalidInputError, RequestValidationError   422  the request names a value that is not allowed
NotReadyError                               503  no model or policy is loaded
HTTPException                               its own status
anything else                               500  logged with its trace, answered without
"""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from solvencia.domain.errors import InvalidInputError

logger = logging.getLogger("solvencia.api")
MEDIA_TYPE = "application/problem+json"
_LONGEST_VALUE = 100
_BOUNDS = {"ge": "≥ {}", "gt": "> {}", "le": "≤ {}", "lt": "< {}"}


class NotReadyError(Exception):
    """The service holds no model or no policy."""


def problem(
    status: int,
    detail: str,
    errors: Sequence[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """A problem document."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = list(errors)
    return JSONResponse(body, status, headers, MEDIA_TYPE)


def add_error_handlers(app: FastAPI) -> None:
    """Map every error to its problem document."""

    @app.exception_handler(RequestValidationError)
    async def unprocessable(_: Request, error: RequestValidationError) -> JSONResponse:
        errors = [_describe(item) for item in _causes(error.errors())]
        detail = "; ".join(f"{item['field']}: {item['message']}" for item in errors[:3])
        return problem(422, detail, errors)

    @app.exception_handler(InvalidInputError)
    async def not_allowed(_: Request, error: InvalidInputError) -> JSONResponse:
        item = {
            "field": error.field,
            "value": _short(error.value),
            "allowed": error.allowed,
            "message": f"allowed: {error.allowed}",
        }
        return problem(422, str(error), [item])

    @app.exception_handler(NotReadyError)
    async def not_ready(_: Request, error: NotReadyError) -> JSONResponse:
        return problem(503, str(error), headers={"Retry-After": "5"})

    @app.exception_handler(HTTPException)
    async def refused(_: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail), headers=error.headers)

    @app.exception_handler(Exception)
    async def failed(_: Request, error: Exception) -> JSONResponse:
        logger.error("request failed", exc_info=error)
        return problem(500, "the service failed; the error is in its log")


def _causes(errors: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Errors without those that only follow from another: a list is short if its items failed."""
    places = [error["loc"] for error in errors]
    return [
        error
        for error in errors
        if error["type"] != "too_short"
        or not any(p != error["loc"] and p[: len(error["loc"])] == error["loc"] for p in places)
    ]


def _describe(error: Mapping[str, Any]) -> dict[str, Any]:
    """Field, value, allowed range and message of one validation error."""
    context = error.get("ctx", {})
    place = [str(part) for part in error["loc"] if part != "body"]
    if error["type"] == "not_allowed":
        return {
            "field": ".".join([*place, context["field"]]),
            "value": context["value"],
            "allowed": context["allowed"],
            "message": f"allowed: {context['allowed']}",
        }
    bounds = [text.format(_plain(context[key])) for key, text in _BOUNDS.items() if key in context]
    allowed = ", ".join(bounds) or context.get("expected") or context.get("pattern")
    described = {"field": ".".join(place) or "body", "message": error["msg"]}
    if error["type"] != "missing":
        described["value"] = _short(error.get("input"))
    if allowed:
        described["allowed"] = str(allowed)
    return described


def _plain(bound: object) -> str:
    return f"{bound:,g}" if isinstance(bound, int | float) else str(bound)


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST_VALUE else text[:_LONGEST_VALUE] + "…"
