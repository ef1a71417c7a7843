"""The report of a benchmark: the machine it ran on, its table and its targets."""

import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

_PACKAGES = (
    "fastapi",
    "uvicorn",
    "uvloop",
    "httptools",
    "pydantic",
    "numpy",
    "orjson",
    "sqlalchemy",
    "psycopg",
    "scikit-learn",
    "xgboost-cpu",
    "pandas",
)
_LEAST_SHARES = {"a": 0.5, "c": 5.0, "d": 5.0, "e": 5.0, "d2": 5.0, "e2": 5.0}
"""By what (b) is divided: the floor, and what it is compared with."""
_START_SECONDS = 2.0
_MEGABYTES = 250.0
_BATCH_PER_SECOND = 20_000.0
_AT = "16"
_BUSY = 0.5
Summaries = Mapping[str, Mapping[str, Any]]


def machine(scratch: Path) -> dict[str, Any]:
    """What the figures were measured on; ``fsync_ms`` is what a commit costs on its disk."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 2),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "fsync_ms": round(_fsync_seconds(scratch) * 1000, 3),
        "packages": {name: version(name) for name in _PACKAGES},
    }


def _processor() -> str:
    """Name of the processor, where Linux tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _fsync_seconds(scratch: Path) -> float:
    """Median of 100 times writing 4 kB and waiting until the disk has it."""
    times = []
    with tempfile.TemporaryFile(dir=scratch) as file:
        for _ in range(100):
            file.write(bytes(4096))
            file.flush()
            start = time.perf_counter()
            os.fsync(file.fileno())
            times.append(time.perf_counter() - start)
    return statistics.median(times)


def table(titles: Mapping[str, str], summaries: Summaries, connections: list[int]) -> str:
    """A line a system: start, memory, and requests/s, p50 and p99 for each number of connections."""
    heads = "".join(f" │{f'{many} connection' + 's' * (many > 1):^28}" for many in connections)
    units = " │" + f"{'req/s':>8}{'± %':>4}{'p50 ms':>8}{'p99 ms':>8}"
    lines = [
        f"{'':52}{'start':>7}{'memory':>8}{heads}{'':8}",
        f"{'':52}{'s':>7}{'MB':>8}{units * len(connections)}{'failed':>8}",
    ]
    for key, summary in summaries.items():
        name = f"{key:4}{titles[key]:48}"[:52]
        if "connections" not in summary:
            lines.append(f"{name}  {summary['trouble']}")
            continue
        cells = "".join(_cell(summary["connections"][str(many)]) for many in connections)
        failed = sum(asked["failed"] for asked in summary["connections"].values())
        start = summary["start_seconds"]["median"]
        lines.append(f"{name}{start:7.2f}{summary['memory_mb']:8.0f}{cells}{failed:8d}")
        for many, asked in summary["connections"].items():
            if asked["failures"]:
                lines.append(f"      failed at {many}: {asked['failures']}")
        if "trouble" in summary:
            lines.append(f"      not every time: {summary['trouble']}")
    return "\n".join(lines)


def machine_line(machine: Mapping[str, Any]) -> str:
    """Where the figures come from, and whether other work took part of it."""
    line = (
        f"{machine['cores']} cores ({machine['processor']}), Python {machine['python']}, "
        f"fsync {machine['fsync_ms']} ms; load before: {machine['load_before']}"
    )
    return f"{line}: busy, the figures suffer" if machine["load_before"] > _BUSY else line


def batch_line(summary: Mapping[str, Any]) -> str:
    """What came of the batches, in applicants a second."""
    if "trouble" in summary:
        return f"batch: {summary['trouble']}"
    size, rate = summary["applicants"], summary["per_second_per_core"]
    line = (
        f"batches of {size:,}: {rate['median']:,.0f} applicants/s per core, nothing kept "
        f"({rate['least']:,.0f} to {rate['most']:,.0f})"
    )
    kept = summary["kept_in_sqlite"]
    if "connections" not in kept:
        return f"{line}; {kept['trouble']}"
    asked = kept["connections"]["1"]
    return (
        f"{line}; {size / asked['p50_ms']['median'] * 1000:,.0f}/s over HTTP, kept in SQLite, "
        f"{kept['memory_mb']:.0f} MB, failed {asked['failed']} {asked['failures'] or ''}".rstrip()
    )


def _cell(asked: Mapping[str, Any]) -> str:
    rate = asked["per_second"]
    swing = (rate["most"] - rate["least"]) / 2 / rate["median"] * 100 if rate["median"] else 0.0
    return (
        f" │{rate['median']:8,.0f}{swing:4.0f}"
        f"{asked['p50_ms']['median']:8.2f}{asked['p99_ms']['median']:8.2f}"
    )


def targets(titles: Mapping[str, str], summaries: Summaries) -> list[dict[str, Any]]:
    """What was asked for beside what came out; only what was measured is judged.

    >>> summaries = {
    ...     key: {
    ...         "connections": {"16": {"per_second": {"median": rate}}},
    ...         "start_seconds": {"median": 1.2},
    ...         "memory_mb": 260.0,
    ...     }
    ...     for key, rate in (("a", 1000.0), ("b", 900.0))
    ... }
    >>> [(line["got"], line["met"]) for line in targets({"a": "floor"}, summaries)]
    [(0.9, True), (1.2, True), (260.0, False)]
    """
    lines = []
    rates = {
        key: summary["connections"][_AT]["per_second"]["median"]
        for key, summary in summaries.items()
        if _AT in summary.get("connections", {})
    }
    for own in ("b", "b2"):
        if own not in rates:
            continue
        for other, least in _LEAST_SHARES.items():
            if rates.get(other):
                what = f"({own}) over ({other}) {titles[other]}: req/s at {_AT}"
                lines.append(_target(what, round(rates[own] / rates[other], 2), at_least=least))
        start = summaries[own]["start_seconds"]["median"]
        lines.append(_target(f"({own}) start to first answer, s", start, below=_START_SECONDS))
        memory = summaries[own]["memory_mb"]
        lines.append(_target(f"({own}) resident memory, MB", memory, below=_MEGABYTES))
    if "per_second_per_core" in summaries.get("batch", {}):
        got = summaries["batch"]["per_second_per_core"]["median"]
        what = "batch without storage, applicants/s per core"
        lines.append(_target(what, got, at_least=_BATCH_PER_SECOND))
    return lines


def _target(
    what: str, got: float, *, at_least: float | None = None, below: float | None = None
) -> dict[str, Any]:
    met = got >= at_least if at_least is not None else below is not None and got < below
    wanted = f"≥ {at_least:g}" if at_least is not None else f"< {below:g}"
    return {"what": what, "wanted": wanted, "got": got, "met": met}


def target_lines(lines: Sequence[Mapping[str, Any]]) -> str:
    """A line a target, with its verdict first."""
    return "\n".join(
        f"{'met    ' if line['met'] else 'NOT MET'}  {line['got']:>10,g}  wanted {line['wanted']:<9}"
        f"  {line['what']}"
        for line in lines
    )
