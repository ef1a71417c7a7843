"""Serve API and app, say where they are, and stop both on Ctrl-C or when either ends.

python -m utilities.serve --api-port 8000 --app-port 8080
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from types import FrameType

HOST = "127.0.0.1"
_PATIENCE = 60.0
_UNREADY = 8.0
"""Seconds after its first answer in which a service becomes ready, or will not by itself."""


def main() -> int:
    """Start both, wait until they answer, and stay until told to stop."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--api-port", type=_port, default=8000)
    parser.add_argument("--app-port", type=_port, default=8080)
    arguments = parser.parse_args()
    if arguments.api_port == arguments.app_port:
        print(f"API_PORT and APP_PORT are both {arguments.api_port}", file=sys.stderr)
        return 1
    for name, port in (("API_PORT", arguments.api_port), ("APP_PORT", arguments.app_port)):
        if not _is_free(port):
            print(f"port {port} is taken; choose another: make run {name}=…", file=sys.stderr)
            return 1
    api, app = f"http://{HOST}:{arguments.api_port}", f"http://{HOST}:{arguments.app_port}"
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, _interrupt)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        processes.append(_start_api(arguments.api_port))
        processes.append(_start_app(arguments.app_port, api))
        if not (
            _answers(f"{api}/health/ready", processes)
            and _answers(f"{app}/_stcore/health", processes)
        ):
            return 1
        print(f"\n  app  {app}\n  API  {api}/docs\n\nCtrl-C stops both.", flush=True)
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
        print("one of the two has ended", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(processes)


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"got {text!r}; allowed: 1 to 65535")
    return int(text)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _start_api(port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "api"],
        env={**os.environ, "HOST": HOST, "PORT": str(port)},
        start_new_session=True,
    )


def _start_app(port: int, api: str) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, [os.getcwd(), os.environ.get("PYTHONPATH", "")]))
    command = [sys.executable, "-m", "streamlit", "run", "frontend/app.py"]
    options = ["--server.port", str(port), "--server.address", HOST]
    return subprocess.Popen(
        [*command, *options],
        env={**os.environ, "API_URL": api, "PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def _answers(url: str, processes: list[subprocess.Popen[bytes]]) -> bool:
    deadline, problem = time.monotonic() + _PATIENCE, "does not answer"
    answered = False
    while time.monotonic() < deadline and all(process.poll() is None for process in processes):
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own http address
                return True
        except urllib.error.HTTPError as refused:
            problem = _detail(refused)
            if not answered:
                answered, deadline = True, min(deadline, time.monotonic() + _UNREADY)
            time.sleep(1)
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    print(f"{url}: {problem}", file=sys.stderr)
    return False


def _detail(refused: urllib.error.HTTPError) -> str:
    """What an answer that is no success says of itself."""
    try:
        return str(json.loads(refused.read())["detail"])
    except (ValueError, KeyError, TypeError):
        return f"answers {refused.code}"


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()


if __name__ == "__main__":
    sys.exit(main())
