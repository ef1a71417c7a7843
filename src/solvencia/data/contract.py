"""The contract of a data set: which columns of a file a model may learn from, and what they mean.

One YAML file a data set. Every column of the file is accounted for: learnt from, predicted, read as
the date, or excluded with the reason. Nothing is computed from text: a derived column is one of the
few operations in ``OPERATIONS`` over declared numbers.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from solvencia.domain.characteristic import Characteristic
from solvencia.domain.errors import SourceError

Floats = NDArray[np.float64]
Codes = Annotated[tuple[str, ...], Field(min_length=1)]


def _ratio(parts: list[Floats]) -> Floats:
    above, below = parts
    return np.asarray(np.divide(above, below, out=np.full(len(above), np.nan), where=below != 0))


OPERATIONS: Mapping[str, Callable[[list[Floats]], Floats]] = {
    "ratio": _ratio,
    "difference": lambda parts: parts[0] - parts[1],
    "sum": lambda parts: np.sum(parts, axis=0),
    "highest": lambda parts: reduce(np.maximum, parts),
    "lowest": lambda parts: reduce(np.minimum, parts),
    "first_known": lambda parts: reduce(lambda a, b: np.where(np.isnan(a), b, a), parts),
}
"""What a derived column may be. Missing where a part is missing (``first_known``: where all are)
and where a ratio would divide by zero."""

_TWO_PARTS = ("ratio", "difference")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Target(_Part):
    """The column predicted: cells that mean bad (1) and cells that mean good (0)."""

    column: str
    bad: Codes
    good: Codes


class DateSplit(_Part):
    """The column that dates a row: earlier rows than ``test_from`` train, the others test."""

    column: str
    format: str
    test_from: date


class Column(_Part):
    """One column: a number, or a category when it has levels.

    Attributes:
        title: what people call it; empty takes the column's name.
        unit: of a number.
        direction: how P(bad) moves as the value grows: +1 never falls, -1 never rises, 0 free.
        levels: level names, each with the cells that mean it, in order when ``ordered``.
        missing: cells that mean missing, besides the contract's own.
        other_is_missing: whether a cell outside the levels counts as missing, or is an error.
        learn: false for a column that only derived columns are made of.
    """

    title: str = ""
    unit: str = ""
    direction: Annotated[int, Field(ge=-1, le=1)] = 0
    levels: dict[str, Codes] = Field(default_factory=dict)
    ordered: bool = False
    missing: tuple[str, ...] = ()
    other_is_missing: bool = False
    learn: bool = True

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        codes = [code for cells in self.levels.values() for code in cells]
        if repeated := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"levels: {repeated[0]!r} means two levels")
        if not self.levels and (self.ordered or self.other_is_missing):
            raise ValueError("ordered and other_is_missing: a number has no levels")
        if self.levels and not self.ordered and self.direction:
            raise ValueError(
                f"direction: got {self.direction}; allowed: 0, its levels have no order"
            )
        if self.levels and not self.learn:
            raise ValueError("learn: got false; allowed: true, nothing is derived from a category")
        return self


class Derived(_Part):
    """A number made from others: exactly one operation over names declared above it."""

    title: str = ""
    unit: str = ""
    direction: Annotated[int, Field(ge=-1, le=1)] = 0
    ratio: tuple[str, ...] = ()
    difference: tuple[str, ...] = ()
    sum: tuple[str, ...] = ()
    highest: tuple[str, ...] = ()
    lowest: tuple[str, ...] = ()
    first_known: tuple[str, ...] = ()

    @property
    def operation(self) -> str:
        """Which of ``OPERATIONS`` it is."""
        return next(name for name in OPERATIONS if getattr(self, name))

    @property
    def parts(self) -> tuple[str, ...]:
        """The numbers it is made from."""
        return tuple(getattr(self, self.operation))

    @model_validator(mode="after")
    def _is_one_operation(self) -> Self:
        named = [name for name in OPERATIONS if getattr(self, name)]
        if len(named) != 1:
            raise ValueError(f"got {named or 'no operation'}; allowed: one of {[*OPERATIONS]}")
        if len(self.parts) < 2 or (self.operation in _TWO_PARTS and len(self.parts) > 2):
            allowed = "two names" if self.operation in _TWO_PARTS else "two names or more"
            raise ValueError(f"{self.operation}: got {[*self.parts]}; allowed: {allowed}")
        return self


class Contract(_Part):
    """What a model may learn from one file, and what it predicts.

    Attributes:
        file: CSV with a header line, relative to the folder of the data.
        note: what a reader of the figures must know.
        missing: cells that mean missing in every column.
        columns: by name in the file; ``derived``: by a name of their own.
        excluded: every other column of the file, with the reason.
    """

    name: str
    title: str
    file: str
    note: str = ""
    target: Target
    date: DateSplit | None = None
    missing: tuple[str, ...] = ("",)
    columns: Annotated[dict[str, Column], Field(min_length=1)]
    derived: dict[str, Derived] = Field(default_factory=dict)
    excluded: dict[str, Annotated[str, Field(min_length=3)]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        both = set(self.target.bad) & set(self.target.good)
        if both:
            raise ValueError(f"target: {sorted(both)[0]!r} means both bad and good")
        if self.date and self.date.column in self.columns:
            raise ValueError(f"columns.{self.date.column}: it is the date")
        if self.target.column in self.columns:
            raise ValueError(f"columns.{self.target.column}: it is the target")
        for name in self.columns:
            if name in self.excluded:
                raise ValueError(f"columns.{name}: it is excluded: {self.excluded[name]}")
        numbers = {name for name, column in self.columns.items() if not column.levels}
        for name, item in self.derived.items():
            if name in {*self.columns, *self.excluded, self.target.column}:
                raise ValueError(f"derived.{name}: the file has a column of that name")
            if unknown := [part for part in item.parts if part not in numbers]:
                raise ValueError(
                    f"derived.{name}: got {unknown[0]!r}; allowed: a number declared above it"
                )
            numbers.add(name)
        return self

    def characteristics(self) -> tuple[Characteristic, ...]:
        """The inputs of a model, columns first, in the order they are declared."""
        columns = [
            Characteristic(
                name,
                column.title or name,
                column.unit,
                tuple(column.levels),
                column.ordered,
                column.direction,
            )
            for name, column in self.columns.items()
            if column.learn
        ]
        derived = [
            Characteristic(name, item.title or name, item.unit, direction=item.direction)
            for name, item in self.derived.items()
        ]
        return (*columns, *derived)


@dataclass(frozen=True)
class Dataset:
    """A data set as its contract reads it; n rows in the order of the file.

    Attributes:
        characteristics: the inputs, directions for P(bad).
        columns: by name, shape (n,): float64 with NaN for missing, or level names with None.
        target: 1.0 bad, 0.0 good; shape (n,).
        days: day of each row, datetime64[D], shape (n,); None without a date.
        test_from: first day that tests; None without a date.
    """

    name: str
    title: str
    characteristics: tuple[Characteristic, ...]
    columns: dict[str, NDArray[Any]]
    target: Floats
    days: NDArray[np.datetime64] | None = None
    test_from: date | None = None


def read_contract(path: Path) -> Contract:
    """The contract in one YAML 1.2 file, read strictly.

    Raises:
        SourceError: the file is absent or no YAML, a key is unknown, repeated or of another type,
            or the contract contradicts itself; with file, key and what is allowed.

    >>> contract = read_contract(Path("dataset/contracts/german.yaml"))
    >>> contract.target.column, contract.target.bad
    ('creditability', ('bad',))
    """
    try:
        content = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        # Through JSON, because strict reading takes lists and days for what they are only there.
        return Contract.model_validate_json(json.dumps(content, default=str))
    except ValidationError as error:
        problems = "; ".join(_problem(item) for item in error.errors(include_url=False))
        raise SourceError(f"{path}: {problems}") from error
    except (OSError, YAMLError) as error:
        raise SourceError(f"{path}: the contract cannot be read: {error}") from error


def load_data(contract: Contract, root: Path) -> Dataset | None:
    """The data of one contract below ``root``, or None where its file is absent.

    Raises:
        SourceError: the file lacks a column or has one the contract does not account for, or a
            cell is not what it should be; with file, row (the first below the header is 1), column,
            value and what is allowed.
    """
    path = root / contract.file
    if not path.is_file():
        return None
    table = pd.read_csv(path, dtype=str, keep_default_na=False, na_filter=False)
    _check_columns(contract, list(table.columns), path)
    read: dict[str, NDArray[Any]] = {}
    for name, column in contract.columns.items():
        cells, missing = table[name], {*contract.missing, *column.missing}
        if column.levels:
            read[name] = _levels(cells, column, missing, path)
        else:
            read[name] = _numbers(cells, missing, path)
    for name, item in contract.derived.items():
        read[name] = OPERATIONS[item.operation]([read[part] for part in item.parts])
    characteristics = contract.characteristics()
    when = contract.date
    return Dataset(
        contract.name,
        contract.title,
        characteristics,
        {item.name: read[item.name] for item in characteristics},
        _target(table[contract.target.column], contract.target, path),
        _days(table[when.column], when.format, path) if when else None,
        when.test_from if when else None,
    )


def _problem(item: ErrorDetails) -> str:
    key = ".".join(str(part) for part in item["loc"])
    got = "" if isinstance(item["input"], dict) else f" (got {item['input']!r})"
    return f"{key + ': ' if key else ''}{item['msg']}{got}"


def _check_columns(contract: Contract, present: list[str], path: Path) -> None:
    used = {*contract.columns, contract.target.column}
    if contract.date:
        used.add(contract.date.column)
    if absent := sorted(used - set(present)):
        raise SourceError(f"{path}: has no column {absent[0]!r}; it has: {', '.join(present)}")
    if unknown := [name for name in present if name not in used | set(contract.excluded)]:
        raise SourceError(
            f"{path}: column {unknown[0]!r} is not in the contract {contract.name}; "
            "allowed: columns it uses or excludes with a reason"
        )


def _numbers(cells: "pd.Series[str]", missing: set[str], path: Path) -> Floats:
    known = ~cells.isin(missing)
    numbers = pd.to_numeric(cells.where(known), errors="coerce").to_numpy(np.float64)
    _refuse(cells, known.to_numpy() & ~np.isfinite(numbers), "a number", path)
    return numbers


def _levels(
    cells: "pd.Series[str]", column: Column, missing: set[str], path: Path
) -> NDArray[np.object_]:
    name_of: dict[str, str | None] = {
        code: name for name, codes in column.levels.items() for code in codes
    }
    if not column.other_is_missing:
        _refuse(cells, ~cells.isin({*missing, *name_of}).to_numpy(), ", ".join(name_of), path)
    return np.array([name_of.get(cell) for cell in cells], dtype=object)


def _target(cells: "pd.Series[str]", target: Target, path: Path) -> Floats:
    allowed = (*target.bad, *target.good)
    _refuse(cells, ~cells.isin(allowed).to_numpy(), ", ".join(allowed), path)
    return cells.isin(target.bad).to_numpy().astype(np.float64)


def _days(cells: "pd.Series[str]", form: str, path: Path) -> NDArray[np.datetime64]:
    days = pd.to_datetime(cells, format=form, errors="coerce")
    _refuse(cells, days.isna().to_numpy(), f"a day as {form}", path)
    return days.to_numpy().astype("datetime64[D]")


def _refuse(cells: "pd.Series[str]", wrong: NDArray[np.bool_], allowed: str, path: Path) -> None:
    if wrong.any():
        row = int(np.argmax(wrong))
        raise SourceError(
            f"{path}: row {row + 1}, column {cells.name}: got {cells.iloc[row]!r}; "
            f"allowed: {allowed} ({int(wrong.sum())} such cells)"
        )
