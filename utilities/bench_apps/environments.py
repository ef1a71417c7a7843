"""The virtual environments of what is compared with, made once under ``.scratch/bench``."""

import shutil
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

_SAME = ("xgboost-cpu", "scikit-learn", "scipy", "numpy", "pandas", "joblib")
"""Of the versions that the model was trained with."""


class RivalError(Exception):
    """What is compared with cannot be made; the message says why."""


def environment(directory: Path, requirement: str) -> Path:
    """Directory of the programs of an environment that holds this requirement and the model's.

    What is there and holds the same versions is used again.

    Raises:
        RivalError: no uv, no network, or nothing that fits.
    """
    requirements = [requirement, *(f"{name}=={version(name)}" for name in _SAME)]
    programs, ready = directory / "bin", directory / ".ready"
    stamp = "\n".join(requirements)
    if ready.exists() and ready.read_text(encoding="utf-8") == stamp:
        return programs
    uv = shutil.which("uv", path=Path(sys.executable).parent) or shutil.which("uv")
    if uv is None:
        raise RivalError("not installed: uv is not there; `make setup` installs it")
    print(f"installing {requirement} in {directory} …", flush=True)
    for command in (
        [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(directory)],
        [uv, "pip", "install", "--quiet", "--python", str(programs / "python"), *requirements],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            reason = done.stderr.strip().splitlines() or [f"uv ended with {done.returncode}"]
            raise RivalError("not installed: " + " ".join(line.strip() for line in reason[-2:]))
    ready.write_text(stamp, encoding="utf-8")
    return programs
