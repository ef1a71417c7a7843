"""The policy in force, and drafts tried on what was decided."""

from typing import Annotated

import orjson
from fastapi import APIRouter, Body

from api.dependencies import AnalystDep, PartnerDep, ServiceDep, problems
from api.routes.decisions import moment_of
from api.simulation import draft_of, simulate
from api.store.records import DecisionFilter
from api.wire.policy import PolicyOut, SimulationIn, SimulationOut

router = APIRouter(tags=["model and policy"])


@router.get("/policy", responses=problems())
async def policy(service: ServiceDep, _: PartnerDep) -> PolicyOut:
    """The policy in force, as the risk committee wrote it."""
    serving = service.serving
    in_force = serving.decider.policy
    return PolicyOut(
        version=in_force.policy.version,
        digest=in_force.digest,
        effective_from=in_force.policy.effective_from,
        policy=orjson.loads(serving.policy_text),
    )


@router.post("/policy/simulate", responses=problems(400, 413))
async def simulate_policy(
    body: Annotated[SimulationIn, Body()], service: ServiceDep, _: AnalystDep
) -> SimulationOut:
    """Try a draft policy on the decisions of a period, by the scores that were measured then."""
    draft = await draft_of(body.policy)
    wanted = DecisionFilter(
        since=moment_of("since", body.since), until=moment_of("until", body.until)
    )
    return await simulate(service.store, draft, wanted, body.loss_given_default)
