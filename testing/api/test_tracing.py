import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from api.middleware import Observed
from api.telemetry import Metrics
from api.tracing import Tracing, span
from testing.api.logged import Log

SECRET = "HEGG560427MVZRRL04"
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Collector:
    """A collector that speaks OTLP over HTTP, and keeps what it gets."""

    def __init__(self) -> None:
        self.received: Queue[bytes] = Queue()
        received = self.received

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                assert self.path == "/v1/traces"
                received.put(self.rfile.read(int(self.headers["content-length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = Thread(target=self.server.serve_forever, args=(0.01,))

    def __enter__(self) -> "Collector":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def spans(self) -> tuple[dict[str, Span], str]:
        """All spans by name, and the text of everything that arrived."""
        found, text = {}, ""
        while not self.received.empty():
            message = ExportTraceServiceRequest.FromString(self.received.get())
            text += str(message)
            for resource in message.resource_spans:
                for scope in resource.scope_spans:
                    found |= {item.name: item for item in scope.spans}
        return found, text


def service(tracing: Tracing | None) -> FastAPI:
    app = FastAPI()

    @app.post("/applicants/{reference}")
    async def decide(reference: str) -> int:
        with span("decide"):
            pass
        with span("keep"):
            return len(reference)

    @app.get("/broken")
    async def broken() -> int:
        with span("decide"):
            return int(SECRET)

    app.add_middleware(Observed, metrics=Metrics(), tracing=tracing)
    return app


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as collector:
        yield collector


def attributes(found: Span) -> dict[str, str | int]:
    return {item.key: item.value.string_value or item.value.int_value for item in found.attributes}


def test_a_request_and_its_parts_reach_the_collector(collector: Collector) -> None:
    tracing = Tracing(collector.address)
    with Log() as log, TestClient(service(tracing)) as client:
        sent = {"traceparent": f"00-{TRACE}-{PARENT}-01", "X-Request-ID": "abc"}
        client.post(f"/applicants/{SECRET}?name={SECRET}", headers=sent, json={"curp": SECRET})
        assert log.lines()[0]["trace_id"] == TRACE
    tracing.close()
    spans, text = collector.spans()
    request = spans["POST /applicants/{reference}"]
    assert (request.trace_id.hex(), request.parent_span_id.hex()) == (TRACE, PARENT)
    assert request.kind == Span.SPAN_KIND_SERVER
    assert attributes(request) == {
        "http.request.method": "POST",
        "http.route": "/applicants/{reference}",
        "http.response.status_code": 200,
        "solvencia.request_id": "abc",
    }
    for name in ("decide", "keep"):
        assert spans[name].parent_span_id == request.span_id
        assert spans[name].end_time_unix_nano >= spans[name].start_time_unix_nano
    assert "solvencia" in text
    assert SECRET not in text


def test_a_failure_is_marked_without_its_message(collector: Collector) -> None:
    tracing = Tracing(collector.address)
    with Log(), TestClient(service(tracing)) as client:
        client.get("/broken")
    tracing.close()
    spans, text = collector.spans()
    assert spans["GET /broken"].status.code == Status.STATUS_CODE_ERROR
    assert attributes(spans["decide"])["error.type"] == "ValueError"
    assert SECRET not in text


def test_without_a_trace_from_the_caller_a_new_one_begins(collector: Collector) -> None:
    tracing = Tracing(collector.address + "/")
    with Log() as log, TestClient(service(tracing)) as client:
        client.get("/broken")
        trace_id = log.lines()[-1]["trace_id"]
    tracing.close()
    spans, _ = collector.spans()
    assert spans["GET /broken"].trace_id.hex() == trace_id
    assert spans["GET /broken"].parent_span_id == b""


def test_a_collector_that_is_away_costs_no_answer_and_no_end() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as gone:
        address = f"http://127.0.0.1:{gone.server_port}"
    tracing = Tracing(address)
    with Log(), TestClient(service(tracing)) as client:
        assert client.post("/applicants/a").json() == 1
        with ThreadPoolExecutor(1) as pool:
            pool.submit(tracing.close, 0.01).result(timeout=10)


def test_without_a_collector_nothing_is_traced_and_the_sdk_is_not_even_imported() -> None:
    program = """
import sys
from api.tracing import span
with span("decide") as nothing:
    assert nothing is None
assert span("a") is span("b")
print([name for name in sys.modules if name.startswith("opentelemetry.sdk")])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr
