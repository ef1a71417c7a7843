"""The database goes away and comes back: nothing is lost, nothing is there twice."""

import asyncio
from itertools import count as count_from_zero

import pytest
from sqlalchemy import NullPool, create_engine
from sqlalchemy.engine.default import DefaultDialect

from api.store.errors import RecordRefusedError, StoreUnavailableError
from api.store.records import DecisionFilter
from api.store.store import Store
from testing.api.store.builders import NOON, by_another_connection, count, decision, keyed, review

READ_ONLY = "default_transaction_read_only"
pytestmark = pytest.mark.anyio


_NUMBERS = count_from_zero()


async def until(condition):
    """Wait until something holds; the test's time is up if it never does."""
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


class Locked:
    """Somebody else writes to the file and does not come to an end."""

    def __init__(self, url):
        self._engine = create_engine(url, poolclass=NullPool)

    def __enter__(self):
        self._connection = self._engine.connect()
        self._connection.exec_driver_sql("BEGIN EXCLUSIVE")

    def __exit__(self, *_):
        self._connection.rollback()
        self._connection.close()


@pytest.fixture
def file_url(tmp_path):
    return f"sqlite:///{tmp_path / 'decisions.db'}"


@pytest.fixture
def lost_answer(monkeypatch):
    """Lets the answer of the next commit be lost, after the database has committed."""
    commit = DefaultDialect.do_commit
    armed = []

    def do_commit(dialect, connection):
        commit(dialect, connection)
        if armed:
            armed.clear()
            raise dialect.dbapi.OperationalError("connection lost")

    monkeypatch.setattr(DefaultDialect, "do_commit", do_commit)
    return armed


@pytest.mark.parametrize("number", [1, 30, 200])
async def test_a_commit_whose_answer_was_lost_is_not_repeated(store, url, lost_answer, number):
    records = [keyed(str(place)) if place % 3 else decision() for place in range(number)]
    lost_answer.append(True)

    results = await store.add_all(records)

    assert not lost_answer
    assert [(item.record_id, item.repeated) for item in results] == [(r.id, False) for r in records]
    assert count(url) == number


async def test_other_writes_bear_a_lost_answer_too(store, lost_answer):
    record = decision(reference="c-1")
    await store.add(record)

    for write in (
        lambda: store.add_review(review(record)),
        lambda: store.keep_artifact("model", "v1", {"a": b"1"}),
        lambda: store.erase("c-1", None, NOON),
    ):
        lost_answer.append(True)
        await write()
        assert not lost_answer

    assert len(await store.reviews(record.id)) == 1
    assert (await store.decision(record.id, None)).erased_at == NOON


async def test_a_locked_file_is_waited_for(file_url):
    store = Store(file_url, patience=30)
    await store.open()
    with Locked(file_url):
        adding = [asyncio.ensure_future(store.add(decision())) for _ in range(10)]
        await until(lambda: not store.healthy)
        assert not any(task.done() for task in adding)
        assert await store.decisions(DecisionFilter(), limit=1) == []

    await asyncio.gather(*adding)

    assert store.healthy
    assert count(file_url) == 10
    await store.close()


async def test_patience_ends_and_the_store_recovers_alone(file_url, caplog):
    store = Store(file_url, patience=0.2)
    await store.open()
    with Locked(file_url):
        with pytest.raises(StoreUnavailableError, match="in time"):
            await store.add(decision())
        (result,) = await store.add_all([decision()])
        assert isinstance(result, StoreUnavailableError)
        assert not await store.ping()
        await until(lambda: not store.healthy)
        # The try that was under way has ended too, and not at the moment when the lock is gone.
        await until(lambda: "the database is away" in caplog.text)

    await until(lambda: store.healthy)
    assert await store.ping()
    kept = await store.add(decision())
    assert await store.decision(kept.record_id, None) is not None
    assert count(file_url) == 1
    await store.close()


async def test_a_long_outage_fills_no_memory(file_url):
    store = Store(file_url, patience=1)
    await store.open()
    with Locked(file_url):
        results = await asyncio.gather(
            *(store.add(decision()) for _ in range(10_050)), return_exceptions=True
        )

    refused = [result for result in results if "writes are waiting" in str(result)]
    assert len(refused) == 50
    assert all(isinstance(result, StoreUnavailableError) for result in results)
    await store.close()


