"""Signing in: open where nothing is configured, closed where something is, and there and back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_service import FakeService
from identity import CLIENT_ID, CLIENT_SECRET, PERSON, IdentityProvider
from playwright.sync_api import Page, expect
from served import Served
from streamlit import config
from streamlit.runtime.secrets import secrets_singleton
from streamlit.testing.v1 import AppTest

from frontend.signing_in import may_enter
from frontend.text import say
from testing.client.running import LOCAL, ROOT, free_port, start_python, stop_process, wait_for

AUTH = {
    "redirect_uri": "http://127.0.0.1:8080/oauth2callback",
    "cookie_secret": "a secret that is only used in tests",
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
    "server_metadata_url": "http://127.0.0.1:1/.well-known/openid-configuration",
}


def test_without_a_provider_the_app_is_open(app: AppTest) -> None:
    app.run()
    assert not app.exception
    assert "sign_in" not in [button.key for button in app.button]
    assert "sign_out" not in [button.key for button in app.button]
    assert any("Mesa · analista" in item.value for item in app.markdown)


def test_with_a_provider_nothing_is_shown_or_asked_before_signing_in(
    app: AppTest, fake: FakeService
) -> None:
    app.secrets["auth"] = AUTH
    fake.state = "broken"
    app.run()
    assert not app.exception
    assert [button.key for button in app.button] == ["sign_in"]
    assert [item.value for item in app.markdown] == [say("sign_in.note", "es")]
    assert "status" not in app.session_state


def test_a_page_that_runs_without_its_shell_asks_nothing(app: AppTest, fake: FakeService) -> None:
    page = AppTest.from_file(str(ROOT / "frontend" / "entries" / "model.py"))
    page.session_state["status"] = "ready"
    assert page.run().exception  # the fake has no such model: without a provider it is asked
    page.secrets["auth"] = AUTH
    page.run()
    assert not page.exception
    assert not page.main.children


@pytest.fixture
def unreadable_secrets(tmp_path: Path) -> Iterator[None]:
    path = tmp_path / "secrets.toml"
    path.write_text("[auth\nclient_id = ")
    before = config.get_option("secrets.files")
    config.set_option("secrets.files", [str(path)])
    secrets_singleton._reset()
    yield
    config.set_option("secrets.files", before)
    secrets_singleton._reset()


def test_a_slip_in_the_secrets_does_not_open_the_app(
    app: AppTest, unreadable_secrets: None
) -> None:
    app.run()
    assert app.exception
    assert not app.button


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    found = IdentityProvider()
    yield found
    found.stop()


@pytest.fixture
def closed_app(
    request: pytest.FixtureRequest, served: Served, provider: IdentityProvider, tmp_path: Path
) -> Iterator[str]:
    """The address of an app that asks these people to sign in, in front of the real service."""
    port = free_port()
    address = f"http://{LOCAL}:{port}"
    auth = AUTH | {
        "redirect_uri": f"{address}/oauth2callback",
        "server_metadata_url": f"{provider.address}/.well-known/openid-configuration",
        "expose_tokens": "id",
    }
    secrets = tmp_path / "secrets.toml"
    admitted = f"admitted = {request.param!r}\n"
    secrets.write_text(
        f"{admitted}[auth]\n" + "".join(f'{key} = "{value}"\n' for key, value in auth.items())
    )
    process = start_python(
        *("-m", "streamlit", "run", "frontend/app.py", "--server.fileWatcherType", "none"),
        *("--server.port", str(port), "--server.address", LOCAL, "--secrets.files", str(secrets)),
        environment={"API_URL": served.api_address, "API_KEY": ""},
    )
    try:
        wait_for(f"{address}/_stcore/health", process)
        yield address
    finally:
        stop_process(process)


@pytest.mark.slow
@pytest.mark.parametrize("closed_app", [[], ["@banco.example"]], indirect=True)
def test_there_and_back(closed_app: str, provider: IdentityProvider, page: Page) -> None:
    page.goto(closed_app)
    sign_in = page.get_by_role("button", name=say("sign_in", "es"))
    expect(sign_in).to_be_visible()
    expect(page.get_by_role("heading", name="Evaluar")).to_have_count(0)
    expect(page.get_by_role("link", name="Cartera")).to_have_count(0)

    sign_in.click()
    expect(page.get_by_text(PERSON["name"])).to_be_visible()
    expect(page.get_by_text("administrador")).to_be_visible()
    expect(page.get_by_role("button", name="Evaluar")).to_be_visible()

    page.get_by_role("button", name=say("sign_out", "es")).click()
    expect(sign_in).to_be_visible()
    expect(page.get_by_text(PERSON["name"])).to_have_count(0)
    assert provider.signed_out == 1


@pytest.mark.slow
@pytest.mark.parametrize("closed_app", [["eva@banco.example", "@otro.example"]], indirect=True)
def test_who_is_not_admitted_is_told_and_can_leave(closed_app: str, page: Page) -> None:
    page.goto(f"{closed_app}/modelo")
    page.get_by_role("button", name=say("sign_in", "es")).click()
    refused = say("sign_in.refused", "es", account=PERSON["email"])
    expect(page.get_by_text(refused)).to_be_visible()
    expect(page.get_by_role("link", name="Cartera")).to_have_count(0)
    page.get_by_role("button", name=say("sign_out", "es")).click()
    expect(page.get_by_role("button", name=say("sign_in", "es"))).to_be_visible()


@pytest.mark.parametrize(
    ("person", "allowed", "enters"),
    [
        ({"email": "ana@banco.example", "email_verified": True}, ["@BANCO.example"], True),
        ({"email": "ana@banco.example", "email_verified": False}, ["@banco.example"], False),
        ({"email": "ana@banco.example"}, ["@banco.example"], False),
        ({"email": "ana@mibanco.example", "email_verified": True}, ["@banco.example"], False),
        (
            {"email": "x@banco.example@otro.example", "email_verified": True},
            ["@banco.example"],
            False,
        ),
        ({"name": "Ana", "email_verified": True}, ["@banco.example"], False),
    ],
)
def test_only_a_verified_address_of_the_list_enters(
    person: dict[str, Any], allowed: list[str], enters: bool
) -> None:
    assert may_enter(person, allowed) is enters


@pytest.mark.parametrize("allowed", ["@banco.example", ["banco.example"], ["ana@"]])
def test_a_list_that_is_none_keeps_the_app_closed(app: AppTest, allowed: object) -> None:
    app.secrets["auth"], app.secrets["admitted"] = AUTH, allowed
    app.run()
    assert app.exception
    assert not app.button
