"""What is logged, for tests that look at it."""

import io
import json
import logging
import sys
from typing import Any, Self

from api.logs import configure_logging


class Log:
    """Catches all that is logged inside a ``with`` block."""

    def __init__(self, level: str = "INFO") -> None:
        self.stream = io.BytesIO()
        self._level = level

    def __enter__(self) -> Self:
        configure_logging(self._level, self.stream)
        self._handler = logging.getLogger().handlers[-1]
        return self

    def __exit__(self, *_: object) -> None:
        configure_logging(self._level, sys.stdout.buffer)

    def handle(self, record: logging.LogRecord) -> None:
        """Log a record here alone."""
        self._handler.handle(record)

    def text(self) -> str:
        """All lines; nothing more is caught after this."""
        self._handler.close()
        return self.stream.getvalue().decode()

    def lines(self) -> list[dict[str, Any]]:
        """All lines, read."""
        return [json.loads(line) for line in self.text().splitlines()]
