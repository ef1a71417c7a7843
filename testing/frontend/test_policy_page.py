"""Política in its branches, with the network replaced."""

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import httpx
import pytest
from fake_service import FakeService
from streamlit.testing.v1 import AppTest

from frontend.text import say
from solvencia.domain.errors import PolicyError
from solvencia.domain.verdict import read_policy
from testing.client.running import ROOT

TEXT = (ROOT / "business_rules" / "policy.json").read_text(encoding="utf-8")
PD_FIELD = "policy.1.knockouts.4.all.0.value"
BOOK = {
    "approved": 6,
    "referred": 1,
    "declined": 3,
    "approval_rate": 0.6,
    "approved_amount": 90000.0,
    "expected_loss": 4500.0,
    "expected_loss_rate": 0.05,
}
SIMULATION: dict[str, Any] = {
    "decisions": 10,
    "erased": 2,
    "draft_version": "2026-11-01",
    "before": BOOK,
    "after": BOOK | {"approval_rate": 0.5, "approved_amount": 60000.0, "expected_loss": 2000.0},
    "moves": [
        {"before": "approve", "after": "approve", "count": 9},
        {"before": "approve", "after": "decline", "count": 1},
    ],
    "moved": [
        {
            "id": "01932c07-5a10-7000-8000-000000000001",
            "before": "approve",
            "after": "decline",
            "amount_before": 30000.0,
            "amount_after": None,
            "rules": ["PD_TOO_HIGH"],
        }
    ],
}


@pytest.fixture
def service(fake: FakeService) -> FakeService:
    """The fake with the policy in force; it judges drafts as the service does."""
    policy = json.loads(TEXT)
    answer = {"version": policy["version"], "digest": "74c35b450620",
              "effective_from": policy["effective_from"], "policy": policy}  # fmt: skip
    fake.answers["GET", "/policy"] = lambda _: httpx.Response(200, json=answer)
    fake.answers["POST", "/policy/simulate"] = judged(SIMULATION)
    return fake


def judged(simulation: dict[str, Any]) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        draft = json.loads(request.content)["policy"]
        try:
            read_policy(json.dumps(draft), "draft")
        except PolicyError as error:
            told = {"field": "policy", "message": f"allowed: one that loads: draft: {error}"}
            return httpx.Response(422, json={"status": 422, "errors": [told]})
        return httpx.Response(200, json=simulation)

    return answer


def opened(app: AppTest) -> AppTest:
    app.run().switch_page("entries/policy.py").run()
    assert not app.exception
    return app


def shown(app: AppTest) -> str:
    kinds = (app.markdown, app.caption, app.info, app.warning, app.header, app.subheader)
    return "\n".join(str(item.value) for kind in kinds for item in kind)


def set_pd(app: AppTest, percent: float) -> AppTest:
    return app.number_input(key=PD_FIELD).set_value(percent).run()


def drafts(service: FakeService) -> list[dict[str, Any]]:
    return [json.loads(item.content) for item in service.asked if item.method == "POST"]


def test_rules_are_told_in_words_and_as_tables(app: AppTest, service: FakeService) -> None:
    text = shown(opened(app))
    assert "Política 2026-11-01, vigente desde el 01/11/2026 · huella 74c35b450620" in text
    assert "**Probabilidad de incumplimiento: 35 % o más**" in text
    assert "`SCORE_TOO_LOW` · sin el dato, decide un analista" in text
    assert ":red-badge[−30]" in text
    tables = len(app.table)
    app.segmented_control(key="policy.look.es").set_value("tables").run()
    assert not app.exception
    assert len(app.table) == tables + 3


def test_an_untouched_draft_asks_the_service_nothing(app: AppTest, service: FakeService) -> None:
    text = shown(opened(app))
    assert say("policy.changes.none", "es") in text
    assert drafts(service) == []
    assert not app.get("download_button")


def test_a_wrong_value_is_told_at_once_and_not_sent(app: AppTest, service: FakeService) -> None:
    text = shown(set_pd(opened(app), 400.0))
    assert "Debe estar entre 0 % y 100 %." in text
    assert drafts(service) == []
    assert app.button(key="policy.sim.run").disabled
    assert say("policy.sim.blocked", "es") in text
    assert "Debe estar" not in shown(set_pd(app, 34.0))


