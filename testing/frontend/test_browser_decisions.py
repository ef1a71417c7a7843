"""An analyst's way through the referrals, in a real browser, with the real service."""

import re

import pytest
from playwright.sync_api import Page, expect
from served import Served
from test_pdf import text_of

from solvencia_client import SolvenciaClient

INCOMES = range(9_000, 40_000, 1_500)


def referrals(service: SolvenciaClient, count: int) -> list[str]:
    """References of people who were referred, the first one first; nobody else waits."""
    for row in service.decisions(awaiting_review=True):
        service.review(row["id"], "decline", "De una prueba anterior")
    found: list[str] = []
    for income in INCOMES:
        reference = f"referido-{income}"
        profile = {"monthly_income": income, "age": 41, "months_in_current_job": 1}
        loan = {"product": "personal", "amount": 5_000, "term_months": 12}
        # A plain dictionary, as a partner's program has it.
        made = service.score({"reference": reference, "profile": profile, "loan": loan})  # type: ignore[typeddict-item]
        if made["outcome"] == "refer":
            found.append(reference)
        if len(found) == count:
            return found
    raise AssertionError(f"only {len(found)} of {len(INCOMES)} people were referred")


@pytest.mark.slow
def test_an_analyst_settles_a_referral(served: Served, page: Page) -> None:
    with SolvenciaClient(served.api_address) as service:
        first, second = referrals(service, 2)
        page.goto(served.address)
        page.get_by_role("link", name="Decisiones").click()

        # The queue, the oldest first.
        page.get_by_role("tab", name="Por revisar (2)").click()
        page.get_by_role("button", name="Revisar uno tras otro").click()
        expect(page.get_by_role("heading", name=first)).to_be_visible()
        expect(page.get_by_text("Referido 1 de 2")).to_be_visible()
        expect(page.get_by_role("heading", name="Razones")).to_be_visible()
        settled = page.url

        # A settlement needs its reason; then the next one comes.
        page.get_by_role("button", name="Aprobar").click()
        expect(page.get_by_text("Escriba por qué")).to_be_visible()
        page.get_by_label("Nota: por qué").fill("Comprobó su ingreso con estados de cuenta")
        page.get_by_role("button", name="Aprobar").click()
        expect(page.get_by_role("heading", name=second)).to_be_visible()
        note = page.get_by_label("Nota: por qué")
        expect(note).to_have_count(1)
        expect(note).to_have_value("")
        note.fill("No comprobó su ingreso")
        page.get_by_role("button", name="Rechazar").click()
        expect(page.get_by_text("No queda ningún referido por revisar.")).to_be_visible()

        # The service knows who, how and why.
        kept = {
            row["reference"]: service.decision(row["id"])["reviews"]
            for row in service.decisions(outcome="refer")
        }
        assert [review["outcome"] for review in kept[first]] == ["approve"]
        assert [review["note"] for review in kept[second]] == ["No comprobó su ingreso"]

    # The address opens what was settled; made again it is identical.
    page.goto(settled)
    expect(page.get_by_text(re.compile("Aprobado por acceso local el"))).to_be_visible()
    with page.expect_download() as printed:
        page.get_by_role("button", name="PDF para el expediente").click()
    assert "Comprobó su ingreso" in text_of(printed.value.path().read_bytes())
    page.get_by_role("tab", name="Repetir").click()
    expect(page.get_by_text("la decisión se repite idéntica")).to_be_visible()
    expect(page.get_by_text("La respuesta sería la misma.")).to_be_visible()
    page.get_by_role("tab", name="Tarjetas de puntaje").click()
    expect(page.get_by_text("Exacto, como se guardó").first).to_be_visible()

    # Back in the list, a ticked row opens.
    page.get_by_role("button", name="Por revisar").click()
    page.get_by_role("tab", name="Todas").click()
    page.get_by_role("textbox", name="Referencia").fill(second)
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 decisión")).to_be_visible()
    rows = page.get_by_test_id("stDataFrame")
    rows.click(position={"x": 16, "y": 50})
    expect(page.get_by_role("heading", name=second)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/decisiones\?id=[0-9a-f-]{36}$"))
    expect(page.get_by_text(re.compile("Rechazado por acceso local el"))).to_be_visible()
