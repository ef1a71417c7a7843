"""Records as small as a test wants them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine

from api.store.ids import uuid7
from api.store.records import DecisionRecord, LoanOutcome, Review, Shadow

NOON = datetime(2026, 11, 20, 12, 0, 0, 123457, tzinfo=UTC)
SHADOW = Shadow("b" * 12, "decline", 480, 500, 0.1 + 0.2, None)


def decision(at: datetime | None = None, **changes: Any) -> DecisionRecord:
    at = at or datetime.now(UTC)
    values: dict[str, Any] = {
        "id": uuid7(at),
        "decided_at": at,
        "owner": "partner",
        "reference": None,
        "curp_hash": None,
        "idempotency_key": None,
        "fingerprint": None,
        "as_of": date(2026, 11, 20),
        "outcome": "approve",
        "final_score": 650,
        "income_score": 640,
        "grade": "B",
        "pd": 0.1 + 0.7,
        "segment": "C",
        "product": "payroll",
        "amount_asked": 60000.0,
        "amount_offered": 59999.99,
        "term_months": 24,
        "model_version": "a" * 12,
        "policy_version": "2026.1",
        "policy_digest": "d" * 64,
        "rules": (),
        "inputs": b'{"profile": "\xc3\xb1"}',
        "facts": b'{"features": {}}',
        "answer": b'{"outcome": "approve"}',
    }
    return DecisionRecord(**values | changes)


def keyed(key: str, **changes: Any) -> DecisionRecord:
    return decision(**{"idempotency_key": key, "fingerprint": "f" * 64} | changes)


def review(of: DecisionRecord, **changes: Any) -> Review:
    values: dict[str, Any] = {
        "id": uuid7(NOON),
        "decision_id": of.id,
        "at": NOON,
        "by": "analyst",
        "outcome": "approve",
        "note": "payslips seen",
    }
    return Review(**values | changes)


def loan_outcome(of: DecisionRecord, **changes: Any) -> LoanOutcome:
    values: dict[str, Any] = {
        "id": uuid7(NOON),
        "decision_id": of.id,
        "at": NOON,
        "by": "partner",
        "observed_on": date(2026, 12, 31),
        "granted_on": None,
        "amount": 1234.56,
        "max_days_past_due": 31,
        "default_12m": None,
    }
    return LoanOutcome(**values | changes)


def by_another_connection(url: str, work: Callable[[Connection], Any]) -> Any:
    """What somebody else sees, or does, in the database."""
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        return work(connection)


def count(url: str) -> int:
    """Decisions that are committed."""
    return by_another_connection(
        url, lambda c: c.exec_driver_sql("SELECT count(*) FROM decisions").scalar_one()
    )
