"""The decision as it is shown: against the state's incomes, with its segment, and to keep."""

from typing import Any

import httpx
import pytest
from fake_service import FEATURES, STATE_INCOME, FakeService
from streamlit.testing.v1 import AppTest

from frontend.charts import decision as charts
from frontend.charts.palette import DARK, LIGHT
from frontend.explanation import rules, state_of, steps, typical_of
from frontend.text import LANGUAGES, Language, say
from frontend.verdict import address

SEGMENT: Any = {
    "code": "B",
    "name": "Cotiza continuo",
    "name_en": "Steady contributions",
    "typical": {
        "monthly_income": 14651.62,
        "months_in_current_job": 20.18,
        "months_unemployed": 0.31,
        "contribution_density": 0.9126,
        "employers_5y": 2.44,
        "age": 37.12,
    },
}


def adjustment(points: float, text: str) -> Any:
    return {
        "code": "X",
        "source": "adjustment",
        "adverse": points < 0,
        "points": points,
        "text": text,
        "text_en": text,
    }


def assess(app: AppTest) -> AppTest:
    return app.button(key="profile.submit").click().run()


def captions(app: AppTest) -> str:
    return "\n".join(item.value for item in app.caption)


def test_rules_have_steps_of_their_own(decision: Any) -> None:
    decision["reasons"] += [adjustment(20.0, "Mucha antigüedad."), adjustment(-10.0, "Huecos.")]
    assert rules(decision, "es") == [("Regla: Mucha antigüedad", 20.0), ("Regla: Huecos", -10.0)]
    found = steps(decision, {}, {}, "es")
    assert [step.name for step in found if step.rule] == [
        "Regla: Mucha antigüedad",
        "Regla: Huecos",
    ]
    assert found[-1].end == decision["final_score"]


def test_rules_that_do_not_account_for_all_points_are_one_step(decision: Any) -> None:
    decision["reasons"] += [adjustment(20.0, "Mucha antigüedad.")]
    assert rules(decision, "es") == [("Ajustes de la política", 10.0)]
    decision["explanation"]["adjustment_points"] = 0
    decision["reasons"] = []
    assert rules(decision, "es") == []


@pytest.mark.parametrize(
    ("request_", "state"),
    [
        ({"profile": {"state": "09"}}, "09"),
        ({"profile": {"age": 30}}, None),
        (
            {
                "history": {
                    "spells": [
                        {"start_date": "2024-01-01", "state": "15"},
                        {"start_date": "2020-01-01", "state": "09"},
                    ]
                }
            },
            "15",
        ),
        ({"history": {"spells": []}}, None),
        ({}, None),
    ],
)
def test_the_state_of_an_applicant(request_: Any, state: str | None) -> None:
    assert state_of(request_) == state


def test_what_is_typical_of_a_segment() -> None:
    assert typical_of(SEGMENT, "es") == (
        "Lo típico del segmento: $14,652 al mes, 37 años de edad, 20 meses en el empleo, "
        "2.4 patrones en 5 años, cotizó 91 % del tiempo."
    )
    jobless = SEGMENT["typical"] | {"months_in_current_job": 0.0, "months_unemployed": 13.6}
    assert "14 months without formal work" in typical_of(SEGMENT | {"typical": jobless}, "en")
    assert "in the job" not in typical_of(SEGMENT | {"typical": jobless}, "en")
    assert typical_of(SEGMENT | {"typical": {}}, "es") == ""


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_an_income_outside_all_deciles_is_on_the_chart(language: Language, palette: Any) -> None:
    bounds = STATE_INCOME["income_bounds"]
    band: Any = {"p10": 900.0, "p50": 1000.0, "p90": 250_000.0}
    chart = charts.income_band(band, 400_000.0, language, palette, bounds).to_dict()
    [domain] = {
        tuple(layer["encoding"]["x"]["scale"]["domain"])
        for layer in chart["layer"]
        if "scale" in layer["encoding"]["x"]
    }
    assert domain[0] < 900
    assert domain[1] > 400_000
    rows = [row for table in chart["datasets"].values() for row in table]
    assert [row["name"] for row in rows if "shade" in row] == [str(n) for n in range(1, 11)]
    assert "$400,000" in " ".join(str(row.get("shown")) for row in rows)


def test_without_deciles_or_income_only_the_band_is_drawn() -> None:
    band: Any = {"p10": 9000.0, "p50": 9000.0, "p90": 9000.0}
    assert len(charts.income_band(band, None, "es", LIGHT).to_dict()["layer"]) == 2


def test_a_long_name_of_a_step_goes_on_in_a_second_line() -> None:
    step = charts.Step("palabra " * 12, 1, 2, "gain", "+1", rule=True)
    chart = charts.waterfall([step], LIGHT).to_dict()
    [[row]] = chart["datasets"].values()
    assert row["name"].count("\n") == 1
    assert row["name"].replace("\n", " ") == step.name.strip()


def test_the_address_of_a_decision_outside_a_browser() -> None:
    assert address("01a") == "/decisiones?id=01a"


def test_the_band_stands_before_the_deciles_of_the_state(app: AppTest) -> None:
    assess(app.run())
    assert not app.exception
    assert "Ciudad de México" in captions(app)


@pytest.mark.parametrize("answer", [{"status": 404}, STATE_INCOME | {"income_bounds": None}])
def test_a_state_without_incomes_leaves_the_band_alone(
    app: AppTest, fake: FakeService, answer: Any
) -> None:
    status = answer.get("status", 200)
    fake.answers["GET", "/model/states/09"] = lambda _: httpx.Response(status, json=answer)
    assess(app.run())
    assert not app.exception
    assert not app.warning
    assert say("income.note", "es") in captions(app)
    assert "Ciudad de México" not in captions(app)


@pytest.mark.parametrize(("version", "told"), [("5e42d062918f", True), ("0123456789ab", False)])
def test_a_segment_is_described_by_the_model_that_decided(
    app: AppTest, fake: FakeService, version: str, told: bool
) -> None:
    model = {"version": version, "features": FEATURES, "segments": [SEGMENT]}
    fake.answers["GET", "/model"] = lambda _: httpx.Response(200, json=model)
    assess(app.run())
    assert not app.exception
    assert ("Lo típico del segmento: \\$14,652" in captions(app)) is told


def test_the_decision_can_be_copied_and_opened(app: AppTest, fake: FakeService) -> None:
    assess(app.run())
    blocks = [item.value for item in app.code]
    assert any(fake.decision["id"] in text and "decisiones?id=" in text for text in blocks)
    assert any('"final_score": 661' in text for text in blocks)
    [link] = app.get("page_link")
    assert fake.decision["id"] in link.proto.query_string
    assert say("keep.pdf", "es") in [item.proto.label for item in app.get("download_button")]
