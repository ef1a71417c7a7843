"""Put what the pipeline made into DVC's remote, or fetch it from there, and verify that it arrived.

python -m utilities.remote push            to the bucket of DVC_BUCKET, else to the default remote
python -m utilities.remote pull            from there
python -m utilities.remote push -r gcs     to the bucket set by `dvc remote modify --local gcs url …`

With DVC_BUCKET the environment decides: bucket, and address of STORAGE_EMULATOR_HOST (without
credentials) or none, are written to .dvc/config.local, which git ignores. The default remote is the
directory .dvc/remote and needs no account.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from solvencia.domain.errors import SolvenciaError
from utilities.buckets import Place, explained, open_bucket, patience

BUCKET, EMULATOR, GCS = "DVC_BUCKET", "STORAGE_EMULATOR_HOST", "gcs"
_NAMED = 5


class RemoteError(SolvenciaError):
    """Data did not get to the remote, or not back: nothing was lost, mend and do it again."""


def main() -> int:
    """Push or pull, or say why not."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("direction", choices=("push", "pull"))
    parser.add_argument("-r", "--remote", help="another remote of .dvc/config")
    arguments = parser.parse_args()
    transfer = push if arguments.direction == "push" else pull
    try:
        print(f"{arguments.direction}: {transfer(Path(), arguments.remote)}, complete")
    except SolvenciaError as error:
        print(f"{arguments.direction}: {error}", file=sys.stderr)
        return 1
    return 0


def push(root: Path, remote: str | None = None) -> str:
    """Copy the outputs that dvc.lock names from the cache to the remote; return its name.

    Args:
        root: the checkout.
        remote: its name; without one gcs if DVC_BUCKET is set, else the default of ``.dvc/config``.

    Raises:
        RemoteError: a setting is missing, the remote cannot be used, or it lacks something
            afterwards: DVC calls a push complete when it trusts what it noted before.
    """
    name = _ready(root, remote)
    _dvc(root, "push", "--remote", name)
    status = _status(root, "--not-in-remote", "--remote", name)
    if lost := status.get("not_in_remote"):
        raise RemoteError(
            f"remote {name}: dvc push reported success, but it lacks {_listed(lost)}; where only "
            "files of a directory are missing, remove that directory's .dir object from the remote, "
            "or set another prefix, and push again"
        )
    return name


def pull(root: Path, remote: str | None = None) -> str:
    """Bring the outputs that dvc.lock names from the remote into cache and checkout.

    Arguments and return value are those of ``push``.

    Raises:
        RemoteError: a setting is missing, the remote cannot be used, or something is not as
            dvc.lock says afterwards. Files that are in no cache are never overwritten.
    """
    name = _ready(root, remote)
    # What dvc.lock does not know yet is no loss; what it knows is asked for below.
    _dvc(root, "pull", "--allow-missing", "--remote", name)
    status = _status(root)
    if lost := status.get("not_in_cache"):
        raise RemoteError(f"remote {name}: after dvc pull the cache lacks {_listed(lost)}")
    if differing := _changed(status.get("uncommitted", {})):
        raise RemoteError(f"remote {name}: after dvc pull not as dvc.lock says: {differing}")
    return name


def _ready(root: Path, remote: str | None) -> str:
    """The remote to use, set up and answering."""
    bucket = os.environ.get(BUCKET, "").strip()
    name = remote or (GCS if bucket else _dvc(root, "config", "core.remote").strip())
    if name != GCS:
        return name
    local = _local_config(root)
    if bucket:
        _configure(root, local, bucket)
        place = _place(BUCKET, bucket)
    elif url := local.get("url"):
        place = _place("url of remote gcs in .dvc/config.local", url)
    else:
        raise RemoteError(
            f"{BUCKET}: is not set; allowed: bucket/prefix, by {BUCKET} or by "
            "`dvc remote modify --local gcs url gs://bucket/prefix`"
        )
    if bucket or "endpointurl" not in local:  # an address set by hand is DVC's alone
        _look(place)
    return name


def _place(setting: str, value: str) -> Place:
    return Place.parse(setting, value if "://" in value else f"gs://{value}", RemoteError)


def _local_config(root: Path) -> dict[str, str]:
    """What .dvc/config.local says of the remote gcs."""
    lines = (line.partition("=") for line in _dvc(root, "config", "--local", "--list").splitlines())
    prefix = f"remote.{GCS}."
    return {key.removeprefix(prefix): value for key, _, value in lines if key.startswith(prefix)}


def _configure(root: Path, local: Mapping[str, str], bucket: str) -> None:
    """Let .dvc/config.local say what the environment says, touching only what differs."""
    emulator = os.environ.get(EMULATOR)
    wanted = {
        "url": _place(BUCKET, bucket).uri,
        "endpointurl": emulator,
        "allow_anonymous_login": "true" if emulator else None,
    }
    for option, value in wanted.items():
        if value and local.get(option) != value:
            _dvc(root, "remote", "modify", "--local", GCS, option, value)
        elif not value and option in local:
            _dvc(root, "remote", "modify", "--local", "--unset", GCS, option)


def _look(place: Place) -> None:
    """Ask for one object: DVC's own words on credentials and buckets name no setting."""
    bucket = open_bucket(place, RemoteError)
    prefix = place.name("") or None
    with explained(place, RemoteError):
        next(iter(bucket.list_blobs(prefix=prefix, max_results=1, **patience())), None)


def _status(root: Path, *options: str) -> dict[str, Any]:
    # By file: a directory counts as stored as soon as its list is, whatever happened to its files.
    status: dict[str, Any] = json.loads(
        _dvc(root, "data", "status", "--granular", "--json", *options)
    )
    return status


def _dvc(root: Path, *words: str) -> str:
    """Standard output of a DVC command.

    Raises:
        RemoteError: it failed; the message ends with DVC's own last words.
    """
    # Without this gcsfs asks an emulator over gRPC first, a minute for every call.
    environment = {"GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false", **os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "dvc", *words],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.strip()]
        errors = [n for n, line in enumerate(said) if line.startswith("ERROR")] or [-1]
        command = " ".join(words)
        raise RemoteError(
            f"dvc {command} failed (exit status {done.returncode}): {' '.join(said[errors[0] :])[:500]}"
        )
    return done.stdout


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _changed(uncommitted: Mapping[str, Sequence[Any]]) -> str:
    """Kinds of change with their files; empty when there is none."""
    return "; ".join(
        f"{kind} {_listed([str(name) for name in names])}"
        for kind, names in uncommitted.items()
        if names
    )


if __name__ == "__main__":
    sys.exit(main())
