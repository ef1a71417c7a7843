"""Personal data taken out of decisions; what remains says what was decided, not on whom.

Remain: id, times, owner, scores, outcome, amounts, rules, versions, and the idempotency key, by which
a late retry is still recognised. The notes of reviews are emptied, for they are free text.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, func, literal, select, update

from api.store.engine import transaction
from api.store.ids import first_id_at
from api.store.tables import UtcDateTime, decisions, reviews

CHUNK = 200
"""Decisions erased in one transaction, so that those being made do not wait for long."""

_ERASED = dict.fromkeys(("inputs", "facts", "answer", "fingerprint", "curp_hash", "reference"))


def of_reference(connection: Connection, reference: str, owner: str | None) -> list[UUID]:
    """The next few decisions on a partner's reference; none when all are erased."""
    query = select(decisions.c.id).where(decisions.c.reference == reference)
    if owner is not None:
        query = query.where(decisions.c.owner == owner)
    return list(connection.scalars(query.limit(CHUNK)))


def older_than(connection: Connection, moment: datetime, after: UUID | None) -> list[UUID]:
    """The next few decisions made before a moment that are not erased yet, oldest first."""
    query = select(decisions.c.id).where(
        decisions.c.id < first_id_at(moment), decisions.c.erased_at.is_(None)
    )
    if after is not None:
        query = query.where(decisions.c.id > after)
    return list(connection.scalars(query.order_by(decisions.c.id).limit(CHUNK)))


def erase(connection: Connection, ids: list[UUID], at: datetime) -> int:
    """Erase decisions, and return how many; one that was erased before keeps its moment."""
    first = func.coalesce(decisions.c.erased_at, literal(at, UtcDateTime()))
    with transaction(connection):
        connection.execute(update(reviews).where(reviews.c.decision_id.in_(ids)).values(note=""))
        return connection.execute(
            update(decisions).where(decisions.c.id.in_(ids)).values(**_ERASED, erased_at=first)
        ).rowcount


def forget_log(connection: Connection) -> None:
    """Empty SQLite's log, which holds what was erased until it is written over."""
    if connection.dialect.name == "sqlite":
        with connection.begin():
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
