"""The whole OpenAPI document tried on a running service: what it promises is what happens."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import hypothesis
import pytest
from hypothesis import HealthCheck
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.openapi import from_url
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)

from api.main import create_app
from api.settings import Settings
from testing.api.running import running_service
from testing.conftest import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def contract(
    model_directory: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[BaseSchema, dict[str, str]]]:
    database = tmp_path_factory.mktemp("contract") / "decisions.db"
    key = "a-key-that-only-this-test-knows-0123456789"
    made = subprocess.run(
        [sys.executable, "-m", "api.keys", "create", "--name", "Contract", "--role", "admin"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{database}"},
        capture_output=True,
        text=True,
        check=True,
    )
    (admin,) = re.findall(r"slv_\S+", made.stdout)
    limits = {"RATE_LIMIT_PER_SECOND": "100000", "RATE_LIMIT_BURST": "100000"}
    with running_service(
        model_directory, f"sqlite:///{database}", CURP_KEY=key, **limits
    ) as address:
        found = from_url(f"{address}/openapi.json")
        yield found, {"Authorization": f"Bearer {admin}"}


def operations() -> list[tuple[str, str]]:
    document = create_app(Settings()).openapi()
    return [(path, method) for path, item in document["paths"].items() for method in item]


@pytest.fixture(scope="module")
def decision_id(contract: tuple[BaseSchema, dict[str, str]]) -> str:
    """A referral that is kept, for the operations on one."""
    document, key = contract
    address = document.location.removesuffix("/openapi.json")
    profile = {"monthly_income": 15000, "age": 68, "months_in_current_job": 48}
    made = httpx.post(f"{address}/score", json={"profile": profile}, headers=key).json()
    assert made["outcome"] == "refer"
    found: str = made["id"]
    return found


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize(("path", "method"), operations())
def test_every_operation_keeps_its_contract(
    contract: tuple[BaseSchema, dict[str, str]],
    decision_id: str,
    path: str,
    method: str,
    mode: GenerationMode,
) -> None:
    document, key = contract
    # Some rules no schema can say (which dates, which policy), and a batch refuses its rows one by one.
    beyond = [positive_data_acceptance]
    if path == "/score/batch":
        beyond.append(negative_data_rejection)

    @hypothesis.given(case=document[path][method].as_strategy(generation_mode=mode))
    @hypothesis.settings(
        max_examples=20,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def holds(case: Case) -> None:
        if mode is GenerationMode.POSITIVE and "decision_id" in case.path_parameters:
            case.path_parameters["decision_id"] = decision_id
        case.call_and_validate(headers=key, timeout=20, excluded_checks=beyond)

    try:
        holds()
    except Unsatisfiable:  # nothing about the request could be wrong
        assert mode is GenerationMode.NEGATIVE
