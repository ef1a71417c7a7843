"""Who may ask what: by API key, or by being on this machine while no key exists."""

import asyncio
import ipaddress
import logging
import time
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Protocol

from fastapi import Request
from fastapi.openapi.models import HTTPBearer
from fastapi.security.base import SecurityBase
from starlette.types import Scope

from api.environment import ConfigurationError
from api.errors import NotAllowedError, NotAuthenticatedError, NotReadyError, RateLimitedError
from api.keyring import LOCAL, Caller, KeyRing, Role
from api.limits import RateLimiter
from api.logs import exchange
from api.settings import Settings
from api.store.errors import StoreUnavailableError
from api.store.records import ApiKey

__all__ = ["LOCAL", "Caller", "ConfigurationError", "Gate", "Role", "ensure_startable", "require"]

logger = logging.getLogger("solvencia.api")
_PASSED_ON = frozenset({b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"})


class KeyStore(Protocol):
    """Where API keys are kept."""

    async def keys(self) -> Sequence[ApiKey]:
        """All keys, the revoked ones too."""


def ensure_startable(settings: Settings, keys: Sequence[ApiKey]) -> None:
    """Refuse to answer others than this machine when no key could keep anybody out.

    Raises:
        ConfigurationError: the address is reached by others, and there is no key.
    """
    if settings.exposed and not settings.open_access and all(key.revoked_at for key in keys):
        raise ConfigurationError(
            f"HOST is {settings.host}, which others may reach, and there is no API key: make one "
            "with `python -m api.keys create --name NAME --role admin`, or set HOST to 127.0.0.1, "
            "or OPEN_ACCESS to true if something else protects the port"
        )


class Gate:
    """Admits callers, by keys that are read from the store now and then.

    A request reads no database. A key that was revoked is refused after the next ``refresh``; one
    that is not known lets the store be read at once, at most once a second, so that a new key works.
    """

    def __init__(
        self, settings: Settings, store: KeyStore, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._open_here = not settings.exposed
        self._open_everywhere = settings.open_access
        self._store, self._clock = store, clock
        self._limiter = RateLimiter(settings.rate_limit_per_second, settings.rate_limit_burst)
        self._ring: KeyRing | None = None
        self._reading = asyncio.Lock()
        self._next_look = clock()

    async def refresh(self) -> None:
        """Read the keys anew.

        Raises:
            StoreUnavailableError: the database is away; the keys read before hold on.
        """
        self._ring = KeyRing(await self._store.keys())

    async def follow(self, seconds: float = 2.0) -> None:
        """Read the keys anew for ever, as often as this."""
        while True:
            await asyncio.sleep(seconds)
            try:
                await self.refresh()
            except StoreUnavailableError as error:
                logger.warning("API keys cannot be read, the last ones hold: %s", error)
            except Exception as error:  # whatever it is, the next try may succeed
                logger.error("API keys cannot be read, the last ones hold", exc_info=error)

    async def admit(self, scope: Scope, needed: Role) -> Caller:
        """Who asks.

        Raises:
            NotAuthenticatedError: no key, or one that is not known.
            RateLimitedError: too many requests with this key.
            NotAllowedError: the key's role may not do this.
            NotReadyError: the database is away, and the keys were never read.
        """
        ring = self._ring or await self._looked_again()
        authorization = _header(scope, b"authorization")
        if authorization is None:
            caller = self._without_key(scope, ring)
        else:
            caller = await self._by_key(authorization, ring)
        told = exchange.get()
        if told is not None:
            told.caller = caller.id
        if caller is not LOCAL and (wait := self._limiter.take(caller.id, self._clock())):
            raise RateLimitedError(wait)
        if not caller.role.includes(needed):
            raise NotAllowedError(f"this needs the role {needed}; this key's is {caller.role}")
        return caller

    def _without_key(self, scope: Scope, ring: KeyRing) -> Caller:
        if not ring.holds_any and (
            self._open_everywhere or (self._open_here and _is_from_here(scope))
        ):
            return LOCAL
        raise NotAuthenticatedError("no API key was sent; send `Authorization: Bearer slv_…`")

    async def _by_key(self, authorization: bytes, ring: KeyRing) -> Caller:
        # A key nobody made is refused on an open service too: who sends it expects to be known.
        caller = ring.caller(authorization)
        if caller is None:
            caller = (await self._looked_again()).caller(authorization)
        if caller is None:
            raise NotAuthenticatedError("this API key is not known")
        return caller

    async def _looked_again(self) -> KeyRing:
        """The keys, read anew unless that was done within the last second."""
        asked = self._clock()
        async with self._reading:
            if asked >= self._next_look:
                try:
                    await self.refresh()
                except StoreUnavailableError as error:
                    logger.warning("API keys cannot be read: %s", error)
                finally:
                    self._next_look = self._clock() + 1
        if self._ring is None:
            raise NotReadyError("nobody can be admitted yet: the database is away")
        return self._ring


class Require(SecurityBase):
    """A dependency that gives the caller, and shows in ``/docs`` that a key is needed."""

    def __init__(self, role: Role) -> None:
        self.model = HTTPBearer(description="An API key: `slv_…`")
        self.scheme_name = "ApiKey"
        self._role = role

    async def __call__(self, request: Request) -> Caller:
        """The caller, if the role allows; as ``Gate.admit``."""
        gate: Gate = request.app.state.gate
        return await gate.admit(request.scope, self._role)


@cache
def require(role: Role) -> Require:
    """The dependency that admits this role and those above it."""
    return Require(role)


def _header(scope: Scope, wanted: bytes) -> bytes | None:
    for name, value in scope["headers"]:
        if name == wanted:
            return bytes(value)
    return None


def _is_from_here(scope: Scope) -> bool:
    """Whether a program on this machine asks on its own behalf.

    Not so if a proxy passed the request on, or if a page in a browser was led here by the name of
    another host: then somebody elsewhere asks.
    """
    client = scope.get("client")
    if client is None or not _is_loopback(client[0]):
        return False
    for name, value in scope["headers"]:
        if name in _PASSED_ON:
            return False
        if name == b"host" and not _is_loopback(_host(value)):
            return False
        if name == b"origin" and not _is_loopback(_host(value.partition(b"//")[2])):
            return False
    return True


def _host(authority: bytes) -> str:
    """The host of ``host:port`` or ``[host]:port``."""
    text = authority.decode("latin-1")
    return text[1:].partition("]")[0] if text.startswith("[") else text.partition(":")[0]


@lru_cache(maxsize=256)
def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
