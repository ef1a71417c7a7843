"""Tables as files: CSV, Excel and Parquet, and the template to fill in."""

import io
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font

from frontend.portfolio.columns import Column, allowed, heading
from frontend.text import Language, say

CSV_TYPE = "text/csv"
EXCEL_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PARQUET_TYPE = "application/vnd.apache.parquet"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_BATCH = 5_000
_WIDEST = 44


def as_csv(frame: pd.DataFrame) -> bytes:
    """CSV that spreadsheets open with its accents; no text of it becomes a formula there."""
    safe = frame.copy(deep=False)
    for name in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[name]):
            safe[name] = safe[name].astype(object).map(_defused, na_action="ignore")
    written = io.BytesIO()
    safe.to_csv(written, index=False, encoding="utf-8-sig")
    return written.getvalue()


def _defused(text: Any) -> Any:
    """Text that a spreadsheet takes for text.

    >>> _defused("=1+1"), _defused("Jalisco")
    ("'=1+1", 'Jalisco')
    """
    return f"'{text}" if isinstance(text, str) and text.startswith(_FORMULA) else text


def as_excel(frame: pd.DataFrame, sheet: str) -> bytes:
    """A workbook with one sheet, written row by row; all text stays text."""
    book = Workbook(write_only=True)
    _fill(book, sheet, frame)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _fill(book: Workbook, name: str, frame: pd.DataFrame) -> None:
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for i, title in enumerate(map(str, frame.columns), 1):
        longest = max((len(str(value)) for value in frame.iloc[:100, i - 1]), default=0)
        letter = sheet.column_dimensions[_letter(i)]
        letter.width = min(max(len(title), longest) + 3, _WIDEST)
    titles = [_text_cell(sheet, str(title)) for title in frame.columns]
    for cell in titles:
        cell.font = Font(bold=True)
    sheet.append(titles)
    for start in range(0, len(frame), _BATCH):
        part = frame.iloc[start : start + _BATCH].astype(object)
        part = part.where(part.notna(), None)
        for row in part.itertuples(index=False, name=None):
            sheet.append([_safe(sheet, value) for value in row])


def _letter(column: int) -> str:
    """Name of a column counted from 1; there are never more than 26."""
    return chr(ord("A") + column - 1)


def _safe(sheet: Any, value: Any) -> Any:
    """The value itself where it is harmless: cells of their own take four times as long."""
    if isinstance(value, str) and (value.startswith("=") or ILLEGAL_CHARACTERS_RE.search(value)):
        return _text_cell(sheet, value)
    return value


def _text_cell(sheet: Any, text: str) -> WriteOnlyCell:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type = "s"  # or a text that begins with = would be a formula
    return cell


def as_parquet(table: pa.Table) -> bytes:
    """The columns under their own names, for programs."""
    written = io.BytesIO()
    pq.write_table(table, written, compression="zstd")
    return written.getvalue()


def template(
    columns: Iterable[Column], example: Mapping[str, Any], language: Language
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A table with one row to overwrite, and what every column may hold.

    ``example`` is a request, as the service documents it.
    """
    columns = [column for column in columns if column.name != "curp"]
    values: list[object] = []
    for column in columns:
        place = example.get(column.place, {}) if column.place else example
        values.append(place.get(column.name) if column.name != "as_of" else None)
    titles = [heading(column, language) for column in columns]
    rows = pd.DataFrame([values], columns=titles, dtype=object)
    needed = [say(f"portfolio.{_need(column)}", language) for column in columns]
    guide = pd.DataFrame(
        {
            say("portfolio.guide.column", language): titles,
            say("portfolio.guide.needed", language): needed,
            say("portfolio.guide.allowed", language): [allowed(c, language) for c in columns],
        }
    )
    return rows, guide


def _need(column: Column) -> str:
    if column.place == "loan":
        return "needed.loan"
    return "needed.yes" if column.required else "needed.no"


def template_workbook(rows: pd.DataFrame, guide: pd.DataFrame, language: Language) -> bytes:
    """The template as a workbook; what is allowed stands on a second sheet."""
    book = Workbook(write_only=True)
    _fill(book, say("portfolio.sheet.rows", language), rows)
    _fill(book, say("portfolio.sheet.guide", language), guide)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()
