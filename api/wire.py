"""What goes over the wire: the request for a decision, and the answer."""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from solvencia.domain.applicant import Applicant, IsoDate, LoanRequest, Profile
from solvencia.domain.decision import Decision
from solvencia.domain.features import FEATURES
from solvencia.domain.policy import Outcome
from solvencia.domain.reasons import ReasonCode
from solvencia.domain.scorecard import SCORE_MAX, SCORE_MIN
from solvencia.serving.change import Change
from solvencia.serving.decider import Decider

HISTORY_EXAMPLE: dict[str, Any] = {
    "as_of": "2026-11-20",
    "history": {
        "birth_date": "1991-04-12",
        "education": "upper_secondary",
        "contribution_weeks": 410,
        "spells": [
            {
                "employer_id": "Tienda Centro",
                "state": "09",
                "industry": "6",
                "start_date": "2017-02-01",
                "end_date": "2020-06-30",
                "daily_wage": 290.0,
            },
            {
                "employer_id": "Logística MX",
                "state": "15",
                "industry": "7",
                "start_date": "2021-01-11",
                "end_date": "2024-01-31",
                "daily_wage": 455.0,
            },
            {
                "employer_id": "Logística MX",
                "state": "15",
                "industry": "7",
                "start_date": "2024-02-01",
                "daily_wage": 590.0,
            },
        ],
    },
    "loan": {"product": "payroll", "amount": 60000, "term_months": 24},
}
PROFILE_EXAMPLE: dict[str, Any] = {
    "as_of": "2026-11-20",
    "profile": {
        "monthly_income": 18500,
        "age": 35,
        "months_in_current_job": 48,
        "employers_5y": 2,
        "contribution_weeks": 410,
        "education": "upper_secondary",
        "industry": "6",
        "state": "09",
    },
    "loan": {"product": "personal", "amount": 30000, "term_months": 18},
}


