"""Score an applicant and decide."""

from fastapi import APIRouter, Request, Response

from api.access import Role
from api.deciding import Sender, decided_record
from api.dependencies import (
    KEY_PARAMETER,
    Admitted,
    PartnerDep,
    idempotency_key_of,
    json_body,
    parsed,
    problems,
    read_body,
    service_of,
)
from api.errors import ConflictError, short
from api.logs import note_decision
from api.service import day_in_mexico
from api.tracing import span
from api.wire.decision import DecisionOut
from api.wire.score import HISTORY_EXAMPLE, PROFILE_EXAMPLE, ScoreRequest
from solvencia.domain.errors import InvalidInputError

router = APIRouter(tags=["decisions"])

EXAMPLES = {
    "history": {"summary": "A raw work history", "value": HISTORY_EXAMPLE},
    "profile": {"summary": "A profile", "value": PROFILE_EXAMPLE},
}
_CHANGES = "changes"
_PARAMETERS = [
    {
        "name": _CHANGES,
        "in": "query",
        "required": False,
        "description": "Also search what would change the answer; takes some milliseconds",
        "schema": {"type": "boolean", "default": False, "title": "Changes"},
    },
    KEY_PARAMETER,
]


@router.post(
    "/score",
    response_model=DecisionOut,
    responses=problems(400, 409, 413, 415),
    openapi_extra={**json_body(ScoreRequest, EXAMPLES), "parameters": _PARAMETERS},
)
async def score(http: Request, caller: PartnerDep) -> Response:
    """Decide on one applicant: score, band, PD, segment, offer, reasons. Kept before it is answered."""
    service = service_of(http)
    raw = await read_body(http)
    request = parsed(ScoreRequest, raw)
    serving = service.serving
    now = service.clock()
    key = idempotency_key_of(http)
    sender = Sender(caller.id, now, day_in_mexico(now), service.settings.curp_key, key)
    with span("decide"):
        record = decided_record(serving, request, raw, sender, with_changes=_asks_changes(http))
    with span("keep"):
        kept = await service.store.add(record)
    note_decision(kept.record_id)
    if not kept.repeated:
        service.metrics.decided(
            record.outcome, record.grade, record.income_score, record.model_version
        )
        return Response(record.answer, media_type="application/json")
    if kept.answer is None:
        raise ConflictError("the decision made with this idempotency key was erased")
    return Response(
        kept.answer, media_type="application/json", headers={"Idempotent-Replayed": "true"}
    )


async def score_directly(http: Request) -> Response:
    """``score``, with the access that is declared above asked for by hand."""
    return await score(http, await _admitted(http))


_admitted = Admitted(Role.PARTNER)


def _asks_changes(http: Request) -> bool:
    """The parameter ``changes``; read here, where a declared one takes 40 µs of every request.

    Raises:
        InvalidInputError: it is neither true nor false.
    """
    if not http.scope["query_string"]:
        return False
    said = http.query_params.get(_CHANGES, "false").lower()
    if said not in ("true", "false", "1", "0"):
        raise InvalidInputError(_CHANGES, short(said), "true or false")
    return said in ("true", "1")
