import asyncio
from pathlib import Path

import pytest

from api.keyring import KeyRing, Role
from api.keys import main
from api.store.store import Store


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    address = f"sqlite:///{tmp_path}/decisions.db"
    monkeypatch.setenv("DATABASE_URL", address)
    return address


async def ring(address: str) -> KeyRing:
    store = Store(address, patience=5)
    await store.open()
    try:
        return KeyRing(await store.keys())
    finally:
        await store.close()


def test_a_key_is_made_listed_and_revoked(
    database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["create", "--name", "Banco Uno", "--role", "analyst"]) == 0
    printed = capsys.readouterr()
    text = printed.out.strip()
    assert text not in printed.err
    caller = asyncio.run(ring(database)).caller(f"Bearer {text}".encode())
    assert caller is not None
    assert (caller.name, caller.role) == ("Banco Uno", Role.ANALYST)

    assert main(["list"]) == 0
    listed = capsys.readouterr().out
    assert caller.id in listed
    assert "Banco Uno" in listed
    assert text.split("_", 2)[2] not in listed

    assert main(["revoke", caller.id]) == 0
    assert asyncio.run(ring(database)).caller(f"Bearer {text}".encode()) is None
    assert main(["revoke", "nobody"]) == 1
    assert "no key nobody" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["create", "--name", "Banco Uno"],
        ["create", "--name", "Banco Uno", "--role", "owner"],
        ["create", "--name", " ", "--role", "partner"],
        ["create", "--name", "a\nb", "--role", "partner"],
        ["create", "--name", "a" * 101, "--role", "partner"],
    ],
)
def test_a_wrong_command_makes_no_key(arguments: list[str], database: str) -> None:
    with pytest.raises(SystemExit) as refused:
        main(arguments)
    assert refused.value.code == 2


def test_a_database_that_is_away_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/none/decisions.db")
    assert main(["list"]) == 1
    assert "database" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("PORT", "99999", "PORT: Input should be less than or equal to 65535; it is '99999'"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL: String should match pattern"),
        ("CURP_KEY", "hush", "CURP_KEY: "),
        ("MAX_BATCH_BYTES", "2000", "MAX_BATCH_BYTES must be at least MAX_BODY_BYTES"),
        ("DATABASE_URL", "postgresql://u@h:hush/x", "DATABASE_URL: "),
        ("DATABASE_URL", "mysql://u:hush@h/x", "DATABASE_URL: got mysql://u:***@h/x; allowed: "),
    ],
)
def test_a_wrong_setting_is_named_without_its_secret(
    name: str,
    value: str,
    told: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(name, value)
    assert main(["list"]) == 2
    line = capsys.readouterr().err
    assert line.startswith(told)
    assert line.count("\n") == 1
    assert "hush" not in line
