"""Compare POST /score with its floor and with the usual ways to serve a model: reports/bench_api.json.

    python -m utilities.bench_api [--seconds 5] [--repeats 3] [--only a,b] [--output FILE]

Every system is started anew for each repeat, one at a time and in turn, with one worker, and asked
over 1, 16 and 64 connections by a load generator on the same cores. Medians are printed; an answer
that is not the right one has failed and is counted. A part is written only where --output says.
"""

import argparse
import contextlib
import gc
import json
import signal
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from solvencia.artifact import read_model
from solvencia.domain.errors import SolvenciaError
from solvencia.serving.decider import Decider, load_policy
from utilities.bench_apps import rivals
from utilities.bench_apps.applicants import (
    SPELLS,
    Expected,
    expect,
    make_applications,
)
from utilities.bench_apps.batch import batch_check, batches_of, decided_per_second
from utilities.bench_apps.environments import RivalError
from utilities.bench_apps.measuring import Visit, spread, summary, visit
from utilities.bench_apps.report import (
    batch_line,
    machine,
    machine_line,
    table,
    target_lines,
    targets,
)
from utilities.bench_apps.systems import (
    System,
    first_answer,
    floor_server,
    fragment_check,
    own_server,
    postgresql,
)

MODEL, POLICY = Path("model/champion"), Path("business_rules/policy.json")
SCRATCH, REPORT = Path(".scratch/bench"), Path("reports/bench_api.json")
TITLES = {
    "a": "floor: same body and models, canned decision",
    "a2": "floor, read and written as POST /score does",
    "b": "POST /score complete, kept in SQLite",
    "b2": "POST /score complete, kept in PostgreSQL",
    "c": "FastAPI, pandas row, scikit-learn + XGBoost",
    "d": "mlflow models serve, the pipeline of (c)",
    "d2": "mlflow models serve, XGBoost alone",
    "e": "BentoML, the pipeline of (c)",
    "e2": "BentoML, XGBoost alone",
}
BATCH = "batch"
_OTHERS = {"c", "d", "d2", "e", "e2"}


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    keys: tuple[str, ...]
    seconds: float
    repeats: int
    connections: tuple[int, ...] = (1, 16, 64)
    applications: int = 2_000
    batch: int = 1_000
    model: Path = MODEL


