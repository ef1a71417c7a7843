"""The page in every state of the service, with the network replaced."""

from typing import Any

import pytest
from fake_service import CHANGE, FakeService
from streamlit.testing.v1 import AppTest

from frontend.text import LANGUAGES, Language, say


def shown(app: AppTest) -> str:
    """All text on the page."""
    kinds = (app.markdown, app.caption, app.info, app.warning, app.header, app.subheader)
    return "\n".join(str(item.value) for kind in kinds for item in kind)


def offered(app: AppTest) -> dict[str, str]:
    """Numbers of the offer; those of the what-if have a difference beside them."""
    return {item.label: item.value for item in app.metric if not item.delta}


def assess(app: AppTest) -> AppTest:
    return app.button(key="profile.submit").click().run()


def opened(app: AppTest, way_in: str, language: Language = "es") -> AppTest:
    """The page with one way in open, ``profile`` or ``history``."""
    app.session_state[f"assess.way.{language}"] = say(way_in, language)
    return app.run()


def test_away_at_the_start_says_so_calmly_and_comes_back(app: AppTest, fake: FakeService) -> None:
    fake.state = "away"
    app.run()
    assert not app.exception
    assert [item.value for item in app.info] == [say("away", "es")]
    assert not app.number_input
    fake.state = "ready"
    app.run()  # what the timer does
    assert not app.info
    assert app.number_input


def test_not_ready_shows_the_form_and_waits(app: AppTest, fake: FakeService) -> None:
    fake.state = "not_ready"
    app.run()
    assert not app.exception
    assert [item.value for item in app.info] == [say("not_ready", "es")]
    assert app.number_input


def test_approved(app: AppTest, fake: FakeService) -> None:
    assess(app.run())
    assert not app.exception
    assert "Aprobado" in app.header[0].value
    assert offered(app) == {
        "Monto": "$25,400.00",
        "Plazo": "18 meses",
        "Pago mensual": "$2,128.40",
        "Tasa anual": "49.0 %",
        "CAT sin IVA": "68.8 %",
    }
    text = shown(app)
    assert text.index("El plazo solicitado eleva el riesgo.") < text.index("Buena antigüedad")
    assert say("synthetic", "es") in text
    assert "modelo 5e42d062918f" in text
    assert "Por puntaje sería B" in text


def test_sends_what_the_form_holds_and_nothing_that_is_empty(
    app: AppTest, fake: FakeService
) -> None:
    app.run()
    app.number_input(key="profile.age.0").set_value(41)
    app.selectbox(key="profile.state.0.es").set_value("19")
    assess(app)
    sent = fake.requests[0]
    assert set(sent) == {"profile", "loan"}
    assert sent["profile"]["age"] == 41
    assert sent["profile"]["state"] == "19"
    assert "longest_job_months" not in sent["profile"]
    assert sent["loan"] == {"product": "personal", "amount": 30000, "term_months": 18}


def test_history_sends_its_spells(
    app: AppTest, fake: FakeService, document: dict[str, Any]
) -> None:
    opened(app.run(), "history").button(key="history.submit").click().run()
    assert not app.exception
    path = document["paths"]["/score"]["post"]["requestBody"]["content"]["application/json"]
    assert fake.requests[0]["history"] == path["examples"]["history"]["value"]["history"]


def test_no_specific_loan_sends_none(app: AppTest, fake: FakeService) -> None:
    app.run().toggle(key="no_loan").set_value(True).run()
    assert app.selectbox(key="loan.product.es").disabled
    assess(app)
    assert set(fake.requests[0]) == {"profile"}


def test_a_loan_changed_after_the_decision_is_told(app: AppTest, fake: FakeService) -> None:
    assess(app.run())
    assert say("stale", "es") not in shown(app)
    app.number_input(key="loan.amount").set_value(40000.0).run()
    assert say("stale", "es") in shown(app)


