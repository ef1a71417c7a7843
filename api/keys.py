"""Make, list and revoke API keys: ``python -m api.keys create --name "Banco Uno" --role partner``.

Works on the database that ``DATABASE_URL`` names, beside a service that runs on it.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from api.environment import ConfigurationError, read_settings
from api.keyring import Role, issue
from api.settings import Settings
from api.store.errors import StoreError
from api.store.store import Store

_LONGEST_NAME = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when it is done, 1 when there is no such key or no database, 2 when a setting is wrong.
    """
    asked = _parser().parse_args(arguments)
    try:
        return asyncio.run(_run(asked, read_settings()))
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 2
    except StoreError as error:
        print(f"the database does not allow it: {error}", file=sys.stderr)
        return 1


async def _run(asked: argparse.Namespace, settings: Settings) -> int:
    url = settings.database_url.get_secret_value()
    store = Store(url, patience=settings.store_patience_seconds)
    try:
        await store.open()
        now = datetime.now(UTC)
        if asked.command == "create":
            return await _create(store, asked.name, Role(asked.role), now)
        if asked.command == "revoke":
            return await _revoke(store, asked.id, now)
        return await _list(store)
    finally:
        await store.close()


async def _create(store: Store, name: str, role: Role, now: datetime) -> int:
    text, key = issue(name, role, now)
    await store.add_key(key)
    print(f"Key {key.id} for {name}, role {role}. It is shown this once:", file=sys.stderr)
    print(text)
    return 0


async def _list(store: Store) -> int:
    print(f"{'id':<12}  {'role':<7}  {'made':<10}  {'revoked':<10}  name")
    for key in await store.keys():
        revoked = f"{key.revoked_at:%Y-%m-%d}" if key.revoked_at else ""
        print(f"{key.id}  {key.role:<7}  {key.created_at:%Y-%m-%d}  {revoked:<10}  {key.name}")
    return 0


async def _revoke(store: Store, key_id: str, now: datetime) -> int:
    if not await store.revoke_key(key_id, now):
        print(f"there is no key {key_id}; `list` shows them", file=sys.stderr)
        return 1
    print(f"key {key_id} is revoked; services refuse it within seconds", file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m api.keys", description="API keys.")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="make a key and print it, this once")
    create.add_argument("--name", required=True, type=_name, help="whose it is")
    create.add_argument("--role", required=True, choices=[role.value for role in Role])
    commands.add_parser("list", help="list the keys, without their secrets")
    commands.add_parser("revoke", help="refuse a key from now on").add_argument("id")
    return parser


def _name(text: str) -> str:
    if not text.strip() or len(text) > _LONGEST_NAME or not text.isprintable():
        raise argparse.ArgumentTypeError(f"1 to {_LONGEST_NAME} printable characters")
    return text.strip()


if __name__ == "__main__":
    sys.exit(main())
