from typing import Any

import pytest

from api.main import create_app


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    """The OpenAPI document that the service really publishes."""
    return create_app().openapi()
