"""From features to an assessment: the models' measurements of one applicant or of many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from solvencia.artifact import Model
from solvencia.domain.applicant import LoanRequest
from solvencia.domain.decision import Assessment
from solvencia.domain.errors import InvalidInputError
from solvencia.domain.features import Features
from solvencia.domain.income import IncomeBand, income_ratio
from solvencia.domain.reference import Reference
from solvencia.domain.scorecard import (
    POINTS_PER_MARGIN,
    Scorecard,
    Values,
    income_score,
    probability,
    score_points,
)
from solvencia.serving.cards import Cards

INCOME_CARDS = ("income_p10", "income_p50", "income_p90")


@dataclass(frozen=True)
class Scorer:
    """A model ready to score one applicant after another."""

    model: Model

    @cached_property
    def cards(self) -> Cards:
        """The model's scorecards, read together."""
        return Cards(self.model.scorecards)

    def assess(self, features: Features, as_of: date, loan: LoanRequest) -> Assessment:
        """``assess``, faster from the second applicant on."""
        values = features._asdict()
        return _assessment(self.model, values, self.cards.points(values), features, as_of, loan)


def assess(model: Model, features: Features, as_of: date, loan: LoanRequest) -> Assessment:
    """Score one applicant: income score, income band, PD, segment, with exact contributions.

    ``features`` must have been computed with the same loan and the model's own reference.

    Raises:
        InvalidInputError: the features hold no income.
    """
    values = features._asdict()
    points = {name: card.points(values) for name, card in model.scorecards.items()}
    return _assessment(model, values, points, features, as_of, loan)


def _assessment(
    model: Model,
    values: Values,
    points: Mapping[str, Sequence[float]],
    features: Features,
    as_of: date,
    loan: LoanRequest,
) -> Assessment:
    if features.monthly_income is None or features.monthly_income <= 0:
        raise InvalidInputError("monthly_income", features.monthly_income, "above 0")
    margins = {name: card.intercept + sum(points[name]) for name, card in model.scorecards.items()}
    continuity, default = model.scorecards["continuity"], model.scorecards.get("default")
    contributions, reasons = _explain(continuity, points["continuity"], values)
    pd: float | None = None
    pd_contributions: Mapping[str, float] = {}
    pd_reasons: Mapping[str, float] = {}
    if default is not None:
        pd = probability(margins["default"])
        pd_contributions, pd_reasons = _explain(default, points["default"], values, sign=-1.0)
    return Assessment(
        as_of=as_of,
        features=features,
        loan=loan,
        income_score=income_score(margins["continuity"]),
        base_points=score_points(continuity.intercept),
        score_contributions=contributions,
        income_band=_income_band(model.reference, features, as_of, margins),
        pd=pd,
        pd_contributions=pd_contributions,
        score_reasons=reasons,
        pd_reasons=pd_reasons,
        segment=model.segmentation.assign(features),
        model_version=model.version,
        table_points=points,
    )


def income_band(model: Model, features: Features, as_of: date) -> IncomeBand:
    """Income expected over the next 12 months, in MXN of ``as_of``, ascending."""
    values = features._asdict()
    margins = {name: model.scorecards[name].margin(values) for name in INCOME_CARDS}
    return _income_band(model.reference, features, as_of, margins)


def _income_band(
    reference: Reference, features: Features, as_of: date, margins: Mapping[str, float]
) -> IncomeBand:
    income = float(features.monthly_income or 0.0) * pesos_of_the_day(reference, as_of)
    ratios = sorted([income_ratio(margins[name]) for name in INCOME_CARDS])
    return IncomeBand(*[round(income * ratio, 2) for ratio in ratios])


def pesos_of_the_day(reference: Reference, day: date) -> float:
    """Nominal pesos of a day for each base-month peso, by the prices then last published."""
    return 1.0 / reference.base_pesos_of_month(reference.last_price_month(day.toordinal()))


def _explain(
    card: Scorecard, points: Sequence[float], values: Values, sign: float = 1.0
) -> tuple[dict[str, float], dict[str, float]]:
    """Contributions by feature in score points, and those of them that may be told as reasons.

    Largest effect first. ``points`` are those of the card's tables.
    """
    factor = sign * POINTS_PER_MARGIN
    effects = []
    for name, share, own in zip(
        card.shared_features, card.shares(points), card.own_tables, strict=True
    ):
        effect = factor * share
        told = own is not None and share * points[own] > 0 and values[name] is not None
        effects.append((-abs(effect), name, effect, told))
    effects.sort()
    return (
        {name: effect for _, name, effect, _ in effects},
        {name: effect for _, name, effect, told in effects if told},
    )
