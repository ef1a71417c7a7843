"""The service asked to end in the middle of load."""

import asyncio

from utilities.soak_trials.audit import audit, check_whole
from utilities.soak_trials.ledger import Ledger
from utilities.soak_trials.report import Report
from utilities.soak_trials.scene import Scene

_MOMENTS = (0.1, 0.6)
_LONGER = 0.2


async def stops(scene: Scene, times: int, report: Report) -> None:
    """Send it SIGTERM so many times under load: what it decided it has answered, and it ends with 0."""
    url = await asyncio.to_thread(scene.database.create)
    with scene.service(url) as service:
        ledger = Ledger("stop", scene.bodies, service.port)
        service.start()
        await service.ready()
        for number in range(times):
            moment = scene.random.uniform(*_MOMENTS)
            before = len(ledger.answers)
            asking = asyncio.create_task(ledger.ask(scene.connections, moment + _LONGER))
            await asyncio.sleep(moment)
            code = await service.stop()
            await asyncio.sleep(0.02)  # what it sent is read to the end
            report.add("stops", 1)
            report.promise(code == 0, f"exit code {code}, round {number}")
            part = f"stop-{number}"
            left = await asyncio.to_thread(audit, url, ledger, part)
            report.add("decided and not answered", left.unanswered)
            report.promise(
                not left.unanswered,
                f"{left.unanswered} decisions were kept and not answered, round {number}",
            )
            service.start()
            await service.ready()
            assert await asking == part
            report.add("answered", len(ledger.answers) - before)
            (await asyncio.to_thread(audit, url, ledger, part)).enter(report)
            scene.tell(f"{report.title}: {number + 1} of {times}, {report.counts['stored']} stored")
        report.add("requests interrupted", ledger.totals.interruptions["connection lost"])
        report.promise(
            not ledger.totals.failures, f"failed requests: {dict(ledger.totals.failures)}"
        )
    await asyncio.to_thread(check_whole, url, len(ledger.answers), report)
