"""The service in this process: a small model, a database of its own, a clock that stands still."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.main import create_app
from api.settings import Settings
from testing.conftest import ROOT

NOW = datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
TODAY = date(2026, 11, 21)
CURP_KEY = "a-key-that-only-the-tests-know-0123456789"

Serve = Callable[..., AbstractContextManager[TestClient]]


@contextmanager
def serving(settings: Settings, clock: Callable[[], datetime]) -> Iterator[TestClient]:
    app = create_app(settings, clock=clock)
    with TestClient(
        app,
        base_url="http://127.0.0.1",
        client=("127.0.0.1", 50000),
        raise_server_exceptions=False,
    ) as client:
        yield client


def settings_of(model_directory: Path, database: Path, **changed: object) -> Settings:
    chosen = {
        "model_uri": str(model_directory),
        "policy_file": ROOT / "business_rules" / "policy.json",
        "database_url": f"sqlite:///{database}",
        "curp_key": CURP_KEY,
    }
    return Settings.model_validate({**chosen, **changed})


@pytest.fixture
def serve(model_directory: Path, tmp_path: Path) -> Serve:
    """Starts services on one database: ``with serve(setting=value) as client``."""

    def start(
        clock: Callable[[], datetime] = lambda: NOW, **changed: object
    ) -> AbstractContextManager[TestClient]:
        settings = settings_of(model_directory, tmp_path / "decisions.db", **changed)
        return serving(settings, clock)

    return start


@pytest.fixture(scope="session")
def client(model_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    database = tmp_path_factory.mktemp("store") / "decisions.db"
    with serving(settings_of(model_directory, database), lambda: NOW) as client:
        yield client
