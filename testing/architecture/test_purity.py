"""Nothing happens at import, and the domain stands on its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = (
    "pandas",
    "pyarrow",
    "sklearn",
    "xgboost",
    "fastapi",
    "streamlit",
    "httpx",
    "dvc",
    "optuna",
)

IMPORT_AND_WATCH = """
import importlib, sys

opened = []

def watch(event, args):
    if event in ("os.mkdir", "os.remove", "os.rename", "socket.connect", "subprocess.Popen"):
        opened.append((event, args))
    if event == "open" and isinstance(args[0], str):
        writes = isinstance(args[1], str) and set(args[1]) & set("wax+")
        data = args[0].endswith((".json", ".csv", ".parquet", ".yaml", ".env", ".toml"))
        installed = args[0].startswith((sys.prefix, sys.base_prefix, "/usr", "/proc", "/sys", "/etc"))
        if writes or (data and not installed):
            opened.append((event, args))
    # matplotlib keeps a cache of the fonts it found; that is its own business.
    if opened and "matplotlib" in str(opened[-1]):
        opened.pop()

sys.dont_write_bytecode = True
sys.addaudithook(watch)
for name in sys.argv[1:]:
    importlib.import_module(name)
print(opened)
print(sorted({name.partition(".")[0] for name in sys.modules}))
"""


def modules_of(package: str) -> list[str]:
    base = ROOT / "src" if (ROOT / "src" / package).is_dir() else ROOT
    return sorted(
        ".".join(path.relative_to(base).with_suffix("").parts).removesuffix(".__init__")
        for path in (base / package).rglob("*.py")
    )


def import_in_a_new_process(modules: list[str], directory: Path) -> tuple[str, str]:
    """What was opened or made, and the top-level packages that were loaded."""
    result = subprocess.run(
        [sys.executable, "-c", IMPORT_AND_WATCH, *modules],
        cwd=directory,
        env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    opened, loaded = result.stdout.splitlines()
    return opened, loaded


@pytest.mark.parametrize("package", ["solvencia/domain", "solvencia", "api"])
def test_importing_neither_reads_data_nor_leaves_anything_behind(package, tmp_path):
    opened, _ = import_in_a_new_process(modules_of(package), tmp_path)

    assert opened == "[]"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("package", ["solvencia/domain", "solvencia/serving"])
def test_deciding_needs_no_heavy_library(package, tmp_path):
    _, loaded = import_in_a_new_process(modules_of(package), tmp_path)

    assert "'solvencia'" in loaded
    assert [name for name in HEAVY if f"'{name}'" in loaded] == []


def test_the_service_loads_no_training_library(tmp_path):
    _, loaded = import_in_a_new_process(modules_of("api"), tmp_path)

    assert [
        name for name in ("pandas", "pyarrow", "sklearn", "xgboost") if f"'{name}'" in loaded
    ] == []


def test_a_module_that_wrote_at_import_would_be_noticed(tmp_path):
    (tmp_path / "careless.py").write_text("open('left_behind.txt', 'w').close()\n")
    opened, _ = import_in_a_new_process(["careless"], tmp_path)

    assert "left_behind.txt" in opened
