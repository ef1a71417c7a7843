"""Score many applicants at once, as JSON or as an upload that is streamed back."""

import asyncio
from collections.abc import AsyncIterator
from tempfile import SpooledTemporaryFile
from typing import IO, Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from api.batch import answer_rows, batch_json
from api.deciding import Sender
from api.dependencies import IdempotencyKey, PartnerDep, ServiceDep, check_media_type, problems
from api.errors import MediaTypeError
from api.uploads import csv, json_list, ndjson, parquet
from api.uploads.formats import READERS, Writer, preferred, writer_for
from api.uploads.rows import COLUMNS, REQUIRED, Answered
from api.wire.decision import BatchOut, BatchRow
from api.wire.score import HISTORY_EXAMPLE, PROFILE_EXAMPLE, ScoreRequest
from solvencia.domain.errors import InvalidInputError

router = APIRouter(tags=["decisions"])

JSON = "application/json"
_IN_MEMORY = 1_048_576
"""Bytes of an upload that are held in memory; more go to a temporary file."""

_APPLICANTS: dict[str, Any] = {
    "type": "object",
    "required": ["applicants"],
    "additionalProperties": False,
    "properties": {
        "applicants": {
            "type": "array",
            "minItems": 1,
            "maxItems": json_list.MOST_APPLICANTS,
            "items": {"$ref": f"#/components/schemas/{ScoreRequest.__name__}"},
        }
    },
}
_TABLE = (
    f"A header, then a profile a line. Columns, by name: {', '.join(COLUMNS)}; of these "
    f"{', '.join(REQUIRED)} must be there. An empty cell is left out. UTF-8; separated by commas, or "
    "by semicolons"
)
_FILE = (
    "Columns as of the CSV; or curp, reference and as_of beside history, profile, loan as structs"
)
_BODIES = {
    JSON: {
        "schema": _APPLICANTS,
        "examples": {"two": {"value": {"applicants": [HISTORY_EXAMPLE, PROFILE_EXAMPLE]}}},
    },
    ndjson.MEDIA_TYPE: {"schema": {"type": "string", "description": "A request of /score a line"}},
    csv.MEDIA_TYPE: {"schema": {"type": "string", "description": _TABLE}},
    parquet.MEDIA_TYPE: {
        "schema": {"type": "string", "format": "binary", "description": _FILE},
    },
}
_ROWS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Every row in its order, decided or with its errors",
        "content": {
            ndjson.MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{BatchRow.__name__}"}},
            csv.MEDIA_TYPE: {"schema": {"type": "string"}},
            parquet.MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


async def _spool() -> AsyncIterator[IO[bytes]]:
    """A temporary file, gone when the answer was sent."""
    with SpooledTemporaryFile(_IN_MEMORY) as file:
        yield file


@router.post(
    "/score/batch",
    response_model=BatchOut,
    responses={**problems(400, 406, 413, 415), **_ROWS},
    openapi_extra={"requestBody": {"required": True, "content": _BODIES}},
)
async def score_batch(
    http: Request,
    service: ServiceDep,
    caller: PartnerDep,
    file: Annotated[IO[bytes], Depends(_spool)],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Decide on many applicants. A bad row is answered with its errors, and the rest are decided.

    Up to 10,000 as JSON, answered when all are kept. As NDJSON, CSV or Parquet any number, streamed
    back in order as they are decided and kept, in the type that was sent or that `Accept` names; an
    answer that breaks off misses the rows after, and can be asked for again. With an
    `Idempotency-Key` every row has a key of its own, so that a retry returns the decisions made
    before and makes the others.
    """
    sent = check_media_type(http, (JSON, *READERS))
    others = [kind for kind in READERS if kind != sent]
    wanted = preferred(http.headers.get("accept", ""), [JSON] if sent == JSON else [sent, *others])
    serving = service.serving
    sender = Sender(
        caller.id, service.clock(), service.today(), service.settings.curp_key, idempotency_key
    )
    if sent == JSON:
        rows = await asyncio.to_thread(json_list.read, await _whole(http))
        parts = answer_rows(service, serving, sender, iter(rows))
        answered = [row async for part in parts for row in part]
        content = await asyncio.to_thread(batch_json, answered, serving.decider)
        return Response(content, media_type=JSON)
    await _take(http, file)
    writer = await asyncio.to_thread(writer_for, wanted, sent, file)
    parts = answer_rows(service, serving, sender, READERS[sent](file))
    # What is wrong with the upload or the database shows here, while it can still be told.
    first = await anext(parts, None)
    if first is None:
        raise InvalidInputError("rows", "none", "one or more")
    return StreamingResponse(_written(first, parts, writer), media_type=writer.media_type)


async def _whole(http: Request) -> bytes:
    try:
        return await http.body()
    except ClientDisconnect as error:
        raise _left() from error


async def _take(http: Request, file: IO[bytes]) -> None:
    """Put the body into a file as it comes."""
    waiting = bytearray()
    try:
        async for part in http.stream():
            waiting += part
            if len(waiting) >= _IN_MEMORY:
                await asyncio.to_thread(file.write, waiting)
                waiting = bytearray()
    except ClientDisconnect as error:
        raise _left() from error
    await asyncio.to_thread(file.write, waiting)
    file.seek(0)


def _left() -> MediaTypeError:
    return MediaTypeError("the body ended early")  # nobody is left to read this


async def _written(
    first: list[Answered], parts: AsyncIterator[list[Answered]], writer: Writer
) -> AsyncIterator[bytes]:
    """The bytes of an answer. An error in the middle cuts it off, so that nobody takes it for whole."""
    yield await asyncio.to_thread(writer.write, first)
    async for part in parts:
        yield await asyncio.to_thread(writer.write, part)
    yield await asyncio.to_thread(writer.end)
