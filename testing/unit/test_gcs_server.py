"""The stand-in for Google Cloud Storage answers Google's own client as the original does."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from google.api_core.exceptions import BadRequest, Conflict, NotFound, PreconditionFailed
from google.cloud.storage import Bucket, Client

from testing.gcs_server import GcsServer, running_gcs

pytestmark = pytest.mark.slow


@pytest.fixture
def gcs() -> Iterator[GcsServer]:
    with running_gcs("b") as server:
        yield server


@pytest.fixture
def bucket(gcs: GcsServer) -> Iterator[Bucket]:
    with Client(project=None) as client:
        yield client.bucket("b")


def test_an_object_is_read_as_it_was_written(bucket: Bucket) -> None:
    data = bytes(range(256)) * 5
    blob = bucket.blob("deep/name with space.bin")
    blob.metadata = {"made": "by hand"}
    blob.upload_from_string(data, content_type="application/x-test")

    read = bucket.get_blob("deep/name with space.bin")
    assert (read.size, read.content_type, read.metadata) == (
        1280,
        "application/x-test",
        {"made": "by hand"},
    )
    assert read.download_as_bytes() == data
    assert read.download_as_bytes(start=3, end=5) == data[3:6]
    assert read.generation == blob.generation


def test_a_long_object_comes_in_pieces(bucket: Bucket) -> None:
    data = bytes(range(251)) * 3000
    blob = bucket.blob("long", chunk_size=256 * 1024)
    blob.upload_from_file(BytesIO(data))

    assert bucket.blob("long").download_as_bytes() == data


def test_of_several_writers_one_succeeds(bucket: Bucket) -> None:
    def write(number: int) -> bool:
        try:
            bucket.blob("pointer").upload_from_string(str(number), if_generation_match=0)
        except PreconditionFailed:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(write, range(6)))
    assert sum(won) == 1
    assert bucket.blob("pointer").download_as_bytes() == str(won.index(True)).encode()


def test_a_rewritten_object_has_another_generation(bucket: Bucket) -> None:
    blob = bucket.blob("pointer")
    blob.upload_from_string("one")
    first = blob.generation
    blob.upload_from_string("two", if_generation_match=first)

    assert blob.generation != first
    with pytest.raises(PreconditionFailed):
        blob.delete(if_generation_match=first)
    with pytest.raises(NotFound):
        bucket.blob("pointer", generation=first).reload()
    blob.delete(if_generation_match=blob.generation)
    assert not blob.exists()


def test_a_versioned_bucket_keeps_what_was_replaced(bucket: Bucket) -> None:
    bucket.versioning_enabled = True
    bucket.patch()
    blob = bucket.blob("x")
    blob.upload_from_string("one")
    first = blob.generation
    blob.upload_from_string("two")
    bucket.delete_blob("x")

    assert list(bucket.list_blobs()) == []
    assert len(list(bucket.list_blobs(versions=True))) == 2
    assert bucket.blob("x", generation=first).download_as_bytes() == b"one"


def test_a_listing_comes_in_pages_and_folders(gcs: GcsServer, bucket: Bucket) -> None:
    names = ["a/1", "a/2", "a/deep/3", "b", "c"]
    for name in names:
        gcs.put("b", name, b"")

    assert [blob.name for blob in bucket.list_blobs(page_size=2)] == names
    top = bucket.list_blobs(delimiter="/", page_size=1)
    assert [blob.name for blob in top] == ["b", "c"]
    assert top.prefixes == {"a/"}
    inside = bucket.list_blobs(prefix="a/", delimiter="/")
    assert [blob.name for blob in inside] == ["a/1", "a/2"]
    assert inside.prefixes == {"a/deep/"}
    assert [b.name for b in bucket.list_blobs(start_offset="a/2", end_offset="c")] == names[1:4]


def test_objects_are_copied_composed_and_removed_in_a_batch(bucket: Bucket) -> None:
    one, two = bucket.blob("one"), bucket.blob("two")
    one.upload_from_string("1", content_type="text/x")
    bucket.copy_blob(one, bucket, "two")
    assert bucket.get_blob("two").content_type == "text/x"
    with pytest.raises(PreconditionFailed):
        bucket.copy_blob(one, bucket, "three", if_source_generation_match=1)

    both = bucket.blob("both")
    both.compose([one, two])
    assert both.download_as_bytes() == b"11"

    with bucket.client.batch():
        one.delete()
        two.delete()
    assert [blob.name for blob in bucket.list_blobs()] == ["both"]


def test_buckets_are_made_and_removed(bucket: Bucket) -> None:
    client = bucket.client
    client.create_bucket("another", project="p")
    with pytest.raises(Conflict):
        client.create_bucket("another", project="p")
    assert {found.name for found in client.list_buckets(project="p")} == {"another", "b"}
    client.bucket("another").delete()
    with pytest.raises(NotFound, match="The specified bucket does not exist"):
        client.bucket("another").blob("x").reload()


def test_damage_on_the_way_is_refused(gcs: GcsServer, bucket: Bucket) -> None:
    blob = bucket.blob("x")
    blob.md5_hash = "AAAAAAAAAAAAAAAAAAAAAA=="
    with pytest.raises(BadRequest, match="md5Hash mismatch"):
        blob.upload_from_string("data", checksum=None)