def test_declined_without_an_offer(app: AppTest, fake: FakeService) -> None:
    fake.decision |= {"outcome": "decline", "offer": None, "grade": None, "pd": None}
    assess(app.run())
    assert not app.exception
    assert "Rechazado" in app.header[0].value
    assert say("no_offer", "es") in shown(app)
    assert not offered(app)


def test_referred(app: AppTest, fake: FakeService) -> None:
    fake.decision["outcome"] = "refer"
    assert "Referido a analista" in assess(app.run()).header[0].value


def test_what_would_change_the_answer_is_told_after_the_reasons(
    app: AppTest, fake: FakeService
) -> None:
    fake.decision |= {"outcome": "decline", "offer": None, "changes": [CHANGE]}
    text = shown(assess(app.run()))
    assert not app.exception
    titles = [item.value for item in app.subheader]
    assert titles.index(say("changes", "es")) == titles.index(say("reasons", "es")) + 1
    assert "Con 4 meses más en este empleo y \\$20,000 en lugar de \\$35,000" in text
    assert "puntaje 542 · incumplimiento 22.0 %" in text


@pytest.mark.parametrize(
    ("months_unemployed", "told"), [(0.0, "changes.none"), (5.0, "changes.none.no_job")]
)
def test_that_nothing_would_change_the_answer_is_told(
    app: AppTest, fake: FakeService, months_unemployed: float, told: str
) -> None:
    fake.decision["outcome"] = "refer"
    item = fake.decision["explanation"]["contributions"][0]
    fake.decision["explanation"]["contributions"].append(
        item | {"feature": "months_unemployed", "value": months_unemployed}
    )
    assert say(told, "es") in shown(assess(app.run()))


def test_an_approval_says_nothing_of_changes(app: AppTest, fake: FakeService) -> None:
    assess(app.run())
    assert say("changes", "es") not in [item.value for item in app.subheader]


def test_field_errors_stand_under_their_fields(app: AppTest, fake: FakeService) -> None:
    fake.errors = [
        {"field": "profile.age", "message": "too small", "value": "12", "allowed": "≥ 18"},
        {"field": "loan.amount", "message": "too small", "value": "1", "allowed": "≥ 500"},
        {
            "field": "history.spells.0.daily_wage",
            "message": "too small",
            "value": "-1",
            "allowed": "> 0",
        },
        {"field": "as_of", "message": "", "value": "x", "allowed": "15 years after birth_date"},
    ]
    assess(app.run())
    assert not app.exception
    assert [item.value for item in app.warning] == [say("rejected", "es")]
    order = [
        getattr(item, "key", None) or str(item.value)
        for item in app.main
        if item.type in ("number_input", "markdown")
    ]
    under = order[order.index("profile.age.0") + 1]
    assert "Se permite ≥ 18; se recibió 12." in under
    text = shown(app)
    assert "Se permite ≥ 500; se recibió 1." in text
    row = "Renglón 1, Salario diario: Se permite > 0; se recibió -1."
    assert row in shown(opened(app, "history"))
    assert say("error.young", "es") in text
    fake.errors = []
    assess(opened(app, "profile"))
    assert not app.warning
    assert "se recibió" not in shown(app)


def test_going_away_keeps_the_form_and_scores_when_back(app: AppTest, fake: FakeService) -> None:
    app.run()
    app.number_input(key="profile.age.0").set_value(41)
    fake.state = "away"
    assess(app)
    assert [item.value for item in app.info] == [say("away", "es")]
    assert app.number_input(key="profile.age.0").value == 41
    fake.state = "ready"
    app.run()  # what the timer does
    assert not app.info
    assert fake.requests[0]["profile"]["age"] == 41
    assert "Aprobado" in app.header[0].value


def test_a_broken_service_is_told_without_a_trace(app: AppTest, fake: FakeService) -> None:
    fake.state = "broken"
    assess(app.run())
    assert not app.exception
    assert [item.value for item in app.warning] == [say("failed", "es")]


