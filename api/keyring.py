"""API keys: how one is made, and whose key came with a request.

A key reads ``slv_<id>_<secret>``. The id is public: it names the key in logs and decisions. The
secret is 32 random bytes, of which only the SHA-256 is kept. A slow hash protects what people make
up, and costs milliseconds a request; 256 random bits cannot be guessed at any speed.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from api.store.records import ApiKey

_PREFIX = "slv"
_SCHEME = b"bearer"
_LONGEST = 256
_NOBODY = hashlib.sha256(b"").hexdigest()


class Role(StrEnum):
    """What a key may do; each role may also do what those before it may."""

    PARTNER = "partner"
    ANALYST = "analyst"
    ADMIN = "admin"

    def includes(self, other: "Role") -> bool:
        """Whether this role may do what the other may.

        >>> Role.ADMIN.includes(Role.ANALYST), Role.PARTNER.includes(Role.ANALYST)
        (True, False)
        """
        return _RANK[self] >= _RANK[other]


_RANK = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the id and name of the key, and its role."""

    id: str
    name: str
    role: Role


LOCAL = Caller("local", "this machine", Role.ADMIN)
"""Whoever asks a service that is open."""


def issue(name: str, role: Role, now: datetime) -> tuple[str, ApiKey]:
    """A new key: the text to hand out once, and what is kept of it.

    >>> from datetime import UTC
    >>> text, kept = issue("Banco Uno", Role.PARTNER, datetime(2026, 11, 21, tzinfo=UTC))
    >>> text.startswith(f"slv_{kept.id}_"), len(text), len(kept.id), len(kept.secret_hash)
    (True, 60, 12, 64)
    """
    public, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    kept = ApiKey(
        id=public, name=name, role=role.value, secret_hash=_hashed(secret.encode()), created_at=now
    )
    return f"{_PREFIX}_{public}_{secret}", kept


class KeyRing:
    """The keys of one moment, by id. Immutable, so that a request needs no lock and no database."""

    __slots__ = ("_callers", "holds_any")

    def __init__(self, keys: Sequence[ApiKey]) -> None:
        self.holds_any = bool(keys)
        """Whether a key was ever made: revoking the last one must not open the service."""
        self._callers = {
            key.id: (key.secret_hash, Caller(key.id, key.name, Role(key.role)))
            for key in keys
            if key.revoked_at is None
        }

    def caller(self, authorization: bytes) -> Caller | None:
        """Whose key the value of an ``Authorization`` header is; None for one that is not known.

        An unknown id, a wrong secret and a revoked key give the same answer after the same work: a
        hash, and a comparison that takes as long wherever the two differ.
        """
        scheme, _, key = authorization.partition(b" ")
        prefix, _, rest = key.strip().partition(b"_")
        public, _, secret = rest.partition(b"_")
        if scheme.lower() != _SCHEME or prefix != _PREFIX.encode() or len(key) > _LONGEST:
            return None
        kept, caller = self._callers.get(public.decode("latin-1"), (_NOBODY, None))
        return caller if hmac.compare_digest(_hashed(secret), kept) else None


def _hashed(secret: bytes) -> str:
    return hashlib.sha256(secret).hexdigest()
