"""Score an applicant and decide."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.deciding import Sender, decided_record
from api.dependencies import (
    IdempotencyKey,
    PartnerDep,
    json_body,
    parsed,
    problems,
    read_body,
    service_of,
)
from api.errors import ConflictError
from api.logs import note_decision
from api.tracing import span
from api.wire.decision import DecisionOut
from api.wire.score import HISTORY_EXAMPLE, PROFILE_EXAMPLE, ScoreRequest

router = APIRouter(tags=["decisions"])

EXAMPLES = {
    "history": {"summary": "A raw work history", "value": HISTORY_EXAMPLE},
    "profile": {"summary": "A profile", "value": PROFILE_EXAMPLE},
}
Changes = Annotated[
    bool, Query(description="Also search what would change the answer; takes some milliseconds")
]


@router.post(
    "/score",
    response_model=DecisionOut,
    responses=problems(400, 409, 413, 415),
    openapi_extra=json_body(ScoreRequest, EXAMPLES),
)
async def score(
    http: Request,
    caller: PartnerDep,
    changes: Changes = False,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Decide on one applicant: score, band, PD, segment, offer, reasons. Kept before it is answered."""
    service = service_of(http)
    raw = await read_body(http)
    request = parsed(ScoreRequest, raw)
    serving = service.serving
    sender = Sender(
        caller.id, service.clock(), service.today(), service.settings.curp_key, idempotency_key
    )
    with span("decide"):
        record = decided_record(serving, request, raw, sender, with_changes=changes)
    with span("keep"):
        kept = await service.store.add(record)
    note_decision(kept.record_id)
    service.metrics.decided(record.outcome, record.grade, record.income_score, record.model_version)
    if not kept.repeated:
        return Response(record.answer, media_type="application/json")
    if kept.answer is None:
        raise ConflictError("the decision made with this idempotency key was erased")
    return Response(
        kept.answer, media_type="application/json", headers={"Idempotent-Replayed": "true"}
    )
