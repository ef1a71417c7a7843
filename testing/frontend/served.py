"""The service and the app, each in a process of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]
LOCAL = "127.0.0.1"
START_SECONDS = 40


class Served:
    """The service and the app, each in a process; the service can be stopped and started."""

    def __init__(self, model_directory: Path) -> None:
        self._model_directory = model_directory
        self._api_port, self._app_port = _free_port(), _free_port()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.address = f"http://{LOCAL}:{self._app_port}"

    def start_api(self) -> None:
        command = ["uvicorn", "--factory", "api.main:create_app", "--log-level", "warning"]
        self._start("api", [*command, "--host", LOCAL, "--port", str(self._api_port)])
        _wait_for(f"http://{LOCAL}:{self._api_port}/health/ready")

    def start_app(self) -> None:
        command = ["streamlit", "run", "frontend/app.py", "--server.port", str(self._app_port)]
        self._start(
            "app", [*command, "--server.address", LOCAL, "--server.fileWatcherType", "none"]
        )
        _wait_for(f"{self.address}/_stcore/health")

    def stop_api(self) -> None:
        self._stop("api")

    def stop(self) -> None:
        for name in list(self._processes):
            self._stop(name)

    def _start(self, name: str, command: list[str]) -> None:
        environment = os.environ | {
            "PYTHONPATH": f"src{os.pathsep}.",
            "PYTHONDONTWRITEBYTECODE": "1",
            "MODEL_URI": str(self._model_directory),
            "API_URL": f"http://{LOCAL}:{self._api_port}",
        }
        self._processes[name] = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment
        )

    def _stop(self, name: str) -> None:
        process = self._processes.pop(name)
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((LOCAL, 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(address: str, clock: Callable[[], float] = time.monotonic) -> None:
    """Return when the address answers well; a server that never does fails the test."""
    end = clock() + START_SECONDS
    while clock() < end:
        try:
            if httpx.get(address, timeout=2).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError(f"{address} did not answer within {START_SECONDS} s")
