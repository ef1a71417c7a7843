"""An acquired source of work histories, read and checked person by person."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from solvencia.data.validation import (
    LoanRow,
    PersonRow,
    Reject,
    SpellRow,
    check_rows,
)
from solvencia.domain.applicant import Applicant
from solvencia.domain.reference import Reference

DESCRIPTION = "source.json"
TABLES = ("people", "spells", "loans")
Economy = Literal["mx", "none"]


@dataclass(frozen=True)
class SourceDescription:
    """What was acquired.

    Attributes:
        kind: 'simulator' or 'files'.
        synthetic: whether the people are made up.
        rows: rows by table.
        observed_until: last day on which anything was observed.
        economy: 'mx' when Mexican statistics apply to it, 'none' when money is compared as it is
            and the environment is unknown.
    """

    kind: str
    synthetic: bool
    rows: dict[str, int]
    observed_until: date
    economy: Economy

    def write(self, directory: Path) -> None:
        """Write ``source.json``."""
        content = {**self.__dict__, "observed_until": self.observed_until.isoformat()}
        (directory / DESCRIPTION).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, directory: Path) -> "SourceDescription":
        """Read ``source.json``."""
        raw = json.loads((directory / DESCRIPTION).read_text(encoding="utf-8"))
        return cls(**{**raw, "observed_until": date.fromisoformat(raw["observed_until"])})


@dataclass
class Person:
    """One validated person with everything the source holds of them."""

    row: PersonRow
    spells: list[SpellRow] = field(default_factory=list)
    loans: list[LoanRow] = field(default_factory=list)

    def applicant(self) -> Applicant:
        """The person as an applicant, with the whole history and no statement of weeks.

        Built without validating again: the rows have been checked by the same definitions.
        """
        return Applicant.model_construct(
            birth_date=self.row.birth_date,
            education=self.row.education,
            contribution_weeks=None,
            spells=tuple(self.spells),
        )


@dataclass
class Chunk:
    """Some people of a source, and the rejects among their rows."""

    people: list[Person]
    rejects: list[Reject]


def read_people(directory: Path, size: int = 2_000) -> Iterator[Chunk]:
    """Validated people with their spells and loans, ``size`` people at a time.

    A row of spells or loans whose person is not among the valid people is a reject; so is the
    second row of a ``person_id``. The last chunk may hold only rejects.
    """
    tables = {
        name: _without_empty_text(pq.read_table(directory / f"{name}.parquet"))
        for name in TABLES
        if (directory / f"{name}.parquet").exists()
    }
    ids = pc.cast(tables["people"]["person_id"], pa.string())
    owners = {name: _owner_rows(ids, table) for name, table in tables.items() if name != "people"}
    seen: set[str] = set()
    for start in range(0, len(ids), size):
        stop = min(start + size, len(ids))
        checked = check_rows(
            "people",
            PersonRow,
            tables["people"].slice(start, stop - start).to_pylist(),
            range(start + 1, stop + 1),
        )
        chunk = Chunk([], list(checked.rejects))
        by_id: dict[str, Person] = {}
        for number, row in zip(checked.numbers, checked.rows, strict=True):
            if row.person_id in seen:
                chunk.rejects.append(
                    Reject("people", number, "person_id", "stands in one row only", row.person_id)
                )
            else:
                seen.add(row.person_id)
                by_id[row.person_id] = Person(row)
        for name, owner in owners.items():
            _attach(name, tables[name], owner, start, stop, by_id, chunk)
        chunk.people = list(by_id.values())
        yield chunk
    orphans = [
        Reject(
            name,
            int(row) + 1,
            "person_id",
            "is in people",
            str(tables[name]["person_id"][int(row)]),
        )
        for name, owner in owners.items()
        for row in np.flatnonzero(owner < 0)
    ]
    if orphans:
        yield Chunk([], orphans)


def _without_empty_text(table: pa.Table) -> pa.Table:
    """Empty text means unknown, in Parquet as in CSV."""
    for position, field_ in enumerate(table.schema):
        if pa.types.is_string(field_.type) or pa.types.is_large_string(field_.type):
            column = table.column(position)
            empty = pc.fill_null(pc.equal(column, ""), False)
            table = table.set_column(position, field_.name, pc.if_else(empty, None, column))
    return table


def _attach(
    name: str,
    table: pa.Table,
    owner: np.ndarray[Any, np.dtype[np.int64]],
    start: int,
    stop: int,
    by_id: dict[str, Person],
    chunk: Chunk,
) -> None:
    rows = np.flatnonzero((owner >= start) & (owner < stop))
    records = table.take(rows).to_pylist()
    numbers = (rows + 1).tolist()
    if name == "spells":
        spells = check_rows(name, SpellRow, records, numbers)
        chunk.rejects.extend(spells.rejects)
        for number, spell in zip(spells.numbers, spells.rows, strict=True):
            if (person := by_id.get(spell.person_id)) is None:
                chunk.rejects.append(_lost(name, number, spell.person_id))
            elif spell.start_date < person.row.birth_date:
                born = f"is {person.row.birth_date} (birth_date) or later"
                chunk.rejects.append(
                    Reject(name, number, "start_date", born, str(spell.start_date))
                )
            else:
                person.spells.append(spell)
    else:
        loans = check_rows(name, LoanRow, records, numbers)
        chunk.rejects.extend(loans.rejects)
        for number, loan in zip(loans.numbers, loans.rows, strict=True):
            if (person := by_id.get(loan.person_id)) is None:
                chunk.rejects.append(_lost(name, number, loan.person_id))
            elif any(other.loan_id == loan.loan_id for other in person.loans):
                once = "stands in one row only"
                chunk.rejects.append(Reject(name, number, "loan_id", once, loan.loan_id))
            else:
                person.loans.append(loan)


def _lost(table: str, row: int, person_id: str) -> Reject:
    return Reject(table, row, "person_id", "its row in people is valid", person_id)


def _owner_rows(ids: pa.ChunkedArray, table: pa.Table) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Row in people of each row's person, -1 where there is none."""
    owners = pc.index_in(pc.cast(table["person_id"], pa.string()), value_set=ids.combine_chunks())
    return np.asarray(pc.fill_null(owners, -1).to_numpy(), dtype=np.int64)


def reference_for(source: SourceDescription, mexico: Reference) -> Reference:
    """The reference that applies to a source: Mexico's, or one that knows nothing."""
    return mexico if source.economy == "mx" else Reference()
