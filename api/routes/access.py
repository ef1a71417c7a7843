"""Who asks, as the service sees it."""

from fastapi import APIRouter

from api.dependencies import PartnerDep, problems
from api.wire.model import AccessOut

router = APIRouter(tags=["operations"])


@router.get("/access", responses=problems())
async def access(caller: PartnerDep) -> AccessOut:
    """The key that was sent: its name, and its role, which says what it may do."""
    return AccessOut(id=caller.id, name=caller.name, role=caller.role.value)
