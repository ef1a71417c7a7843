"""Columns of numbers: each step for many gives what it gives for one, to the last bit."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from solvencia.domain.applicant import LoanRequest
from solvencia.domain.decision import Assessment, decide
from solvencia.domain.features import FEATURES, Features, Told, features_of
from solvencia.domain.income import IncomeBand
from solvencia.domain.loan import Choice, price
from solvencia.domain.policy import FIELDS, Rule
from solvencia.domain.reasons import REASONS
from solvencia.domain.reference import Reference
from solvencia.domain.scorecard import Bins, Scorecard, income_score, income_scores
from solvencia.domain.segment import Axis, Segment, Segmentation
from solvencia.domain.verdict import CompiledPolicy
from solvencia.serving.cards import Cards
from solvencia.serving.columns import FeatureColumns, category_column, judged, rounded
from solvencia.serving.decider import load_policy
from solvencia.serving.measuring import measure_many
from solvencia.serving.pricing import price_many
from solvencia.serving.reading import told_columns
from solvencia.serving.telling import model_reasons
from testing.unit.builders import TODAY, UNKNOWN, scorecards

POLICY = load_policy(Path(__file__).parents[2] / "business_rules" / "policy.json").policy
LOAN = LoanRequest(product="payroll", amount=20_000, term_months=24)
REASON = {"es": "Porque sí.", "en": "Because."}

_NUMBER = st.one_of(st.none(), st.integers(-6, 61).map(float), st.floats(-10, 70))
rows = st.builds(
    lambda **known: UNKNOWN._replace(**known),
    months_in_current_job=_NUMBER,
    employers_5y=_NUMBER,
    age=_NUMBER,
    monthly_income=st.one_of(st.none(), st.floats(0, 1e6)),
    education=st.sampled_from([None, "primary", "technical", "higher"]),
)


def feature_columns(people: list[Features]) -> dict[str, np.ndarray]:
    values = dict(zip(Features._fields, zip(*people, strict=True), strict=True))
    numbers = {name for name, info in FEATURES.items() if not info.levels}
    return FeatureColumns(
        {name: np.array(item, float) for name, item in values.items() if name in numbers},
        {name: item for name, item in values.items() if name not in numbers},
    ).columns


@given(st.lists(st.floats(-1e9, 1e9), min_size=1), st.integers(0, 6))
def test_rounding_is_python_s(values, digits):
    found = rounded(np.array(values), digits)

    assert [repr(value) for value in found.tolist()] == [repr(round(v, digits)) for v in values]


@given(st.lists(st.integers(-200_000, 200_000), min_size=1), st.integers(1, 3))
def test_halves_are_rounded_as_python_rounds_them(halves, digits):
    values = [half / 2 / 10**digits for half in halves]

    assert rounded(np.array(values), digits).tolist() == [round(value, digits) for value in values]


@given(st.lists(st.floats(-12, 12), min_size=1))
def test_scores_of_many_margins(margins):
    assert income_scores(np.array(margins)).tolist() == [income_score(item) for item in margins]


@given(scorecards(), scorecards(), st.lists(rows, min_size=1, max_size=5))
def test_cards_read_together_give_the_points_of_each(first, second, people):
    cards = {"continuity": first, "default": second, "twin": first}
    together = Cards(cards)
    many = together.table_points(feature_columns(people))

    for place, person in enumerate(people):
        values = person._asdict()
        assert together.points(values) == {
            name: card.points(values) for name, card in cards.items()
        }
        for name, points in together.points(values).items():
            assert many[name][:, place].tolist() == points
            shares = cards[name].shares(many[name])
            assert [share[place] for share in shares] == cards[name].shares(points)


def test_a_card_without_tables_has_no_points():
    empty = Scorecard("continuity", "logit", 0.5, (), ())
    cards = Cards({"continuity": empty})

    assert cards.points(UNKNOWN._asdict()) == {"continuity": []}
    assert cards.table_points(feature_columns([UNKNOWN] * 3))["continuity"].shape == (0, 3)


@given(
    st.lists(rows, min_size=1, max_size=6),
    st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)), min_size=4, max_size=4),
)
def test_many_join_the_segments_that_each_joins(people, centres):
    axes = (Axis("age", 40.0, 10.0), Axis("monthly_income", 9.5, 0.6, log=True))
    segments = tuple(Segment(code, code, code) for code in "ABCD")
    segmentation = Segmentation(axes, segments, tuple(centres))

    alone = [segmentation.assign(person) for person in people]
    assert segmentation.assign_many(feature_columns(people)) == alone


_LEVELS = {"segment": "ABCD", "education": FEATURES["education"].levels}
_FACTS = {
    "age": st.one_of(st.none(), st.integers(0, 4).map(float), st.just(float("nan"))),
    "pd": st.one_of(st.none(), st.integers(0, 4).map(float)),
    "loan_amount": st.integers(0, 4).map(float),
    **{name: st.sampled_from([None, *levels]) for name, levels in _LEVELS.items()},
}


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    field = draw(st.sampled_from(list(_FACTS)))
    of_category = ["==", "!=", "in", "not_in"]
    op = draw(
        st.sampled_from(of_category if field in _LEVELS else [*of_category, "<", "<=", ">", ">="])
    )
    values = st.sampled_from(_LEVELS[field]) if field in _LEVELS else st.integers(0, 4)
    several = st.lists(values, min_size=1, max_size=3)
    return {"field": field, "op": op, "value": draw(several if op.endswith("in") else values)}


@st.composite
def rules(draw: st.DrawFn) -> dict[str, Any]:
    either = st.lists(conditions(), min_size=2, max_size=3).map(lambda found: {"any": found})
    return {
        "code": "PROBE",
        "all": draw(st.lists(st.one_of(conditions(), either), min_size=1, max_size=3)),
        "if_missing": draw(st.sampled_from(["fire", "skip", "refer"])),
        "reason": REASON,
    }


def column_of(field: str, facts: list[dict[str, Any]]) -> np.ndarray:
    values = [row[field] for row in facts]
    return (
        category_column(values, FIELDS[field].levels)
        if field in _LEVELS
        else np.array(values, float)
    )


@given(rules(), st.lists(st.fixed_dictionaries(_FACTS), min_size=1, max_size=8))
def test_a_rule_over_columns_tells_what_it_tells_of_each(raw, facts):
    try:
        rule = Rule.model_validate(raw)
    except ValidationError:
        assume(False)  # it contradicts itself
    policy = CompiledPolicy(
        POLICY.model_copy(update={"adjustments": (), "knockouts": (), "referrals": (rule,)}), ""
    )
    told = judged(policy.barriers, {field: column_of(field, facts) for field in _FACTS})

    for place, row in enumerate(facts):
        known = {**dict.fromkeys(FIELDS), **row, "income_score": 700.0}
        alone = [item for item in policy.apply(known, LOAN).fired if item.code.startswith("PROBE")]
        assert [fired for fired, mask in told if mask[place]] == alone


choices = st.builds(
    Choice,
    product=st.just("personal"),
    amount=st.integers(10_000, 90_000_000).map(lambda cents: cents / 100),
    term_months=st.integers(1, 120),
    annual_rate=st.sampled_from([0.0, 0.005, 0.22, 0.265, 0.6, 1.2, 3.0]),
    opening_fee=st.sampled_from([0.0, 0.015, 0.035, 0.2]),
)


@given(st.lists(choices, min_size=1, max_size=6), st.sampled_from([0.0, 0.08, 0.16, 0.5]))
def test_many_offers_cost_what_each_costs(several, vat_rate):
    assert price_many(several, vat_rate) == [price(choice, vat_rate) for choice in several]


def test_nothing_chosen_costs_nothing():
    assert price_many([], 0.16) == []


def segments_of(parts: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Segments of so many days, each after a gap, up to today."""
    end, found = TODAY.toordinal() + 1, []
    for days, gap, wage in parts:
        begin = max(end - days, TODAY.toordinal() - 1826)
        if begin >= end:
            break
        found.append((begin, end, wage))
        end = begin - gap
    return found[::-1]