def main() -> int:
    """Measure, print the table and the targets, and write the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    parser.add_argument("--repeats", type=int, default=3, help="of each measurement")
    parser.add_argument("--only", default=",".join([*TITLES, BATCH]), help="keys, with commas")
    parser.add_argument("--output", type=Path, help=f"default of the whole comparison: {REPORT}")
    arguments = parser.parse_args()
    keys = tuple(arguments.only.split(","))
    if unknown := set(keys) - {*TITLES, BATCH}:
        parser.error(
            f"--only: got {', '.join(sorted(unknown))}; allowed: {', '.join(TITLES)}, {BATCH}"
        )
    # Told to stop, it still stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    output = arguments.output or (REPORT if set(keys) == {*TITLES, BATCH} else None)
    try:
        report = run(Plan(keys, arguments.seconds, arguments.repeats), SCRATCH)
    except (OSError, SolvenciaError) as error:
        print(f"bench-api: {error}; `make run` makes the model", file=sys.stderr)
        return 1
    print(f"\n{machine_line(report['machine'])}")
    print(f"\n{table(TITLES, report['systems'], report['run']['connections'])}")
    if report[BATCH]:
        print(f"\n{batch_line(report[BATCH])}")
    print(f"\n{target_lines(report['targets'])}")
    if output is not None:
        output.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        print(f"\n{output}")
    return 0


def run(plan: Plan, scratch: Path) -> dict[str, Any]:
    """The report. Everything that is started is stopped, everything written under ``scratch`` but
    the environments is removed.

    Raises:
        SolvenciaError: there is no model or policy.
    """
    scratch = scratch.resolve()
    scratch.mkdir(parents=True, exist_ok=True)
    decider = Decider(read_model(plan.model), load_policy(POLICY))
    applications = make_applications(plan.applications)
    expected = expect(applications, decider)
    with contextlib.ExitStack() as stack:
        here = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=scratch)))
        described = machine(here)
        systems = _own(plan, applications, expected, here, stack)
        missing: dict[str, str] = {}
        if _OTHERS & set(plan.keys):
            others, missing = _others(plan.keys, expected, here, scratch)
            systems |= others
        systems = {key: systems[key] for key in TITLES if key in systems and key in plan.keys}
        # What was prepared stays: the load generator shall not stop to look through it.
        gc.collect()
        gc.freeze()
        visits: dict[str, list[Visit]] = {key: [] for key in systems}
        for repeat in range(plan.repeats):
            for key, system in systems.items():
                found = visit(system, plan.connections, plan.seconds, here, first=repeat * 701)
                visits[key].append(found)
                print(_progress(key, repeat, found), flush=True)
        summaries = {key: summary(found) for key, found in visits.items()}
        summaries |= {key: {"trouble": reason} for key, reason in missing.items()}
        if BATCH in plan.keys:
            summaries[BATCH] = _batch(plan, applications, expected, here)
    return {
        "machine": described,
        "run": {
            "seconds": plan.seconds,
            "repeats": plan.repeats,
            "connections": list(plan.connections),
            "applications": plan.applications,
            "spells": SPELLS,
            "outcomes": dict(sorted(expected.outcomes.items())),
            "model": decider.model.version,
            "rivals_model": rivals.DESCRIPTION,
            "rivals": [rivals.MLFLOW, rivals.BENTOML],
        },
        "systems": {
            key: {"title": title, **summaries[key]}
            for key, title in TITLES.items()
            if key in summaries
        },
        BATCH: summaries.get(BATCH, {}),
        "targets": targets(TITLES, summaries),
    }


def _own(
    plan: Plan,
    applications: Sequence[bytes],
    expected: Expected,
    here: Path,
    stack: contextlib.ExitStack,
) -> dict[str, System]:
    """The floor and the service."""
    service = partial(own_server, model=plan.model.resolve())
    right = fragment_check(expected.verdicts)
    systems = {"b": System("/score", applications, right, service)}
    if {"a", "a2"} & set(plan.keys):
        canned = here / "canned.json"
        canned.write_bytes(first_answer(systems["b"], here))
        floor = partial(floor_server, model=plan.model.resolve(), canned=canned)
        same = fragment_check(expected.verdicts[:1])
        systems["a"] = System("/bench/floor", applications, same, floor)
        systems["a2"] = System("/bench/floor-as-score", applications, same, floor)
    if "b2" in plan.keys:
        database = stack.enter_context(postgresql(here / "postgresql"))
        systems["b2"] = System(
            "/score",
            applications,
            right,
            lambda directory: service(directory, database=database()),
        )
    return systems


def _others(
    keys: Sequence[str], expected: Expected, here: Path, scratch: Path
) -> tuple[dict[str, System], dict[str, str]]:
    """What it is compared with, and why the rest of it cannot be started."""
    try:
        trained = rivals.train(expected.features, here / "model")
    except RivalError as error:
        return {}, dict.fromkeys(_OTHERS & set(keys), str(error))
    systems: dict[str, System] = {"c": rivals.usual(trained)}
    missing: dict[str, str] = {}
    for both, make in ((("d", "d2"), rivals.mlflow), (("e", "e2"), rivals.bentoml)):
        if asked := set(both) & set(keys):
            try:
                systems |= make(trained, scratch)
            except RivalError as error:
                missing |= dict.fromkeys(asked, str(error))
    return systems, missing


def _batch(
    plan: Plan, applications: Sequence[bytes], expected: Expected, here: Path
) -> dict[str, Any]:
    """Batches decided in a process of their own, and kept over HTTP; per applicant, not batch."""
    size = plan.batch
    bodies, check = batches_of(applications, size), batch_check(expected.verdicts, size)
    service = partial(own_server, model=plan.model.resolve())
    try:
        rates = [
            rate
            for _ in range(plan.repeats)
            for rate in decided_per_second(
                bodies, size, check, model=plan.model, policy=POLICY, directory=here
            )
        ]
    except ValueError as error:
        return {"trouble": str(error)}
    system = System("/score/batch", bodies, check, service)
    kept = [visit(system, (1,), plan.seconds, here, first=turn) for turn in range(plan.repeats)]
    return {
        "applicants": size,
        "per_second_per_core": spread(rates, 0),
        "kept_in_sqlite": summary(kept),
    }


def _progress(key: str, repeat: int, found: Visit) -> str:
    rates = ", ".join(f"{asked.per_second:,.0f}/s at {many}" for many, asked in found.asked.items())
    return f"{repeat + 1} {key:3} {found.trouble or rates}"


if __name__ == "__main__":
    sys.exit(main())
