"""Kept decisions as they are shown, and decided again."""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Literal

import orjson

from api.answers import Body, facts
from api.archive import Archive
from api.deciding import decide
from api.errors import ConflictError
from api.store.records import DecisionRecord
from api.store.store import Store
from api.wire.decision import Answer, Verdict
from api.wire.records import (
    DecisionDetail,
    DecisionSummary,
    Difference,
    OutcomeOut,
    ReplayOut,
    ReviewOut,
    ScorecardPoints,
    ShadowOut,
    TablePoints,
)
from api.wire.score import ScoreRequest
from solvencia.artifact import Model
from solvencia.serving.decider import Decider

_NOT_COMPARED = frozenset({"id", "decided_at", "changes"})


def summary(record: DecisionRecord) -> DecisionSummary:
    """One decision in a list."""
    return DecisionSummary(made_by=record.owner, **_named(record))


async def detail(
    record: DecisionRecord, store: Store, archive: Archive, *, with_challenger: bool
) -> DecisionDetail:
    """All that is known of a decision.

    Raises:
        ConflictError: the model that decided was not kept.
        StoreUnavailableError: the database is away.
    """
    reviews, outcomes = await asyncio.gather(store.reviews(record.id), store.outcomes(record.id))
    kept = None if record.facts is None else orjson.loads(record.facts)
    cards = None
    if kept is not None:
        decider = await archive.decider(record.model_version, record.policy_digest)
        cards = scorecard_points(decider.model, kept)
    return DecisionDetail(
        made_by=record.owner,
        **_named(record),
        decision=None if record.answer is None else _verdict(record.answer),
        request=None if record.inputs is None else orjson.loads(record.inputs),
        features=None if kept is None else kept["features"],
        scorecards=cards,
        reviews=tuple(ReviewOut.model_validate(_event(item)) for item in reviews),
        outcomes=tuple(OutcomeOut.model_validate(_event(item)) for item in outcomes),
        challenger=(
            ShadowOut.model_validate(record.shadow) if with_challenger and record.shadow else None
        ),
    )


def scorecard_points(model: Model, kept: Mapping[str, Any]) -> tuple[ScorecardPoints, ...]:
    """The points that were kept, beside the tables and cells of the model that gave them."""
    found = []
    for name, points in kept["points"].items():
        card = model.scorecards[name]
        told = card.contributions(kept["features"])
        tables = tuple(
            TablePoints(features=item.features, cells=item.labels, points=value)
            for item, value in zip(told, points, strict=True)
        )
        margin = card.intercept + sum(points)
        found.append(
            ScorecardPoints(name=name, intercept=card.intercept, margin=margin, tables=tables)
        )
    return tuple(found)


def replayed(
    record: DecisionRecord, decider: Decider, using: Literal["original", "current"]
) -> ReplayOut:
    """A decision made again from its inputs, and what came out another way.

    Raises:
        ConflictError: the inputs were erased.
        InvalidInputError: the applicant cannot be scored with this decider.
    """
    if record.inputs is None or record.answer is None or record.facts is None:
        raise ConflictError(
            f"the inputs of decision {record.id} were erased; it cannot be replayed"
        )
    request = ScoreRequest.model_validate_json(record.inputs)
    decision, body = decide(decider, request, record.as_of)
    again = orjson.loads(orjson.dumps(body))
    before = orjson.loads(record.answer)
    shared = [name for name in before if name in again and name not in _NOT_COMPARED]
    found = differences(
        {name: before[name] for name in shared}, {name: again[name] for name in shared}
    )
    then, now = orjson.loads(record.facts), orjson.loads(facts(decision.assessment))
    compared = ("features", "points") if using == "original" else ("features",)
    found += differences(
        {name: then[name] for name in compared}, {name: now[name] for name in compared}
    )
    return ReplayOut(
        using=using,
        identical=not found,
        differences=tuple(found),
        decision=Answer.model_validate(again),
    )


def differences(before: Body, after: Body) -> list[Difference]:
    """Fields that differ, by their path; items of a list go by their code, feature or place.

    >>> differences({"pd": 0.1, "offer": {"amount": 5000}}, {"pd": 0.1, "offer": None})
    [Difference(field='offer.amount', before=5000, after=None)]
    """
    left, right = dict(_leaves("", before)), dict(_leaves("", after))
    return [
        Difference(field=path, before=left.get(path), after=right.get(path))
        for path in dict.fromkeys((*left, *right))
        if left.get(path) != right.get(path)
    ]


def _leaves(path: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        parts = list(value.items())
    elif isinstance(value, list):
        parts = [(_name(item, place), item) for place, item in enumerate(value)]
    else:
        return [(path, value)]
    inner = f"{path}." if path else ""
    return [leaf for name, item in parts for leaf in _leaves(f"{inner}{name}", item)]


def _name(item: Any, place: int) -> str:
    if isinstance(item, dict):
        return str(item.get("code") or item.get("feature") or place)
    return str(place)


def _verdict(answered: bytes) -> Verdict:
    """The decision in an answer, of whichever kind it was."""
    body = orjson.loads(answered)
    return Verdict.model_validate({name: body[name] for name in Verdict.model_fields})


def _named(record: DecisionRecord) -> dict[str, Any]:
    names = DecisionSummary.model_fields.keys() - {"made_by"}
    return {name: getattr(record, name) for name in names}


def _event(event: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(event).items() if name != "decision_id"}
