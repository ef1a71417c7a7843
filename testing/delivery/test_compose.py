"""Images and compose: what can be said of them without building them."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from testing.client.running import ROOT
from testing.delivery.test_workflows import lint

COMPOSE = ROOT / "docker-compose.yml"
TEXT = COMPOSE.read_text(encoding="utf-8")
SERVICES: dict[str, dict[str, Any]] = yaml.safe_load(TEXT)["services"]
DOCKERFILES = [ROOT / "api" / "Dockerfile", ROOT / "frontend" / "Dockerfile"]
DOCKERFILES += sorted((ROOT / "infrastructure").glob("*/Dockerfile"))


def built_from(service: dict[str, Any]) -> str:
    """The text of a service's Dockerfile; empty for an image that others make."""
    build = service.get("build")
    return (ROOT / build["dockerfile"]).read_text(encoding="utf-8") if build else ""


def lacking(docker: str) -> bool:
    told = subprocess.run([docker, "compose", "version"], capture_output=True, check=False)
    return told.returncode != 0


def test_the_compose_file_follows_its_schema(tmp_path: Path) -> None:
    wrong = tmp_path / "docker-compose.yml"
    wrong.write_text(TEXT.replace("read_only: true", "read_olny: true"))

    def checked(file: Path) -> int:
        return lint(
            "check-jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)
        ).returncode

    assert checked(COMPOSE) == 0
    assert checked(wrong) != 0


