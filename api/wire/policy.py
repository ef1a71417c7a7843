"""The policy in force, and what a draft of another would have decided."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from api.wire.base import Moment, Wire
from solvencia.domain.policy import Outcome


class PolicyOut(Wire):
    """The policy in force, as the risk committee wrote it."""

    version: str
    digest: str
    effective_from: date
    policy: Annotated[dict[str, Any], Field(description="business_rules/policy.json")]


class SimulationIn(Wire):
    """A draft policy, and the period whose decisions it is tried on."""

    policy: Annotated[dict[str, Any], Field(description="A whole policy, with its cases")]
    since: Annotated[Moment | None, Field(description="From this moment on")] = None
    until: Annotated[Moment | None, Field(description="Up to, and without, this moment")] = None
    loss_given_default: Annotated[
        float,
        Field(ge=0, le=1, description="Share of an amount that a default loses; an assumption"),
    ] = 0.65


class Book(Wire):
    """What a policy makes of the decisions. Money in MXN, rates as fractions of all decisions."""

    approved: int
    referred: int
    declined: int
    approval_rate: float
    approved_amount: float
    expected_loss: Annotated[
        float, Field(description="PD × loss given default × amount, over the approved")
    ]
    expected_loss_rate: Annotated[float, Field(description="As a share of the approved amount")]


class Move(Wire):
    """How many go from one outcome to another."""

    before: Outcome
    after: Outcome
    count: int


class Moved(Wire):
    """One decision that comes out another way; among the first hundred."""

    id: UUID
    before: Outcome
    after: Outcome
    amount_before: float | None
    amount_after: float | None
    rules: Annotated[tuple[str, ...], Field(description="Codes that fire under the draft")]


class SimulationOut(Wire):
    """The draft beside what was decided."""

    decisions: int
    erased: Annotated[int, Field(description="Decisions that cannot be tried any more")]
    draft_version: str
    before: Book
    after: Book
    moves: tuple[Move, ...]
    moved: tuple[Moved, ...]
