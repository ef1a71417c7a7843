"""What the client saw: every good answer by its idempotency key, and the load that asks for them."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from utilities.bench_apps.servers import LOCAL
from utilities.load import Check, LoadResult, Traffic, generate_load

_PATIENCE = 90.0
_PART_SECONDS = 0.5


@dataclass
class Totals:
    """What came of all parts of a load."""

    failures: Counter[str] = field(default_factory=Counter)
    interruptions: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    """Seconds from when a request was first sent to its good answer, at most."""

    def add(self, result: LoadResult) -> None:
        """Add one part."""
        self.failures += result.failures
        self.interruptions += result.interruptions
        self.longest = max([self.longest, *result.latencies])


class Ledger:
    """Asks with keys ``prefix-part-number``, again until it is answered, and notes the answers.

    A request is sent again when its connection broke or its answer was 503, as a partner would. Every
    part of a load begins with the first body.

    Attributes:
        answers: digest of the answer of status 200, byte for byte, by key.
        totals: of the parts that have ended.
    """

    def __init__(
        self,
        prefix: str,
        bodies: Sequence[bytes],
        port: int,
        *,
        watch: Callable[[bytes], None] = lambda _: None,
    ) -> None:
        """``watch`` is called with every good answer."""
        self.answers: dict[str, bytes] = {}
        self.totals = Totals()
        self.prefix = prefix
        self._bodies, self._port, self._watch = bodies, port, watch
        self._parts = 0

    def body(self, key: str) -> bytes:
        """What was sent with a key."""
        return self._bodies[int(key.rpartition("-")[2]) % len(self._bodies)]

    def note(self, key: str, answer: bytes) -> None:
        """Note a good answer."""
        self.answers[key] = digest(answer)
        self._watch(answer)

    async def ask(self, connections: int, seconds: float, pause: float = 0.02) -> str:
        """Ask anew for so many seconds, then until all is answered; the part's key without number."""
        part = f"{self.prefix}-{self._parts}"
        self._parts += 1
        traffic = Traffic(
            LOCAL,
            self._port,
            "/score",
            self._bodies,
            keys=part,
            persistent=True,
            again=frozenset({503}),
            pause=pause,
        )
        self.totals.add(
            await generate_load(
                traffic,
                connections,
                seconds=seconds,
                check=self._noting(part),
                patience=_PATIENCE,
            )
        )
        return part

    async def ask_until(self, done: asyncio.Event, connections: int) -> None:
        """Ask until told to end."""
        while not done.is_set():
            await self.ask(connections, _PART_SECONDS)

    def _noting(self, part: str) -> Check:
        def check(number: int, status: int, body: bytes) -> str | None:
            if status != 200:
                return f"HTTP {status}"
            self.note(f"{part}-{number}", body)
            return None

        return check


def digest(answer: bytes) -> bytes:
    """What tells one answer from another."""
    return blake2b(answer, digest_size=16).digest()
