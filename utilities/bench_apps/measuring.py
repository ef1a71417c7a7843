"""One system started and asked, and many such measurements put together."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from utilities.bench_apps.servers import ServerError
from utilities.bench_apps.systems import READY_SECONDS, System
from utilities.load import Traffic, run_load

_WARM_UP = 0.5
_WARM_CONNECTIONS = 16


@dataclass(frozen=True)
class Asked:
    """What came of asking over one number of connections; times in milliseconds."""

    per_second: float
    p50: float
    p99: float
    answered: int
    failures: Counter[str]


@dataclass(frozen=True)
class Visit:
    """One start of a system, and what came of asking it.

    Attributes:
        start_seconds: from the start of its process to the first good answer.
        megabytes: resident memory of its worker after all was asked, in 10⁶ bytes.
        asked: by number of connections.
        trouble: why it was not measured, or empty.
    """

    start_seconds: float = float("nan")
    megabytes: float = float("nan")
    asked: dict[int, Asked] = field(default_factory=dict)
    trouble: str = ""


def visit(
    system: System, connections: Sequence[int], seconds: float, scratch: Path, first: int
) -> Visit:
    """Start it in an empty directory, warm it up, ask it, stop it.

    Args:
        first: number of the first request, so that no visit begins with the same applicants.
    """
    shift = first % len(system.bodies)
    bodies = [*system.bodies[shift:], *system.bodies[:shift]]

    def check(number: int, status: int, body: bytes) -> str | None:
        return system.check(number + shift, status, body)

    with tempfile.TemporaryDirectory(dir=scratch, ignore_cleanup_errors=True) as directory:
        try:
            with system.launch(Path(directory)) as server:
                start_seconds = server.wait_until(system.answers, READY_SECONDS)
                traffic = Traffic(server.host, server.port, system.path, bodies)
                run_load(traffic, min(_WARM_CONNECTIONS, max(connections)), seconds=_WARM_UP)
                asked = {}
                for many in connections:
                    result = run_load(traffic, many, seconds=seconds, check=check)
                    asked[many] = Asked(
                        result.per_second,
                        result.quantile(0.5) * 1000,
                        result.quantile(0.99) * 1000,
                        result.answered,
                        result.failures,
                    )
                return Visit(start_seconds, server.megabytes(), asked)
        except ServerError as error:
            return Visit(trouble=str(error))


def summary(visits: Sequence[Visit]) -> dict[str, Any]:
    """Medians over the visits, with the least and the most; memory is the most."""
    good = [item for item in visits if not item.trouble]
    trouble = [item.trouble for item in visits if item.trouble]
    result: dict[str, Any] = {"trouble": trouble[0]} if trouble else {}
    if not good:
        return result
    result["start_seconds"] = spread((item.start_seconds for item in good), 2)
    result["memory_mb"] = round(max(item.megabytes for item in good), 1)
    result["connections"] = {
        str(many): _summary_asked([item.asked[many] for item in good]) for many in good[0].asked
    }
    return result


def _summary_asked(asked: Sequence[Asked]) -> dict[str, Any]:
    failures: Counter[str] = sum((item.failures for item in asked), Counter())
    return {
        "per_second": spread((item.per_second for item in asked), 1),
        "p50_ms": spread((item.p50 for item in asked), 3),
        "p99_ms": spread((item.p99 for item in asked), 3),
        "answered": sum(item.answered for item in asked),
        "failed": sum(failures.values()),
        "failures": dict(failures.most_common(5)),
    }


def spread(values: Iterable[float], digits: int) -> dict[str, float]:
    """Median, least and most."""
    known = sorted(values)
    return {
        "median": round(median(known), digits),
        "least": round(known[0], digits),
        "most": round(known[-1], digits),
    }
