"""Decisions come out: found, listed, erased, and what happened to them later."""

import asyncio
from datetime import timedelta

import pytest

from api.store.errors import ArtifactConflictError, RecordRefusedError
from api.store.records import ApiKey, DecisionFilter
from testing.api.store.builders import (
    NOON,
    SHADOW,
    by_another_connection,
    decision,
    keyed,
    loan_outcome,
    review,
)

pytestmark = pytest.mark.anyio
DAY = timedelta(days=1)


async def all_pages(store, wanted, limit):
    found, after = [], None
    while page := await store.decisions(wanted, limit=limit, after=after):
        found += page
        after = page[-1].id
    return found


async def test_an_owner_sees_its_own_decisions_alone(store):
    record = decision(owner="one")
    await store.add(record)

    assert await store.decision(record.id, "one") == record
    assert await store.decision(record.id, "other") is None
    assert await store.decision(decision().id, None) is None


async def test_a_list_leaves_the_large_columns_out(store):
    await store.add(decision(shadow=SHADOW))

    (found,) = await store.decisions(DecisionFilter(), limit=10)

    assert (found.inputs, found.facts, found.answer) == (None, None, None)
    assert found.shadow == SHADOW


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (DecisionFilter(), [4, 3, 2, 1, 0]),
        (DecisionFilter(owner="two"), [3]),
        (DecisionFilter(outcome="refer"), [2, 1]),
        (DecisionFilter(outcome="refer", grade="E"), [2]),
        (DecisionFilter(segment="A"), [4]),
        (DecisionFilter(reference="c-1"), [3, 0]),
        (DecisionFilter(reference="c-1", owner="two"), [3]),
        (DecisionFilter(awaiting_review=True), [2]),
        (DecisionFilter(awaiting_review=True, outcome="approve"), []),
        (DecisionFilter(since=NOON + DAY), [4, 3, 2, 1]),
        (DecisionFilter(until=NOON + DAY), [0]),
        (DecisionFilter(since=NOON + DAY, until=NOON + 3 * DAY), [2, 1]),
        (DecisionFilter(since=NOON + DAY + timedelta(microseconds=1)), [4, 3, 2]),
    ],
)
async def test_filters(store, wanted, expected):
    records = [
        decision(NOON - 9 * DAY, reference="c-1"),
        decision(NOON + DAY, outcome="refer"),
        decision(NOON + 2 * DAY, outcome="refer", grade="E"),
        decision(NOON + 3 * DAY, owner="two", reference="c-1"),
        decision(NOON + 4 * DAY, segment="A"),
    ]
    await store.add_all(records)
    await store.add_review(review(records[1]))

    found = await store.decisions(wanted, limit=10)

    assert [record.id for record in found] == [records[place].id for place in expected]


async def test_pages_are_complete_while_decisions_are_made(store):
    before = [decision() for _ in range(100)]
    await store.add_all(before)

    async def go_on():
        for _ in range(60):
            await store.add(decision())

    busy = asyncio.create_task(go_on())
    found = [record.id for record in await all_pages(store, DecisionFilter(), limit=7)]
    await busy

    assert len(found) == len(set(found))
    assert found == sorted(found, reverse=True)
    assert {record.id for record in before} <= set(found)


@pytest.mark.parametrize(
    ("limit", "sizes"), [(None, [1000, 1000, 345]), (1500, [1000, 500]), (0, [])]
)
async def test_facts_come_in_chunks_newest_first(store, limit, sizes):
    records = [decision(owner="a" if number else "b") for number in range(2346)]
    await store.add_all(records)

    chunks = [chunk async for chunk in store.facts(DecisionFilter(owner="a"), limit=limit)]

    assert [len(chunk) for chunk in chunks] == sizes
    found = [record for chunk in chunks for record in chunk]
    assert [record.id for record in found] == [r.id for r in records[:0:-1]][:limit]
    assert all(record.facts == records[0].facts and record.inputs is None for record in found)


async def test_what_happens_later_is_added_and_never_replaced(store):
    record = decision(outcome="refer")
    await store.add(record)
    reviews = [review(record), review(record, at=NOON + DAY, outcome="decline", note="")]
    outcomes = [
        loan_outcome(record),
        loan_outcome(record, at=NOON + DAY, default_12m=True, granted_on=NOON.date()),
    ]

    for item in (*reversed(reviews), reviews[0]):  # the last as if its answer had been lost
        await store.add_review(item)
    for item in outcomes:
        await store.add_outcome(item)

    assert await store.reviews(record.id) == reviews
    assert await store.outcomes(record.id) == outcomes
    assert await store.reviews(decision().id) == []


