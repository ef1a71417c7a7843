"""What an analyst adds to a decision, with the service in memory."""

import httpx
import pytest
from fake_service import FakeService
from kept_decisions import ID, REVIEW, THIRD, Kept, button, opened, part, shown
from streamlit.testing.v1 import AppTest

from frontend.text import say


@pytest.fixture
def kept(fake: FakeService) -> Kept:
    return Kept(fake)


@pytest.fixture
def page(app: AppTest, kept: Kept) -> AppTest:
    return app.run().switch_page("entries/decisions.py")


# Settling.


def test_referrals_are_settled_one_after_another(page: AppTest, kept: Kept) -> None:
    page.session_state["decisions.in_queue"] = True
    page.run()
    assert list(page.dataframe[0].value["reference"]) == ["cliente-1", "cliente-3"]
    button(page, "queue.start").click().run()
    assert "Referido 1 de 2" in shown(page)
    page.text_area(key=f"decisions.note.{ID}").set_value("Comprobó su ingreso")
    button(page, "approve").click().run()
    assert not page.exception
    assert kept.reviews == [{"outcome": "approve", "note": "Comprobó su ingreso"}]
    assert [item.value for item in page.toast] == ["Aprobado: cliente-1"]
    assert page.query_params["id"] == THIRD
    assert "Referido 1 de 1" in shown(page)
    page.text_area(key=f"decisions.note.{THIRD}").set_value("Sin comprobantes")
    button(page, "decline").click().run()
    assert kept.reviews[-1] == {"outcome": "decline", "note": "Sin comprobantes"}
    assert "id" not in page.query_params
    assert say("decisions.queue.done", "es") in shown(page)


def test_a_referral_is_left_for_later(page: AppTest, kept: Kept) -> None:
    button(opened(page, queue=True), "queue.skip").click().run()
    assert page.query_params["id"] == THIRD
    assert "Referido 2 de 2" in shown(page)
    assert not kept.reviews


def test_a_note_stays_while_another_page_is_looked_at(page: AppTest, kept: Kept) -> None:
    opened(page).text_area(key=f"decisions.note.{ID}").set_value("Comprobó su").run()
    page.switch_page("entries/model.py").run()
    page.switch_page("entries/decisions.py")
    page.query_params["id"] = ID
    assert page.run().text_area(key=f"decisions.note.{ID}").value == "Comprobó su"


def test_a_settlement_needs_a_note(page: AppTest, kept: Kept) -> None:
    opened(page).text_area(key=f"decisions.note.{ID}").set_value(" ab ")
    button(page, "approve").click().run()
    assert say("decisions.note.short", "es", low=3) in shown(page)
    assert not kept.reviews


def test_a_settlement_says_who_and_when(page: AppTest, kept: Kept) -> None:
    kept.details[ID]["reviews"] = [REVIEW]
    opened(page)
    told = "**Rechazado** por key-7 el 20/11/2026 20:10: «Sin \\*comprobante\\* de \\$5»"
    assert [item.value for item in page.error] == [told]
    page.text_area(key=f"decisions.note.{ID}").set_value("Trajo el comprobante")
    button(page, "approve").click().run()
    assert kept.reviews == [{"outcome": "approve", "note": "Trajo el comprobante"}]
    assert "**Aprobado** por Mesa" in page.success[0].value


def test_a_settlement_by_somebody_else_meanwhile_is_shown_and_nothing_sent(
    page: AppTest, kept: Kept
) -> None:
    opened(page).text_area(key=f"decisions.note.{ID}").set_value("Comprobó su ingreso")
    kept.details[ID]["reviews"] = [REVIEW]
    button(page, "approve").click().run()
    assert not kept.reviews
    assert say("decisions.overtaken", "es") in shown(page)
    assert "**Rechazado** por key-7" in page.error[0].value
    assert page.text_area(key=f"decisions.note.{ID}").value == "Comprobó su ingreso"


def test_partners_see_no_settling(page: AppTest, fake: FakeService) -> None:
    fake.role = "partner"
    page.session_state["access"] = {"id": "k", "name": "Banco", "role": "partner"}
    page.run()
    assert not page.tabs
    assert say("decisions.partner", "es") in shown(page)
    opened(page)
    assert say("decisions.waits", "es") in shown(page)
    assert not page.text_area
    assert not [item for item in page.button if item.label in ("Aprobar", "Rechazar")]
    assert not part(page, "history").expander


def test_how_a_loan_went_is_reported(page: AppTest, kept: Kept) -> None:
    part(opened(page), "history")
    page.number_input(key=f"decisions.report.days.{ID}.0").set_value(95)
    page.selectbox(key=f"decisions.report.default.{ID}.0").set_value(True)
    button(page, "report.send").click().run()
    assert not page.exception
    (sent,) = kept.outcomes
    assert (sent["max_days_past_due"], sent["default_12m"], sent["amount"]) == (95, True, None)
    assert [item.value for item in page.toast] == [say("decisions.report.kept", "es")]


def test_a_report_that_cannot_be_says_why(page: AppTest, fake: FakeService, kept: Kept) -> None:
    wrong = [
        {"field": "observed_on", "message": "", "value": "2027-01-01", "allowed": "2026-11-21"},
        {"field": "body", "message": "", "value": "dict of 3"},
    ]
    body = {"status": 422, "errors": wrong}
    path = f"/decisions/{ID}/outcome"
    fake.answers["POST", path] = lambda _: httpx.Response(422, json=body)
    part(opened(page), "history")
    button(page, "report.send").click().run()
    text = shown(page)
    assert "Observado el: se permite 2026-11-21; se recibió 2027-01-01." in text
    assert say("decisions.report.disagrees", "es") in text
