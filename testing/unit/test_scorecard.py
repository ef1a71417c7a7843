"""Scorecards: one margin, however it is read, and a score that means odds."""

import json
from math import log
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvencia.domain.errors import ArtifactError
from solvencia.domain.scorecard import (
    Bins,
    Scorecard,
    Table,
    clip_score,
    income_score,
    probability,
    score_points,
)
from testing.unit.builders import UNKNOWN, scorecards

_NUMBER = st.one_of(st.none(), st.integers(-6, 61).map(float), st.floats(-10, 70, allow_nan=False))
people = st.builds(
    lambda **known: UNKNOWN._replace(**known)._asdict(),
    months_in_current_job=_NUMBER,
    employers_5y=_NUMBER,
    age=_NUMBER,
    education=st.sampled_from([None, "primary", "technical", "higher", "unheard of"]),
)


def columns_of(rows: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    text = ("education",)
    return {
        name: np.array([row[name] for row in rows], dtype=object if name in text else float)
        for name in ("months_in_current_job", "employers_5y", "age", *text)
    }


@given(scorecards(), st.lists(people, min_size=1, max_size=5))
def test_many_at_once_get_the_same_margins_as_one_by_one(card, rows):
    one_by_one = [card.margin(row) for row in rows]

    assert card.margins(columns_of(rows)).tolist() == one_by_one


@given(scorecards(), people)
def test_contributions_and_intercept_make_the_margin(card, row):
    margin = card.margin(row)
    added = card.intercept + sum(item.points for item in card.contributions(row))
    shared = card.intercept + sum(card.by_feature(row).values())

    assert added == pytest.approx(margin, abs=1e-12)
    assert shared == pytest.approx(margin, abs=1e-12)


@given(scorecards())
def test_a_card_survives_its_json(card):
    assert Scorecard.from_json(json.loads(json.dumps(card.to_json()))) == card


def test_a_pair_is_shared_in_halves():
    bins = (Bins("employers_5y"), Bins("age", edges=(30.0,)))
    card = Scorecard(
        "default",
        "logit",
        0.0,
        bins,
        (Table(("age",), (1.0, 2.0, 3.0)), Table(("employers_5y", "age"), ((4.0, 6.0, 0.0),) * 2)),
    )

    assert card.by_feature({"age": 30.0}) == {"age": 5.0, "employers_5y": 3.0}


def test_a_column_that_is_not_given_counts_as_missing():
    card = Scorecard(
        "x", "logit", 1.0, (Bins("age", edges=(30.0,)),), (Table(("age",), (1, 2, 4)),)
    )

    assert card.margins({"employers_5y": np.array([1.0, 2.0])}).tolist() == [5.0, 5.0]


@pytest.mark.parametrize(
    ("value", "cell"), [(-1e9, 0), (5.999, 0), (6.0, 1), (11.99, 1), (12.0, 2), (1e9, 2), (None, 3)]
)
def test_a_value_on_an_edge_belongs_above_it(value, cell):
    bins = Bins("age", edges=(6.0, 12.0))

    assert bins.cell(value) == cell
    assert bins.cells(np.array([value], dtype=float)).tolist() == [cell]


def test_nan_in_a_column_is_missing():
    assert Bins("age", edges=(6.0, 12.0)).cells(np.array([np.nan, 6.0])).tolist() == [3, 1]


def test_levels_may_come_as_their_positions():
    bins = Bins("education", levels=("primary", "higher"))

    assert bins.cells(np.array([0.0, 1.0, np.nan, 7.0, -1.0])).tolist() == [0, 1, 2, 2, 2]


def test_an_unlisted_level_is_missing():
    bins = Bins("education", levels=("primary", "higher"))

    assert [bins.cell(level) for level in ("higher", "unheard of", None)] == [1, 2, 2]
    assert bins.cells(np.array(["primary", "x", None], dtype=object)).tolist() == [0, 2, 2]


def test_the_score_is_600_at_four_to_one_and_doubles_odds_every_50():
    assert score_points(log(4)) == pytest.approx(600)
    assert score_points(log(8)) == pytest.approx(650)
    assert score_points(log(2)) == pytest.approx(550)
    assert [income_score(log(odds)) for odds in (4, 8, 16)] == [600, 650, 700]


@given(st.floats(-1000, 1000))
def test_the_score_stays_within_its_scale_and_the_probability_within_one(margin):
    assert 300 <= income_score(margin) <= 850
    assert 0 <= probability(margin) <= 1
    assert probability(margin) + probability(-margin) == pytest.approx(1)


@pytest.mark.parametrize(
    ("points", "score"), [(299.4, 300), (300.6, 301), (849.6, 850), (900, 850)]
)
def test_scores_are_clipped_after_rounding(points, score):
    assert clip_score(points) == score


@pytest.mark.parametrize(
    ("bins", "tables", "message"),
    [
        ((Bins("age"), Bins("age")), (), "a feature has bins twice"),
        (
            (Bins("age"), Bins("height")),
            (Table(("age", "height"), ((1.0, 2.0),) * 2), Table(("age",), (1.0, 2.0))),
            "of one feature, then of two",
        ),
        ((Bins("age", edges=(2.0, 1.0)),), (), "edges of age must ascend"),
        ((Bins("age", edges=(1.0, 1.0)),), (), "edges of age must ascend"),
        ((Bins("age", edges=(1.0,)),), (Table(("age",), (1.0, 2.0)),), r"age has shape \(2,\)"),
        ((Bins("age"),), (Table(("employers_5y",), (1.0, 2.0)),), "employers_5y has shape"),
        ((Bins("age"),), (Table(("age", "age"), (1.0, 2.0)),), "age × age has shape"),
    ],
)
def test_a_card_that_does_not_fit_together_is_refused(bins, tables, message):
    with pytest.raises(ArtifactError, match=message):
        Scorecard("continuity", "logit", 0.0, bins, tables)
