"""How much one caller may send: requests a second, bytes a body, and seconds to send it."""

import asyncio
from math import ceil

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import problem

_MANY_KEYS = 1024
_GRACE_SECONDS = 20.0
_LEAST_BYTES_PER_SECOND = 100_000


class RateLimiter:
    """A token bucket for each key, kept as the moment when it will be full again.

    Memory is bounded by the keys that were used lately: a full bucket is forgotten.
    """

    def __init__(self, per_second: float, burst: int) -> None:
        self._interval = 1 / per_second
        # Half a request of slack, so that rounding never refuses the last one of a burst.
        self._tolerance = (burst - 0.5) * self._interval
        self._full_at: dict[str, float] = {}

    def take(self, key: str, now: float) -> int:
        """Take one request at ``now`` (seconds of a clock that never goes back).

        Returns:
            0 if it may be made, otherwise the whole seconds to wait, rounded up.

        >>> limiter = RateLimiter(per_second=2, burst=2)
        >>> [limiter.take("a", now) for now in (0.0, 0.0, 0.0, 0.5, 0.5)]
        [0, 0, 1, 0, 1]
        """
        full_at = max(self._full_at.get(key, now), now)
        wait = full_at - now - self._tolerance
        if wait > 0:
            return ceil(wait)
        if key not in self._full_at and len(self._full_at) >= _MANY_KEYS:
            self._full_at = {name: at for name, at in self._full_at.items() if at > now}
        self._full_at[key] = full_at + self._interval
        return 0


class BodyLimit:
    """ASGI middleware that answers 413 to a body that is too large, and 408 to one that is too slow.

    A body that says its length is refused before it is read; one sent in chunks is counted and cut.
    The server itself sets no time: a client that stops halfway would hold its request for ever.
    """

    def __init__(
        self, app: ASGIApp, *, largest: int, largest_batch: int, batch_paths: frozenset[str]
    ) -> None:
        self._app = app
        self._largest, self._largest_batch, self._batch_paths = largest, largest_batch, batch_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is within the limits."""
        length = _body_length(scope) if scope["type"] == "http" else 0
        if length == 0:
            await self._app(scope, receive, send)
            return
        limit = self._largest_batch if scope["path"] in self._batch_paths else self._largest
        body = _Body(limit, receive, send)
        if length is not None and length > limit:
            await body.refuse(413, f"the body has {length} bytes; at most {limit} are read")
            return
        try:
            await self._app(scope, body.receive, body.send)
        except Exception:  # what follows from cutting the body off
            # Cut off, the application sees a client that left. The client has its answer.
            if not body.refused:
                raise


class _Body:
    """The body of one request on its way in, and the answer on its way out."""

    def __init__(self, limit: int, receive: Receive, send: Send) -> None:
        self._limit, self._receive, self._send = limit, receive, send
        self._deadline: float | None = None
        self._received = 0
        self._complete = self._answered = False
        self.refused = False

    async def receive(self) -> Message:
        if self._complete:
            return await self._receive()
        if self._deadline is None:
            patience = _GRACE_SECONDS + self._limit / _LEAST_BYTES_PER_SECOND
            self._deadline = asyncio.get_running_loop().time() + patience
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            return await self.refuse(408, "the body took too long to arrive")
        if message["type"] == "http.request":
            self._received += len(message.get("body", b""))
            self._complete = not message.get("more_body", False)
            if self._received > self._limit:
                detail = f"the body has more bytes than the {self._limit} that are read"
                return await self.refuse(413, detail)
        return message

    async def send(self, message: Message) -> None:
        if not self.refused:
            self._answered = True
            await self._send(message)

    async def refuse(self, status: int, detail: str) -> Message:
        """Answer now, and let the application believe that the client left."""
        self.refused = self._complete = True
        if not self._answered:
            answer = problem(status, detail, kind=_KINDS[status])
            await answer({"type": "http"}, self._receive, self._send)
        return {"type": "http.disconnect"}


_KINDS = {408: "too-slow", 413: "too-large"}


def _body_length(scope: Scope) -> int | None:
    """Bytes of the body: 0 without one, None when they are not told."""
    length: int | None = 0
    for name, value in scope["headers"]:
        if name == b"content-length":
            length = int(value) if value.isdigit() else None
        elif name == b"transfer-encoding":
            return None
    return length