def test_an_answer_that_was_lost_is_asked_for_again_with_the_same_key(
    app: AppTest, fake: FakeService
) -> None:
    app.run()
    fake.state = "cut"
    assess(app)
    assert [item.value for item in app.info] == [say("away", "es")]
    fake.state = "ready"
    app.run()  # what the timer does
    assert "Aprobado" in app.header[0].value
    first, second = fake.requests
    assert first == second
    assert len({headers["Idempotency-Key"] for headers in fake.headers}) == 1
    assess(app)
    assert len({headers["Idempotency-Key"] for headers in fake.headers}) == 2


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("status", "told"), [(401, "not_authenticated"), (403, "not_allowed"), (409, "failed")]
)
def test_a_key_that_the_service_refuses_is_told(
    app: AppTest, fake: FakeService, status: int, told: str, language: Language
) -> None:
    fake.refusal = status
    app.run().button_group(key="language").set_value(language).run()
    app.number_input(key="profile.age.0").set_value(41)
    assess(app)
    assert not app.exception
    assert [item.value for item in app.warning] == [say(told, language)]
    assert "secret" not in shown(app)
    assert app.number_input(key="profile.age.0").value == 41
    fake.refusal = None
    assess(app)
    assert not app.warning
    assert app.header


@pytest.mark.parametrize(
    ("environment", "sent"), [({}, None), ({"API_KEY": "slv_1\n"}, "Bearer slv_1")]
)
def test_the_key_comes_from_the_environment(
    app: AppTest,
    fake: FakeService,
    monkeypatch: pytest.MonkeyPatch,
    environment: dict[str, str],
    sent: str | None,
) -> None:
    monkeypatch.delenv("API_KEY", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assess(app.run())
    assert fake.headers[0].get("Authorization") == sent


def test_titles_are_asked_for_once_for_each_model(app: AppTest, fake: FakeService) -> None:
    assess(assess(app.run()))
    assert fake.models_asked == 1
    fake.decision["versions"] |= {"model": "0123456789ab"}
    assess(app)
    assert not app.exception
    assert fake.models_asked == 2


def test_a_refusal_that_names_no_field_is_told(app: AppTest, fake: FakeService) -> None:
    fake.refusal = 413
    assess(app.run())
    assert [item.value for item in app.warning] == [say("failed", "es")]


def test_changes_that_were_not_searched_for_are_not_told(app: AppTest, fake: FakeService) -> None:
    fake.decision |= {"outcome": "refer", "changes": None}
    assess(app.run())
    assert not app.exception
    assert say("changes", "es") not in [item.value for item in app.subheader]


def test_english_keeps_the_decision_and_the_form(app: AppTest, fake: FakeService) -> None:
    app.run().number_input(key="profile.age.0").set_value(41)
    assess(app)
    app.button_group(key="language").set_value("en").run()
    assert not app.exception
    assert "Approved" in app.header[0].value
    assert app.number_input(key="profile.age.0").label == "Age (years)"
    assert app.number_input(key="profile.age.0").value == 41
    assert app.selectbox(key="profile.education.0.en").value == "upper_secondary"
    assert len(fake.requests) == 1


def test_an_example_value_can_be_emptied(app: AppTest, fake: FakeService) -> None:
    app.run().number_input(key="profile.contribution_weeks.0").set_value(None)
    app.selectbox(key="profile.state.0.es").set_value(None)
    assess(app)
    assert not app.exception
    assert not {"contribution_weeks", "state"} & set(fake.requests[0]["profile"])


def test_clear_empties_one_way_in(app: AppTest, fake: FakeService) -> None:
    assess(app.run())
    app.button(key="profile.clear").click().run()
    assert not app.exception
    assert not app.header  # the decision on the last applicant has gone too
    assert app.number_input(key="profile.age.1").value is None
    assert opened(app, "history").number_input(key="history.contribution_weeks.0").value == 410


@pytest.mark.parametrize("score", [300, 850])
def test_the_ends_of_the_scale(app: AppTest, fake: FakeService, score: int) -> None:
    fake.decision["final_score"] = score
    assert not assess(app.run()).exception
