"""Callers who look at what an outage looks like from outside: headers and readiness."""

import asyncio
import time
from dataclasses import dataclass, field

import httpx

from utilities.soak_trials.ledger import Ledger

_PAUSE = 0.05


@dataclass
class Sightings:
    """What was seen.

    Attributes:
        refusals: answers of 503 that named the seconds to wait in ``Retry-After``.
        silent: answers of 503 that did not.
        strange: answers of neither 200 nor 503, and connections that broke.
        changes: (moment, ready) whenever readiness was another than before; ``time.monotonic``.
    """

    refusals: int = 0
    silent: int = 0
    strange: list[str] = field(default_factory=list)
    changes: list[tuple[float, bool]] = field(default_factory=list)

    def see(self, response: httpx.Response) -> bool:
        """Take an answer into account; whether it was good."""
        if response.status_code == 503:
            waits = response.headers.get("retry-after", "")
            if waits.isdigit() and int(waits) > 0:
                self.refusals += 1
            else:
                self.silent += 1
        elif response.status_code != 200:
            self.strange.append(f"HTTP {response.status_code}: {response.text[:200]}")
        return response.status_code == 200

    @property
    def ready(self) -> bool:
        """Whether it was ready when it was seen last."""
        return bool(self.changes) and self.changes[-1][1]


async def score(
    asking: httpx.AsyncClient, ledger: Ledger, name: str, seen: Sightings, done: asyncio.Event
) -> None:
    """Ask for one decision after the other, each until it is answered, until told to end."""
    number = 0
    while not done.is_set():
        key = f"{ledger.prefix}-{name}-{number}"
        headers = {"Content-Type": "application/json", "Idempotency-Key": key}
        answered = False
        while not answered:
            try:
                response = await asking.post("/score", content=ledger.body(key), headers=headers)
            except httpx.TransportError as error:
                seen.strange.append(f"{type(error).__name__}: {error}")
                await asyncio.sleep(_PAUSE)
                continue
            answered = seen.see(response)
            if answered:
                ledger.note(key, response.content)
            else:
                await asyncio.sleep(_PAUSE)
        number += 1


async def watch_readiness(asking: httpx.AsyncClient, seen: Sightings, done: asyncio.Event) -> None:
    """Ask whether it is ready, many times a second, until told to end."""
    while not done.is_set():
        try:
            ready = seen.see(await asking.get("/health/ready"))
        except httpx.TransportError as error:
            seen.strange.append(f"readiness: {type(error).__name__}: {error}")
        else:
            if not seen.changes or seen.changes[-1][1] is not ready:
                seen.changes.append((time.monotonic(), ready))
        await asyncio.sleep(_PAUSE)
