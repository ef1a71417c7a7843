"""A batch as one JSON body: ``{"applicants": [...]}``.

It is read some hundred rows at a time. As a whole it would hold the interpreter for long, and a body
of millions of tiny values would take gigabytes before the first of them could be refused.
"""

import json
import re
from typing import Annotated, Any

from pydantic import ConfigDict, FailFast, Field, TypeAdapter, ValidationError

from api.dependencies import parsed
from api.errors import MalformedBodyError
from api.uploads.lines import LONGEST_LINE
from api.uploads.rows import Row, json_row
from api.wire.base import Wire
from api.wire.score import ScoreRequest
from solvencia.domain.errors import InvalidInputError

MOST_APPLICANTS = 10_000
"""Of one body; an upload may hold more."""

_PIECE = 32_768
"""Bytes that are read in one step: what is made of them is still in the cache when it is used."""

_MOST_BRACES = 4096
"""Twice the spells that a history may have: a good row ends within as many."""

_HEAD = re.compile(rb'\s*\{\s*"applicants"\s*:\s*\[\s*')
_COMMA = re.compile(rb"\s*,\s*")
_SPACE = b" \t\r\n"
_MANY = TypeAdapter(
    Annotated[list[ScoreRequest], FailFast()], config=ConfigDict(cache_strings="keys")
)
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str)


class _Envelope(Wire):
    """The body without a look at its rows."""

    applicants: Annotated[list[Any], Field(min_length=1, max_length=MOST_APPLICANTS)]


def read(body: bytes) -> list[Row]:
    """The rows of a body.

    Raises:
        RequestValidationError, MalformedBodyError: it is not JSON.
        RequestValidationError, InvalidInputError: it is no batch, or one of too many or no rows.
    """
    head = _HEAD.match(body)
    stop = _end_of_list(body)
    if head is None or head.end() >= stop:
        raise _no_batch(body)
    rows: list[Row] = []
    place = head.end()
    while True:
        found, place = _piece(body, place, stop, len(rows) + 1)
        rows += found
        if len(rows) > MOST_APPLICANTS:
            sent = f"more than {MOST_APPLICANTS:,}"
            raise InvalidInputError("applicants", sent, f"1 to {MOST_APPLICANTS:,}")
        comma = _COMMA.match(body, place)
        if comma is None:
            break
        place = comma.end()
    if body[place:stop].strip(_SPACE):
        raise _no_batch(b'{"applicants":[0' + body[place:])
    return rows


def _end_of_list(body: bytes) -> int:
    """Where the bracket stands that closes a body's last list; 0 if the body ends in another way."""
    rest = body.rstrip(_SPACE)
    if not rest.endswith(b"}"):
        return 0
    rest = rest[:-1].rstrip(_SPACE)
    return len(rest) - 1 if rest.endswith(b"]") else 0


def _piece(body: bytes, place: int, stop: int, number: int) -> tuple[list[Row], int]:
    """The next rows from ``place`` on, and where the last of them ends: in one step if all are good."""
    cut = _cut(body, place, stop)
    try:
        requests = _MANY.validate_json(b"[%b]" % body[place:cut])
    except ValidationError:
        return _one_by_one(body, place, cut, stop, number)
    return [Row(row, request) for row, request in enumerate(requests, number)], cut


def _cut(body: bytes, place: int, stop: int) -> int:
    """Where a piece may end: after a brace, when as many are closed as opened.

    Braces within text mislead. Then what is cut off is not JSON, and is read row by row.
    """
    if stop - place <= _PIECE:
        return stop
    limit = min(stop, place + _PIECE + LONGEST_LINE)
    start, cut, depth = place, place + _PIECE, 0
    for _ in range(_MOST_BRACES):
        cut = body.find(b"}", cut, limit) + 1
        if not cut:
            break
        depth += body.count(b"{", start, cut) - body.count(b"}", start, cut)
        if depth == 0:
            return cut
        start = cut
    return place + _PIECE


def _one_by_one(body: bytes, place: int, cut: int, stop: int, number: int) -> tuple[list[Row], int]:
    """As ``_piece``, up to ``cut`` or a little beyond, by finding the end of every row first.

    Raises:
        MalformedBodyError: what stands there is not JSON, or a row is too long.
    """
    window = body[place : min(stop, cut + LONGEST_LINE)]
    # One character a byte, so that places are the same; a row is then read from its bytes.
    text = window.decode("latin-1")
    rows: list[Row] = []
    start = 0
    while True:
        try:
            _, end = _DECODER.raw_decode(text, start)
        except (ValueError, RecursionError) as error:
            raise MalformedBodyError(
                f"the body is not JSON, or applicant {number + len(rows)} has more than "
                f"{LONGEST_LINE:,} bytes"
            ) from error
        rows.append(json_row(number + len(rows), window[start:end]))
        comma = _COMMA.match(window, end)
        if comma is None or place + end >= cut or len(rows) > MOST_APPLICANTS:
            return rows, place + end
        start = comma.end()


def _no_batch(body: bytes) -> Exception:
    """What is wrong with a body that is not one list of applicants.

    Raises:
        RequestValidationError: the same, where the body is short enough to be read for it.
    """
    if len(body) <= LONGEST_LINE:
        parsed(_Envelope, body)
    return InvalidInputError("body", "something else", '{"applicants": [...]} and nothing more')
