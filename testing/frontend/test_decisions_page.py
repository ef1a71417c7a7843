"""The page of decisions, with the service in memory."""

from copy import deepcopy
from typing import Any

import httpx
import pytest
from fake_service import DECISION, FakeService
from kept_decisions import (
    CARD,
    ID,
    OTHER,
    REVIEW,
    Kept,
    button,
    given,
    opened,
    part,
    replay,
    shown,
    summary,
)
from streamlit.testing.v1 import AppTest

from frontend.text import LANGUAGES, Language, say


@pytest.fixture
def kept(fake: FakeService) -> Kept:
    return Kept(fake)


@pytest.fixture
def page(app: AppTest, kept: Kept) -> AppTest:
    return app.run().switch_page("entries/decisions.py")


# The list.


def test_decisions_in_a_list_with_their_counts(page: AppTest) -> None:
    page.run()
    assert not page.exception
    assert [tab.label for tab in page.tabs] == ["Todas", "Por revisar (2)"]
    rows = page.dataframe[0].value
    assert list(rows["reference"]) == ["cliente-3", "cliente-2", "cliente-1"]
    assert list(rows["outcome"]) == ["Referido", "Rechazado", "Referido"]
    assert list(rows["offered"]) == [25400.0] * 3
    assert "**3** decisiones · :orange[referidas 2] · :red[rechazadas 1]" in shown(page)


@pytest.mark.parametrize(
    ("state", "asked"),
    [("approve", {"outcome": "approve"}), ("awaiting", {"awaiting_review": "true"})],
)
def test_filters_are_asked_of_the_service(
    page: AppTest, kept: Kept, state: str, asked: dict[str, str]
) -> None:
    page.run()
    page.selectbox(key="decisions.state.0").set_value(state)
    page.selectbox(key="decisions.grade.0").set_value("B")
    page.selectbox(key="decisions.segment.0").set_value("B")
    page.text_input(key="decisions.reference.0").set_value(" cliente-3 ").run()
    assert not page.exception
    wanted = {"grade": "B", "segment": "B", "reference": "cliente-3"} | asked
    lists = [sent for sent in kept.lists if "reference" in sent]
    assert [sent.pop("limit") for sent in lists] == ["50", "500"]
    assert lists == [wanted, wanted]
    button(page, "clear").click().run()
    assert page.selectbox(key="decisions.state.1").value is None
    assert kept.lists[-1].keys() == {"limit"}


def test_no_decisions_say_what_to_do(page: AppTest, kept: Kept) -> None:
    kept.rows = []
    page.run()
    assert say("decisions.none", "es") in shown(page)
    page.text_input(key="decisions.reference.0").set_value("x").run()
    assert say("decisions.none.filtered", "es") in shown(page)
    assert not page.dataframe


def test_a_reference_that_cannot_be_is_told_at_its_field(
    page: AppTest, fake: FakeService, kept: Kept
) -> None:
    wrong = {"status": 422, "errors": [{"field": "query.reference", "message": "", "value": "a b"}]}

    def answer(request: httpx.Request) -> httpx.Response:
        if "reference" in request.url.params:
            return httpx.Response(422, json=wrong)
        return kept.list(request)

    fake.answers["GET", "/decisions"] = answer
    page.run().text_input(key="decisions.reference.0").set_value("a b").run()
    assert [item.value for item in page.warning] == [say("decisions.reference.wrong", "es")]
    assert page.text_input(key="decisions.reference.0").value == "a b"


def test_pages_go_on_by_the_cursor_and_back(page: AppTest, kept: Kept) -> None:
    kept.rows = [summary()] * 51
    page.run()
    assert "1–50" in shown(page)
    assert button(page, "previous").disabled
    button(page, "next").click().run()
    assert [sent["cursor"] for sent in kept.lists if "cursor" in sent][-1] == OTHER
    assert "51–100" in shown(page)
    button(page, "previous").click().run()
    assert "cursor" not in kept.lists[-1]
    assert "1–50" in shown(page)


