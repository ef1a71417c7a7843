"""Evaluar: who asks, the table of the work history, and what is kept between pages."""

from typing import Any

from fake_service import FakeService
from streamlit.testing.v1 import AppTest
from test_page import assess, opened, shown

from frontend.text import say

CURP = "HEGG560427MVZRRL04"


def assert_forgotten(app: AppTest) -> None:
    """The request is kept without the CURP, and nothing waits to be sent."""
    state = app.session_state
    assert CURP not in str((state["scored"], state["decision"], state["assess.curp"]))
    assert "curp" not in state
    assert "pending" not in state


def test_the_curp_is_sent_once_and_kept_nowhere(app: AppTest, fake: FakeService) -> None:
    app.run().text_input(key="assess.reference").set_value("cliente-7")
    app.text_input(key="assess.curp").set_value(CURP)
    assess(app)
    assert not app.exception
    assert fake.requests[0]["curp"] == CURP
    assert fake.requests[0]["reference"] == "cliente-7"
    assert app.text_input(key="assess.curp").value == ""
    assert_forgotten(app)
    assess(app)
    assert "curp" not in fake.requests[1]
    assert fake.requests[1]["reference"] == "cliente-7"


def test_the_curp_waits_for_the_service_and_no_longer(app: AppTest, fake: FakeService) -> None:
    app.run().text_input(key="assess.curp").set_value(CURP)
    fake.state = "away"
    assess(app)
    fake.state = "ready"
    app.run()  # what the timer does
    assert fake.requests[0]["curp"] == CURP
    assert_forgotten(app)


def test_a_curp_that_is_refused_is_told_beside_its_field(app: AppTest, fake: FakeService) -> None:
    allowed = "18 characters with a valid date, state and check digit"
    fake.errors = [{"field": "curp", "message": "is no CURP", "allowed": allowed}]
    app.run().text_input(key="assess.curp").set_value("X")
    assess(app)
    assert shown(app).count(say("error.curp", "es")) == 1


def test_clear_forgets_who_asked(app: AppTest, fake: FakeService) -> None:
    app.run().text_input(key="assess.reference").set_value("cliente-7").run()
    app.button(key="profile.clear").click().run()
    assert app.text_input(key="assess.reference").value == ""


def test_a_profile_changed_after_the_decision_is_told(app: AppTest, fake: FakeService) -> None:
    assess(app.run())
    app.number_input(key="profile.age.0").set_value(41).run()
    assert say("stale", "es") in shown(app)


def test_only_the_way_in_that_is_open_is_drawn_and_a_change_of_language_keeps_it(
    app: AppTest, fake: FakeService
) -> None:
    keys = {item.key for item in app.run().button}
    assert "profile.submit" in keys
    assert "history.submit" not in keys
    opened(app, "history").segmented_control(key="language").set_value("en").run()
    assert not app.exception
    keys = {item.key for item in app.button}
    assert "history.submit" in keys
    assert "profile.submit" not in keys


def test_what_was_wrong_with_a_field_goes_when_it_is_corrected(
    app: AppTest, fake: FakeService
) -> None:
    wrong = {"message": "too small", "value": "1"}
    fake.errors = [
        {"field": "profile.age", "allowed": "≥ 18", **wrong},
        {"field": "profile.state", "allowed": "a state", **wrong},
        {"field": "loan.amount", "allowed": "≥ 500", **wrong},
    ]
    assess(app.run())
    assert "Se permite ≥ 18" in shown(app)
    app.number_input(key="profile.age.0").set_value(44).run()
    assert "Se permite ≥ 18" not in shown(app)
    assert "Se permite ≥ 500" in shown(app)
    assert [item.value for item in app.warning] == [say("rejected", "es")]
    app.segmented_control(key="language").set_value("en").run()
    app.selectbox(key="profile.state.0.en").set_value("19").run()
    app.number_input(key="loan.amount").set_value(20_000).run()
    assert not app.exception
    assert not app.warning


def test_rows_that_are_pasted_are_sent(app: AppTest, fake: FakeService) -> None:
    opened(app.run(), "history").text_area(key="history.spells.0.paste.0").set_value(
        "Patrón\tInicio\tSalario diario\nE7\t01/02/2020\t455\nE8\tayer\t500\n"
    )
    app.button(key="history.spells.0.paste.take").click().run()
    assert not app.exception
    assert "Renglón 2, Inicio: no se entiende «ayer»" in shown(app)
    app.button(key="history.submit").click().run()
    assert fake.requests[0]["history"]["spells"] == [
        {"employer_id": "E7", "start_date": "2020-02-01", "daily_wage": 455.0},
        {"employer_id": "E8", "daily_wage": 500.0},
    ]


def test_rows_that_were_added_can_be_taken_back(
    app: AppTest, fake: FakeService, document: dict[str, Any]
) -> None:
    opened(app.run(), "history").text_area(key="history.spells.0.paste.0").set_value(
        "employer_id\nE7\n"
    )
    app.button(key="history.spells.0.paste.take").click().run()
    app.button(key="history.spells.0.undo").click().run()
    app.button(key="history.submit").click().run()
    path = document["paths"]["/score"]["post"]["requestBody"]["content"]["application/json"]
    assert fake.requests[0]["history"] == path["examples"]["history"]["value"]["history"]


def test_another_page_and_back_keeps_what_was_typed(app: AppTest, fake: FakeService) -> None:
    app.run().number_input(key="profile.age.0").set_value(41).run()
    app.selectbox(key="profile.state.0.es").set_value("19").run()
    opened(app, "history").text_area(key="history.spells.0.paste.0").set_value("employer_id\nE7\n")
    app.button(key="history.spells.0.paste.take").click().run()
    app.switch_page("entries/portfolio.py").run()
    app.switch_page("entries/assess.py").run()
    app.button(key="history.submit").click().run()
    assert fake.requests[0]["history"]["spells"] == [{"employer_id": "E7"}]
    assert opened(app, "profile").number_input(key="profile.age.0").value == 41
    assess(app)
    assert fake.requests[1]["profile"]["state"] == "19"


def test_a_history_is_drawn_over_the_years(app: AppTest, fake: FakeService) -> None:
    opened(app.run(), "history").button(key="history.submit").click().run()
    assert not app.exception
    titles = [item.value for item in app.subheader]
    assert say("assess.timeline", "es") in titles
    assess(opened(app, "profile"))
    assert say("assess.timeline", "es") not in [item.value for item in app.subheader]
