"""An analyst's path through the real app, in a real browser, with the real service."""

import re

import pytest
from playwright.sync_api import Page, expect
from served import Served

BEFORE = re.compile("^antes ")
"""What stands beside a number that was moved."""


def fill(page: Page, label: str, value: str) -> None:
    # By its role: a slider of the same name may stand below.
    box = page.get_by_role("spinbutton", name=label, exact=True)
    box.fill(value)
    box.press("Tab")


@pytest.mark.slow
def test_an_analyst_scores_switches_language_and_outlives_an_outage(
    served: Served, page: Page
) -> None:
    page.goto(served.address)

    # By profile.
    fill(page, "Edad (años)", "41")
    fill(page, "Meses en el empleo actual", "96")
    page.get_by_role("button", name="Evaluar").click()
    verdict = page.get_by_role("heading", name="Aprobado")
    verdict = verdict.or_(page.get_by_role("heading", name="Referido a analista"))
    verdict = verdict.or_(page.get_by_role("heading", name="Rechazado"))
    expect(verdict).to_be_visible()
    expect(page.get_by_text("CAT sin IVA")).to_be_visible()
    expect(page.get_by_role("heading", name="Puntaje final", exact=True)).to_be_visible()
    expect(page.locator("[data-testid=stVegaLiteChart]")).to_have_count(3)

    # Somebody new to work is referred at best, and told what would change that.
    fill(page, "Meses en el empleo actual", "1")
    page.get_by_role("button", name="Evaluar").click()
    expect(page.get_by_role("heading", name="Qué cambiaría la respuesta")).to_be_visible()

    # By history, for the policy's standard loan.
    page.get_by_text("Sin crédito específico").click()
    page.get_by_role("tab", name="Historia laboral").click()
    page.get_by_role("button", name="Evaluar").click()
    expect(page.get_by_text("crédito estándar de la política", exact=False)).to_be_visible()

    # In English, with the decision still there.
    page.get_by_role("radio", name="English").click()
    expect(page.get_by_text("the policy's standard loan", exact=False).first).to_be_visible()
    expect(page.get_by_role("button", name="Assess")).to_be_visible()
    page.get_by_role("tab", name="Profile").click()
    expect(page.get_by_role("spinbutton", name="Age (years)", exact=True)).to_have_value("41")

    # The service goes away and comes back; what was typed stays.
    fill(page, "Age (years)", "44")
    served.stop_api()
    expect(page.get_by_text("The service does not answer right now.")).to_be_visible()
    expect(page.get_by_role("spinbutton", name="Age (years)", exact=True)).to_have_value("44")
    served.start_api()
    expect(page.get_by_text("Service available")).to_be_visible()
    expect(page.get_by_text("The service does not answer right now.")).to_be_hidden()
    expect(page.get_by_role("spinbutton", name="Age (years)", exact=True)).to_have_value("44")
    page.get_by_role("button", name="Assess").click()
    expect(page.get_by_text("the policy's standard loan", exact=False).first).to_be_visible()


HISTORY = """Patrón;Estado;Industria;Inicio;Fin;Salario diario
Abarrotes La Esperanza;CDMX;Comercio;01/02/2012;30/06/2014;$212.50
Transportes del Bajío;Querétaro;7;2014-09-15;31/02/2020;365
"""


@pytest.mark.slow
def test_a_history_from_a_file_its_timeline_and_what_if(served: Served, page: Page) -> None:
    page.goto(served.address)
    page.get_by_role("tab", name="Historia laboral").click()
    page.get_by_role("button", name="Subir o pegar").click()
    content = {"name": "h.csv", "mimeType": "text/csv", "buffer": HISTORY.encode("cp1252")}
    page.locator("input[type=file]").set_input_files(files=[content])
    expect(page.get_by_text("Renglones agregados: 2.")).to_be_visible()
    expect(page.get_by_text("no se entiende «31/02/2020»")).to_be_visible()

    page.get_by_role("button", name="Evaluar").click()
    expect(page.get_by_role("heading", name="La historia laboral en el tiempo")).to_be_visible()

    # What is moved is answered at once, beside what was decided, and can be put back.
    slider = (
        page.get_by_test_id("stSlider").filter(has_text="Monto solicitado").get_by_role("slider")
    )
    was = slider.input_value()
    slider.focus()
    slider.press("Home")
    expect(page.get_by_text(BEFORE).first).to_be_visible()
    page.get_by_role("button", name="Volver a lo decidido").click()
    expect(slider).to_have_value(was)
    expect(page.get_by_text(BEFORE)).to_have_count(0)

    # Another page, and back: the table is as it was.
    page.get_by_role("link", name="Modelo").click()
    expect(page.get_by_role("heading", name="Modelo", exact=True)).to_be_visible()
    page.get_by_role("link", name="Evaluar").click()
    page.get_by_role("tab", name="Historia laboral").click()
    expect(page.get_by_text("Renglones agregados: 2.")).to_be_visible()
