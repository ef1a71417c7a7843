"""The infrastructure: what Terraform says of it, and that it fits the service, the app and the guides."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from testing.client.running import ROOT
from testing.delivery.google_provider.serve import SCHEMA
from testing.postgres import PostgresServer

FOLDER = ROOT / "infrastructure" / "terraform"
FILES = {path.name: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.tf"))}
EVERYTHING = "\n".join(FILES.values())
README = (ROOT / "README.md").read_text(encoding="utf-8")
TERRAFORM = shutil.which("terraform")

needs_terraform = pytest.mark.skipif(TERRAFORM is None, reason="terraform is not installed here")
Terraform = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy without the backend, which would have to be there."""
    copy = tmp_path / "terraform"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns(".terraform*", "*.tfvars"))
    versions = copy / "versions.tf"
    versions.write_text(
        re.sub(r'  backend "gcs" \{.*?\n  \}\n', "", versions.read_text(), flags=re.S)
    )
    return copy


@pytest.fixture
def terraform(folder: Path, tmp_path: Path) -> Terraform:
    """Terraform with the stand-in for the provider."""
    program = tmp_path / "bin" / "terraform-provider-google"
    program.parent.mkdir()
    module = "testing.delivery.google_provider.serve"
    program.write_text(f"#!/bin/sh\ncd '{ROOT}' && exec '{sys.executable}' -m {module}\n")
    program.chmod(0o755)
    settings = tmp_path / "terraform.rc"
    overrides = f'dev_overrides {{\n "hashicorp/google" = "{program.parent}"\n }}'
    settings.write_text(f"provider_installation {{\n {overrides}\n direct {{}}\n}}\n")

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(TERRAFORM), *words, "-no-color"],
            cwd=folder,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(tmp_path),
                "TF_CLI_CONFIG_FILE": str(settings),
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


def block(kind: str, *labels: str) -> str:
    """The text of a block, which begins at the margin."""
    head = " ".join([kind, *(f'"{label}"' for label in labels)])
    found = re.search(rf"^{re.escape(head)} \{{\n(.*?)^\}}", EVERYTHING, re.MULTILINE | re.DOTALL)
    assert found, head
    return found[1]


