"""Headline figures and breakdowns of predictions on test rows."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from solvencia.data.simulator import SimulatorSettings
from solvencia.domain.errors import InvalidInputError, SourceError
from solvencia.domain.segment import Axis, Segment, Segmentation
from solvencia.training import evaluate
from solvencia.training.evaluate import (
    EvaluationSettings,
    breakdown,
    ceiling_figures,
    income_figures,
    judge,
    probability_figures,
)
from solvencia.training.train import Trained

SETTINGS = EvaluationSettings(test_years=3, ceiling_rows=100, ceiling_draws=5, bootstrap_draws=20)
SEGMENTATION = Segmentation((Axis("age", 40, 10),), (Segment("A", "Todos", "All"),), ((0.0,),))
PROBABILITY_FIGURES = ["auc", "auc_low", "auc_high", "brier", "slope", "intercept", "ece"]


def people(rows: int, seed: int = 1) -> pd.DataFrame:
    """Test rows as training leaves them, three a person."""
    rng = np.random.default_rng(seed)
    days = pd.to_datetime(["2023-05-31", "2024-05-31", "2025-05-31"]).date
    return pd.DataFrame(
        {
            "person_id": [f"P{number // 3:05}" for number in range(rows)],
            "as_of": [days[number % 3] for number in range(rows)],
            "audit_sex": rng.choice(["H", "M"], rows),
            "audit_state": rng.choice(["09", "19", None], rows, p=[0.7, 0.28, 0.02]),
            "segment": rng.choice(list("ABCD"), rows),
            "employed": (rng.random(rows) < 0.8).astype(float),
        }
    )


def probabilities(rows: int = 3000, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    margins = rng.normal(0.5, 1.2, rows)
    chance = 1 / (1 + np.exp(-margins))
    return people(rows, seed).assign(
        loan_id=[f"L{number:05}" for number in range(rows)],
        loan_product=rng.choice(["payroll", "personal"], rows),
        outcome=(rng.random(rows) < chance).astype(float),
        predicted=chance,
        unconstrained=1 / (1 + np.exp(-margins + rng.normal(0, 0.3, rows))),
        as_profile=1 / (1 + np.exp(-margins + rng.normal(0, 0.6, rows))),
    )


def bands(rows: int = 3000, seed: int = 1) -> pd.DataFrame:
    """A band that is right for people at work and too narrow for those out of work."""
    rng = np.random.default_rng(seed)
    frame = people(rows, seed)
    spread = np.where(frame["employed"] == 1, 0.3, 0.9)
    end = 1.2815515655446004 * 0.3
    return frame.assign(
        monthly_income=rng.lognormal(9.3, 0.6, rows),
        outcome=np.exp(rng.normal(0, spread)),
        p10=np.exp(-end),
        p50=1.0,
        p90=np.exp(end),
        unconstrained=1.02,
    )


def trained(**predictions: pd.DataFrame) -> Trained:
    return Trained(
        scorecards={},
        segmentation=SEGMENTATION,
        collapse_error={"continuity": 1.23456e-7},
        predictions=predictions,
        periods={},
        absent={} if "default" in predictions else {"default": "the source holds no loans"},
    )


def test_headline_figures_of_a_probability():
    frame = probabilities()
    figures = probability_figures(frame, draws=100)

    assert figures["rows"] == 3000
    assert figures["auc"] == pytest.approx(
        roc_auc_score(frame["outcome"], frame["predicted"]), abs=1e-6
    )
    assert figures["auc_low"] < figures["auc"] < figures["auc_high"]
    assert figures["gini"] == pytest.approx(2 * figures["auc"] - 1, abs=2e-6)
    for name in ("unconstrained", "as_profile"):
        expected = roc_auc_score(frame["outcome"], frame[name])
        assert figures[f"auc_{name}"] == pytest.approx(expected, abs=1e-6)
    assert figures["calibration_slope"] == pytest.approx(1, abs=0.15)
    assert 0 < figures["ece"] < 0.05


def test_figures_of_one_class_are_none_and_still_json():
    frame = probabilities(300).assign(outcome=1.0)
    figures = json.loads(json.dumps(probability_figures(frame, draws=5), allow_nan=False))

    assert {figures[f"auc{end}"] for end in ("", "_low", "_high", "_unconstrained")} == {None}
    assert figures["brier"] > 0


def test_the_ceiling_is_measured_on_the_rows_whose_truth_is_known():
    frame = probabilities(600)
    chance = np.where(np.arange(600) % 2, frame["predicted"], np.nan)
    figures = ceiling_figures(frame.assign(predicted=frame["as_profile"]), chance)
    known = frame.iloc[1::2]

    assert figures["ceiling_rows"] == 300
    assert figures["auc_ceiling"] == pytest.approx(
        roc_auc_score(known["outcome"], known["predicted"]), abs=1e-6
    )
    assert figures["auc_on_ceiling_rows"] == pytest.approx(
        roc_auc_score(known["outcome"], known["as_profile"]), abs=1e-6
    )


def test_headline_figures_of_the_band_by_hand():
    frame = pd.DataFrame(
        {
            "outcome": [1.0, 1.25, 0.0, 0.5],
            "employed": [1.0, 1, 1, 0],
            "p10": [0.9, 0.9, 0.9, 0.9],
            "p50": [1.0, 1.0, 1.0, 1.0],
            "p90": [1.1, 1.1, 1.1, 1.1],
            "unconstrained": [1.25, 1.25, 1.25, 1.25],
        }
    )
    figures = income_figures(frame)

    assert (figures["rows"], figures["rows_with_income"]) == (4, 2)
    assert figures["mae_log"] == pytest.approx(np.log(1.25) / 2, abs=1e-6)
    assert figures["mae_log_carried_forward"] == figures["mae_log"]  # the median is the last income
    assert figures["mae_log_unconstrained"] == pytest.approx(np.log(1.25) / 2, abs=1e-6)
    assert figures["mae_log_all"] == pytest.approx((np.log(1.25) + np.log(2)) / 3, abs=1e-6)
    assert (figures["coverage_80"], figures["below"], figures["above"]) == (0.25, 0.5, 0.25)
    assert figures["median_width"] == 0.2
    assert figures["pinball_50"] == pytest.approx(
        (np.log(1.25) - np.log(0.05) + np.log(2)) / 8, abs=1e-6
    )


def test_without_a_simulator_there_is_no_ceiling_and_what_is_absent_says_why():
    metrics = judge(
        trained(continuity=probabilities(600), income=bands(600)), None, Path(), SETTINGS
    )

    assert list(metrics) == ["continuity", "income", "default", "collapse_error"]
    assert metrics["default"] == {"absent": "the source holds no loans"}
    assert metrics["collapse_error"] == {"continuity": 1.23e-7}
    assert not [name for name in metrics["continuity"] if "ceiling" in name]


def test_the_simulator_is_asked_for_the_truth_of_rows_spread_over_all(monkeypatch):
    frame = probabilities(600)
    asked = {}

    def continuity(simulator, reference, identifiers, days, draws):
        asked["continuity"] = (list(identifiers), days, draws)
        return np.linspace(0.1, 0.9, len(identifiers))

    def default(simulator, reference, identifiers, draws):
        asked["default"] = (list(identifiers), draws)
        return np.linspace(0.9, 0.1, len(identifiers))

    monkeypatch.setattr(evaluate, "true_continuity", continuity)
    monkeypatch.setattr(evaluate, "true_default", default)
    simulator = SimulatorSettings(people=10, years=15, until=frame["as_of"].max(), seed=1)
    metrics = judge(
        trained(continuity=frame, income=bands(600), default=frame), simulator, Path(), SETTINGS
    )

    people_asked, days, draws = asked["continuity"]
    rows = [frame.index[frame["loan_id"] == loan][0] for loan in asked["default"][0]]
    assert people_asked == frame["person_id"].iloc[rows].tolist()
    assert days == frame["as_of"].iloc[rows].tolist()
    assert (len(rows), rows[0], rows[-1], draws) == (100, 0, 599, 5)
    outcome = frame["outcome"].iloc[rows]
    for model, chance in (("continuity", np.arange(100)), ("default", -np.arange(100))):
        expected = roc_auc_score(outcome, chance)
        assert metrics[model]["auc_ceiling"] == pytest.approx(expected, abs=1e-6)
        assert metrics[model]["ceiling_rows"] == 100


def test_a_breakdown_lists_every_group_of_every_dimension():
    frame = probabilities()
    table = breakdown(frame, "default", draws=20)

    assert table.columns.tolist() == ["dimension", "group", "rows", "rate", *PROBABILITY_FIGURES]
    assert list(dict.fromkeys(table["dimension"])) == [
        "all",
        "month",
        "product",
        "segment",
        "state",
    ]
    assert (table.groupby("dimension")["rows"].sum() == 3000).all()
    assert table.query("dimension == 'month'")["group"].tolist() == [
        "2023-05",
        "2024-05",
        "2025-05",
    ]
    assert table.query("dimension == 'state'")["group"].tolist() == ["09", "19", "unknown"]
    assert "product" not in set(breakdown(frame, "continuity", draws=2)["dimension"])


def test_a_group_has_its_own_figures():
    frame = probabilities()
    table = breakdown(frame, "default", draws=20).set_index(["dimension", "group"])
    part = frame[frame["loan_product"] == "payroll"]
    row = table.loc[("product", "payroll")]

    assert row["rows"] == len(part)
    assert row["rate"] == pytest.approx(part["outcome"].mean())
    assert row["auc"] == pytest.approx(roc_auc_score(part["outcome"], part["predicted"]))
    assert row["auc_low"] < row["auc"] < row["auc_high"]
    assert row["slope"] == pytest.approx(1, abs=0.25)


def test_a_small_group_is_counted_and_not_judged():
    table = breakdown(probabilities(), "continuity", draws=2).set_index(["dimension", "group"])
    row = table.loc[("state", "unknown")]

    assert 0 < row["rows"] < 200
    assert 0 < row["rate"] < 1
    assert row[PROBABILITY_FIGURES].isna().all()


def test_a_group_of_one_class_keeps_what_needs_no_other():
    frame = probabilities()
    frame.loc[frame["segment"] == "A", "outcome"] = 1.0
    table = breakdown(frame, "continuity", draws=5).set_index(["dimension", "group"])
    row = table.loc[("segment", "A")]

    assert row[["auc", "auc_low", "auc_high", "slope", "intercept"]].isna().all()
    assert row[["rows", "rate", "brier", "ece"]].notna().all()


def test_the_band_is_broken_down_by_work_and_by_income():
    frame = bands(6000)
    table = breakdown(frame, "income").set_index(["dimension", "group"])
    at_work = int(frame["employed"].sum())

    assert table.columns.tolist() == ["rows", "coverage", "below", "above", "pinball", "width"]
    assert table.loc["work"].index.tolist() == ["at work", "out of work"]
    assert table.loc[("work", "at work"), "coverage"] == pytest.approx(0.8, abs=0.03)
    assert table.loc[("work", "out of work"), "coverage"] < 0.5
    tenths = table.loc["income_tenth"]
    assert tenths.index.tolist() == [f"{number:02}" for number in range(1, 11)]
    assert tenths["rows"].sum() == at_work
    assert tenths["rows"].between(at_work // 10, at_work // 10 + 1).all()
    assert (table["below"] + table["coverage"] + table["above"]).dropna().round(9).eq(1).all()


def test_the_frame_is_left_as_it_was():
    frame, band = probabilities(600), bands(600)
    copies = frame.copy(), band.copy()
    breakdown(frame, "default", draws=2)
    breakdown(band, "income")

    assert frame.equals(copies[0])
    assert band.equals(copies[1])


def test_an_absent_column_is_named():
    frame = probabilities(300)

    for column, model in (("segment", "continuity"), ("loan_product", "default")):
        with pytest.raises(SourceError, match=f"no column {column}; there are person_id"):
            breakdown(frame.drop(columns=column), model, draws=2)
    with pytest.raises(SourceError, match="no column as_profile"):
        probability_figures(frame.drop(columns="as_profile"), draws=2)
    with pytest.raises(InvalidInputError, match="model: got segment"):
        breakdown(frame, "segment")
