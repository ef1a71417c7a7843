"""A file of applicants as columns of text; numbers and dates are understood later, by column."""

import csv
import io
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, iterdecode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count, islice
from zipfile import BadZipFile, ZipFile

import pyarrow as pa
from openpyxl import load_workbook

MOST_ROWS = 250_000
MOST_COLUMNS = 200
MOST_MEGABYTES = 100
_UNPACKED_BYTES = 1_000_000_000
"""A workbook is a ZIP: more than this unpacked is no list of applicants."""
_BATCH = 5_000
_DELIMITERS = ",;\t|"

Row = tuple[int, Sequence[str]]
"""A row with its number in the file, counted from 1 as spreadsheets do."""


class Unreadable(Exception):  # noqa: N818 - a state of the file, named as the reader would
    """The file cannot be read as a table; ``key`` is the copy that says why."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


@dataclass(frozen=True)
class Sheet:
    """A table as it was read: every cell is text, and empty where there is nothing.

    ``table`` has its columns named by their position; ``numbers`` are the rows' numbers in the file.
    """

    name: str
    header: tuple[str, ...]
    table: pa.Table
    numbers: pa.ChunkedArray

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def number(self, row: int) -> int:
        """Number in the file of a row counted from 0."""
        return int(self.numbers[row].as_py())


def read(name: str, data: bytes) -> Sheet:
    """The table of a CSV file or an Excel workbook; raises ``Unreadable``."""
    if data[:4] == b"PK\x03\x04":
        return _sheet(name, _workbook_rows(data))
    if name.lower().endswith((".xlsx", ".xlsm")) or data[:4] == b"\xd0\xcf\x11\xe0":
        raise Unreadable("portfolio.unreadable.excel")
    return _sheet(name, _csv_rows(data))


def _csv_rows(data: bytes) -> Iterator[Row]:
    text = io.TextIOWrapper(
        io.BytesIO(data), encoding=_encoding(data), errors="replace", newline=""
    )
    start = text.read(65_536)
    text.seek(0)
    first = next((line for line in start.splitlines() if line.strip()), "")
    reader = csv.reader(text, delimiter=max(_DELIMITERS, key=first.count))
    try:
        yield from enumerate(reader, 1)
    except csv.Error as error:
        raise Unreadable("portfolio.unreadable.csv", row=reader.line_num) from error


def _encoding(data: bytes) -> str:
    """UTF-8 when it is that, UTF-16 when it says so; else what Excel writes in Mexico."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    view = memoryview(data)
    parts = (bytes(view[at : at + 65_536]) for at in range(0, len(data), 65_536))
    try:
        for _ in iterdecode(parts, "utf-8"):
            pass
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _workbook_rows(data: bytes) -> Iterator[Row]:
    """Rows of the first sheet that has any; of a formula, the value that was last computed."""
    try:
        if sum(item.file_size for item in ZipFile(io.BytesIO(data)).infolist()) > _UNPACKED_BYTES:
            raise Unreadable("portfolio.unreadable.large")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (BadZipFile, KeyError, ValueError, OSError, TypeError) as error:
        raise Unreadable("portfolio.unreadable.excel") from error
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a file says of its size may be wrong
            found = False
            for number, cells in enumerate(sheet.iter_rows(values_only=True), 1):
                found = found or any(cell is not None for cell in cells)
                yield number, [_cell(cell) for cell in cells]
            if found:
                return
    finally:
        book.close()


def _cell(value: object) -> str:
    """A cell of a workbook as text.

    >>> _cell(9.0), _cell(datetime(2026, 11, 20)), _cell(None)
    ('9', '2026-11-20', '')
    """
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):
        return (value.date() if isinstance(value, datetime) else value).isoformat()
    return str(value)


def _sheet(name: str, rows: Iterator[Row]) -> Sheet:
    filled = ((number, cells) for number, cells in rows if any(cell.strip() for cell in cells))
    first = next(filled, None)
    if first is None:
        raise Unreadable("portfolio.unreadable.empty")
    titles = [title.strip() for title in first[1]]
    while not titles[-1]:
        titles.pop()
    width = len(titles)
    if width > MOST_COLUMNS:
        raise Unreadable("portfolio.unreadable.columns", most=MOST_COLUMNS)
    schema = pa.schema([(str(i), pa.string()) for i in range(width)])
    parts, numbers, total = [], [], 0
    for _ in count():
        part = list(islice(filled, _BATCH))
        if not part:
            break
        total += len(part)
        if total > MOST_ROWS:
            raise Unreadable("portfolio.unreadable.rows", most=f"{MOST_ROWS:,}")
        cells = ([_at(row, i) for _, row in part] for i in range(width))
        parts.append(pa.record_batch([pa.array(c, pa.string()) for c in cells], schema=schema))
        numbers.append(pa.array([number for number, _ in part], pa.int32()))
    if not total:
        raise Unreadable("portfolio.unreadable.empty")
    header = tuple(title or f"{i}" for i, title in enumerate(titles, 1))
    return Sheet(name, header, pa.Table.from_batches(parts), pa.chunked_array(numbers))


def _at(row: Sequence[str], position: int) -> str:
    return row[position].strip() if position < len(row) else ""
