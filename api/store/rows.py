"""Decisions as rows of their table, and back."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Dialect, LargeBinary, Row

from api.store.records import DecisionRecord, Shadow
from api.store.tables import decisions

BLOBS = (decisions.c.inputs, decisions.c.facts, decisions.c.answer)
SHORT = tuple(column for column in decisions.c if column not in set(BLOBS))
"""Every column but the three large ones."""

_PREFIX = "shadow_"
_SHADOW = tuple(c.name.removeprefix(_PREFIX) for c in SHORT if c.name.startswith(_PREFIX))
_OWN = tuple(c.name for c in SHORT if not c.name.startswith(_PREFIX))
_own_values = attrgetter(*_OWN)
_shadow_values = attrgetter(*_SHADOW)
_blobs = attrgetter(*(column.name for column in BLOBS))
_NO_SHADOW = (None,) * len(_SHADOW)


class RowMaker:
    """Makes rows as a driver takes them, in the order of ``decisions.c``.

    The types of the columns say how, as they do for SQLAlchemy's own inserts, which would cost more
    than all else that is done for a decision.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._converted = [
            (place, convert)
            for place, column in enumerate(decisions.c)
            if not isinstance(column.type, LargeBinary)
            and (convert := column.type.dialect_impl(dialect).bind_processor(dialect))
        ]

    def row(self, record: DecisionRecord) -> Sequence[Any]:
        """The values of one row."""
        shadow = _NO_SHADOW if record.shadow is None else _shadow_values(record.shadow)
        values = [*_own_values(record), *shadow, *_blobs(record)]
        for place, convert in self._converted:
            values[place] = convert(values[place])
        return values


def record(row: Row[*tuple[Any, ...]]) -> DecisionRecord:
    """A decision from the short columns, and those of the large ones that were read."""
    found = row._mapping
    shadow = None
    if found[_PREFIX + "model_version"] is not None:
        shadow = Shadow(**{name: found[_PREFIX + name] for name in _SHADOW})
    values: dict[str, Any] = {name: found[name] for name in _OWN}
    values |= {column.name: found.get(column.name) for column in BLOBS}
    return DecisionRecord(**values, shadow=shadow)
