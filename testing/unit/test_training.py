from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xgboost as xgb

from solvencia.data.outcome import add_years
from solvencia.data.snapshots import TrainingTables
from solvencia.domain.characteristic import Characteristic
from solvencia.domain.errors import SourceError
from solvencia.domain.features import FEATURES, Features, characteristics_of
from solvencia.domain.scorecard import Bins, Scorecard, Table
from solvencia.training.binning import choose_bins, encode, roundest
from solvencia.training.collapse import (
    calibrate,
    collapse,
    purify,
    steps_against,
    strongest_pairs,
)
from solvencia.training.fit import conformal_shift, fit_scorecard, shifted_by_work
from solvencia.training.metrics import logistic_line
from solvencia.training.profiles import as_profiles, profile_gaps
from solvencia.training.train import Trained, feature_columns, log_ratio, split_by_date, train
from testing.conftest import FIT

MODEL_OF = {
    "continuity": "continuity",
    "income_p10": "income",
    "income_p50": "income",
    "income_p90": "income",
    "default": "default",
}


def test_tables_equal_the_booster_on_every_test_row(trained: Trained) -> None:
    assert set(trained.collapse_error) == set(MODEL_OF)
    assert max(trained.collapse_error.values()) <= 1e-5


@pytest.mark.parametrize("name", MODEL_OF)
def test_the_tables_prove_every_stated_direction(trained: Trained, name: str) -> None:
    card = trained.scorecards[name]
    for bins in card.bins:
        direction = FEATURES[bins.feature].direction(MODEL_OF[name])
        if direction:
            assert steps_against(card, bins.feature, direction) <= 1e-7, bins.feature


def test_a_direction_that_does_not_hold_is_seen() -> None:
    card = Scorecard(
        "continuity",
        "logit",
        0.0,
        (Bins("age", edges=(30.0, 50.0)),),
        (Table(("age",), (0.0, 1.0, 0.4, 9.0)),),
    )
    assert steps_against(card, "age", 1) == pytest.approx(0.6)
    assert steps_against(card, "age", -1) == pytest.approx(1.0)


def test_random_depth_two_trees_collapse_exactly() -> None:
    rng = np.random.default_rng(3)
    columns = {
        "age": rng.normal(40, 10, 3000),
        "industry": rng.choice([*FEATURES["industry"].levels, None], 3000),
        "months_unemployed": np.where(rng.random(3000) < 0.2, np.nan, rng.gamma(2, 3, 3000)),
        "income_volatility": rng.random(3000),
    }
    bins = tuple(
        choose_bins(Characteristic(name, levels=FEATURES[name].levels), column, 9)
        for name, column in columns.items()
    )
    signal = (
        np.nan_to_num(columns["months_unemployed"]) * columns["income_volatility"]
        - columns["age"] / 20
    )
    target = (signal + rng.normal(0, 1, 3000) > 0).astype(float)
    matrix = xgb.DMatrix(
        encode(bins, columns), target, feature_types=["q", "c", "q", "q"], enable_categorical=True
    )
    parameters = {
        "max_depth": 2,
        "tree_method": "hist",
        "nthread": 1,
        "max_cat_to_onehot": 1,
        "objective": "binary:logistic",
        "base_score": 0.5,
    }
    booster = xgb.train(parameters, matrix, 80)
    card = collapse(booster, bins, name="continuity", link="logit")
    expected = booster.predict(matrix, output_margin=True)
    assert np.abs(card.margins(columns) - expected).max() < 1e-5
    assert np.abs(purify(card, columns).margins(columns) - expected).max() < 1e-5


def test_a_deeper_tree_is_refused() -> None:
    rng = np.random.default_rng(0)
    columns = {
        name: rng.normal(size=500) for name in ("age", "income_volatility", "months_unemployed")
    }
    bins = tuple(
        choose_bins(Characteristic(name, levels=FEATURES[name].levels), column, 9)
        for name, column in columns.items()
    )
    target = (
        columns["age"] * columns["income_volatility"] * columns["months_unemployed"] > 0
    ).astype(float)
    booster = xgb.train(
        {"max_depth": 3, "nthread": 1, "base_score": 0.5, "objective": "binary:logistic"},
        xgb.DMatrix(encode(bins, columns), target),
        3,
    )
    with pytest.raises(ValueError, match="depth up to two"):
        collapse(booster, bins, name="continuity", link="logit")


def test_contributions_are_against_the_average_applicant(training_tables: TrainingTables) -> None:
    columns = feature_columns(training_tables.snapshots)
    target = (training_tables.snapshots["income_ratio"] >= 0.8).to_numpy(float)
    card = fit_scorecard(
        "continuity", characteristics_of("continuity"), columns, target, FIT.of("continuity")
    ).card
    for table in card.tables:
        if len(table.features) == 1:
            cells = next(b for b in card.bins if b.feature == table.features[0]).cells(
                columns[table.features[0]]
            )
            assert np.asarray(table.points)[cells].mean() == pytest.approx(0.0, abs=1e-7)


