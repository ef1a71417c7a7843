"""Builds the service; nothing happens at import. Run with ``uvicorn --factory api.main:create_app``."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from api.errors import add_error_handlers
from api.model_host import ModelHost
from api.routes import health, score
from api.settings import Settings

_DESCRIPTION = """
Income scoring and credit decisions for personal and payroll loans in Mexico.

`POST /score` takes an applicant as a raw work history or as a profile and answers with the income
score (300 to 850: 600 at odds 4:1, 50 points double the odds), the income band, the probability of
default, the segment, the decision with its offer, and the reasons. Errors are problem documents
(RFC 9457) that name the field, the value and what is allowed.
"""


def create_app(settings: Settings | None = None) -> FastAPI:
    """The service with these settings, or with those of the environment."""
    settings = settings or Settings()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    host = ModelHost(settings.model_uri, settings.policy_file)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        host.load()
        yield

    app = FastAPI(title="Solvencia", version="1", description=_DESCRIPTION, lifespan=lifespan)
    app.state.host = host
    add_error_handlers(app)
    app.include_router(score.router)
    app.include_router(health.router)
    return app