def test_a_trouble_in_another_part_is_told_with_its_place(
    app: AppTest, service: FakeService
) -> None:
    set_pd(opened(app), 400.0)
    app.segmented_control(key="policy.section").set_value("offers").run()
    assert not app.exception
    assert "**PD_TOO_HIGH · Probabilidad de incumplimiento** Debe estar entre" in shown(app)


def test_cases_that_change_are_accepted_one_by_one(app: AppTest, service: FakeService) -> None:
    text = shown(set_pd(opened(app), 30.0))
    assert "PD_TOO_HIGH · Probabilidad de incumplimiento: 35 % → 30 %" in text
    assert "**Grade E has no offer**" in text
    assert app.button(key="policy.sim.run").disabled
    app.button(key="policy.case.0").click().run()
    assert not app.exception
    text = shown(app)
    assert "Caso «Grade E has no offer»: resultado aceptado" in text
    assert say("policy.status.accepted", "es") in text
    assert not app.button(key="policy.sim.run").disabled
    # Only tried on nothing so far.
    assert {item["until"] for item in drafts(service)} == {"2000-01-01T00:00:00Z"}


def test_undoing_brings_back_values_cases_and_fields(app: AppTest, service: FakeService) -> None:
    set_pd(opened(app), 30.0)
    app.button(key="policy.case.0").click().run()
    app.button(key="policy.undo.knockouts.4.all.0.value").click().run()
    assert not app.exception
    assert app.number_input(key=PD_FIELD.replace(".1.", ".2.", 1)).value == 35.0
    assert say("policy.changes.none", "es") in shown(app)
    assert app.session_state["policy.draft"] == json.loads(TEXT)


def test_undo_all_begins_again(app: AppTest, service: FakeService) -> None:
    opened(app).segmented_control(key="policy.section").set_value("offers").run()
    app.text_input(key="policy.1.offers.payroll.A.terms").set_value("12, dos").run()
    assert say("policy.error.terms", "es") in shown(app)
    app.button(key="policy.undo_all").click().run()
    assert app.text_input(key="policy.2.offers.payroll.A.terms").value == "12, 24, 36, 48, 60"
    assert app.session_state["policy.draft"] == json.loads(TEXT)


@pytest.mark.parametrize("section", ["referrals", "adjustments", "grades", "offers", "general"])
def test_every_part_can_be_edited(app: AppTest, service: FakeService, section: str) -> None:
    opened(app).segmented_control(key="policy.section").set_value(section).run()
    assert not app.exception
    field = next(item for item in app.number_input if (item.key or "").startswith("policy.1."))
    field.set_value(field.value + 1).run()
    assert not app.exception
    assert app.session_state["policy.draft"] != json.loads(TEXT)


def test_simulation_asks_for_the_period_and_tells_the_answer_first(
    app: AppTest, service: FakeService
) -> None:
    opened(app).date_input(key="policy.sim.since").set_value(date(2026, 11, 1)).run()
    app.date_input(key="policy.sim.until").set_value(date(2026, 11, 20)).run()
    app.number_input(key="policy.sim.lgd").set_value(40.0).run()
    app.button(key="policy.sim.run").click().run()
    assert not app.exception
    [asked] = drafts(service)
    assert asked["policy"] == json.loads(TEXT)
    assert asked["since"] == "2026-11-01T00:00:00-06:00"
    assert asked["until"] == "2026-11-21T00:00:00-06:00"
    assert asked["loss_given_default"] == 0.4
    text = shown(app)
    assert "De 10 decisiones, 1 cambia de resultado" in text
    assert ":small[antes 60.0 %]  \n:small[**−10.0 pp**]" in text
    assert ":small[antes \\$4,500.00]  \n:small[**−\\$2,500.00**]" in text
    assert ":small[antes 5.0 %]  \n:small[**sin cambio**]" in text
    assert "2 decisiones cuyos datos se borraron" in text
    assert "/decisiones?id=01932c07" in app.table[-1].value.to_string()


def test_a_period_that_ends_before_it_begins_is_not_asked(
    app: AppTest, service: FakeService
) -> None:
    opened(app).date_input(key="policy.sim.since").set_value(date(2026, 11, 20)).run()
    app.date_input(key="policy.sim.until").set_value(date(2026, 11, 1)).run()
    assert say("policy.sim.order", "es") in shown(app)
    assert app.button(key="policy.sim.run").disabled


def test_a_simulation_of_an_older_draft_says_so(app: AppTest, service: FakeService) -> None:
    opened(app).button(key="policy.sim.run").click().run()
    assert say("policy.sim.stale", "es") not in shown(app)
    assert say("policy.sim.stale", "es") in shown(set_pd(app, 34.0))


def test_no_decisions_in_the_period(app: AppTest, service: FakeService) -> None:
    service.answers["POST", "/policy/simulate"] = judged(
        SIMULATION | {"decisions": 0, "moves": [], "moved": [], "erased": 0}
    )
    opened(app).button(key="policy.sim.run").click().run()
    assert say("policy.sim.empty", "es") in shown(app)


def test_the_export_asks_for_another_version(app: AppTest, service: FakeService) -> None:
    set_pd(opened(app), 34.0)
    version = app.text_input(key="policy.export.version")
    assert version.value != "2026-11-01"
    version.set_value("2026-11-01").run()
    assert say("policy.export.version.same", "es") in shown(app)
    app.text_input(key="policy.export.version").set_value("nueva").run()
    assert say("policy.export.version.wrong", "es") in shown(app)
    [button] = app.get("download_button")
    assert button.proto.disabled
    app.text_input(key="policy.export.version").set_value("2026-12-01.2").run()
    [button] = app.get("download_button")
    assert not button.proto.disabled


def test_a_partner_reads_the_rules_and_edits_nothing(app: AppTest, service: FakeService) -> None:
    service.role = "partner"
    text = shown(opened(app))
    assert "**Probabilidad de incumplimiento: 35 % o más**" in text
    assert text.count(say("needs.analyst", "es")) == 2
    assert not app.number_input
    assert not app.button


def test_an_outage_keeps_the_draft(app: AppTest, service: FakeService) -> None:
    set_pd(opened(app), 34.0)
    service.state = "away"
    set_pd(app, 33.0)
    app.run()
    assert not app.exception
    text = shown(app)
    assert say("away", "es") in text
    assert "35 % → 33 %" in text
    assert say("policy.status.unchecked", "es") in text
    service.state = "ready"
    app.run()
    app.run()
    assert say("policy.status.accepted", "es") in shown(app)


def test_away_at_the_start(app: AppTest, service: FakeService) -> None:
    app.run()
    service.state = "away"
    app.switch_page("entries/policy.py").run()
    app.run()
    assert not app.exception
    assert say("away", "es") in shown(app)


def test_a_policy_published_meanwhile_is_told_and_the_draft_kept(
    app: AppTest, service: FakeService
) -> None:
    set_pd(opened(app), 34.0)
    newer = deepcopy(json.loads(TEXT)) | {"version": "2026-12-01"}
    answer = {"version": "2026-12-01", "digest": "0", "effective_from": "2026-12-01",
              "policy": newer}  # fmt: skip
    service.answers["GET", "/policy"] = lambda _: httpx.Response(200, json=answer)
    text = shown(app.run())
    assert "entró en vigor la política 2026-12-01" in text
    assert "35 % → 34 %" in text
    app.button(key="policy.undo_all").click().run()
    assert "entró en vigor" not in shown(app)
    assert app.session_state["policy.draft"] == newer


def test_a_change_of_language_keeps_the_open_tab(app: AppTest, service: FakeService) -> None:
    page = opened(app)
    page.session_state["policy.tab.es"] = say("policy.tab.draft", "es")
    page.run().segmented_control(key="language").set_value("en").run()
    assert page.session_state["policy.tab"] == "draft"
    page.switch_page("entries/model.py").run().switch_page("entries/policy.py").run()
    assert page.session_state["policy.tab"] == "draft"


def test_in_english(app: AppTest, service: FakeService) -> None:
    opened(app).segmented_control(key="language").set_value("en").run()
    assert not app.exception
    assert "**Probability of default: 35 % or more**" in shown(app)
