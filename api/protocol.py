"""The server's side of a connection, with bounds on the head of a request."""

import asyncio
from typing import Any
from uuid import uuid4

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.errors import MEDIA_TYPE, problem_body

HEAD_SECONDS = 10.0
HEAD_BYTES = 65_536


class BoundedProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, which by itself reads a head of any size for any time.

    A client that does not finish its head within ``HEAD_SECONDS`` is cut off, one that sends more than
    ``HEAD_BYTES`` without finishing gets 431. What is no HTTP gets a problem document too.
    """

    def __init__(self, *parts: Any, **named: Any) -> None:
        super().__init__(*parts, **named)
        self._in_head, self._head_bytes = True, 0
        self._begun = False
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there; its head has to follow."""
        super().connection_made(transport)
        self._time_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._stop_timing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came, unless it is a head without an end."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._begun and not self.transport.is_closing():
            if self._head_bytes > HEAD_BYTES:
                self._refuse(431, f"the head has more than {HEAD_BYTES} bytes")
            elif self._head_timer is None:
                self._time_head()

    def on_message_begin(self) -> None:
        """The first byte of a head is there."""
        self._begun = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._begun = self._in_head = False
        self._head_bytes = 0
        self._stop_timing()
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The body is whole; what comes next is another head."""
        self._in_head = True
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer what is no HTTP, and close."""
        self._refuse(400, msg)

    def _time_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _stop_timing(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _give_up(self) -> None:
        self._head_timer = None
        if self.cycle is not None and not self.cycle.response_complete:
            self._time_head()  # an earlier request is still being answered
        elif not self.transport.is_closing():
            self.transport.close()

    def _refuse(self, status: int, detail: str) -> None:
        body = problem_body(status, detail)
        head = (
            f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\n"
            f"x-request-id: {uuid4().hex}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(STATUS_LINE[status] + head.encode() + body)
        self.transport.close()
