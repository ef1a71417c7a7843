"""A source of work histories: acquired once as Parquet, then read person by person.

A source is a folder, local or at any address fsspec knows (``gs://…``), with the tables ``people``,
``spells`` and perhaps ``loans`` as CSV or Parquet. Acquiring copies the rows as they are; checking
them is the reader's work.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import fsspec
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from tqdm import tqdm

from solvencia.data.simulator import BLOCK, SimulatorSettings, simulate
from solvencia.data.validation import (
    LoanRow,
    PersonRow,
    Reject,
    SpellRow,
    check_columns,
    check_rows,
)
from solvencia.domain.applicant import Applicant
from solvencia.domain.errors import SourceError

DESCRIPTION = "source.json"
Economy = Literal["mx", "none"]
_DATE_COLUMNS = {"spells": ("start_date", "end_date"), "loans": ("granted_on",)}
_SCHEMAS = {
    "people": pa.schema(
        [
            ("person_id", pa.string()),
            ("birth_date", pa.date32()),
            ("sex", pa.string()),
            ("education", pa.string()),
            ("contribution_weeks", pa.float64()),
        ]
    ),
    "spells": pa.schema(
        [
            ("person_id", pa.string()),
            ("employer_id", pa.string()),
            ("state", pa.string()),
            ("industry", pa.string()),
            ("start_date", pa.date32()),
            ("end_date", pa.date32()),
            ("daily_wage", pa.float64()),
        ]
    ),
    "loans": pa.schema(
        [
            ("loan_id", pa.string()),
            ("person_id", pa.string()),
            ("granted_on", pa.date32()),
            ("product", pa.string()),
            ("amount", pa.float64()),
            ("term_months", pa.int64()),
            ("annual_rate", pa.float64()),
            ("default_12m", pa.int64()),
        ]
    ),
}


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


def acquire_simulated(
    settings: SimulatorSettings, reference_directory: Path, target: Path
) -> SourceDescription:
    """Simulate a population into ``target``."""
    target.mkdir(parents=True, exist_ok=True)
    rows = dict.fromkeys(_SCHEMAS, 0)
    writers = {
        name: pq.ParquetWriter(target / f"{name}.parquet", _SCHEMAS[name]) for name in _SCHEMAS
    }
    try:
        blocks = simulate(settings, reference_directory)
        for tables in tqdm(
            blocks, total=-(-settings.people // BLOCK), desc="simulate", unit="block"
        ):
            for name in _SCHEMAS:
                frame = getattr(tables, name)
                writers[name].write_table(
                    pa.Table.from_pandas(frame, schema=_SCHEMAS[name], preserve_index=False)
                )
                rows[name] += len(frame)
    finally:
        for writer in writers.values():
            writer.close()
    description = SourceDescription("simulator", True, rows, settings.until, "mx")
    description.write(target)
    return description


def acquire_files(
    path: str, target: Path, *, observed_until: date | None, economy: Literal["auto", "mx", "none"]
) -> SourceDescription:
    """Copy a folder of tables into ``target`` as Parquet, values as they came.

    Without ``observed_until``, observation ends on the latest date in the tables. ``economy``
    'auto' means Mexican statistics apply when any spell names a state.

    Raises:
        SourceError: the folder or a table is missing, cannot be read, or lacks a column.
    """
    target.mkdir(parents=True, exist_ok=True)
    tables: dict[str, pd.DataFrame] = {}
    for name in _SCHEMAS:
        frame = _read_table(path, name)
        if frame is None:
            if name != "loans":
                raise SourceError(f"{path}: has no {name}.csv and no {name}.parquet")
            continue
        check_columns(name, list(frame.columns))
        tables[name] = frame
        pq.write_table(
            pa.Table.from_pandas(frame, preserve_index=False), target / f"{name}.parquet"
        )
    spells = tables["spells"]
    if economy == "auto":
        economy = "mx" if "state" in spells and spells["state"].notna().any() else "none"
    description = SourceDescription(
        kind="files",
        synthetic=False,
        rows={name: len(frame) for name, frame in tables.items()},
        observed_until=observed_until or _latest_date(path, tables),
        economy=economy,
    )
    description.write(target)
    return description


def read_people(directory: Path, size: int = 20_000) -> Iterator[Chunk]:
    """Validated people with their spells and loans, ``size`` people at a time.

    A row of spells or loans whose person is not among the valid people is a reject; so is the
    second row of a ``person_id``. The last chunk may hold only rejects.
    """
    tables = {
        name: pq.read_table(directory / f"{name}.parquet")
        for name in _SCHEMAS
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
        for row in checked.rows:
            if row.person_id in seen:
                chunk.rejects.append(
                    Reject("people", 0, "person_id", "stands in one row only", row.person_id)
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
        for spell in spells.rows:
            if (person := by_id.get(spell.person_id)) is not None:
                person.spells.append(spell)
            else:
                chunk.rejects.append(_lost(name, spell.person_id))
    else:
        loans = check_rows(name, LoanRow, records, numbers)
        chunk.rejects.extend(loans.rejects)
        for loan in loans.rows:
            if (person := by_id.get(loan.person_id)) is not None:
                person.loans.append(loan)
            else:
                chunk.rejects.append(_lost(name, loan.person_id))


def _lost(table: str, person_id: str) -> Reject:
    return Reject(table, 0, "person_id", "its row in people is valid", person_id)


def _owner_rows(ids: pa.ChunkedArray, table: pa.Table) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Row in people of each row's person, -1 where there is none."""
    owners = pc.index_in(pc.cast(table["person_id"], pa.string()), value_set=ids.combine_chunks())
    return np.asarray(pc.fill_null(owners, -1).to_numpy(), dtype=np.int64)


def _read_table(path: str, name: str) -> pd.DataFrame | None:
    try:
        files, root = fsspec.core.url_to_fs(path)
        if not files.isdir(root):
            raise SourceError(f"source.path: got {path}; allowed: a folder of tables")
        parquet, csv = f"{root}/{name}.parquet", f"{root}/{name}.csv"
        if files.exists(parquet):
            with files.open(parquet, "rb") as stream:
                return pd.read_parquet(stream)
        if files.exists(csv):
            with files.open(csv, "rb") as stream:
                return pd.read_csv(stream, dtype=str, keep_default_na=False, na_values=[""])
    except (OSError, ImportError, ValueError) as error:
        raise SourceError(f"{path}: {name} cannot be read: {error}") from error
    return None


def _latest_date(path: str, tables: dict[str, pd.DataFrame]) -> date:
    latest = [
        pd.to_datetime(tables[name][column], errors="coerce", format="ISO8601").max()
        for name, columns in _DATE_COLUMNS.items()
        if name in tables
        for column in columns
        if column in tables[name]
    ]
    known = [day for day in latest if not pd.isna(day)]
    if not known:
        raise SourceError(f"{path}: no date can be read in spells")
    return max(known).date()
