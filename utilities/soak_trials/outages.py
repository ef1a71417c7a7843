"""The database away for a while under load."""

import asyncio
import time

from utilities.soak_trials.audit import audit, check_whole
from utilities.soak_trials.ledger import Ledger
from utilities.soak_trials.report import Report
from utilities.soak_trials.scene import Scene
from utilities.soak_trials.service import client
from utilities.soak_trials.witness import Sightings, score, watch_readiness

_WITNESSES = 4
_LONGEST_PATIENCE = 5.0
_RECOVERY_SECONDS = 15.0


async def outages(scene: Scene, seconds: float, way: str, report: Report) -> None:
    """Take the database away for so long, give it back, and do nothing else to the service.

    A request waits a quarter of that, at most the five seconds of the default, and then gets a 503.
    """
    url = await asyncio.to_thread(scene.database.create)
    patience = min(_LONGEST_PATIENCE, seconds / 4)
    seen, readiness, done = Sightings(), Sightings(), asyncio.Event()
    with scene.service(url, {"STORE_PATIENCE_SECONDS": str(patience)}) as service:
        ledger = Ledger("away", scene.bodies, service.port)
        service.start()
        pid = service.pid
        await service.ready()
        async with client(service.port) as asking, asyncio.TaskGroup() as tasks:
            tasks.create_task(ledger.ask_until(done, scene.connections))
            tasks.create_task(watch_readiness(asking, readiness, done))
            for number in range(_WITNESSES):
                tasks.create_task(score(asking, ledger, f"witness{number}", seen, done))
            try:
                await _out(scene, seconds, way, url, report, readiness, ledger)
            finally:
                done.set()
        report.promise(service.runs and service.pid == pid, "the service has ended")
        found = await asyncio.to_thread(audit, url, ledger, ledger.prefix)
    totals = ledger.totals
    report.add("answered", len(ledger.answers))
    found.enter(report)
    report.add("503s to the load", totals.interruptions["HTTP 503"])
    report.add("503s with Retry-After", seen.refusals)
    silent, strange = seen.silent + readiness.silent, seen.strange + readiness.strange
    report.add("503s without", silent)
    report.add("longest wait of a request, s", round(totals.longest, 2))
    lost = {name: count for name, count in totals.interruptions.items() if name != "HTTP 503"}
    report.promise(not totals.failures, f"failed requests: {dict(totals.failures)}")
    report.promise(not lost, f"connections did not hold: {lost}")
    report.promise(not strange, f"{len(strange)} strange answers: {strange[:3]}")
    report.promise(seen.refusals > 0, "no 503 with Retry-After was seen")
    report.promise(not silent, f"{silent} answers of 503 without Retry-After")
    await asyncio.to_thread(check_whole, url, len(ledger.answers), report)


async def _out(
    scene: Scene,
    seconds: float,
    way: str,
    url: str,
    report: Report,
    readiness: Sightings,
    ledger: Ledger,
) -> None:
    """Away for so many seconds, between a while before and a while after."""
    around = min(1.0, seconds / 4)
    await asyncio.sleep(around)
    scene.tell(f"{report.title}: {len(ledger.answers)} answered, away now")
    gone = time.monotonic()
    try:
        await asyncio.to_thread(scene.database.leave, url, way)
        await asyncio.sleep(seconds)
    finally:
        await asyncio.to_thread(scene.database.come_back)
    back, answered = time.monotonic(), len(ledger.answers)
    scene.tell(f"{report.title}: {answered} answered, back again")
    while not readiness.ready or len(ledger.answers) == answered:
        if time.monotonic() > back + _RECOVERY_SECONDS:
            report.promise(False, f"not well {_RECOVERY_SECONDS:g} s after the database came back")
            break
        await asyncio.sleep(0.02)
    await asyncio.sleep(around)
    report.add("seconds away", round(back - gone, 2))
    unready = [at for at, ready in readiness.changes if at > gone and not ready]
    if unready and readiness.ready:
        report.add("seconds until not ready", round(unready[0] - gone, 2))
        again = max(0.0, readiness.changes[-1][0] - back)
        report.add("seconds until ready again", round(again, 2))
    report.promise(bool(unready), "it said all the time that it was ready")
    report.promise(readiness.ready, "it is not ready in the end")
    report.add("answered after it came back", len(ledger.answers) - answered)
