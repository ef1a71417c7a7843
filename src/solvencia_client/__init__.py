"""A small typed client of the decision service::

    with SolvenciaClient("http://127.0.0.1:8000", "slv_…") as solvencia:
        decision = solvencia.score(
            {"profile": {"monthly_income": 18500, "age": 35, "months_in_current_job": 48}}
        )
        print(decision["outcome"], decision["final_score"])

Messages are in ``solvencia_client.types``; what can go wrong is in ``solvencia_client.errors``.
"""

from solvencia_client.client import DecisionFilters, MediaType, SolvenciaClient
from solvencia_client.errors import (
    Conflict,
    FieldError,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    NotReady,
    RateLimited,
    Rejected,
    ServiceAway,
    ServiceError,
    ServiceFailed,
)
from solvencia_client.waiting import Waiting

__all__ = [
    "Conflict",
    "DecisionFilters",
    "FieldError",
    "MediaType",
    "NotAllowed",
    "NotAuthenticated",
    "NotFound",
    "NotReady",
    "RateLimited",
    "Rejected",
    "ServiceAway",
    "ServiceError",
    "ServiceFailed",
    "SolvenciaClient",
    "Waiting",
]
