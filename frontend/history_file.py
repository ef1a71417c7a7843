"""A work history from a file or from the clipboard, read into the rows of the table."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from time import strptime
from typing import Any

from frontend.formats import day
from frontend.schema import Field
from frontend.text import Language

_DELIMITERS = ",;\t|"
_DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y/%m/%d")
_THOUSANDS = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
_ALSO_CALLED = {"cdmx": "09", "distrito federal": "09", "estado de mexico": "15", "edomex": "15"}
"""What people call a state beside its name."""


@dataclass(frozen=True)
class Unread:
    """A cell that was not understood: its row, from 0, its field, and what it says."""

    row: int
    field: Field
    value: str


@dataclass(frozen=True)
class HistoryFile:
    """What a file held: rows for the table, and what was left out of them."""

    rows: tuple[dict[str, Any], ...]
    unread: tuple[Unread, ...] = ()
    unknown: tuple[str, ...] = ()
    """Titles of columns that belong to no field."""
    lacking: tuple[Field, ...] = ()
    """Required fields that no column has."""


def decode(content: bytes) -> str:
    """The text of a file, as spreadsheets write it: UTF-8, or what Excel calls CSV.

    >>> decode("Patrón".encode("cp1252")) == decode("Patrón".encode("utf-8-sig"))
    True
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def read(text: str, field: Field) -> HistoryFile:
    """The rows of a table with or without titles; columns by their name or title, in any order.

    Without a title that is known, the columns are taken in the order of the table.
    """
    lines = [line for line in _cells(text) if any(cell.strip() for cell in line)]
    if not lines:
        return HistoryFile(())
    columns = [_column(title, field.items) for title in lines[0]]
    if not any(columns):
        return _filled(lines, list(field.items)[: len(lines[0])])
    found = _filled(lines[1:], columns)
    named = zip(lines[0], columns, strict=True)
    return HistoryFile(
        found.rows,
        found.unread,
        tuple(title.strip() for title, column in named if column is None and title.strip()),
        tuple(item for item in field.items if item.required and item not in columns),
    )


def template(field: Field, items: Sequence[Mapping[str, Any]], language: Language) -> bytes:
    """A file to fill in: the titles, and the given items as examples, as Excel reads them."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([item.title[language] for item in field.items])
    for row in items:
        writer.writerow([_written(item, row.get(item.name), language) for item in field.items])
    return written.getvalue().encode("utf-8-sig")


def _cells(text: str) -> list[list[str]]:
    """Cells by row; the sign that the first line has most of stands between them."""
    first = text.lstrip().partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    # A cell with an open quotation mark must not swallow the rows below it: ``strict`` stays off.
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _column(title: str, fields: Iterable[Field]) -> Field | None:
    wanted = _plain(title)
    for item in fields:
        if wanted and wanted in {_plain(name) for name in (item.name, *item.title.values())}:
            return item
    return None


def _filled(lines: Sequence[Sequence[str]], columns: Sequence[Field | None]) -> HistoryFile:
    rows: list[dict[str, Any]] = []
    unread: list[Unread] = []
    for line in lines:
        row: dict[str, Any] = {}
        for item, cell in zip(columns, line, strict=False):
            if item is None or not cell.strip():
                continue
            value = _value(item, cell.strip())
            if value is None:
                unread.append(Unread(len(rows), item, cell.strip()))
            else:
                row[item.name] = value
        rows.append(row)
    return HistoryFile(tuple(rows), tuple(unread))


def _value(field: Field, cell: str) -> Any:
    """What a cell means for a field, as the service takes it; None when it is not understood."""
    if field.kind == "date":
        return _date(cell)
    if field.kind in ("number", "integer"):
        return _number(cell)
    if field.kind == "choice":
        return _choice(field, cell)
    return cell if field.max_length is None or len(cell) <= field.max_length else None


def _date(cell: str) -> str | None:
    for form in _DATES:
        try:
            return date(*strptime(cell.partition(" 00:00")[0], form)[:3]).isoformat()
        except ValueError:
            continue
    return None


def _number(cell: str) -> float | None:
    """Pesos as people write them.

    >>> _number("$1,590.50"), _number("590,5"), _number("doce")
    (1590.5, 590.5, None)
    """
    bare = re.sub(r"[\s$]|MXN", "", cell)
    bare = bare.replace(",", "") if _THOUSANDS.fullmatch(bare) else bare.replace(",", ".")
    return float(bare) if re.fullmatch(r"-?\d+(\.\d+)?", bare) else None


def _choice(field: Field, cell: str) -> str | None:
    """The key of a choice, from the key, the name, or the beginning of just one name."""
    padded = cell.zfill(2)  # spreadsheets take the zero off a state's key
    if cell in field.choices or padded in field.choices:
        return cell if cell in field.choices else padded
    wanted = _plain(cell)
    names = {key: {_plain(name) for name in named.values()} for key, named in field.choices.items()}
    exact = [key for key, named in names.items() if wanted in named]
    alias = _ALSO_CALLED.get(wanted)
    if not exact and alias in field.choices:
        return alias
    begun = [key for key, named in names.items() if any(name.startswith(wanted) for name in named)]
    found = exact or begun
    return found[0] if wanted and len(found) == 1 else None


def _written(field: Field, value: Any, language: Language) -> str:
    if value is None:
        return ""
    if field.kind == "date":
        return day(value.isoformat() if isinstance(value, date) else str(value))
    if field.kind == "choice":
        return field.choices[str(value)][language]
    return str(value)


def _plain(text: str) -> str:
    """Lower case, without accents and signs, so that titles match however they are typed."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return " ".join(re.findall(r"[a-z0-9]+", bare))
