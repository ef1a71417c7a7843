"""A portfolio's way through the real app, in a real browser, with the real service."""

import re
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from portfolio_service import csv_of
from served import Served

PATIENCE = 60_000


@pytest.mark.slow
def test_an_upload_of_500_rows_with_3_bad_ones(served: Served, page: Page, tmp_path: Path) -> None:
    expect.set_options(timeout=PATIENCE)
    page.set_default_timeout(PATIENCE)
    file = tmp_path / "solicitantes.csv"
    file.write_bytes(csv_of(500, bad=(10, 200, 433)))
    page.goto(served.address)
    page.get_by_role("link", name="Cartera").click()
    expect(page.get_by_role("button", name="Plantilla de Excel")).to_be_visible()

    # The file is understood, and its faults are told before anything is sent.
    page.locator("input[type=file]").set_input_files(file)
    expect(page.get_by_text("500 renglones · 8 de 8 columnas reconocidas")).to_be_visible()
    expect(page.get_by_text("3 renglones tienen datos que el servicio no admite")).to_be_visible()

    # It is assessed: the bad rows alone are refused.
    page.get_by_role("button", name="Evaluar 500 renglones").click()
    expect(page.get_by_role("heading", name=re.compile("^497 renglones evaluados"))).to_be_visible()
    expect(page.get_by_role("tab", name="Datos no admitidos (3)")).to_be_visible()
    expect(page.locator("[data-testid=stVegaLiteChart]:visible")).to_have_count(4)
    page.get_by_role("tab", name="Mapa").click()
    expect(page.locator("[data-testid=stVegaLiteChart]:visible")).to_have_count(1)
    expect(page.locator("[data-testid=stVegaLiteChart]:visible svg")).to_be_visible()

    # The results are taken along.
    with page.expect_download() as download:
        page.get_by_role("button", name="Excel").click()
    taken = tmp_path / "cartera.xlsx"
    download.value.save_as(taken)
    rows = openpyxl.load_workbook(taken).active
    assert rows is not None
    assert rows.max_row == 498

    # Coming back from another page, they are still there.
    page.get_by_role("link", name="Evaluar").click()
    expect(page.get_by_role("button", name="Evaluar")).to_be_visible()
    page.get_by_role("link", name="Cartera").click()
    expect(page.get_by_role("heading", name=re.compile("^497 renglones evaluados"))).to_be_visible()
