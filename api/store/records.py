"""What is kept of a decision, and of what happened to it later; plain values, no database."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from solvencia.domain.policy import Outcome


@dataclass(frozen=True, slots=True)
class Shadow:
    """What the challenger would have said; kept beside the decision and never answered."""

    model_version: str
    outcome: Outcome
    final_score: int
    income_score: int
    pd: float | None
    grade: str | None


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One decision as it is kept, written once.

    Attributes:
        id: UUID version 7, so that ids ascend in the order of ``decided_at``.
        owner: id of the API key it was made with; ``local`` on a service that is open.
        reference: the partner's own name of the applicant; no personal data by contract.
        curp_hash: keyed hash of the CURP, 64 hex digits.
        fingerprint: SHA-256 of the request body, hex, for ``idempotency_key``.
        rules: codes of the policy's rules that fired.
        inputs: the request as JSON; erased on demand and after the retention period, as are
            ``facts``, ``answer`` and ``fingerprint``.
        facts: features, and points of every scorecard table, as JSON.
        answer: the response body, byte for byte.
    """

    id: UUID
    decided_at: datetime
    owner: str
    reference: str | None
    curp_hash: str | None
    idempotency_key: str | None
    fingerprint: str | None
    as_of: date
    outcome: Outcome
    final_score: int
    income_score: int
    grade: str | None
    pd: float | None
    segment: str
    product: str
    amount_asked: float
    amount_offered: float | None
    term_months: int
    model_version: str
    policy_version: str
    policy_digest: str
    rules: tuple[str, ...]
    inputs: bytes | None
    facts: bytes | None
    answer: bytes | None
    shadow: Shadow | None = None
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """An analyst's settlement of a referral: an event, never overwritten."""

    id: UUID
    decision_id: UUID
    at: datetime
    by: str
    outcome: Literal["approve", "decline"]
    note: str


@dataclass(frozen=True, slots=True)
class LoanOutcome:
    """How the loan went: an event, the latest holds.

    ``default_12m`` is whether it was 90 or more days past due within 12 months; None while unknown.
    """

    id: UUID
    decision_id: UUID
    at: datetime
    by: str
    observed_on: date
    granted_on: date | None
    amount: float | None
    max_days_past_due: int
    default_12m: bool | None


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """Which decisions are asked for; None asks for all.

    ``since`` is included and ``until`` is not; ``owner`` narrows to what one key made.
    """

    owner: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    outcome: Outcome | None = None
    grade: str | None = None
    segment: str | None = None
    reference: str | None = None
    awaiting_review: bool = False


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key as it is kept: the hash of its secret, never the secret."""

    id: str
    name: str
    role: Literal["partner", "analyst", "admin"]
    secret_hash: str
    created_at: datetime
    revoked_at: datetime | None = None
