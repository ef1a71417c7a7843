"""The migrations give the tables that the code expects, and so does a new file."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event, inspect

from api.store.engine import migration_engine, parse_url
from api.store.errors import SchemaError
from api.store.records import DecisionFilter
from api.store.store import Store
from api.store.tables import metadata
from api.store.upgrade import HEAD, make, migrate, upgrade
from testing.api.store.builders import NOON, by_another_connection, count, decision, keyed
from testing.conftest import ROOT

TABLES = {"decisions", "reviews", "loan_outcomes", "api_keys", "artifact_files"}


def test_the_migrated_tables_are_those_of_the_code(url):
    engine = migration_engine(parse_url(url))
    with engine.connect() as connection:
        migrate(connection, "head")
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
        assert set(inspect(connection).get_table_names()) == TABLES | {"alembic_version"}
    assert set(metadata.tables) == TABLES


def test_a_new_file_is_as_if_it_had_been_migrated(tmp_path):
    def written(name: str, work: Callable[[Connection], object]) -> tuple[list[Any], list[Any]]:
        with migration_engine(parse_url(f"sqlite:///{tmp_path / name}")).connect() as connection:
            work(connection)
            schema = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
            revisions = connection.exec_driver_sql("SELECT * FROM alembic_version").all()
            return connection.exec_driver_sql(schema).all(), revisions

    made = written("made.db", make)

    assert made == written("migrated.db", lambda connection: migrate(connection, "head"))
    assert made[1] == [(HEAD,)]


def test_a_file_that_holds_anything_is_migrated(tmp_path):
    url = parse_url(f"sqlite:///{tmp_path / 'decisions.db'}")
    with migration_engine(url).connect() as connection:
        connection.exec_driver_sql("CREATE TABLE notes (text TEXT)")
        connection.rollback()

        assert not make(connection)

        assert inspect(connection).get_table_names() == ["notes"]
    upgrade(url)
    with migration_engine(url).connect() as connection:
        tables = inspect(connection).get_table_names()
    assert set(tables) == TABLES | {"alembic_version", "notes"}


def test_down_and_up_again(url):
    upgrade(parse_url(url))
    engine = migration_engine(parse_url(url))
    with engine.connect() as connection:
        migrate(connection, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]

    upgrade(parse_url(url))

    assert count(url) == 0


def test_the_newest_revision_is_the_one_that_the_code_names():
    config = Config()
    config.set_main_option("script_location", str(ROOT / "api" / "store" / "migrations"))

    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


@pytest.mark.anyio
async def test_several_processes_may_start_at_once(url):
    stores = [Store(url, patience=20) for _ in range(4)]

    await asyncio.gather(*(store.open() for store in stores))

    await asyncio.gather(*(store.add(decision()) for store in stores))
    await asyncio.gather(*(store.close() for store in stores))
    assert count(url) == 4


@pytest.mark.anyio
async def test_tables_of_a_newer_version_are_left_alone(store, url):
    by_another_connection(
        url, lambda c: c.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    )

    with pytest.raises(SchemaError, match="9999"):
        await Store(url, patience=1).open()


@pytest.mark.anyio
async def test_no_question_reads_the_whole_table(tmp_path):
    url = f"sqlite:///{tmp_path / 'decisions.db'}"
    store = Store(url, patience=20)
    await store.open()
    asked = []

    def note(_connection, _cursor, statement, parameters, *_):
        if statement.startswith("SELECT"):
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    for wanted in (
        DecisionFilter(),
        DecisionFilter(owner="a", since=NOON, grade="B"),
        DecisionFilter(owner="a", reference="c"),
        DecisionFilter(outcome="refer"),
        DecisionFilter(awaiting_review=True),
    ):
        await store.decisions(wanted, limit=5, after=decision().id)
    for _ in range(2):
        await store.add(keyed("k", reference="c"))
    await store.erase("c", "partner", NOON)
    await store.erase_before(NOON, NOON)
    event.remove(Engine, "before_cursor_execute", note)
    await store.close()

    plans = by_another_connection(
        url,
        lambda c: [
            (statement, row.detail)
            for statement, parameters in asked
            for row in c.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ],
    )
    assert len(asked) >= 10
    assert [plan for plan in plans if plan[1] == "SCAN decisions" or "TEMP" in plan[1]] == []
