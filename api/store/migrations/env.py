"""What Alembic runs, on the connection that it was given."""

from alembic import context

from api.store.tables import metadata


def run() -> None:
    """Go from the revision the database is at to the one that was asked for."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        # SQLite alters a table by making it anew.
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


if __name__ == "env_py":  # the name under which Alembic loads this file
    run()
