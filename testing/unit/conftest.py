"""Fixtures shared by the unit tests, and the settings under which properties are searched."""

from pathlib import Path

import pytest
from hypothesis import settings

from solvencia.data.reference_tables import load_reference
from solvencia.domain.reference import Reference

settings.register_profile(
    "fast", max_examples=50, deadline=None, derandomize=True, database=None, print_blob=False
)
settings.load_profile("fast")


@pytest.fixture(scope="session")
def reference_directory() -> Path:
    return Path(__file__).parents[2] / "dataset" / "reference"


@pytest.fixture(scope="session")
def mexico(reference_directory: Path) -> Reference:
    return load_reference(reference_directory)
