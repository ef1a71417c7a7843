"""From a history or a profile to a decision, with a tiny model and the committee's policy."""

from dataclasses import replace
from datetime import date
from math import exp, log
from pathlib import Path

import numpy as np
import pytest

from solvencia.artifact import SCORECARDS, Model
from solvencia.domain.applicant import LoanRequest, Profile
from solvencia.domain.errors import InvalidInputError
from solvencia.domain.features import FEATURES, compute_features
from solvencia.domain.income import RATIO_FLOOR, income_ratio, income_ratios
from solvencia.domain.scorecard import Bins, Scorecard, Table, income_score, probability
from solvencia.domain.segment import Axis, Segment, Segmentation
from solvencia.serving.decider import Decider, load_policy
from solvencia.serving.scorer import assess
from testing.unit.builders import TODAY, UNKNOWN, applicant, spell, tiny_card

LOAN = LoanRequest(product="payroll", amount=20_000, term_months=24)
STEADY = applicant(spell("2018-01-01", None, 600.0, state="09", industry="6"))


@pytest.fixture(scope="module")
def decider(mexico) -> Decider:
    cards = {
        name: tiny_card(name, "identity" if name.startswith("income") else "logit")
        for name in SCORECARDS
    }
    segments = Segmentation((Axis("age", 40.0, 10.0),), (Segment("A", "Todos", "All"),), ((0.0,),))
    policy = load_policy(Path(__file__).parents[2] / "business_rules" / "policy.json")
    return Decider(Model("v1", cards, segments, mexico, {}, {}), policy)


def test_an_assessment_reads_every_card(decider):
    assessment = decider.decide(STEADY, TODAY, LOAN).assessment

    assert assessment.income_score == income_score(1.2 + 0.4)
    assert assessment.pd == pytest.approx(probability(1.2 + 0.4))
    assert assessment.income_band.p50 == pytest.approx(600 * 30.4 * exp(-0.1 + 0.4), abs=0.01)
    assert assessment.segment.code == "A"
    assert assessment.model_version == "v1"


def test_points_add_up_to_the_score(decider):
    assessment = decider.decide(STEADY, TODAY, LOAN).assessment
    total = assessment.base_points + sum(assessment.score_contributions.values())

    assert round(total) == assessment.income_score


def test_contributions_come_largest_first_and_ties_by_name(decider):
    parts = {"age": -0.1, "education": 0.5, "employers_5y": 0.1}
    bins = [Bins(name, levels=FEATURES[name].levels) for name in parts]
    tables = [Table((item.feature,), (parts[item.feature],) * (item.missing + 1)) for item in bins]
    card = Scorecard("continuity", "logit", 1.0, tuple(bins), tuple(tables))
    cards = {**decider.model.scorecards, "continuity": card}
    assessment = (
        Decider(replace(decider.model, scorecards=cards), decider.policy)
        .decide(STEADY, TODAY, LOAN)
        .assessment
    )

    assert list(assessment.score_contributions) == ["education", "age", "employers_5y"]
    assert assessment.score_contributions["education"] == pytest.approx(0.5 * 50 / log(2))
    assert list(assessment.score_reasons) == ["age", "employers_5y"]  # education is unknown


def test_the_points_of_every_table_are_kept(decider):
    assessment = decider.decide(STEADY, TODAY, LOAN).assessment

    assert set(assessment.table_points) == set(SCORECARDS)
    for name, card in decider.model.scorecards.items():
        assert assessment.table_points[name] == card.points(assessment.features._asdict())


def test_what_lowers_the_margin_of_default_speaks_for_the_applicant(decider):
    contributions = decider.decide(STEADY, TODAY, LOAN).assessment.pd_contributions

    assert contributions["months_in_current_job"] == pytest.approx(-0.4 * 50 / log(2))


def test_the_income_band_is_in_pesos_of_the_day(decider, mexico):
    day = date(2016, 7, 1)
    assessment = decider.decide(applicant(spell("2012-01-01", None, 600.0)), day, LOAN).assessment

    assert mexico.base_pesos(day.toordinal()) > 1.5
    assert assessment.features.monthly_income > 1.5 * 600 * 30.4
    assert assessment.income_band.p50 == pytest.approx(600 * 30.4 * exp(0.3), abs=0.01)


@pytest.mark.parametrize("day", [date(2016, 7, 1), TODAY])
def test_without_a_loan_three_nominal_incomes_are_assessed(decider, day):
    history = decider.decide(applicant(spell("2012-01-01", None, 500.0)), day)
    profile = decider.decide(Profile(monthly_income=15_200, age=40, months_in_current_job=50), day)

    assert history.assessment.loan.amount == profile.assessment.loan.amount == 45_600


def test_a_profile_and_a_history_that_say_the_same_score_the_same(decider):
    history = decider.decide(STEADY, TODAY, LOAN).assessment
    months = history.features.months_in_current_job
    told = Profile(
        monthly_income=600 * 30.4, age=44.5, months_in_current_job=months, state="09", industry="6"
    )
    profile = decider.decide(told, TODAY, LOAN).assessment

    assert profile.income_score == history.income_score
    assert profile.income_band == history.income_band
    for name in ("monthly_income", "income_decile", "state_growth", "loan_to_income"):
        assert getattr(profile.features, name) == getattr(history.features, name)


def test_the_same_question_has_the_same_answer(decider):
    assert decider.decide(STEADY, TODAY) == decider.decide(STEADY, TODAY)


def test_a_day_before_the_history_is_refused(decider):
    with pytest.raises(InvalidInputError, match="as_of: got 2017-12-31; allowed: 2018-01-01"):
        decider.decide(STEADY, date(2017, 12, 31), LOAN)


def test_features_without_income_are_refused(decider):
    with pytest.raises(InvalidInputError, match="monthly_income: got None; allowed: above 0"):
        assess(decider.model, UNKNOWN, TODAY, LOAN)


def test_a_model_without_default_gives_no_pd(decider, mexico):
    cards = {name: card for name, card in decider.model.scorecards.items() if name != "default"}
    model = Model("v2", cards, decider.model.segmentation, mexico, {}, {})
    features = compute_features(STEADY, TODAY, mexico, LOAN)
    assessment = assess(model, features, TODAY, LOAN)

    assert (assessment.pd, assessment.pd_contributions) == (None, {})


def test_ratios_at_the_floor_mean_no_formal_income():
    margins = [log(RATIO_FLOOR), log(RATIO_FLOOR * 1.01), 0.0, -9.0]

    assert [income_ratio(margin) for margin in margins] == [0.0, pytest.approx(0.0505), 1.0, 0.0]
    assert income_ratios(np.array(margins)).tolist() == [income_ratio(margin) for margin in margins]
