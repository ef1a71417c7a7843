"""A trained model on disk: one directory of JSON files, written by training and read by serving.

``manifest.json`` names every other file with its SHA-256, the feature list the model was made for
and where it came from. The version is the hash of all that, and holds no clock: training twice on
the same inputs gives identical bytes. Loading verifies everything before it returns a model.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from solvencia.domain.errors import ArtifactError
from solvencia.domain.features import FEATURES
from solvencia.domain.reference import Reference
from solvencia.domain.scorecard import Scorecard
from solvencia.domain.segment import Segmentation
from solvencia.domain.stability import Stability

MANIFEST = "manifest.json"
_LINE = 100
_PLAIN_NAME = re.compile(r"\w[\w.-]*")
_BODY = ("features", "files", "metrics", "provenance")
SCORECARDS = ("continuity", "income_p10", "income_p50", "income_p90", "default")
OPTIONAL_SCORECARDS = ("default",)
"""Models that a source may not support; the others must be there."""


@dataclass(frozen=True)
class Model:
    """Everything a decision needs from training.

    Attributes:
        version: first twelve hex digits of the hash of the manifest's content.
        scorecards: by name, those of ``SCORECARDS`` that the source supports.
        provenance: hashes of data and parameters, source description, periods.
        metrics: headline figures by model, as measured on the later period.
        stability: by probability model, its cells and scores frozen with the shares of the rows it
            was fitted on.
    """

    version: str
    scorecards: Mapping[str, Scorecard]
    segmentation: Segmentation
    reference: Reference
    provenance: Mapping[str, Any]
    metrics: Mapping[str, Any]
    stability: Mapping[str, Stability] = field(default_factory=dict)


def feature_signature() -> list[dict[str, Any]]:
    """The feature list that a model and the code must share: names, order, levels."""
    return [{"name": name, "levels": list(info.levels)} for name, info in FEATURES.items()]


def write_model(
    directory: Path,
    *,
    scorecards: Mapping[str, Scorecard],
    segmentation: Segmentation,
    reference: Reference,
    stability: Mapping[str, Stability],
    provenance: Mapping[str, Any],
    metrics: Mapping[str, Any],
) -> str:
    """Write a model directory in one step, replacing an earlier one, and return its version."""
    files = {f"{name}.json": card.to_json() for name, card in scorecards.items()}
    files["segments.json"] = segmentation.to_json()
    files["reference.json"] = reference.to_json()
    files["stability.json"] = {name: item.to_json() for name, item in stability.items()}
    texts = {name: _dump(content) for name, content in sorted(files.items())}
    body = {
        "features": feature_signature(),
        "files": {name: _sha256(text.encode()) for name, text in texts.items()},
        "metrics": metrics,
        "provenance": provenance,
    }
    version = _version(body)
    directory.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f".{directory.name}-", dir=directory.parent))
    for name, text in {**texts, MANIFEST: _dump({"version": version, **body})}.items():
        (scratch / name).write_text(text, encoding="utf-8")
    replace_directory(scratch, directory)
    return version


def replace_directory(new: Path, target: Path) -> None:
    """Put ``new`` in the place of ``target``; the old one is removed once the new one stands."""
    new.chmod(0o755)
    old = target.with_name(f".{target.name}-old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        os.replace(target, old)
    os.replace(new, target)
    shutil.rmtree(old, ignore_errors=True)


def read_model(directory: Path) -> Model:
    """Load a model and verify it: version, hash of every file, feature list, table shapes.

    Raises:
        ArtifactError: something is missing, altered, or made for other features.
    """
    directory = directory.resolve()
    return load_model(read_files(directory), str(directory))


def read_files(directory: Path) -> dict[str, bytes]:
    """The manifest and the files that it names, unverified: a model as it can be kept elsewhere.

    Raises:
        ArtifactError: a file is missing or cannot be read.
    """
    directory = directory.resolve()  # a champion that changes meanwhile is not mixed with another
    try:
        manifest = (directory / MANIFEST).read_bytes()
    except FileNotFoundError as error:
        raise ArtifactError(f"{directory}: no model here ({MANIFEST} is missing)") from error
    except OSError as error:
        raise ArtifactError(f"{directory / MANIFEST}: cannot be read: {error.strerror}") from error
    files = {MANIFEST: manifest}
    for name in named_files(manifest, str(directory)):
        try:
            files[name] = (directory / name).read_bytes()
        except OSError as error:
            raise ArtifactError(f"{directory / name}: cannot be read: {error.strerror}") from error
    return files


def named_files(manifest: bytes, origin: str) -> tuple[str, ...]:
    """Names of the files that a manifest names, each a plain file name.

    Raises:
        ArtifactError: the manifest, found at ``origin``, cannot be read.
    """
    return tuple(_body(_parse(manifest, f"{origin}/{MANIFEST}"), origin)["files"])


def load_model(files: Mapping[str, bytes], origin: str) -> Model:
    """Verify the files of a model, by name, and load it; ``origin`` says in errors where they are.

    Raises:
        ArtifactError: something is missing, altered, or made for other features.
    """
    if MANIFEST not in files:
        raise ArtifactError(f"{origin}: no model here ({MANIFEST} is missing)")
    manifest = _parse(files[MANIFEST], f"{origin}/{MANIFEST}")
    body = _body(manifest, origin)
    try:
        version = _version(body)
    except ValueError as error:
        raise ArtifactError(f"{origin}/{MANIFEST}: cannot be read: {error}") from error
    if version != manifest.get("version"):
        raise ArtifactError(
            f"{origin}: manifest says version {manifest.get('version')}, content is {version}"
        )
    if body["features"] != feature_signature():
        raise ArtifactError(f"{origin}: made for another feature list than this code's; retrain")
    required = {f"{name}.json" for name in SCORECARDS if name not in OPTIONAL_SCORECARDS}
    required |= {"segments.json", "reference.json", "stability.json"}
    if absent := sorted(required - set(body["files"]) | set(body["files"]) - set(files)):
        raise ArtifactError(f"{origin}: lacks {', '.join(absent)}")
    for name, expected in body["files"].items():
        if _sha256(files[name]) != expected:
            raise ArtifactError(
                f"{origin}/{name}: altered since training; its hash is not the manifest's"
            )
    contents = {name: _parse(files[name], f"{origin}/{name}") for name in body["files"]}
    try:
        model = _assemble(version, body, contents)
        _check_cards(model)
    except ArtifactError as error:
        raise ArtifactError(f"{origin}: {error}") from error
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ArtifactError(f"{origin}: a file lacks or misnames a part: {error!r}") from error
    return model


def _assemble(version: str, body: Mapping[str, Any], contents: Mapping[str, Any]) -> Model:
    return Model(
        version=version,
        scorecards={
            name: Scorecard.from_json(contents[f"{name}.json"])
            for name in SCORECARDS
            if f"{name}.json" in contents
        },
        segmentation=Segmentation.from_json(contents["segments.json"]),
        reference=Reference.from_json(contents["reference.json"]),
        provenance=body["provenance"],
        metrics=body["metrics"],
        stability={
            name: Stability.from_json(raw) for name, raw in contents["stability.json"].items()
        },
    )


def _check_cards(model: Model) -> None:
    for name, card in model.scorecards.items():
        if card.name != name:
            raise ArtifactError(f"{name}.json holds another scorecard")
        for bins in card.bins:
            if bins.feature not in FEATURES:
                raise ArtifactError(f"scorecard {name}: unknown feature {bins.feature!r}")
            if bins.levels != FEATURES[bins.feature].levels:
                raise ArtifactError(f"scorecard {name}: levels of {bins.feature} are not its own")
    for name, stability in model.stability.items():
        frozen = tuple(item.bins for item in stability.features)
        if name not in model.scorecards or frozen != model.scorecards[name].bins:
            raise ArtifactError(f"stability.json: cells of {name} are not its scorecard's")


def _body(manifest: Mapping[str, Any], origin: str) -> dict[str, Any]:
    """What the version is the hash of; ``files`` maps plain names, so that nothing else is read."""
    body = {key: manifest.get(key, {}) for key in _BODY}
    files = body["files"]
    if not isinstance(files, dict) or not all(_PLAIN_NAME.fullmatch(name) for name in files):
        raise ArtifactError(f"{origin}/{MANIFEST}: files must map plain file names to hashes")
    return body


def _parse(raw: bytes, place: str) -> dict[str, Any]:
    try:
        content = json.loads(raw)
    except ValueError as error:
        raise ArtifactError(f"{place}: cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise ArtifactError(f"{place}: must be a JSON object")
    return content


def _dump(content: Any) -> str:
    """JSON that reads: sorted keys, and what fits on a line on one line."""
    return _layout(content, "") + "\n"


def _layout(content: Any, indent: str) -> str:
    flat = json.dumps(content, ensure_ascii=False, sort_keys=True, allow_nan=False)
    scalars = isinstance(content, list) and not any(
        isinstance(item, dict | list) for item in content
    )
    if scalars or len(indent) + len(flat) <= _LINE or not isinstance(content, dict | list):
        return flat
    inner = indent + " "
    if isinstance(content, dict):
        items = [
            f"{json.dumps(key, ensure_ascii=False)}: {_layout(content[key], inner)}"
            for key in sorted(content)
        ]
        begin, end = "{", "}"
    else:
        items = [_layout(item, inner) for item in content]
        begin, end = "[", "]"
    return begin + "\n" + ",\n".join(inner + item for item in items) + "\n" + indent + end


def _version(body: Mapping[str, Any]) -> str:
    """Hash of the manifest's content, whatever its layout."""
    compact = json.dumps(
        body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return _sha256(compact.encode())[:12]


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
