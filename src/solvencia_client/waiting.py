"""How long to wait before a request is sent again."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5.0


@dataclass(frozen=True)
class Waiting:
    """Clock, sleep and chance, in seconds; replaced in tests."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    chance: Callable[[], float] = Random().random  # noqa: S311 - not secret

    def pause(self, tries: int, asked: float | None) -> float:
        """Seconds to wait after that many tries.

        Chance spreads those who were refused together over a span that doubles each time. What
        the service asked for comes before that span.

        >>> steady = Waiting(chance=lambda: 0.5)
        >>> [steady.pause(tries, None) for tries in (1, 2, 3, 9)]
        [0.1, 0.2, 0.4, 2.5]
        >>> steady.pause(1, 2.0)
        2.1
        """
        span = min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (tries - 1))
        return (asked or 0.0) + span * self.chance()
