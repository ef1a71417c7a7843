"""Acquires a source: simulates people, or copies a folder of tables, into Parquet.

A source is a folder, local or at any address fsspec knows (``gs://…``), with the tables ``people``,
``spells`` and perhaps ``loans`` as CSV or Parquet. Acquiring copies the rows as they are; checking
them is the work of ``sources``.
"""

import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import fsspec
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from tqdm import tqdm

from solvencia.data.simulator import BLOCK, SimulatorSettings, simulate
from solvencia.data.sources import SourceDescription
from solvencia.data.validation import check_columns
from solvencia.domain.errors import SourceError

_LAST_POSSIBLE = pd.Timestamp("2100-01-01")
_COMPANY = 20
_ALONE = pd.Timedelta(days=366)
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
class SourceSettings:
    """The ``source`` section of the parameters: where people come from."""

    kind: Literal["simulator", "files"]
    path: str
    people: int
    years: int
    until: date
    seed: int
    observed_until: date | None
    economy: Literal["auto", "mx", "none"]

    @property
    def simulator(self) -> SimulatorSettings | None:
        """The simulator's settings, when the source is the simulator."""
        if self.kind != "simulator":
            return None
        return SimulatorSettings(self.people, self.years, self.until, self.seed)


def acquire(settings: SourceSettings, reference_directory: Path, target: Path) -> SourceDescription:
    """Acquire the source that the settings name in place of what ``target`` held; say what it is."""
    shutil.rmtree(target, ignore_errors=True)
    if (simulator := settings.simulator) is not None:
        return acquire_simulated(simulator, reference_directory, target)
    return acquire_files(
        settings.path,
        target,
        observed_until=settings.observed_until,
        economy=settings.economy,
    )


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
    """The latest date in the tables, unless it stands alone far after the others."""
    columns = [
        pd.to_datetime(tables[name][column], errors="coerce", format="ISO8601")
        for name, columns in _DATE_COLUMNS.items()
        if name in tables
        for column in columns
        if column in tables[name]
    ]
    known = pd.concat(columns).dropna()
    known = known[known <= _LAST_POSSIBLE].sort_values(ascending=False)
    if known.empty:
        raise SourceError(f"{path}: no date can be read in spells")
    latest, company = known.iloc[0], known.iloc[min(_COMPANY, len(known) // 50)]
    if latest - company > _ALONE:
        raise SourceError(
            f"{path}: the latest date, {latest.date()}, stands alone (the next ones are about "
            f"{company.date()}); mend it, or say source.observed_until"
        )
    return latest.date()
