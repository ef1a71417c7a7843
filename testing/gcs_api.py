"""The calls of Google Cloud Storage's JSON API that google-cloud-storage and gcsfs (DVC) make.

Simple, multipart and resumable uploads, ranges, copies, compositions, paged and versioned listings,
batches: each a function of the store and the call.
"""

import json
import re
import uuid
from collections.abc import Mapping
from email.parser import BytesParser
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from testing.gcs_store import WRITABLE, Bucket, Query, RefusedError, Store, Upload, Version, check

_PATH = re.compile(
    r"(?P<kind>/upload|/download)?/storage/v1/b(/(?P<bucket>[^/]+)(?P<objects>/o(/(?P<name>.+))?)?)?"
)
_COPY = re.compile(r"(?P<name>.+)/(?P<verb>rewriteTo|copyTo)/b/(?P<bucket>[^/]+)/o/(?P<target>.+)")


class Call(NamedTuple):
    """One request; ``headers`` by name in any case."""

    method: str
    path: str
    query: Query
    headers: Mapping[str, str]
    body: bytes


class Answer(NamedTuple):
    """Its response: JSON unless ``raw``."""

    status: int = 200
    content: Any = None
    raw: bytes | None = None
    headers: Mapping[str, str] = {}

    def encoded(self) -> bytes:
        if self.raw is not None:
            return self.raw
        return b"" if self.content is None else json.dumps(self.content).encode()


def respond(store: Store, call: Call) -> Answer:
    """The answer to one call."""
    try:
        with store.lock:
            return _route(store, call)
    except RefusedError as error:
        reason = {"message": str(error)}
        return Answer(error.status, {"error": {"code": error.status, "errors": [reason], **reason}})


def _route(store: Store, call: Call) -> Answer:
    if call.path == "/":
        return Answer(content={})
    if call.path == "/batch/storage/v1":
        return _batch(store, call)
    place = _PATH.fullmatch(call.path)
    if place is None:
        raise RefusedError(501, f"not served: {call.method} {call.path}")
    bucket, name = place["bucket"], place["name"]
    if bucket is None:
        return _buckets(store, call)
    if place["objects"] is None:
        return _bucket(store, call, bucket)
    if place["kind"] == "/upload":
        return _upload(store, call, bucket)
    if name is None:
        return _list(store.bucket(bucket), call.query)
    if (copy := _COPY.fullmatch(name)) is not None:
        return _copy(store, call, bucket, copy)
    if call.method == "POST" and name.endswith("/compose"):
        return _compose(store, call, bucket, unquote(name.removesuffix("/compose")))
    media = place["kind"] == "/download" or call.query.get("alt") == "media"
    return _object(store, call, bucket, unquote(name), media=media)


def _buckets(store: Store, call: Call) -> Answer:
    if call.method == "POST":
        return Answer(content=store.add_bucket(**json.loads(call.body)).meta)
    items = [bucket.meta for bucket in store.buckets.values()]
    return Answer(content={"kind": "storage#buckets", "items": items})


def _bucket(store: Store, call: Call, name: str) -> Answer:
    bucket = store.bucket(name)
    if call.method == "DELETE":
        if bucket.objects:
            raise RefusedError(409, f"bucket {name} is not empty")
        del store.buckets[name]
        return Answer(204)
    if call.method == "PATCH":
        bucket.meta.update(json.loads(call.body))
    return Answer(content=bucket.meta)


def _object(store: Store, call: Call, bucket: str, name: str, *, media: bool) -> Answer:
    if call.method == "DELETE":
        store.delete(bucket, name, call.query)
        return Answer(204)
    version = store.get(bucket, name, call.query)
    if call.method == "PATCH":
        change = json.loads(call.body)
        if "metadata" in change:
            merged = {**version.meta.get("metadata", {}), **(change["metadata"] or {})}
            change["metadata"] = {key: text for key, text in merged.items() if text is not None}
        version.meta.update(change)
        version.meta["metageneration"] = str(int(version.meta["metageneration"]) + 1)
    return _media(version, call.headers.get("Range")) if media else Answer(content=version.meta)


