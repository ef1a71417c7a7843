"""What every request gets: an id, a time, a line in the log, figures, a trace, and safe headers."""

import logging
import re
from contextlib import nullcontext
from random import Random
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem
from api.logs import Exchange, RequestLog, exchange
from api.telemetry import Metrics
from api.tracing import Tracing

logger = logging.getLogger("solvencia.api")
DOCUMENTATION = frozenset(
    {
        "/docs",
        "/docs/start.js",
        "/docs/swagger-ui.css",
        "/docs/swagger-ui-bundle.js",
        "/openapi.json",
    }
)
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._-]{1,64}")
_TRACE_PARENT = re.compile(rb"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")
_NO_SNIFFING = (b"x-content-type-options", b"nosniff")
_NO_CACHE = (b"cache-control", b"no-store")
_LEFT = 499
_IDS = Random()  # noqa: S311 - not secret
"""Its own, which nobody else seeds or looks at."""
_NOT_TRACED = nullcontext()


class Observed:
    """ASGI middleware around the whole service.

    It answers 500 when nothing below did. Paths are told as their templates, because the path itself
    may hold the name of an applicant.
    """

    def __init__(self, app: ASGIApp, *, metrics: Metrics, tracing: Tracing | None = None) -> None:
        self._app, self._metrics, self._tracing = app, metrics, tracing
        self._log = RequestLog()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, and tell of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        told = _exchange(scope)
        added = [(b"x-request-id", told.request_id.encode()), _NO_SNIFFING]
        if scope["path"] not in DOCUMENTATION:
            added.append(_NO_CACHE)
        status = 0

        async def send_marked(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message.get("headers", ()), *added]
            await send(message)

        token = exchange.set(told)
        self._metrics.in_flight += 1
        started = perf_counter()
        traced = _NOT_TRACED if self._tracing is None else self._tracing.request(scope, told)
        with traced as span:
            try:
                await self._app(scope, receive, send_marked)
            except Exception as error:  # nobody below answered; this is the last who can
                logger.error("request failed", exc_info=error)
                self._metrics.failed(type(error).__name__)
                # After half an answer nothing better can be said: the server closes the connection.
                if status == 0:
                    failed = problem(
                        500,
                        "the service failed; its log tells why, under this request's id",
                        kind="failed",
                    )
                    await failed(scope, receive, send_marked)
            finally:
                seconds = perf_counter() - started
                self._metrics.in_flight -= 1
                route = _template(scope)
                status = status or _LEFT
                self._metrics.answered(scope["method"], route, status, seconds)
                if span is not None:
                    span.end(route, status, told)
                self._log.write(scope["method"], route, status, seconds, told)
                exchange.reset(token)


def _exchange(scope: Scope) -> Exchange:
    """A request with the id that the caller gave it, or a new one, and the trace it belongs to."""
    request_id = trace_id = None
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value):
            request_id = value.decode()
        elif name == b"traceparent" and (found := _TRACE_PARENT.fullmatch(value)):
            trace_id = found[1].decode()
    return Exchange(request_id or f"{_IDS.getrandbits(128):032x}", trace_id)


def _template(scope: Scope) -> str:
    """The route that was taken, without the values in its path."""
    route = scope.get("route")
    if route is not None:
        return str(route.path)
    path: str = scope["path"]
    return path if path in DOCUMENTATION else "unmatched"
