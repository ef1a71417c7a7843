"""Figures against scikit-learn, scipy and numbers worked by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ks_2samp
from sklearn.metrics import brier_score_loss, log_loss, roc_auc_score

from solvencia.domain.errors import InvalidInputError
from solvencia.training.metrics import (
    auc,
    band_metrics,
    bootstrap_interval,
    calibration_line,
    calibration_table,
    expected_calibration_error,
    lift_table,
    log_odds,
    probability_metrics,
    weighted_auc,
)


def drawn(rows: int, seed: int = 1, slope: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Outcomes of calibrated chances, and predictions whose log-odds are ``slope`` times theirs."""
    rng = np.random.default_rng(seed)
    margins = rng.normal(-0.5, 1.2, rows)
    outcome = (rng.random(rows) < 1 / (1 + np.exp(-margins))).astype(float)
    return outcome, 1 / (1 + np.exp(-slope * margins))


def test_figures_are_those_of_the_libraries():
    outcome, predicted = drawn(3000)
    figures = probability_metrics(outcome, predicted)
    area = roc_auc_score(outcome, predicted)

    assert figures["rows"] == 3000
    assert figures["rate"] == outcome.mean()
    assert figures["auc"] == area
    assert figures["gini"] == pytest.approx(2 * area - 1)
    assert figures["ks"] == pytest.approx(
        ks_2samp(predicted[outcome == 1], predicted[outcome == 0], method="asymp").statistic
    )
    assert figures["brier"] == pytest.approx(brier_score_loss(outcome, predicted))
    assert figures["log_loss"] == pytest.approx(log_loss(outcome, predicted))
    assert figures["mean_predicted"] == predicted.mean()


def test_figures_worked_by_hand():
    # Pairs (1 over 0): 0.8 and 0.6 over 0.5 and 0.1, but 0.3 only over 0.1: 5 of 6.
    outcome, predicted = np.array([1.0, 1, 0, 1, 0]), np.array([0.8, 0.6, 0.5, 0.3, 0.1])
    figures = probability_metrics(outcome, predicted)

    assert figures["auc"] == pytest.approx(5 / 6)
    assert figures["gini"] == pytest.approx(2 / 3)
    assert figures["ks"] == pytest.approx(2 / 3)  # at 0.5: both 0 reached, one of three 1
    assert figures["brier"] == pytest.approx((0.04 + 0.16 + 0.25 + 0.49 + 0.01) / 5)
    assert figures["log_loss"] == pytest.approx(-np.log([0.8, 0.6, 0.5, 0.3, 0.9]).sum() / 5)
    assert figures["ece"] == pytest.approx((0.2 + 0.4 + 0.5 + 0.7 + 0.1) / 5)


@pytest.mark.parametrize("only", [0.0, 1.0])
def test_one_class_leaves_empty_only_what_compares_classes(only):
    figures = probability_metrics(np.full(50, only), np.linspace(0.1, 0.9, 50))
    empty = {name for name, value in figures.items() if value is None}

    assert empty == {"auc", "gini", "ks", "calibration_slope", "calibration_intercept"}
    assert figures["rate"] == only
    assert figures["log_loss"] > 0


def test_sure_predictions_that_are_wrong_stay_finite():
    figures = probability_metrics(np.array([1.0, 0, 1, 0]), np.array([0.0, 1, 1, 0]))

    assert np.isfinite(figures["log_loss"])
    assert figures["calibration_slope"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("outcome", "predicted", "message"),
    [
        ([], [], r"shapes \(0,\), \(0,\)"),
        ([1.0, 0.0], [0.5], r"shapes \(2,\), \(1,\)"),
        ([1.0, 2.0], [0.5, 0.5], "outcome: got 2.0; allowed: 0 or 1"),
        ([1.0, 0.0], [0.5, 1.2], "predicted: got 1.2; allowed: 0 to 1"),
        ([1.0, 0.0], [0.5, float("nan")], "predicted: got nan"),
    ],
)
def test_what_is_no_probability_is_refused(outcome, predicted, message):
    with pytest.raises(InvalidInputError, match=message):
        probability_metrics(np.array(outcome), np.array(predicted))


