"""Everything that is kept, behind one door: decisions, what happened to them, keys, artifacts."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Literal
from uuid import UUID

from api.store import artifacts, erasure, keys, queries
from api.store.additions import Kept, Result
from api.store.engine import parse_url, read_engine, write_engine
from api.store.errors import StoreError, StoreUnavailableError
from api.store.events import add_event, events
from api.store.reader import Reader
from api.store.records import ApiKey, DecisionFilter, DecisionRecord, LoanOutcome, Review
from api.store.upgrade import upgrade
from api.store.writer import MOST_ROWS, Writer, probe

_CHUNK = 1000
"""Decisions that are read at once, with their facts some 5 MB."""


class Store:
    """A database of decisions: a file of SQLite, or PostgreSQL.

    Every method that reaches the database raises ``StoreUnavailableError`` when it is away; writes
    wait for it up to ``patience`` seconds. Moments come back in UTC.
    """

    def __init__(
        self,
        url: str,
        *,
        patience: float,
        on_commit: Callable[[int, float], None] = lambda _rows, _seconds: None,
    ) -> None:
        """Name the database; nothing is opened yet.

        Raises:
            ValueError: the address is not one of a database that can hold decisions.
        """
        self._url = parse_url(url)
        self._patience = patience
        self._on_commit = on_commit
        self._parts: tuple[Writer, Reader] | None = None

    async def open(self) -> None:
        """Bring the tables up to date and start; to be called again when it fails.

        Raises:
            SchemaError: the tables are of a newer version of the service.
        """
        await asyncio.to_thread(upgrade, self._url)
        writer = Writer(
            write_engine(self._url, patience=self._patience),
            patience=self._patience,
            on_commit=self._on_commit,
        )
        self._parts = writer, Reader(read_engine(self._url))
        try:
            await writer.run(probe)
        except StoreError:
            await self.close()
            raise

    async def close(self) -> None:
        """Finish what was accepted, then stop."""
        if self._parts is None:
            return
        (writer, reader), self._parts = self._parts, None
        await writer.stop()
        await reader.stop()

    @property
    def healthy(self) -> bool:
        """Whether the last write was taken; while there is none, it is tried every second."""
        return self._parts is not None and self._parts[0].healthy

    async def ping(self) -> bool:
        """Whether the database could be written now; known after ``patience`` seconds at most."""
        with suppress(StoreUnavailableError):
            await self._writer.run(probe)
            return True
        return False

    async def add(self, record: DecisionRecord) -> Kept:
        """Keep a decision; it is durable when this returns.

        With an idempotency key that its owner used before, the earlier decision holds.

        Raises:
            IdempotencyConflictError: the key was used with another fingerprint.
            RecordRefusedError: a value cannot be stored.
        """
        (result,) = await self._writer.add((record,))
        if isinstance(result, StoreError):
            raise result
        return result

    async def add_all(self, records: Sequence[DecisionRecord]) -> list[Result]:
        """Keep decisions; for each what ``add`` returns, or the error that it would raise.

        Some may be kept and others not. Once the database is away, the rest is not tried.
        """
        results: list[Result] = []
        for start in range(0, len(records), MOST_ROWS):
            try:
                results += await self._writer.add(records[start : start + MOST_ROWS])
            except StoreUnavailableError as error:
                results += [error] * (len(records) - start)
                break
        return results

    async def decision(self, id: UUID, owner: str | None) -> DecisionRecord | None:
        """A decision with everything; None when it is not there or, given one, not this owner's."""
        return await self._reader.read(lambda c: queries.find(c, id, owner))

    async def decisions(
        self, wanted: DecisionFilter, *, limit: int, after: UUID | None = None
    ) -> list[DecisionRecord]:
        """Decisions newest first, without inputs, facts and answer.

        Args:
            after: the id of the last decision of the page before; what is added meanwhile neither
                shifts nor repeats anything.
        """
        return await self._reader.read(lambda c: queries.page(c, wanted, limit=limit, after=after))

    async def facts(
        self, wanted: DecisionFilter, *, limit: int | None = None
    ) -> AsyncIterator[list[DecisionRecord]]:
        """Decisions newest first with their facts, a thousand at a time; erased ones have none.

        Args:
            limit: of decisions in all; None for no limit.
        """
        after: UUID | None = None
        while limit is None or limit > 0:
            size = _CHUNK if limit is None else min(_CHUNK, limit)
            read = partial(queries.page, wanted=wanted, limit=size, after=after, facts=True)
            chunk = await self._reader.read(read)
            if chunk:
                yield chunk
            if len(chunk) < size:
                return
            after = chunk[-1].id
            limit = None if limit is None else limit - size

    async def add_review(self, review: Review) -> None:
        """Keep an analyst's settlement.

        Raises:
            RecordRefusedError: its decision is not there.
        """
        await self._writer.run(lambda c: add_event(c, review))

    async def reviews(self, decision_id: UUID) -> list[Review]:
        """The settlements of a decision, earliest first."""
        return await self._reader.read(lambda c: events(c, Review, decision_id))

    async def add_outcome(self, outcome: LoanOutcome) -> None:
        """Keep how a loan went.

        Raises:
            RecordRefusedError: its decision is not there.
        """
        await self._writer.run(lambda c: add_event(c, outcome))

    async def outcomes(self, decision_id: UUID) -> list[LoanOutcome]:
        """How the loan of a decision went, earliest first."""
        return await self._reader.read(lambda c: events(c, LoanOutcome, decision_id))

    async def erase(self, reference: str, owner: str | None, at: datetime) -> int:
        """Take personal data out of every decision on a reference; the number of decisions.

        The reference goes too, so that nobody can be found by it any more.
        """
        erased = 0
        while ids := await self._reader.read(lambda c: erasure.of_reference(c, reference, owner)):
            erased += await self._erase(ids, at)
        if erased:
            await self._writer.run(erasure.forget_log)
        return erased

    async def erase_before(self, moment: datetime, at: datetime) -> int:
        """Take personal data out of every decision made before a moment; the number of decisions.

        Decisions are made meanwhile: they wait for a few rows at most.
        """
        erased, after = 0, None
        while ids := await self._reader.read(
            partial(erasure.older_than, moment=moment, after=after)
        ):
            erased += await self._erase(ids, at)
            after = ids[-1]
        if erased:
            await self._writer.run(erasure.forget_log)
        return erased

    async def keys(self) -> list[ApiKey]:
        """Every API key, the revoked ones too, oldest first."""
        return await self._reader.read(keys.all_keys)

    async def add_key(self, key: ApiKey) -> None:
        """Keep a new API key.

        Raises:
            RecordRefusedError: its id is another key's.
        """
        await self._writer.run(lambda c: keys.add(c, key))

    async def revoke_key(self, id: str, at: datetime) -> bool:
        """Revoke an API key; the first time holds. False when there is none of this id."""
        return await self._writer.run(lambda c: keys.revoke(c, id, at))

    async def keep_artifact(
        self, kind: Literal["model", "policy"], version: str, files: Mapping[str, bytes]
    ) -> None:
        """Keep the files of a model's version, or of a policy's digest; again is nothing new.

        Raises:
            ArtifactConflictError: the version is kept with other files.
        """
        kept = await self.artifact(kind, version)
        if kept is None:
            await self._writer.run(lambda c: artifacts.keep(c, kind, version, files))
        else:
            artifacts.check(kind, version, files, kept)

    async def artifact(
        self, kind: Literal["model", "policy"], version: str
    ) -> dict[str, bytes] | None:
        """The files of a version; None when it was not kept."""
        return await self._reader.read(lambda c: artifacts.find(c, kind, version))

    async def _erase(self, ids: list[UUID], at: datetime) -> int:
        return await self._writer.run(lambda c: erasure.erase(c, ids, at))

    @property
    def _writer(self) -> Writer:
        return self._opened()[0]

    @property
    def _reader(self) -> Reader:
        return self._opened()[1]

    def _opened(self) -> tuple[Writer, Reader]:
        if self._parts is None:
            raise StoreUnavailableError("the store is not open")
        return self._parts
