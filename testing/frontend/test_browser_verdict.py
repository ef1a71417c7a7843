"""A decision taken along: its link, its JSON and its page for the file, in a real browser."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from served import Served


@pytest.mark.slow
def test_a_decision_is_linked_copied_and_printed(served: Served, page: Page) -> None:
    expect.set_options(timeout=30_000)
    page.goto(served.address)
    page.get_by_role("button", name="Evaluar").click()
    expect(page.get_by_role("heading", name="Puntaje final", exact=True)).to_be_visible()

    # Against the incomes of the state that the example names, with the segment described.
    expect(page.get_by_text("Ciudad de México), con sus cortes", exact=False)).to_be_visible()
    expect(page.get_by_text("Lo típico del segmento", exact=False)).to_be_visible()

    # The link that can be copied is the decision's own.
    page.get_by_role("button", name="Copiar enlace").click()
    link = page.get_by_test_id("stCode").get_by_text("decisiones?id=", exact=False).inner_text()
    assert re.fullmatch(rf"{served.address}/decisiones\?id=[0-9a-f-]{{36}}", link)
    page.keyboard.press("Escape")

    # The JSON is the service's answer.
    page.get_by_role("button", name="Copiar JSON").click()
    shown = page.get_by_test_id("stCode").filter(has_text="final_score").inner_text()
    assert link.endswith(json.loads(shown)["id"])
    page.keyboard.press("Escape")

    # The page for the file.
    with page.expect_download() as downloading:
        page.get_by_role("button", name="PDF para el expediente").click()
    download = downloading.value
    assert download.suggested_filename == f"decision-{link[-36:]}.pdf"
    assert Path(download.path()).read_bytes().startswith(b"%PDF-")

    # And the decision's own page.
    page.get_by_role("link", name="Abrir en Decisiones").click()
    expect(page).to_have_url(link)