def test_a_ticked_row_opens_and_the_address_follows(page: AppTest) -> None:
    page.run()
    page.session_state["decisions.rows.0"] = {"selection": {"rows": [2], "columns": []}}
    page.run()
    assert not page.exception
    assert page.query_params["id"] == ID
    assert page.header[0].value == "cliente-1"
    button(page, "back").click().run()
    assert "id" not in page.query_params
    assert page.dataframe


def test_filters_stay_while_a_decision_is_open(page: AppTest) -> None:
    page.run().selectbox(key="decisions.grade.0").set_value("B").run()
    opened(page)
    button(page, "back").click().run()
    assert page.selectbox(key="decisions.grade.0").value == "B"


# One decision.


def test_the_address_opens_a_decision_with_its_explanation(page: AppTest) -> None:
    text = shown(opened(page))
    assert "Decidido el 20/11/2026 12:04 por key-7" in text
    assert "modelo 5e42d062918f · política 2026-11-01 (a3fdbd028fae)" in text
    assert page.header[1].value.endswith("Referido a analista]")
    assert say("explanation", "es") in text


@pytest.mark.parametrize("name", ["zzz", "01932c07-5a10-7000-8000-00000000000f"])
def test_an_address_of_no_decision_is_told(page: AppTest, fake: FakeService, name: str) -> None:
    gone = {"status": 404, "type": "urn:solvencia:problem:not-found"}
    fake.answers["GET", f"/decisions/{name}"] = lambda _: httpx.Response(404, json=gone)
    assert say("decisions.not_found", "es") in shown(opened(page, name))


def test_what_was_known_is_in_words(page: AppTest) -> None:
    text = shown(part(opened(page), "known"))
    assert ":gray[Edad]  \n**35 años**" in text
    assert ":gray[Monto solicitado]  \n**\\$30,000.00**" in text
    assert "**Sin dato**" in text
    told = [row for table in page.table for row in table.value.itertuples(index=False)]
    assert [tuple(row) for row in told] == [
        ("Antigüedad en el empleo", "48 meses"),
        ("Ingreso mensual", "$18,500"),
    ]


def test_a_history_is_a_table_of_jobs(page: AppTest, kept: Kept, document: dict[str, Any]) -> None:
    path = document["paths"]["/score"]["post"]["requestBody"]["content"]["application/json"]
    kept.details[ID]["request"] = path["examples"]["history"]["value"]
    text = shown(part(opened(page), "known"))
    assert "Historia laboral (3)" in text
    jobs = page.dataframe[0].value
    assert list(jobs["Fin"]) == ["Actual", "31/01/2024", "30/06/2020"]
    assert jobs["Salario diario"][0] == "$590.00"


def test_a_scorecard_adds_up_to_what_was_answered(page: AppTest) -> None:
    text = shown(part(opened(page), "cards"))
    assert (
        "**+0.9673** y 2 tablas **−0.5500** = margen **+0.4173** → puntaje de ingreso **651**"
        in text
    )
    assert "Exacto, como se guardó: +0.967347203 −0.550000000 = +0.417347203" in text
    rows = page.dataframe[0].value
    assert list(rows["table"]) == [
        "Antigüedad en el empleo × Ingreso mensual",
        "Ingreso mensual",
    ]
    assert list(rows["cell"]) == ["menos de 1.5 meses · sin dato", "de $12,200 a menos de $13,000"]


def test_a_scorecard_that_does_not_add_up_is_told(page: AppTest, kept: Kept) -> None:
    kept.details[ID]["scorecards"] = [deepcopy(CARD) | {"margin": 0.4}]
    assert "no da +0.400000000" in shown(part(opened(page), "cards"))


def test_replayed_the_same(page: AppTest) -> None:
    text = shown(part(opened(page), "replay"))
    assert say("decisions.identical", "es") in text
    assert say("decisions.today.same", "es") in text