@pytest.mark.parametrize("profile", [[], ["--profile", "full"]], ids=["default", "full"])
def test_docker_reads_the_compose_file(profile: list[str]) -> None:
    docker = shutil.which("docker")
    if docker is None or lacking(docker):
        pytest.skip("docker compose is not installed")
    command = [docker, "compose", "-f", str(COMPOSE), *profile, "config", "--services"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert set(told) == (set(SERVICES) if profile else {"api", "frontend"})


def test_service_and_app_come_alone_without_a_profile() -> None:
    profiles = {name: service.get("profiles") for name, service in SERVICES.items()}
    assert {name for name, of in profiles.items() if of is None} == {"api", "frontend"}
    assert all(of in (None, ["full"]) for of in profiles.values())
    assert set(profiles) >= {"postgres", "mlflow", "prometheus", "grafana"}


@pytest.mark.parametrize("name", SERVICES)
class TestEveryService:
    def test_may_do_little(self, name: str) -> None:
        service = SERVICES[name]
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert not {"privileged", "cap_add", "network_mode", "pid"} & service.keys()

    def test_says_whether_it_is_healthy(self, name: str) -> None:
        assert "healthcheck" in SERVICES[name] or "HEALTHCHECK" in built_from(SERVICES[name])

    def test_is_reached_from_this_machine_alone_on_a_port_of_choice(self, name: str) -> None:
        for port in SERVICES[name].get("ports", []):
            assert re.fullmatch(r"127\.0\.0\.1:\$\{[A-Z]+_PORT:-\d+\}:\d+", port), port

    def test_is_of_a_version_that_is_named(self, name: str) -> None:
        if "build" not in SERVICES[name]:
            assert re.search(r":v?\d+\.\d+", SERVICES[name]["image"])

    def test_what_is_mounted_from_here_is_here_and_only_read(self, name: str) -> None:
        for volume in SERVICES[name].get("volumes", []):
            if isinstance(volume, dict):
                assert volume["read_only"] is True
            elif volume.startswith("./"):
                source, _, how = volume.split(":")
                assert (ROOT / source).exists(), source
                assert how == "ro"


def test_the_head_of_the_compose_file_names_every_variable() -> None:
    head = "\n".join(line for line in TEXT.splitlines() if line.startswith("#"))
    used = set(re.findall(r"\$\{([A-Z_]+)", TEXT))
    assert used == set(re.findall(r"\b[A-Z]+_[A-Z_]+\b", head))


def test_no_secret_has_a_value_of_its_own() -> None:
    for name, default in re.findall(r"\$\{([A-Z_]+):-([^}]*)\}", TEXT):
        if re.search("PASSWORD|_KEY$", name):
            assert default == "", name


def test_databases_are_made_where_services_look_for_them() -> None:
    made = (ROOT / "infrastructure" / "postgres" / "mlflow.sql").read_text()
    (database,) = re.findall(
        r"postgresql\+psycopg://solvencia@postgres/(\w+)", built_from(SERVICES["mlflow"])
    )
    assert f"CREATE DATABASE {database};" in made
    assert SERVICES["postgres"]["environment"]["POSTGRES_USER"] == "solvencia"


def test_hadolint_finds_nothing_and_would(tmp_path: Path) -> None:
    wrong = tmp_path / "Dockerfile"
    wrong.write_text("FROM python\nRUN cd /tmp && sudo pip install solvencia\n")

    assert lint("hadolint", *map(str, DOCKERFILES)).stdout == ""
    assert "DL3006" in lint("hadolint", str(wrong)).stdout


@pytest.mark.parametrize("file", DOCKERFILES, ids=lambda file: file.parent.name)
class TestEveryImage:
    def test_stands_on_a_base_with_a_tag_and_runs_as_nobody_known(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        assert "ARG BASE=python:3.11-slim-bookworm" in text
        final = text[text.rindex("FROM ${BASE}") :]
        assert final.startswith("FROM ${BASE}\n")
        assert re.search(r"^USER 10001:10001$", final, re.MULTILINE)
        assert "pip" not in final
        assert "apt-get" not in final

    def test_stops_when_told_to(self, file: Path) -> None:
        # In brackets, so that no shell stands between the signal and the program.
        assert re.findall(r"^CMD (.)", file.read_text(), re.MULTILINE) == ["["]

    def test_what_it_copies_is_here_and_not_ignored(self, file: Path) -> None:
        admitted = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
        admitted.append(".streamlit")  # of which one file
        for line in re.findall(r"^COPY (?!--from)(.+)$", file.read_text(), re.MULTILINE):
            for source in line.split()[:-1]:
                if source != "${MODEL_DIRECTORY}":
                    assert (ROOT / source).exists(), source
                    assert any(f"{source}/".startswith(f"{way}/") for way in admitted), source


TRY_ARROW = """
import io, sys
sys.path.insert(0, sys.argv[1])
import numpy, pyarrow
from pyarrow import compute, parquet
assert pyarrow.__file__.startswith(sys.argv[1]) and numpy.__file__.startswith(sys.argv[1])
rows = [{"age": 35, "state": "09"}, None, {"age": 41, "state": "19"}]
file = io.BytesIO()
parquet.write_table(pyarrow.table({"profile": pyarrow.array(rows), "x": [1.5, None, 2.5]}), file)
back = parquet.ParquetFile(io.BytesIO(file.getvalue()), pre_buffer=False)
batches = [batch.cast(back.schema_arrow) for batch in back.iter_batches(use_threads=False)]
assert batches[0]["profile"].to_pylist() == rows
assert compute.max(batches[0]["x"]).as_py() == 2.5
stream = pyarrow.BufferOutputStream()
with pyarrow.ipc.new_stream(stream, batches[0].schema) as writer:
    writer.write_batch(batches[0])
assert numpy.random.default_rng(1).random((40, 40)).dot(numpy.ones(40)).shape == (40,)
"""


@pytest.mark.slow
def test_what_is_trimmed_reads_and_writes_parquet(tmp_path: Path) -> None:
    """A newer Arrow or numpy may need what the images leave out."""
    import numpy
    import pyarrow

    if shutil.which("strip") is None:
        pytest.skip("strip is not installed: apt-get install binutils")
    packages = tmp_path / "lib" / "python3.11" / "site-packages"
    for module in (numpy, pyarrow):
        folder = Path(str(module.__file__)).parent
        shutil.copytree(folder, packages / folder.name)
    libraries = Path(str(numpy.__file__)).parents[1] / "numpy.libs"
    shutil.copytree(libraries, packages / libraries.name)
    before = sum(file.stat().st_size for file in packages.rglob("*"))

    subprocess.run(["sh", str(ROOT / "infrastructure/images/trim.sh"), str(tmp_path)], check=True)
    after = sum(file.stat().st_size for file in packages.rglob("*"))
    ran = lint("python", "-I", "-W", "error", "-c", TRY_ARROW, str(packages))

    assert ran.returncode == 0, ran.stderr
    assert after < 0.65 * before