def test_what_no_row_lacks_gets_no_points_for_its_absence(training_tables: TrainingTables) -> None:
    columns = feature_columns(training_tables.snapshots)
    target = (training_tables.snapshots["income_ratio"] >= 0.8).to_numpy(float)
    card = fit_scorecard(
        "continuity", characteristics_of("continuity"), columns, target, FIT.of("continuity")
    ).card
    table = next(t for t in card.tables if t.features == ("months_in_current_job",))
    assert table.points[-1] == 0.0


def test_calibration_moves_every_margin_alike(
    trained: Trained, training_tables: TrainingTables
) -> None:
    columns = feature_columns(training_tables.snapshots)
    card = trained.scorecards["continuity"]
    moved = calibrate(card, 0.3, 1.7)
    assert np.allclose(moved.margins(columns), 0.3 + 1.7 * card.margins(columns), atol=1e-6)


def test_calibration_finds_known_intercept_and_slope() -> None:
    rng = np.random.default_rng(5)
    margins = rng.normal(0, 1.5, 200_000)
    outcomes = (rng.random(200_000) < 1 / (1 + np.exp(-(-0.4 + 1.3 * margins)))).astype(float)
    assert logistic_line(margins, outcomes) == pytest.approx((-0.4, 1.3), abs=0.03)


def test_conformal_shifts_give_each_tail_its_share() -> None:
    rng = np.random.default_rng(6)
    outcomes = rng.normal(0, 2, 5000)
    low, high = np.full(5000, -0.5), np.full(5000, 0.1)
    down, up = conformal_shift(low - outcomes, -1), conformal_shift(outcomes - high, 1)
    assert (outcomes < low + down).mean() == pytest.approx(0.1, abs=0.005)
    assert (outcomes > high + up).mean() == pytest.approx(0.1, abs=0.005)


def test_people_at_work_and_out_of_work_are_shifted_by_their_own_rows() -> None:
    months = np.array([0.0] * 700 + [4.0] * 600)
    card = Scorecard(
        "income_p10",
        "identity",
        0.0,
        (Bins("months_unemployed", edges=(1.0, 6.0)),),
        (Table(("months_unemployed",), (0.1, 0.0, -0.2, 0.0)),),
    )
    moved = shifted_by_work(
        card, {"months_unemployed": months}, lambda rows: float(months[rows].mean()) - 1.0
    )
    assert [moved.margin({"months_unemployed": m}) for m in (0.0, 4.0, 9.0)] == pytest.approx(
        [-0.9, 3.0, 2.8]
    )


def test_too_few_out_of_work_get_the_shift_of_all() -> None:
    months = np.array([0.0] * 900 + [4.0] * 100)
    card = Scorecard(
        "income_p10",
        "identity",
        0.0,
        (Bins("months_unemployed", edges=(1.0,)),),
        (Table(("months_unemployed",), (0.1, 0.0, 0.0)),),
    )
    moved = shifted_by_work(card, {"months_unemployed": months}, lambda rows: float(rows.mean()))
    assert [moved.margin({"months_unemployed": m}) for m in (0.0, 4.0)] == pytest.approx([1.1, 1.0])


@pytest.mark.parametrize("most", [0, 3])
def test_pairs_are_capped_and_the_strongest_are_kept(
    training_tables: TrainingTables, most: int
) -> None:
    columns = feature_columns(training_tables.snapshots)
    target = (training_tables.snapshots["income_ratio"] >= 0.8).to_numpy(float)
    settings = FIT.of("continuity")
    inputs = characteristics_of("continuity")
    free = fit_scorecard("continuity", inputs, columns, target, replace(settings, max_pairs=500))
    capped = fit_scorecard("continuity", inputs, columns, target, replace(settings, max_pairs=most))
    kept = [table.features for table in capped.card.tables if len(table.features) == 2]
    assert sum(len(table.features) == 2 for table in free.card.tables) > 3
    assert set(kept) == set(strongest_pairs(free.card, columns, most))


