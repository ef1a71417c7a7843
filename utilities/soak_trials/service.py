"""The service in a process of its own: started, killed and stopped as often as a trial wants."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from utilities.bench_apps.servers import LOCAL, free_port

_ROOT = Path(__file__).parents[2]
_POLL = 0.01
_PATIENCE = 60.0


class ServiceError(Exception):
    """The service ended by itself, or was not ready in time; the message holds the end of its log."""


class ServiceProcess:
    """``python -m api`` on one port, whichever process answers there; none once the ``with`` ends.

    Args:
        environment: settings of the service, added to this process's environment.
        log: file that takes what all its processes print.
    """

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self.port = free_port()
        self._environment = os.environ | {**environment, "HOST": LOCAL, "PORT": str(self.port)}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        """Of the process that runs."""
        assert self._process is not None
        return self._process.pid

    @property
    def runs(self) -> bool:
        """Whether the process that was started last has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def _code(self) -> int | None:
        return None if self._process is None else self._process.returncode

    def start(self) -> None:
        """Start a process; it is not ready yet."""
        assert not self.runs
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "api"],
                env=self._environment,
                cwd=_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill it with all it started; returns when it is gone."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    async def stop(self, patience: float = _PATIENCE) -> int | None:
        """Ask it to end, and return its exit code; None, and it is killed, after ``patience`` seconds."""
        assert self._process is not None
        self._process.terminate()
        try:
            return await asyncio.to_thread(self._process.wait, patience)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    async def ready(self, patience: float = _PATIENCE) -> float:
        """Wait until it says that it is ready; the seconds that took.

        Raises:
            ServiceError: it ended, or took longer than ``patience`` seconds.
        """
        start = time.perf_counter()
        async with client(self.port) as asking:
            while (waited := time.perf_counter() - start) < patience:
                if not self.runs:
                    raise ServiceError(f"ended with code {self._code}: {self._last_words()}")
                with suppress(httpx.TransportError):
                    if (await asking.get("/health/ready")).status_code == 200:
                        return waited
                await asyncio.sleep(_POLL)
        raise ServiceError(f"not ready within {patience:g} s: {self._last_words()}")

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return " | ".join(lines[-3:]) or "it printed nothing"


def client(port: int) -> httpx.AsyncClient:
    """Asks the service on a port of this machine, whatever proxies the environment names."""
    return httpx.AsyncClient(base_url=f"http://{LOCAL}:{port}", timeout=60.0, trust_env=False)
