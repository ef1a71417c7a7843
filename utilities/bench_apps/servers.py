"""A server in processes of its own: started, timed, weighed, and always stopped."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

LOCAL = "127.0.0.1"
_POLL = 0.005
_POLITE = 15.0


class ServerError(Exception):
    """A server ended, or gave no good answer in time; the message holds the end of its log."""


class Server:
    """A server that listens on a free port of this machine while the context lasts.

    Args:
        command: what is run; ``{port}`` in it becomes the port.
        environment: added to this process's own; ``{port}`` in a value becomes the port.
        log: file that takes what the server prints.
        directory: where it runs.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        directory: Path = Path(),
    ) -> None:
        self.host, self.port = LOCAL, free_port()
        self._command = [part.replace("{port}", str(self.port)) for part in command]
        added = {name: text.replace("{port}", str(self.port)) for name, text in environment.items()}
        self._environment = os.environ | added
        self._log, self._directory = log, directory

    def __enter__(self) -> Self:
        with self._log.open("ab") as output:
            self._started = time.perf_counter()
            self._process = subprocess.Popen(
                self._command,
                env=self._environment,
                cwd=self._directory,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        family = self._family()
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_POLITE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        for pid in family:
            _kill(pid)

    def wait_until(self, answers: Callable[[int], bool], patience: float) -> float:
        """Seconds from the start of the process until ``answers(port)`` first holds.

        Raises:
            ServerError: it ended, or ``patience`` seconds were not enough.
        """
        while time.perf_counter() - self._started < patience:
            if answers(self.port):
                return time.perf_counter() - self._started
            if self._process.poll() is not None:
                raise ServerError(
                    f"ended with code {self._process.returncode}: {self._last_words()}"
                )
            time.sleep(_POLL)
        raise ServerError(f"no good answer within {patience:g} s: {self._last_words()}")

    def megabytes(self) -> float:
        """Resident memory, in MB of 10⁶ bytes, of the largest of its processes: the worker."""
        sizes = {pid: kilobytes for pid, _, kilobytes in _processes()}
        return max(sizes.get(pid, 0) for pid in self._family()) * 1024 / 1e6

    def _family(self) -> list[int]:
        """The process and all that descend from it."""
        table = list(_processes())
        family = [self._process.pid]
        for pid in family:  # grows while it is read
            family.extend(child for child, parent, _ in table if parent == pid)
        return family

    def _last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        return " | ".join(lines[-3:]) or "it printed nothing"


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind((LOCAL, 0))
        port: int = probe.getsockname()[1]
        return port


def _processes() -> list[tuple[int, int, int]]:
    """(process, parent, resident kB) of everything that runs."""
    listing = subprocess.run(
        ["ps", "-eo", "pid=,ppid=,rss="],  # noqa: S607 - found on the path of every system that has it
        capture_output=True,
        text=True,
        check=True,
    )
    return [
        (int(pid), int(parent), int(size))
        for pid, parent, size in (line.split() for line in listing.stdout.splitlines())
    ]


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
