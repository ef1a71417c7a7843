"""The client: one method for each operation of the service."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from os import PathLike
from types import TracebackType
from typing import Any, BinaryIO, Literal, Self, TypedDict, Unpack, cast
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx

from solvencia_client.sending import Sender, Upload
from solvencia_client.types import (
    AccessOut,
    BatchOut,
    BatchRow,
    DecisionDetail,
    DecisionOut,
    DecisionPage,
    DecisionSummary,
    Erasure,
    Health,
    ModelOut,
    OutcomeIn,
    OutcomeName,
    OutcomeOut,
    PolicyOut,
    ReplayOut,
    ReviewOut,
    ScoreRequest,
    SimulationOut,
    StateIncomeOut,
    Using,
    WhatIfOut,
)
from solvencia_client.waiting import Waiting

PROBE_SECONDS = 2.0
MediaType = Literal["text/csv", "application/x-ndjson", "application/vnd.apache.parquet"]
_LONGEST_KEY = 128


class DecisionFilters(TypedDict, total=False):
    """Which decisions are asked for; ``since`` is included, ``until`` is not.

    A ``date`` means its first moment in Mexico City; a ``datetime`` needs its offset.
    """

    since: str | date
    until: str | date
    outcome: OutcomeName
    grade: str
    segment: str
    reference: str
    awaiting_review: bool


class SolvenciaClient:
    """Asks the service at ``base_url``; close it, or use it in a ``with`` statement.

    Every method raises a subclass of :class:`ServiceError`. What may safely be sent twice is sent
    again when the connection breaks and on 429, 502, 503 and 504, after the time that the service
    asks for. Reviews and reports of a loan's performance are added each time they arrive: they are
    sent again only when no connection was made. One client may be shared by threads.

    Args:
        base_url: such as ``https://solvencia.example``, with or without a path.
        api_key: the key that the service gave you; None for a service that is open.
        timeout: seconds for one try.
        long_timeout: seconds for one try of a batch or a simulation.
        retries: how often a request is sent again at most.
        deadline: seconds for a call with all its tries; a try has its own timeout where that is
            longer.
        transport: replaces the network in tests.
        waiting: replaces clock, sleep and chance in tests.
    """

    def __init__(
        self,
        base_url: str,
        api_key: str | None = None,
        *,
        timeout: float = 10.0,
        long_timeout: float = 120.0,
        retries: int = 3,
        deadline: float = 30.0,
        transport: httpx.BaseTransport | None = None,
        waiting: Waiting | None = None,
    ) -> None:
        if not base_url.startswith(("http://", "https://")):
            raise ValueError(f"base_url: got {base_url!r}; allowed: http://… or https://…")
        if api_key is not None and not _is_plain(api_key):
            raise ValueError(
                "api_key: allowed are visible ASCII characters, no spaces or line ends"
            )
        headers = {} if api_key is None else {"Authorization": f"Bearer {api_key}"}
        self._sender = Sender(
            httpx.Client(base_url=base_url, headers=headers, transport=transport),
            timeout=timeout,
            retries=retries,
            deadline=deadline,
            waiting=Waiting() if waiting is None else waiting,
        )
        self._long = long_timeout

    def __enter__(self) -> Self:
        """The client itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections; the client cannot be used any more."""
        self._sender.close()

    # Decide.

    def score(
        self,
        request: ScoreRequest,
        *,
        changes: bool = False,
        idempotency_key: str | None = None,
    ) -> DecisionOut:
        """Decide on one applicant.

        Args:
            changes: also search what would change the answer.
            idempotency_key: the same key and request give the same decision, however often they are
                sent. Made up for this call when left out; keep one of your own to try again later.
        """
        body = self._sender.json(
            "POST",
            "/score",
            repeatable=True,
            json=request,
            params={"changes": "true"} if changes else None,
            headers=_keyed(idempotency_key),
        )
        return cast(DecisionOut, body)

    def score_batch(
        self, applicants: Sequence[ScoreRequest], *, idempotency_key: str | None = None
    ) -> BatchOut:
        """Decide on up to 10,000 applicants; a row that cannot be decided says why.

        The key is as of :meth:`score`: with the same one, rows that were decided come back as they
        were, and the rest are decided.
        """
        body = self._sender.json(
            "POST",
            "/score/batch",
            timeout=self._long,
            json={"applicants": list(applicants)},
            headers=_keyed(idempotency_key),
        )
        return cast(BatchOut, body)

    def score_file(
        self,
        source: str | PathLike[str] | BinaryIO,
        media_type: MediaType,
        *,
        idempotency_key: str | None = None,
    ) -> Iterator[BatchRow]:
        """Decide on the applicants of a file, in its order, row by row as they are decided.

        Nothing is sent before the first row is taken. Take all rows, or close the iterator. When it
        breaks off, the rows that came are kept: call again with the same key of your own, and they
        come again before the others. A source that cannot go back to its start is sent once.
        """
        headers = {
            "Content-Type": media_type,
            "Accept": "application/x-ndjson",
            **_keyed(idempotency_key),
        }
        return self._rows(source, headers)

    def _rows(
        self, source: str | PathLike[str] | BinaryIO, headers: dict[str, str]
    ) -> Iterator[BatchRow]:
        with ExitStack() as stack:
            if isinstance(source, str | PathLike):
                source = stack.enter_context(open(source, "rb"))
            again = source.seekable()
            upload = Upload(source) if again else None
            if upload is not None:
                headers = {**headers, "Content-Length": str(upload.size)}
            yield from self._sender.rows(
                "POST",
                "/score/batch",
                repeatable=again,
                timeout=self._long,
                content=upload or source,
                headers=headers,
            )

    def what_if(
        self,
        changes: Mapping[str, Any],
        *,
        request: ScoreRequest | None = None,
        decision_id: str | UUID | None = None,
    ) -> WhatIfOut:
        """The same applicant with some fields changed; nothing is kept.

        Args:
            changes: a merge patch (RFC 7396) in the shape of the request.
            request: the applicant; or give ``decision_id``, exactly one of the two.
            decision_id: a decision that was made on the applicant.
        """
        base = {
            "request": request,
            "decision_id": None if decision_id is None else str(decision_id),
        }
        body = {name: value for name, value in base.items() if value is not None}
        answered = self._sender.json(
            "POST", "/what-if", repeatable=True, json={**body, "changes": dict(changes)}
        )
        return cast(WhatIfOut, answered)

    # What was decided.

    def decision(self, decision_id: str | UUID) -> DecisionDetail:
        """One decision: what was known, what every table of every scorecard said, what came after."""
        return cast(DecisionDetail, self._sender.json("GET", _path("decisions", decision_id)))

    def decisions(self, **filters: Unpack[DecisionFilters]) -> Iterator[DecisionSummary]:
        """All decisions that the filters leave, newest first, page by page as they are taken."""
        cursor = None
        while True:
            page = self.decisions_page(cursor=cursor, limit=500, **filters)
            yield from page["items"]
            cursor = page["next"]
            if cursor is None:
                return

    def decisions_page(
        self, *, cursor: str | None = None, limit: int = 50, **filters: Unpack[DecisionFilters]
    ) -> DecisionPage:
        """One page of decisions; ``cursor`` is ``next`` of the page before."""
        sent = {"cursor": cursor, "limit": limit, **filters}
        params = {name: _written(value) for name, value in sent.items() if value is not None}
        return cast(DecisionPage, self._sender.json("GET", "/decisions", params=params))

    def review(
        self, decision_id: str | UUID, outcome: Literal["approve", "decline"], note: str
    ) -> ReviewOut:
        """Settle a referral, for a reason; an earlier settlement stays beside it."""
        body = {"outcome": outcome, "note": note}
        path = _path("decisions", decision_id, "review")
        return cast(ReviewOut, self._sender.json("POST", path, repeatable=False, json=body))

    def report_outcome(self, decision_id: str | UUID, outcome: OutcomeIn) -> OutcomeOut:
        """Report how the loan went; the latest report holds."""
        path = _path("decisions", decision_id, "outcome")
        return cast(OutcomeOut, self._sender.json("POST", path, repeatable=False, json=outcome))

    def replay(self, decision_id: str | UUID, using: Using = "original") -> ReplayOut:
        """Decide again with the same inputs, by what decided then or by what serves now."""
        path = _path("decisions", decision_id, "replay")
        return cast(
            ReplayOut, self._sender.json("POST", path, repeatable=True, json={"using": using})
        )

    def erase_applicant(self, reference: str) -> Erasure:
        """Erase all that tells of a person from the decisions made on that reference."""
        return cast(Erasure, self._sender.json("DELETE", _path("applicants", reference)))

    # What decides.

    def model(self, of: Literal["champion", "challenger"] = "champion") -> ModelOut:
        """The model that serves: what it is, what it learned from, how it measured.

        Args:
            of: ``challenger`` for the model that is scored beside it; needs the role analyst, and
                there may be none (404).
        """
        params = {} if of == "champion" else {"of": of}
        return cast(ModelOut, self._sender.json("GET", "/model", params=params))

    def scorecard(self, name: str) -> dict[str, Any]:
        """One scorecard whole, as the artifact holds it."""
        return self._sender.json("GET", _path("model", "scorecards", name))

    def state_income(self, state: str) -> StateIncomeOut:
        """How household income is spread in a state, by its INEGI key of two digits."""
        return cast(StateIncomeOut, self._sender.json("GET", _path("model", "states", state)))

    def policy(self) -> PolicyOut:
        """The policy in force."""
        return cast(PolicyOut, self._sender.json("GET", "/policy"))

    def simulate_policy(
        self,
        policy: Mapping[str, Any],
        *,
        since: str | date | None = None,
        until: str | date | None = None,
        loss_given_default: float | None = None,
    ) -> SimulationOut:
        """Try a draft policy on the decisions of a period.

        Args:
            since, until: moments with their offset; ``until`` is not included.
            loss_given_default: share of an amount that a default loses; the service's when left out.
        """
        told = {"since": since, "until": until, "loss_given_default": loss_given_default}
        named = {name: _written(value) for name, value in told.items() if value is not None}
        body = self._sender.json(
            "POST",
            "/policy/simulate",
            repeatable=True,
            timeout=self._long,
            json={"policy": dict(policy), **named},
        )
        return cast(SimulationOut, body)

    # The service itself.

    def access(self) -> AccessOut:
        """Who this client is to the service: its key's name and role."""
        return cast(AccessOut, self._sender.json("GET", "/access"))

    def ready(self) -> Health:
        """Return when the service can decide; asked once, so that whoever waits sets the pace."""
        return cast(
            Health, self._sender.json("GET", "/health/ready", timeout=PROBE_SECONDS, retries=0)
        )

    def live(self) -> Health:
        """Return when the process answers; asked once."""
        return cast(
            Health, self._sender.json("GET", "/health/live", timeout=PROBE_SECONDS, retries=0)
        )

    def metrics(self) -> str:
        """Figures of the process that answers, as Prometheus reads them."""
        return self._sender.answer("GET", "/metrics").text

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        return self._sender.json("GET", "/openapi.json")


def _keyed(idempotency_key: str | None) -> dict[str, str]:
    key = str(uuid4()) if idempotency_key is None else idempotency_key
    if not _is_plain(key) or len(key) > _LONGEST_KEY:
        raise ValueError(
            f"idempotency_key: got {key!r}; allowed: 1 to {_LONGEST_KEY} visible ASCII characters"
        )
    return {"Idempotency-Key": key}


def _is_plain(text: str) -> bool:
    return bool(text) and all("!" <= sign <= "~" for sign in text)


def _path(*parts: object) -> str:
    return "".join(f"/{quote(str(part), safe='')}" for part in parts)


def _written(value: Any) -> Any:
    """Dates as ISO text, truth as JSON writes it, the rest as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else value
