"""Deciding on many applicants at once, each as ``Decider.decide`` would, to the last bit.

Histories, features, scorecards, segments, rules, prices and reasons are worked out in columns of
numbers; what takes few steps for each applicant (probability, grade, choice of the offer) is the
code that serves a single one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice, repeat
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from solvencia.domain.applicant import Applicant, LoanRequest, Profile
from solvencia.domain.decision import Reason, standard_loan
from solvencia.domain.errors import InvalidInputError
from solvencia.domain.features import Features
from solvencia.domain.income import IncomeBand, income_ratio
from solvencia.domain.policy import FIELDS, Outcome
from solvencia.domain.scorecard import SCORE_MAX, SCORE_MIN, income_scores, probability
from solvencia.domain.segment import Segment
from solvencia.domain.verdict import CompiledPolicy, Fired, Kind, Offer
from solvencia.serving.columns import (
    Column,
    FeatureColumns,
    Mask,
    category_column,
    judged,
    rounded,
)
from solvencia.serving.decider import Decider
from solvencia.serving.measuring import measure_many
from solvencia.serving.pricing import price_many
from solvencia.serving.reading import ToldColumns, read_many
from solvencia.serving.scorer import INCOME_CARDS, pesos_of_the_day
from solvencia.serving.telling import Sides, model_reasons, points_by_code, rule_reasons

CHUNK = 1000
"""Applicants worked on together; what is held at a time does not grow with the batch."""


class Ask(NamedTuple):
    """One applicant to be decided on; without a loan, on the policy's standard loan."""

    applicant: Applicant | Profile
    as_of: date
    loan: LoanRequest | None = None


class Together(NamedTuple):
    """What is known of all who were worked on together, in columns.

    ``points`` holds for each scorecard the points of its tables, shape (tables, n).
    """

    features: FeatureColumns
    points: Mapping[str, NDArray[np.float64]]


class Decided(NamedTuple):
    """The decision on one of many; fields as in ``Decision`` and ``Assessment``.

    What few ask for is left in the columns of those who were worked on together, of whom this one
    is at ``place``.
    """

    as_of: date
    loan: LoanRequest
    outcome: Outcome
    final_score: int
    grade: str | None
    offer: Offer | None
    reasons: tuple[Reason, ...]
    income_score: int
    pd: float | None
    income_band: IncomeBand
    segment: Segment
    place: int
    together: Together

    @property
    def features(self) -> Features:
        """The features that it rests on."""
        return self.together.features.rows[self.place]

    def table_points(self) -> dict[str, list[float]]:
        """By scorecard the points of each table, as ``Assessment.table_points`` holds them."""
        points = self.together.points
        return {name: table[:, self.place].tolist() for name, table in points.items()}


Refusal = TypeVar("Refusal", bound=Exception)


def decide_many(
    decider: Decider, asks: Iterable[Ask | Refusal]
) -> Iterator[Decided | Refusal | InvalidInputError]:
    """Decide on each applicant, in order; in the place of one that cannot be scored, the error.

    Applicants are read when they are needed, ``CHUNK`` at a time, and let go before the next, so a
    file of any length can pass through. An error among the ``asks`` is handed on in its place.
    """
    waiting = iter(asks)
    while chunk := list(islice(waiting, CHUNK)):
        yield from _decide_chunk(decider, chunk)


def _decide_chunk(
    decider: Decider, asks: Sequence[Ask | Refusal]
) -> list[Decided | Refusal | InvalidInputError]:
    found: list[Any] = list(asks)
    places = [place for place, ask in enumerate(asks) if isinstance(ask, Ask)]
    if not places:
        return found
    applicants, days, loans = zip(*(found[place] for place in places), strict=True)
    order, told, errors = read_many(applicants, days)
    for index, error in errors.items():
        found[places[index]] = error
    if order:
        policy, incomes = decider.policy.policy, told.nominal_income.tolist()
        asked = [
            standard_loan(policy, income) if loans[index] is None else loans[index]
            for index, income in zip(order, incomes, strict=True)
        ]
        decided = _decide(decider, told, [days[index] for index in order], asked)
        for index, made in zip(order, decided, strict=True):
            found[places[index]] = made
    return found


def _decide(
    decider: Decider, told: ToldColumns, days: Sequence[date], loans: Sequence[LoanRequest]
) -> Iterator[Decided]:
    features = measure_many(decider.model.reference, told, days, loans)
    measured = _measured(decider, features.columns, days)
    ruled = _ruled(decider.policy, measured, loans)
    seen = _seen_by_models(decider, measured)
    reasons = [
        (*by_rules, *by_models, *for_rules, *for_models)
        for by_rules, by_models, for_rules, for_models in zip(
            ruled.adverse, seen.adverse, ruled.favourable, seen.favourable, strict=True
        )
    ]
    of_each = zip(
        days,
        loans,
        ruled.outcomes,
        ruled.final_scores,
        ruled.grades,
        ruled.offers,
        reasons,
        measured.scores.tolist(),
        measured.pds,
        map(IncomeBand._make, measured.bands.T.tolist()),
        measured.segments,
        range(len(days)),
        repeat(Together(features, measured.points), len(days)),
        strict=True,
    )
    return map(Decided._make, of_each)