def test_the_calibration_line_has_the_greatest_likelihood():
    outcome, predicted = drawn(4000)
    intercept, slope = calibration_line(outcome, predicted)
    margins = log_odds(predicted)

    def likelihood(a, b):
        return -np.logaddexp(0.0, (1 - 2 * outcome) * (a + b * margins)).sum()

    best = likelihood(intercept, slope)
    for step in (1e-3, -1e-3):
        assert likelihood(intercept + step, slope) < best
        assert likelihood(intercept, slope + step) < best


@pytest.mark.parametrize("slope", [0.2, 1.0, 6.0])
def test_too_extreme_predictions_show_in_the_slope(slope):
    _, line = calibration_line(*drawn(10_000, slope=slope))

    assert line == pytest.approx(1 / slope, rel=0.15)


@pytest.mark.parametrize("predicted", [[0.1, 0.2, 0.8, 0.9], [0.9, 0.8, 0.2, 0.1], [0.5] * 4])
def test_a_line_that_has_no_best_slope_is_not_reported(predicted):
    assert calibration_line(np.array([0.0, 0, 1, 1]), np.array(predicted)) is None


def test_the_calibration_table_does_not_depend_on_the_order_of_rows():
    outcome, predicted = drawn(1001)
    predicted = predicted.round(1)
    order = np.random.default_rng(2).permutation(1001)
    table = calibration_table(outcome, predicted)

    assert np.allclose(table, calibration_table(outcome[order], predicted[order]))
    assert table["rows"].sum() == 1001
    assert table["predicted"].is_monotonic_increasing


def test_groups_are_of_equal_count_where_predictions_differ():
    outcome, predicted = drawn(1000)

    assert calibration_table(outcome, predicted)["rows"].tolist() == [100] * 10
    assert calibration_table(outcome, np.full(1000, 0.3))["rows"].tolist() == [1000]


def test_calibration_error_by_hand():
    outcome = np.repeat([0.0, 1.0, 0.0, 1.0], [9, 1, 5, 5])
    predicted = np.repeat([0.15, 0.4], [10, 10])

    # (10 x |0.15 - 0.1| + 10 x |0.4 - 0.5|) / 20
    assert expected_calibration_error(outcome, predicted, 2) == pytest.approx(0.075)


def test_the_lift_of_default_and_of_continuity_mirror_each_other():
    outcome, predicted = drawn(2000)
    default = lift_table(outcome, predicted)
    continuity = lift_table(1 - outcome, 1 - predicted, bad=0)

    assert np.allclose(default, continuity)
    assert default["lift"].iloc[0] > 1 > default["lift"].iloc[-1]
    assert default["captured"].iloc[-1] == pytest.approx(1)
    assert default["bad"].sum() == outcome.sum()


def test_lift_without_any_bad_has_rows_but_no_lift():
    table = lift_table(np.zeros(40), np.linspace(0.1, 0.9, 40), groups=4)

    assert table["rows"].tolist() == [10] * 4
    assert table["bad_rate"].tolist() == [0] * 4
    assert table[["lift", "captured"]].isna().all(axis=None)


def test_lift_asks_which_outcome_is_bad():
    with pytest.raises(InvalidInputError, match="bad: got 2"):
        lift_table(np.array([0.0, 1]), np.array([0.1, 0.2]), bad=2)


def test_band_figures_by_hand():
    ratio = np.array([0.0, 1.0, np.e, 1.0])
    p10, p50, p90 = np.ones(4), np.ones(4), np.full(4, np.e)
    figures = band_metrics(ratio, p10, p50, p90)
    gap = -np.log(0.05)  # no income counts as the floor

    assert figures["coverage_80"] == 0.75
    assert (figures["below"], figures["above"]) == (0.25, 0.0)
    assert figures["pinball_10"] == pytest.approx((0.9 * gap + 0.1 * 1) / 4)
    assert figures["pinball_50"] == pytest.approx((0.5 * gap + 0.5 * 1) / 4)
    assert figures["pinball_90"] == pytest.approx(0.1 * (gap + 1 + 1 + 1) / 4)
    assert figures["pinball"] == pytest.approx(
        (figures["pinball_10"] + figures["pinball_50"] + figures["pinball_90"]) / 3
    )
    assert figures["median_width"] == pytest.approx(np.e - 1)


