"""Ask a deployed service, and its app, the little that shows that they work.

python -m utilities.smoke https://the-api [--app https://the-app]

The service is ready and decides the documented example, which is kept under the reference
"smoke-test"; the app answers its health check. The API key (role partner) is read from
SMOKE_API_KEY, or given by --key, where other users of the machine can see it.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable

import httpx

from api.wire.score import PROFILE_EXAMPLE
from solvencia.domain.errors import SolvenciaError

KEY_VARIABLE = "SMOKE_API_KEY"
REFERENCE = "smoke-test"
PATIENCE = 90.0
"""Seconds that a container may take to answer for the first time."""
_TIMEOUT = 15.0
_PAUSE = 0.5
_DECIDED = ("id", "outcome", "final_score", "versions")


class SmokeError(SolvenciaError):
    """What is deployed does not do what it is there for."""


def smoke_api(url: str, key: str | None = None, patience: float = PATIENCE) -> str:
    """Is the service at ``url`` ready within ``patience`` seconds, and does it decide the example?

    Returns the decision in a few words.

    Raises:
        SmokeError: it is not ready, names a problem, or does not decide.
    """
    with _client(url, key) as client:
        _until(client, "/health/ready", _ready, patience)
        request = {**PROFILE_EXAMPLE, "reference": REFERENCE}
        try:
            answer = client.post("/score", json=request)
        except httpx.HTTPError as error:
            raise SmokeError(f"{url}/score: {_named(error)}") from error
        if answer.status_code in (401, 403):
            raise SmokeError(
                f"{url}/score: got {answer.status_code}; "
                f"{KEY_VARIABLE} must be a key of the role partner or above"
            )
        decision = _object(answer)
        if answer.status_code != 200 or any(name not in decision for name in _DECIDED):
            raise SmokeError(
                f"{url}/score: got {answer.status_code} {decision.get('detail', '')}; "
                "allowed: 200 with a decision"
            )
        model = decision["versions"].get("model")
        return f"{decision['outcome']}, score {decision['final_score']}, model {model}"


def smoke_app(url: str, patience: float = PATIENCE) -> str:
    """Does the app at ``url`` answer its health check within ``patience`` seconds?

    Raises:
        SmokeError: it does not.
    """
    with _client(url, None) as client:
        _until(client, "/_stcore/health", _healthy, patience)
    return "healthy"


def _client(url: str, key: str | None) -> httpx.Client:
    headers = {} if not key else {"Authorization": f"Bearer {key}"}
    return httpx.Client(base_url=url, headers=headers, timeout=_TIMEOUT)


def _until(
    client: httpx.Client, path: str, wrong: Callable[[httpx.Response], str | None], patience: float
) -> None:
    """Ask until nothing is wrong: a new address needs a while to be known, a container to start."""
    deadline = time.monotonic() + patience
    while True:
        try:
            problem = wrong(client.get(path))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            problem = _named(error)
        if problem is None:
            return
        if time.monotonic() >= deadline:
            raise SmokeError(f"{client.base_url}{path}: {problem}, after {patience:g} s")
        time.sleep(_PAUSE)


def _ready(answer: httpx.Response) -> str | None:
    health = _object(answer)
    if answer.status_code != 200 or health.get("status") != "ok":
        return (
            f"got {answer.status_code} {health.get('detail', '')}".rstrip() + '; allowed: 200 "ok"'
        )
    return None if health.get("problem") is None else f"not as configured: {health['problem']}"


def _healthy(answer: httpx.Response) -> str | None:
    # Streamlit answers an unknown path with its page, so the status alone says little.
    if answer.status_code == 200 and answer.text.strip() == "ok":
        return None
    return f'got {answer.status_code}; allowed: 200 "ok"'


def _object(answer: httpx.Response) -> dict:
    try:
        value = answer.json()
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _named(error: Exception) -> str:
    return f"{type(error).__name__} {error}".rstrip()


def main() -> int:
    """Ask, print what was found, and exit with 1 when something is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="address of the service")
    parser.add_argument("--app", help="address of the app")
    parser.add_argument("--key", help=f"API key; by default what {KEY_VARIABLE} holds")
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds to become ready")
    arguments = parser.parse_args()
    key = arguments.key or os.environ.get(KEY_VARIABLE)
    try:
        print(f"API: {smoke_api(arguments.url, key, arguments.patience)}")
        if arguments.app:
            print(f"app: {smoke_app(arguments.app, arguments.patience)}")
    except SmokeError as error:
        print(f"smoke: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
