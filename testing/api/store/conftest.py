from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest

from api.store.store import Store
from testing.postgres import PostgresServer

PATIENCE = 20.0
_NUMBERS = count()


@pytest.fixture
def anyio_backend():
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A new database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'decisions.db'}"
    return request.getfixturevalue("postgres").create_schema(f"decisions_{next(_NUMBERS)}")


@pytest.fixture
async def store(url: str, anyio_backend) -> AsyncIterator[Store]:
    store = Store(url, patience=PATIENCE)
    await store.open()
    yield store
    await store.close()
