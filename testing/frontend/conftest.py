"""The page with a fake service for fast tests, and the real thing for the browser."""

import shutil
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_service import CHANGE, DECISION, FEATURES, FakeService
from playwright.sync_api import Page, expect, sync_playwright
from served import Served
from streamlit.testing.v1 import AppTest

from api.main import create_app
from api.wire.decision import DecisionOut
from api.wire.model import FeatureOut
from frontend import client
from solvencia_client import SolvenciaClient
from solvencia_client.types import FeatureOut as Feature
from testing.client.running import ROOT

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS = 1000
PATIENCE = 30 * SECONDS


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The schema that the service really publishes."""
    return create_app().openapi()


@pytest.fixture
def decision() -> Any:
    """An answer that the service could give."""
    DecisionOut.model_validate(DECISION | {"changes": [CHANGE]})
    return deepcopy(DECISION)


@pytest.fixture(scope="session")
def features() -> dict[str, Feature]:
    """What the service could call its features, by name."""
    for item in FEATURES:
        FeatureOut.model_validate(item)
    return {item["name"]: item for item in FEATURES}


@pytest.fixture
def fake(document: dict[str, Any], decision: Any) -> FakeService:
    return FakeService(document, decision)


@pytest.fixture
def app(fake: FakeService, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    """The page with the network replaced."""

    def connect(address: str, api_key: str | None) -> SolvenciaClient:
        transport = httpx.MockTransport(fake)
        return SolvenciaClient(address, api_key, retries=0, transport=transport)

    monkeypatch.setattr(client, "connect", connect)
    return AppTest.from_file(str(ROOT / "frontend" / "app.py"), default_timeout=20)


@pytest.fixture(scope="session")
def served(model_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Service and app with a small model that was really trained."""
    servers = Served(model_directory, tmp_path_factory.mktemp("kept") / "decisions.db")
    try:
        servers.start_api()
        servers.start_app()
        yield servers
    finally:
        servers.stop()


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a real browser, 1280 by 900 pixels, that waits patiently."""
    names = ("chromium", "chromium-browser", "google-chrome")
    browser_path = next(filter(None, map(shutil.which, names)), None)
    if browser_path is None:
        pytest.skip("no Chromium found; get it with: apt-get install chromium")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE)
        yield page
        browser.close()
