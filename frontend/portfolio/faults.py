"""What is wrong in a file, by row and column: as the schema tells before, or the service after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from frontend.portfolio.columns import Column, allowed
from frontend.portfolio.reading import Sheet
from frontend.portfolio.values import Value, value_of
from frontend.problems import explain
from frontend.text import Language, say
from solvencia_client import FieldError

_LONGEST = 80
"""Characters of a value that are repeated."""
_SCHEMA = pa.schema(
    [
        ("row", pa.int32()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("allowed", pa.string()),
    ]
)


@dataclass
class Faults:
    """Faults as they are found, kept in columns: a file may have one in every cell."""

    batches: list[pa.RecordBatch] = field(default_factory=list)

    def add(self, found: Iterable[tuple[int, FieldError]]) -> None:
        """Keep what is wrong in rows, by their number in the file."""
        rows = [
            {
                "row": number,
                "column": error.field.rsplit(".", 1)[-1],
                "value": None if error.value is None else error.value[:_LONGEST],
                "allowed": error.allowed,
            }
            for number, error in found
        ]
        if rows:
            self.batches.append(pa.RecordBatch.from_pylist(rows, schema=_SCHEMA))

    @property
    def table(self) -> pa.Table:
        """All faults, in the order they were found."""
        return pa.Table.from_batches(self.batches, schema=_SCHEMA)

    @property
    def rows(self) -> int:
        """How many rows have one or more."""
        return int(pc.count_distinct(self.table["row"]).as_py())


def check(sheet: Sheet, mapping: Mapping[int, str], columns: Iterable[Column]) -> Faults:
    """Cells that the published schema does not allow; rules across fields are the service's."""
    named = {column.name: column for column in columns}
    faults = Faults()
    found: list[tuple[int, FieldError]] = []
    for position, name in mapping.items():
        column, cells = named[name], sheet.table[position]
        bad = {
            text: error
            for text in pc.unique(cells).to_pylist()
            if (error := _fault(column, text)) is not None
        }
        if bad:
            among = pc.is_in(cells, value_set=pa.array(list(bad), pa.string()))
            for row in pc.indices_nonzero(among).to_pylist():
                found.append((sheet.number(row), bad[cells[row].as_py()]))
    faults.add(sorted(found, key=lambda fault: fault[0]))
    return faults


def _fault(column: Column, text: str) -> FieldError | None:
    value = value_of(column, text)
    if value is None:
        return FieldError(column.path, "") if column.required else None
    if _fits(column, value):
        return None
    return FieldError(column.path, "", text)


def _fits(column: Column, value: Value) -> bool:
    item = column.field
    if item.choices:
        return value in item.choices
    if item.kind not in ("number", "integer"):
        return True  # the service knows how a reference, a date or a CURP is written
    if not isinstance(value, int | float) or (item.kind == "integer" and value % 1):
        return False
    low, high = item.minimum, item.maximum
    above = low is None or value > low or (value == low and not item.exclusive_minimum)
    return above and (high is None or value <= high)


def told(
    faults: pa.Table, columns: Iterable[Column], titles: Mapping[str, str], language: Language
) -> pd.DataFrame:
    """Faults in words: row, column as the file calls it, value, and what is allowed there."""
    named = {column.name: column for column in columns}
    rows = [
        {
            say("portfolio.fault.row", language): row["row"],
            say("portfolio.fault.column", language): titles.get(row["column"], row["column"]),
            say("portfolio.fault.value", language): row["value"] or "",
            say("portfolio.fault.told", language): _sentence(
                named.get(row["column"]), row["value"], row["allowed"], language
            ),
        }
        for row in faults.to_pylist()
    ]
    return pd.DataFrame(rows)


def _sentence(
    column: Column | None, value: str | None, allowed_: str | None, language: Language
) -> str:
    """Bounds and choices in our own words; what only the service knows, in its words."""
    path = column.path if column else ""
    across = bool(allowed_) and str(allowed_)[:1] not in "≥≤<>^'"
    if column is None or across or value in (None, ""):
        return explain(FieldError(path, "", value, allowed_), language)
    return say("portfolio.fault.allowed", language, allowed=allowed(column, language))
