"""Where models come from: a directory, or a bucket of Google Cloud Storage.

A source answers three questions: has another model been put there (``pointer``, asked every few
seconds), what is it (``files``, verified by ``solvencia.artifact.load_model``), and what is told of it
(``card``, ``calibration``).
"""

import json
import logging
import os
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from pydantic import ValidationError

from api.wire.base import Wire
from api.wire.model import CalibrationGroup
from solvencia.artifact import MANIFEST, named_files, read_files
from solvencia.domain.errors import ArtifactError

if TYPE_CHECKING:
    from google.cloud.storage import Blob, Bucket

logger = logging.getLogger("solvencia.api")

CHAMPION = "champion.json"
"""Name of the object that says which version of a bucket is meant."""

CARD = "model_card.md"
"""Name of the model card that may stand beside a model's files."""

CALIBRATION = "calibration.json"
"""Name of the calibration by groups that may stand there too."""

Calibration = Mapping[str, tuple[CalibrationGroup, ...]]
"""Groups by model, from the lowest prediction to the highest."""

_PATIENCE_SECONDS = 3.0
_VERSION = re.compile(r"[0-9a-f]{12}")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9._-]+[a-z0-9]")


class SourceUnavailableError(Exception):
    """Nothing can be said of the model because its source cannot be read: look again later."""


class ModelSource(Protocol):
    """A place that means one model at a time."""

    origin: str
    """Where it is, as messages name it: the setting and its value."""

    def pointer(self) -> str:
        """What changes whenever another model may be meant; cheap.

        Raises:
            SourceUnavailableError: nothing is there, or it cannot be read now.
        """

    def files(self) -> Mapping[str, bytes]:
        """The files of the model that is meant now, by name, unverified.

        Raises:
            ArtifactError: what is there is no model.
            SourceUnavailableError: it cannot be read now.
        """

    def card(self, version: str) -> str | None:
        """The model card of this version; None when there is none that can be read.

        It is no part of the model, and never a reason to refuse one.
        """

    def calibration(self, version: str) -> Calibration:
        """Calibration by groups of this version, with the same reservation; empty when there is none."""


def source_of(uri: str, setting: str = "MODEL_URI") -> ModelSource:
    """The source that a setting names: a directory, or ``gs://bucket/prefix``.

    Raises:
        ArtifactError: the value names neither.
    """
    if uri.startswith("gs://"):
        return BucketSource(uri, setting)
    if re.match(r"\w+:", uri):
        raise ArtifactError(f"{setting}={uri}: must be a directory or gs://bucket/prefix")
    return DirectorySource(Path(uri), setting)


class DirectorySource:
    """A model directory, or a link to one that is replaced when another model is meant."""

    def __init__(self, directory: Path, setting: str = "MODEL_URI") -> None:
        self.origin = f"{setting}={directory}"
        self._directory = directory

    def pointer(self) -> str:
        """The directory behind the link, and inode, size and time of every file in it."""
        directory = os.path.realpath(self._directory)
        try:
            with os.scandir(directory) as entries:
                found = {entry.name: entry.stat() for entry in entries}
        except OSError as error:
            raise SourceUnavailableError(
                f"{self.origin}: no model here ({error.strerror})"
            ) from error
        states = [f"{name} {s.st_ino} {s.st_size} {s.st_mtime_ns}" for name, s in found.items()]
        return "\n".join([directory, *sorted(states)])

    def files(self) -> Mapping[str, bytes]:
        """The files that the manifest names, and the manifest."""
        try:
            return read_files(self._directory)
        except ArtifactError as error:
            raise ArtifactError(f"{self.origin}: {error}") from error

    def card(self, version: str) -> str | None:
        """What stands beside the files, if its title names this version."""
        raw = self._beside(CARD)
        return None if raw is None else _card_of(raw, version)

    def calibration(self, version: str) -> Calibration:
        """What stands beside the files, if it names this version."""
        raw = self._beside(CALIBRATION)
        return {} if raw is None else _calibration_of(raw, version, self.origin)

    def _beside(self, name: str) -> bytes | None:
        try:
            return (self._directory / name).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            logger.warning("%s: %s cannot be read: %s", self.origin, name, error.strerror)
            return None