async def test_closing_in_an_outage_gives_up_at_the_deadline(file_url):
    store = Store(file_url, patience=0.2)
    await store.open()
    with Locked(file_url):
        adding = asyncio.ensure_future(store.add(decision()))
        await asyncio.sleep(0)
        await store.close()

    with pytest.raises(StoreUnavailableError):
        await adding
    assert count(file_url) == 0


async def test_a_locked_file_cannot_be_opened_and_then_can(file_url):
    by_another_connection(file_url, lambda c: c.exec_driver_sql("CREATE TABLE mine (id INTEGER)"))
    first = Store(file_url, patience=20)
    await first.open()
    await first.close()
    store = Store(file_url, patience=0.2)
    with Locked(file_url), pytest.raises(StoreUnavailableError):
        await store.open()
    assert not store.healthy

    await store.open()

    assert store.healthy
    await store.close()


async def test_a_database_that_is_nowhere_cannot_be_opened(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'missing' / 'decisions.db'}", patience=0.2)

    with pytest.raises(StoreUnavailableError):
        await store.open()


@pytest.fixture
def server_url(postgres):
    """A database of a server that may be stopped; it runs again afterwards."""
    yield postgres.create_schema(f"outage_{next(_NUMBERS)}")
    if not postgres.running:
        postgres.start()
    postgres.thaw()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["stop", "crash"])
async def test_a_server_that_went_away_under_load_loses_nothing(postgres, server_url, kind):
    store = Store(server_url, patience=30)
    await store.open()
    answered, going_on = [], True

    async def load(number):
        while going_on:
            kept = await store.add(keyed(f"{number}-{len(answered)}"))
            answered.append(kept.record_id)

    workers = [asyncio.ensure_future(load(number)) for number in range(16)]
    for goal in (300, 600):
        await until(lambda goal=goal: len(answered) > goal)
        await asyncio.to_thread(getattr(postgres, kind))
        await until(lambda: not store.healthy)
        with pytest.raises(StoreUnavailableError):
            await store.decisions(DecisionFilter(), limit=1)
        await asyncio.to_thread(postgres.start)
    await until(lambda: len(answered) > 900)
    going_on = False
    await asyncio.gather(*workers)
    await store.close()

    assert len(set(answered)) == len(answered)
    ids = by_another_connection(
        server_url, lambda c: c.exec_driver_sql("SELECT id FROM decisions").scalars().all()
    )
    assert set(ids) == set(answered)


@pytest.mark.slow
async def test_a_server_that_hangs_does_not_hang_its_callers(postgres, server_url):
    store = Store(server_url, patience=1)
    await store.open()
    postgres.freeze()

    with pytest.raises(StoreUnavailableError):
        await store.add(decision())
    assert not await store.ping()

    postgres.thaw()
    await until(lambda: store.healthy)
    await store.add(decision())
    await store.close()


@pytest.mark.slow
async def test_a_server_that_is_away_cannot_be_opened_and_then_can(postgres, server_url):
    store = Store(server_url, patience=20)
    postgres.stop()
    with pytest.raises(StoreUnavailableError):
        await store.open()

    postgres.start()
    await store.open()

    await store.add(decision())
    await store.close()


@pytest.mark.slow
@pytest.mark.parametrize("reference", ["a\0b", "".join(map(chr, range(33, 9000)))])
async def test_what_postgresql_refuses_is_no_outage(server_url, reference):
    store = Store(server_url, patience=30)
    await store.open()
    records = [decision(), decision(reference=reference), decision()]

    kept, refused, other = await store.add_all(records)

    assert isinstance(refused, RecordRefusedError)
    assert [kept.record_id, other.record_id] == [records[0].id, records[2].id]
    assert store.healthy
    await store.close()


@pytest.mark.slow
async def test_a_server_that_only_reads_is_an_outage(postgres, server_url):
    store = Store(server_url, patience=30)
    await store.open()

    def set_read_only(value):
        def work(connection):
            connection.exec_driver_sql(f"ALTER ROLE CURRENT_USER SET {READ_ONLY} TO {value}")
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'solvencia'"
            )

        by_another_connection(f"{postgres.url()}&options=-c{READ_ONLY}%3Doff", work)

    set_read_only("on")
    adding = asyncio.ensure_future(store.add(decision()))
    await until(lambda: not store.healthy)
    assert not adding.done()
    set_read_only("off")

    await adding
    assert count(server_url) == 1
    await store.close()
