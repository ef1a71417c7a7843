"""The smoke test, on a service and an app that really run."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from testing.client.running import ROOT, RunningService
from testing.delivery.cloud import nobody, serving
from testing.frontend.served import Served

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(model_directory: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(model_directory, tmp_path_factory.mktemp("smoke") / "decisions.db") as served:
        yield served


def smoke(*arguments: str, key: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "utilities.smoke", *arguments, "--patience", "1"],
        cwd=ROOT,
        env={**os.environ, "SMOKE_API_KEY": key},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_service_and_an_app_that_work(served: Served) -> None:
    result = smoke(served.api_address, "--app", served.address)

    assert (result.returncode, result.stderr) == (0, "")
    api, app = result.stdout.splitlines()
    assert api.startswith("API: ")
    assert ", score " in api
    assert app == "app: healthy"


def test_the_decision_is_kept_under_a_reference_that_says_what_it_is(served: Served) -> None:
    assert smoke(served.api_address).returncode == 0

    url = f"{served.api_address}/decisions"
    assert "smoke-test" in httpx.get(url, params={"reference": "smoke-test"}).text


def test_nobody_there() -> None:
    with nobody() as url:
        result = smoke(url)

    assert result.returncode == 1
    assert result.stderr.startswith(f"smoke: {url}")
    assert "after 1 s" in result.stderr


def test_one_is_not_taken_for_the_other(served: Served) -> None:
    page = smoke(served.address)
    service = smoke(served.api_address, "--app", served.api_address)

    assert page.returncode == service.returncode == 1
    assert '/health/ready: got 200; allowed: 200 "ok"' in page.stderr
    assert '/_stcore/health: got 404; allowed: 200 "ok"' in service.stderr


def test_a_service_that_asks_for_a_key(model_directory: Path, tmp_path: Path) -> None:
    database = tmp_path / "decisions.db"
    made = subprocess.run(
        [sys.executable, "-m", "api.keys", "create", "--name", "smoke", "--role", "partner"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{database}"},
        capture_output=True,
        text=True,
        check=True,
    )
    key = next(word for word in made.stdout.split() if word.startswith("slv_"))
    service = RunningService(model_directory, database)
    service.start()
    try:
        without, with_key = smoke(service.address), smoke(service.address, key=key)
    finally:
        service.stop()

    assert without.returncode == 1
    assert "SMOKE_API_KEY must be a key of the role partner" in without.stderr
    assert with_key.returncode == 0, with_key.stderr
    assert key not in with_key.stdout + with_key.stderr