def test_true_quantiles_have_the_least_pinball_loss():
    rng = np.random.default_rng(4)
    ratio = np.exp(rng.normal(0, 0.5, 20_000))
    spread = 1.2815515655446004 * 0.5
    ends = np.exp([-spread, 0.0, spread])
    band = [np.full(20_000, end) for end in ends]
    true = band_metrics(ratio, *band)
    wide = band_metrics(ratio, band[0] * 0.8, band[1] * 1.1, band[2] * 1.25)

    assert true["coverage_80"] == pytest.approx(0.8, abs=0.01)
    for name in ("pinball_10", "pinball_50", "pinball_90"):
        assert true[name] < wide[name]


@given(
    st.lists(
        st.tuples(st.sampled_from([0.0, 1.0]), st.integers(0, 5), st.integers(0, 4)), min_size=4
    )
)
def test_the_weighted_auc_is_scikit_learns(rows):
    outcome, predicted, weights = (
        np.array(column, dtype=float) for column in zip(*rows, strict=True)
    )
    area = weighted_auc(outcome, predicted)(weights)

    if weights[outcome == 1].sum() and weights[outcome == 0].sum():
        assert area == pytest.approx(roc_auc_score(outcome, predicted, sample_weight=weights))
    else:
        assert np.isnan(area)


def test_the_interval_of_independent_rows_is_that_of_theory():
    values = np.random.default_rng(5).normal(0, 1, 2500)
    low, high = bootstrap_interval(
        lambda weights: float(np.average(values, weights=weights)),
        np.arange(2500),
        draws=600,
        seed=1,
    )

    assert high - low == pytest.approx(2 * 1.96 / 50, rel=0.1)
    assert low < values.mean() < high


def test_rows_of_one_person_are_not_counted_as_evidence_twice():
    outcome, predicted = drawn(400)
    area = weighted_auc(outcome, predicted)
    again = weighted_auc(np.repeat(outcome, 9), np.repeat(predicted, 9))

    once = bootstrap_interval(area, np.arange(400), draws=100, seed=3)
    ninefold = bootstrap_interval(again, np.repeat(np.arange(400), 9), draws=100, seed=3)
    as_rows = bootstrap_interval(again, np.arange(3600), draws=100, seed=3)

    assert ninefold == pytest.approx(once)
    assert as_rows[1] - as_rows[0] < 0.5 * (once[1] - once[0])


def test_the_interval_covers_the_truth_about_as_often_as_stated():
    truth = auc(*drawn(200_000, seed=99))
    covered = 0
    for seed in range(60):
        outcome, predicted = drawn(300, seed=seed)
        low, high = bootstrap_interval(
            weighted_auc(outcome, predicted), np.arange(300), draws=100, seed=seed, level=0.8
        )
        covered += low <= truth <= high

    assert 0.8 * 60 - 12 <= covered <= 0.8 * 60 + 10


def test_the_interval_is_that_of_the_seed_and_names_may_be_text():
    outcome, predicted = drawn(200)
    people = np.arange(200) // 3
    area = weighted_auc(outcome, predicted)
    names = np.array([f"P{number}" for number in people])

    first = bootstrap_interval(area, people, draws=40, seed=1)
    assert first == bootstrap_interval(area, names, draws=40, seed=1)
    assert first != bootstrap_interval(area, people, draws=40, seed=2)


def test_draws_of_one_class_are_left_out():
    outcome = np.array([1.0] + [0.0] * 9)  # a third of the draws never takes the first row
    low, high = bootstrap_interval(
        weighted_auc(outcome, np.linspace(1, 0, 10)), np.arange(10), draws=50, seed=1
    )
    nobody = bootstrap_interval(
        weighted_auc(np.zeros(10), np.linspace(1, 0, 10)), np.arange(10), draws=50, seed=1
    )

    assert (low, high) == (1.0, 1.0)
    assert np.isnan(nobody).all()


@pytest.mark.parametrize(("draws", "level"), [(0, 0.95), (10, 1.0)])
def test_an_interval_of_nothing_is_refused(draws, level):
    with pytest.raises(InvalidInputError, match="draws, level"):
        bootstrap_interval(np.mean, np.arange(9), draws=draws, seed=1, level=level)
