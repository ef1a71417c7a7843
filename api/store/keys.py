"""API keys as they are kept: hashes, names and roles."""

from dataclasses import asdict, fields
from datetime import datetime

from sqlalchemy import Connection, select, update

from api.store.engine import add_once, transaction
from api.store.errors import RecordRefusedError
from api.store.records import ApiKey
from api.store.tables import api_keys

_COLUMNS = [api_keys.c[field.name] for field in fields(ApiKey)]


def all_keys(connection: Connection) -> list[ApiKey]:
    """Every key, the revoked ones too, oldest first."""
    rows = connection.execute(select(*_COLUMNS).order_by(api_keys.c.created_at, api_keys.c.id))
    return [ApiKey(**row._mapping) for row in rows]


def add(connection: Connection, key: ApiKey) -> None:
    """Keep a new key.

    Raises:
        RecordRefusedError: its id is another key's.
    """
    with transaction(connection):
        add_once(connection, api_keys, [asdict(key)])
        kept = connection.scalar(select(api_keys.c.secret_hash).where(api_keys.c.id == key.id))
        if kept != key.secret_hash:
            raise RecordRefusedError(f"the id {key.id} is another key's")


def revoke(connection: Connection, key_id: str, at: datetime) -> bool:
    """Mark a key as revoked, once; False when there is none of this id."""
    with transaction(connection):
        wanted = api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None)
        connection.execute(update(api_keys).where(*wanted).values(revoked_at=at))
        known = select(api_keys.c.id).where(api_keys.c.id == key_id)
        return connection.scalar(known) is not None
