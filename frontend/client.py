"""A small client of the service, with the errors an app can act on.

ServiceError
    ServiceAway     nobody answers there; try again later
    NotReady        the service answers but has no model or no policy yet; try again later
    Rejected        the request names values that are not allowed; ``errors`` says which
    ServiceFailed   the service answered something it should not; trying again may not help
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from typing import Any, Literal, TypedDict, cast

import httpx

TIMEOUT = httpx.Timeout(10.0, connect=2.0)
"""Seconds for a score, which takes milliseconds; a slow first request may load a connection."""
PROBE_TIMEOUT = httpx.Timeout(2.0)

logger = logging.getLogger(__name__)


class ServiceError(Exception):
    """Anything that kept the service from answering."""


class ServiceAway(ServiceError):  # noqa: N818 - the reader's word for the state of the service
    """No answer from the address."""


class NotReady(ServiceError):  # noqa: N818 - as above, a state
    """The service runs but can not decide yet."""


class ServiceFailed(ServiceError):  # noqa: N818 - as above, a state
    """An answer that is no decision, or none in time."""


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field; ``field`` is its path, such as ``profile.age``."""

    field: str
    message: str
    value: str | None = None
    allowed: str | None = None


class Rejected(ServiceError):  # noqa: N818 - an answer of the service, not its fault
    """The request was understood and refused."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(", ".join(error.field for error in errors) or "request rejected")
        self.errors = errors


class IncomeBand(TypedDict):
    """Expected mean monthly income, MXN."""

    p10: float
    p50: float
    p90: float


class Offer(TypedDict):
    """What is offered, MXN; rates are yearly fractions without VAT, the payment includes it."""

    product: str
    amount: float
    term_months: int
    annual_rate: float
    monthly_payment: float
    opening_fee: float
    total_cost: float
    cat: float


class Loan(TypedDict):
    """The loan that was decided on."""

    product: str
    amount: float
    term_months: int
    standard: bool


class Reason(TypedDict):
    """One reason, adverse ones first."""

    code: str
    source: str
    adverse: bool
    points: float
    text: str
    text_en: str


class Change(TypedDict):
    """What would give a better answer, and that answer."""

    outcome: Literal["approve", "refer", "decline"]
    final_score: int
    pd: float | None
    text: str
    text_en: str


class Contribution(TypedDict):
    """Points one feature adds."""

    feature: str
    title: str
    title_en: str
    unit: str
    value: float | str | None
    points: float


class Explanation(TypedDict):
    """How the score adds up."""

    base_points: float
    contributions: list[Contribution]
    adjustment_points: int


class GradeBand(TypedDict):
    """A grade and the score at which it begins."""

    lower_bound: float
    grade: str


class Scale(TypedDict):
    """The scale of the score."""

    minimum: int
    maximum: int
    grades: list[GradeBand]


class Segment(TypedDict):
    """A customer group."""

    code: str
    name: str
    name_en: str


class Versions(TypedDict):
    """What made the decision."""

    model: str
    policy: str
    policy_digest: str
    synthetic: bool


class Decision(TypedDict):
    """The service's answer."""

    outcome: Literal["approve", "refer", "decline"]
    final_score: int
    income_score: int
    grade: str | None
    pd: float | None
    income_band: IncomeBand
    segment: Segment
    loan: Loan
    offer: Offer | None
    reasons: list[Reason]
    changes: list[Change]
    explanation: Explanation
    scale: Scale
    as_of: str
    versions: Versions


class ServiceClient:
    """Asks the service at ``address``; ``transport`` replaces the network in tests."""

    def __init__(self, address: str, transport: httpx.BaseTransport | None = None) -> None:
        self._http = httpx.Client(base_url=address, timeout=TIMEOUT, transport=transport)

    def ready(self) -> None:
        """Return when the service can decide; raise :class:`ServiceError` when it can not."""
        self._ask("GET", "/health/ready", timeout=PROBE_TIMEOUT)

    def schema(self) -> dict[str, Any]:
        """The OpenAPI document, from which the form is built."""
        return self._ask("GET", "/openapi.json")

    def score(self, request: Mapping[str, Any]) -> Decision:
        """The decision for a request as ``POST /score`` takes it."""
        return cast(Decision, self._ask("POST", "/score", json=request))

    def _ask(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        try:
            response = self._http.request(method, path, **options)
        except httpx.ReadTimeout as error:
            raise ServiceFailed(f"{path} gave no answer in time") from error
        except httpx.TransportError as error:
            raise ServiceAway(f"no answer from {self._http.base_url}") from error
        body = _json(response)
        if response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY:
            raise Rejected([_field_error(item) for item in body.get("errors", [])])
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            raise NotReady("the service has no model or no policy")
        if not response.is_success or not body:
            # Only the status: a problem's detail may repeat what the analyst typed.
            logger.error("%s %s answered %s", method, path, response.status_code)
            raise ServiceFailed(f"{path} answered {response.status_code}")
        return body


@cache
def connect(address: str) -> ServiceClient:
    """One client for all sessions; it keeps connections, and nothing of what it sends."""
    return ServiceClient(address)


def _json(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:  # a proxy's error page, say
        return {}
    return body if isinstance(body, dict) else {}


def _field_error(item: Mapping[str, Any]) -> FieldError:
    return FieldError(
        field=str(item.get("field", "body")),
        message=str(item.get("message", "")),
        value=item.get("value"),
        allowed=item.get("allowed"),
    )
