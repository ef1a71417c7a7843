"""Simulate a policy draft, in a real browser, with the real service and decisions it made."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from served import Served

from solvencia.domain.verdict import read_policy
from testing.client.running import ROOT

POLICY: dict[str, Any] = json.loads(
    (ROOT / "business_rules" / "policy.json").read_text(encoding="utf-8")
)


def seed(served: Served) -> str:
    """Make a decision that the policy in force approves or refers; its id."""
    document = httpx.get(f"{served.api_address}/openapi.json").json()
    body = document["paths"]["/score"]["post"]["requestBody"]["content"]["application/json"]
    request = body["examples"]["profile"]["value"]
    answer = httpx.post(f"{served.api_address}/score", json=request, timeout=20)
    answer.raise_for_status()
    decision = answer.json()
    assert decision["outcome"] != "decline"
    return str(decision["id"])


@pytest.mark.slow
def test_an_analyst_simulates_a_policy_draft(served: Served, page: Page, tmp_path: Path) -> None:
    decided = seed(served)
    page.goto(served.address)
    page.get_by_role("link", name="Política").click()
    expect(page.get_by_text("Probabilidad de incumplimiento: 35 % o más")).to_be_visible()

    # A limit that nobody meets: first mistyped, then as it is meant.
    page.get_by_role("tab", name="Borrador").click()
    limit = page.get_by_label("Puntaje final: menos de …", exact=True)
    limit.fill("900")
    limit.press("Tab")
    expect(page.get_by_text("Debe estar entre 300 y 850.")).to_be_visible()
    limit.fill("850")
    limit.press("Tab")
    expect(page.get_by_text("Debe estar entre 300 y 850.")).to_be_hidden()
    expect(page.get_by_text("SCORE_TOO_LOW · Puntaje final: 480 → 850")).to_be_visible()

    # The worked cases come out another way, and are accepted.
    expect(page.get_by_role("heading", name="Casos que cambian")).to_be_visible()
    page.get_by_role("tab", name="Simulación").click()
    expect(page.get_by_role("button", name="Simular")).to_be_disabled()
    page.get_by_role("tab", name="Borrador").click()
    page.get_by_role("button", name="Aceptar los ").click()
    expect(page.get_by_text("El servicio lo admite")).to_be_visible()

    # What the draft would have made of the decision.
    page.get_by_role("tab", name="Simulación").click()
    page.get_by_role("button", name="Simular").click()
    expect(page.get_by_role("heading", name="de resultado")).to_be_visible()
    link = page.locator(f'a[href$="/decisiones?id={decided}"]')
    expect(link).to_be_visible()

    # The file: the policy with the change, under another name, and good enough to load.
    page.get_by_label("Versión", exact=True).fill("2027-01-15")
    page.get_by_label("Versión", exact=True).press("Enter")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Descargar policy-2027-01-15.json").click()
    assert waiting.value.suggested_filename == "policy-2027-01-15.json"
    waiting.value.save_as(tmp_path / "draft.json")
    text = (tmp_path / "draft.json").read_text(encoding="utf-8")
    draft = read_policy(text, "draft").policy
    assert draft.version == "2027-01-15"
    assert json.loads(text)["knockouts"][5]["all"][0]["value"] == 850

    # Nothing was published.
    in_force = httpx.get(f"{served.api_address}/policy").json()
    assert in_force["policy"] == POLICY
