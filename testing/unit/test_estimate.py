"""Figures with their standard errors, against libraries, hand-worked numbers and redrawn people."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from solvencia.domain.scorecard import probabilities
from solvencia.training.estimate import (
    Estimate,
    auc_of,
    people_of,
    ratio_of,
    share_of,
    slope_of,
)
from solvencia.training.metrics import weighted_auc


def applicants(count: int = 3000, seed: int = 5) -> tuple[np.ndarray, ...]:
    """Outcomes, the margins of a good and of a worse model with ties, and two rows a person."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(rng.normal(0.5, 1.2, count // 2), 2)
    outcome = (rng.random(count) < probabilities(truth)).astype(float)
    good = np.round(truth + rng.normal(0, 0.4, count), 1)
    worse = np.round(truth + rng.normal(0, 0.9, count), 1)
    return outcome, good, worse, np.arange(count) // 2


def redrawn(figure, people: np.ndarray, draws: int = 400) -> float:
    """Standard deviation of a figure of the rows' weights when people are drawn again."""
    rng = np.random.default_rng(1)
    persons = people.max() + 1
    values = []
    for _ in range(draws):
        times = np.bincount(rng.integers(0, persons, persons), minlength=persons)
        values.append(figure(times[people].astype(float)))
    return float(np.std(values))


def test_the_area_is_that_of_scikit_learn_ties_included():
    outcome, good, _, people = applicants()

    assert auc_of(outcome, good, people).value == pytest.approx(roc_auc_score(outcome, good))


def test_the_error_of_an_area_is_what_redrawing_people_gives():
    outcome, good, _, people = applicants()
    again = redrawn(weighted_auc(outcome, good), people)

    assert auc_of(outcome, good, people).error == pytest.approx(again, rel=0.15)


def test_the_error_of_a_difference_knows_that_both_models_saw_the_same_people():
    outcome, good, worse, people = applicants()
    difference = auc_of(outcome, good, people) - auc_of(outcome, worse, people)
    areas = weighted_auc(outcome, good), weighted_auc(outcome, worse)
    again = redrawn(lambda weights: areas[0](weights) - areas[1](weights), people)

    assert difference.value == pytest.approx(
        roc_auc_score(outcome, good) - roc_auc_score(outcome, worse)
    )
    assert difference.error == pytest.approx(again, rel=0.15)
    assert difference.error < 0.7 * np.hypot(
        auc_of(outcome, good, people).error, auc_of(outcome, worse, people).error
    )


def test_rows_shown_twice_are_no_more_evidence():
    outcome, good, _, _ = applicants()
    once = np.arange(len(outcome))
    twice = np.concatenate([once, once])

    for figure in (auc_of, slope_of):
        single = figure(outcome, good, once)
        double = figure(outcome[twice], good[twice], twice)
        assert double.value == pytest.approx(single.value)
        assert double.error == pytest.approx(single.error)


def test_a_slope_tells_bold_from_timid_within_its_error():
    rng = np.random.default_rng(3)
    truth = rng.normal(0, 1.5, 6_000)
    outcome = (rng.random(6_000) < probabilities(truth)).astype(float)
    people = np.arange(6_000)

    for factor in (0.5, 1.0, 2.0):
        slope = slope_of(outcome, factor * truth, people)
        assert abs(slope.value - 1 / factor) < 3 * slope.error
        assert slope.error * factor == pytest.approx(slope_of(outcome, truth, people).error)


def test_a_slope_that_does_not_exist_is_no_number():
    outcome = np.array([0.0, 0.0, 1.0, 1.0])

    assert np.isnan(slope_of(outcome, np.array([-2.0, -1.0, 1.0, 2.0]), np.arange(4)).value)


def test_the_error_of_a_share_is_the_binomial_one():
    holds = np.array([1.0] * 30 + [0.0] * 70)

    assert share_of(holds, np.arange(100)).error == pytest.approx(np.sqrt(0.3 * 0.7 / 100))


def test_a_ratio_of_shares_has_the_error_of_katz():
    part, whole = np.arange(300) < 100, np.arange(300) >= 100
    holds = np.zeros(300)
    holds[:40], holds[100:220] = 1.0, 1.0
    ratio = ratio_of(holds, part, whole, np.arange(300))
    katz = np.sqrt(0.6 / 40 + 0.4 / 120)

    assert ratio.value == pytest.approx(0.4 / 0.6)
    assert ratio.error / ratio.value == pytest.approx(katz)


def test_a_stated_figure_has_no_error():
    assert Estimate(0.8).error == 0.0
    assert (Estimate(0.8) - Estimate(0.5)).value == pytest.approx(0.3)


def test_people_are_told_apart_by_any_identifier():
    assert people_of(np.array(["p7", "p3", "p7"])).tolist() == [1, 0, 1]
