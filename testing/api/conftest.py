from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.dependencies import today
from api.main import create_app
from api.settings import Settings
from testing.conftest import ROOT

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="session")
def client(model_directory: Path) -> Iterator[TestClient]:
    settings = Settings(
        model_uri=model_directory, policy_file=ROOT / "business_rules" / "policy.json"
    )
    app = create_app(settings)
    app.dependency_overrides[today] = lambda: TODAY
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
