"""The same applicant with some fields changed; nothing is kept."""

import json
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Body

from api.access import Role
from api.deciding import decide, without_curp
from api.dependencies import PartnerDep, ServiceDep, parsed, problems
from api.errors import ConflictError, NotFoundError
from api.kept import differences
from api.wire.decision import Answer
from api.wire.records import WhatIfIn, WhatIfOut
from api.wire.score import PROFILE_EXAMPLE, ScoreRequest

router = APIRouter(tags=["decisions"])

_EXAMPLES = {
    "less": {
        "summary": "A smaller loan, half a year later in the job",
        "value": {
            "request": PROFILE_EXAMPLE,
            "changes": {"loan": {"amount": 20000}, "profile": {"months_in_current_job": 54}},
        },
    }
}


@router.post("/what-if", responses=problems(400, 404, 409, 413))
async def what_if(
    body: Annotated[WhatIfIn, Body(openapi_examples=_EXAMPLES)],
    service: ServiceDep,
    caller: PartnerDep,
) -> WhatIfOut:
    """Decide on an applicant as they are, and with some fields changed, by what serves now."""
    decider, today = service.serving.decider, service.today()
    if body.decision_id is not None:
        owner = caller.id if caller.role is Role.PARTNER else None
        record = await service.store.decision(body.decision_id, owner)
        if record is None:
            raise NotFoundError(f"decision {body.decision_id} is not one that this key may see")
        if record.inputs is None:
            raise ConflictError(f"the inputs of decision {record.id} were erased")
        base = orjson.loads(record.inputs)
        base.setdefault("as_of", record.as_of.isoformat())
    else:
        assert body.request is not None
        raw = body.request.model_dump_json(exclude_unset=True, exclude={"curp"})
        base = orjson.loads(without_curp(raw.encode()))
    before_request = parsed(ScoreRequest, orjson.dumps(base))
    after_request = parsed(ScoreRequest, json.dumps(merged(base, body.changes)).encode())
    before, after = (
        orjson.loads(orjson.dumps(decide(decider, request, today)[1]))
        for request in (before_request, after_request)
    )
    found = differences(before, after)
    return WhatIfOut(
        before=Answer.model_validate(before),
        after=Answer.model_validate(after),
        differences=tuple(found),
    )


def merged(target: Any, patch: Any) -> Any:
    """The target with a JSON merge patch applied (RFC 7396); neither is changed.

    >>> merged({"loan": {"amount": 9, "term_months": 12}, "as_of": "2026-01-01"},
    ...        {"loan": {"amount": 5}, "as_of": None})
    {'loan': {'amount': 5, 'term_months': 12}}
    """
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result
