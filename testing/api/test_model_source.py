"""Sources of models: a directory behind a link, and a bucket with a pointer."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.model_source import (
    CALIBRATION,
    CARD,
    BucketSource,
    DirectorySource,
    SourceUnavailableError,
    source_of,
)
from solvencia.artifact import MANIFEST, load_model, read_files, read_model
from solvencia.domain.errors import ArtifactError
from solvencia.training import champions
from testing.gcs_server import GcsServer, running_gcs

ABSENT_VERSION = "0123456789ab"


@pytest.fixture
def model(model_directory: Path, tmp_path: Path) -> Path:
    """A directory of its own that a test may change."""
    directory = tmp_path / "archive"
    directory.mkdir()
    for name, raw in read_files(model_directory).items():
        (directory / name).write_bytes(raw)
    return directory


def upload(gcs: GcsServer, bucket: str, prefix: str, model: Path) -> str:
    """Put a model and then the pointer to it, as a promotion does."""
    version = read_model(model).version
    for name, raw in read_files(model).items():
        gcs.put(bucket, f"{prefix}{version}/{name}", raw)
    gcs.put(bucket, f"{prefix}champion.json", json.dumps({"version": version}).encode())
    return version


# --- which source


def test_the_setting_says_where_the_model_is(model: Path) -> None:
    assert isinstance(source_of(str(model)), DirectorySource)
    assert isinstance(source_of("gs://bucket/prefix"), BucketSource)
    assert source_of("gs://bucket/prefix", "CHALLENGER_URI").origin == (
        "CHALLENGER_URI=gs://bucket/prefix"
    )


@pytest.mark.parametrize(
    "uri", ["s3://bucket/prefix", "http://host/model", "file:///model", "gs:///", "gs://UPPER/x"]
)
def test_a_place_that_is_neither_is_refused_by_setting(uri: str) -> None:
    with pytest.raises(ArtifactError, match=f"MODEL_URI={uri}: must be .*gs://bucket/prefix"):
        source_of(uri)


# --- a directory


def test_a_directory_gives_the_files_of_its_model(model: Path) -> None:
    files = source_of(str(model)).files()

    assert load_model(files, "test").version == read_model(model).version


def test_a_directory_gives_the_card_of_the_version_that_is_asked_for(model: Path) -> None:
    source, version = source_of(str(model)), read_model(model).version
    assert source.card(version) is None
    text = f"# Model card {version}\n\nMide el ingreso.\n"
    (model / CARD).write_text(text, encoding="utf-8")
    assert source.card(version) == text
    assert source.card(ABSENT_VERSION) is None
    assert source.files() == read_files(model)
    (model / CARD).write_bytes(b"\xff\xfe")
    assert source.card(version) is None


def test_a_card_that_cannot_be_read_is_none(model: Path) -> None:
    (model / CARD).mkdir()
    assert source_of(str(model)).card(read_model(model).version) is None


def kept_groups(version: str, **changed: float) -> bytes:
    """A calibration file of two groups, a figure of the second one changed."""
    groups = [{"rows": 40, "predicted": 0.1, "observed": 0.125}]
    groups.append({"rows": 41, "predicted": 0.4, "observed": 0.39, **changed})
    return json.dumps({"version": version, "models": {"default": groups}}).encode()


def test_a_directory_gives_the_calibration_of_the_version_that_is_asked_for(model: Path) -> None:
    source, version = source_of(str(model)), read_model(model).version
    assert source.calibration(version) == {}
    (model / CALIBRATION).write_bytes(kept_groups(version))
    found = source.calibration(version)
    assert [group.predicted for group in found["default"]] == [0.1, 0.4]
    assert source.calibration(ABSENT_VERSION) == {}
    assert source.files() == read_files(model)


@pytest.mark.parametrize(
    "changed",
    [{"rows": 0}, {"predicted": 1.01}, {"observed": float("nan")}, {"observed": -0.1}, {"age": 1}],
)
def test_calibration_that_cannot_be_is_none(model: Path, changed: dict[str, float]) -> None:
    version = read_model(model).version
    (model / CALIBRATION).write_bytes(kept_groups(version, **changed))
    assert source_of(str(model)).calibration(version) == {}


@pytest.mark.parametrize("raw", [b"", b"\xff", b"[]", b"null", b'{"version": "0123456789ab"}'])
def test_what_is_no_calibration_is_none(model: Path, raw: bytes) -> None:
    (model / CALIBRATION).write_bytes(raw)
    assert source_of(str(model)).calibration(ABSENT_VERSION) == {}


def test_calibration_that_cannot_be_read_is_none(model: Path) -> None:
    (model / CALIBRATION).mkdir()
    assert source_of(str(model)).calibration(read_model(model).version) == {}


def test_a_promotion_leaves_card_and_calibration_where_they_are_looked_for() -> None:
    assert (CARD, CALIBRATION) == (champions.CARD, champions.CALIBRATION)


def test_the_pointer_stays_while_nothing_changes(model: Path) -> None:
    source = DirectorySource(model)

    assert source.pointer() == source.pointer()


def test_the_pointer_follows_the_link(model: Path, model_directory: Path, tmp_path: Path) -> None:
    link = tmp_path / "champion"
    link.symlink_to(model)
    source = DirectorySource(link)
    before = source.pointer()

    link.unlink()
    link.symlink_to(model_directory)

    assert source.pointer() != before


def test_any_file_that_is_rewritten_moves_the_pointer(model: Path) -> None:
    source = DirectorySource(model)
    before = source.pointer()
    raw = (model / "segments.json").read_bytes()
    (model / "segments.json").write_bytes(raw)
    os.utime(model / "segments.json", ns=(1, 1))

    assert source.pointer() != before


def test_a_directory_that_is_not_there_is_looked_for_again(model: Path, tmp_path: Path) -> None:
    source = DirectorySource(tmp_path / "champion")
    with pytest.raises(SourceUnavailableError, match=r"MODEL_URI=.*champion: no model here"):
        source.pointer()

    (tmp_path / "champion").symlink_to(model)
    assert source.pointer()


def test_a_directory_without_a_model_says_which_setting_named_it(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=r"CHALLENGER_URI=.*no model here"):
        DirectorySource(tmp_path, "CHALLENGER_URI").files()


def test_a_directory_costs_no_import_of_google_cloud(model: Path) -> None:
    script = (
        "import sys; from api.model_source import source_of;"
        f"source_of({str(model)!r}).files(); assert 'google.cloud.storage' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


# --- a bucket


@pytest.fixture
def gcs() -> Iterator[GcsServer]:
    with running_gcs("models") as server:
        yield server


@pytest.mark.slow
@pytest.mark.parametrize(("uri", "prefix"), [("gs://models", ""), ("gs://models/mx/a/", "mx/a/")])
def test_a_bucket_gives_the_files_its_pointer_names(
    gcs: GcsServer, model: Path, uri: str, prefix: str
) -> None:
    version = upload(gcs, "models", prefix, model)
    files = source_of(uri).files()

    assert files == read_files(model)
    assert load_model(files, uri).version == version
    assert source_of(uri).card(version) is None
    text = f"# Model card {version}\n"
    gcs.put("models", f"{prefix}{version}/{CARD}", text.encode())
    assert source_of(uri).card(version) == text
    assert source_of(uri).calibration(version) == {}
    gcs.put("models", f"{prefix}{version}/{CALIBRATION}", kept_groups(version))
    assert [group.rows for group in source_of(uri).calibration(version)["default"]] == [40, 41]
    assert source_of(uri).calibration(ABSENT_VERSION) == {}


@pytest.mark.slow
def test_every_write_of_the_pointer_moves_it_and_asking_costs_one_request(
    gcs: GcsServer, model: Path
) -> None:
    upload(gcs, "models", "", model)
    source = source_of("gs://models")
    before = source.pointer()
    gcs.asked.clear()

    assert source.pointer() == before
    assert gcs.asked == ["GET /storage/v1/b/models/o/champion.json"]

    upload(gcs, "models", "", model)
    assert source.pointer() != before


@pytest.mark.slow
def test_a_bucket_that_is_not_there_is_named(gcs: GcsServer) -> None:
    source = source_of("gs://absent/mx")
    for ask in (source.pointer, source.files):
        with pytest.raises(
            SourceUnavailableError, match="MODEL_URI=gs://absent/mx: there is no bucket absent"
        ):
            ask()


@pytest.mark.slow
def test_a_pointer_that_is_not_there_is_named(gcs: GcsServer) -> None:
    source = source_of("gs://models/mx")
    for ask in (source.pointer, source.files):
        with pytest.raises(SourceUnavailableError, match=r"the bucket has no mx/champion\.json"):
            ask()


@pytest.mark.slow
@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"version": 7}', '{"version": "../other"}', '{"version": "ABC"}']
)
def test_a_malformed_pointer_is_refused(gcs: GcsServer, text: str) -> None:
    gcs.put("models", "champion.json", text.encode())
    with pytest.raises(ArtifactError, match=r'gs://models: champion\.json must be \{"version"'):
        source_of("gs://models").files()


@pytest.mark.slow
@pytest.mark.parametrize("name", [MANIFEST, "continuity.json"])
def test_a_version_that_lacks_a_file_is_looked_for_again(
    gcs: GcsServer, model: Path, name: str
) -> None:
    version = upload(gcs, "models", "mx/", model)
    gcs.delete("models", f"mx/{version}/{name}")
    source = source_of("gs://models/mx")
    with pytest.raises(SourceUnavailableError, match=f"the bucket has no mx/{version}/{name}"):
        source.files()

    gcs.put("models", f"mx/{version}/{name}", (model / name).read_bytes())
    assert load_model(source.files(), "test").version == version


@pytest.mark.slow
def test_a_pointer_to_another_version_than_the_manifest_says_is_refused(
    gcs: GcsServer, model: Path
) -> None:
    version = upload(gcs, "models", "", model)
    for name, raw in read_files(model).items():
        gcs.put("models", f"{ABSENT_VERSION}/{name}", raw)
    gcs.put("models", "champion.json", json.dumps({"version": ABSENT_VERSION}).encode())

    with pytest.raises(
        ArtifactError, match=f"names {ABSENT_VERSION}, but .*{MANIFEST} says {version}"
    ):
        source_of("gs://models").files()


@pytest.mark.slow
def test_a_bucket_out_of_reach_is_said_to_be_and_comes_back(model: Path) -> None:
    with running_gcs("models") as gcs:
        version = upload(gcs, "models", "", model)
        source = BucketSource("gs://models", patience=0.2)
        before = source.pointer()
    for ask in (source.pointer, source.files):
        with pytest.raises(SourceUnavailableError, match=r"champion\.json cannot be read: .+: .+"):
            ask()
    with running_gcs(store=gcs.store, port=gcs.server_port):
        assert source.pointer() == before
        assert load_model(source.files(), "test").version == version


@pytest.mark.slow
def test_without_credentials_the_setting_that_needs_them_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("STORAGE_EMULATOR_HOST", raising=False)
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path))
    monkeypatch.setenv("NO_GCE_CHECK", "true")  # no search for a metadata server

    with pytest.raises(
        SourceUnavailableError, match="MODEL_URI=gs://models: no credentials for Google Cloud"
    ):
        source_of("gs://models").pointer()
