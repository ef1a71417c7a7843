"""A cloud on this machine: the service and the app really run, and the commands' far end is a file."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from testing.client.running import LOCAL, ROOT
from testing.frontend.served import Served

FAKE = Path(__file__).with_name("fake_cloud.py")
API, APP = "solvencia-api", "solvencia-app"
BEFORE = {f"{API}-00001-old": 90, f"{API}-00000-older": 10}
SETTINGS = {
    "PROJECT_ID": "a-project",
    "REGION": "us-central1",
    "REGISTRY_NAME": "services",
    "REGISTRY_NAME_FRONT": "apps",
    "SERVICE_NAME": API,
    "SERVICE_NAME_FRONT": APP,
}
VERSION = "0123456789abcdef0123456789abcdef01234567"


@contextmanager
def serving(model_directory: Path, database: Path) -> Iterator[Served]:
    """Service and app, ready."""
    served = Served(model_directory, database)
    try:
        served.start_api()
        served.start_app()
        yield served
    finally:
        served.stop()


@contextmanager
def nobody() -> Iterator[str]:
    """An address that is taken, and where nobody listens."""
    with socket.socket() as held:
        held.bind((LOCAL, 0))
        yield f"http://{LOCAL}:{held.getsockname()[1]}"


class Cloud:
    """The state behind the fake commands, and an environment that finds them first."""

    def __init__(self, directory: Path, served: Served) -> None:
        self._file = directory / "cloud.json"
        self.app_address = served.address
        urls = {API: served.api_address, APP: served.address}
        old = {"tags": {}, "made": 1}
        state = {
            "calls": [],
            "failing": [],
            "images": {},
            "urls": urls,
            "candidate_urls": dict(urls),
            "services": {
                API: {"traffic": BEFORE, **old},
                APP: {"traffic": {f"{APP}-00001-old": 100}, **old},
            },
        }
        self._file.write_text(json.dumps(state))
        commands = directory / "bin"
        commands.mkdir()
        for name in ("gcloud", "docker"):
            script = commands / name
            words = f'"{sys.executable}" "{FAKE}" "{self._file}" {name} "$@"'
            script.write_text(f"#!/bin/sh\nexec {words}\n")
            script.chmod(0o755)
        # A make around these tests would tell the one inside how to run.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
        path = f"{commands}{os.pathsep}{os.environ['PATH']}"
        self.environment = {**kept, **SETTINGS, "PATH": path, "SMOKE_API_KEY": ""}

    def change(self, **changed: Any) -> None:
        self._file.write_text(json.dumps({**self._state(), **changed}))

    def address(self, kind: str, name: str, url: str) -> None:
        self.change(**{kind: {**self._state()[kind], name: url}})

    def traffic(self, name: str) -> dict[str, int]:
        return self._state()["services"][name]["traffic"]

    def tags(self) -> list[str]:
        return [tag for service in self._state()["services"].values() for tag in service["tags"]]

    def calls(self, *words: str) -> list[list[str]]:
        """The commands that hold all of the words, in the order in which they came."""
        return [call for call in self._state()["calls"] if set(words) <= set(call)]

    def deploy(self, *options: str, **settings: str) -> subprocess.CompletedProcess[str]:
        with self.deploying(*options, **settings) as process:
            out, err = process.communicate(timeout=120)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def deploying(self, *options: str, **settings: str) -> subprocess.Popen[str]:
        what = () if "--again" in options else ("--version", VERSION)
        return subprocess.Popen(
            [sys.executable, "-m", "utilities.deploy", *what, *options],
            cwd=ROOT,
            env={**self.environment, **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self._file.read_text())
        return state
