"""The answer: a decision, and everything that explains it."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from api.wire.base import FieldProblem, Moment, Wire
from solvencia.domain.applicant import LoanRequest
from solvencia.domain.policy import Outcome
from solvencia.domain.reasons import ReasonCode


class IncomeBandOut(Wire):
    """Mean monthly income expected over the next 12 months, MXN of ``as_of``; 80 % lie between."""

    p10: float
    p50: float
    p90: float


class SegmentOut(Wire):
    """Customer group, A (safest) to D; descriptive, no rule of its own."""

    code: str
    name: str
    name_en: str


class OfferOut(Wire):
    """What is offered, MXN. Rates are yearly fractions."""

    product: str
    amount: float
    term_months: int
    annual_rate: Annotated[float, Field(description="Nominal, before VAT")]
    monthly_payment: Annotated[float, Field(description="With VAT on interest")]
    opening_fee: Annotated[float, Field(description="With VAT, taken from the amount")]
    total_cost: Annotated[float, Field(description="Paid in all beyond the amount, with VAT")]
    cat: Annotated[float, Field(description="Yearly total cost (CAT), without VAT")]


class ReasonOut(Wire):
    """One reason, adverse ones first. 50 points double the odds."""

    code: Annotated[
        str, Field(description=f"Of a rule, or of what a model saw: {', '.join(ReasonCode)}")
    ]
    source: Literal["knockout", "referral", "limit", "adjustment", "income_score", "pd"]
    adverse: bool
    points: float
    text: str
    text_en: str


class StepOut(Wire):
    """One field of the applicant or the loan, as it is and as it would be."""

    field: Annotated[
        str, Field(description="months_in_current_job, amount (MXN), term_months or product")
    ]
    before: float | str
    after: float | str


class ChangeOut(Wire):
    """What would give a better answer, and that answer; all else stays as it is today."""

    steps: Annotated[tuple[StepOut, ...], Field(description="One field, or two together")]
    outcome: Outcome
    final_score: int
    pd: float | None
    offer: OfferOut | None
    text: str
    text_en: str


class ContributionOut(Wire):
    """What one feature adds, in points against an average applicant; `GET /model` has its title."""

    feature: str
    value: float | str | None
    points: float


class ScoreExplanation(Wire):
    """How the answer came about.

    ``base_points`` and ``contributions`` add up to the income score before rounding and clipping;
    ``adjustment_points`` of the policy make it the final score. ``pd_contributions`` move the odds
    of repaying, in the same points, and are empty without a default model.
    """

    base_points: float
    contributions: tuple[ContributionOut, ...]
    pd_contributions: tuple[ContributionOut, ...]
    adjustment_points: int


class GradeBand(Wire):
    """A grade that begins at this final score."""

    lower_bound: float
    grade: str


class ScoreScale(Wire):
    """The scale of the score, and the grades on it."""

    minimum: int
    maximum: int
    grades: tuple[GradeBand, ...]


class Versions(Wire):
    """What made the decision. ``synthetic`` warns that the model learned from simulated people."""

    model: str
    policy: str
    policy_digest: str
    synthetic: bool


class LoanOut(LoanRequest):
    """The loan that was decided on; ``standard`` when the request named none."""

    standard: bool


class Verdict(Wire):
    """The decision itself, as every answer and every row of a batch gives it."""

    reference: Annotated[str | None, Field(description="As the request gave it")]
    as_of: date
    outcome: Outcome
    final_score: int
    income_score: int
    grade: Annotated[str | None, Field(description="None when the PD is unknown")]
    pd: Annotated[
        float | None,
        Field(description="P(90+ days past due in 12 months); None without a model"),
    ]
    income_band: IncomeBandOut
    segment: SegmentOut
    loan: LoanOut
    offer: OfferOut | None
    reasons: tuple[ReasonOut, ...]


class Answer(Verdict):
    """The decision and everything that explains it."""

    changes: Annotated[
        tuple[ChangeOut, ...] | None,
        Field(
            description="The nearest changes that would be approved, nearest first, or else bring a "
            "refusal before an analyst; empty for an approval, or when none would. None when the "
            "request did not ask for them with `?changes=true`"
        ),
    ]
    explanation: ScoreExplanation
    scale: ScoreScale
    versions: Versions


class DecisionOut(Answer):
    """A decision as it was made and kept."""

    id: Annotated[UUID, Field(description="Under which it can be asked for again")]
    decided_at: Moment


class BatchDecision(Verdict):
    """A decision of a batch as it was made and kept; `GET /decisions/{id}` explains it."""

    id: UUID
    decided_at: Moment


class BatchRow(Wire):
    """One applicant of a batch: decided, or refused with the reason why."""

    row: Annotated[int, Field(ge=1, description="Place in the batch, from 1")]
    decision: BatchDecision | None = None
    errors: tuple[FieldProblem, ...] = ()


class BatchOut(Wire):
    """The rows in the order they came."""

    decided: int
    refused: int
    versions: Versions
    rows: tuple[BatchRow, ...]