def test_any_declared_inputs_make_a_scorecard() -> None:
    rng = np.random.default_rng(4)
    columns = {
        "debt": rng.gamma(2, 300, 4000),
        "home": rng.choice(np.array(["own", "rent", None], dtype=object), 4000),
    }
    target = (rng.random(4000) < 0.1 + 0.3 * (columns["home"] == "rent")).astype(float)
    inputs = (
        Characteristic("debt", "Debt", "USD", direction=1),
        Characteristic("home", "Home", levels=("own", "rent")),
    )
    card = fit_scorecard("anything", inputs, columns, target, FIT.of("default")).card
    assert card.bins[0].labels()[0].endswith(" USD")
    assert card.margin({"debt": 500.0, "home": "rent"}) > card.margin(
        {"debt": 500.0, "home": "own"}
    )
    assert steps_against(card, "debt", 1) <= 1e-7


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (22.7, 26.1, 25.0),
        (0.113, 0.131, 0.12),
        (-3.0, 2.0, 0.0),
        (7.0, 7.0, 7.0),
        (-0.34, -0.29, -0.3),
        (980, 1040, 1000.0),
    ],
)
def test_edges_are_round(low: float, high: float, expected: float) -> None:
    assert roundest(low, high) == expected


def test_bins_hold_about_equally_many_rows() -> None:
    column = np.random.default_rng(8).lognormal(9, 0.6, 20_000)
    bins = choose_bins(Characteristic("monthly_income"), column, 12)
    share = np.bincount(bins.cells(column), minlength=12) / len(column)
    assert 9 <= len(bins.edges) <= 11
    assert share[: len(bins.edges) + 1].min() > 0.02
    assert share.max() < 0.2


def test_few_distinct_values_each_get_a_cell() -> None:
    bins = choose_bins(Characteristic("employers_5y"), np.array([0.0, 1.0, 2.0, 5.0, np.nan]), 12)
    assert bins.edges == (1.0, 2.0, 5.0)


def test_test_rows_begin_after_every_outcome_of_training_has_closed(
    training_tables: TrainingTables,
) -> None:
    dates = sorted(set(pd.to_datetime(training_tables.snapshots["as_of"]).dt.date))
    for frame in (training_tables.snapshots, training_tables.loans):
        parts = split_by_date(frame, dates, 3)
        closed = [
            add_years(day, 1) for part in (parts.fit, parts.calibration) for day in part["as_of"]
        ]
        assert max(closed) <= min(parts.test["as_of"])
        assert min(len(parts.fit), len(parts.calibration), len(parts.test)) > 0
        assert max(parts.fit["as_of"]) < min(parts.calibration["as_of"])


def test_too_few_dates_are_refused(training_tables: TrainingTables) -> None:
    recent = training_tables.snapshots[
        training_tables.snapshots["as_of"] >= max(training_tables.snapshots["as_of"])
    ]
    with pytest.raises(SourceError, match="allowed: 5 or more"):
        train(recent, training_tables.loans, FIT, test_years=3)


def test_without_loans_default_is_absent_and_says_why(training_tables: TrainingTables) -> None:
    result = train(training_tables.snapshots, training_tables.loans.head(0), FIT, test_years=3)
    assert result.absent == {"default": "the source holds no loans"}
    assert "default" not in result.scorecards
    assert {"continuity", "income_p10", "income_p50", "income_p90"} == set(result.scorecards)


def test_training_again_with_another_sex_gives_the_same_tables(
    training_tables: TrainingTables, trained: Trained
) -> None:
    assert not [name for name in Features._fields if "sex" in name]
    swapped = training_tables.snapshots.assign(audit_sex="X")
    again = train(swapped, training_tables.loans.assign(audit_sex="X"), FIT, test_years=3)
    assert again.scorecards == trained.scorecards
    assert again.segmentation == trained.segmentation


def test_a_profile_lacks_what_a_form_cannot_tell() -> None:
    gaps = profile_gaps()
    assert gaps["industry"] == ("industry", "industry_growth")
    assert "state_unemployment" in gaps["state"]
    columns = {
        name: np.array(["6"] * 50, dtype=object) if FEATURES[name].levels else np.ones(50)
        for name in Features._fields
    }
    shown = as_profiles(columns, np.random.default_rng(1))
    assert np.isnan(shown["income_volatility"]).all()
    assert not np.isnan(shown["months_in_current_job"]).any()
    assert 0 < np.isnan(shown["contribution_weeks"]).sum() < 50
    assert (np.isnan(shown["contribution_weeks"]) == np.isnan(shown["weeks_to_pension"])).all()
    assert not np.isnan(columns["income_volatility"]).any()


def test_no_income_is_floored_not_lost() -> None:
    frame = pd.DataFrame({"income_ratio": [0.0, 1.0]})
    assert log_ratio(frame).tolist() == [np.log(0.05), 0.0]


def test_segments_are_ordered_from_safest(
    trained: Trained, training_tables: TrainingTables
) -> None:
    frame = training_tables.snapshots
    rows = [
        Features(*[None if pd.isna(value) else value for value in row])
        for row in frame[list(Features._fields)].itertuples(index=False)
    ]
    codes = [trained.segmentation.assign(row).code for row in rows]
    kept = (frame["income_ratio"] >= 0.8).groupby(np.array(codes)).mean()
    assert list(kept.index) == ["A", "B", "C", "D"]
    assert kept["A"] > kept["D"]
