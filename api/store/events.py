"""What happened to a decision later: reviews and how the loan went; only ever added."""

from dataclasses import asdict, fields
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection, Table, select

from api.store.engine import add_once
from api.store.records import LoanOutcome, Review
from api.store.tables import loan_outcomes, reviews

Event = TypeVar("Event", Review, LoanOutcome)


def add_event(connection: Connection, event: Review | LoanOutcome) -> None:
    """Keep an event; one that is there already, by its id, stays as it is.

    Raises:
        IntegrityError: its decision is not there.
    """
    with connection.begin():
        add_once(connection, _table_of(type(event)), [asdict(event)])


def events(connection: Connection, kind: type[Event], decision_id: UUID) -> list[Event]:
    """The events of one decision, earliest first."""
    table = _table_of(kind)
    columns = [table.c[field.name] for field in fields(kind)]
    query = select(*columns).where(table.c.decision_id == decision_id)
    rows = connection.execute(query.order_by(table.c.at, table.c.id))
    return [kind(**row._mapping) for row in rows]


def _table_of(kind: type[Review] | type[LoanOutcome]) -> Table:
    return reviews if kind is Review else loan_outcomes
