"""Modelo in a real browser, with the real service and a small model that was really trained."""

import pytest
from playwright.sync_api import Page, expect
from served import Served


@pytest.mark.slow
def test_the_model_is_read_from_its_figures_to_its_tables(served: Served, page: Page) -> None:
    page.goto(served.address)
    page.get_by_role("link", name="Modelo").click()
    expect(page.get_by_text("las tablas son el modelo completo", exact=False)).to_be_visible()
    expect(page.get_by_text("de cada 100 pares", exact=False).first).to_be_visible()

    page.get_by_role("tab", name="Calibración").click()
    charts = page.locator("[data-testid=stVegaLiteChart]:visible")
    expect(charts).to_have_count(3)

    page.get_by_role("tab", name="Tablas").click()
    expect(charts).to_have_count(1)
    page.get_by_text("De dos características").click()
    expect(page.get_by_role("heading", name=" × ").first).to_be_visible()

    page.get_by_role("tab", name="Retador").click()
    expect(page.get_by_text("El servicio no tiene retador", exact=False)).to_be_visible()

    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("tab", name="Tables")).to_be_visible()
