"""Rows of a batch: as they were sent, each a request or what is wrong with it, and as answered."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
from pydantic import ValidationError

from api.errors import field_errors
from api.wire.score import ScoreRequest
from solvencia.domain.applicant import LoanRequest, Profile
from solvencia.domain.errors import InvalidInputError

Errors = tuple[Mapping[str, Any], ...]
"""``wire.base.FieldProblem`` as plain values; fields are named within the row."""

WHOLE_ROW = "row"
"""The field that is named when no single one is wrong."""

LOAN_COLUMNS = tuple(LoanRequest.model_fields)
PROFILE_COLUMNS = tuple(Profile.model_fields)
COLUMNS = ("reference", "curp", "as_of", *PROFILE_COLUMNS, *LOAN_COLUMNS)
"""Columns of a flat table: a profile, and the loan asked for."""

REQUIRED = tuple(name for name, field in Profile.model_fields.items() if field.is_required())


class Row(NamedTuple):
    """One row as it was sent; ``number`` is its place in the batch, from 1."""

    number: int
    request: ScoreRequest | None
    errors: Errors = ()


class Answered(NamedTuple):
    """One row as it is answered; ``decision`` is the JSON of a ``BatchDecision``."""

    number: int
    decision: bytes | None
    errors: Errors = ()


def json_row(number: int, raw: bytes) -> Row:
    """A row that came as the JSON of a ``ScoreRequest``."""
    try:
        return Row(number, ScoreRequest.model_validate_json(raw))
    except ValidationError as error:
        return Row(number, None, _errors(error))


def nested_row(number: int, values: Mapping[str, Any]) -> Row:
    """A row that came as the parts of a ``ScoreRequest``."""
    try:
        return Row(number, ScoreRequest.model_validate(values))
    except ValidationError as error:
        return Row(number, None, _errors(error))


def flat_row(number: int, cells: Mapping[str, Any]) -> Row:
    """A row of a flat table, by column; what is not known is left out. Errors name the column."""
    request = {name: cells[name] for name in ("reference", "curp", "as_of") if name in cells}
    request["profile"] = {name: cells[name] for name in PROFILE_COLUMNS if name in cells}
    if loan := {name: cells[name] for name in LOAN_COLUMNS if name in cells}:
        request["loan"] = loan
    row = nested_row(number, request)
    columns = (
        {**error, "field": error["field"].removeprefix("profile.").removeprefix("loan.")}
        for error in row.errors
    )
    return Row(number, row.request, tuple(columns))


def refused(number: int, message: str, allowed: str) -> Row:
    """A row that cannot be read at all."""
    return Row(number, None, ({"field": WHOLE_ROW, "message": message, "allowed": allowed},))


def check_columns(columns: list[str]) -> None:
    """Refuse a flat table that could not be read as it was meant.

    Raises:
        InvalidInputError: a column is unknown, stands twice, or is missing.
    """
    check_known(columns, COLUMNS)
    for name in REQUIRED:
        if name not in columns:
            raise InvalidInputError(name, "no such column", f"at least {', '.join(REQUIRED)}")
    absent = [name for name in LOAN_COLUMNS if name not in columns]
    if absent and len(absent) < len(LOAN_COLUMNS):
        together = f"{', '.join(LOAN_COLUMNS)} together, or none of them"
        raise InvalidInputError(absent[0], "no such column", together)


def check_known(columns: list[str], allowed: tuple[str, ...]) -> None:
    """Refuse columns that are not among the allowed, or stand twice.

    Raises:
        InvalidInputError: names the first one.
    """
    for place, name in enumerate(columns):
        if name not in allowed:
            # Without a header the first person's data would be repeated here.
            named = (
                name if name.isalpha() or name.replace("_", "").isalpha() else f"column {place + 1}"
            )
            raise InvalidInputError(named, "an unknown column", ", ".join(allowed))
        if name in columns[:place]:
            raise InvalidInputError(name, "the column twice", "each column once")


def row_json(answered: Answered) -> bytes:
    """A ``BatchRow``, byte for byte with the decision that is kept.

    >>> row_json(Answered(3, b'{"outcome":"approve"}'))
    b'{"row":3,"decision":{"outcome":"approve"},"errors":[]}'
    """
    if answered.decision is not None:
        return b'{"row":%d,"decision":%b,"errors":[]}' % (answered.number, answered.decision)
    errors = orjson.dumps(answered.errors)
    return b'{"row":%d,"decision":null,"errors":%b}' % (answered.number, errors)


def _errors(error: ValidationError) -> Errors:
    return tuple(_about_row(found) for found in field_errors(error.errors(include_url=False)))


def _about_row(error: dict[str, Any]) -> dict[str, Any]:
    """An error without a row that cannot be read: it may hold a CURP."""
    if error["field"] != "body":
        return error
    told = {name: value for name, value in error.items() if name != "value"}
    return {**told, "field": WHOLE_ROW}
