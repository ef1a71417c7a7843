"""What a delivery needs: a bucket on this machine, and no setting of this machine."""

from collections.abc import Iterator

import pytest

from testing.gcs_server import GcsServer, running_gcs

BUCKET = "solvencia-tests"
SETTINGS = ("DVC_BUCKET", "MODEL_URI", "STORAGE_EMULATOR_HOST", "GOOGLE_APPLICATION_CREDENTIALS")


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def gcs(no_settings: None) -> Iterator[GcsServer]:
    with running_gcs(BUCKET) as server:
        yield server
