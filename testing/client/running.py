"""The service in a process of its own, and a line to it that can be cut."""

import os
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from threading import Lock, Thread

import httpx

ROOT = Path(__file__).parents[2]
LOCAL = "127.0.0.1"
START_SECONDS = 60
_CHUNK = 65_536


class RunningService:
    """The service on this machine; it can be stopped and started again, and keeps its decisions."""

    def __init__(self, model_directory: Path, database: Path) -> None:
        self.port = free_port()
        self.address = f"http://{LOCAL}:{self.port}"
        self._environment = {
            "HOST": LOCAL,
            "PORT": str(self.port),
            "MODEL_URI": str(model_directory),
            "DATABASE_URL": f"sqlite:///{database}",
            "LOG_LEVEL": "WARNING",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = start_python("-m", "api", environment=self._environment)
        wait_for(f"{self.address}/health/ready", self._process)

    def stop(self) -> None:
        if self._process is not None:
            stop_process(self._process)
            self._process = None


class Line:
    """A TCP port in front of another; the first ``cuts`` answers are thrown away on the way."""

    def __init__(self, port: int, cuts: int) -> None:
        self._beyond, self._cuts, self._lock = port, cuts, Lock()
        self._listener = socket.create_server((LOCAL, 0))
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self._threads = [Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        # Closing alone would leave the thread waiting.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self.connections += 1
                far = socket.create_connection((LOCAL, self._beyond))
                for work in (self._forward, self._answer):
                    thread = Thread(target=work, args=(near, far), daemon=True)
                    self._threads.append(thread)
                    thread.start()

    def _forward(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while part := near.recv(_CHUNK):
                far.sendall(part)
        with suppress(OSError):
            far.shutdown(socket.SHUT_WR)

    def _answer(self, near: socket.socket, far: socket.socket) -> None:
        with closing(near), closing(far), suppress(OSError):
            while part := far.recv(_CHUNK):
                if self._is_cut():
                    near.shutdown(socket.SHUT_RDWR)
                    return
                near.sendall(part)

    def _is_cut(self) -> bool:
        with self._lock:
            self._cuts -= 1
            return self._cuts >= 0


def start_python(*arguments: str, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """A Python process at the root of the project, with these variables besides ours."""
    ours = {"PYTHONPATH": f"src{os.pathsep}.", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=os.environ | ours | environment
    )


def stop_process(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind((LOCAL, 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return when the address answers well; a process that ends, or never does, fails the test."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(httpx.TransportError):
            if httpx.get(address, timeout=2).is_success:
                return
        time.sleep(0.1)
    stop_process(process)
    raise RuntimeError(f"{address} did not answer; the process ended with {process.returncode}")