async def test_what_happens_to_an_unknown_decision_is_refused(store):
    with pytest.raises(RecordRefusedError, match=r"IntegrityError|ForeignKeyViolation"):
        await store.add_review(review(decision()))
    with pytest.raises(RecordRefusedError):
        await store.add_outcome(loan_outcome(decision()))


async def test_erasing_leaves_the_skeleton(store, url, tmp_path):
    record = keyed("k", reference="c-1", curp_hash="e" * 64, inputs=b"SECRET" * 500, shadow=SHADOW)
    other = decision(reference="c-2")
    await store.add_all([record, other])
    await store.add_review(review(record, note="SECRET"))

    assert await store.erase("c-1", None, NOON) == 1
    assert await store.erase("c-1", None, NOON + DAY) == 0

    found = await store.decision(record.id, None)
    assert found == keyed(
        "k",
        at=record.decided_at,
        id=record.id,
        fingerprint=None,
        inputs=None,
        facts=None,
        answer=None,
        shadow=SHADOW,
        erased_at=NOON,
    )
    (settled,) = await store.reviews(record.id)
    assert (settled.note, settled.outcome) == ("", "approve")
    assert await store.decision(other.id, None) == other
    if url.startswith("sqlite"):
        assert b"SECRET" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())


async def test_an_owner_erases_its_own_decisions_alone(store):
    records = [decision(owner=owner, reference="c-1") for owner in ("one", "two", "one")]
    await store.add_all(records)

    assert await store.erase("c-1", "one", NOON) == 2

    assert await store.decision(records[1].id, None) == records[1]


async def test_retention_erases_what_is_old_and_only_once(store):
    old = [decision(NOON - DAY + timedelta(seconds=number)) for number in range(450)]
    new = decision(NOON)
    await store.add_all([*old, new])

    assert await store.erase_before(NOON, NOON + DAY) == 450
    assert await store.erase_before(NOON, NOON + DAY) == 0

    assert await store.decision(new.id, None) == new
    erased = await store.decision(old[0].id, None)
    assert (erased.inputs, erased.erased_at) == (None, NOON + DAY)


async def test_keys_are_kept_and_revoked_once(store):
    one = ApiKey("k1", "Partner", "partner", "a" * 64, NOON)
    two = ApiKey("k2", "Analyst", "analyst", "b" * 64, NOON + DAY)
    await store.add_key(two)
    await store.add_key(one)
    await store.add_key(one)  # as if its answer had been lost

    assert await store.revoke_key("k1", NOON + DAY)
    assert await store.revoke_key("k1", NOON + 2 * DAY)
    assert not await store.revoke_key("k3", NOON)

    assert await store.keys() == [
        ApiKey("k1", "Partner", "partner", "a" * 64, NOON, revoked_at=NOON + DAY),
        two,
    ]
    with pytest.raises(RecordRefusedError, match="k1"):
        await store.add_key(ApiKey("k1", "Other", "admin", "c" * 64, NOON))


async def test_artifacts_are_kept_once_and_compressed(store, url):
    files = {"manifest.json": b"{}", "tables.json": b"0" * 100_000}

    assert await store.artifact("model", "v1") is None
    await asyncio.gather(*(store.keep_artifact("model", "v1", files) for _ in range(3)))
    await store.keep_artifact("policy", "v1", {"policy.json": b"{}"})

    assert await store.artifact("model", "v1") == files
    kept = by_another_connection(
        url, lambda c: c.exec_driver_sql("SELECT sum(length(content)) FROM artifact_files").scalar()
    )
    assert kept < 1000


@pytest.mark.parametrize("changed", [{"a": b"2"}, {"a": b"1", "b": b""}, {"b": b"1"}])
async def test_a_version_has_one_content(store, changed):
    await store.keep_artifact("model", "v1", {"a": b"1"})

    with pytest.raises(ArtifactConflictError, match="model v1"):
        await store.keep_artifact("model", "v1", changed)
    assert await store.artifact("model", "v1") == {"a": b"1"}
