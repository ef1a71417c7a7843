"""A published champion is what a service reads, and of two publishers one wins."""

import hashlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from api.model_source import CALIBRATION, source_of
from solvencia.artifact import load_model, read_files
from solvencia.domain.errors import ArtifactError
from solvencia.training.champions import CARD, install_champion
from testing.conftest import ROOT
from testing.delivery.conftest import BUCKET
from testing.gcs_server import GcsServer
from testing.unit.test_champions import make
from utilities.publishing import Published, PublishError, point_to, publish

pytestmark = pytest.mark.usefixtures("no_settings")

URI = f"gs://{BUCKET}/models"
POINTER = f"/storage/v1/b/{BUCKET}/o/models/champion.json"


def champion(models: Path, number: int, card: bool = True) -> str:
    """A champion that differs from others by its number."""
    version = make(models / "candidate", number)
    text = f"# Model card {version}\n\nEstimates income.\n" if card else None
    install_champion(models, models / "candidate", version, text)
    return version


def pointer(gcs: GcsServer) -> tuple[str, int]:
    found = gcs.store.find(BUCKET, "models/champion.json")
    assert found is not None
    return json.loads(found.data)["version"], int(found.meta["generation"])


def objects(gcs: GcsServer) -> dict[str, str]:
    """SHA-256 of every object."""
    return {
        name: hashlib.sha256(versions[-1].data).hexdigest()
        for name, versions in gcs.store.buckets[BUCKET].objects.items()
    }


def test_what_is_published_is_what_a_service_reads_to_the_byte(
    gcs: GcsServer, tmp_path: Path
) -> None:
    version = champion(tmp_path, 1)
    calibration = json.dumps({"version": version, "models": {"continuity": []}}).encode()
    (tmp_path / "champion" / CALIBRATION).write_bytes(calibration)
    published = publish(tmp_path, URI)
    assert published == Published(version, pointer(gcs)[1], already=False)
    source = source_of(URI)
    files = source.files()
    assert files == read_files(tmp_path / "champion")
    assert load_model(files, "test").version == version
    assert source.card(version) == (tmp_path / "champion" / CARD).read_text(encoding="utf-8")
    assert source.calibration(version) == {"continuity": ()}


def test_the_pointer_moves_after_everything_it_names_is_there(
    gcs: GcsServer, tmp_path: Path
) -> None:
    champion(tmp_path, 1)
    publish(tmp_path, URI)
    first = source_of(URI).pointer()
    version = champion(tmp_path, 2)
    gcs.put(BUCKET, f"models/{version}/reference.json", b"half an upload of something else")
    with pytest.raises(PublishError, match=rf"MODEL_URI={URI}: {version}/reference.json holds"):
        publish(tmp_path, URI)
    assert source_of(URI).pointer() == first
    gcs.delete(BUCKET, f"models/{version}/reference.json")
    assert publish(tmp_path, URI).version == version == pointer(gcs)[0]


def test_publishing_again_changes_nothing(gcs: GcsServer, tmp_path: Path) -> None:
    version = champion(tmp_path, 1)
    once, before = publish(tmp_path, URI), objects(gcs)
    (tmp_path / "champion" / CARD).write_text(f"# Another card {version}\n", encoding="utf-8")
    assert publish(tmp_path, URI) == Published(version, once.generation, already=True)
    assert objects(gcs) == before


def test_a_champion_before_this_one_is_published_again(gcs: GcsServer, tmp_path: Path) -> None:
    first = champion(tmp_path / "one", 1)
    champion(tmp_path / "two", 2, card=False)
    for models in ("one", "two", "one"):
        publish(tmp_path / models, URI)
    assert pointer(gcs)[0] == first


def test_a_pointer_that_says_nothing_is_replaced(gcs: GcsServer, tmp_path: Path) -> None:
    gcs.put(BUCKET, "models/champion.json", b"\xff not JSON")
    version = champion(tmp_path, 1)
    assert publish(tmp_path, URI).version == pointer(gcs)[0] == version


# --- two at once


@contextmanager
def both_have_read(gcs: GcsServer) -> Iterator[None]:
    """The first two readers of the pointer get their answers when both have asked."""
    meeting, seen, lock = threading.Barrier(2, timeout=60), [0], threading.Lock()

    class Asked(list[str]):
        def append(self, call: str) -> None:
            super().append(call)
            with lock:
                seen[0] += call == f"GET {POINTER}"
                waits = call == f"GET {POINTER}" and seen[0] <= 2
            if waits:
                meeting.wait()

    gcs.asked = Asked(gcs.asked)
    yield