told = st.builds(
    Told,
    nominal_income=st.floats(100, 200_000),
    months_in_current_job=st.floats(0, 300),
    months_unemployed=st.just(0.0),
    employers_5y=st.one_of(st.none(), st.just(2.0)),
    contribution_weeks=st.one_of(st.none(), st.floats(0, 2500)),
    contribution_density=st.one_of(st.none(), st.floats(0, 1)),
    age=st.floats(18, 80),
    longest_job_months=st.none(),
    industry=st.sampled_from([None, "4", "6", "9"]),
    education=st.none(),
    state=st.sampled_from([None, "01", "09", "32"]),
    daily_wage=st.floats(10, 5000),
    first_day=st.integers(735_000, TODAY.toordinal()),
    recent=st.lists(
        st.tuples(st.integers(1, 400), st.integers(0, 90), st.floats(10, 5000)), max_size=7
    ).map(lambda parts: segments_of(parts)),
)


loans = st.builds(
    LoanRequest,
    product=st.sampled_from(["payroll", "personal"]),
    amount=st.floats(500, 900_000),
    term_months=st.integers(1, 120),
)


@given(st.lists(st.tuples(told, loans), min_size=1, max_size=6), st.booleans())
def test_features_worked_out_together_are_those_of_each(mexico, several, priced):
    reference = mexico if priced else Reference()
    who, asked = zip(*several, strict=True)
    together = measure_many(reference, told_columns(who), [TODAY] * len(who), asked)

    assert repr(together.rows) == repr(
        [features_of(one, TODAY, reference, loan) for one, loan in several]
    )


