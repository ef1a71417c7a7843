"""Google Cloud Storage on this machine: its JSON API over objects in memory.

In a test::

    with running_gcs("models") as gcs:
        gcs.put("models", "champion.json", b"{}")

By hand, with ``STORAGE_EMULATOR_HOST`` set to the address that is printed::

    python -m testing.gcs_server PORT [BUCKET ...]
"""

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

import pytest

from testing.gcs_api import parse_call, respond
from testing.gcs_store import Store


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: "GcsServer"

    def log_message(self, *_: Any) -> None:
        """Nothing: a test reads ``asked``."""

    def handle_any(self) -> None:
        call = parse_call(self.command, self.path, self.headers, self._body())
        self.server.asked.append(f"{call.method} {unquote(call.path)}")
        answer = respond(self.server.store, call)
        data = b"" if answer.status in (204, 304) else answer.encoded()
        self.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **answer.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)
        self.wfile.flush()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815

    def _body(self) -> bytes:
        if "chunked" not in (self.headers.get("Transfer-Encoding") or ""):
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b""
        while size := int(self.rfile.readline().strip() or b"0", 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body


class GcsServer(ThreadingHTTPServer):
    """The server; ``asked`` lists the calls it got, as method and path."""

    daemon_threads = False

    def __init__(self, store: Store, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.store = store
        self.asked: list[str] = []
        self.open_connections: set[socket.socket] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def put(self, bucket: str, name: str, data: bytes) -> None:
        """Write an object without a request."""
        with self.store.lock:
            self.store.put(bucket, name, data, {}, {})

    def delete(self, bucket: str, name: str) -> None:
        """Remove an object without a request."""
        with self.store.lock:
            self.store.delete(bucket, name, {})

    def process_request(self, request: Any, client_address: Any) -> None:
        self.open_connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self.open_connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # the far end went away
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        """Stop listening, and end connections that are kept open for another request."""
        for connection in list(self.open_connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        super().server_close()


@contextmanager
def running_gcs(*buckets: str, store: Store | None = None, port: int = 0) -> Iterator[GcsServer]:
    """A server with these buckets, and ``STORAGE_EMULATOR_HOST`` naming it, until the end.

    With the ``store`` and ``port`` of one that has ended it comes back as it was.
    """
    store = store or Store()
    for bucket in buckets:
        store.add_bucket(bucket)
    server = GcsServer(store, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("STORAGE_EMULATOR_HOST", server.url)
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def main(port: str, *buckets: str) -> None:
    """Serve until interrupted."""
    store = Store()
    for bucket in buckets:
        store.add_bucket(bucket)
    with GcsServer(store, int(port)) as server:
        print(server.url, flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
