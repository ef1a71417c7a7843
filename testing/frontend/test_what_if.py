"""What may be moved in a decided request, and how the answer differs then."""

import json
from copy import deepcopy
from typing import Any

import httpx
import pytest
from fake_service import FakeService
from streamlit.testing.v1 import AppTest

from frontend.schema import Field, Part, request_part
from frontend.text import say
from frontend.what_if import Lever, levers, measures, patch

PROFILE: dict[str, Any] = {
    "profile": {"monthly_income": 18543.0, "age": 35, "months_in_current_job": 48}
}


@pytest.fixture
def parts(document: dict[str, Any]) -> dict[Part, Field]:
    return {"profile": request_part(document, "profile"), "loan": request_part(document, "loan")}


def by_name(found: list[Lever]) -> dict[str, Lever]:
    return {lever.name: lever for lever in found}


def test_levers_of_a_profile_and_of_the_loan_decided(
    parts: dict[Part, Field], decision: Any
) -> None:
    found = by_name(levers(parts, PROFILE, decision))
    assert list(found) == [
        "profile.monthly_income",
        "profile.months_in_current_job",
        "loan.amount",
        "loan.term_months",
    ]
    assert found["loan.amount"].value == 30000


def test_a_history_moves_the_loan_alone(parts: dict[Part, Field], decision: Any) -> None:
    found = levers(parts, {"history": {}}, decision)
    assert [lever.part for lever in found] == ["loan", "loan"]


@pytest.mark.parametrize("amount", [500.0, 30000.0, 33333.33, 5_000_000.0])
def test_steps_lead_to_the_value_as_it_is_and_stay_within_bounds(
    parts: dict[Part, Field], decision: Any, amount: float
) -> None:
    decision["loan"]["amount"] = amount
    for lever in levers(parts, PROFILE, decision):
        steps = (lever.value - lever.low) / lever.step
        assert steps == pytest.approx(round(steps))
        assert lever.low <= lever.value <= lever.high
        assert lever.low < lever.high
        assert lever.field.minimum is None or lever.low >= lever.field.minimum
        assert lever.field.maximum is None or lever.high <= lever.field.maximum


def test_a_patch_holds_what_was_moved(decision: Any) -> None:
    request = PROFILE | {"loan": {"product": "personal", "amount": 1.0, "term_months": 6}}
    moved = {"profile.monthly_income": 20000.0, "loan.amount": 9000.0}
    assert patch(moved, request, decision) == {
        "profile": {"monthly_income": 20000.0},
        "loan": {"amount": 9000.0},
    }
    assert patch({}, request, decision) == {}


def test_the_standard_loan_is_sent_whole(decision: Any) -> None:
    assert patch({"loan.term_months": 24}, PROFILE, decision) == {
        "loan": {"product": "personal", "amount": 30000.0, "term_months": 24}
    }


def test_months_in_a_job_end_the_months_without_one(decision: Any) -> None:
    request = {"profile": {"months_in_current_job": 0, "months_unemployed": 5}}
    moved = patch({"profile.months_in_current_job": 6}, request, decision)
    assert moved == {"profile": {"months_in_current_job": 6, "months_unemployed": 0}}


def test_differences_say_how_much_and_whether_for_the_better(decision: Any) -> None:
    after = deepcopy(decision) | {"final_score": 641, "pd": 0.1}
    after["offer"] |= {"amount": 30000.0, "monthly_payment": 2500.0}
    shown = {item.name: item for item in measures(decision, after, "es")}
    assert (shown["score"].difference, shown["score"].colour) == ("\u221220", "red")
    assert (shown["pd"].difference, shown["pd"].colour) == ("\u22122.3 pp", "green")
    assert (shown["amount"].difference, shown["amount"].colour) == ("+$4,600.00", "green")
    assert (shown["payment"].difference, shown["payment"].colour) == ("+$371.60", "gray")
    assert (shown["term"].shown, shown["term"].difference) == ("18 meses", None)


def test_an_offer_that_goes_away(decision: Any) -> None:
    shown = {
        item.name: item for item in measures(decision, decision | {"offer": None, "pd": None}, "es")
    }
    assert (shown["amount"].shown, shown["amount"].was) == ("—", "$25,400.00")
    assert shown["amount"].difference is None


AMOUNT = "what_if.01932c07-5a10-7000-8000-000000000001.loan.amount"


def answering(fake: FakeService, after: dict[str, Any]) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        body = {"before": fake.decision, "after": fake.decision | after, "differences": []}
        return httpx.Response(200, json=body)

    fake.answers["POST", "/what-if"] = answer


def moved_metrics(app: AppTest) -> dict[str, str]:
    return {item.label: item.value for item in app.metric if item.delta}


def test_a_slider_asks_what_if_and_nothing_is_decided(app: AppTest, fake: FakeService) -> None:
    answering(fake, {"outcome": "refer", "final_score": 600})
    app.run().button(key="profile.submit").click().run()
    assert not fake.asked
    app.slider(key=AMOUNT).set_value(40000.0).run()
    assert not app.exception
    sent = json.loads(fake.asked[0].content)
    assert sent["changes"] == {"loan": {"amount": 40000.0}}
    assert sent["request"] == fake.requests[0]
    assert moved_metrics(app)["Puntaje final"] == "600"
    assert "Referido a analista" in app.header[-1].value
    assert len(fake.requests) == 1
    assert "Aprobado" in app.header[0].value


def test_sliders_are_put_back(app: AppTest, fake: FakeService) -> None:
    answering(fake, {"final_score": 600})
    app.run().button(key="profile.submit").click().run()
    app.slider(key=AMOUNT).set_value(40000.0).run()
    app.button(key="what_if.back").click().run()
    assert app.slider(key=AMOUNT).value == 30000.0
    assert moved_metrics(app)["Puntaje final"] == "661"


def test_what_the_service_refuses_is_told(app: AppTest, fake: FakeService) -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        error = {"field": "loan.amount", "message": "", "value": "9", "allowed": "≥ 500"}
        return httpx.Response(422, json={"status": 422, "errors": [error]})

    fake.answers["POST", "/what-if"] = refuse
    app.run().button(key="profile.submit").click().run()
    app.slider(key=AMOUNT).set_value(40000.0).run()
    assert not app.exception
    assert any("Se permite ≥ 500; se recibió 9." in item.value for item in app.markdown)


def test_a_service_that_goes_away_meanwhile_is_told_once(app: AppTest, fake: FakeService) -> None:
    answering(fake, {"final_score": 600})
    app.run().button(key="profile.submit").click().run()
    fake.state = "away"
    app.slider(key=AMOUNT).set_value(40000.0).run()
    assert not app.exception
    assert [item.value for item in app.info] == [say("away", "es")]
    fake.state = "ready"
    app.run()
    assert moved_metrics(app)["Puntaje final"] == "600"
