"""Reason codes: every feature has one, and what is told is what happened."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvencia.domain.features import FEATURES
from solvencia.domain.reasons import REASONS, ReasonCode, told_by_code

SAID_AS_MUCH_OR_LITTLE = {
    "income_volatility": -1,
    "months_in_current_job": 1,
    "longest_job_months": 1,
    "months_unemployed": -1,
    "employers_5y": -1,
    "contribution_weeks": 1,
    "contribution_density": 1,
    "state_growth": 1,
    "state_unemployment": -1,
    "state_informality": -1,
    "loan_to_income": -1,
}
"""Features that a sentence calls many or few, high or low, and which of the two is good."""

features = st.sampled_from(list(FEATURES))
points = st.dictionaries(features, st.floats(-200, 200, allow_nan=False))


def test_every_feature_has_exactly_one_code():
    grouped = [name for group in REASONS.values() for name in group.features]

    assert set(REASONS) == set(ReasonCode)
    assert sorted(grouped) == sorted(FEATURES)


@pytest.mark.parametrize("code", ReasonCode)
def test_a_code_has_a_plain_sentence_each_way_in_both_languages(code):
    sentences = REASONS[code][1:]

    assert all(sentence.endswith(".") and sentence[0].isupper() for sentence in sentences)
    assert len(set(sentences)) == 4


@pytest.mark.parametrize("name", SAID_AS_MUCH_OR_LITTLE)
def test_much_or_little_is_said_only_where_the_models_must_agree(name):
    good = SAID_AS_MUCH_OR_LITTLE[name]

    assert FEATURES[name].continuity in (good, None)
    assert FEATURES[name].default == -good


def test_elsewhere_a_sentence_says_only_where_the_risk_lies():
    for group in REASONS.values():
        if not set(group.features) <= set(SAID_AS_MUCH_OR_LITTLE):
            assert set(group.features).isdisjoint(SAID_AS_MUCH_OR_LITTLE)
            for sentence in group[1:]:
                assert re.match(
                    r"Riesgo (mayor|menor) que el promedio|(Above|Below)-average risk", sentence
                )


@given(points, st.sets(features))
def test_what_is_told_is_the_sum_of_what_may_be_told(contributions, tellable):
    told = {name: value for name, value in contributions.items() if name in tellable}
    found = told_by_code(contributions, told)

    for code, group in REASONS.items():
        whole = sum(contributions.get(name, 0.0) for name in group.features)
        part = sum(told.get(name, 0.0) for name in group.features)
        if code in found:
            assert found[code] == part
            assert part * whole > 0
        else:
            assert part * whole <= 0


def test_a_gap_in_the_data_is_not_told_as_a_reason():
    contributions = {"contribution_weeks": 4.0, "contribution_density": -30.0}

    # Density is unknown and outweighs the weeks: neither the gap nor its opposite is told.
    assert told_by_code(contributions, {"contribution_weeks": 4.0}) == {}