@needs_terraform
def test_it_is_formatted() -> None:
    done = subprocess.run(
        [str(TERRAFORM), "fmt", "-check", "-diff", "-recursive", str(FOLDER)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@needs_terraform
@pytest.mark.slow
class TestWithTheProvidersNamesAndTypes:
    def test_it_is_valid_and_makes_what_its_tests_expect(self, terraform: Terraform) -> None:
        validated, tested = terraform("validate"), terraform("test")

        assert validated.returncode == 0, validated.stdout + validated.stderr
        assert tested.returncode == 0, tested.stdout + tested.stderr
        assert "0 failed" in tested.stdout

    @pytest.mark.parametrize(
        ("good", "bad", "said"),
        [
            ("container_port = 8000", "container_prot = 8000", '"container_prot" is not expected'),
            ("timeout_seconds   = 2", 'timeout_seconds   = "soon"', "a number is required"),
            ('role       = "roles/artifactregistry.writer"', "", '"role" is required'),
        ],
    )
    def test_a_slip_is_noticed(
        self, terraform: Terraform, folder: Path, good: str, bad: str, said: str
    ) -> None:
        (slipped,) = (path for path in folder.glob("*.tf") if good in path.read_text())
        slipped.write_text(slipped.read_text().replace(good, bad, 1))

        assert said in terraform("validate").stderr


def test_every_resource_is_known_to_the_stand_in() -> None:
    used = set(re.findall(r'^resource "(\w+)"', EVERYTHING, re.MULTILINE))
    assert used == set(json.loads(SCHEMA.read_text()))


def test_no_secret_can_come_into_the_state() -> None:
    assert "google_secret_manager_secret_version" not in EVERYTHING
    assert "google_service_account_key" not in EVERYTHING
    assert not re.findall(r'^resource "(?:random|google_sql_user)', EVERYTHING, re.MULTILINE)
    assert not re.search(r"^\s*(secret_data|password|private_key)\b", EVERYTHING, re.MULTILINE)


def test_roles_are_small_and_none_is_given_to_everybody() -> None:
    roles = set(re.findall(r'"(roles/[\w.]+)"', EVERYTHING))

    assert not roles & {"roles/owner", "roles/editor", "roles/viewer"}
    assert not [role for role in roles if role.endswith(("admin", "Admin"))]
    assert not re.search(r"allUsers|allAuthenticatedUsers", EVERYTHING)
    of_project = re.findall(r'"google_project_iam_member" "(\w+)"', EVERYTHING)
    assert set(of_project) == {"database", "delivery_looks"}
    assert "condition {" in block("resource", "google_project_iam_member", "database")


@pytest.mark.parametrize("name", ["api", "app"])
def test_a_deployment_moves_image_and_traffic_and_terraform_does_not(name: str) -> None:
    service = block("resource", "google_cloud_run_v2_service", name)
    (ignored,) = re.findall(r"ignore_changes = \[(.*)\]", service)

    assert {"template[0].containers[0].image", "traffic"} <= set(ignored.split(", "))


def test_services_run_as_their_images_do() -> None:
    for name, folder in (("api", "api"), ("app", "frontend")):
        service = block("resource", "google_cloud_run_v2_service", name)
        dockerfile = (ROOT / folder / "Dockerfile").read_text()
        (port,) = re.findall(r"^EXPOSE (\d+)", dockerfile, re.MULTILINE)
        (path,) = re.findall(r"request\('GET', '([^']+)'\)", dockerfile)
        assert f"container_port = {port}" in service
        assert f'path = "{path}"' in service
    (arguments,) = re.findall(
        r"args = (\[.*\])", block("resource", "google_cloud_run_v2_service", "app")
    )
    (command,) = re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)
    begin: list[str] = json.loads(command)
    assert json.loads(arguments)[: len(begin)] == begin


def test_what_services_are_told_are_their_settings() -> None:
    told = set(re.findall(r'^\s+name += "([A-Z_]+)"', FILES["services.tf"], re.MULTILINE))
    told |= set(re.findall(r"([A-Z_]+) = \"\w+\"", FILES["services.tf"]))
    settings = set(re.findall(r"^\| `([A-Z_]+)` \|", README, re.MULTILINE))

    assert told == {
        "MODEL_URI",
        "MAX_BATCH_BYTES",
        "DATABASE_URL",
        "CURP_KEY",
        "API_URL",
        "API_KEY",
    }
    assert told - {"API_URL", "API_KEY"} <= settings


def test_outputs_in_capitals_are_the_variables_of_the_repository() -> None:
    outputs = set(re.findall(r'^output "([A-Z_]+)"', EVERYTHING, re.MULTILINE))
    variables = set(re.findall(r"^\| variable `([A-Z_]+)` ", README, re.MULTILINE))
    elsewhere = {name for name in variables if name.startswith(("SMTP_", "MAIL_", "MLFLOW_"))}

    assert variables - elsewhere <= outputs
    assert all(f"`{name}`" in README or f"{name}=" in README for name in outputs)


def test_the_example_has_every_variable_without_a_default() -> None:
    example = (FOLDER / "terraform.tfvars.example").read_text()
    given = set(re.findall(r"^(\w+)\s+=", example, re.MULTILINE))
    variables = re.findall(r'^variable "(\w+)" \{\n(.*?)^\}', EVERYTHING, re.MULTILINE | re.DOTALL)

    assert {name for name, body in variables if "default" not in body} <= given
    assert given <= {name for name, _ in variables}


def test_what_the_alert_waits_for_is_what_the_service_says() -> None:
    host = (ROOT / "api" / "model_host.py").read_text()

    assert '(serves on|nothing serves yet)$"' in FILES["alerts.tf"].replace('\\"', '"')
    assert 'serves on"' in host
    assert '"nothing serves yet"' in host
    assert 'getLogger("solvencia.api")' in host


@pytest.mark.slow
def test_the_nightly_dump_restores_to_the_same(tmp_path: Path) -> None:
    """By the very command of the job, on an address of the form that the guide gives."""
    (command,) = re.findall(r"backup = \{.*?command = (\[.*?\])\n", FILES["jobs.tf"], re.DOTALL)
    (script,) = re.findall(r'args = \[("file=.*")\]', FILES["jobs.tf"])
    backups = tmp_path / "backups"
    backups.mkdir()
    with PostgresServer() as server:
        address = f"postgresql://postgres@/postgres?host={server.directory}"

        def run(*words: str, **environment: str) -> str:
            path = f"{server._bin}:/usr/bin:/bin"
            done = subprocess.run(
                words,
                env={"PATH": path, "PYTHONPATH": str(ROOT), **environment},
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            assert done.returncode == 0, done.stderr
            return done.stdout

        def keys(*words: str, url: str = address) -> str:
            return run(sys.executable, "-m", "api.keys", *words, DATABASE_URL=url)

        keys("create", "--name", "Banco Uno", "--role", "partner")
        job = json.loads(script).replace("/backups/", f"{backups}/")
        run(*json.loads(command), job, DATABASE_URL=address)
        (dump,) = backups.iterdir()
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d{6}Z\.dump", dump.name)
        restored = address.replace("/postgres?", "/restored?")
        run("createdb", "-h", str(server.directory), "-U", "postgres", "restored")
        run(
            "pg_restore",
            "--no-owner",
            "--no-acl",
            "--exit-on-error",
            f"--dbname={restored}",
            str(dump),
        )
        assert keys("list", url=restored) == keys("list")

        gone: dict[str, Any] = {"DATABASE_URL": address.replace("/postgres?", "/nowhere?")}
        with pytest.raises(AssertionError, match="nowhere"):
            run(*json.loads(command), job, **gone)
        assert [path.name for path in backups.iterdir()] == [dump.name]
