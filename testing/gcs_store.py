"""Buckets and objects of a Google Cloud Storage in memory, with real generations.

Of several writers who name the same generation in a precondition, one succeeds.
"""

import base64
import hashlib
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import google_crc32c

Query = Mapping[str, str]
WRITABLE = (
    "cacheControl",
    "contentDisposition",
    "contentEncoding",
    "contentType",
    "metadata",
    "storageClass",
)
"""Metadata of an object that its writer states."""


class RefusedError(Exception):
    """A call that is answered with an error."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Version:
    """One generation of an object; ``meta`` as the API shows it."""

    meta: dict[str, Any]
    data: bytes

    @property
    def live(self) -> bool:
        return "timeDeleted" not in self.meta


@dataclass
class Bucket:
    """Versions by object name, oldest first; earlier ones stay only where versioning is on."""

    meta: dict[str, Any]
    objects: dict[str, list[Version]] = field(default_factory=dict)

    @property
    def versioned(self) -> bool:
        return bool(self.meta.get("versioning", {}).get("enabled"))


class Upload(NamedTuple):
    """A resumable upload that has begun."""

    name: str
    meta: dict[str, Any]
    conditions: Query
    data: bytearray


class Store:
    """Buckets, and what is done to the objects in them; one call at a time."""

    def __init__(self) -> None:
        self.buckets: dict[str, Bucket] = {}
        self.uploads: dict[str, Upload] = {}
        self.lock = threading.RLock()
        self._generation = 0

    def add_bucket(self, name: str, **meta: Any) -> Bucket:
        if name in self.buckets:
            raise RefusedError(409, f"bucket {name} exists")
        fixed = {"kind": "storage#bucket", "id": name, "name": name, "metageneration": "1"}
        plain = {"location": "US", "storageClass": "STANDARD"}
        self.buckets[name] = Bucket({**plain, **meta, **fixed})
        return self.buckets[name]

    def bucket(self, name: str) -> Bucket:
        if name not in self.buckets:
            raise RefusedError(404, "The specified bucket does not exist.")
        return self.buckets[name]

    def find(self, bucket: str, name: str, generation: str | None = None) -> Version | None:
        versions = self.bucket(bucket).objects.get(name, [])
        if generation is not None:
            return next((v for v in versions if v.meta["generation"] == generation), None)
        return next((v for v in reversed(versions) if v.live), None)

    def get(self, bucket: str, name: str, query: Query) -> Version:
        version = self.find(bucket, name, query.get("generation"))
        check(version, query)
        if version is None:
            raise RefusedError(404, f"No such object: {bucket}/{name}")
        return version

    def put(
        self, bucket: str, name: str, data: bytes, meta: Mapping[str, Any], query: Query
    ) -> Version:
        home = self.bucket(bucket)
        check(self.find(bucket, name), query)
        md5 = base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
        crc = base64.b64encode(google_crc32c.Checksum(data).digest()).decode()
        for key, value in (("md5Hash", md5), ("crc32c", crc)):
            if meta.get(key, value) != value:
                raise RefusedError(400, f"{key} mismatch")
        now = _now()
        self._generation = max(self._generation + 1, time.time_ns() // 1000)
        generation = str(self._generation)
        version = Version(
            {
                "contentType": "application/octet-stream",
                "storageClass": "STANDARD",
                **{key: value for key, value in meta.items() if key in WRITABLE},
                "kind": "storage#object",
                "id": f"{bucket}/{name}/{generation}",
                "name": name,
                "bucket": bucket,
                "generation": generation,
                "metageneration": "1",
                "size": str(len(data)),
                "md5Hash": md5,
                "crc32c": crc,
                "etag": generation,
                "timeCreated": now,
                "updated": now,
            },
            data,
        )
        earlier = home.objects.setdefault(name, [])
        for old in earlier:
            old.meta.setdefault("timeDeleted", now)
        if not home.versioned:
            earlier.clear()
        earlier.append(version)
        return version

    def delete(self, bucket: str, name: str, query: Query) -> None:
        home, version = self.bucket(bucket), self.get(bucket, name, query)
        if home.versioned and "generation" not in query:
            version.meta["timeDeleted"] = _now()
            return
        home.objects[name].remove(version)
        if not home.objects[name]:
            del home.objects[name]


def check(version: Version | None, query: Query, prefix: str = "if") -> None:
    """Refuse the call unless its preconditions hold of the object as it is; 0 is no object."""
    for kind in ("Generation", "Metageneration"):
        have = int(version.meta[kind.lower()]) if version else 0
        wanted, unwanted = query.get(f"{prefix}{kind}Match"), query.get(f"{prefix}{kind}NotMatch")
        if wanted is not None and int(wanted) != have:
            raise RefusedError(412, f"{kind} is {have}, not {wanted}")
        if unwanted is not None and int(unwanted) == have:
            raise RefusedError(304, f"{kind} is {have}")


def _now() -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
