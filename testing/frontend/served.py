"""The service and the app, each in a process of its own."""

import subprocess
from pathlib import Path

from testing.client.running import (
    LOCAL,
    RunningService,
    free_port,
    start_python,
    stop_process,
    wait_for,
)


class Served:
    """The service and the app, each in a process; the service can be stopped and started."""

    def __init__(self, model_directory: Path, database: Path) -> None:
        self._service = RunningService(model_directory, database)
        self._app_port = free_port()
        self._app: subprocess.Popen[bytes] | None = None
        self.address = f"http://{LOCAL}:{self._app_port}"

    @property
    def api_address(self) -> str:
        return self._service.address

    def start_api(self) -> None:
        self._service.start()

    def start_app(self) -> None:
        options = ["--server.port", str(self._app_port), "--server.address", LOCAL]
        self._app = start_python(
            *("-m", "streamlit", "run", "frontend/app.py", "--server.fileWatcherType", "none"),
            *options,
            environment={"API_URL": self._service.address, "API_KEY": ""},
        )
        wait_for(f"{self.address}/_stcore/health", self._app)

    def stop_api(self) -> None:
        self._service.stop()

    def stop(self) -> None:
        self._service.stop()
        if self._app is not None:
            stop_process(self._app)
            self._app = None
