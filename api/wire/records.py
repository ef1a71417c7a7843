"""Decisions as they are kept, and what is added to them later."""

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from api.wire.base import Moment, Note, Wire
from api.wire.decision import Answer, Verdict
from api.wire.score import ScoreRequest
from solvencia.domain.applicant import EARLIEST_DATE, LARGEST_LOAN, IsoDate
from solvencia.domain.policy import Outcome


class DecisionSummary(Wire):
    """One decision in a list."""

    id: UUID
    decided_at: Moment
    reference: Annotated[str | None, Field(description="None once the applicant was erased")]
    made_by: Annotated[str, Field(description="Id of the API key; `local` on an open service")]
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
    rules: Annotated[tuple[str, ...], Field(description="Codes of the policy's rules that fired")]
    model_version: str
    policy_version: str
    policy_digest: str
    erased_at: Moment | None


class DecisionPage(Wire):
    """Decisions, newest first. ``next`` is the cursor of the page after; None on the last."""

    items: tuple[DecisionSummary, ...]
    next: str | None


class TablePoints(Wire):
    """What one table of a scorecard added to the margin, and the cells it was read from."""

    features: tuple[str, ...]
    cells: tuple[str, ...]
    points: float


class ScorecardPoints(Wire):
    """``intercept`` and the points of all tables make the margin, exactly."""

    name: str
    intercept: float
    margin: float
    tables: tuple[TablePoints, ...]


class ShadowOut(Wire):
    """What the challenger would have said; nobody was told."""

    model_version: str
    outcome: Outcome
    final_score: int
    income_score: int
    pd: float | None
    grade: str | None


class ReviewIn(Wire):
    """How an analyst settles a referral."""

    outcome: Literal["approve", "decline"]
    note: Annotated[Note, Field(description="Why; no personal data")]


class ReviewOut(ReviewIn):
    """A settlement as it is kept; a later one does not replace it."""

    id: UUID
    at: Moment
    by: str


class OutcomeIn(Wire):
    """How the loan went, as far as it is known."""

    observed_on: Annotated[IsoDate, Field(ge=EARLIEST_DATE)]
    granted_on: Annotated[IsoDate, Field(ge=EARLIEST_DATE)] | None = None
    amount: Annotated[float, Field(gt=0, le=LARGEST_LOAN, description="MXN lent")] | None = None
    max_days_past_due: Annotated[
        int, Field(ge=0, le=20_000, description="Largest arrears so far, in days")
    ]
    default_12m: Annotated[
        bool | None,
        Field(description="Was it 90 or more days past due within 12 months? None while unknown"),
    ] = None

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.granted_on is not None and self.observed_on < self.granted_on:
            raise ValueError("observed_on must not be before granted_on")
        if self.default_12m and self.max_days_past_due < 90:
            raise ValueError("default_12m needs max_days_past_due of 90 or more")
        return self


class OutcomeOut(OutcomeIn):
    """A performance report as it is kept; the latest holds."""

    id: UUID
    at: Moment
    by: str


class DecisionDetail(DecisionSummary):
    """A decision with all that was known and why; the parts in the second half are None once erased."""

    decision: Verdict | None
    request: Annotated[
        dict[str, Any] | None, Field(description="The request as it came, without the CURP")
    ]
    features: dict[str, float | str | None] | None
    scorecards: Annotated[
        tuple[ScorecardPoints, ...] | None,
        Field(description="Every table of every scorecard, from the model that decided"),
    ]
    reviews: tuple[ReviewOut, ...]
    outcomes: tuple[OutcomeOut, ...]
    challenger: Annotated[
        ShadowOut | None, Field(description="For analysts only; None for partners")
    ]


class Difference(Wire):
    """One field that came out another way. A part that only one side has is None on the other."""

    field: Annotated[str, Field(examples=["offer.amount"])]
    before: Any
    after: Any


class ReplayIn(Wire):
    """What to decide again with: what decided then, or what serves now."""

    using: Literal["original", "current"] = "original"


class ReplayOut(Wire):
    """A decision made again. With the original model and policy it must be identical."""

    using: Literal["original", "current"]
    identical: bool
    differences: tuple[Difference, ...]
    decision: Answer


class WhatIfIn(Wire):
    """An applicant, sent or already decided, and what to change: a merge patch (RFC 7396)."""

    request: ScoreRequest | None = None
    decision_id: UUID | None = None
    changes: Annotated[
        dict[str, Any],
        Field(
            min_length=1,
            description="In the shape of the request; null takes a field away, a list replaces the list",
            examples=[{"loan": {"amount": 20000}, "profile": {"months_in_current_job": 54}}],
        ),
    ]

    @model_validator(mode="after")
    def _one_base(self) -> Self:
        if (self.request is None) == (self.decision_id is None):
            raise ValueError("exactly one of request and decision_id is needed")
        return self


class WhatIfOut(Wire):
    """Both answers by the model and policy that serve now; nothing is kept."""

    before: Answer
    after: Answer
    differences: tuple[Difference, ...]


class Erasure(Wire):
    """How many decisions were emptied of all that tells of the person."""

    erased: int
