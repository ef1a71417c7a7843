"""Rows of a batch decided together, and the records of them as they are to be kept.

Each comes out as ``deciding`` would decide it alone; a bad row does not stop the others.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import orjson

from api.answers import identified, verdict
from api.deciding import Sender, checked_curp_hash, day_of, record_of
from api.errors import input_error
from api.model_host import Serving
from api.store.ids import uuid7
from api.store.records import DecisionRecord, Shadow
from api.uploads.rows import Answered, Row
from api.wire.score import ScoreRequest
from solvencia.domain.decision import Assessment, Decision
from solvencia.domain.errors import InvalidInputError
from solvencia.serving import batch
from solvencia.serving.batch import Ask, decide_many
from solvencia.serving.decider import Decider

logger = logging.getLogger("solvencia.api")


class Decided(NamedTuple):
    """A row with its decision, under the id by which it will be kept.

    Attributes:
        made: the decision on one of many.
        answer: the JSON of a ``BatchDecision``.
    """

    row: int
    request: ScoreRequest
    made: batch.Decided
    id: UUID
    at: datetime
    answer: bytes


class UnreadRowError(Exception):
    """A row that came without a request; it passes through in its place."""


def decide_rows(serving: Serving, rows: Sequence[Row], sender: Sender) -> list[Decided | Answered]:
    """Decide on rows, in their order; one that is refused is answered already."""
    now = sender.now
    made = decide_many(serving.decider, (_ask(row, sender) for row in rows))
    return [_done(row, one, now) for row, one in zip(rows, made, strict=True)]


def records_of(
    serving: Serving, decided: Sequence[Decided], sender: Sender
) -> Iterator[DecisionRecord]:
    """The records to keep, with an idempotency key of its own for each row, made as they are taken."""
    key = sender.idempotency_key
    for item, shadow in zip(decided, _shadows(serving, decided), strict=True):
        yield record_of(
            _decision(serving.decider, item.made),
            record_id=item.id,
            request=item.request,
            raw=_inputs(item.request),
            sender=replace(
                sender, now=item.at, idempotency_key=None if key is None else f"{key}/{item.row}"
            ),
            answered=item.answer,
            shadow=shadow,
        )


def _ask(row: Row, sender: Sender) -> Ask | InvalidInputError | UnreadRowError:
    """What is to be decided on a row, or why nothing is."""
    request = row.request
    if request is None:
        return UnreadRowError()
    try:
        if request.curp is not None:
            checked_curp_hash(request, sender.curp_key)  # while the row can still be refused
        return Ask(request.applicant, day_of(request, sender.today), request.loan)
    except InvalidInputError as error:
        return error


def _done(row: Row, made: batch.Decided | Exception, now: datetime) -> Decided | Answered:
    request = row.request
    if request is None:
        return Answered(row.number, None, row.errors)
    if isinstance(made, InvalidInputError):
        return Answered(row.number, None, (input_error(made),))
    assert isinstance(made, batch.Decided)
    body = verdict(made, made, reference=request.reference, standard_loan=request.loan is None)
    record_id = uuid7(now)
    answer = orjson.dumps(identified(body, record_id, now))
    return Decided(row.number, request, made, record_id, now, answer)


def _decision(decider: Decider, made: batch.Decided) -> Decision:
    """One of many as a decision without contributions, which a batch does not tell."""
    return Decision(
        outcome=made.outcome,
        final_score=made.final_score,
        grade=made.grade,
        offer=made.offer,
        reasons=made.reasons,
        assessment=Assessment(
            as_of=made.as_of,
            features=made.features,
            loan=made.loan,
            income_score=made.income_score,
            base_points=0.0,
            score_contributions={},
            income_band=made.income_band,
            pd=made.pd,
            pd_contributions={},
            score_reasons={},
            pd_reasons={},
            segment=made.segment,
            model_version=decider.model.version,
            table_points=made.table_points(),
        ),
        policy_version=decider.policy.policy.version,
        policy_digest=decider.policy.digest,
    )


def _shadows(serving: Serving, decided: Sequence[Decided]) -> list[Shadow | None]:
    """What the challenger says of each; None without one, or when it fails."""
    if serving.challenger is None or serving.shadow is None:
        return [None] * len(decided)
    asks = [Ask(item.request.applicant, item.made.as_of, item.made.loan) for item in decided]
    version = serving.challenger.version
    try:
        others = list(decide_many(serving.shadow, asks))
    except Exception as error:
        # Whatever is wrong with a model that nobody is answered by, it must not cost an answer.
        name = type(error).__name__  # its message may repeat what was sent
        logger.error("challenger %s fails: %s", version, name)
        return [None] * len(decided)
    return [
        None
        if isinstance(other, InvalidInputError)
        else Shadow(
            model_version=version,
            outcome=other.outcome,
            final_score=other.final_score,
            income_score=other.income_score,
            pd=other.pd,
            grade=other.grade,
        )
        for other in others
    ]


def _inputs(request: ScoreRequest) -> bytes:
    """A request as JSON, the same for the same values in whichever format they came."""
    if request.curp is None:
        return request.model_dump_json(exclude_unset=True).encode()
    # Shown, so that the fingerprint is of all that was sent; the record is made without it.
    shown = request.model_dump(mode="json", exclude_unset=True)
    return orjson.dumps({**shown, "curp": request.curp.get_secret_value()})
