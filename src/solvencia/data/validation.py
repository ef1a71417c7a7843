"""Rows of a source checked against the applicant's own definition; bad ones go to a rejects table.

Bad rows never stop a run and never vanish: each is listed with table, row, field, rule and value.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError

from solvencia.domain.applicant import (
    BirthDate,
    ContributionWeeks,
    EducationField,
    EmploymentSpell,
    IndustryField,
    IsoDate,
    LoanRequest,
    State,
)
from solvencia.domain.errors import SourceError

_MAX_VALUE_LENGTH = 80


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


def _whole(value: Any) -> Any:
    """'24.0' is a whole number too: files often hold whole columns as decimals."""
    if isinstance(value, str) and value.endswith(".0"):
        return value[:-2]
    return value


def _key(width: int) -> Callable[[Any], Any]:
    """Keys that a file may hold as whole numbers, brought to their width."""
    return lambda value: str(value).zfill(width) if isinstance(value, int) else value


def _flag(value: Any) -> Any:
    """0 and 1 however a file writes them; anything else is left to be refused."""
    return {"0": 0, "1": 1, "0.0": 0, "1.0": 1}.get(str(value).strip(), value)


Identifier = Annotated[str, BeforeValidator(_text), Field(min_length=1, max_length=64)]


class PersonRow(BaseModel):
    """A row of ``people``. Sex is for audits only."""

    model_config = ConfigDict(frozen=True, allow_inf_nan=False)

    person_id: Identifier
    birth_date: BirthDate
    sex: Literal["H", "M", "X"] | None = None
    education: EducationField | None = None
    contribution_weeks: ContributionWeeks | None = None


class SpellRow(EmploymentSpell):
    """A row of ``spells``."""

    model_config = ConfigDict(extra="ignore")

    person_id: Identifier
    employer_id: Identifier
    state: Annotated[State, BeforeValidator(_key(2))] | None = None
    industry: Annotated[IndustryField, BeforeValidator(_key(1))] | None = None


class LoanRow(LoanRequest):
    """A row of ``loans``."""

    model_config = ConfigDict(extra="ignore")

    loan_id: Identifier
    person_id: Identifier
    term_months: Annotated[int, BeforeValidator(_whole), Field(ge=1, le=120)]
    granted_on: Annotated[IsoDate, Field(ge=date(1940, 1, 1), le=date(2100, 1, 1))]
    annual_rate: Annotated[float, Field(ge=0, le=3)]
    default_12m: Annotated[Literal[0, 1], BeforeValidator(_flag)]


ROWS: Mapping[str, type[BaseModel]] = {"people": PersonRow, "spells": SpellRow, "loans": LoanRow}
REQUIRED_COLUMNS: Mapping[str, tuple[str, ...]] = {
    name: tuple(field for field, info in model.model_fields.items() if info.is_required())
    for name, model in ROWS.items()
}

Row = TypeVar("Row", bound=BaseModel)


@dataclass(frozen=True)
class Reject:
    """One value that kept a row out. ``row`` counts from 1 in the table as it came."""

    table: str
    row: int
    field: str
    rule: str
    value: str


@dataclass
class Checked(Generic[Row]):
    """Rows that passed, with their numbers, and the rejects of the others."""

    rows: list[Row] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def check_columns(table: str, columns: Sequence[str]) -> None:
    """Refuse a table that lacks a required column.

    >>> check_columns("people", ["person_id"])
    Traceback (most recent call last):
    ...
    solvencia.domain.errors.SourceError: people: lacks the columns birth_date
    """
    if absent := [name for name in REQUIRED_COLUMNS[table] if name not in columns]:
        raise SourceError(f"{table}: lacks the columns {', '.join(absent)}")


def check_rows(
    table: str,
    model: type[Row],
    records: Sequence[Mapping[str, Any]],
    numbers: Sequence[int] | None = None,
) -> Checked[Row]:
    """Validate records of one table; None and absent keys mean unknown.

    ``numbers`` gives each record's row in the table as it came; by default they count from 1.

    >>> result = check_rows("people", PersonRow, [
    ...     {"person_id": "1", "birth_date": "1990-05-01"}, {"person_id": "2", "birth_date": "soon"}])
    >>> len(result.rows), result.rejects[0].row, result.rejects[0].field, result.rejects[0].value
    (1, 2, 'birth_date', 'soon')
    """
    numbers = list(numbers) if numbers is not None else list(range(1, len(records) + 1))
    adapter: TypeAdapter[list[Row]] = TypeAdapter(list[model])  # type: ignore[valid-type]
    try:
        return Checked(adapter.validate_python(records), numbers)
    except ValidationError as error:
        rejects = []
        bad: set[int] = set()
        for detail in error.errors(include_url=False):
            position, *place = detail["loc"]
            assert isinstance(position, int)
            bad.add(position)
            context = detail.get("ctx", {})
            name = ".".join(str(part) for part in place) or str(context.get("field", "row"))
            value = records[position].get(name, "")
            rejects.append(
                Reject(
                    table,
                    numbers[position],
                    name,
                    detail["msg"],
                    str(value)[:_MAX_VALUE_LENGTH],
                )
            )
        good = [position for position in range(len(records)) if position not in bad]
        return Checked(
            adapter.validate_python([records[position] for position in good]),
            [numbers[position] for position in good],
            rejects,
        )
