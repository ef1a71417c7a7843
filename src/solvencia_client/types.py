"""Messages of the service, under the names that its OpenAPI document gives them.

Money is in MXN, rates and probabilities are fractions, days are ``YYYY-MM-DD`` and moments RFC 3339
with their offset. The document at ``/docs`` says what each field means and which bounds it has.
"""

from typing import Any, Literal, NotRequired, TypedDict

OutcomeName = Literal["approve", "refer", "decline"]
Product = Literal["payroll", "personal"]
Education = Literal["primary", "secondary", "upper_secondary", "technical", "higher"]
Industry = Literal["0", "1", "3", "4", "5", "6", "7", "8", "9"]
"""IMSS division; there is no division 2."""
Using = Literal["original", "current"]
Day = str
"""YYYY-MM-DD."""
Moment = str
"""RFC 3339, with the offset from UTC."""
Id = str
"""A UUID."""


# What is asked.


class EmploymentSpell(TypedDict):
    """One job at one salary, MXN a day; without an end it is the current job."""

    employer_id: str
    state: NotRequired[str | None]
    industry: NotRequired[Industry | None]
    start_date: Day
    end_date: NotRequired[Day | None]
    daily_wage: float


class Applicant(TypedDict):
    """A person as their work history tells it."""

    birth_date: Day
    education: NotRequired[Education | None]
    contribution_weeks: NotRequired[float | None]
    spells: list[EmploymentSpell]


class Profile(TypedDict):
    """An applicant already summarised; what is left out is unknown."""

    monthly_income: float
    age: float
    months_in_current_job: float
    months_unemployed: NotRequired[float]
    employers_5y: NotRequired[int | None]
    contribution_weeks: NotRequired[float | None]
    longest_job_months: NotRequired[float | None]
    education: NotRequired[Education | None]
    industry: NotRequired[Industry | None]
    state: NotRequired[str | None]


class LoanRequest(TypedDict):
    """The loan asked for, MXN."""

    product: Product
    amount: float
    term_months: int


class ScoreRequest(TypedDict, total=False):
    """An applicant, as a ``history`` or as a ``profile``: exactly one of the two."""

    reference: str | None
    curp: str | None
    history: Applicant | None
    profile: Profile | None
    loan: LoanRequest | None
    as_of: Day | None


class ReviewIn(TypedDict):
    """How an analyst settles a referral, and why."""

    outcome: Literal["approve", "decline"]
    note: str


class OutcomeIn(TypedDict):
    """How a loan went, as far as it is known; ``default_12m``: 90 or more days past due in a year."""

    observed_on: Day
    granted_on: NotRequired[Day | None]
    amount: NotRequired[float | None]
    max_days_past_due: int
    default_12m: NotRequired[bool | None]


class ReplayIn(TypedDict, total=False):
    """Decide again by what decided then, or by what serves now."""

    using: Using


class WhatIfIn(TypedDict):
    """An applicant, sent or already decided, and a merge patch (RFC 7396) of the request."""

    request: NotRequired[ScoreRequest | None]
    decision_id: NotRequired[Id | None]
    changes: dict[str, Any]


class SimulationIn(TypedDict):
    """A draft policy, and the period whose decisions it is tried on."""

    policy: dict[str, Any]
    since: NotRequired[Moment | None]
    until: NotRequired[Moment | None]
    loss_given_default: NotRequired[float]


# What is answered to one applicant.


class IncomeBandOut(TypedDict):
    """Mean monthly income expected over the next 12 months, MXN; 80 % lie between."""

    p10: float
    p50: float
    p90: float


class SegmentOut(TypedDict):
    """Customer group, A (safest) to D."""

    code: str
    name: str
    name_en: str


class OfferOut(TypedDict):
    """What is offered, MXN; ``annual_rate`` and ``cat`` are without VAT, the payment includes it."""

    product: str
    amount: float
    term_months: int
    annual_rate: float
    monthly_payment: float
    opening_fee: float
    total_cost: float
    cat: float


class LoanOut(LoanRequest):
    """The loan that was decided on; ``standard`` when the request named none."""

    standard: bool


