"""Models and policies replaced under load."""

import asyncio
import time
from collections.abc import Callable, Sequence
from itertools import islice, pairwise
from uuid import UUID

import httpx
import orjson
from sqlalchemy import NullPool, create_engine, select

from api.store.engine import parse_url
from api.store.tables import decisions
from utilities.soak_trials.audit import audit, check_whole
from utilities.soak_trials.ledger import Ledger
from utilities.soak_trials.report import Report
from utilities.soak_trials.scene import Scene
from utilities.soak_trials.service import client
from utilities.soak_trials.variants import Shop, make_models, make_policies

_RELOAD_SECONDS = 0.05
_PATIENCE = 30.0
_SPOILT_EVERY = 4
_BESIDE = 3
_REPLAYERS = 8
Versions = tuple[str, str]
"""Of the model, and digest of the policy."""


class _Answers:
    """By which model and policy answers were made, as they come in.

    Attributes:
        latest: of the last answer.
        seen: of all answers.
        lately: of the answers since this was emptied.
    """

    def __init__(self) -> None:
        self.latest: Versions | None = None
        self.seen: set[Versions] = set()
        self.lately: set[Versions] = set()

    def watch(self, answer: bytes) -> None:
        versions = orjson.loads(answer)["versions"]
        self.latest = versions["model"], versions["policy_digest"]
        self.seen.add(self.latest)
        self.lately.add(self.latest)


async def swaps(scene: Scene, times: int, replays: int, report: Report) -> None:
    """Replace model, policy or both so many times under load, and spoilt ones in between.

    Every swap is awaited: answers must come by the new versions. Then up to ``replays`` decisions are
    made again by the service: those around every swap, and others spread evenly.
    """
    url = await asyncio.to_thread(scene.database.create)
    shop = Shop(scene.scratch / f"swaps-{scene.database.name}")
    changes = await asyncio.to_thread(_Changes, scene, shop)
    settings = {
        "MODEL_URI": str(shop.champion.absolute()),
        "POLICY_FILE": str(shop.policy.absolute()),
        "RELOAD_SECONDS": str(_RELOAD_SECONDS),
    }
    done = asyncio.Event()
    with scene.service(url, settings) as service:
        answers = _Answers()
        ledger = Ledger("swap", scene.bodies, service.port, watch=answers.watch)
        service.start()
        await service.ready()
        async with client(service.port) as asking:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(ledger.ask_until(done, scene.connections))
                try:
                    for number in range(times):
                        await _swap_once(asking, changes, answers, report, number)
                        scene.tell(f"{report.title}: {number + 1} of {times}")
                finally:
                    done.set()
            report.add("answered", len(ledger.answers))
            (await asyncio.to_thread(audit, url, ledger, ledger.prefix)).enter(report)
            report.add("versions seen in answers", len(answers.seen))
            totals = ledger.totals
            report.promise(not totals.failures, f"failed requests: {dict(totals.failures)}")
            report.promise(
                not totals.interruptions, f"requests were refused: {dict(totals.interruptions)}"
            )
            report.add("longest wait of a request, s", round(totals.longest, 2))
            chosen = await asyncio.to_thread(_around_swaps, url, replays)
            await _replay(asking, chosen, report, scene.tell)
    await asyncio.to_thread(check_whole, url, len(ledger.answers), report)


class _Changes:
    """The variants, and which of them should serve. Blocks."""

    def __init__(self, scene: Scene, shop: Shop) -> None:
        self.shop = shop
        self._models = make_models(scene.model, scene.scratch / "variants")
        self._policies = make_policies(scene.policy)
        self._model = self._policy = 0
        shop.put_model(self._models[0])
        shop.put_policy(self._policies[0].text)

    @property
    def wanted(self) -> Versions:
        """What should serve."""
        return self._models[self._model].version, self._policies[self._policy].digest

    def swap(self, kind: str) -> None:
        """Replace the model, the policy, or both."""
        if kind != "policy":
            self._model = (self._model + 1) % len(self._models)
            self.shop.put_model(self._models[self._model])
        if kind != "model":
            self._policy = (self._policy + 1) % len(self._policies)
            self.shop.put_policy(self._policies[self._policy].text)

    def spoil(self, number: int) -> str:
        """Put a spoilt model or policy in the place of what serves; say what it is."""
        kind, turn = number % 2, number // 2
        if kind == 0:
            fault = self.shop.spoil_model(self._models[(self._model + 1) % 3], turn)
            return f"model: {fault}"
        fault = self.shop.spoil_policy(self._policies[(self._policy + 1) % 3], turn)
        return f"policy: {fault}"

    def mend(self) -> None:
        """Put back what should serve."""
        self.shop.put_model(self._models[self._model])
        self.shop.put_policy(self._policies[self._policy].text)


