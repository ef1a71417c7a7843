"""The guides for whoever deploys and runs it: what they name is there, and what they say to do works."""

import importlib.util
import json
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from api.main import create_app
from api.settings import Settings
from api.telemetry import Metrics
from api.wire.score import PROFILE_EXAMPLE, ScoreRequest
from testing.client.running import ROOT

GUIDES = {name: (ROOT / "docs" / f"{name}.md").read_text() for name in ("deploy", "runbook")}
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TERRAFORM = "\n".join(
    path.read_text() for path in (ROOT / "infrastructure" / "terraform").glob("*.tf")
)
GCLOUD = shutil.which("gcloud")

every_guide = pytest.mark.parametrize("text", GUIDES.values(), ids=GUIDES)


def blocks(text: str) -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(text: str) -> str:
    """All that is meant to be typed: blocks, and code in sentences; a line each."""
    rest = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    return "\n".join([*blocks(text), *re.findall(r"`([^`]+)`", rest)]).replace("\\\n", " ")


def anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@every_guide
def test_every_block_is_bash(text: str) -> None:
    for block in blocks(text):
        done = subprocess.run(
            ["bash", "-n"], input=block, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, (block, done.stderr)


@every_guide
def test_make_targets_exist(text: str) -> None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))
    named = set(re.findall(r"(?:^|&& |`)make ([a-z-]+)", commands(text), re.MULTILINE))

    assert named
    assert named <= targets


def test_modules_are_commands_with_these_options() -> None:
    named = re.findall(r"python -m ([\w.]+)((?: --[\w-]+)*)", "\n".join(GUIDES.values()))

    assert {"api.keys", "utilities.promote"} <= {module for module, _ in named}
    for module, options in named:
        spec = importlib.util.find_spec(module)
        assert spec, module
        assert spec.origin, module
        source = Path(spec.origin).read_text()
        assert '__name__ == "__main__"' in source, module
        assert all(f'"{option}"' in source for option in options.split()), module


def test_keys_are_made_with_options_that_exist() -> None:
    from api.keys import _parser

    said = "\n".join(commands(text) for text in GUIDES.values())
    for words in re.findall(r"api\.keys ((?:create|list|revoke)[^|)\n]*)", said):
        plain = re.findall(r'"[^"]*"|[^\s"]+', words.strip())
        assert _parser().parse_args([word.strip('"') for word in plain])


@every_guide
def test_variables_are_known(text: str) -> None:
    said = commands(text)
    made = set(re.findall(r"\b([A-Z][A-Z_]+)=", said)) | set(
        re.findall(r" ([A-Z_]+) && read", said)
    )
    made |= {
        name for line in re.findall(r"^read -rs?p .*$", said, re.MULTILINE) for name in line.split()
    }
    used = set(re.findall(r"\$\{?([A-Z][A-Z_]+)", said))
    settings = {
        name for name in re.findall(r"\b[A-Z]+(?:_[A-Z]+)+\b", said) if name not in used | made
    }

    assert used <= made | set(re.findall(r"for name in ([A-Z_ \\\n]+); do", text)[0].split()) | {
        "SMOKE_API_KEY"
    }
    assert {name for name in settings if f"`{name}`" not in README} <= {
        *re.findall(r'^output "([A-Z_]+)"', TERRAFORM, re.MULTILINE)
    }


@every_guide
def test_outputs_secrets_and_settings_of_terraform_exist(text: str) -> None:
    outputs = set(re.findall(r'^output "(\w+)"', TERRAFORM, re.MULTILINE))
    variables = set(re.findall(r'^variable "(\w+)"', TERRAFORM, re.MULTILINE))
    secrets = {
        f"solvencia-{end}" for end in re.findall(r'"\$\{var\.name\}-([\w-]+)" +# ', TERRAFORM)
    }
    for listed in re.findall(r"for name in ([A-Z_ \\\n]+); do", text):
        assert set(listed.replace("\\", "").split()) <= outputs
    assert set(re.findall(r"\$\(output (\w+)\)", text)) <= outputs
    assert set(re.findall(r"`(\w+) = (?:true|false|\")", text)) <= variables
    named = set(re.findall(r"(?:versions add |--secret=|`)(solvencia-[\w-]+)", text))
    assert {name for name in named if "decisions" not in name} <= secrets


@every_guide
def test_links_and_files_lead_somewhere(text: str) -> None:
    for link in re.findall(r"\]\((?!https:)([^)]+)\)", text):
        path, _, anchor = link.partition("#")
        target = (ROOT / "docs" / path).read_text() if path else text
        assert not anchor or anchor in anchors(target), link
    for path in re.findall(r"\b(?:infrastructure|business_rules|reports)/[\w./]+\w", text):
        made = {"infrastructure/terraform/terraform.tfvars", "reports/report.html"}
        assert path in made or (ROOT / path).exists(), path
    for workflow in re.findall(r"\b(?!params)[a-z_]+\.yaml", text):
        assert (ROOT / ".github" / "workflows" / workflow).exists(), workflow


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    database = tmp_path_factory.mktemp("guides") / "decisions.db"
    document = create_app(
        Settings.model_validate({"database_url": f"sqlite:///{database}"})
    ).openapi()
    return {(method.upper(), path) for path, way in document["paths"].items() for method in way}


@every_guide
def test_what_is_asked_of_the_service_is_answered(text: str, paths: set[tuple[str, str]]) -> None:
    known = {re.sub(r"\{\w+\}", "ID", path) for _, path in paths}
    for path in re.findall(r"\$API_URL(/[\w/-]*)", text):
        assert path in known, path
    for method, path in re.findall(r"`(GET|POST|DELETE) (/[^`]*)`", text):
        assert re.sub(r"\{\w+\}", "ID", path) in {
            re.sub(r"\{\w+\}", "ID", one) for way, one in paths if way == method
        }, path


def test_the_applicant_that_is_scored_is_the_documented_one() -> None:
    (body,) = re.findall(r"/score\".*? -d '(\{.*?\n\})'", GUIDES["deploy"], re.DOTALL)

    assert json.loads(body) == PROFILE_EXAMPLE
    ScoreRequest.model_validate_json(body)


def test_figures_exist() -> None:
    exposed = Metrics().exposition().decode()
    named = set(re.findall(r"solvencia_\w+_total", "\n".join(GUIDES.values())))

    assert named
    assert all(name in exposed for name in named)


@cache
def gcloud_tree() -> dict[str, Any]:
    """What gcloud knows of itself, for completion."""
    root = Path(str(GCLOUD)).resolve().parents[1]
    data = root / "data" / "cli" / "gcloud_completions.py"
    if not data.exists():
        pytest.skip("gcloud is here without the list of its commands")
    spec = importlib.util.spec_from_file_location("gcloud_completions", data)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tree: dict[str, Any] = module.STATIC_COMPLETION_CLI_TREE
    return tree


@pytest.mark.skipif(GCLOUD is None, reason="gcloud is not installed here")
@every_guide
def test_gcloud_knows_commands_and_flags(text: str) -> None:
    for said in re.findall(r"\bgcloud ([a-z][^|\n;)]*)", commands(text)):
        words = re.sub(r"'[^']*'|\"[^\"]*\"", "X", said).split()
        node = gcloud_tree()
        common = set(node["flags"])
        while words and words[0] in node.get("commands", {}):
            node = node["commands"][words.pop(0)]
        given = {word.partition("=")[0] for word in words if word.startswith("--")}
        flags = {f"--{flag.removeprefix('--no-').removeprefix('--')}" for flag in given}
        assert not node.get("commands"), said
        assert flags <= common | set(node["flags"]), said