class _Wire(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", from_attributes=True)


class ScoreRequest(_Wire):
    """An applicant, as a raw work history or as a profile: exactly one of the two."""

    history: Applicant | None = Field(None, description="Raw work history; or send a profile")
    profile: Profile | None = Field(None, description="Applicant already summarised; or a history")
    loan: LoanRequest | None = Field(
        None, description="The loan asked for; without it the policy's standard loan is decided"
    )
    as_of: IsoDate | None = Field(
        None,
        title="Fecha",
        description="Day on which the decision is made; today in Mexico City when left out",
        ge=date(2000, 1, 1),
    )

    @model_validator(mode="after")
    def _one_applicant(self) -> Self:
        if (self.history is None) == (self.profile is None):
            got = "neither" if self.history is None else "both"
            raise PydanticCustomError(
                "not_allowed",
                "{field}: got {value}; allowed: {allowed}",
                {"field": "history", "value": got, "allowed": "exactly one of history and profile"},
            )
        return self


class IncomeBandOut(_Wire):
    """Mean monthly income expected over the next 12 months, MXN of ``as_of``; 80 % lie between."""

    p10: float
    p50: float
    p90: float


class SegmentOut(_Wire):
    """Customer group, A (safest) to D; descriptive, no rule of its own."""

    code: str
    name: str
    name_en: str


class OfferOut(_Wire):
    """What is offered, MXN. Rates are yearly fractions."""

    product: str
    amount: float
    term_months: int
    annual_rate: Annotated[float, Field(description="Nominal, before VAT")]
    monthly_payment: Annotated[float, Field(description="With VAT on interest")]
    opening_fee: Annotated[float, Field(description="With VAT, taken from the amount")]
    total_cost: Annotated[float, Field(description="Paid in all beyond the amount, with VAT")]
    cat: Annotated[float, Field(description="Yearly total cost (CAT), without VAT")]


class ReasonOut(_Wire):
    """One reason, adverse ones first. 50 points double the odds."""

    code: Annotated[
        str, Field(description=f"Of a rule, or of what a model saw: {', '.join(ReasonCode)}")
    ]
    source: str
    adverse: bool
    points: float
    text: str
    text_en: str


class StepOut(_Wire):
    """One field of the applicant or the loan, as it is and as it would be."""

    field: Annotated[
        str, Field(description="months_in_current_job, amount (MXN), term_months or product")
    ]
    before: float | str
    after: float | str


class ChangeOut(_Wire):
    """What would give a better answer, and that answer; all else stays as it is today."""

    steps: Annotated[tuple[StepOut, ...], Field(description="One field, or two together")]
    outcome: Outcome
    final_score: int
    pd: float | None
    offer: OfferOut | None
    text: str
    text_en: str


class ContributionOut(_Wire):
    """What one feature adds to the income score, in points against an average applicant."""

    feature: str
    title: str
    title_en: str
    unit: str
    value: float | str | None
    points: float


class ScoreExplanation(_Wire):
    """``base_points`` and the contributions add up to the income score before rounding and clipping."""

    base_points: float
    contributions: tuple[ContributionOut, ...]
    adjustment_points: int


class GradeBand(_Wire):
    """A grade that begins at this final score."""

    lower_bound: float
    grade: str


class ScoreScale(_Wire):
    """The scale of the score, and the grades on it."""

    minimum: int
    maximum: int
    grades: tuple[GradeBand, ...]


class Versions(_Wire):
    """What made the decision. ``synthetic`` warns that the model learned from simulated people."""

    model: str
    policy: str
    policy_digest: str
    synthetic: bool


class LoanOut(LoanRequest):
    """The loan that was decided on; ``standard`` when the request named none."""

    standard: bool


class DecisionOut(_Wire):
    """The decision and everything that explains it."""

    outcome: Outcome
    final_score: int
    income_score: int
    grade: str | None = Field(description="None when the PD is unknown")
    pd: float | None = Field(description="P(90+ days past due in 12 months); None without a model")
    income_band: IncomeBandOut
    segment: SegmentOut
    loan: LoanOut
    offer: OfferOut | None
    reasons: tuple[ReasonOut, ...]
    changes: Annotated[
        tuple[ChangeOut, ...],
        Field(
            description="The nearest changes that would be approved, nearest first, or else bring a "
            "refusal before an analyst; empty for an approval, or when none would"
        ),
    ]
    explanation: ScoreExplanation
    scale: ScoreScale
    as_of: date
    versions: Versions


def decision_out(
    decision: Decision, changes: tuple[Change, ...], decider: Decider, *, standard_loan: bool
) -> DecisionOut:
    """The answer for a decision and what would change it."""
    assessment, policy = decision.assessment, decider.policy.policy
    values = assessment.features._asdict()
    return DecisionOut(
        outcome=decision.outcome,
        final_score=decision.final_score,
        income_score=assessment.income_score,
        grade=decision.grade,
        pd=assessment.pd,
        income_band=IncomeBandOut.model_validate(assessment.income_band),
        segment=SegmentOut.model_validate(assessment.segment),
        loan=LoanOut(**assessment.loan.model_dump(), standard=standard_loan),
        offer=OfferOut.model_validate(decision.offer) if decision.offer else None,
        reasons=tuple(ReasonOut.model_validate(reason) for reason in decision.reasons),
        changes=tuple(ChangeOut.model_validate(change) for change in changes),
        explanation=ScoreExplanation(
            base_points=round(assessment.base_points, 2),
            contributions=tuple(
                ContributionOut(
                    feature=name,
                    title=FEATURES[name].title,
                    title_en=FEATURES[name].title_en,
                    unit=FEATURES[name].unit,
                    value=values[name],
                    points=round(points, 2),
                )
                for name, points in assessment.score_contributions.items()
            ),
            adjustment_points=sum(
                int(reason.points) for reason in decision.reasons if reason.source == "adjustment"
            ),
        ),
        scale=ScoreScale(
            minimum=SCORE_MIN,
            maximum=SCORE_MAX,
            grades=tuple(GradeBand.model_validate(band) for band in policy.grades.score),
        ),
        as_of=assessment.as_of,
        versions=Versions(
            model=decision.assessment.model_version,
            policy=decision.policy_version,
            policy_digest=decision.policy_digest,
            synthetic=bool(decider.model.provenance.get("synthetic", True)),
        ),
    )


class Health(_Wire):
    """State of the service."""

    status: str


class Problem(BaseModel):
    """An error as RFC 9457 describes it; ``errors`` names field, value and what is allowed."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] = []
