"""Score an applicant and decide."""

from typing import Annotated

from fastapi import APIRouter, Body

from api.dependencies import DeciderDep, TodayDep
from api.wire import (
    HISTORY_EXAMPLE,
    PROFILE_EXAMPLE,
    DecisionOut,
    Problem,
    ScoreRequest,
    decision_out,
)
from solvencia.domain.errors import InvalidInputError
from solvencia.serving.counterfactual import nearest_changes

router = APIRouter(tags=["decisions"])

_BODY = Body(
    openapi_examples={
        "history": {"summary": "A raw work history", "value": HISTORY_EXAMPLE},
        "profile": {"summary": "A profile", "value": PROFILE_EXAMPLE},
    }
)


@router.post(
    "/score",
    responses={
        422: {"model": Problem, "description": "A value that is not allowed, named"},
        503: {"model": Problem, "description": "No model or policy is loaded"},
    },
)
async def score(
    request: Annotated[ScoreRequest, _BODY], decider: DeciderDep, today: TodayDep
) -> DecisionOut:
    """Decide on one applicant: score, band, PD, segment, offer, reasons and what would change it."""
    as_of = request.as_of or today
    if as_of > today:
        raise InvalidInputError("as_of", as_of, f"{today} (today in Mexico City) or earlier")
    applicant = request.history or request.profile
    assert applicant is not None
    decision = decider.decide(applicant, as_of, request.loan)
    changes = nearest_changes(decider, applicant, decision)
    return decision_out(decision, changes, decider, standard_loan=request.loan is None)
