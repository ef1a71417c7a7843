"""One request decided, and the record of it as it is to be kept."""

import hashlib
import logging
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import orjson
from pydantic import SecretStr

from api.answers import Body, answer, facts, identified
from api.curp import check_birth_date, curp_hash
from api.model_host import Serving
from api.store.ids import uuid7
from api.store.records import DecisionRecord, Shadow
from api.wire.score import ScoreRequest
from solvencia.domain.decision import Decision
from solvencia.domain.errors import InvalidInputError
from solvencia.serving.counterfactual import nearest_changes
from solvencia.serving.decider import Decider

logger = logging.getLogger("solvencia.api")
_RULES = frozenset({"knockout", "referral", "limit", "adjustment"})


@dataclass(frozen=True, slots=True)
class Sender:
    """Who asks, when, and with which idempotency key."""

    owner: str
    now: datetime
    today: date
    curp_key: SecretStr | None = None
    idempotency_key: str | None = None


def decide(
    decider: Decider, request: ScoreRequest, today: date, *, with_changes: bool = False
) -> tuple[Decision, Body]:
    """The decision on a request, and its answer.

    Raises:
        InvalidInputError: ``as_of`` lies after ``today``, or the applicant cannot be scored then.
    """
    as_of = day_of(request, today)
    decision = decider.decide(request.applicant, as_of, request.loan)
    changes = nearest_changes(decider, request.applicant, decision) if with_changes else None
    body = answer(
        decision,
        decider,
        reference=request.reference,
        standard_loan=request.loan is None,
        changes=changes,
    )
    return decision, body


def day_of(request: ScoreRequest, today: date) -> date:
    """The day on which the decision is made.

    Raises:
        InvalidInputError: it lies in the future.
    """
    if request.as_of is None:
        return today
    if request.as_of > today:
        raise InvalidInputError(
            "as_of", request.as_of, f"{today} (today in Mexico City) or earlier"
        )
    return request.as_of


def decided_record(
    serving: Serving, request: ScoreRequest, raw: bytes, sender: Sender, *, with_changes: bool
) -> DecisionRecord:
    """Decide on a request that came as ``raw``, and make the record with its answer.

    Raises:
        InvalidInputError: as ``decide``; or the CURP is not the applicant's, or cannot be hashed.
    """
    decision, body = decide(serving.decider, request, sender.today, with_changes=with_changes)
    record_id = uuid7(sender.now)
    return record_of(
        decision,
        record_id=record_id,
        request=request,
        raw=raw,
        sender=sender,
        answered=orjson.dumps(identified(body, record_id, sender.now)),
        shadow=shadow_of(serving, request, decision),
    )


def record_of(
    decision: Decision,
    *,
    record_id: UUID,
    request: ScoreRequest,
    raw: bytes,
    sender: Sender,
    answered: bytes,
    shadow: Shadow | None,
) -> DecisionRecord:
    """A decision as it is to be kept.

    Raises:
        InvalidInputError: the CURP is not the applicant's, or cannot be hashed.
    """
    measured, offer = decision.assessment, decision.offer
    keyed = sender.idempotency_key is not None
    return DecisionRecord(
        id=record_id,
        decided_at=sender.now,
        owner=sender.owner,
        reference=request.reference,
        curp_hash=checked_curp_hash(request, sender.curp_key),
        idempotency_key=sender.idempotency_key,
        fingerprint=hashlib.sha256(raw).hexdigest() if keyed else None,
        as_of=measured.as_of,
        outcome=decision.outcome,
        final_score=decision.final_score,
        income_score=measured.income_score,
        grade=decision.grade,
        pd=measured.pd,
        segment=measured.segment.code,
        product=measured.loan.product.value,
        amount_asked=measured.loan.amount,
        amount_offered=None if offer is None else offer.amount,
        term_months=measured.loan.term_months,
        model_version=measured.model_version,
        policy_version=decision.policy_version,
        policy_digest=decision.policy_digest,
        rules=tuple([item.code for item in decision.reasons if item.source in _RULES]),
        inputs=raw if request.curp is None else without_curp(raw),
        facts=facts(measured),
        answer=answered,
        shadow=shadow,
    )


def without_curp(raw: bytes) -> bytes:
    """A request as JSON without the CURP.

    >>> without_curp(b'{"curp": "HEGG560427MVZRRL04", "reference": "c1"}')
    b'{"reference":"c1"}'
    """
    return orjson.dumps(
        {name: value for name, value in orjson.loads(raw).items() if name != "curp"}
    )


def shadow_of(serving: Serving, request: ScoreRequest, decision: Decision) -> Shadow | None:
    """What the challenger says of the same request; None without one, or when it fails."""
    if serving.challenger is None or serving.shadow is None:
        return None
    measured = decision.assessment
    try:
        other = serving.shadow.decide(request.applicant, measured.as_of, measured.loan)
    except Exception as error:
        # Whatever is wrong with a model that nobody is answered by, it must not cost an answer.
        name = type(error).__name__  # its message may repeat what was sent
        logger.error("challenger %s fails: %s", serving.challenger.version, name)
        return None
    return Shadow(
        model_version=serving.challenger.version,
        outcome=other.outcome,
        final_score=other.final_score,
        income_score=other.assessment.income_score,
        pd=other.assessment.pd,
        grade=other.grade,
    )


def checked_curp_hash(request: ScoreRequest, key: SecretStr | None) -> str | None:
    """The hash of the CURP that came with a request; None without one.

    Raises:
        InvalidInputError: the CURP is not the applicant's, or cannot be hashed.
    """
    if request.curp is None:
        return None
    if request.history is not None:
        check_birth_date(request.curp, request.history.birth_date)
    return curp_hash(request.curp, key)
