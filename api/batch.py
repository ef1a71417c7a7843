"""A batch from its rows to its answer: decided, kept, and only then answered, chunk by chunk."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import orjson

from api.answers import versions
from api.deciding import Sender
from api.deciding_many import Decided, decide_rows, records_of
from api.model_host import Serving
from api.service import Service
from api.store.additions import Result
from api.store.errors import IdempotencyConflictError, StoreError, StoreUnavailableError
from api.store.records import DecisionRecord
from api.tracing import span
from api.uploads import json_list
from api.uploads.rows import WHOLE_ROW, Answered, Row, row_json
from solvencia.serving.decider import Decider

CHUNK = 500
"""Rows that are decided and kept together: some 30 ms of work, and one commit."""

_KEY = "Idempotency-Key"


@dataclass(frozen=True, slots=True)
class DecidedBatch:
    """A JSON batch, decided and answered, and not kept; ``records_of`` makes what would be."""

    content: bytes
    decided: Sequence[Decided]


def decide_batch(serving: Serving, body: bytes, sender: Sender) -> DecidedBatch:
    """All that is done for a JSON batch but to keep it.

    Raises:
        RequestValidationError, MalformedBodyError, InvalidInputError: as ``json_list.read``.
    """
    rows = iter(json_list.read(body))
    done: list[Decided] = []
    answered: list[Answered] = []
    while chunk := list(islice(rows, CHUNK)):
        for item in decide_rows(serving, chunk, sender):
            if isinstance(item, Decided):
                done.append(item)
                answered.append(Answered(item.row, item.answer))
            else:
                answered.append(item)
    return DecidedBatch(batch_json(answered, serving.decider), done)


async def answer_rows(
    service: Service, serving: Serving, sender: Sender, rows: Iterator[Row]
) -> AsyncIterator[list[Answered]]:
    """Rows decided, kept, and only then answered, chunk by chunk in their order.

    Reading and deciding run in a thread, so that the event loop answers others meanwhile.

    Raises:
        StoreUnavailableError: the database is away; the chunks given before are kept.
    """
    model = serving.decider.model.version
    while True:
        moment = replace(sender, now=service.clock())
        with span("decide"):
            decided, records = await asyncio.to_thread(_next_chunk, serving, moment, rows)
        if not decided:
            return
        with span("keep"):
            kept = iter(await service.store.add_all(records) if records else ())
        yield [
            _settled(service, model, item, next(kept)) if isinstance(item, Decided) else item
            for item in decided
        ]


def batch_json(rows: Sequence[Answered], decider: Decider) -> bytes:
    """A ``BatchOut`` of all rows, byte for byte with the decisions that are kept."""
    decided = sum(row.decision is not None for row in rows)
    counts = b'"decided":%d,"refused":%d' % (decided, len(rows) - decided)
    named = orjson.dumps(versions(decider))
    return b'{%b,"versions":%b,"rows":[%b]}' % (counts, named, b",".join(map(row_json, rows)))


def _next_chunk(
    serving: Serving, sender: Sender, rows: Iterator[Row]
) -> tuple[list[Decided | Answered], list[DecisionRecord]]:
    decided = decide_rows(serving, list(islice(rows, CHUNK)), sender)
    made = [item for item in decided if isinstance(item, Decided)]
    return decided, list(records_of(serving, made, sender))


def _settled(service: Service, model: str, item: Decided, kept: Result) -> Answered:
    """The answer to a row once it is kept: its own, or the one that was kept before.

    Raises:
        StoreUnavailableError: it may not be kept.
    """
    if isinstance(kept, StoreUnavailableError):
        raise kept
    if isinstance(kept, IdempotencyConflictError):
        return _refused(item.row, _KEY, "used before for another row", "a new key, or the same row")
    if isinstance(kept, StoreError):
        return _refused(item.row, WHOLE_ROW, str(kept), "values that the database keeps")
    if kept.repeated:
        if kept.answer is None:
            return _refused(item.row, _KEY, "the decision made with it was erased", "a new key")
        return Answered(item.row, kept.answer)
    made = item.made
    service.metrics.decided(made.outcome, made.grade, made.income_score, model)
    return Answered(item.row, item.answer)


def _refused(row: int, field: str, message: str, allowed: str) -> Answered:
    return Answered(row, None, ({"field": field, "message": message, "allowed": allowed},))
