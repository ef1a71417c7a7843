"""The README says what is so."""

import json
import re
from pathlib import Path

from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.main import create_app
from api.settings import Settings
from api.wire.score import PROFILE_EXAMPLE
from testing.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    fences = re.findall(r"^```(\w*)\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    return [text for name, text in fences if name == language]


def curl_body() -> dict[str, object]:
    curl = next(block for block in blocks("sh") if "curl" in block)
    return json.loads(curl[curl.index("{") : curl.rindex("}") + 1])


def test_every_setting_is_listed_with_its_default_and_meaning() -> None:
    rows = dict(re.findall(r"\| `([A-Z_]+)` \| (.*) \|", README))
    stated = {
        name.upper(): f"{default_of(field.default)} | {field.description}"
        for name, field in Settings.model_fields.items()
    }
    assert rows == stated


def default_of(default: object) -> str:
    if default is None:
        return "none"
    return f"`{default.get_secret_value() if isinstance(default, SecretStr) else default}`"


def test_the_curl_example_is_the_documented_profile() -> None:
    assert curl_body() == PROFILE_EXAMPLE


def shape(value: object) -> object:
    return {key: shape(item) for key, item in value.items()} if isinstance(value, dict) else None


def test_the_answers_shown_have_the_shape_of_real_ones(
    model_directory: Path, tmp_path: Path
) -> None:
    shown, problem = (json.loads(block) for block in blocks("json"))
    settings = Settings(
        model_uri=str(model_directory),
        policy_file=ROOT / "business_rules" / "policy.json",
        database_url=SecretStr(f"sqlite:///{tmp_path / 'decisions.db'}"),
        open_access=True,
    )
    with TestClient(create_app(settings)) as client:
        real = client.post("/score", json=curl_body()).json()
        wrong = {**curl_body(), "profile": {**PROFILE_EXAMPLE["profile"], "age": 12}}
        assert client.post("/score", json=wrong).json() == problem
    for key, value in shown.items():
        if isinstance(value, dict) and isinstance(real[key], dict):
            assert set(value) == set(real[key]), key
        else:
            assert key in real


def test_the_tree_names_what_exists() -> None:
    (tree,) = blocks("")
    for line in tree.splitlines():
        for name in re.split(r"\s{2,}", line)[0].split():
            assert (ROOT / name).exists(), name


def test_every_link_and_picture_exists() -> None:
    for target in re.findall(r"\]\((?!http)([^)]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_commands_are_make_targets() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"`?make ([a-z][a-z-]*)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
