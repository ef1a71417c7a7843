"""Kill the service, take its database away, swap its model and stop it, under load, many times.

python -m utilities.soak [--only kill,outage,swaps,stop] [--databases sqlite,postgresql]

Prints a table of what was counted, and ends with 1 when a promise did not hold: then the databases
of SQLite and the logs of the service stay for a look.
"""

import argparse
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random
from types import FrameType

from utilities.bench_apps.applicants import make_applications
from utilities.soak_trials.databases import Database, opened
from utilities.soak_trials.kills import kills
from utilities.soak_trials.outages import outages
from utilities.soak_trials.report import Report, Trial, conduct, table
from utilities.soak_trials.scene import Scene
from utilities.soak_trials.stops import stops
from utilities.soak_trials.swaps import swaps

MODEL, POLICY = Path("model/champion"), Path("business_rules/policy.json")
SCRATCH = Path(".scratch/soak")
TRIALS = ("kill", "outage", "swaps", "stop")
DATABASES = ("sqlite", "postgresql")
_APPLICANTS = 500


@dataclass(frozen=True)
class Plan:
    """How much is done.

    Attributes:
        outage_seconds: how long the database is away, in each of its ways.
        replays: decisions that are made again after the swaps, at most.
    """

    trials: Sequence[str] = TRIALS
    databases: Sequence[str] = DATABASES
    kills: int = 200
    outage_seconds: float = 10.0
    swaps: int = 100
    replays: int = 3000
    stops: int = 20
    seed: int = 7


def main() -> int:
    """Do what the command line asks for, and print what came of it."""
    plan = _plan()
    if not MODEL.exists():
        print(f"soak: {MODEL} is missing; `make run` makes it", file=sys.stderr)
        return 1
    signal.signal(signal.SIGTERM, _interrupt)
    SCRATCH.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=SCRATCH)).absolute()
    reports: list[Report] = []
    try:
        bodies = make_applications(_APPLICANTS)
        for report in run(plan, MODEL, POLICY, bodies, scratch, teller()):
            reports.append(report)
    finally:
        good = bool(reports) and not any(report.broken for report in reports)
        if reports:
            print(f"\n{table(reports)}")
        if good:
            shutil.rmtree(scratch)
        else:
            print(f"\nlogs and databases: {scratch}")
    return 0 if good else 1


def run(
    plan: Plan,
    model: Path,
    policy: Path,
    bodies: Sequence[bytes],
    scratch: Path,
    tell: Callable[[str], None] = lambda _: None,
) -> Iterator[Report]:
    """One report after the other; everything that is started is stopped before the next.

    Args:
        model: directory of a model.
        policy: file of a policy.
        bodies: requests of ``POST /score``.
        scratch: directory for all that is written.
        tell: takes one line on how far it is.
    """
    for name in plan.databases:
        with opened(name, scratch) as database:
            scene = Scene(model, policy, bodies, scratch, database, Random(plan.seed), tell)  # noqa: S311 - moments, not secrets
            for title, trial in _trials(plan, scene, database):
                yield conduct(title, trial)


def teller() -> Callable[[str], None]:
    """Shows how far it is: on a terminal in one line, elsewhere a line every ten seconds."""
    last = time.monotonic()

    def tell(text: str) -> None:
        nonlocal last
        if sys.stdout.isatty():
            print(f"\r{text:79}", end="", flush=True)
        elif time.monotonic() - last > 10:
            last = time.monotonic()
            print(text, flush=True)

    return tell


def _trials(plan: Plan, scene: Scene, database: Database) -> Iterator[tuple[str, Trial]]:
    name = database.name
    if "kill" in plan.trials:
        yield f"kills {name}", partial(kills, scene, plan.kills)
    if "outage" in plan.trials:
        for way in database.ways:
            yield f"outage {name} {way}", partial(outages, scene, plan.outage_seconds, way)
    if "swaps" in plan.trials:
        yield f"swaps {name}", partial(swaps, scene, plan.swaps, plan.replays)
    if "stop" in plan.trials:
        yield f"stops {name}", partial(stops, scene, plan.stops)


def _plan() -> Plan:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    known = Plan()
    parser.add_argument("--only", default=",".join(TRIALS), help="trials, with commas")
    parser.add_argument("--databases", default=",".join(DATABASES), help="with commas")
    parser.add_argument("--kills", type=int, default=known.kills)
    parser.add_argument("--outage-seconds", type=float, default=known.outage_seconds)
    parser.add_argument("--swaps", type=int, default=known.swaps)
    parser.add_argument("--replays", type=int, default=known.replays, help="at most")
    parser.add_argument("--stops", type=int, default=known.stops)
    parser.add_argument("--seed", type=int, default=known.seed, help="of the moments")
    found = parser.parse_args()
    chosen = {"--only": found.only.split(","), "--databases": found.databases.split(",")}
    for option, allowed in (("--only", TRIALS), ("--databases", DATABASES)):
        if unknown := set(chosen[option]) - set(allowed):
            parser.error(
                f"{option}: got {', '.join(sorted(unknown))}; allowed: {', '.join(allowed)}"
            )
    return Plan(
        trials=chosen["--only"],
        databases=chosen["--databases"],
        kills=found.kills,
        outage_seconds=found.outage_seconds,
        swaps=found.swaps,
        replays=found.replays,
        stops=found.stops,
        seed=found.seed,
    )


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
