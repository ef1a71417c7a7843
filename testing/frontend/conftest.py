"""The page with a fake service for fast tests, and the real thing for the browser."""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_service import CHANGE, DECISION, FakeService
from served import ROOT, Served
from streamlit.testing.v1 import AppTest

from api.main import create_app
from api.wire import DecisionOut
from frontend import client


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The schema that the service really publishes."""
    return create_app().openapi()


@pytest.fixture
def decision() -> Any:
    """An answer that the service could give."""
    DecisionOut.model_validate(DECISION | {"changes": [CHANGE]})
    return deepcopy(DECISION)


@pytest.fixture
def fake(document: dict[str, Any], decision: Any) -> FakeService:
    return FakeService(document, decision)


@pytest.fixture
def app(fake: FakeService, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page with the network replaced."""

    def connect(address: str) -> client.ServiceClient:
        return client.ServiceClient(address, httpx.MockTransport(fake))

    monkeypatch.setattr(client, "connect", connect)
    return AppTest.from_file(str(ROOT / "frontend" / "app.py"), default_timeout=20)


@pytest.fixture(scope="session")
def served(model_directory: Path) -> Iterator[Served]:
    """Service and app with a small model that was really trained."""
    servers = Served(model_directory)
    try:
        servers.start_api()
        servers.start_app()
        yield servers
    finally:
        servers.stop()
