"""Brings the tables to what this version of the service expects."""

from pathlib import Path

from sqlalchemy import (
    URL,
    Column,
    Connection,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    func,
    insert,
    inspect,
    select,
)

from api.store.engine import is_outage, migration_engine, transaction
from api.store.errors import SchemaError, StoreUnavailableError
from api.store.tables import metadata

HEAD = "0001"
"""The newest revision; a test compares it with the revisions there are."""

_LOCK = 5_021_786_131
"""Any number, as long as every process takes the same."""

_REVISIONS = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Where Alembic notes the revision, as it makes it."""


def upgrade(url: URL) -> None:
    """Upgrade the tables to ``HEAD``, one process at a time and all or nothing.

    Raises:
        StoreUnavailableError: the database is away, or locked by somebody else.
        SchemaError: its tables are of a newer version of the service.
    """
    engine = migration_engine(url)
    try:
        with engine.connect() as connection:
            if _revision(connection) == HEAD:
                return
            connection.rollback()
            if connection.dialect.name == "sqlite" and make(connection):
                return
            migrate(connection, "head")
    except Exception as error:  # of either driver; only an outage is translated
        if is_outage(error):
            raise StoreUnavailableError("the tables cannot be upgraded: no database") from error
        raise
    finally:
        engine.dispose()


def make(connection: Connection) -> bool:
    """Make the tables at ``HEAD`` if the database, a file of SQLite, has none at all.

    The migrations lead to the same tables, as a test compares, but Alembic would be imported for it.

    Returns:
        Whether they are at ``HEAD`` now; another process may have been first.
    """
    with transaction(connection):
        if not inspect(connection).get_table_names():
            metadata.create_all(connection, checkfirst=False)
            _REVISIONS.create(connection)
            connection.execute(insert(_REVISIONS).values(version_num=HEAD))
        return _revision(connection) == HEAD


def migrate(connection: Connection, revision: str) -> None:
    """Go to a revision, up or (``base``, or an earlier one) down, in one transaction.

    Raises:
        SchemaError: the tables are at a revision that is not among ours.
    """
    # Alembic takes a fifth of a second to import, which only a change of the tables is worth.
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    scripts = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.attributes["connection"] = connection
    with transaction(connection):
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
        try:
            (command.upgrade if revision == "head" else command.downgrade)(config, revision)
        except CommandError as error:
            raise SchemaError(f"the tables cannot be brought to {revision}: {error}") from error


def _revision(connection: Connection) -> str | None:
    """The revision that the tables are at; None before the first."""
    if not inspect(connection).has_table(_REVISIONS.name):
        return None
    return connection.scalar(select(_REVISIONS.c.version_num))
