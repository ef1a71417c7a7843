"""A batch as CSV: a flat table in, a flat table out.

No value that is allowed holds a line break, so every line is a row of its own, and a quote that is
never closed spoils one row instead of all that follow.
"""

import csv
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import IO

from api.errors import MalformedBodyError
from api.uploads.lines import LONGEST_LINE, lines_of
from api.uploads.rows import Answered, Row, check_columns, flat_row, refused
from api.uploads.table import ANSWER_COLUMNS, flat

MEDIA_TYPE = "text/csv"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet calculates text that begins like this."""


def delimiter_of(header: str) -> str:
    """The comma, or the semicolon that spreadsheets write where the comma is a decimal one.

    >>> delimiter_of("age;monthly_income")
    ';'
    """
    return ";" if ";" in header and "," not in header else ","


def header_of(file: IO[bytes]) -> str:
    """The first line of a file, which is then read from its start again.

    Raises:
        MalformedBodyError: it is too long, or not UTF-8.
    """
    line = next(lines_of(file), b"")
    file.seek(0)
    if line is None:
        raise MalformedBodyError(f"the header is longer than {LONGEST_LINE:,} bytes")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedBodyError("the header is not UTF-8") from error


def read(file: IO[bytes]) -> Iterator[Row]:
    """The rows of a file with a header, matched by column name; an empty cell is left out.

    Raises:
        InvalidInputError: a column is unknown, stands twice, or is missing.
        MalformedBodyError: the header cannot be read.
    """
    header = header_of(file)
    if not header:
        return
    delimiter = delimiter_of(header)
    columns = _cells(header, delimiter)
    if columns is None:
        raise MalformedBodyError("the header has a quote that is not closed")
    check_columns(columns)
    lines = lines_of(file)
    next(lines)
    for number, line in enumerate(lines, 1):
        yield _row(number, line, columns, delimiter)


class Writer:
    """Writes answered rows, part by part, the header first."""

    media_type = f"{MEDIA_TYPE}; charset=utf-8; header=present"

    def __init__(self, delimiter: str = ",") -> None:
        self._delimiter = delimiter
        self._begun = False

    def write(self, rows: Sequence[Answered]) -> bytes:
        """The next lines."""
        text = StringIO()
        writer = csv.DictWriter(text, ANSWER_COLUMNS, delimiter=self._delimiter)
        if not self._begun:
            writer.writeheader()
            self._begun = True
        for row in rows:
            cells = flat(row)
            for name in ("error_field", "error_message"):
                if name in cells and cells[name].startswith(_FORMULA):
                    cells[name] = "'" + cells[name]
            writer.writerow(cells)
        return text.getvalue().encode()

    def end(self) -> bytes:
        """What stands after the last row: nothing."""
        return b""


def _row(number: int, line: bytes | None, columns: list[str], delimiter: str) -> Row:
    if line is None:
        return refused(number, "the line is too long", f"{LONGEST_LINE:,} bytes")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return refused(number, "the line is not UTF-8", "UTF-8")
    cells = _cells(text, delimiter)
    if cells is None:
        return refused(number, "a quote is not closed, or text follows it", "quotes in pairs")
    if len(cells) != len(columns):
        expected = f"{len(columns)}, as in the header"
        return refused(number, f"the line has {len(cells)} cells", expected)
    return flat_row(number, {name: cell for name, cell in zip(columns, cells, strict=True) if cell})


def _cells(line: str, delimiter: str) -> list[str] | None:
    """The cells of one line without the space around them; None when its quotes do not match."""
    try:
        cells = next(csv.reader([line], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return [cell.strip() for cell in cells]
