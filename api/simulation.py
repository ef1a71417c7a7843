"""A draft policy tried on kept decisions: who would be answered otherwise, and what it would cost."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import orjson
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from api.store.records import DecisionFilter, DecisionRecord
from api.store.store import Store
from api.wire.policy import Book, Move, Moved, SimulationOut
from solvencia.domain.applicant import LoanRequest
from solvencia.domain.errors import InvalidInputError, PolicyError
from solvencia.domain.policy import Outcome
from solvencia.domain.verdict import CompiledPolicy
from solvencia.serving.decider import policy_of

_SHOWN = 100


async def draft_of(document: dict[str, Any]) -> CompiledPolicy:
    """A draft policy, checked whole and with its cases decided.

    Raises:
        RequestValidationError: it does not fit the schema.
        InvalidInputError: one of its cases gives something else.
    """
    try:
        # json, which escapes what is no Unicode: then the policy's own reader refuses it by name.
        return await asyncio.to_thread(policy_of, json.dumps(document).encode(), "draft")
    except PolicyError as error:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, ValidationError):
            cause = cause.__cause__
        if cause is not None:
            found = cause.errors(include_url=False)
            raise RequestValidationError(
                [{**item, "loc": ("policy", *item["loc"])} for item in found]
            ) from error
        raise InvalidInputError("policy", "a draft", f"one that loads: {error}") from error


async def simulate(
    store: Store, draft: CompiledPolicy, wanted: DecisionFilter, loss_given_default: float
) -> SimulationOut:
    """Decide every kept decision of the filter again under the draft, from its kept facts.

    Raises:
        StoreUnavailableError: the database is away.
    """
    tally = _Tally(loss_given_default)
    async for records in store.facts(wanted):
        await asyncio.to_thread(tally.add, records, draft)
    return SimulationOut(
        decisions=tally.decisions,
        erased=tally.erased,
        draft_version=draft.policy.version,
        before=tally.before.book(),
        after=tally.after.book(),
        moves=tuple(
            Move(before=before, after=after, count=count)
            for (before, after), count in sorted(tally.moves.items())
        ),
        moved=tuple(tally.moved),
    )


@dataclass
class _Side:
    loss_given_default: float
    outcomes: Counter[str] = field(default_factory=Counter)
    amount: float = 0.0
    loss: float = 0.0

    def add(self, outcome: Outcome, amount: float | None, pd: float | None) -> None:
        self.outcomes[outcome] += 1
        if outcome == "approve":
            self.amount += amount or 0.0
            self.loss += (pd or 0.0) * self.loss_given_default * (amount or 0.0)

    def book(self) -> Book:
        total = self.outcomes.total()
        return Book(
            approved=self.outcomes["approve"],
            referred=self.outcomes["refer"],
            declined=self.outcomes["decline"],
            approval_rate=self.outcomes["approve"] / total if total else 0.0,
            approved_amount=round(self.amount, 2),
            expected_loss=round(self.loss, 2),
            expected_loss_rate=self.loss / self.amount if self.amount else 0.0,
        )


class _Tally:
    """Both sides of a simulation, chunk by chunk; of the decisions only the first moved are held."""

    def __init__(self, loss_given_default: float) -> None:
        self.before, self.after = _Side(loss_given_default), _Side(loss_given_default)
        self.moves: Counter[tuple[Outcome, Outcome]] = Counter()
        self.moved: list[Moved] = []
        self.decisions = self.erased = 0

    def add(self, records: list[DecisionRecord], draft: CompiledPolicy) -> None:
        for record in records:
            if record.facts is None:
                self.erased += 1
                continue
            loan = LoanRequest(
                product=record.product, amount=record.amount_asked, term_months=record.term_months
            )
            known = orjson.loads(record.facts)
            verdict = draft.apply(
                {
                    **known["features"],
                    "income_score": record.income_score,
                    "pd": record.pd,
                    "segment": record.segment,
                    **{f"income_{name}": value for name, value in known["income_band"].items()},
                    "loan_amount": record.amount_asked,
                },
                loan,
            )
            amount = None if verdict.offer is None else verdict.offer.amount
            self.decisions += 1
            self.before.add(record.outcome, record.amount_offered, record.pd)
            self.after.add(verdict.outcome, amount, record.pd)
            self.moves[record.outcome, verdict.outcome] += 1
            if verdict.outcome != record.outcome and len(self.moved) < _SHOWN:
                self.moved.append(
                    Moved(
                        id=record.id,
                        before=record.outcome,
                        after=verdict.outcome,
                        amount_before=record.amount_offered,
                        amount_after=amount,
                        rules=tuple(item.code for item in verdict.fired),
                    )
                )
