"""From start to end of a service: what is opened, what runs beside the requests, what is closed."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from api.access import ConfigurationError, Gate, ensure_startable
from api.archive import POLICY_FILE
from api.model_host import ModelHost, Serving, follow
from api.probing import Probe
from api.settings import Settings
from api.store.errors import StoreUnavailableError
from api.store.store import Store
from api.telemetry import Metrics
from api.wire.score import HISTORY_EXAMPLE, PROFILE_EXAMPLE, ScoreRequest

logger = logging.getLogger("solvencia.api")
_OPEN_AGAIN = 1.0
_RETAIN_EVERY = timedelta(hours=1).total_seconds()
_KEEP_PATIENCE = 5.0


def probes() -> Sequence[Probe]:
    """The worked examples of the documentation, on which every new model and policy must decide."""
    found = []
    for example in (HISTORY_EXAMPLE, PROFILE_EXAMPLE):
        request = ScoreRequest.model_validate(example)
        assert request.as_of is not None
        assert request.loan is not None
        found.append((request.applicant, request.as_of, request.loan))
    return found


class Lifecycle:
    """Opens the store, admits the first model, and keeps all of it fresh until the service ends."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        gate: Gate,
        metrics: Metrics,
        clock: Callable[[], datetime],
    ) -> None:
        self._settings, self._store, self._gate = settings, store, gate
        self._metrics, self._clock = metrics, clock
        self._loop: asyncio.AbstractEventLoop | None = None

    def keep(self, serving: Serving) -> None:
        """Keep a model and a policy that are about to serve, for replays; called from a thread.

        Raises:
            StoreUnavailableError: the database is away.
        """
        assert self._loop is not None
        kept = asyncio.run_coroutine_threadsafe(self._keep(serving), self._loop)
        kept.result(_KEEP_PATIENCE)
        self._metrics.serving(
            serving.decider.model.version,
            serving.decider.policy.policy.version,
            synthetic=bool(serving.decider.model.provenance.get("synthetic", True)),
        )

    @asynccontextmanager
    async def running(self, host: ModelHost) -> AsyncIterator[None]:
        """Start, hand over, and end: what was accepted is finished first.

        Raises:
            ConfigurationError: as ``ensure_startable``.
        """
        self._loop = asyncio.get_running_loop()
        stop = asyncio.Event()
        opened = await self._open()
        if opened:
            await asyncio.to_thread(host.check)
        tasks = [asyncio.create_task(self._beside(host, stop, opened=opened))]
        try:
            yield
        finally:
            stop.set()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._store.close()

    async def _keep(self, serving: Serving) -> None:
        model, policy = serving.decider.model, serving.decider.policy
        await self._store.keep_artifact("model", model.version, serving.model_files)
        await self._store.keep_artifact("policy", policy.digest, {POLICY_FILE: serving.policy_text})

    async def _open(self) -> bool:
        """Whether the database is open by now. Without it the service starts, and is not ready."""
        try:
            await self._store.open()
            await self._gate.refresh()
            keys = await self._store.keys()
        except StoreUnavailableError as error:
            logger.error("database away, will be tried again: %s", error)
            return False
        ensure_startable(self._settings, keys)
        return True

    async def _beside(self, host: ModelHost, stop: asyncio.Event, *, opened: bool) -> None:
        while not opened:
            await asyncio.sleep(_OPEN_AGAIN)
            try:
                opened = await self._open()
            except ConfigurationError as error:  # too late to refuse the start; the gate stays shut
                logger.error("%s", error)
                opened = True
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(follow(host, self._settings.reload_seconds, stop))
            tasks.create_task(self._gate.follow())
            tasks.create_task(self._retain())

    async def _retain(self) -> None:
        """Erase what is older than the retention period, now and every hour."""
        while self._settings.retention_days:
            now = self._clock()
            with suppress(StoreUnavailableError):
                erased = await self._store.erase_before(
                    now - timedelta(days=self._settings.retention_days), now
                )
                if erased:
                    logger.info("retention: inputs of %d decisions erased", erased)
            await asyncio.sleep(_RETAIN_EVERY)
