"""The request for a decision."""

from datetime import date
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from api.curp import Curp
from api.wire.base import Reference, Wire
from solvencia.domain.applicant import Applicant, Day, LoanRequest, Profile

HISTORY_EXAMPLE: dict[str, Any] = {
    "reference": "cliente-20931",
    "as_of": "2026-11-20",
    "history": {
        "birth_date": "1991-04-12",
        "education": "upper_secondary",
        "contribution_weeks": 410,
        "spells": [
            {
                "employer_id": "Tienda Centro",
                "state": "09",
                "industry": "6",
                "start_date": "2017-02-01",
                "end_date": "2020-06-30",
                "daily_wage": 290.0,
            },
            {
                "employer_id": "Logística MX",
                "state": "15",
                "industry": "7",
                "start_date": "2021-01-11",
                "end_date": "2024-01-31",
                "daily_wage": 455.0,
            },
            {
                "employer_id": "Logística MX",
                "state": "15",
                "industry": "7",
                "start_date": "2024-02-01",
                "daily_wage": 590.0,
            },
        ],
    },
    "loan": {"product": "payroll", "amount": 60000, "term_months": 24},
}
PROFILE_EXAMPLE: dict[str, Any] = {
    "reference": "cliente-20932",
    "as_of": "2026-11-20",
    "profile": {
        "monthly_income": 18500,
        "age": 35,
        "months_in_current_job": 48,
        "employers_5y": 2,
        "contribution_weeks": 410,
        "education": "upper_secondary",
        "industry": "6",
        "state": "09",
    },
    "loan": {"product": "personal", "amount": 30000, "term_months": 18},
}


class ScoreRequest(Wire):
    """An applicant, as a raw work history or as a profile: exactly one of the two."""

    reference: Reference | None = None
    curp: Curp | None = None
    history: Applicant | None = Field(None, description="Raw work history; or send a profile")
    profile: Profile | None = Field(None, description="Applicant already summarised; or a history")
    loan: LoanRequest | None = Field(
        None, description="The loan asked for; without it the policy's standard loan is decided"
    )
    as_of: (
        Annotated[
            date,
            Day(date(2000, 1, 1)),
            Field(
                title="Fecha",
                description="Day on which the decision is made; today in Mexico City when left out",
            ),
        ]
        | None
    ) = None

    @model_validator(mode="after")
    def _one_applicant(self) -> Self:
        if (self.history is None) == (self.profile is None):
            got = "neither" if self.history is None else "both"
            raise PydanticCustomError(
                "not_allowed",
                "{field}: got {value}; allowed: {allowed}",
                {"field": "history", "value": got, "allowed": "exactly one of history and profile"},
            )
        return self

    @property
    def applicant(self) -> Applicant | Profile:
        """The one that was sent."""
        sent = self.history or self.profile
        assert sent is not None
        return sent
