"""A champion in a bucket, where services look for it (``api.model_source`` states the layout).

A version is written before the pointer names it, and never again. The pointer moves only if it is
still the one that was read before the upload, so of several publishers at once one wins.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from api.model_source import CALIBRATION, CHAMPION
from solvencia.artifact import MANIFEST, load_model, named_files, read_files
from solvencia.domain.errors import SolvenciaError
from solvencia.training.champions import CARD, card_of
from utilities.buckets import Place, explained, open_bucket, patience

if TYPE_CHECKING:
    from google.cloud.storage import Bucket


_VERSION = re.compile(r"[0-9a-f]{12}")


class PublishError(SolvenciaError):
    """The champion was not published; the pointer is as it was, or as another publisher left it."""


class PointerUnknownError(PublishError):
    """The pointer may have been moved: neither the answer nor a second look came through."""


@dataclass(frozen=True)
class Published:
    """A champion that services find.

    Attributes:
        version: that the pointer names.
        generation: of the pointer object.
        already: the pointer named this version without our doing.
    """

    version: str
    generation: int
    already: bool


@dataclass(frozen=True)
class _Pointer:
    generation: int
    version: str | None

    @property
    def unreadable(self) -> bool:
        """There is one, and it names nothing."""
        return self.generation != 0 and self.version is None


def published_version(uri: str, setting: str = "MODEL_URI") -> str | None:
    """Version that the pointer of ``uri`` names; None where there is no pointer.

    Raises:
        PublishError: the address is none, the bucket cannot be used, or the pointer cannot be read: then
            a model may serve, and nobody knows which.
    """
    place = Place.parse(setting, uri, PublishError)
    pointer = _pointer(open_bucket(place, PublishError), place)
    if pointer.unreadable:
        raise PublishError(
            f"{place.setting}={place.uri}: {CHAMPION} names no version; "
            "`python -m utilities.publish --version` lets it name one that was published"
        )
    return pointer.version


def publish(
    models: Path,
    uri: str,
    setting: str = "MODEL_URI",
    *,
    replaces: Collection[str | None] | None = None,
) -> Published:
    """Upload ``models/champion`` under its version, then let the pointer of ``uri`` name it.

    Args:
        models: the directory that holds ``champion``.
        uri: ``gs://bucket/prefix``.
        setting: where the address comes from, as messages name it.
        replaces: versions that the pointer may name beforehand (None: there is no pointer), where it
            matters which; the champion's own may always be named.

    Raises:
        ArtifactError: the champion does not load.
        PublishError: the address is none, the bucket cannot be used, it holds other bytes under
            this version, or another publisher was faster.
    """
    place = Place.parse(setting, uri, PublishError)
    champion = (models / "champion").resolve()  # it may change meanwhile
    files = read_files(champion)
    version = load_model(files, str(champion)).version
    bucket = open_bucket(place, PublishError)
    before = _pointer(bucket, place)
    if replaces is not None and (before.unreadable or before.version not in {*replaces, version}):
        raise PublishError(
            f"{place.setting}={place.uri}: {CHAMPION} names {before.version or 'nothing readable'} "
            f"by now, which {version} was not compared with; that one stays"
        )
    for name, raw in files.items():
        if not _create(bucket, place, f"{version}/{name}", raw):
            raise PublishError(
                f"{place.setting}={place.uri}: {version}/{name} holds other bytes than this "
                "version; remove that folder, or publish under another prefix"
            )
    if (card := card_of(champion / CARD, version)) is not None:
        _create(bucket, place, f"{version}/{CARD}", card.encode())  # an earlier card stays
    if (calibration := champion / CALIBRATION).is_file():
        _create(bucket, place, f"{version}/{CALIBRATION}", calibration.read_bytes())
    if before.version == version:
        return Published(version, before.generation, already=True)
    return _move(bucket, place, before, version)


def point_to(version: str, uri: str, setting: str = "MODEL_URI") -> Published:
    """Let the pointer of ``uri`` name a version that was published before, if it is whole.

    Args:
        version: 12 hexadecimal digits.
        uri, setting: those of ``publish``.

    Raises:
        ArtifactError: what the bucket holds of this version does not load.
        PublishError: the address or the version is none, the bucket cannot be used or lacks the version,
            or another publisher was faster.
    """
    place = Place.parse(setting, uri, PublishError)
    if not _VERSION.fullmatch(version):
        raise PublishError(f"version: got {version or 'nothing'}; allowed: 12 hexadecimal digits")
    bucket = open_bucket(place, PublishError)
    before = _pointer(bucket, place)
    origin = f"{place.uri}/{version}"
    files = {MANIFEST: _read(bucket, place, f"{version}/{MANIFEST}")}
    for name in named_files(files[MANIFEST], origin):
        files[name] = _read(bucket, place, f"{version}/{name}")
    found = load_model(files, origin).version
    if found != version:
        raise PublishError(f"{origin}: holds version {found}")
    if before.version == version:
        return Published(version, before.generation, already=True)
    return _move(bucket, place, before, version)


def _read(bucket: "Bucket", place: Place, path: str) -> bytes:
    with explained(place, PublishError):
        return bytes(bucket.blob(place.name(path)).download_as_bytes(**patience()))


def _move(bucket: "Bucket", place: Place, before: _Pointer, version: str) -> Published:
    """Replace the pointer that was read, and no other."""
    from google.api_core.exceptions import PreconditionFailed

    blob = bucket.blob(place.name(CHAMPION))
    text = json.dumps({"version": version}) + "\n"
    try:
        _upload(blob, text.encode(), place, generation=before.generation)
    except PreconditionFailed as error:
        now = _pointer(bucket, place)
        if now.version == version:  # by another publisher, or by us and the answer was lost
            return Published(version, now.generation, already=True)
        raise PublishError(
            f"{place.setting}={place.uri}: another publisher moved {CHAMPION} to "
            f"{now.version or 'nothing readable'} while {version} was uploaded; that one stays. "
            "Publish again if this one should serve"
        ) from error
    except PublishError as error:  # perhaps only the answer was lost
        try:
            now = _pointer(bucket, place)
        except PublishError:
            raise PointerUnknownError(
                f"{error}; whether {CHAMPION} names {version} now is not known"
            ) from error
        if now.version == version:
            return Published(version, now.generation, already=True)
        raise
    return Published(version, int(blob.generation), already=False)


def _pointer(bucket: "Bucket", place: Place) -> _Pointer:
    """Generation of the pointer, 0 where there is none, and the version of that generation."""
    from google.api_core.exceptions import NotFound, PreconditionFailed

    blob = bucket.blob(place.name(CHAMPION))
    with explained(place, PublishError):
        try:
            blob.reload(**patience())
        except NotFound as error:
            if "bucket does not exist" in str(error):
                raise
            return _Pointer(0, None)
        generation = int(blob.generation)
        try:
            raw = blob.download_as_bytes(if_generation_match=generation, **patience())
        except (NotFound, PreconditionFailed):
            return _Pointer(generation, None)  # replaced meanwhile: moving it will be refused
    try:
        version = json.loads(raw)["version"]
    except (ValueError, KeyError, TypeError):
        return _Pointer(generation, None)
    return _Pointer(generation, version if isinstance(version, str) else None)


def _create(bucket: "Bucket", place: Place, path: str, raw: bytes) -> bool:
    """Write an object where there is none; say whether it holds these bytes now."""
    from google.api_core.exceptions import PreconditionFailed

    blob = bucket.blob(place.name(path))
    try:
        _upload(blob, raw, place, generation=0)
    except PreconditionFailed:
        with explained(place, PublishError):
            return bool(blob.download_as_bytes(**patience()) == raw)
    return True


def _upload(blob: Any, raw: bytes, place: Place, generation: int) -> None:
    kind = "text/markdown" if blob.name.endswith(".md") else "application/json"
    with explained(place, PublishError):
        blob.upload_from_string(
            raw, content_type=kind, if_generation_match=generation, checksum="crc32c", **patience()
        )