class _Measured(NamedTuple):
    """What the models say of n applicants; lists hold one value for each, ``bands`` three by n."""

    columns: Mapping[str, Column]
    points: Mapping[str, NDArray[np.float64]]
    scores: NDArray[np.int64]
    pds: Sequence[float | None]
    bands: Column
    segments: list[Segment]


def _measured(decider: Decider, columns: Mapping[str, Column], days: Sequence[date]) -> _Measured:
    model = decider.model
    points = decider.scorer.cards.table_points(columns)
    margins = {
        name: card.intercept + sum(points[name], np.zeros(len(days)))
        for name, card in model.scorecards.items()
    }
    pds: Sequence[float | None] = [None] * len(days)
    if "default" in margins:
        pds = [probability(margin) for margin in margins["default"].tolist()]
    nominal = {day: pesos_of_the_day(model.reference, day) for day in set(days)}
    incomes = columns["monthly_income"] * [nominal[day] for day in days]
    ratios = [[income_ratio(margin) for margin in margins[name].tolist()] for name in INCOME_CARDS]
    bands = rounded(incomes * np.sort(ratios, axis=0), 2)
    return _Measured(
        columns,
        points,
        scores=income_scores(margins["continuity"]),
        pds=pds,
        bands=bands,
        segments=model.segmentation.assign_many(columns),
    )


class _Ruled(NamedTuple):
    """What the policy says of n applicants; lists hold one value for each."""

    outcomes: list[Outcome]
    final_scores: list[int]
    grades: list[str | None]
    offers: list[Offer | None]
    adverse: list[list[Reason]]
    favourable: list[list[Reason]]


def _ruled(policy: CompiledPolicy, measured: _Measured, loans: Sequence[LoanRequest]) -> _Ruled:
    scores = measured.scores
    p10, p50, p90 = measured.bands
    columns = {
        **measured.columns,
        "income_score": scores,
        "pd": np.array(measured.pds, dtype=np.float64),
        "segment": category_column(
            [segment.code for segment in measured.segments], FIELDS["segment"].levels
        ),
        "income_p10": p10,
        "income_p50": p50,
        "income_p90": p90,
        "loan_amount": np.array([loan.amount for loan in loans]),
    }
    fired = judged(policy.adjustments, columns)
    added = sum(item.points * mask for item, mask in fired)
    columns["final_score"] = np.clip(scores + added, SCORE_MIN, SCORE_MAX)
    fired += judged(policy.barriers, columns)
    final_scores = columns["final_score"].tolist()
    grades = [policy.grade(*pair) for pair in zip(final_scores, measured.pds, strict=True)]
    chosen = [
        policy.choose(grade, loan, income)
        for grade, loan, income in zip(grades, loans, p10.tolist(), strict=True)
    ]
    places = {note.code: place for place, note in enumerate(policy.notes)}
    noted = np.array([-1 if note is None else places[note.code] for _, note in chosen])
    fired += [(note, noted == place) for place, note in enumerate(policy.notes)]
    outcomes = _outcomes(fired)
    choices = [
        None if outcome == "decline" else choice
        for outcome, (choice, _) in zip(outcomes, chosen, strict=True)
    ]
    offers = iter(price_many([item for item in choices if item], policy.policy.vat_rate))
    return _Ruled(
        outcomes,
        final_scores,
        grades,
        [None if choice is None else next(offers) for choice in choices],
        *rule_reasons(fired),
    )


def _outcomes(fired: Sequence[tuple[Fired, Mask]]) -> list[Outcome]:
    """``outcome_of`` each, from what fired and for whom."""

    def of_kind(kind: Kind) -> list[bool]:
        masks = [mask for item, mask in fired if item.kind == kind]
        return np.logical_or.reduce(masks).tolist()  # type: ignore[no-any-return]

    return [
        "decline" if declined else "refer" if referred else "approve"
        for declined, referred in zip(of_kind("knockout"), of_kind("referral"), strict=True)
    ]


def _seen_by_models(decider: Decider, measured: _Measured) -> Sides:
    cards, points, columns = decider.model.scorecards, measured.points, measured.columns
    by_score = points_by_code(cards["continuity"], points["continuity"], columns)
    by_pd = np.zeros_like(by_score)
    if "default" in cards:
        by_pd = points_by_code(cards["default"], points["default"], columns, sign=-1.0)
    return model_reasons(by_score, by_pd)
