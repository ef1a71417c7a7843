"""Is the process alive, and can it decide and keep what it decides?"""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse

from api.dependencies import AnalystDep, ServiceDep, problems
from api.errors import NotReadyError
from api.wire.model import Health

router = APIRouter(tags=["operations"])
_NOT_READY: dict[int | str, dict[str, Any]] = {503: problems()[503]}


@router.get("/health/live")
async def live() -> Health:
    """The process answers."""
    return Health(status="ok")


@router.get("/health/ready", responses=_NOT_READY)
async def ready(service: ServiceDep) -> Health:
    """A model, a policy and a database are usable. ``problem`` names a newer one that was refused."""
    _ = service.serving
    if not service.store.healthy:
        raise NotReadyError("the database is away")
    return Health(status="ok", problem=service.problem)


@router.get("/metrics", response_class=PlainTextResponse, responses=problems())
async def metrics(service: ServiceDep, _: AnalystDep) -> Response:
    """Figures of this process, as Prometheus reads them."""
    return Response(service.metrics.exposition(), media_type=service.metrics.media_type)
