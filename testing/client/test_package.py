"""The client stands on its own."""

import ast
import doctest
import importlib
import sys
import tomllib
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "solvencia_client"
MODULES = sorted(PACKAGE.glob("*.py"))


def imported(path: Path) -> set[str]:
    """Top-level names of what a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.module is not None
            found.add(node.module.partition(".")[0])
    return found


def test_it_needs_what_it_declares_and_nothing_of_ours() -> None:
    declared = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]["dependencies"]
    needed = set().union(*map(imported, MODULES)) - sys.stdlib_module_names - {PACKAGE.name}
    assert needed == {"httpx"}
    assert [item for item in declared if not item.startswith("httpx")] == []


def test_it_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").exists()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_the_examples_of_a_module_hold(path: Path) -> None:
    name = PACKAGE.name if path.stem == "__init__" else f"{PACKAGE.name}.{path.stem}"
    assert doctest.testmod(importlib.import_module(name)).failed == 0
