"""Decisions go in: durable before the answer, together, and once."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta, timezone

import pytest
from sqlalchemy import Engine, event

from api.store.additions import Kept
from api.store.errors import (
    IdempotencyConflictError,
    RecordRefusedError,
    StoreUnavailableError,
)
from api.store.store import Store
from testing.api.store.builders import NOON, SHADOW, count, decision, keyed

pytestmark = pytest.mark.anyio


@pytest.fixture
def commits() -> Iterator[list[None]]:
    """One item for each commit of the test."""
    seen: list[None] = []

    def note(_: object) -> None:
        seen.append(None)

    event.listen(Engine, "commit", note)
    yield seen
    event.remove(Engine, "commit", note)


async def test_a_decision_is_durable_before_it_is_answered(store, url):
    record = decision()

    kept = await store.add(record)

    assert count(url) == 1
    assert kept == Kept(record.id, record.answer, repeated=False)


@pytest.mark.parametrize(
    "record",
    [
        decision(NOON),
        decision(
            NOON,
            reference="c-1 ñ",
            curp_hash="e" * 64,
            idempotency_key="k",
            fingerprint="f" * 64,
            rules=("TOO_YOUNG", "INCOME_CAP"),
            shadow=SHADOW,
        ),
        decision(
            NOON, grade=None, pd=None, amount_offered=None, outcome="decline", answer=b"\0\xff"
        ),
        decision(NOON.replace(microsecond=0)),
    ],
    ids=["plain", "full", "nothing known", "whole second"],
)
async def test_a_decision_comes_back_as_it_was(store, record):
    await store.add(record)

    assert await store.decision(record.id, None) == record


async def test_moments_come_back_in_utc(store):
    mexico = timezone(timedelta(hours=-6))
    record = decision(NOON.astimezone(mexico))
    await store.add(record)

    found = await store.decision(record.id, None)

    assert found.decided_at == NOON
    assert found.decided_at.utcoffset() == timedelta(0)


async def test_decisions_made_at_once_share_commits(store, url, commits):
    await asyncio.gather(*(store.add(decision()) for _ in range(64)))

    assert len(commits) < 16
    assert count(url) == 64


async def test_a_batch_is_kept_in_its_order(store, url, commits):
    records = [decision() for _ in range(1234)]

    results = await store.add_all(records)

    assert [result.record_id for result in results] == [record.id for record in records]
    assert count(url) == 1234
    assert len(commits) < 10


async def test_a_retry_gets_the_earlier_decision(store, url):
    first = keyed("k", answer=b"the first")
    await store.add(first)

    kept = await store.add(keyed("k", answer=b"another"))

    assert kept == Kept(first.id, b"the first", repeated=True)
    assert count(url) == 1


async def test_a_key_used_for_another_request_is_refused(store, url):
    await store.add(keyed("k"))

    with pytest.raises(IdempotencyConflictError):
        await store.add(keyed("k", fingerprint="0" * 64))
    assert count(url) == 1


async def test_a_key_belongs_to_its_owner(store, url):
    await store.add(keyed("k"))

    kept = await store.add(keyed("k", owner="somebody else", fingerprint="0" * 64))

    assert not kept.repeated
    assert count(url) == 2


async def test_a_retry_of_an_erased_decision_has_no_answer(store):
    first = keyed("k", reference="c-1")
    await store.add(first)
    await store.erase("c-1", None, NOON)

    assert await store.add(keyed("k")) == Kept(first.id, None, repeated=True)


async def test_one_key_twice_in_a_batch_is_decided_by_the_first(store, url):
    one, same, other = keyed("k"), keyed("k"), keyed("k", fingerprint="0" * 64)
    plain = decision()

    results = await store.add_all([plain, one, same, other])

    assert results[:3] == [
        Kept(plain.id, plain.answer, repeated=False),
        Kept(one.id, one.answer, repeated=False),
        Kept(one.id, one.answer, repeated=True),
    ]
    assert isinstance(results[3], IdempotencyConflictError)
    assert count(url) == 2


async def test_two_processes_that_race_for_a_key_agree(store, url):
    other = Store(url, patience=20)
    await other.open()
    keys = [f"k{number}" for number in range(40)]
    tries = [keyed(key) for key in keys * 2]

    kept = await asyncio.gather(
        *(
            store_of.add(replace(record, owner="partner"))
            for pair in zip(tries[:40], reversed(tries[40:]), strict=True)
            for store_of, record in zip((store, other), pair, strict=True)
        )
    )
    await other.close()

    assert count(url) == 40
    assert sum(not item.repeated for item in kept) == 40
    assert len({item.record_id for item in kept}) == 40


async def test_a_value_that_cannot_be_stored_takes_no_other_decision_with_it(store, url):
    records = [decision() for _ in range(20)]
    records[7] = replace(records[7], reference="\ud800")

    results = await asyncio.gather(*map(store.add, records), return_exceptions=True)

    refused = [place for place, item in enumerate(results) if isinstance(item, Exception)]
    assert refused == [7]
    assert isinstance(results[7], RecordRefusedError)
    assert "ud800" not in str(results[7])
    assert count(url) == 19


async def test_closing_finishes_what_was_accepted(url):
    store = Store(url, patience=20)
    await store.open()
    adding = [asyncio.ensure_future(store.add(decision())) for _ in range(300)]
    await asyncio.sleep(0)  # the adds are accepted now

    await store.close()

    assert count(url) == 300
    assert len({kept.record_id for kept in await asyncio.gather(*adding)}) == 300


async def test_a_store_that_is_not_open_takes_nothing(url):
    store = Store(url, patience=20)

    with pytest.raises(StoreUnavailableError, match="not open"):
        await store.add(decision())
    assert not store.healthy


@pytest.mark.parametrize(
    "address",
    ["sqlite://", "sqlite:///:memory:", "mysql://u:hidden@h/d", "postgresql+psycopg2://h/d"],
)
def test_an_address_that_keeps_nothing_is_refused(address):
    with pytest.raises(ValueError, match="allowed: sqlite:///FILE") as caught:
        Store(address, patience=1)
    assert "hidden" not in str(caught.value)
