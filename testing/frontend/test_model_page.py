"""Modelo, with the network replaced, and what it shows held against what training prints."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fake_service import FEATURES, FakeService
from streamlit.testing.v1 import AppTest

from frontend.charts import model as charts
from frontend.charts.palette import LIGHT
from frontend.model import card as cards
from frontend.model import figures, tables
from frontend.text import LANGUAGES, Language, say
from solvencia.artifact import read_model
from solvencia.domain import scorecard as domain
from solvencia.domain import stability
from solvencia.training.printing import readable
from solvencia_client.types import CalibrationGroup

GROUPS: list[CalibrationGroup] = [
    {"rows": 100, "predicted": 0.1, "observed": 0.12},
    {"rows": 100, "predicted": 0.6, "observed": 0.55},
]


@pytest.fixture(scope="session")
def artifact(model_directory: Path) -> dict[str, dict[str, Any]]:
    """The scorecards of a small model that was really trained, as they are published."""
    return {
        name: json.loads((model_directory / f"{name}.json").read_text())
        for name in read_model(model_directory).scorecards
    }


@pytest.fixture
def model(model_directory: Path, artifact: dict[str, Any]) -> dict[str, Any]:
    found = read_model(model_directory)
    outline = [
        {"name": name, "tables": len(card["tables"]), "cells": 9, "features": []}
        for name, card in artifact.items()
    ]
    return {
        "version": found.version,
        "synthetic": True,
        "challenger": None,
        "card": None,
        "provenance": dict(found.provenance),
        "metrics": json.loads(json.dumps(found.metrics)),
        "calibration": {},
        "features": FEATURES,
        "scorecards": outline,
        "segments": [],
    }


Opened = Callable[[], AppTest]


@pytest.fixture
def opened(
    app: AppTest, fake: FakeService, model: dict[str, Any], artifact: dict[str, Any]
) -> Opened:
    """Opens the page upon the model as the test left it."""
    fake.answers["GET", "/model"] = lambda request: httpx.Response(200, json=model)
    for name, card in artifact.items():
        path = f"/model/scorecards/{name}"
        fake.answers["GET", path] = lambda request, card=card: httpx.Response(200, json=card)

    def start() -> AppTest:
        found: AppTest = app.run().switch_page("entries/model.py").run()
        assert not found.exception
        return found

    return start


def shown(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.info, app.warning, app.subheader)
    return "\n".join(str(item.value) for kind in kinds for item in kind)


def test_the_summary_says_what_the_figures_mean(opened: Opened, model: dict[str, Any]) -> None:
    app = opened()
    metrics = model["metrics"]
    values = [item.value for item in app.metric]
    assert f"{metrics['continuity']['auc'] * 100:.1f} %" in values
    assert f"{metrics['income']['coverage_80'] * 100:.1f} %" in values
    text = shown(app)
    assert say("synthetic", "es") in text
    assert "Intervalo de 95 %:" in text
    assert f"{round(metrics['default']['auc'] * 100)} de cada 100 pares" in text


def test_calibration_is_drawn_by_groups_where_they_were_kept(
    opened: Opened, model: dict[str, Any]
) -> None:
    model["calibration"] = {"default": GROUPS}
    app = opened()
    assert say("model.calibration.groups", "es") in shown(app)
    assert say("model.calibration.line", "es") in shown(app)
    model["calibration"]["continuity"] = GROUPS
    assert say("model.calibration.line", "es") not in shown(opened())


def test_a_model_that_could_not_be_trained_says_why(opened: Opened, model: dict[str, Any]) -> None:
    model["metrics"]["default"] = {"absent": "no loans"}
    assert say("model.absent", "es", reason="no loans") in shown(opened())


def test_without_a_card_and_a_challenger_it_says_what_to_do(opened: Opened) -> None:
    text = shown(opened())
    assert "make promote" in text
    assert "CHALLENGER_URI" in text


def test_the_card_is_shown_below_the_title(opened: Opened, model: dict[str, Any]) -> None:
    model["card"] = "# Model card 1\n![ROC](plots/roc.png)"
    text = shown(opened())
    assert "## Model card 1" in text
    assert "plots/roc.png" not in text
    assert "imagen del reporte: ROC" in text


def test_a_challenger_stands_beside_the_champion(
    opened: Opened, fake: FakeService, model: dict[str, Any]
) -> None:
    other = json.loads(json.dumps(model)) | {"version": "5e42d062918f"}
    other["metrics"]["default"] |= {"auc": 0.99, "auc_low": 0.985, "auc_high": 0.995}
    model["challenger"] = other["version"]
    fake.answers["GET", "/model"] = lambda request: httpx.Response(
        200, json=other if request.url.params.get("of") == "challenger" else model
    )
    text = shown(opened())
    assert say("model.challenger.better", "es", model="Incumplimiento") in text
    assert say("model.challenger.even", "es", model="Conservar el ingreso") in text


def test_a_partner_is_told_why_the_challenger_is_not_there(
    opened: Opened, fake: FakeService, model: dict[str, Any]
) -> None:
    model["challenger"], fake.role = "5e42d062918f", "partner"
    assert say("needs.analyst", "es") in shown(opened())
    assert not [request for request in fake.asked if request.url.params.get("of")]


def test_another_table_is_chosen(opened: Opened) -> None:
    app = opened()
    app.selectbox(key="model.card.es").set_value("default").run()
    assert not app.exception
    assert say("model.unit.default", "es") in shown(app)


def test_a_service_that_fails_is_told_calmly(app: AppTest, fake: FakeService) -> None:
    fake.answers["GET", "/model"] = lambda request: httpx.Response(500, json={"status": 500})
    app.run().switch_page("entries/model.py").run()
    assert not app.exception
    assert [item.value for item in app.warning] == [say("failed", "es")]


def test_points_are_those_that_training_prints(
    model_directory: Path, artifact: dict[str, Any]
) -> None:
    assert tables.POINTS_PER_MARGIN == domain.POINTS_PER_MARGIN
    for name, card in read_model(model_directory).scorecards.items():
        for place, table in enumerate(card.tables):
            points, bins = readable(card, table)
            mine = tables.printed(artifact[name], place, {}, {}, "es")
            assert mine.points.tolist() == points.tolist()
            assert [len(labels) for labels in mine.labels] == [item.missing + 1 for item in bins]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_table_can_be_drawn(artifact: dict[str, Any], language: Language) -> None:
    for card in artifact.values():
        for place in tables.of_kind(card, 1)[:2]:
            charts.single(tables.printed(card, place, {}, {}, language), LIGHT).to_dict()
        for place in tables.of_kind(card, 2)[:2]:
            charts.pair(tables.printed(card, place, {}, {}, language), language, LIGHT).to_dict()


@pytest.mark.parametrize(
    ("edges", "unit", "labels"),
    [
        ([0.4, 0.955], "share", ["Menos de 40 %", "De 40 % a menos de 95.5 %", "95.5 % o más"]),
        ([5500.0], "MXN", ["Menos de $5,500", "$5,500 o más"]),
        ([2.0, 3.0, 6.0], "decile", ["1 o menos", "2", "De 3 a 5", "6 o más"]),
        ([], "months", ["Cualquier valor"]),
    ],
)
def test_cells_in_words(edges: list[float], unit: str, labels: list[str]) -> None:
    assert tables.cell_labels(edges, unit, "", "es") == (*labels, "Sin dato")


def test_groups_are_drawn_with_their_intervals_and_one_point_where_there_are_none() -> None:
    whole = {"mean_predicted": 0.2, "rate": 0.19, "rows": 400}
    kept = figures.calibration_groups(whole, GROUPS)
    assert list(kept["observed"]) == [0.12, 0.55]
    assert (kept["low"] < kept["observed"]).all()
    assert (kept["observed"] < kept["high"]).all()
    assert len(figures.calibration_groups(whole)) == 1
    assert figures.calibration_groups({}).empty


def test_thresholds_are_those_of_monitoring() -> None:
    assert (figures._MOVED, figures._SHIFTED) == (stability.MOVED, stability.SHIFTED)


def test_models_are_compared_by_their_intervals() -> None:
    low, high = {"auc_low": 0.7, "auc_high": 0.8}, {"auc_low": 0.81, "auc_high": 0.9}
    assert figures.compared(low, high) == "better"
    assert figures.compared(high, low) == "worse"
    assert figures.compared(low, low) == "even"
    assert figures.compared(low, {"auc_low": None, "auc_high": None}) is None


def test_the_card_goes_a_level_lower() -> None:
    assert cards.shown("# A\n## B", "es") == "## A\n### B"