class ReasonOut(TypedDict):
    """One reason, adverse ones first. 50 points double the odds."""

    code: str
    source: Literal["knockout", "referral", "limit", "adjustment", "income_score", "pd"]
    adverse: bool
    points: float
    text: str
    text_en: str


class StepOut(TypedDict):
    """One field of the applicant or the loan, as it is and as it would be."""

    field: str
    before: float | str
    after: float | str


class ChangeOut(TypedDict):
    """What would give a better answer, and that answer."""

    steps: list[StepOut]
    outcome: OutcomeName
    final_score: int
    pd: float | None
    offer: OfferOut | None
    text: str
    text_en: str


class ContributionOut(TypedDict):
    """Points that one feature adds against an average applicant; ``model()`` has its title."""

    feature: str
    value: float | str | None
    points: float


class ScoreExplanation(TypedDict):
    """How the score adds up: base, contributions, then the policy's adjustments."""

    base_points: float
    contributions: list[ContributionOut]
    pd_contributions: list[ContributionOut]
    adjustment_points: int


class GradeBand(TypedDict):
    """A grade and the final score at which it begins."""

    lower_bound: float
    grade: str


class ScoreScale(TypedDict):
    """The scale of the score, and the grades on it."""

    minimum: int
    maximum: int
    grades: list[GradeBand]


class Versions(TypedDict):
    """What made a decision; ``synthetic``: the model learned from simulated people."""

    model: str
    policy: str
    policy_digest: str
    synthetic: bool


class Verdict(TypedDict):
    """The decision itself."""

    reference: str | None
    as_of: Day
    outcome: OutcomeName
    final_score: int
    income_score: int
    grade: str | None
    pd: float | None
    income_band: IncomeBandOut
    segment: SegmentOut
    loan: LoanOut
    offer: OfferOut | None
    reasons: list[ReasonOut]


class Answer(Verdict):
    """The decision and what explains it; ``changes`` is None unless it was asked for."""

    changes: list[ChangeOut] | None
    explanation: ScoreExplanation
    scale: ScoreScale
    versions: Versions


class DecisionOut(Answer):
    """A decision as it was made and kept."""

    id: Id
    decided_at: Moment


# Problems and batches.


class FieldProblem(TypedDict):
    """What is wrong with one field; ``field`` is its path, such as ``profile.age``."""

    field: str
    message: str
    value: NotRequired[str | None]
    allowed: NotRequired[str | None]


class Problem(TypedDict):
    """An error as RFC 9457 describes it."""

    type: str
    title: str
    status: int
    detail: str
    errors: NotRequired[list[FieldProblem]]


class BatchDecision(Verdict):
    """A decision of a batch as it was made and kept."""

    id: Id
    decided_at: Moment


class BatchRow(TypedDict):
    """One applicant of a batch, counted from 1: decided, or refused with the reason why."""

    row: int
    decision: NotRequired[BatchDecision | None]
    errors: NotRequired[list[FieldProblem]]


class BatchOut(TypedDict):
    """The rows of a batch in the order they came."""

    decided: int
    refused: int
    versions: Versions
    rows: list[BatchRow]


# Decisions as they are kept.


class DecisionSummary(TypedDict):
    """One decision in a list."""

    id: Id
    decided_at: Moment
    reference: str | None
    made_by: str
    as_of: Day
    outcome: OutcomeName
    final_score: int
    income_score: int
    grade: str | None
    pd: float | None
    segment: str
    product: str
    amount_asked: float
    amount_offered: float | None
    term_months: int
    rules: list[str]
    model_version: str
    policy_version: str
    policy_digest: str
    erased_at: Moment | None


class DecisionPage(TypedDict):
    """Decisions, newest first; ``next`` is the cursor of the page after, None on the last."""

    items: list[DecisionSummary]
    next: str | None


class TablePoints(TypedDict):
    """What one table of a scorecard added, and the cells it was read from."""

    features: list[str]
    cells: list[str]
    points: float


