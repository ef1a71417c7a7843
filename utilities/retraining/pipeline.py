"""The pipeline as a retraining runs it: what it is told, what it leaves, how it is put back."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from solvencia.data.acquire import SourceSettings
from solvencia.data.parameters import read_section
from solvencia.domain.errors import InvalidInputError, SolvenciaError, SourceError

LOCK, STAGES, PARAMETERS = "dvc.lock", "dvc.yaml", "params.yaml"
_GRACE = 10.0
_FAILED = re.compile(r"ERROR: failed to reproduce '([\w@-]+)'")
_GONE = re.compile(r"(?:No such file or directory: '(.+)'|dependency '(.+)' does not exist)$")
_RUNNING = re.compile(r"Running stage '([\w@-]+)'")
_UNTIL = re.compile(r"(^source:\n(?:[ #].*\n)*?  until:)[ \t]*[^\s#]+", re.MULTILINE)


class StageError(SolvenciaError):
    """A stage did not work; ``stage`` is its name."""

    def __init__(self, stage: str, message: str) -> None:
        super().__init__(message)
        self.stage = stage


def kept_by_git(root: Path = Path()) -> tuple[str, ...]:
    """What a run changes and git keeps: ``dvc.lock``, ``params.yaml``, outputs outside DVC's cache.

    ``dvc.lock`` holds the hashes of these outputs, so one without the others would not fit.
    """
    stages = yaml.safe_load((root / STAGES).read_text(encoding="utf-8"))["stages"]
    return (LOCK, PARAMETERS, *(name for stage in stages.values() for name in _uncached(stage)))


def _uncached(stage: dict[str, Any]) -> Iterator[str]:
    for kind in ("outs", "metrics", "plots"):
        for item in stage.get(kind, ()):
            if isinstance(item, dict):
                yield from (name for name, options in item.items() if not options.get("cache", 1))


def observe_until(day: str, root: Path = Path()) -> None:
    """Let the simulated people be observed until ``day``, by one value of ``params.yaml``.

    Raises:
        InvalidInputError: the day is none, is before the present one, or the source is no simulator.
    """
    path = root / PARAMETERS
    settings = read_section(path, "source", SourceSettings)
    if settings.kind != "simulator":
        raise InvalidInputError("--until", day, "nothing, for new files are new data by themselves")
    try:
        until = date.fromisoformat(day)
    except ValueError:
        until = date.min
    if until < settings.until:
        allowed = f"the last day of a month, such as 2026-06-30, not before {settings.until}"
        raise InvalidInputError("--until", day, allowed)
    text = path.read_text(encoding="utf-8")
    path.write_text(_UNTIL.sub(rf'\g<1> "{until}"', text, count=1), encoding="utf-8")
    if read_section(path, "source", SourceSettings).until != until:
        path.write_text(text, encoding="utf-8")
        raise SourceError(f"{path}: source.until is not on a line of its own, set it by hand")


def reproduce(tell: Callable[[str], None], root: Path = Path()) -> None:
    """``dvc repro``, shown as it runs; when this process is told to stop, so are the stages.

    Args:
        tell: is called with the name of each stage that runs.

    Raises:
        StageError: a stage failed; the message is what it said last.
    """
    command = [sys.executable, "-m", "dvc", "repro"]
    said: list[str] = []
    with subprocess.Popen(
        command,
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        try:
            for line in process.stdout:
                said.append(line.rpartition("\r")[2].strip())
                # Before it is shown: whoever stops the run at what it shows is told the right stage.
                if running := _RUNNING.match(said[-1]):
                    tell(running[1])
                print(line, end="", flush=True)
        finally:
            _end(process)
    if process.returncode:
        raise _explained(said, process.returncode)


def check_out(root: Path = Path()) -> None:
    """Put DVC's outputs back as ``dvc.lock`` names them, as far as the cache has them."""
    command = [sys.executable, "-m", "dvc", "checkout", "--force", "--quiet"]
    subprocess.run(command, cwd=root, capture_output=True, check=False)


def _end(process: "subprocess.Popen[str]") -> None:
    """Wait for what has ended; end what has not, with every process that it started."""
    if sys.exc_info()[0] is None:
        process.wait()
        return
    for sign, seconds in ((signal.SIGTERM, _GRACE), (signal.SIGKILL, None)):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
        break
    with suppress(ProcessLookupError):  # a stage may outlive DVC
        os.killpg(process.pid, signal.SIGKILL)


def _explained(said: list[str], status: int) -> StageError:
    """The error of a stage in its own words: what it printed last, and DVC's word on it."""
    lines = [line for line in said if line]
    found = next((place for place, line in enumerate(lines) if _FAILED.match(line)), None)
    if found is None:
        errors = [line for line in lines if line.startswith("ERROR")] or lines[-1:]
        return StageError("dvc", f"dvc repro: exit status {status}: {' '.join(errors)[:500]}")
    match = _FAILED.match(lines[found])
    assert match is not None
    started = max(
        (n for n, line in enumerate(lines[:found]) if line.startswith("> ")), default=found
    )
    if started == found and (gone := _GONE.search(lines[found])):
        return StageError(match[1], f"{gone[1] or gone[2]}, which {match[1]} reads, is not there")
    words = lines[started + 1 : found][-1:]
    return StageError(match[1], " ".join([*words, lines[found].removeprefix("ERROR: ")])[:1000])
