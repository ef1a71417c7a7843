"""Decisions put into the database: all new ones, and none twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from uuid import UUID

from sqlalchemy import Connection, Dialect, select

from api.store.engine import transaction
from api.store.errors import IdempotencyConflictError, StoreError
from api.store.records import DecisionRecord
from api.store.rows import RowMaker
from api.store.tables import decisions

_ROWS = 64
"""Of one statement on SQLite, which takes 32,766 values and keeps a few hundred statements."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A decision that is durable.

    Attributes:
        record_id: of the decision that holds: with an idempotency key, the first of that key.
        answer: its answer, byte for byte; None when it was erased since.
        repeated: it is an earlier decision, and nothing was added.
    """

    record_id: UUID
    answer: bytes | None
    repeated: bool


Result = Kept | StoreError
"""What became of one decision; an error stands for its item alone."""


class Additions:
    """Inserts decisions whose id and idempotency key are new, and answers for the others.

    One statement inserts many rows: on SQLite because each step of a statement gives the
    interpreter away, and a busy event loop takes 5 ms to give it back; on PostgreSQL because it is
    one round trip. What conflicts is left out by the database itself, which holds across processes
    and also when it is unknown whether an earlier try was committed.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._rows = RowMaker(dialect)
        self._insert = self._insert_values
        if dialect.name == "postgresql":
            arrays = [f"%b::{column.type.compile(dialect)}[]" for column in decisions.c]
            self._arrays = _insert(f"SELECT * FROM unnest({', '.join(arrays)})")  # noqa: S608
            self._insert = self._insert_arrays

    def keep(self, connection: Connection, records: Sequence[DecisionRecord]) -> list[Result]:
        """Insert decisions in one transaction; they are durable when this returns."""
        # In an order that every process takes, two of them cannot wait for each other.
        ordered = sorted(records, key=lambda record: (record.owner, record.idempotency_key or ""))
        if self._insert(connection, ordered) == len(records):
            return [Kept(record.id, record.answer, repeated=False) for record in records]
        with connection.begin():
            return _compared(connection, records)

    def _insert_arrays(self, connection: Connection, records: Sequence[DecisionRecord]) -> int:
        columns = zip(*map(self._rows.row, records), strict=True)
        with connection.begin():
            return connection.exec_driver_sql(self._arrays, tuple(map(list, columns))).rowcount

    def _insert_values(self, connection: Connection, records: Sequence[DecisionRecord]) -> int:
        parts = [records[start : start + _ROWS] for start in range(0, len(records), _ROWS)]
        # A lone statement needs no BEGIN and COMMIT beside it.
        with connection.begin() if len(parts) == 1 else transaction(connection):
            return sum(
                connection.exec_driver_sql(
                    _values(len(part)), tuple(chain.from_iterable(map(self._rows.row, part)))
                ).rowcount
                for part in parts
            )


def _compared(connection: Connection, records: Sequence[DecisionRecord]) -> list[Result]:
    """What became of decisions of which some were there before."""
    table = decisions.c
    there = set(connection.scalars(select(table.id).where(table.id.in_([r.id for r in records]))))
    # Both columns by themselves, which finds a little more, for SQLite knows no index for pairs.
    keys = {(r.owner, r.idempotency_key) for r in records if r.idempotency_key is not None}
    columns = (table.owner, table.idempotency_key, table.id, table.fingerprint, table.answer)
    found = connection.execute(
        select(*columns).where(
            table.owner.in_({owner for owner, _ in keys}),
            table.idempotency_key.in_({key for _, key in keys}),
        )
    )
    earlier = {(row.owner, row.idempotency_key): row for row in found}
    results: list[Result] = []
    for record in records:
        if record.id in there:
            results.append(Kept(record.id, record.answer, repeated=False))
            continue
        first = earlier[record.owner, record.idempotency_key]
        if first.fingerprint in (None, record.fingerprint):
            results.append(Kept(first.id, first.answer, repeated=True))
        else:
            results.append(IdempotencyConflictError("the idempotency key has another request"))
    return results


@cache
def _values(rows: int) -> str:
    row = f"({', '.join('?' * len(decisions.c))})"
    return _insert(f"VALUES {', '.join([row] * rows)}")


def _insert(source: str) -> str:
    names = ", ".join(f'"{column.name}"' for column in decisions.c)
    return f"INSERT INTO decisions ({names}) {source} ON CONFLICT DO NOTHING"