class ScorecardPoints(TypedDict):
    """``intercept`` and the points of all tables make the margin."""

    name: str
    intercept: float
    margin: float
    tables: list[TablePoints]


class ShadowOut(TypedDict):
    """What the challenger would have said."""

    model_version: str
    outcome: OutcomeName
    final_score: int
    income_score: int
    pd: float | None
    grade: str | None


class ReviewOut(ReviewIn):
    """A settlement as it is kept."""

    id: Id
    at: Moment
    by: str


class OutcomeOut(OutcomeIn):
    """A performance report as it is kept."""

    id: Id
    at: Moment
    by: str


class DecisionDetail(DecisionSummary):
    """A decision with all that was known and why; most of it None once erased.

    ``request`` is a :class:`ScoreRequest` as it came, without the CURP.
    """

    decision: Verdict | None
    request: dict[str, Any] | None
    features: dict[str, float | str | None] | None
    scorecards: list[ScorecardPoints] | None
    reviews: list[ReviewOut]
    outcomes: list[OutcomeOut]
    challenger: ShadowOut | None


class Difference(TypedDict):
    """One field that came out another way, by its path."""

    field: str
    before: Any
    after: Any


class ReplayOut(TypedDict):
    """A decision made again."""

    using: Using
    identical: bool
    differences: list[Difference]
    decision: Answer


class WhatIfOut(TypedDict):
    """Both answers by the model and policy that serve now."""

    before: Answer
    after: Answer
    differences: list[Difference]


class Erasure(TypedDict):
    """How many decisions were emptied."""

    erased: int


# Model, policy and state.


class FeatureOut(TypedDict):
    """What a feature is called, in Spanish and English, and its unit."""

    name: str
    title: str
    title_en: str
    unit: str
    levels: list[str]


class ScorecardOut(TypedDict):
    """One scorecard in outline."""

    name: str
    tables: int
    cells: int
    features: list[str]


class SegmentName(TypedDict):
    """A customer group; ``typical`` is its centre by feature, money in pesos of today."""

    code: str
    name: str
    name_en: str
    typical: dict[str, float]


class CalibrationGroup(TypedDict):
    """Cases of about equal prediction: what was predicted on average, and what share came true."""

    rows: int
    predicted: float
    observed: float


class ModelOut(TypedDict):
    """The model that serves, and how it measured on later years."""

    version: str
    synthetic: bool
    challenger: str | None
    card: str | None
    provenance: dict[str, Any]
    metrics: dict[str, Any]
    calibration: dict[str, list[CalibrationGroup]]
    features: list[FeatureOut]
    scorecards: list[ScorecardOut]
    segments: list[SegmentName]


class StateIncomeOut(TypedDict):
    """The nine bounds between deciles of monthly household income in a state, MXN of ``as_of``."""

    state: str
    name: str
    as_of: Day
    income_bounds: list[float] | None


class PolicyOut(TypedDict):
    """The policy in force."""

    version: str
    digest: str
    effective_from: Day
    policy: dict[str, Any]


class Book(TypedDict):
    """What a policy makes of decisions: counts, MXN, and rates as fractions."""

    approved: int
    referred: int
    declined: int
    approval_rate: float
    approved_amount: float
    expected_loss: float
    expected_loss_rate: float


class Move(TypedDict):
    """How many go from one outcome to another."""

    before: OutcomeName
    after: OutcomeName
    count: int


class Moved(TypedDict):
    """One decision that comes out another way."""

    id: Id
    before: OutcomeName
    after: OutcomeName
    amount_before: float | None
    amount_after: float | None
    rules: list[str]


class SimulationOut(TypedDict):
    """A draft policy beside what was decided."""

    decisions: int
    erased: int
    draft_version: str
    before: Book
    after: Book
    moves: list[Move]
    moved: list[Moved]


class AccessOut(TypedDict):
    """Who asks: a key, or whoever reaches a service that is open."""

    id: str
    name: str
    role: Literal["partner", "analyst", "admin"]


class Health(TypedDict):
    """State of the service; ``problem`` is a newer model or policy that was refused, and why."""

    status: str
    problem: NotRequired[str | None]
