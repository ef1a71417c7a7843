"""Ids ascend with time, whatever the clock and the threads do."""

import doctest
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from api.store import ids
from api.store.ids import first_id_at, uuid7
from testing.api.store.builders import NOON

MICROSECOND = timedelta(microseconds=1)
MOMENTS = st.integers(0, 250_000_000_000_000_000).map(
    lambda microseconds: datetime(1970, 1, 1, tzinfo=UTC) + microseconds * MICROSECOND
)


@given(MOMENTS, MOMENTS)
def test_the_first_id_of_a_moment_ascends_with_it(one, other):
    assert (first_id_at(one) < first_id_at(other)) == (one < other)
    assert first_id_at(one) < first_id_at(one + MICROSECOND)


def test_an_id_belongs_to_its_microsecond():
    made = uuid7(NOON)

    assert first_id_at(NOON) <= made < first_id_at(NOON + MICROSECOND)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")


def test_ids_of_many_threads_are_all_different_and_ascend_in_each():
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: [uuid7(NOON) for _ in range(2000)], range(4)))

    assert all(part == sorted(part) for part in made)
    assert len({item for part in made for item in part}) == 8000


def test_a_clock_put_right_by_a_little_does_not_break_the_order():
    last = uuid7(NOON + timedelta(days=1))

    assert last < uuid7(NOON + timedelta(days=1, seconds=-9))


def test_a_clock_that_was_wrong_is_followed_back():
    uuid7(NOON + timedelta(days=300))

    assert first_id_at(NOON) <= uuid7(NOON) < first_id_at(NOON + MICROSECOND)


def test_the_examples_hold():
    assert doctest.testmod(ids).failed == 0