def _media(version: Version, span: str | None) -> Answer:
    meta, data = version.meta, version.data
    headers = {
        "Content-Type": meta["contentType"],
        "ETag": meta["etag"],
        "x-goog-generation": meta["generation"],
        "x-goog-metageneration": meta["metageneration"],
    }
    wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", span or "")
    if wanted is None:
        headers["x-goog-hash"] = f"crc32c={meta['crc32c']},md5={meta['md5Hash']}"
        return Answer(raw=data, headers=headers)
    size = len(data)
    if wanted[1]:
        first, last = int(wanted[1]), min(int(wanted[2] or size - 1), size - 1)
    else:
        first, last = max(0, size - int(wanted[2])), size - 1
    if first >= size:
        raise RefusedError(416, f"{span} of {size} bytes")
    headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return Answer(206, raw=data[first : last + 1], headers=headers)


def _list(bucket: Bucket, query: Query) -> Answer:
    prefix, delimiter = query.get("prefix", ""), query.get("delimiter")
    after, most = query.get("pageToken", ""), int(query.get("maxResults") or 1000)
    every = query.get("versions", "").lower() == "true"
    page: dict[str, list[Any] | None] = {}  # a list of versions, or None for a common prefix
    for name in sorted(bucket.objects, key=str.encode):
        beyond = "endOffset" in query and name >= query["endOffset"]
        versions = [version.meta for version in bucket.objects[name] if every or version.live]
        if not name.startswith(prefix) or name < query.get("startOffset", "") or beyond:
            continue
        head, found, _ = name[len(prefix) :].partition(delimiter or "\0")
        entry = prefix + head + found if delimiter and found else name
        if not versions or entry <= after or entry in page:
            continue
        if len(page) == most:
            break
        page[entry] = None if entry != name else versions
    else:
        most = 0  # nothing is left for another page
    content: dict[str, Any] = {
        "kind": "storage#objects",
        "items": [meta for versions in page.values() if versions for meta in versions],
        "prefixes": [entry for entry, versions in page.items() if versions is None],
    }
    if most:
        content["nextPageToken"] = list(page)[-1]
    return Answer(content=content)


def _copy(store: Store, call: Call, bucket: str, copy: re.Match[str]) -> Answer:
    name = unquote(copy["name"])
    source = store.find(bucket, name, call.query.get("sourceGeneration"))
    check(source, call.query, "ifSource")
    if source is None:
        raise RefusedError(404, f"No such object: {bucket}/{name}")
    kept = {key: value for key, value in source.meta.items() if key in WRITABLE}
    meta = {**kept, **(json.loads(call.body) if call.body else {})}
    new = store.put(copy["bucket"], unquote(copy["target"]), source.data, meta, call.query)
    if copy["verb"] == "copyTo":
        return Answer(content=new.meta)
    size = new.meta["size"]
    return Answer(
        content={
            "kind": "storage#rewriteResponse",
            "done": True,
            "objectSize": size,
            "totalBytesRewritten": size,
            "resource": new.meta,
        }
    )


def _compose(store: Store, call: Call, bucket: str, name: str) -> Answer:
    wish = json.loads(call.body)
    parts = [store.get(bucket, part["name"], {}).data for part in wish["sourceObjects"]]
    meta = wish.get("destination") or {}
    return Answer(content=store.put(bucket, name, b"".join(parts), meta, call.query).meta)


