"""What is asked of kept decisions."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Select, select

from api.store.ids import first_id_at
from api.store.records import DecisionFilter, DecisionRecord
from api.store.rows import BLOBS, SHORT, record
from api.store.tables import decisions, reviews

_WITH_FACTS = (*SHORT, decisions.c.facts)
_EQUAL = ("owner", "outcome", "grade", "segment", "reference")


def find(connection: Connection, record_id: UUID, owner: str | None) -> DecisionRecord | None:
    """A decision with all that is known of it; None when it is not there, or another owner's."""
    query = select(*SHORT, *BLOBS).where(decisions.c.id == record_id)
    if owner is not None:
        query = query.where(decisions.c.owner == owner)
    row = connection.execute(query).one_or_none()
    return None if row is None else record(row)


def page(
    connection: Connection,
    wanted: DecisionFilter,
    *,
    limit: int,
    after: UUID | None,
    facts: bool = False,
) -> list[DecisionRecord]:
    """Decisions, newest first, from the one that follows ``after``; of the blobs at most facts."""
    query = _matching(_WITH_FACTS if facts else SHORT, wanted).order_by(decisions.c.id.desc())
    if after is not None:
        query = query.where(decisions.c.id < after)
    return [record(row) for row in connection.execute(query.limit(limit))]


def _matching(columns: Sequence[ColumnElement[Any]], wanted: DecisionFilter) -> Select[Any]:
    table = decisions.c
    query = select(*columns).where(
        *(table[name] == value for name in _EQUAL if (value := getattr(wanted, name)) is not None)
    )
    # Ids hold the time to the microsecond, so that one index serves period and order.
    if wanted.since is not None:
        query = query.where(table.id >= first_id_at(wanted.since))
    if wanted.until is not None:
        query = query.where(table.id < first_id_at(wanted.until))
    if wanted.awaiting_review:
        settled = select(reviews.c.id).where(reviews.c.decision_id == table.id).exists()
        query = query.where(table.outcome == "refer", ~settled)
    return query
