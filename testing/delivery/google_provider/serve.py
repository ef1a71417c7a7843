"""Speaks Terraform's plugin protocol 6 as far as `validate` and `test` with mocks ask.

Terraform starts it, by way of a `dev_overrides` of its configuration. What schema.json says of 22 resources
is told; every value is let pass. Messages are few, so they are written here byte by byte.
"""

import base64
import json
import os
import ssl
import sys
import tempfile
import threading
from collections.abc import Iterable
from concurrent import futures
from pathlib import Path
from typing import Any

import grpc
import trustme

SCHEMA = Path(__file__).with_name("schema.json")
_SINGLE, _LIST = 1, 2
_EMPTY = ("ValidateProviderConfig", "ValidateResourceConfig", "ConfigureProvider", "StopProvider")


def varint(number: int) -> bytes:
    """An integer as Protocol Buffers write it."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])


def field(number: int, value: int | str | bytes) -> bytes:
    """A field: an integer, or text or a message with its length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def attribute(name: str, kind: str, type_: Any) -> bytes:
    """An attribute, of kind 'required', 'optional' or 'computed'; what is optional may be computed too."""
    flags = {"required": (4,), "optional": (5, 6), "computed": (6,)}[kind]
    parts = [field(1, name), field(2, json.dumps(type_)), *(field(flag, 1) for flag in flags)]
    return b"".join(parts)


def block(described: dict[str, Any]) -> bytes:
    """A block with its attributes and the blocks in it."""
    parts = [
        field(2, attribute(name, kind, type_))
        for name, (kind, type_) in described["fields"].items()
    ]
    for name, inner in described.get("blocks", {}).items():
        single = inner["most"] == "single"
        nested = [field(1, name), field(2, block(inner)), field(3, _SINGLE if single else _LIST)]
        if not single:
            nested += [field(4, int(inner["required"])), field(5, int(inner["most"] == "one"))]
        parts.append(field(3, b"".join(nested)))
    return b"".join(parts)


def provider_schema() -> bytes:
    """The answer to GetProviderSchema."""
    provider = {"fields": dict.fromkeys(("project", "region"), ("optional", "string"))}
    parts = [field(1, field(2, block(provider)))]
    for name, described in json.loads(SCHEMA.read_text(encoding="utf-8")).items():
        parts.append(field(2, field(1, name) + field(2, field(2, block(described)))))
    return b"".join(parts)


def handlers(stopped: threading.Event) -> Iterable[grpc.GenericRpcHandler]:
    """What is answered, and that the end is near."""

    def answer(raw: bytes) -> grpc.RpcMethodHandler:
        return grpc.unary_unary_rpc_method_handler(lambda _request, _context: raw)

    def shut_down(_request: bytes, _context: grpc.ServicerContext) -> bytes:
        stopped.set()
        return b""

    answers = {name: answer(b"") for name in _EMPTY}
    answers["GetProviderSchema"] = answer(provider_schema())
    ending = {"Shutdown": grpc.unary_unary_rpc_method_handler(shut_down)}
    yield grpc.method_handlers_generic_handler("tfplugin6.Provider", answers)
    yield grpc.method_handlers_generic_handler("plugin.GRPCController", ending)


def main() -> None:
    """Serve until Terraform has had enough, or is gone."""
    stopped = threading.Event()
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4))
    server.add_generic_rpc_handlers(tuple(handlers(stopped)))
    certificate = trustme.CA().issue_cert("localhost")
    chain = certificate.cert_chain_pems[0].bytes()
    key = certificate.private_key_pem.bytes()
    with tempfile.TemporaryDirectory() as directory:
        address = f"{directory}/socket"
        server.add_secure_port(f"unix://{address}", grpc.ssl_server_credentials([(key, chain)]))
        server.start()
        shown = base64.b64encode(ssl.PEM_cert_to_DER_cert(chain.decode())).decode().rstrip("=")
        print(f"1|6|unix|{address}|grpc|{shown}", flush=True)
        parent = os.getppid()
        while not stopped.wait(0.2) and os.getppid() == parent:
            pass
        server.stop(0.1).wait()


if __name__ == "__main__":
    sys.exit(main())
