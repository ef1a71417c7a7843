"""Connections to SQLite or PostgreSQL that write durably and do not hang."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    NullPool,
    QueuePool,
    Table,
    create_engine,
    event,
    make_url,
)
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

READERS = 4
"""Connections, and threads, that read at the same time."""

_CONNECT_SECONDS = 2
_LOCK_MILLISECONDS = 1000
_READ_MILLISECONDS = 15_000
_MIGRATION_MILLISECONDS = 15_000

# A server that vanished without a word is noticed after some five seconds, in place of hours.
_POSTGRESQL = {
    "connect_timeout": _CONNECT_SECONDS,
    "keepalives": 1,
    "keepalives_idle": 3,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 5000,
    "application_name": "solvencia",
}
_POSTGRESQL_WRITER = (
    "SET default_transaction_isolation TO 'read committed'",
    f"SET lock_timeout TO {_LOCK_MILLISECONDS}",
    # An answer must survive a crash of the server, whatever its default is.
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') = 'off'",
)
_SQLITE_WRITER = (
    f"PRAGMA busy_timeout = {_LOCK_MILLISECONDS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # What is erased is overwritten, not only unlinked.
    "PRAGMA secure_delete = ON",
)
_SQLITE_READER = (f"PRAGMA busy_timeout = {_READ_MILLISECONDS}", "PRAGMA query_only = ON")


def parse_url(url: str) -> URL:
    """The address of a database that can hold decisions.

    Raises:
        ValueError: it is neither a file of SQLite nor PostgreSQL by psycopg.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed.set(drivername="sqlite+pysqlite")
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    raise ValueError(
        f"got {parsed.render_as_string(hide_password=True)}; "
        "allowed: sqlite:///FILE, or postgresql+psycopg://USER:PASSWORD@HOST/DATABASE"
    )


def write_engine(url: URL, *, patience: float) -> Engine:
    """For the one connection that writes; a statement ends after ``patience`` seconds."""
    timeout = (f"SET statement_timeout TO {max(1000, round(patience * 1000))}",)
    return _engine(url, _SQLITE_WRITER, (*_POSTGRESQL_WRITER, *timeout), poolclass=NullPool)


def read_engine(url: URL) -> Engine:
    """For readers, which see what was committed when their statement begins."""
    timeout = (f"SET statement_timeout TO {_READ_MILLISECONDS}",)
    return _engine(
        url,
        _SQLITE_READER,
        timeout,
        poolclass=QueuePool,
        pool_size=READERS,
        max_overflow=0,
        pool_pre_ping=True,
    )


def migration_engine(url: URL) -> Engine:
    """For changing tables: nothing is enforced that a rebuilt table would break on its way."""
    # A decision of 12 KB in pages of 8 KB takes half the time that it takes in those of 4 KB. The
    # size holds for a file that is made now; of one that is there it changes nothing.
    for_sqlite = (f"PRAGMA busy_timeout = {_MIGRATION_MILLISECONDS}", "PRAGMA page_size = 8192")
    for_postgresql = (f"SET lock_timeout TO {_MIGRATION_MILLISECONDS}",)
    return _engine(url, for_sqlite, for_postgresql, poolclass=NullPool)


@contextmanager
def transaction(connection: Connection) -> Iterator[Connection]:
    """Several statements that are committed together.

    The engines commit each statement by itself, which saves two round trips where there is but one.
    """
    with connection.begin():
        immediate = " IMMEDIATE" if connection.dialect.name == "sqlite" else ""
        connection.exec_driver_sql("BEGIN" + immediate)
        yield connection


def add_once(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert those rows whose key is new."""
    # Each dialect is loaded where it is used: that of PostgreSQL takes a tenth of a second.
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert as insert_there

        connection.execute(insert_there(table).on_conflict_do_nothing(), rows)
    else:
        from sqlalchemy.dialects.sqlite import insert as insert_here

        connection.execute(insert_here(table).on_conflict_do_nothing(), rows)


def is_outage(error: Exception) -> bool:
    """Whether the database is at fault, so that the same may succeed later."""
    if isinstance(error, DBAPIError):
        # PostgreSQL counts a text too long for an index (class 54) among operational errors.
        too_much = (getattr(error.orig, "sqlstate", None) or "").startswith("54")
        return not (too_much or isinstance(error, DataError | IntegrityError))
    return isinstance(error, PoolTimeoutError)


def _engine(
    url: URL, for_sqlite: tuple[str, ...], for_postgresql: tuple[str, ...], **pool: Any
) -> Engine:
    on_sqlite = url.get_backend_name() == "sqlite"
    arguments = {} if on_sqlite else {k: v for k, v in _POSTGRESQL.items() if k not in url.query}
    engine = create_engine(
        url,
        isolation_level="AUTOCOMMIT",
        connect_args=arguments,
        # A message that names what was written would take personal data into the log.
        hide_parameters=True,
        **pool,
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        cursor = connection.cursor()
        try:
            for statement in for_sqlite if on_sqlite else for_postgresql:
                cursor.execute(statement)
        finally:
            cursor.close()

    return engine
