"""What the database holds beside what the client saw."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, NullPool, create_engine, distinct, func, select, text

from api.keyring import LOCAL
from api.store.engine import parse_url
from api.store.tables import decisions
from api.wire.score import ScoreRequest
from utilities.soak_trials.ledger import Ledger, digest
from utilities.soak_trials.report import Report

_CHUNK = 1000
_SAME = ("outcome", "final_score", "income_score", "grade", "pd")


@dataclass
class Audit:
    """Decisions counted.

    Attributes:
        stored: decisions in the database.
        lost: answered, and not there.
        different: there with another answer than the client has.
        half_written: something of them is missing, unreadable, or not of one piece.
        unanswered: there, and not answered so far.
        early: made before the moment that was asked about.
    """

    stored: int = 0
    lost: int = 0
    different: int = 0
    half_written: int = 0
    unanswered: int = 0
    early: int = 0

    def enter(self, report: Report) -> None:
        """Add the counts to a report, and state what must not be."""
        for item in fields(self)[:4]:
            name, count = item.name.replace("_", " "), getattr(self, item.name)
            report.add(name, count)
            if name != "stored":
                report.promise(not count, f"{count} decisions: {name}")


def audit(url: str, ledger: Ledger, part: str, *, before: datetime | None = None) -> Audit:
    """Compare the decisions whose keys begin with ``part`` with what was answered.

    Args:
        part: the ledger's prefix, or what ``Ledger.ask`` returned.
        before: decisions that were made earlier are counted as ``early``.
    """
    found = Audit()
    missing = {key for key in ledger.answers if key.startswith(f"{part}-")}
    key = decisions.c.idempotency_key
    query = select(decisions).where(
        decisions.c.owner == LOCAL.id, key > f"{part}-", key < f"{part}."
    )
    with _connected(url) as connection:
        for row in connection.execution_options(yield_per=_CHUNK).execute(query).mappings():
            found.stored += 1
            answered = ledger.answers.get(row["idempotency_key"])
            found.unanswered += answered is None
            missing.discard(row["idempotency_key"])
            if before is not None and row["decided_at"] < before:
                found.early += 1
            try:
                check_row(row, ledger.body(row["idempotency_key"]))
            except (ValueError, KeyError, TypeError):
                found.half_written += 1
            else:
                found.different += answered is not None and digest(row["answer"]) != answered
    found.lost = len(missing)
    return found


def check_row(row: Any, sent: bytes) -> None:
    """Refuse a row that is not whole.

    Raises:
        ValueError: a part is missing, is not JSON, or does not agree with another.
        KeyError: the answer or the facts lack something.
        TypeError: a part is empty.
    """
    answer, facts = orjson.loads(row["answer"]), orjson.loads(row["facts"])
    ScoreRequest.model_validate_json(row["inputs"])
    versions = answer["versions"]
    pairs = [(row[name], answer[name]) for name in _SAME]
    pairs += [
        (row["inputs"], sent),
        (str(row["id"]), answer["id"]),
        (row["decided_at"], datetime.fromisoformat(answer["decided_at"])),
        (row["model_version"], versions["model"]),
        (row["policy_version"], versions["policy"]),
        (row["policy_digest"], versions["policy_digest"]),
        (row["segment"], answer["segment"]["code"]),
        (facts["income_band"], answer["income_band"]),
    ]
    if any(left != right for left, right in pairs) or not facts["features"] or not facts["points"]:
        raise ValueError(f"decision {row['id']}: its parts do not agree")


def check_whole(url: str, answered: int, report: Report) -> None:
    """Count everything in a database: as many decisions as answers, each key once, all sound."""
    key = decisions.c.idempotency_key
    with _connected(url) as connection:
        rows, keys = connection.execute(select(func.count(), func.count(distinct(key)))).one()
        sound = True
        if connection.dialect.name == "sqlite":
            sound = connection.scalar(text("PRAGMA integrity_check")) == "ok"
    report.add("twice", rows - keys)
    report.promise(rows == keys, f"{rows} decisions with {keys} idempotency keys")
    report.promise(rows == answered, f"{rows} decisions in the database, {answered} answered")
    report.promise(sound, "SQLite finds the file damaged")


@contextmanager
def _connected(url: str) -> Iterator[Connection]:
    engine = create_engine(parse_url(url), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