async def _swap_once(
    asking: httpx.AsyncClient, changes: _Changes, answers: _Answers, report: Report, number: int
) -> None:
    """Replace the model, sometimes with the policy, and see it serve; sometimes the policy alone."""
    if number % _SPOILT_EVERY == 0:
        await _spoil_twice(asking, changes, answers, report, number)
    for kind in (("model",), ("both",), ("model", "policy"))[number % 3]:
        await asyncio.to_thread(changes.swap, kind)
        wanted = changes.wanted
        report.add("model swaps", int(kind != "policy"))
        report.add("policy swaps", int(kind != "model"))
        served = await _until(lambda: answers.latest == wanted)  # noqa: B023 - awaited at once
        report.add("changes seen in answers", int(served))
        report.promise(
            served, f"swap {number} ({kind}): {answers.latest} serves in place of {wanted}"
        )


async def _spoil_twice(
    asking: httpx.AsyncClient, changes: _Changes, answers: _Answers, report: Report, number: int
) -> None:
    """A spoilt model, then a spoilt policy: each is refused, and what served serves on."""
    for turn in (0, 1):
        answers.lately.clear()
        fault = await asyncio.to_thread(changes.spoil, number // _SPOILT_EVERY * 2 + turn)
        problem = await _until_problem(asking, there=True)
        await asyncio.sleep(2 * _RELOAD_SECONDS)
        served = answers.lately == {changes.wanted}
        report.add("spoilt ones", 1)
        report.add("spoilt ones refused", int(problem and served))
        report.promise(problem, f"a spoilt {fault} is not reported, swap {number}")
        report.promise(
            served, f"a spoilt {fault}: {answers.lately} answered, not {changes.wanted} alone"
        )
        await asyncio.to_thread(changes.mend)
        report.promise(
            await _until_problem(asking, there=False),
            f"a spoilt {fault} that was taken back is still reported, swap {number}",
        )


async def _until(holds: Callable[[], bool]) -> bool:
    """Whether something comes to hold within the time there is."""
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.005)
    return True


async def _until_problem(asking: httpx.AsyncClient, *, there: bool) -> bool:
    """Whether readiness, which stays true, comes to name a problem, or none."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        response = await asking.get("/health/ready")
        if response.status_code != 200:
            return False
        if (response.json().get("problem") is not None) is there:
            return True
        await asyncio.sleep(0.02)
    return False


def _around_swaps(url: str, most: int) -> list[UUID]:
    """Decisions to make again: those before and after each change of versions, and some of the rest."""
    columns = (decisions.c.id, decisions.c.model_version, decisions.c.policy_digest)
    engine = create_engine(parse_url(url), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            rows = connection.execute(select(*columns).order_by(decisions.c.id)).all()
    finally:
        engine.dispose()
    chosen: set[int] = set()
    for place, (one, other) in enumerate(pairwise(rows), 1):
        if one[1:] != other[1:]:
            chosen.update(range(max(0, place - _BESIDE), min(place + _BESIDE, len(rows))))
    spread = max(1, len(rows) // max(1, most - len(chosen)))
    chosen.update(range(0, len(rows), spread))
    return [rows[place].id for place in islice(sorted(chosen), most)]


async def _replay(
    asking: httpx.AsyncClient, chosen: Sequence[UUID], report: Report, tell: Callable[[str], None]
) -> None:
    """Let the service make decisions again with what decided then, and with what serves now."""
    waiting = iter(chosen)

    async def work() -> None:
        for decision in waiting:
            for using in ("original", "current"):
                answer = await asking.post(f"/decisions/{decision}/replay", json={"using": using})
                content = answer.json()
                same = answer.status_code == 200 and content["identical"]
                report.add(f"replays by the {using} versions", 1)
                report.add(f"replays identical, {using}", int(same))
                if using == "original":
                    report.promise(
                        same,
                        f"decision {decision} replayed: HTTP {answer.status_code}, "
                        f"{content.get('differences', content)}",
                    )
            if (count := report.counts["replays by the original versions"]) % 500 == 0:
                tell(f"{report.title}: {count} of {len(chosen)} replayed")

    async with asyncio.TaskGroup() as tasks:
        for _ in range(_REPLAYERS):
            tasks.create_task(work())
    again, same = (
        report.counts["replays by the current versions"],
        report.counts["replays identical, current"],
    )
    # Otherwise the versions decide alike, and a replay by the right ones shows nothing.
    report.promise(same < again, "decisions come out the same whatever versions decide")
