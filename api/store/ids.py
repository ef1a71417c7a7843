"""Ids that ascend with time: UUID version 7, RFC 9562, exact to the microsecond."""

import threading
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_VERSION_AND_VARIANT = 0x7 << 76 | 0b10 << 62
_TAIL_BITS = 62
_RANDOM = Random()  # noqa: S311 - not secret
"""Its own, which nobody else seeds: two processes seeded alike would make the same ids."""
_STEP_BACK = 10_000 << 12
"""Ten seconds: a clock that goes back by more was wrong, and is followed."""


class _Sequence:
    """The last id of this process, so that the next one is greater though the clock is not."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stamp = -1
        self._tail = 0

    def next_after(self, stamp: int) -> tuple[int, int]:
        with self._lock:
            if stamp > self._stamp or stamp < self._stamp - _STEP_BACK:
                # A clear top bit leaves room to count up within one stamp.
                self._stamp, self._tail = stamp, _random() >> 3
            else:
                self._tail += 1 + (_random() >> 32)
                if self._tail >> _TAIL_BITS:
                    self._stamp, self._tail = self._stamp + 1, _random() >> 3
            return self._stamp, self._tail


_SEQUENCE = _Sequence()


def uuid7(now: datetime) -> UUID:
    """A new id for this moment, greater than every earlier one of this process.

    Args:
        now: with its offset. Up to ten seconds before the moment of the last id it counts as that
            one's, so that a clock that is put right by a little does not break the order.

    >>> noon = datetime(2001, 11, 20, 12, tzinfo=UTC)
    >>> one, other, later = uuid7(noon), uuid7(noon), uuid7(noon + timedelta(microseconds=1))
    >>> one.version, first_id_at(noon) < one < other < later
    (7, True)
    """
    stamp, tail = _SEQUENCE.next_after(_stamp(now))
    return _uuid(stamp, tail)


def first_id_at(moment: datetime) -> UUID:
    """The least id of this microsecond: ids made before are less, those from then on are not.

    >>> str(first_id_at(datetime(2026, 11, 20, 12, 30, tzinfo=UTC)))
    '01a1f8ef-6140-7000-8000-000000000000'
    """
    return _uuid(_stamp(moment), 0)


def _random() -> int:
    """64 random bits; ids are unique, not secret, so no call of the system is worth its time."""
    return _RANDOM.getrandbits(64)


def _stamp(moment: datetime) -> int:
    """Milliseconds since 1970 in 48 bits, and their fraction in the 12 bits below."""
    milliseconds, microseconds = divmod((moment - _EPOCH) // _MICROSECOND, 1000)
    return max(0, milliseconds << 12 | (microseconds << 12) // 1000)


def _uuid(stamp: int, tail: int) -> UUID:
    return UUID(int=(stamp >> 12) << 80 | (stamp & 0xFFF) << 64 | _VERSION_AND_VARIANT | tail)
