"""What a cell says: numbers with signs of money, dates as people write them, choices by name."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache

from frontend.portfolio.columns import Column, normal
from frontend.portfolio.states import STATES
from frontend.schema import Field

Value = str | int | float | None
_NOTHING = {"", "na", "nan", "null", "none", "sindato", "unknown", "nd", "sd"}
_SIGNS = re.compile(r"[$\s]|mxn|pesos", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_WHOLE = re.compile(r"(?<=\d)\.0+$")
"""What some programs write after a whole number."""
_SHORTEST = 4
"""Letters of a part of a name, at least, that may stand for the whole."""
_ALSO = {"distritofederal": "09", "df": "09", "estadodemexico": "15", "edomex": "15"}


def value_of(column: Column, text: str) -> Value:
    """A cell as the service takes it; what is not understood is left for the service to refuse."""
    return _reader(column.field.kind)(column.field, text)


def _reader(kind: str) -> Callable[[Field, str], Value]:
    readers: Mapping[str, Callable[[Field, str], Value]] = {
        "number": _number,
        "integer": _number,
        "choice": _choice,
        "date": _date,
    }
    return readers.get(kind, _text)


def _number(field: Field, text: str) -> Value:
    """Commas stand between thousands; a decimal comma is not guessed at."""
    bare = _SIGNS.sub("", text)
    if _GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    if not _NUMBER.fullmatch(bare):
        return None if normal(text) in _NOTHING else text
    number = float(bare)
    return int(number) if number.is_integer() else number


def _choice(field: Field, text: str) -> Value:
    """By key, by name in either language, or by a part of a name that only one has."""
    name = normal(_WHOLE.sub("", text))
    if name in _NOTHING:
        return None
    names = _names(
        field.name, tuple((key, *named.values()) for key, named in field.choices.items())
    )
    if name in names:
        return names[name]
    found = {key for known, key in names.items() if name in known} if len(name) >= _SHORTEST else ()
    return next(iter(found)) if len(found) == 1 else text


@cache
def _names(field: str, choices: tuple[tuple[str, ...], ...]) -> dict[str, str]:
    """Key of a choice by every name it goes by."""
    names: dict[str, str] = {}
    for key, *titles in choices:
        for title in (key, key.lstrip("0") or key, *titles):
            names[normal(title)] = key
    if field == "state":
        names |= {normal(tile.short): key for key, tile in STATES.items()} | _ALSO
    return names


def _date(field: Field, text: str) -> Value:
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = map(int, found.groups())
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            return text
    return None if normal(text) in _NOTHING else text


def _text(field: Field, text: str) -> Value:
    return text or None
