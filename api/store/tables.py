"""The tables, as every query sees them; a new file of SQLite gets these, other databases migrate.

Money is in MXN, scores in points, ``pd`` a fraction. The three large columns of a decision come
last, so that SQLite reads the others without them.
"""

from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    Uuid,
)

metadata = MetaData()


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: UTC in the database, with its offset outside, on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC; a moment without an offset is refused, for nobody knows what it means."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"got {value} without an offset; allowed: a moment with one")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """With the offset of UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Codes(TypeDecorator[tuple[str, ...]]):
    """Several codes in one column, as a JSON list."""

    impl = Text()
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        """The list as JSON."""
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        """The codes in their order."""
        return None if value is None else tuple(orjson.loads(value))


decisions = Table(
    "decisions",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("decided_at", UtcDateTime(), nullable=False),
    Column("owner", Text(), nullable=False),
    Column("reference", Text()),
    Column("curp_hash", Text()),
    Column("idempotency_key", Text()),
    Column("fingerprint", Text()),
    Column("as_of", Date(), nullable=False),
    Column("outcome", Text(), nullable=False),
    Column("final_score", Integer(), nullable=False),
    Column("income_score", Integer(), nullable=False),
    Column("grade", Text()),
    Column("pd", Double()),
    Column("segment", Text(), nullable=False),
    Column("product", Text(), nullable=False),
    Column("amount_asked", Double(), nullable=False),
    Column("amount_offered", Double()),
    Column("term_months", Integer(), nullable=False),
    Column("model_version", Text(), nullable=False),
    Column("policy_version", Text(), nullable=False),
    Column("policy_digest", Text(), nullable=False),
    Column("rules", Codes(), nullable=False),
    Column("erased_at", UtcDateTime()),
    Column("shadow_model_version", Text()),
    Column("shadow_outcome", Text()),
    Column("shadow_final_score", Integer()),
    Column("shadow_income_score", Integer()),
    Column("shadow_pd", Double()),
    Column("shadow_grade", Text()),
    Column("inputs", LargeBinary()),
    Column("facts", LargeBinary()),
    Column("answer", LargeBinary()),
)
# PostgreSQL's indexes are partial too, by the migrations: to say so here would load its dialect.
Index("decisions_by_owner", decisions.c.owner, decisions.c.id)
Index("decisions_by_outcome", decisions.c.outcome, decisions.c.id)
Index(
    "decisions_by_reference",
    decisions.c.reference,
    decisions.c.id,
    sqlite_where=decisions.c.reference.is_not(None),
)
Index(
    "decisions_by_idempotency_key",
    decisions.c.owner,
    decisions.c.idempotency_key,
    unique=True,
    sqlite_where=decisions.c.idempotency_key.is_not(None),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("decision_id", Uuid(), ForeignKey("decisions.id"), nullable=False),
    Column("at", UtcDateTime(), nullable=False),
    Column("by", Text(), nullable=False),
    Column("outcome", Text(), nullable=False),
    Column("note", Text(), nullable=False),
)
Index("reviews_by_decision", reviews.c.decision_id)

loan_outcomes = Table(
    "loan_outcomes",
    metadata,
    Column("id", Uuid(), primary_key=True),
    Column("decision_id", Uuid(), ForeignKey("decisions.id"), nullable=False),
    Column("at", UtcDateTime(), nullable=False),
    Column("by", Text(), nullable=False),
    Column("observed_on", Date(), nullable=False),
    Column("granted_on", Date()),
    Column("amount", Double()),
    Column("max_days_past_due", Integer(), nullable=False),
    Column("default_12m", Boolean()),
)
Index("loan_outcomes_by_decision", loan_outcomes.c.decision_id)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text(), primary_key=True),
    Column("name", Text(), nullable=False),
    Column("role", Text(), nullable=False),
    Column("secret_hash", Text(), nullable=False),
    Column("created_at", UtcDateTime(), nullable=False),
    Column("revoked_at", UtcDateTime()),
)

artifact_files = Table(
    "artifact_files",
    metadata,
    Column("kind", Text(), primary_key=True),
    Column("version", Text(), primary_key=True),
    Column("name", Text(), primary_key=True),
    Column("content", LargeBinary(), nullable=False),
)
