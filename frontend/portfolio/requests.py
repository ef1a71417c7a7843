"""Rows of a file as requests for decisions."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from frontend.portfolio.columns import Column
from frontend.portfolio.reading import Sheet
from frontend.portfolio.values import value_of


@dataclass(frozen=True)
class Portfolio:
    """A file, and which of its columns is which field; columns without one are left out."""

    sheet: Sheet
    columns: Mapping[int, Column]

    def __len__(self) -> int:
        return len(self.sheet)

    def requests(self, start: int, count: int) -> list[dict[str, Any]]:
        """Requests of rows counted from 0; a cell that is empty says nothing."""
        part = self.sheet.table.slice(start, count)
        requests: list[dict[str, Any]] = [{"profile": {}} for _ in range(part.num_rows)]
        for position, column in self.columns.items():
            for request, text in zip(requests, part[position].to_pylist(), strict=True):
                if (value := value_of(column, text)) is not None:
                    place = request.setdefault(column.place, {}) if column.place else request
                    place[column.name] = value
        return requests


def portfolio_of(sheet: Sheet, mapping: Mapping[int, str], columns: Iterable[Column]) -> Portfolio:
    """The portfolio that a file is with its columns matched."""
    named = {column.name: column for column in columns}
    return Portfolio(sheet, {position: named[name] for position, name in mapping.items()})


def ndjson(requests: Iterable[Mapping[str, Any]]) -> bytes:
    """One request a line, always the same bytes for the same requests: a key goes with them."""
    return b"".join(
        json.dumps(request, ensure_ascii=False, sort_keys=True).encode() + b"\n"
        for request in requests
    )
