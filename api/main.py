"""Builds the service; nothing happens at import. Run with ``python -m api``."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api import docs
from api.access import Gate
from api.archive import Archive
from api.direct import Direct
from api.errors import add_error_handlers
from api.lifecycle import Lifecycle, probes
from api.limits import BodyLimit
from api.logs import configure_logging
from api.middleware import Observed
from api.model_host import ModelHost
from api.model_source import source_of
from api.openapi import DESCRIPTION, VERSION, describe
from api.routes import access, batch, decisions, health, model, policy, score, what_if
from api.service import Service
from api.settings import Settings
from api.store.store import Store
from api.telemetry import Metrics
from api.tracing import Tracing


def _now() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings | None = None, *, clock: Callable[[], datetime] = _now
) -> FastAPI:
    """The service with these settings, or with those of the environment.

    Raises:
        ConfigurationError: at start, when others may reach it and no key keeps anybody out.
    """
    settings = settings or Settings()
    configure_logging(settings.log_level)
    metrics = Metrics()
    store = Store(
        settings.database_url.get_secret_value(),
        patience=settings.store_patience_seconds,
        on_commit=metrics.committed,
    )
    gate = Gate(settings, store)
    lifecycle = Lifecycle(settings, store, gate, metrics, clock)
    host = ModelHost(
        source_of(settings.model_uri),
        settings.policy_file,
        source_of(settings.challenger_uri, "CHALLENGER_URI") if settings.challenger_uri else None,
        probes=probes(),
        before_swap=lifecycle.keep,
        on_event=metrics.reloaded,
    )
    endpoint = settings.otel_exporter_otlp_endpoint
    tracing = Tracing(endpoint) if endpoint else None

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            async with lifecycle.running(host):
                yield
        finally:
            if tracing is not None:
                await asyncio.to_thread(tracing.close)

    app = FastAPI(
        title="Solvencia",
        version=VERSION,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,  # its page takes Swagger UI from elsewhere; ours does not (``docs``)
        redoc_url=None,
        # Its own tracing tells paths and queries; ours does not (``tracing``).
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.gate = gate
    app.state.service = Service(settings, store, host, Archive(store), metrics, clock)
    add_error_handlers(app)
    (route,) = [item for item in score.router.routes if isinstance(item, APIRoute)]
    app.add_middleware(
        Direct, route=route, answer=score.score_directly, handlers=app.exception_handlers
    )
    app.add_middleware(
        BodyLimit,
        largest=settings.max_body_bytes,
        largest_batch=settings.max_batch_bytes,
        batch_paths=frozenset({"/score/batch"}),
    )
    app.add_middleware(Observed, metrics=metrics, tracing=tracing)
    for part in (score, batch, decisions, what_if, model, policy, access, health, docs):
        app.include_router(part.router)
    app.openapi = partial(describe, app)  # type: ignore[method-assign]
    return app
