"""A service that lives in memory: what it answers, and in which state it is."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from solvencia_client.types import FeatureOut, StateIncomeOut

FEATURES: list[FeatureOut] = [
    {
        "name": "months_in_current_job",
        "title": "Antigüedad en el empleo",
        "title_en": "Time in current job",
        "unit": "months",
        "levels": [],
    },
    {
        "name": "monthly_income",
        "title": "Ingreso mensual",
        "title_en": "Monthly income",
        "unit": "MXN",
        "levels": [],
    },
]
DECISION: dict[str, Any] = {
    "id": "01932c07-5a10-7000-8000-000000000001",
    "decided_at": "2026-11-20T18:04:05.123456+00:00",
    "reference": None,
    "outcome": "approve",
    "final_score": 661,
    "income_score": 651,
    "grade": "C",
    "pd": 0.123,
    "income_band": {"p10": 10645.21, "p50": 14396.77, "p90": 18992.72},
    "segment": {"code": "B", "name": "Cotiza continuo", "name_en": "Steady contributions"},
    "loan": {"product": "personal", "amount": 30000.0, "term_months": 18, "standard": False},
    "offer": {
        "product": "personal",
        "amount": 25400.0,
        "term_months": 18,
        "annual_rate": 0.49,
        "monthly_payment": 2128.4,
        "opening_fee": 883.92,
        "total_cost": 13795.12,
        "cat": 0.6885,
    },
    "reasons": [
        {
            "code": "LOAN_TERM",
            "source": "pd",
            "adverse": True,
            "points": -6.2,
            "text": "El plazo solicitado eleva el riesgo.",
            "text_en": "The term asked for raises the risk.",
        },
        {
            "code": "JOB_TENURE",
            "source": "income_score",
            "adverse": False,
            "points": 30.0,
            "text": "Buena antigüedad en el empleo actual o en alguno anterior.",
            "text_en": "A long time in the current job, or in an earlier one.",
        },
    ],
    "changes": [],
    "explanation": {
        "base_points": 600.73,
        "contributions": [
            {
                "feature": "months_in_current_job",
                "value": 48.0,
                "points": 30.0,
            },
            {
                "feature": "monthly_income",
                "value": 18500.0,
                "points": 20.35,
            },
        ],
        "pd_contributions": [{"feature": "monthly_income", "value": 18500.0, "points": 4.1}],
        "adjustment_points": 10,
    },
    "scale": {
        "minimum": 300,
        "maximum": 850,
        "grades": [
            {"lower_bound": 300.0, "grade": "E"},
            {"lower_bound": 480.0, "grade": "D"},
            {"lower_bound": 570.0, "grade": "C"},
            {"lower_bound": 630.0, "grade": "B"},
            {"lower_bound": 690.0, "grade": "A"},
        ],
    },
    "as_of": "2026-11-20",
    "versions": {
        "model": "5e42d062918f",
        "policy": "2026-11-01",
        "policy_digest": "a3fdbd028fae",
        "synthetic": True,
    },
}

STATE_INCOME: StateIncomeOut = {
    "state": "09",
    "name": "Ciudad de México",
    "as_of": "2026-11-20",
    "income_bounds": [8700, 12100, 15300, 19000, 23000, 27800, 34000, 43500, 69800],
}

CHANGE: dict[str, Any] = {
    "steps": [
        {"field": "months_in_current_job", "before": 2.0, "after": 6.0},
        {"field": "amount", "before": 35000.0, "after": 20000.0},
    ],
    "outcome": "approve",
    "final_score": 542,
    "pd": 0.2201,
    "offer": DECISION["offer"],
    "text": "Con 4 meses más en este empleo y $20,000 en lugar de $35,000, la respuesta sería: "
    "aprobado.",
    "text_en": "With 4 more months in this job and MXN 20,000 instead of 35,000, the answer would "
    "be: approved.",
}


@dataclass
class FakeService:
    """Answers as the service does.

    ``state`` is ready, not_ready, away, or broken; or cut: the answer to a score is lost on the way.
    ``refusal`` is the status of a key that may not score, or is not known.
    """

    document: dict[str, Any]
    decision: dict[str, Any]
    state: str = "ready"
    refusal: int | None = None
    errors: list[dict[str, str]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[httpx.Headers] = field(default_factory=list)
    models_asked: int = 0
    role: str = "analyst"
    answers: dict[tuple[str, str], Callable[[httpx.Request], httpx.Response]] = field(
        default_factory=dict
    )
    """By method and path: what a test lets the service answer to the rest."""
    asked: list[httpx.Request] = field(default_factory=list)
    """Requests that ``answers`` answered."""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.state == "away":
            raise httpx.ConnectError("refused", request=request)
        if request.url.path == "/openapi.json":
            return httpx.Response(200, json=self.document)
        if self.state == "not_ready":
            return httpx.Response(503, json={"title": "Service Unavailable", "status": 503})
        if request.url.path == "/health/ready":
            return httpx.Response(200, json={"status": "ok"})
        if self.state == "broken":
            return httpx.Response(500, text="<html>Internal Server Error</html>")
        if self.refusal:
            return httpx.Response(self.refusal, json={"status": self.refusal, "detail": "secret"})
        if request.url.path == "/access":
            return httpx.Response(200, json={"id": "k", "name": "Mesa", "role": self.role})
        if found := self.answers.get((request.method, request.url.path)):
            self.asked.append(request)
            return found(request)
        if request.url.path.startswith("/model/states/"):
            return httpx.Response(200, json=STATE_INCOME)
        if request.url.path == "/model":
            self.models_asked += 1
            return httpx.Response(200, json={"features": FEATURES})
        return self._score(request)

    def _score(self, request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("POST", "/score")
        assert dict(request.url.params) == {"changes": "true"}
        self.requests.append(json.loads(request.content))
        self.headers.append(request.headers)
        if self.state == "cut":
            self.state = "away"
            raise httpx.RemoteProtocolError("server disconnected", request=request)
        if self.errors:
            return httpx.Response(422, json={"status": 422, "errors": self.errors})
        return httpx.Response(200, json=self.decision)
