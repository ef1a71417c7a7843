"""The stages and notebooks are what they say: dependencies complete, notebooks thin."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from testing.conftest import ROOT
from utilities.execute_notebook import without_clock

STAGES: dict[str, Any] = yaml.safe_load((ROOT / "dvc.yaml").read_text(encoding="utf-8"))["stages"]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
OWN = ("solvencia", "utilities", "api", "frontend")


def code_of(path: Path) -> str:
    if path.suffix == ".py":
        return path.read_text(encoding="utf-8")
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")


def imported(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def file_of(module: str) -> Path | None:
    for base in (ROOT / "src", ROOT):
        path = base.joinpath(*module.split(".")).with_suffix(".py")
        if path.exists():
            return path
    return None


def closure(path: Path) -> set[str]:
    """Every module of ours that a file reaches through imports, as paths from the root."""
    found: set[Path] = set()
    waiting = [path]
    while waiting:
        for module in imported(code_of(waiting.pop())):
            file = file_of(module) if module.split(".")[0] in OWN else None
            if file is not None and file not in found:
                found.add(file)
                waiting.append(file)
    return {str(file.relative_to(ROOT)) for file in found}


def entry_points(stage: dict[str, Any]) -> list[Path]:
    """The command module and the notebook that a stage runs."""
    words = stage["cmd"].split()
    module = words[words.index("-m") + 1]
    notebooks = [ROOT / word for word in words if word.startswith("notebooks/")]
    return [ROOT / (module.replace(".", "/") + ".py"), *notebooks]


@pytest.mark.parametrize("name", STAGES)
def test_a_stage_depends_on_exactly_the_modules_it_imports(name: str) -> None:
    stage = STAGES[name]
    used = {str(path.relative_to(ROOT)) for path in entry_points(stage)}
    for path in entry_points(stage):
        used |= closure(path)
    declared = {dep for dep in stage["deps"] if dep.endswith((".py", ".ipynb"))}
    assert declared == used


def test_parameters_are_declared_where_they_are_read() -> None:
    parameters = yaml.safe_load((ROOT / "params.yaml").read_text(encoding="utf-8"))
    for name, stage in STAGES.items():
        read = set()
        for path in entry_points(stage):
            read |= set(
                re.findall(r'read_section\([^"]*(?:"params.yaml"\))?, "(\w+)"', code_of(path))
            )
        whole = any("yaml.safe_load(PARAMETERS" in code_of(path) for path in entry_points(stage))
        assert read <= set(parameters)
        assert stage.get("params", []) == ([{"params.yaml": None}] if whole else sorted(read)), name


def test_nothing_depends_on_an_executed_notebook() -> None:
    made = {str(out) for stage in STAGES.values() for out in stage.get("outs", [])}
    executed = {out for out in made if out.endswith(".ipynb")}
    assert executed == {"reports/notebooks/1_etl.ipynb", "reports/notebooks/2_model.ipynb"}
    assert not executed & {dep for stage in STAGES.values() for dep in stage["deps"]}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_thin_and_stripped(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert len(cells) <= 12
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in cells)
    assert [cell for cell in cells if cell["metadata"].get("tags") == ["parameters"]] == [cells[0]]
    tree = ast.parse(code_of(path))
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)]


def test_an_executed_copy_keeps_no_clock() -> None:
    notebook = {
        "metadata": {
            "papermill": {"start_time": "now"},
            "kernelspec": {},
            "language_info": {"name": "python", "version": "3.11.2"},
        },
        "cells": [
            {
                "id": "x9",
                "cell_type": "code",
                "metadata": {"papermill": {"duration": 1.5}, "tags": ["parameters"]},
                "outputs": [{"name": "stderr", "text": "30 %"}, {"name": "stdout", "text": "kept"}],
            }
        ],
    }
    copy = without_clock(notebook)
    assert copy["metadata"] == {"kernelspec": {}, "language_info": {"name": "python"}}
    assert copy["cells"][0]["metadata"] == {"tags": ["parameters"]}
    assert [output["text"] for output in copy["cells"][0]["outputs"]] == ["kept"]
    assert notebook["metadata"]["papermill"]


@pytest.mark.parametrize(
    ("image", "refused"),
    [
        (
            "api",
            (
                "papermill",
                "mlflow",
                "optuna",
                "streamlit",
                "dvc",
                "pandas",
                "xgboost",
                "scikit-learn",
            ),
        ),
        (
            "frontend",
            ("papermill", "mlflow", "optuna", "fastapi", "dvc", "xgboost", "scikit-learn"),
        ),
    ],
)
def test_an_image_installs_only_what_it_runs(image: str, refused: tuple[str, ...]) -> None:
    def pins(path: Path) -> set[str]:
        lines = path.read_text(encoding="utf-8").splitlines()
        return {line.split(" ")[0] for line in lines if "==" in line and not line.startswith(" ")}

    slim, full = pins(ROOT / image / "requirements.txt"), pins(ROOT / "requirements.txt")
    assert slim <= full
    assert not {pin.split("==")[0] for pin in slim} & set(refused)


def test_the_policy_schema_is_the_policy_models_own() -> None:
    from utilities.policy_schema import policy_schema

    assert (ROOT / "business_rules" / "policy.schema.json").read_text(
        encoding="utf-8"
    ) == policy_schema()


def test_analytics_are_off() -> None:
    config = (ROOT / ".dvc" / "config").read_text(encoding="utf-8")
    assert "analytics = false" in config
    streamlit = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert "gatherUsageStats = false" in streamlit


def test_a_wrong_parameter_is_named(tmp_path: Path) -> None:
    (tmp_path / "params.yaml").write_text("source: {kind: magic}\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "utilities.acquire"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "source.kind: got 'magic'" in done.stderr
