"""Decisions as the plain values that are answered and kept; ``wire.decision`` says what they are.

Built by hand for orjson, which alone can write them out (parts are JSON already), because the answer
to one applicant is made thousands of times a second. A test reads what comes out with the models of the wire.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

from solvencia.domain.decision import Assessment, Decision, Reason
from solvencia.domain.income import IncomeBand
from solvencia.domain.scorecard import SCORE_MAX, SCORE_MIN
from solvencia.domain.segment import Segment
from solvencia.domain.verdict import Offer
from solvencia.serving.batch import Decided
from solvencia.serving.change import Change
from solvencia.serving.decider import Decider

Body = dict[str, Any]


def verdict(
    decision: Decision | Decided,
    measured: Assessment | Decided,
    *,
    reference: str | None,
    standard_loan: bool,
) -> Body:
    """The decision itself (``wire.decision.Verdict``); one of a batch is its own assessment too."""
    loan, offer = measured.loan, decision.offer
    return {
        "reference": reference,
        "as_of": measured.as_of,
        "outcome": decision.outcome,
        "final_score": decision.final_score,
        "income_score": measured.income_score,
        "grade": decision.grade,
        "pd": measured.pd,
        "income_band": _band(measured.income_band),
        "segment": _segment(measured.segment),
        "loan": {
            "product": loan.product,
            "amount": loan.amount,
            "term_months": loan.term_months,
            "standard": standard_loan,
        },
        "offer": None if offer is None else _offer(offer),
        "reasons": orjson.Fragment(b"[%b]" % b",".join(map(_reason, decision.reasons))),
    }


def answer(
    decision: Decision,
    decider: Decider,
    *,
    reference: str | None,
    standard_loan: bool,
    changes: Sequence[Change] | None,
) -> Body:
    """The decision and everything that explains it (``wire.decision.Answer``)."""
    measured = decision.assessment
    values = measured.features._asdict()
    return {
        **verdict(decision, measured, reference=reference, standard_loan=standard_loan),
        "changes": None if changes is None else [_change(item) for item in changes],
        "explanation": {
            "base_points": measured.base_points,
            "contributions": contributions(measured.score_contributions, values),
            "pd_contributions": contributions(measured.pd_contributions, values),
            "adjustment_points": sum(
                int(reason.points) for reason in decision.reasons if reason.source == "adjustment"
            ),
        },
        "scale": scale(decider),
        "versions": versions(decider),
    }


def identified(body: Body, record_id: UUID, decided_at: datetime) -> Body:
    """An answer with the id under which it is kept."""
    return {"id": record_id, "decided_at": decided_at, **body}


def scale(decider: Decider) -> Body:
    """The scale of the score, and the policy's grades on it."""
    return {
        "minimum": SCORE_MIN,
        "maximum": SCORE_MAX,
        "grades": [
            {"lower_bound": band.lower_bound, "grade": band.grade}
            for band in decider.policy.policy.grades.score
        ],
    }


def versions(decider: Decider) -> Body:
    """What decides."""
    return {
        "model": decider.model.version,
        "policy": decider.policy.policy.version,
        "policy_digest": decider.policy.digest,
        "synthetic": bool(decider.model.provenance.get("synthetic", True)),
    }


def facts(measured: Assessment) -> bytes:
    """What the decision rests on, to be kept: features, band, points of every scorecard table."""
    return orjson.dumps(
        {
            "features": measured.features._asdict(),
            "income_band": _band(measured.income_band),
            "points": measured.table_points,
        }
    )


def contributions(points: Mapping[str, float], values: Mapping[str, Any]) -> list[Body]:
    """Points by feature beside its value, in the order given."""
    return [
        {"feature": name, "value": values[name], "points": added} for name, added in points.items()
    ]


def _band(band: IncomeBand) -> Body:
    return {"p10": band.p10, "p50": band.p50, "p90": band.p90}


def _offer(offer: Offer) -> Body:
    return offer._asdict()


@lru_cache(maxsize=1024)
def _segment(segment: Segment) -> orjson.Fragment:
    """A segment as JSON already: a model has a few."""
    return orjson.Fragment(orjson.dumps(segment._asdict()))


@lru_cache(maxsize=16_384)
def _reason(reason: Reason) -> bytes:
    """A reason as JSON already: there are few different ones, and ten in every answer."""
    return orjson.dumps(reason._asdict())


def _change(change: Change) -> Body:
    return {
        "steps": [step._asdict() for step in change.steps],
        "outcome": change.outcome,
        "final_score": change.final_score,
        "pd": change.pd,
        "offer": None if change.offer is None else _offer(change.offer),
        "text": change.text,
        "text_en": change.text_en,
    }
