"""What routes need, as named types."""

from datetime import date, datetime
from typing import Annotated, cast
from zoneinfo import ZoneInfo

from fastapi import Depends, Request

from api.errors import NotReadyError
from api.model_host import ModelHost
from solvencia.serving.decider import Decider


def _host(request: Request) -> ModelHost:
    return cast(ModelHost, request.app.state.host)


def _decider(request: Request) -> Decider:
    host = _host(request)
    if host.decider is None:
        raise NotReadyError(f"no decision can be made yet: {host.problem}")
    return host.decider


def _today() -> date:
    return datetime.now(ZoneInfo("America/Mexico_City")).date()


HostDep = Annotated[ModelHost, Depends(_host)]
DeciderDep = Annotated[Decider, Depends(_decider)]
TodayDep = Annotated[date, Depends(_today)]
today = _today
"""The clock, to be replaced in tests through ``app.dependency_overrides``."""
