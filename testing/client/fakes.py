"""A service in memory, and a clock that only moves when somebody sleeps."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from solvencia_client import SolvenciaClient, Waiting

Handler = Callable[[httpx.Request], httpx.Response]
ADDRESS = "http://service"


@dataclass
class Clock:
    """Seconds that pass by sleeping alone; ``slept`` tells each sleep."""

    now: float = 1000.0
    slept: list[float] = field(default_factory=list)
    chance: float = 0.5

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def waiting(self) -> Waiting:
        return Waiting(clock=lambda: self.now, sleep=self.sleep, chance=lambda: self.chance)


def client(handler: Handler, clock: Clock | None = None, **options: Any) -> SolvenciaClient:
    """A client whose network is a function."""
    return SolvenciaClient(
        ADDRESS,
        transport=httpx.MockTransport(handler),
        waiting=(clock or Clock()).waiting,
        **options,
    )


@dataclass
class Scripted:
    """Answers in turn, the last one for ever; an exception is raised. Keeps what was asked."""

    answers: list[httpx.Response | type[httpx.TransportError]]
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
        if isinstance(answer, httpx.Response):
            return answer
        raise answer("cut", request=request)
