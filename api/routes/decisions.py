"""Decisions as they were made: looked up, settled, followed, made again, erased."""

from datetime import date, datetime, time
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from api.access import Caller, Role
from api.dependencies import AnalystDep, PartnerDep, ServiceDep, problems
from api.errors import ConflictError, NotAllowedError, NotFoundError
from api.kept import detail, replayed, summary
from api.service import MEXICO_CITY, Service
from api.store.ids import uuid7
from api.store.records import DecisionFilter, DecisionRecord, LoanOutcome, Review
from api.wire.base import Moment, Reference
from api.wire.records import (
    DecisionDetail,
    DecisionPage,
    Erasure,
    OutcomeIn,
    OutcomeOut,
    ReplayIn,
    ReplayOut,
    ReviewIn,
    ReviewOut,
)
from solvencia.domain.applicant import IsoDate
from solvencia.domain.errors import InvalidInputError
from solvencia.domain.policy import Outcome

router = APIRouter(tags=["decisions"])

_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=MEXICO_CITY), datetime(2100, 1, 1, tzinfo=MEXICO_CITY)
When = Annotated[
    IsoDate | Moment | None,
    Query(description="A moment (RFC 3339 with its offset), or a day in Mexico City"),
]


@router.get("/decisions", responses=problems())
async def list_decisions(
    service: ServiceDep,
    caller: PartnerDep,
    since: When = None,
    until: When = None,
    outcome: Outcome | None = None,
    grade: Annotated[str | None, Query(max_length=16)] = None,
    segment: Annotated[str | None, Query(pattern="^[A-D]$")] = None,
    reference: Annotated[Reference | None, Query()] = None,
    awaiting_review: Annotated[
        bool, Query(description="Only referrals that no analyst has settled")
    ] = False,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    cursor: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
) -> DecisionPage:
    """Decisions, newest first; a partner's key sees its own alone."""
    wanted = DecisionFilter(
        owner=_owner(caller),
        since=moment_of("since", since),
        until=moment_of("until", until),
        outcome=outcome,
        grade=grade,
        segment=segment,
        reference=reference,
        awaiting_review=awaiting_review,
    )
    found = await service.store.decisions(wanted, limit=limit + 1, after=cursor)
    page = found[:limit]
    return DecisionPage(
        items=tuple(summary(record) for record in page),
        next=str(page[-1].id) if len(found) > limit else None,
    )


@router.get("/decisions/{decision_id}", responses=problems(404))
async def read_decision(
    decision_id: UUID, service: ServiceDep, caller: PartnerDep
) -> DecisionDetail:
    """One decision: what was known, what every table of every scorecard said, and what came after."""
    record = await _find(service, caller, decision_id)
    return await detail(
        record,
        service.store,
        service.archive,
        with_challenger=caller.role is not Role.PARTNER,
    )


@router.post(
    "/decisions/{decision_id}/review", status_code=201, responses=problems(400, 404, 409, 413)
)
async def review(
    decision_id: UUID, body: ReviewIn, service: ServiceDep, caller: AnalystDep
) -> ReviewOut:
    """Settle a referral. A later settlement stands beside the earlier one and holds."""
    record = await _find(service, caller, decision_id)
    if record.outcome != "refer":
        raise ConflictError(
            f"decision {decision_id} is no referral; its outcome is {record.outcome}"
        )
    now = service.clock()
    kept = Review(uuid7(now), record.id, now, caller.id, body.outcome, body.note)
    await service.store.add_review(kept)
    return ReviewOut(**body.model_dump(), id=kept.id, at=now, by=caller.id)


@router.post("/decisions/{decision_id}/outcome", status_code=201, responses=problems(400, 404, 413))
async def report_outcome(
    decision_id: UUID, body: OutcomeIn, service: ServiceDep, caller: PartnerDep
) -> OutcomeOut:
    """Report how the loan went; every report is kept, the latest holds."""
    record = await _find(service, caller, decision_id)
    today = service.today()
    if body.observed_on > today:
        raise InvalidInputError("observed_on", body.observed_on, f"{today} or earlier")
    now = service.clock()
    kept = LoanOutcome(
        id=uuid7(now), decision_id=record.id, at=now, by=caller.id, **body.model_dump()
    )
    await service.store.add_outcome(kept)
    return OutcomeOut(**body.model_dump(), id=kept.id, at=now, by=caller.id)


@router.post("/decisions/{decision_id}/replay", responses=problems(400, 404, 409, 413))
async def replay(
    decision_id: UUID, body: ReplayIn, service: ServiceDep, caller: PartnerDep
) -> ReplayOut:
    """Decide again with the same inputs: by what decided then, or by what serves now."""
    record = await _find(service, caller, decision_id)
    if body.using == "original":
        decider = await service.archive.decider(record.model_version, record.policy_digest)
    else:
        decider = service.serving.decider
    return replayed(record, decider, body.using)


@router.delete("/applicants/{reference}", responses=problems(), tags=["applicants"])
async def erase(
    reference: Annotated[Reference, Path()], service: ServiceDep, caller: PartnerDep
) -> Erasure:
    """Erase all that tells of a person; what was decided, by which model and rules, stays."""
    if caller.role is Role.ANALYST:
        raise NotAllowedError("erasing an applicant needs the role partner (its own) or admin")
    erased = await service.store.erase(reference, _owner(caller), service.clock())
    return Erasure(erased=erased)


def moment_of(field: str, when: date | datetime | None) -> datetime | None:
    """The moment meant: a day begins at midnight in Mexico City.

    Raises:
        InvalidInputError: before 2000 or after 2099.
    """
    if when is None:
        return None
    if not isinstance(when, datetime):
        if not _FIRST.date() <= when <= _LAST.date():
            raise InvalidInputError(field, when, "2000-01-01 to 2100-01-01")
        return datetime.combine(when, time(), MEXICO_CITY)
    if not _FIRST.year <= when.year < _LAST.year:
        raise InvalidInputError(field, when, "2000-01-01 to 2100-01-01")
    return when


def _owner(caller: Caller) -> str | None:
    """Whose decisions a caller sees; None for everybody's."""
    return caller.id if caller.role is Role.PARTNER else None


async def _find(service: Service, caller: Caller, decision_id: UUID) -> DecisionRecord:
    record = await service.store.decision(decision_id, _owner(caller))
    if record is None:
        raise NotFoundError(f"decision {decision_id} is not one that this key may see")
    return record
