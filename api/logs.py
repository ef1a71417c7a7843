"""The log: one JSON object a line on stdout, and one such line a request.

Logged are ids, templates of paths, times and kinds of errors; never a body, a query, a path with a
reference in it, a key, or the value that a validation refused.
"""

import atexit
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, BinaryIO

import orjson

from api.faults import describe
from api.lines import LineWriter

_OURS = ("solvencia", "uvicorn")
_REQUESTS = "solvencia.access"


class Exchange:
    """One request and its answer, as the log tells it; parts are filled in as they become known."""

    __slots__ = ("caller", "decision", "request_id", "trace_id")

    def __init__(self, request_id: str, trace_id: str | None = None) -> None:
        self.request_id = request_id
        self.trace_id = trace_id
        self.caller: str | None = None
        self.decision: str | None = None


exchange: ContextVar[Exchange | None] = ContextVar("exchange", default=None)
"""The request that is being answered; None outside of one."""


def note_decision(decision: object) -> None:
    """The request that is being answered made this decision; its line names the id."""
    told = exchange.get()
    if told is not None:
        told.decision = str(decision)


def configure_logging(level: str, stream: BinaryIO | None = None) -> None:
    """Write everything that is logged as JSON lines to ``stream``, or to stdout.

    ``level`` (DEBUG, INFO, WARNING or ERROR) is that of the service and its server; of libraries only
    warnings are logged, because what they tell at lower levels holds the data they handle. May be
    called again; the last call holds.
    """
    _write_to(stream or sys.stdout.buffer)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    # Uvicorn's own handlers, if its command line set them up; requests are logged by us.
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = name != "uvicorn.access"


class RequestLog:
    """Writes the line of each request to where logging was last configured to write.

    It goes around the standard library, which takes four times as long for a line.
    """

    def __init__(self) -> None:
        handler = _handler()
        self._writer = None if handler is None else handler.writer
        self._least = logging.getLogger(_REQUESTS).getEffectiveLevel()

    def write(self, method: str, route: str, status: int, seconds: float, told: Exchange) -> None:
        """A request was answered; ``route`` is the template of its path."""
        level = logging.INFO if status < 500 else logging.ERROR
        if self._writer is None or level < self._least:
            return
        line = _line(logging.getLevelName(level), "request", _REQUESTS, told)
        line["method"] = method
        line["route"] = route
        line["status"] = status
        line["ms"] = round(seconds * 1000, 3)
        line["caller"] = told.caller
        line["decision"] = told.decision
        self._writer.write(_rendered(line))


class _JsonHandler(logging.Handler):
    """Renders what is logged as JSON."""

    def __init__(self, writer: LineWriter) -> None:
        super().__init__()
        self.writer = writer

    def emit(self, record: logging.LogRecord) -> None:
        try:
            # The rest of a long message of a library may repeat the values that it handled.
            message = record.getMessage().partition("\n")[0]
            line = _line(record.levelname, message, record.name, exchange.get())
            if record.exc_info and record.exc_info[1] is not None:
                line["error"] = describe(record.exc_info[1])
        except Exception as error:  # a log that fails must not fail what it tells of
            message = f"log line not written: {type(error).__name__}"
            line = _line("ERROR", message, record.name, exchange.get())
        self.writer.write(_rendered(line))

    def close(self) -> None:
        self.writer.close()
        super().close()


def _handler() -> _JsonHandler | None:
    """The handler that is in use."""
    found = (item for item in logging.getLogger().handlers if isinstance(item, _JsonHandler))
    return next(found, None)


def _write_to(stream: BinaryIO) -> None:
    root, before = logging.getLogger(), _handler()
    if before is not None:
        if before.writer.stream is stream:
            return
        root.removeHandler(before)
        before.close()
    writer = LineWriter(stream)
    root.addHandler(_JsonHandler(writer))
    atexit.register(writer.close)


def _line(severity: str, message: str, logger: str, told: Exchange | None) -> dict[str, Any]:
    """The parts that every line has, in their order."""
    line: dict[str, Any] = {
        "time": datetime.now(UTC),
        "severity": severity,
        "message": message,
        "logger": logger,
    }
    if told is not None:
        line["request_id"] = told.request_id
        if told.trace_id is not None:
            line["trace_id"] = told.trace_id
    return line


def _rendered(line: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(line, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # text that is not Unicode
        told = {key: ascii(value) for key, value in line.items()}
        return orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)