def test_replayed_another_way_today_is_told_in_words(page: AppTest, kept: Kept) -> None:
    kept.today = replay(
        "current",
        [{"field": "final_score", "before": 661, "after": 640}],
        outcome="approve",
        final_score=640,
        pd=0.1,
        offer=None,
        reasons=DECISION["reasons"][:1],
    )
    text = shown(part(opened(page), "replay"))
    assert "El resultado pasa de referido a aprobado." in text
    assert "El puntaje final baja 21: de 661 a 640." in text
    assert "La probabilidad de incumplimiento baja de 12.3 % a 10.0 %." in text
    assert say("decisions.diff.offer.gone", "es") in text
    assert "Razones que ya no aplican: Buena antigüedad" in text
    rows = page.table[0].value
    assert list(rows.iloc[1]) == ["Puntaje final", "661", "**640**"]


def test_an_original_that_comes_out_another_way_is_an_alarm(
    page: AppTest, fake: FakeService
) -> None:
    odd = replay("original", [{"field": "final_score", "before": 661, "after": 660}])
    fake.answers["POST", f"/decisions/{ID}/replay"] = given(odd)
    opened(page)
    told = say("decisions.not_identical", "es", n=1)
    assert [item.value for item in page.error] == [told]
    assert [item.value for item in part(page, "replay").error] == [told]


def test_an_erased_decision_says_what_remains(page: AppTest, kept: Kept) -> None:
    gone = dict.fromkeys(("decision", "request", "features", "scorecards", "reference"))
    kept.details[ID] |= {"erased_at": "2026-11-22T18:00:00+00:00", "outcome": "decline", **gone}
    text = shown(opened(page))
    assert say("decisions.erased", "es", at="22/11/2026 12:00") in text
    assert "`NEW_TO_WORK`" in text
    assert say("decisions.event.erased", "es") in text
    assert {item.label: item.value for item in page.metric}["Monto ofrecido"] == "$25,400.00"


def test_what_happened_since_is_told_in_its_order(page: AppTest, kept: Kept) -> None:
    outcome = {
        "id": REVIEW["id"],
        "at": "2027-06-01T12:00:00+00:00",
        "by": "k",
        "observed_on": "2027-05-31",
        "granted_on": None,
        "amount": 20000.0,
        "max_days_past_due": 95,
        "default_12m": True,
    }
    shadow = {
        "model_version": "aaaa",
        "outcome": "approve",
        "final_score": 700,
        "income_score": 690,
        "pd": 0.05,
        "grade": "B",
    }
    kept.details[ID] |= {"reviews": [REVIEW], "outcomes": [outcome], "challenger": shadow}
    text = shown(part(opened(page), "history"))
    assert text.index("a solicitud de key-7") < text.index("Rechazado por key-7, al revisar")
    assert text.index("al revisar") < text.index("reportado por Mesa: atraso máximo de 95 días")
    assert "Se prestaron \\$20,000.00. Incumplió en 12 meses." in text
    assert "habría dicho: aprobado, puntaje 700, incumplimiento 5.0 %, grado B" in text
    assert "Sin \\*comprobante\\* de \\$5" in text


# The service.


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages(page: AppTest, language: Language) -> None:
    page.run().button_group(key="language").set_value(language).run()
    assert not page.exception
    opened(page)
    for name in ("known", "cards", "replay", "history"):
        part(page, name, language=language)


def test_away_is_calm_and_comes_back(page: AppTest, fake: FakeService) -> None:
    opened(page).text_area(key=f"decisions.note.{ID}").set_value("Comprobó su ingreso")
    fake.state = "away"
    button(page, "approve").click().run()
    assert not page.exception
    assert [item.value for item in page.info] == [say("away", "es")]
    fake.state = "ready"
    page.run()
    assert page.text_area(key=f"decisions.note.{ID}").value == "Comprobó su ingreso"


def test_a_key_that_is_refused_is_told(page: AppTest, fake: FakeService, kept: Kept) -> None:
    fake.answers["GET", "/decisions"] = lambda _: httpx.Response(403, json={"status": 403})
    page.run()
    assert not page.exception
    assert say("not_allowed", "es") in shown(page)
