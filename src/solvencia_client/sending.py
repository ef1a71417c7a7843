"""One request of the client: sent, sent again where that is safe, and its errors told."""

import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from io import SEEK_END
from itertools import count
from typing import Any, BinaryIO

import httpx

from solvencia_client.errors import ServiceAway, ServiceError, ServiceFailed, error_of
from solvencia_client.waiting import Waiting

CONNECT_SECONDS = 2.0
TRY_AGAIN = frozenset({429, 502, 503, 504})
"""Statuses that tell of a moment, not of the request."""
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_NO_ANSWER = (
    httpx.TimeoutException,
    httpx.NetworkError,
    httpx.ProxyError,
    httpx.RemoteProtocolError,
)
_SHORTEST_SECONDS = 0.01
_PART_BYTES = 65_536

logger = logging.getLogger("solvencia_client")


class Upload:
    """What is left of a file, as a body that can be sent from its start again; ``size`` in bytes."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._start = file, file.tell()
        self.size = file.seek(0, SEEK_END) - self._start

    def __iter__(self) -> Iterator[bytes]:
        """Its bytes, part by part."""
        self._file.seek(self._start)
        while part := self._file.read(_PART_BYTES):
            yield part


@dataclass(frozen=True)
class Sender:
    """Sends requests; every error is a ``ServiceError``.

    Attributes:
        timeout: seconds for one try, unless a request has its own.
        retries: how often a request is sent again at most.
        deadline: seconds for all tries of one request together.
    """

    http: httpx.Client
    timeout: float
    retries: int
    deadline: float
    waiting: Waiting

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        """The JSON object that is answered; ``options`` as for :meth:`answer`."""
        response = self.answer(method, path, **options)
        try:
            body = response.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise ServiceFailed(
                f"{method} {path} answered {response.status_code} without a JSON object",
                status=response.status_code,
                request_id=response.headers.get("X-Request-ID"),
            )
        return body

    def rows(self, method: str, path: str, **options: Any) -> Iterator[Any]:
        """The rows of an answer in NDJSON, as they come; what breaks off is not sent again."""
        response = self.answer(method, path, stream=True, **options)
        with closing(response), _told(self._name(method, path)):
            for line in _lines(response.iter_bytes()):
                yield json.loads(line)

    def answer(
        self,
        method: str,
        path: str,
        *,
        repeatable: bool = True,
        timeout: float | None = None,
        retries: int | None = None,
        stream: bool = False,
        **options: Any,
    ) -> httpx.Response:
        """A good answer; its body has been read unless it is streamed.

        Args:
            repeatable: whether the request may arrive twice; if not, it is sent again only when no
                connection was made.
            options: as ``httpx.Client.build_request`` takes them.
        """
        seconds = self.timeout if timeout is None else timeout
        most = self.retries if retries is None else retries
        clock = self.waiting.clock
        end = clock() + max(self.deadline, seconds)
        for tries in count(1):
            left = max(end - clock(), _SHORTEST_SECONDS)
            try:
                return self._once(method, path, min(seconds, left), stream=stream, **options)
            except ServiceError as error:
                if tries > most or not _may_go_again(error, repeatable=repeatable):
                    raise
                pause = self.waiting.pause(tries, error.retry_after)
                if clock() + pause >= end:
                    raise
                logger.info("%s; sent again in %.1f s", error, pause)
            self.waiting.sleep(pause)
        raise AssertionError("unreachable")

    def _once(
        self, method: str, path: str, seconds: float, *, stream: bool, **options: Any
    ) -> httpx.Response:
        timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
        request = self.http.build_request(method, path, timeout=timeout, **options)
        with _told(self._name(method, path)):
            response = self.http.send(request, stream=stream)
            if not response.is_success:
                response.read()  # which closes it
        if not response.is_success:
            raise error_of(response)
        return response

    def _name(self, method: str, path: str) -> str:
        """The request with its address, without a password that the address may hold."""
        base = self.http.base_url
        return f"{method} {path} at {base.scheme}://{base.netloc.decode('ascii')}"


@contextmanager
def _told(request: str) -> Iterator[None]:
    """Tell what httpx complains of, or JSON in a stream, as an error of the service."""
    try:
        yield
    except (httpx.ReadTimeout, httpx.WriteTimeout) as error:
        raise ServiceFailed(f"{request} got no answer in time") from error
    except _NO_ANSWER as error:
        raise ServiceAway(
            f"{request} got no answer: {str(error) or type(error).__name__}"
        ) from error
    except (httpx.RequestError, ValueError) as error:
        raise ServiceFailed(f"{request} failed: {type(error).__name__}") from error


def _may_go_again(error: ServiceError, *, repeatable: bool) -> bool:
    if not repeatable:
        return isinstance(error.__cause__, _NEVER_SENT)
    if error.status is None:
        return isinstance(error.__cause__, _NO_ANSWER)
    return error.status in TRY_AGAIN


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines that hold something; only a line feed ends one, for JSON may hold other separators.

    >>> list(_lines([b"a", b"b\\nc", b"\\n\\nd"]))
    [b'ab', b'c', b'd']
    """
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from filter(None, whole)
    if rest:
        yield rest