def publisher(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "utilities.publish"],
        cwd=folder,
        env={**os.environ, "MODEL_URI": URI, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.parametrize("published_before", [False, True])
def test_of_two_publishers_at_once_one_wins(
    gcs: GcsServer, tmp_path: Path, published_before: bool
) -> None:
    if published_before:
        champion(tmp_path / "before", 0)
        publish(tmp_path / "before", URI)
    folders = [tmp_path / "a", tmp_path / "b"]
    versions = [champion(folder / "model", number) for number, folder in enumerate(folders, 1)]
    with both_have_read(gcs):
        running = [publisher(folder) for folder in folders]
        said = [process.communicate(timeout=120) for process in running]
    codes = [process.returncode for process in running]
    assert sorted(codes) == [0, 1], said
    winner, loser = codes.index(0), codes.index(1)
    assert pointer(gcs)[0] == versions[winner]
    assert said[winner][0].startswith(f"published: {versions[winner]}, generation ")
    assert (
        f"another publisher moved champion.json to {versions[winner]} while {versions[loser]}"
        in said[loser][1]
    )
    assert load_model(source_of(URI).files(), "test").version == versions[winner]


def test_two_publishers_of_the_same_champion_agree(gcs: GcsServer, tmp_path: Path) -> None:
    champion(tmp_path, 1)
    found: list[Published] = []
    with both_have_read(gcs):
        threads = [
            threading.Thread(target=lambda: found.append(publish(tmp_path, URI))) for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert sorted(one.already for one in found) == [False, True]
    assert {(one.version, one.generation) for one in found} == {pointer(gcs)}


# --- what is missing is named


@pytest.mark.parametrize("uri", ["", "model/champion", "s3://bucket/x", "gs://UPPER/x"])
def test_an_address_that_is_none_is_refused_by_setting(tmp_path: Path, uri: str) -> None:
    champion(tmp_path, 1)
    with pytest.raises(PublishError, match=f"MODEL_URI: got {uri or 'nothing'}; allowed: gs://"):
        publish(tmp_path, uri)


def test_a_bucket_that_is_not_there_is_named(gcs: GcsServer, tmp_path: Path) -> None:
    champion(tmp_path, 1)
    with pytest.raises(PublishError, match="--uri=gs://other: there is no bucket other"):
        publish(tmp_path, "gs://other/", "--uri")


def test_without_credentials_the_message_says_where_they_are_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_GCE_CHECK", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    champion(tmp_path, 1)
    with pytest.raises(PublishError, match=f"MODEL_URI={URI}: no cred.*GOOGLE_APPLICATION_CRED"):
        publish(tmp_path, URI)


def test_without_a_champion_nothing_is_asked_of_the_bucket(gcs: GcsServer, tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="no model here"):
        publish(tmp_path, URI)
    assert gcs.asked == []


class TestAnEarlierVersion:
    def test_is_named_again_without_its_files_being_here(
        self, gcs: GcsServer, tmp_path: Path
    ) -> None:
        first = champion(tmp_path, 1)
        publish(tmp_path, URI)
        second = champion(tmp_path, 2)
        publish(tmp_path, URI)
        before = objects(gcs)
        done = point_to(first, URI)

        assert (done.version, done.already) == (first, False)
        assert pointer(gcs) == (first, done.generation)
        assert load_model(source_of(URI).files(), URI).version == first
        assert {name for name, digest in objects(gcs).items() if before[name] != digest} == {
            "models/champion.json"
        }
        assert point_to(first, URI).already
        assert point_to(second, URI).version == second

    def test_is_refused_unless_it_is_there_and_whole(self, gcs: GcsServer, tmp_path: Path) -> None:
        version = champion(tmp_path, 1)
        publish(tmp_path, URI)
        damaged = champion(tmp_path, 2)
        publish(tmp_path, URI)
        point_to(version, URI)
        (file,) = (name for name in objects(gcs) if f"{damaged}/" in name and "contin" in name)
        gcs.put(BUCKET, file, b"{}")
        asked = pointer(gcs)

        with pytest.raises(ArtifactError, match=damaged):
            point_to(damaged, URI)
        with pytest.raises(PublishError, match=r"MODEL_URI=.*000000000000"):
            point_to("0" * 12, URI)
        with pytest.raises(PublishError, match="allowed: 12 hexadecimal digits"):
            point_to("../elsewhere", URI)
        assert pointer(gcs) == asked
