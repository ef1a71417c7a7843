"""What kept the service from answering, each class by what to do about it.

ServiceError
    ServiceAway         nobody answers there; try again later
    NotReady            the service answers but cannot decide or keep a decision; try again later
    RateLimited         too many requests with this key; try again after ``retry_after`` seconds
    NotAuthenticated    no key, or one that is not known: get a key
    NotAllowed          the key's role may not do this: get another key
    NotFound            nothing of that name that this key may see
    Conflict            what is there does not allow it, or the idempotency key was used before
    Rejected            the request is not one that is allowed; ``errors`` names the fields
    ServiceFailed       no answer in time, or one that should not be; trying again may not help
"""

# ruff: noqa: N818 - states of the service and answers of it, named as the reader would

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx

KEY_REUSED = "urn:solvencia:problem:idempotency-key-reused"


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field; ``field`` is its path, such as ``profile.age``."""

    field: str
    message: str
    value: str | None = None
    allowed: str | None = None


class ServiceError(Exception):
    """Anything that kept the service from answering.

    The text names the request and the status, never what was sent; ``detail`` is the service's own
    sentence and may repeat a value.

    Attributes:
        status: HTTP status; None when there was no answer.
        problem_type: URN of the kind of problem, such as ``urn:solvencia:problem:not-found``; None
            when the answer was no problem document.
        request_id: under which the service knows the request: name it when you ask about one.
        retry_after: seconds after which the service asks to be tried again.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        problem_type: str | None = None,
        detail: str | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.problem_type = problem_type
        self.detail = detail
        self.request_id = request_id
        self.retry_after = retry_after


class ServiceAway(ServiceError):
    """No answer from the address; what was sent may have arrived."""


class NotReady(ServiceError):
    """The service runs but cannot decide, or not keep what it decides."""


class RateLimited(ServiceError):
    """Too many requests with this key."""


class NotAuthenticated(ServiceError):
    """No key, or one that is not known."""


class NotAllowed(ServiceError):
    """The key's role may not do this."""


class NotFound(ServiceError):
    """Nothing of that name that this key may see."""


class Conflict(ServiceError):
    """What is there does not allow it, or the idempotency key came with another body before."""


class Rejected(ServiceError):
    """The request was understood and refused; ``errors`` is empty when no field is to blame."""

    def __init__(self, message: str, *, errors: tuple[FieldError, ...] = (), **told: Any) -> None:
        super().__init__(message, **told)
        self.errors = errors


class ServiceFailed(ServiceError):
    """An answer that should not be, or none in time."""


_BY_STATUS: Mapping[int, type[ServiceError]] = {
    HTTPStatus.BAD_REQUEST: Rejected,
    HTTPStatus.UNAUTHORIZED: NotAuthenticated,
    HTTPStatus.FORBIDDEN: NotAllowed,
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.CONFLICT: Conflict,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Rejected,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: Rejected,
    HTTPStatus.UNPROCESSABLE_ENTITY: Rejected,
    HTTPStatus.TOO_MANY_REQUESTS: RateLimited,
    HTTPStatus.BAD_GATEWAY: ServiceAway,  # a proxy answers for a service that is not there
    HTTPStatus.SERVICE_UNAVAILABLE: NotReady,
}


def error_of(response: httpx.Response) -> ServiceError:
    """The error that an answer which has been read tells of."""
    body = _problem(response)
    kind = _text(body.get("type"))
    errors = tuple(_field_error(item) for item in _list(body.get("errors")))
    error = Conflict if kind == KEY_REUSED else _BY_STATUS.get(response.status_code, ServiceFailed)
    request = response.request
    message = f"{request.method} {request.url.path} answered {response.status_code}"
    request_id = response.headers.get("X-Request-ID")
    told: dict[str, Any] = {
        "status": response.status_code,
        "problem_type": kind,
        "detail": _text(body.get("detail")),
        "request_id": request_id,
        "retry_after": retry_after(response),
    }
    if error is Rejected:
        told["errors"] = errors
        fields = ", ".join(item.field for item in errors)
        message += f" for {fields}" if fields else ""
    return error(f"{message} (request {request_id})" if request_id else message, **told)


def retry_after(response: httpx.Response) -> float | None:
    """Seconds after which an answer asks to be tried again; None when it does not.

    A date is read against the answer's own ``Date``, for clocks differ.

    >>> retry_after(httpx.Response(503, headers={"Retry-After": "2"}))
    2.0
    """
    said = response.headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        until = parsedate_to_datetime(said)
        since = parsedate_to_datetime(response.headers.get("Date", ""))
        return max(0.0, (until - since).total_seconds())
    except (TypeError, ValueError):  # no date, or one of the two without its offset
        return None


def _problem(response: httpx.Response) -> Mapping[str, Any]:
    try:
        body = response.json()
    except ValueError:  # a proxy's error page, say
        return {}
    return body if isinstance(body, dict) else {}


def _field_error(item: Mapping[str, Any]) -> FieldError:
    return FieldError(
        field=str(item.get("field", "body")),
        message=str(item.get("message", "")),
        value=_text(item.get("value")),
        allowed=_text(item.get("allowed")),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _list(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
