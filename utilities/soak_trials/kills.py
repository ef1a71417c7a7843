"""The service killed in the middle of load, again and again."""

import asyncio
from datetime import UTC, datetime

from utilities.soak_trials.audit import audit, check_whole
from utilities.soak_trials.ledger import Ledger
from utilities.soak_trials.report import Report
from utilities.soak_trials.scene import Scene
from utilities.soak_trials.service import ServiceProcess

_MOMENTS = (0.05, 0.6)
_LONGER = 0.2
_STARTING = (0.1, 1.2)
_KILLED_STARTING_EVERY = 10


async def kills(scene: Scene, times: int, report: Report) -> None:
    """Kill it so many times under load, start it again, and compare store and client each time.

    Now and then it is also killed while it starts; the first time, while it makes the tables.
    """
    url = await asyncio.to_thread(scene.database.create)
    with scene.service(url) as service:
        ledger = Ledger("kill", scene.bodies, service.port)
        service.start()
        await _kill_starting(scene, service, report)
        report.most("seconds to ready, at most", await service.ready())
        for number in range(times):
            await _kill_once(scene, service, ledger, url, report, number)
            scene.tell(f"{report.title}: {number + 1} of {times}, {report.counts['stored']} stored")
    report.add("requests interrupted", ledger.totals.interruptions["connection lost"])
    report.promise(not ledger.totals.failures, f"failed requests: {dict(ledger.totals.failures)}")
    await asyncio.to_thread(check_whole, url, len(ledger.answers), report)


async def _kill_once(
    scene: Scene, service: ServiceProcess, ledger: Ledger, url: str, report: Report, number: int
) -> None:
    moment = scene.random.uniform(*_MOMENTS)
    before = len(ledger.answers)
    asking = asyncio.create_task(ledger.ask(scene.connections, moment + _LONGER))
    await asyncio.sleep(moment)
    died = service.runs
    service.kill()
    killed_at = datetime.now(UTC)
    report.add("kills under load", 1)
    report.promise(died, f"the service had ended before it was killed, round {number}")
    await asyncio.sleep(0.02)  # what it sent is read to the end
    seen = len(ledger.answers) - before
    service.start()
    if number % _KILLED_STARTING_EVERY == _KILLED_STARTING_EVERY - 1:
        await _kill_starting(scene, service, report)
    report.most("seconds to ready, at most", await service.ready())
    part = await asking
    found = await asyncio.to_thread(audit, url, ledger, part, before=killed_at)
    report.add("answered", len(ledger.answers) - before)
    report.add("kept, unanswered, found again", found.early - seen)
    report.promise(
        not found.unanswered, f"{found.unanswered} decisions that nobody has, round {number}"
    )
    found.enter(report)


async def _kill_starting(scene: Scene, service: ServiceProcess, report: Report) -> None:
    await asyncio.sleep(scene.random.uniform(*_STARTING))
    service.kill()
    service.start()
    report.add("kills while starting", 1)
