"""An analyst's path through the real app, in a real browser, with the real service."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from served import Served

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SECONDS = 1000
PATIENCE = 30 * SECONDS


@pytest.fixture
def page() -> Iterator[Page]:
    names = ("chromium", "chromium-browser", "google-chrome")
    browser_path = next(filter(None, map(shutil.which, names)), None)
    if browser_path is None:
        pytest.skip("no Chromium found; get it with: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(PATIENCE)
        yield page
        browser.close()


def fill(page: Page, label: str, value: str) -> None:
    box = page.get_by_label(label, exact=True)
    box.fill(value)
    box.press("Tab")


@pytest.mark.slow
def test_an_analyst_scores_switches_language_and_outlives_an_outage(
    served: Served, page: Page
) -> None:
    expect.set_options(timeout=PATIENCE)
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
    expect(page.get_by_label("Age (years)", exact=True)).to_have_value("41")

    # The service goes away and comes back; what was typed stays.
    fill(page, "Age (years)", "44")
    served.stop_api()
    expect(page.get_by_text("The service does not answer right now.")).to_be_visible()
    expect(page.get_by_label("Age (years)", exact=True)).to_have_value("44")
    served.start_api()
    expect(page.get_by_text("Service available")).to_be_visible()
    expect(page.get_by_text("The service does not answer right now.")).to_be_hidden()
    expect(page.get_by_label("Age (years)", exact=True)).to_have_value("44")
    page.get_by_role("button", name="Assess").click()
    expect(page.get_by_text("the policy's standard loan", exact=False).first).to_be_visible()
