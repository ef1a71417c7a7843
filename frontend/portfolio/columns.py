"""The columns that a portfolio may have, and which column of a file is which of them."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from frontend.formats import plain
from frontend.schema import Field, request_part
from frontend.text import COPY, Language, say, unit_name

Place = Literal["", "profile", "loan"]
_OWN: tuple[tuple[str, Literal["text", "date"]], ...] = (
    ("reference", "text"),
    ("as_of", "date"),
    ("curp", "text"),
)
_ALSO = {
    "entidad": "state",
    "entidadfederativa": "state",
    "ingreso": "monthly_income",
    "monto": "amount",
    "plazo": "term_months",
    "salario": "monthly_income",
}
"""What columns are often called besides their titles."""
_FEW = 9
"""As many choices as are told one by one."""


@dataclass(frozen=True)
class Column:
    """One column: where its value stands in a request, and what it may hold."""

    place: Place
    field: Field

    @property
    def name(self) -> str:
        """The name of its field."""
        return self.field.name

    @property
    def required(self) -> bool:
        """Whether no row can be decided without it; a loan may be left out whole."""
        return self.field.required and self.place != "loan"

    @property
    def path(self) -> str:
        """Where the service finds it, such as ``profile.age``."""
        return f"{self.place}.{self.name}" if self.place else self.name


def columns_of(document: Mapping[str, Any]) -> tuple[Column, ...]:
    """All columns: the applicant's reference, the profile, the loan, and what else a row may say."""
    reference, *rest = (
        Column("", Field(name=name, kind=kind, title=_title(name), required=False))
        for name, kind in _OWN
    )
    profile = [Column("profile", item) for item in request_part(document, "profile").items]
    loan = [Column("loan", item) for item in request_part(document, "loan").items]
    return (reference, *profile, *loan, *rest)


def _title(name: str) -> dict[str, str]:
    return dict(COPY[f"portfolio.{name}"].items())


def heading(column: Column, language: Language) -> str:
    """Title of a column, with its unit."""
    title = column.field.title[language]
    unit = unit_name(column.field.unit, language)
    told = "(" in title or normal(unit) in normal(title)
    return title if told else f"{title} ({unit})"


def allowed(column: Column, language: Language) -> str:
    """What a column may hold, in words."""
    field = column.field
    if field.choices:
        names = [named[language] for named in field.choices.values()]
        if len(names) <= _FEW:
            return ", ".join(
                f"{key} ({name})" for key, name in zip(field.choices, names, strict=True)
            )
        keys = sorted(field.choices)
        return say("portfolio.allowed.keys", language, first=keys[0], last=keys[-1])
    if field.kind in ("number", "integer") and None not in (field.minimum, field.maximum):
        words = "whole" if field.kind == "integer" else "number"
        if field.exclusive_minimum:
            words += ".above"
        low, high = plain(field.minimum or 0), plain(field.maximum or 0)
        return say(f"portfolio.allowed.{words}", language, low=low, high=high)
    return say(f"portfolio.allowed.{column.name}", language)


def match(header: Sequence[str], columns: Iterable[Column]) -> dict[int, str]:
    """Name of the field by position in the header; the first of two alike has it."""
    known = dict(_ALSO)
    for column in columns:
        titles = [column.name, *column.field.title.values()]
        titles += [heading(column, language) for language in ("es", "en")]
        for title in titles:
            known.setdefault(normal(title), column.name)
    found: dict[int, str] = {}
    for position, title in enumerate(header):
        bare = re.sub(r"\(.*?\)", "", title)
        name = known.get(normal(title)) or known.get(normal(bare))
        if name is not None and name not in found.values():
            found[position] = name
    return found


def missing(mapping: Mapping[int, str], columns: Iterable[Column]) -> list[Column]:
    """Columns without which no row can be decided."""
    return [column for column in columns if column.required and column.name not in mapping.values()]


def normal(text: str) -> str:
    """Text without case, accents, spaces and signs.

    >>> normal("Meses_en el Empléo (actual)")
    'mesesenelempleoactual'
    """
    plain_text = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain_text if sign.isalnum())