def _upload(store: Store, call: Call, bucket: str) -> Answer:
    query, kind = call.query, call.headers.get("Content-Type", "")
    if query.get("uploadType") == "multipart":
        meta, data = _two_parts(kind, call.body)
        name = meta.get("name") or query["name"]
        return Answer(content=store.put(bucket, name, data, meta, query).meta)
    if query.get("uploadType") == "media":
        meta = {"contentType": kind}
        return Answer(content=store.put(bucket, query["name"], call.body, meta, query).meta)
    if "upload_id" not in query:
        return _begin_upload(store, call, bucket)
    if query["upload_id"] not in store.uploads:
        raise RefusedError(404, "no such upload")
    upload, body = store.uploads[query["upload_id"]], call.body
    whole = f"bytes 0-{max(len(body) - 1, 0)}/{len(body)}"
    span = re.fullmatch(
        r"bytes (?:(\d+)-\d+|\*)/(\d+|\*)", call.headers.get("Content-Range", whole)
    )
    if span is None:
        raise RefusedError(400, f"Content-Range: {call.headers.get('Content-Range')}")
    if span[1] is not None:
        del upload.data[int(span[1]) :]
        upload.data.extend(body)
    if span[2] != "*" and len(upload.data) >= int(span[2]):
        data = bytes(upload.data)
        new = store.put(bucket, upload.name, data, upload.meta, upload.conditions)
        del store.uploads[query["upload_id"]]
        return Answer(content=new.meta)
    got = {"Range": f"bytes=0-{len(upload.data) - 1}"} if upload.data else {}
    return Answer(308, headers=got)


def _begin_upload(store: Store, call: Call, bucket: str) -> Answer:
    meta = json.loads(call.body) if call.body.strip() else {}
    meta.setdefault(
        "contentType", call.headers.get("X-Upload-Content-Type") or "application/octet-stream"
    )
    name = meta.get("name") or call.query["name"]
    conditions = {key: value for key, value in call.query.items() if key.startswith("if")}
    check(store.find(bucket, name), conditions)
    upload_id = uuid.uuid4().hex
    store.uploads[upload_id] = Upload(name, meta, conditions, bytearray())
    place = f"http://{call.headers['Host']}/upload/storage/v1/b/{bucket}/o"
    return Answer(
        content={},
        headers={"Location": f"{place}?uploadType=resumable&upload_id={upload_id}"},
    )


def _two_parts(kind: str, body: bytes) -> tuple[dict[str, Any], bytes]:
    """Metadata and data of a multipart upload; the data is cut out by hand, for it is binary."""
    parts = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    first, second = parts.get_payload()
    meta = json.loads(first.get_payload())
    meta.setdefault("contentType", second.get_content_type())
    mark = b"--" + _boundary(kind)
    raw = body.split(mark, 2)[2]
    raw = raw[: raw.rindex(mark + b"--")]
    gap = re.search(rb"\r?\n\r?\n", raw)
    assert gap is not None
    raw = raw[gap.end() :]
    return meta, raw[: -2 if b"\r\n" in gap[0] and raw.endswith(b"\r\n") else -1]


def _batch(store: Store, call: Call) -> Answer:
    answers = b""
    for number, part in enumerate(call.body.split(b"--" + _boundary(call.headers["Content-Type"]))):
        asked = re.search(rb"(GET|DELETE|PATCH|POST) (?:https?://[^/]+)?(\S+)", part)
        if asked is None:
            continue
        named = re.search(rb"(?i)content-id:\s*<?([^>\r\n]+)", part)
        name = named[1].decode() if named else str(number)
        body = re.split(rb"\r?\n\r?\n", part, maxsplit=2)[-1].strip()
        answer = respond(store, parse_call(asked[1].decode(), asked[2].decode(), {}, body))
        head = (
            "--batch\r\nContent-Type: application/http\r\n"
            f"Content-ID: <response-{name}>\r\n\r\n"
            f"HTTP/1.1 {answer.status} X\r\nContent-Type: application/json\r\n"
        )
        text = answer.encoded()
        answers += head.encode() + f"Content-Length: {len(text)}\r\n\r\n".encode() + text + b"\r\n"
    return Answer(
        raw=answers + b"--batch--\r\n", headers={"Content-Type": "multipart/mixed; boundary=batch"}
    )


def _boundary(kind: str) -> bytes:
    found = re.search(r'boundary="?([^";]+)"?', kind)
    if found is None:
        raise RefusedError(400, f"Content-Type: {kind}")
    return found[1].encode()


def parse_call(method: str, target: str, headers: Mapping[str, str], body: bytes) -> Call:
    """The call of an HTTP request; of a parameter given twice the first counts."""
    address = urlsplit(target)
    query = dict(reversed(parse_qsl(address.query, keep_blank_values=True)))
    return Call(method, address.path, query, headers, body)
