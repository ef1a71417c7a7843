"""Keys for tests, and a place that holds them."""

from datetime import UTC, datetime

from api.keyring import Role, issue
from api.store.errors import StoreUnavailableError
from api.store.records import ApiKey

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


class HeldKeys:
    """Keeps keys in memory; ``away`` makes it fail as a database does that is gone."""

    def __init__(self, *keys: ApiKey) -> None:
        self.held = list(keys)
        self.away = False
        self.reads = 0

    async def keys(self) -> list[ApiKey]:
        self.reads += 1
        if self.away:
            raise StoreUnavailableError("away")
        return list(self.held)

    def make(self, role: Role = Role.PARTNER, name: str = "Banco Uno") -> tuple[str, ApiKey]:
        text, key = issue(name, role, NOW)
        self.held.append(key)
        return text, key