class BucketSource:
    """Models under ``gs://bucket/prefix``, one of them named by a pointer::

        prefix/champion.json          {"version": "2b6fabc1d744"}
        prefix/2b6fabc1d744/manifest.json, continuity.json, …, and model_card.md
                                      and calibration.json if there are

    A version is written before the pointer names it, and never again. ``STORAGE_EMULATOR_HOST`` is
    followed, without credentials. A call gives up after about twice ``patience`` seconds.
    """

    def __init__(
        self, uri: str, setting: str = "MODEL_URI", patience: float = _PATIENCE_SECONDS
    ) -> None:
        address = urlsplit(uri)
        if not _BUCKET.fullmatch(address.netloc) or address.query or address.fragment:
            raise ArtifactError(f"{setting}={uri}: must be gs://bucket/prefix")
        self.origin = f"{setting}={uri}"
        self._bucket_name = address.netloc
        self._prefix = address.path.strip("/")
        self._patience = patience

    def pointer(self) -> str:
        """Generation of the pointer object: every write to it is another one."""
        blob = self._blob(CHAMPION)
        self._ask(CHAMPION, blob.reload)
        return f"{self.origin}#{blob.generation}"

    def files(self) -> Mapping[str, bytes]:
        """The files of the version that the pointer names."""
        version = self._version()
        files = {MANIFEST: self._read(f"{version}/{MANIFEST}")}
        for name in named_files(files[MANIFEST], f"{self.origin}: {version}"):
            files[name] = self._read(f"{version}/{name}")
        stated = json.loads(files[MANIFEST]).get("version")
        if stated != version:
            raise ArtifactError(
                f"{self.origin}: {CHAMPION} names {version}, but {version}/{MANIFEST} says {stated}"
            )
        return files

    def card(self, version: str) -> str | None:
        """What stands beside this version's files."""
        raw = self._beside(version, CARD)
        return None if raw is None else _card_of(raw, version)

    def calibration(self, version: str) -> Calibration:
        """What stands beside this version's files."""
        raw = self._beside(version, CALIBRATION)
        return {} if raw is None else _calibration_of(raw, version, self.origin)

    def _beside(self, version: str, name: str) -> bytes | None:
        try:
            return self._read(f"{version}/{name}")
        except SourceUnavailableError as error:  # who may not list is told 403 of what is not there
            logger.info("no %s: %s", name, error)
            return None

    def _version(self) -> str:
        text = self._read(CHAMPION)
        try:
            version = json.loads(text)["version"]
        except (ValueError, KeyError, TypeError) as error:
            raise ArtifactError(self._malformed()) from error
        if not isinstance(version, str) or not _VERSION.fullmatch(version):
            raise ArtifactError(self._malformed())
        return version

    def _malformed(self) -> str:
        return f'{self.origin}: {CHAMPION} must be {{"version": "<12 hexadecimal digits>"}}'

    def _read(self, name: str) -> bytes:
        return bytes(self._ask(name, self._blob(name).download_as_bytes))

    def _blob(self, name: str) -> "Blob":
        return self._bucket.blob(self._place(name))

    def _place(self, name: str) -> str:
        return f"{self._prefix}/{name}".lstrip("/")

    @cached_property
    def _bucket(self) -> "Bucket":
        # Imported here: it takes a second and 40 MB, which a service on a directory saves.
        from google.auth.exceptions import GoogleAuthError
        from google.cloud.storage import Client

        try:
            return Client(project=None).bucket(self._bucket_name)
        except GoogleAuthError as error:
            raise SourceUnavailableError(
                f"{self.origin}: no credentials for Google Cloud: {error}"
            ) from error

    def _ask(self, name: str, call: Callable[..., Any]) -> Any:
        """Make a call about an object, with an end in sight (the client's own is two minutes)."""
        from google.api_core.exceptions import Forbidden, NotFound, Unauthorized
        from google.auth.exceptions import GoogleAuthError
        from google.cloud.storage.retry import DEFAULT_RETRY

        retry = DEFAULT_RETRY.with_timeout(self._patience)
        try:
            return call(timeout=self._patience, retry=retry)
        except NotFound as error:
            bucket_is_missing = "bucket does not exist" in str(error)
            raise SourceUnavailableError(
                f"{self.origin}: there is no bucket {self._bucket_name}"
                if bucket_is_missing
                else f"{self.origin}: the bucket has no {self._place(name)}"
            ) from error
        except (Forbidden, Unauthorized, GoogleAuthError) as error:
            raise SourceUnavailableError(
                f"{self.origin}: {name} may not be read with these credentials: {error}"
            ) from error
        except Exception as error:  # of the client, of requests, of urllib3, of the system
            cause = getattr(error, "cause", error)
            raise SourceUnavailableError(
                f"{self.origin}: {name} cannot be read: {type(cause).__name__}: {str(cause)[:200]}"
            ) from error


class _KeptCalibration(Wire):
    version: str
    models: dict[str, tuple[CalibrationGroup, ...]]


def _calibration_of(raw: bytes, version: str, origin: str) -> Calibration:
    """Groups as they were kept, unless they are another model's or cannot be understood."""
    try:
        kept = _KeptCalibration.model_validate_json(raw)
    except ValidationError as error:
        logger.warning("%s: %s cannot be read: %s", origin, CALIBRATION, error.errors()[0]["msg"])
        return {}
    return kept.models if kept.version == version else {}


def _card_of(raw: bytes, version: str) -> str | None:
    """A card as text, unless it is another model's."""
    text = raw.decode(errors="replace")
    return text if text.partition("\n")[0].endswith(f" {version}") else None
