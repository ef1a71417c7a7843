"""Models and policies that decided once, taken out of the database to decide again."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Generic, Literal, TypeVar

from api.errors import ConflictError
from api.store.store import Store
from solvencia.artifact import Model, load_model
from solvencia.domain.verdict import CompiledPolicy
from solvencia.serving.decider import Decider, policy_of

POLICY_FILE = "policy.json"
_KEPT = 4

T = TypeVar("T")


class Archive:
    """Deciders of the past, by the versions that a decision names; the last few stay in memory."""

    def __init__(self, store: Store) -> None:
        self._models = _Shelf[Model](store, "model", lambda files, name: load_model(files, name))
        self._policies = _Shelf[CompiledPolicy](
            store, "policy", lambda files, name: policy_of(files[POLICY_FILE], name)
        )

    async def decider(self, model_version: str, policy_digest: str) -> Decider:
        """What decided with these versions.

        Raises:
            ConflictError: one of them was not kept.
            StoreUnavailableError: the database is away.
        """
        model = await self._models.take(model_version)
        return Decider(model, await self._policies.take(policy_digest))


class _Shelf(Generic[T]):
    def __init__(
        self,
        store: Store,
        kind: Literal["model", "policy"],
        load: Callable[[Mapping[str, bytes], str], T],
    ) -> None:
        self._store, self._kind, self._load = store, kind, load
        self._kept: OrderedDict[str, T] = OrderedDict()

    async def take(self, version: str) -> T:
        if version in self._kept:
            self._kept.move_to_end(version)
            return self._kept[version]
        files = await self._store.artifact(self._kind, version)
        if files is None:
            raise ConflictError(f"{self._kind} {version} was not kept; it cannot decide again")
        loaded = await asyncio.to_thread(self._load, files, f"{self._kind} {version}")
        self._kept[version] = loaded
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        return loaded
