"""Deploy the service and the app to Cloud Run, and let them serve only if they work.

python -m utilities.deploy --version COMMIT [--api-image solvencia-api] [--app-image solvencia-frontend]
python -m utilities.deploy --again      the images that serve, with settings and secrets as they are now

The images, built before, are pushed; both become revisions without traffic, at addresses of their
own, and are asked what `utilities.smoke` asks. Then the traffic goes to them, the service first, and
they are asked once more where everybody asks; what fails there sends the traffic back.

The environment says where: PROJECT_ID, REGION, REGISTRY_NAME, REGISTRY_NAME_FRONT, SERVICE_NAME,
SERVICE_NAME_FRONT, and SMOKE_API_KEY for a service that asks for a key.

Exit status: 0, both serve. 1, the ones before serve. 2, a setting is missing. 3, somebody must look
where the traffic goes.
"""

import argparse
import os
import re
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType

from solvencia.domain.errors import InvalidInputError, SolvenciaError
from utilities.deploying.cloud_run import Candidate, CloudRun
from utilities.deploying.commands import DeployError
from utilities.deploying.images import push, registry_host, sign_in
from utilities.smoke import KEY_VARIABLE, PATIENCE, smoke_api, smoke_app

SETTINGS = {
    "PROJECT_ID": "the project of Google Cloud",
    "REGION": "a region, such as us-central1",
    "REGISTRY_NAME": "the Artifact Registry repository of the service's images",
    "REGISTRY_NAME_FRONT": "the Artifact Registry repository of the app's images",
    "SERVICE_NAME": "the Cloud Run service of the API",
    "SERVICE_NAME_FRONT": "the Cloud Run service of the app",
}
_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")
_VERSION = re.compile(r"[0-9a-f]{7,40}")


class LostError(SolvenciaError):
    """The traffic could not be sent back to where it was."""


@dataclass(frozen=True)
class Part:
    """One of the two: where it runs, what it is made of, and how it is tried."""

    service: CloudRun
    image: str
    smoke: Callable[[str], str]


def settings_of(environment: Mapping[str, str]) -> dict[str, str]:
    """The settings named in SETTINGS.

    Raises:
        InvalidInputError: one is missing, or is not a name that Google Cloud allows.
    """
    for name, meaning in SETTINGS.items():
        if not _NAME.fullmatch(environment.get(name, "")):
            allowed = f"{meaning}: small letters, digits and hyphens, at most 63"
            raise InvalidInputError(name, environment.get(name) or "nothing", allowed)
    return {name: environment[name] for name in SETTINGS}


def deploy(parts: Sequence[Part]) -> None:
    """Try every part beside what serves; when all work, let them serve, in the order given.

    Raises:
        SolvenciaError: one does not work; what served before serves.
        LostError: the same, but the traffic may not be where it was.
    """
    candidates: list[tuple[Part, Candidate]] = []
    tried: list[Part] = []
    try:
        for part in parts:
            tried.append(part)
            candidate = part.service.add(part.image)
            candidates.append((part, candidate))
            _tell(part, f"{candidate.revision} at its own address: {_try(part, candidate)}")
        _move(candidates)
    finally:
        for part in tried:
            try:
                part.service.drop_tag()
            except DeployError as error:
                print(f"deploy: the tag stays, which harms nothing: {error}", file=sys.stderr)


def _try(part: Part, candidate: Candidate) -> str:
    try:
        return part.smoke(candidate.url)
    except SolvenciaError as cause:
        if candidate.before:
            raise
        new = f"{part.service.name} is new: its first revision has the traffic"
        raise LostError(f"{cause}; {new}") from cause


def _move(candidates: Sequence[tuple[Part, Candidate]]) -> None:
    moved: list[tuple[Part, Candidate]] = []
    try:
        for part, candidate in candidates:
            # Noted first: a command that fails may have moved the traffic all the same.
            moved.append((part, candidate))
            part.service.serve(candidate)
            _tell(part, f"{candidate.revision} serves: {part.smoke(candidate.service_url)}")
    except BaseException as cause:  # also when the job is cancelled
        lost = []
        for part, candidate in reversed(moved):
            try:
                part.service.restore(candidate)
                _tell(part, f"rolled back to {', '.join(candidate.before)}")
            except DeployError as error:
                lost.append(str(error))
        if lost:
            raise LostError(f"{cause}; not rolled back: {'; '.join(lost)}") from cause
        raise


def _tell(part: Part, what: str) -> None:
    print(f"{part.service.name}: {what}", flush=True)


def _parts(arguments: argparse.Namespace, settings: Mapping[str, str]) -> list[Part]:
    project, region = settings["PROJECT_ID"], settings["REGION"]
    tag = "c-again" if arguments.again else f"c-{arguments.version[:7]}"
    key = os.environ.get(KEY_VARIABLE)
    patience: float = arguments.patience
    if not arguments.again:
        sign_in(region)
    parts = []
    for local, registry, name, smoke in (
        (
            arguments.api_image,
            settings["REGISTRY_NAME"],
            settings["SERVICE_NAME"],
            lambda url: smoke_api(url, key, patience),
        ),
        (
            arguments.app_image,
            settings["REGISTRY_NAME_FRONT"],
            settings["SERVICE_NAME_FRONT"],
            lambda url: smoke_app(url, patience),
        ),
    ):
        service = CloudRun(project, region, name, tag)
        if arguments.again:
            image = service.serving_image()
        else:
            remote = f"{registry_host(region)}/{project}/{registry}/{name}"
            image = push(local, remote, project, arguments.version)
        parts.append(Part(service, image, smoke))
    return parts


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt("stopped")


def _version(text: str) -> str:
    if not _VERSION.fullmatch(text):
        raise argparse.ArgumentTypeError(f"got {text!r}; allowed: a commit, 7 to 40 hex digits")
    return text


def main() -> int:
    """Deploy, and say what serves now."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--version", type=_version, help="commit of the images")
    what.add_argument("--again", action="store_true", help="the images that serve")
    parser.add_argument("--api-image", default="solvencia-api", help="local image of the service")
    parser.add_argument("--app-image", default="solvencia-frontend", help="local image of the app")
    parser.add_argument("--patience", type=float, default=PATIENCE, help="seconds to become ready")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        settings = settings_of(os.environ)
    except InvalidInputError as error:
        print(f"deploy: {error}", file=sys.stderr)
        return 2
    try:
        deploy(_parts(arguments, settings))
    except LostError as error:
        print(f"deploy: {error}; look where the traffic goes", file=sys.stderr)
        return 3
    except (SolvenciaError, KeyboardInterrupt) as error:
        print(f"deploy: {error}; what served before serves", file=sys.stderr)
        return 1
    print("deployed: both serve")
    return 0


if __name__ == "__main__":
    sys.exit(main())
