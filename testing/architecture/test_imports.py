"""Imports point the way the contracts in pyproject.toml say."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONGEST = {"features": 510, "simulator": 480}
"""Modules that are longer than the others may be; the numbers only go down."""
LINT = [
    sys.executable,
    "-c",
    "from importlinter.cli import lint_imports_command; lint_imports_command()",
]


def lint(config: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*LINT, "--config", str(config), "--no-cache"],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_contract_is_kept():
    result = lint(ROOT / "pyproject.toml")
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]

    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{len(contracts)} kept, 0 broken" in result.stdout


def test_a_broken_contract_would_be_noticed(tmp_path):
    config = tmp_path / "reversed.toml"
    config.write_text(
        '[tool.importlinter]\nroot_packages = ["solvencia"]\n'
        '[[tool.importlinter.contracts]]\nname = "Upside down"\ntype = "layers"\n'
        'containers = ["solvencia"]\nlayers = ["domain", "data"]\n'
    )
    result = lint(config)

    assert result.returncode == 1
    assert "Upside down BROKEN" in result.stdout


@pytest.mark.parametrize(
    "path", sorted((ROOT / "src" / "solvencia").rglob("*.py")), ids=lambda p: p.stem
)
def test_a_module_stays_short_enough_to_read(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST.get(path.stem, 400)
