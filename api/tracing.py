"""OpenTelemetry traces of requests, sent to a collector when one is named; otherwise nothing at all.

FastAPI's own tracing tells paths and queries, and so the names of applicants; these spans do not.
"""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from starlette.types import Scope

from api.logs import Exchange

if TYPE_CHECKING:
    from opentelemetry.trace import Span, Tracer

_EXPORT_SECONDS = 5.0
_NOTHING = nullcontext()
_tracer: ContextVar["Tracer | None"] = ContextVar("tracer", default=None)


def span(name: str) -> AbstractContextManager[Any]:
    """Times what happens inside as a part of the request; nothing when requests are not traced.

    >>> with span("decide"):
    ...     pass
    """
    tracer = _tracer.get()
    return _NOTHING if tracer is None else _part(tracer, name)


class RequestSpan:
    """The span of one request, to which its end is told."""

    def __init__(self, method: str, found: "Span") -> None:
        self._method, self._found = method, found

    def end(self, route: str, status: int, told: Exchange) -> None:
        """The request was answered; ``route`` is the template of its path."""
        from opentelemetry.trace import StatusCode

        self._found.update_name(f"{self._method} {route}")
        self._found.set_attribute("http.route", route)
        self._found.set_attribute("http.response.status_code", status)
        self._found.set_attribute("solvencia.request_id", told.request_id)
        if told.decision is not None:
            self._found.set_attribute("solvencia.decision_id", told.decision)
        if status >= 500:
            self._found.set_status(StatusCode.ERROR)


class Tracing:
    """Sends spans to a collector that speaks OTLP over HTTP, from a thread of its own.

    ``endpoint`` is its base address, such as ``http://collector:4318``. What else OpenTelemetry reads
    from the environment (sampling, headers, the service's name) holds.
    """

    def __init__(self, endpoint: str) -> None:
        # Imported here, because a service without a collector has no use for 10 MB of it.
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        address = f"{endpoint.rstrip('/')}/v1/traces"
        exporter = OTLPSpanExporter(endpoint=address, timeout=_EXPORT_SECONDS)
        named = Resource({"service.name": "solvencia"}).merge(Resource.create())
        self._provider = TracerProvider(resource=named, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("solvencia")
        self._parents = TraceContextTextMapPropagator()

    @contextmanager
    def request(self, scope: Scope, told: Exchange) -> Iterator[RequestSpan]:
        """The span of a request, a part of the caller's trace if it came with one."""
        from opentelemetry.trace import SpanKind

        wanted = (b"traceparent", b"tracestate")
        sent = {
            name.decode(): value.decode("latin-1")
            for name, value in scope["headers"]
            if name in wanted
        }
        method = scope["method"]
        with self._tracer.start_as_current_span(
            method,
            context=self._parents.extract(sent),
            kind=SpanKind.SERVER,
            attributes={"http.request.method": method},
            record_exception=False,
            set_status_on_exception=False,
        ) as found:
            told.trace_id = f"{found.get_span_context().trace_id:032x}"
            token = _tracer.set(self._tracer)
            try:
                yield RequestSpan(method, found)
            finally:
                _tracer.reset(token)

    def close(self, seconds: float = _EXPORT_SECONDS) -> None:
        """Send what waits, and give up on a collector that takes longer than this. Blocks."""
        last = threading.Thread(target=self._provider.shutdown, daemon=True)
        last.start()
        last.join(seconds)


@contextmanager
def _part(tracer: "Tracer", name: str) -> Iterator[None]:
    from opentelemetry.trace import StatusCode

    # An exception's message may hold what was sent; its type says enough.
    with tracer.start_as_current_span(
        name, record_exception=False, set_status_on_exception=False
    ) as found:
        try:
            yield
        except Exception as error:  # the span tells of it and passes it on
            found.set_attribute("error.type", type(error).__qualname__)
            found.set_status(StatusCode.ERROR)
            raise
