"""Is the process alive, and can it decide?"""

from fastapi import APIRouter

from api.dependencies import DeciderDep
from api.wire import Health, Problem

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
async def live() -> Health:
    """The process answers."""
    return Health(status="ok")


@router.get("/ready", responses={503: {"model": Problem, "description": "No model or policy"}})
async def ready(_: DeciderDep) -> Health:
    """A model and a policy are loaded."""
    return Health(status="ok")