@pytest.mark.parametrize("years", [1, 3])
@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_wage_that_began_on_the_anniversary_counts(mexico, years, off):
    begun = TODAY.replace(year=TODAY.year - years).toordinal() + off
    recent = [(begun - 100, begun, 300.0), (begun, TODAY.toordinal() + 1, 400.0)]
    person = Told(
        12_160.0, 8.0, 0.0, 1.0, 90.0, 0.5, 30.0, 20.0, "6", None, "09", 400.0, begun - 100, recent
    )

    assert measure_many(mexico, told_columns([person]), [TODAY], [LOAN]).rows == [
        features_of(person, TODAY, mexico, LOAN)
    ]


_FIRST_FEATURE = {code: group.features[0] for code, group in REASONS.items()}
few_points = st.lists(
    st.sampled_from([-30.0, -12.04, -12.0, -2.9, 0.0, 3.0, 12.0, 12.04, 30.0]),
    min_size=len(REASONS),
    max_size=len(REASONS),
)


@given(few_points, few_points)
def test_reasons_of_equal_weight_stand_in_the_same_order(by_score, by_pd):
    score, pd = (
        dict(zip(_FIRST_FEATURE.values(), points, strict=True)) for points in (by_score, by_pd)
    )
    assessment = Assessment(
        as_of=TODAY,
        features=UNKNOWN._replace(age=40.0, months_in_current_job=30.0, months_unemployed=0.0),
        loan=LOAN,
        income_score=650,
        base_points=600.0,
        score_contributions=score,
        income_band=IncomeBand(1e4, 2e4, 3e4),
        pd=0.1,
        pd_contributions=pd,
        score_reasons=score,
        pd_reasons=pd,
        segment=Segment("A", "A", "A"),
        model_version="v",
    )
    alone = [
        reason
        for reason in decide(assessment, CompiledPolicy(POLICY, "")).reasons
        if reason.source in ("income_score", "pd")
    ]
    sides = model_reasons(np.array([by_score]), np.array([by_pd]))

    assert [*sides.adverse[0], *sides.favourable[0]] == alone


def test_each_is_measured_on_a_day_of_its_own(mexico):
    days = [TODAY, date(2016, 2, 29), date(2025, 12, 31)]
    person = Told(
        12_000.0, 8.0, 0.0, 1.0, 90.0, 0.5, 30.0, 20.0, "6", None, "09", 400.0, 735_000, ()
    )
    loan = LoanRequest(product="payroll", amount=20_000, term_months=24)

    assert measure_many(mexico, told_columns([person] * 3), days, [loan] * 3).rows == [
        features_of(person, day, mexico, loan) for day in days
    ]


def test_a_level_that_is_not_on_the_list_is_no_level():
    column = category_column(["B", None, "Z"], "AB")

    assert (column[0], column[2]) == (1.0, -1.0)
    assert np.isnan(column[1])
    assert Bins("segment", levels=("A", "B")).cells(column).tolist() == [1, 2, 2]
