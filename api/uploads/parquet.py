"""A batch as Parquet: a flat table, or one with the parts of a request as structs; a flat table out.

pyarrow is imported when the first Parquet comes: few services see one, and it takes much memory.
"""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import IO, Any

from api.errors import MalformedBodyError
from api.uploads.rows import (
    Answered,
    Row,
    check_columns,
    check_known,
    flat_row,
    nested_row,
    refused,
)
from api.uploads.table import ANSWER_COLUMNS, flat
from api.wire.score import ScoreRequest
from solvencia.domain.errors import InvalidInputError

MEDIA_TYPE = "application/vnd.apache.parquet"
MOST_ROWS = 1_000_000
"""A few bytes of Parquet may say that one row comes a billion times."""

_LARGEST_GROUP = 1 << 30
"""Bytes of a row group before compression; of its own accord no writer makes it as large."""

_LONGEST_TEXT = 100_000
"""Bytes; a thousand times what any field takes."""

_READ_AT_ONCE = 250
_ROWS_OF_A_GROUP = 5_000
_NESTED = ("history", "profile", "loan")


def read(file: IO[bytes]) -> Iterator[Row]:
    """The rows of a file, batch by batch; a null is left out.

    Raises:
        InvalidInputError: a column is unknown, missing or of another type, or there are too many rows.
        MalformedBodyError: the file cannot be read; after some rows, if it is broken further on.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(file, pre_buffer=False) as described:
            schema, metadata = described.schema_arrow, described.metadata
            nested = _check_schema(schema)
            _check_size(metadata)
            leaves = [column.path for column in described.schema]
        number = 1
        # As dictionaries, so that a long text which comes in every row stands in memory once.
        with parquet.ParquetFile(
            file, metadata=metadata, read_dictionary=leaves, pre_buffer=False
        ) as table:
            for batch in table.iter_batches(batch_size=_READ_AT_ONCE, use_threads=False):
                if any(_has_long_text(column) for column in batch.columns):
                    allowed = f"texts of at most {_LONGEST_TEXT:,} bytes"
                    raise InvalidInputError("rows", "a longer text", allowed)
                yield from _rows(batch.cast(schema), number, nested)
                number += batch.num_rows
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise MalformedBodyError("the file is not Parquet, or is broken") from error


class Writer:
    """Writes answered rows, part by part, some thousand rows to a row group."""

    media_type = MEDIA_TYPE

    def __init__(self) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        kinds = {int: pa.int64(), float: pa.float64(), str: pa.string(), bool: pa.bool_()}
        self._schema = pa.schema([(name, kinds[kind]) for name, kind in ANSWER_COLUMNS.items()])
        self._table_of = pa.Table.from_pylist
        self._sink = BytesIO()
        self._writer = parquet.ParquetWriter(self._sink, self._schema)
        self._waiting: list[dict[str, Any]] = []

    def write(self, rows: Sequence[Answered]) -> bytes:
        """The next bytes; none until a row group is full."""
        self._waiting += [flat(row) for row in rows]
        return self._group() if len(self._waiting) >= _ROWS_OF_A_GROUP else b""

    def end(self) -> bytes:
        """The last row group, and the footer."""
        last = self._group() if self._waiting else b""
        self._writer.close()
        return last + self._drained()

    def _group(self) -> bytes:
        self._writer.write_table(self._table_of(self._waiting, schema=self._schema))
        self._waiting.clear()
        return self._drained()

    def _drained(self) -> bytes:
        """What was written since the last time; the writer counts by itself where it is."""
        written = self._sink.getvalue()
        self._sink.seek(0)
        self._sink.truncate()
        return written


def _check_schema(schema: Any) -> bool:
    """Whether the parts of a request come as structs.

    Raises:
        InvalidInputError: a column is unknown, missing or of another type.
    """
    names = list(schema.names)
    nested = any(name in _NESTED for name in names)
    if nested:
        check_known(names, tuple(ScoreRequest.model_fields))
        if "history" not in names and "profile" not in names:
            raise InvalidInputError("history", "no such column", "history, profile or both")
    else:
        check_columns(names)
    for field in schema:
        _check_type(field.name, field.type, nested=field.name in _NESTED)
    return nested


def _check_type(path: str, kind: Any, *, nested: bool) -> None:
    from pyarrow import types

    if types.is_dictionary(kind):
        kind = kind.value_type
    if nested and types.is_struct(kind):
        for field in kind:
            _check_type(f"{path}.{field.name}", field.type, nested=True)
    elif nested and (types.is_list(kind) or types.is_large_list(kind)):
        _check_type(path, kind.value_type, nested=True)
    elif not any(
        is_kind(kind)
        for is_kind in (
            types.is_string,
            types.is_large_string,
            types.is_integer,
            types.is_floating,
            types.is_decimal,
            types.is_date,
            types.is_null,
        )
    ):
        raise InvalidInputError(
            path, f"a column of {kind}", "text, numbers, or dates without a time"
        )


def _check_size(metadata: Any) -> None:
    """Refuse what a small file could make of itself in memory.

    Raises:
        InvalidInputError: it has too many rows, or too large row groups.
    """
    if metadata.num_rows > MOST_ROWS:
        raise InvalidInputError("rows", metadata.num_rows, f"{MOST_ROWS:,} or fewer")
    for place in range(metadata.num_row_groups):
        size = metadata.row_group(place).total_byte_size
        if size > _LARGEST_GROUP:
            raise InvalidInputError("row group", f"{size} bytes", f"{_LARGEST_GROUP:,} bytes")


def _has_long_text(column: Any) -> bool:
    from pyarrow import compute, types

    kind = column.type
    if types.is_dictionary(kind):
        longest = compute.max(compute.binary_length(column.dictionary)).as_py()
        return longest is not None and longest > _LONGEST_TEXT
    if types.is_struct(kind):
        return any(_has_long_text(column.field(place)) for place in range(kind.num_fields))
    return (types.is_list(kind) or types.is_large_list(kind)) and _has_long_text(column.values)


def _rows(batch: Any, number: int, nested: bool) -> Iterator[Row]:
    make = nested_row if nested else flat_row
    for place, values in enumerate(_values(batch), number):
        if values is None:
            yield refused(place, "a value cannot be read", "text in UTF-8, years 1 to 9999")
        else:
            yield make(place, _known(values))


def _values(batch: Any) -> list[dict[str, Any] | None]:
    """The rows of a batch; None for one with a value that Python does not have."""
    try:
        values: list[dict[str, Any] | None] = batch.to_pylist()
    except (ValueError, OverflowError):
        if batch.num_rows == 1:
            return [None]
        return [_values(batch.slice(place, 1))[0] for place in range(batch.num_rows)]
    return values


def _known(value: Any) -> Any:
    """A value without its nulls."""
    if isinstance(value, dict):
        return {name: _known(inner) for name, inner in value.items() if inner is not None}
    return [_known(inner) for inner in value] if isinstance(value, list) else value
