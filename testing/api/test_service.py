import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.settings import Settings
from solvencia.domain.features import FEATURES
from testing.api.conftest import Serve
from testing.conftest import ROOT

POLICY = ROOT / "business_rules" / "policy.json"


def test_live_and_ready(client: TestClient) -> None:
    for name in ("live", "ready"):
        assert client.get(f"/health/{name}").json() == {"status": "ok", "problem": None}


def broken_model(model: Path, target: Path) -> Path:
    shutil.copytree(model, target)
    card = target / "continuity.json"
    card.write_text(card.read_text(encoding="utf-8").replace("0.1", "0.2", 1), encoding="utf-8")
    return target


def wrong_policy(target: Path) -> Path:
    policy = json.loads(POLICY.read_text(encoding="utf-8"))
    policy["cases"][0]["expect"]["final_score"] = 1
    target.write_text(json.dumps(policy), encoding="utf-8")
    return target


@pytest.mark.parametrize("case", ["no model", "altered model", "policy whose case fails"])
def test_without_a_sound_model_and_policy_nothing_is_decided(
    case: str, model_directory: Path, tmp_path: Path, serve: Serve
) -> None:
    model, policy, named = {
        "no model": (tmp_path / "none", POLICY, "no model here"),
        "altered model": (
            broken_model(model_directory, tmp_path / "broken"),
            POLICY,
            "continuity.json",
        ),
        "policy whose case fails": (
            model_directory,
            wrong_policy(tmp_path / "policy.json"),
            "stated 1",
        ),
    }[case]
    with serve(model_uri=str(model), policy_file=policy) as client:
        assert client.get("/health/live").status_code == 200
        ready = client.get("/health/ready")
        assert ready.status_code == 503
        assert ready.headers["retry-after"] == "5"
        assert named in ready.json()["detail"]
        body = {"profile": {"monthly_income": 9000, "age": 30, "months_in_current_job": 3}}
        assert client.post("/score", json=body).status_code == 503


def test_the_published_schema_describes_the_form(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    profile: dict[str, Any] = schema["components"]["schemas"]["Profile"]["properties"]
    assert profile["monthly_income"]["title"] == "Ingreso mensual"
    assert profile["monthly_income"]["title_en"] == "Monthly income"
    assert profile["monthly_income"]["unit"] == "MXN"
    assert "state" in profile
    examples = schema["paths"]["/score"]["post"]["requestBody"]["content"]["application/json"][
        "examples"
    ]
    assert set(examples) == {"history", "profile"}


def test_every_contribution_names_a_feature_that_the_model_describes(client: TestClient) -> None:
    titles = {item["name"]: item["title"] for item in client.get("/model").json()["features"]}
    assert titles == {name: info.title for name, info in FEATURES.items()}
    body = {"profile": {"monthly_income": 9000, "age": 30, "months_in_current_job": 3}}
    for item in client.post("/score", json=body).json()["explanation"]["contributions"]:
        assert item["feature"] in titles


def test_the_model_comes_with_its_card(model_directory: Path, tmp_path: Path, serve: Serve) -> None:
    with serve() as client:
        answer = client.get("/model").json()
        assert answer["card"] is None
    model = Path(shutil.copytree(model_directory, tmp_path / "model"))
    text = f"# Model card {answer['version']}\n\n> **Synthetic data.**\n"
    (model / "model_card.md").write_text(text, encoding="utf-8")
    with serve(model_uri=str(model)) as client:
        assert client.get("/model").json() == {**answer, "card": text}


def test_the_model_comes_with_its_calibration(
    model_directory: Path, tmp_path: Path, serve: Serve
) -> None:
    with serve() as client:
        answer = client.get("/model").json()
        assert answer["calibration"] == {}
    groups = {"default": [{"rows": 40, "predicted": 0.1, "observed": 0.125}]}
    model = Path(shutil.copytree(model_directory, tmp_path / "model"))
    text = json.dumps({"version": answer["version"], "models": groups})
    (model / "calibration.json").write_text(text, encoding="utf-8")
    with serve(model_uri=str(model)) as client:
        assert client.get("/model").json() == {**answer, "calibration": groups}


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_URI", "/somewhere/else")
    assert Settings().model_uri == "/somewhere/else"
