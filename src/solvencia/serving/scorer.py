"""From features to an assessment: the models' measurements of one applicant or of many."""

from collections.abc import Mapping
from datetime import date

from solvencia.artifact import Model
from solvencia.domain.applicant import LoanRequest
from solvencia.domain.decision import Assessment, points_by_feature
from solvencia.domain.errors import InvalidInputError
from solvencia.domain.features import Features
from solvencia.domain.income import IncomeBand, income_ratio
from solvencia.domain.scorecard import (
    Scorecard,
    Values,
    clip_score,
    probability,
    score_points,
    share_by_feature,
)


def assess(model: Model, features: Features, as_of: date, loan: LoanRequest) -> Assessment:
    """Score one applicant: income score, income band, PD, segment, with exact contributions.

    ``features`` must have been computed with the same loan and the model's own reference.
    """
    if features.monthly_income is None or features.monthly_income <= 0:
        raise InvalidInputError("monthly_income", features.monthly_income, "above 0")
    continuity = model.scorecards["continuity"]
    values = features._asdict()
    shares, told, margin = _explain(continuity, values)
    pd: float | None = None
    pd_shares: Mapping[str, float] = {}
    pd_told: Mapping[str, float] = {}
    if (default := model.scorecards.get("default")) is not None:
        pd_shares, pd_told, pd_margin = _explain(default, values)
        pd = probability(pd_margin)
    return Assessment(
        as_of=as_of,
        features=features,
        loan=loan,
        income_score=clip_score(score_points(margin)),
        base_points=score_points(continuity.intercept),
        score_contributions=points_by_feature(shares),
        income_band=income_band(model, features, as_of),
        pd=pd,
        pd_contributions=points_by_feature(pd_shares, sign=-1.0),
        score_reasons=points_by_feature(told),
        pd_reasons=points_by_feature(pd_told, sign=-1.0),
        segment=model.segmentation.assign(features),
        model_version=model.version,
    )


def income_band(model: Model, features: Features, as_of: date) -> IncomeBand:
    """Income expected over the next 12 months, in MXN of ``as_of``, ascending."""
    reference = model.reference
    nominal = 1.0 / reference.base_pesos_of_month(reference.last_price_month(as_of.toordinal()))
    income = float(features.monthly_income or 0.0) * nominal
    values = features._asdict()
    ratios = sorted(
        income_ratio(model.scorecards[name].margin(values))
        for name in ("income_p10", "income_p50", "income_p90")
    )
    return IncomeBand(*(round(income * ratio, 2) for ratio in ratios))


def _explain(card: Scorecard, values: Values) -> tuple[dict[str, float], dict[str, float], float]:
    """Contributions by feature, those of them that may be told as reasons, and the margin."""
    points = card.points(values)
    shares = share_by_feature(card.tables, points)
    own = {
        table.features[0]: value
        for table, value in zip(card.tables, points, strict=True)
        if len(table.features) == 1
    }
    told = {
        name: share
        for name, share in shares.items()
        if values[name] is not None and share * own.get(name, 0.0) > 0
    }
    return shares, told, card.intercept + sum(points)
