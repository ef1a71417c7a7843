"""The commands people and automation run."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from api.wire.score import PROFILE_EXAMPLE
from solvencia.artifact import _version, read_model
from testing.conftest import ROOT


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )


@pytest.fixture
def project(model_directory: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    shutil.copytree(model_directory, tmp_path / "model" / "candidate")
    shutil.copytree(ROOT / "business_rules", tmp_path / "business_rules")
    return tmp_path


def test_the_first_candidate_becomes_champion(project: Path) -> None:
    done = run(project, "utilities.promote", "--first")
    version = read_model(project / "model" / "candidate").version
    assert done.returncode == 0
    assert f"champion: {version}" in done.stdout
    assert read_model(project / "model" / "champion").version == version
    assert sorted(path.name for path in (project / "model").iterdir()) == [
        ".champions.lock",
        "archive",
        "candidate",
        "champion",
        "champions.json",
    ]


def test_a_champion_that_serves_is_kept_until_promotion(project: Path) -> None:
    champion = project / "model" / "champion"
    shutil.copytree(project / "model" / "candidate", champion)
    manifest = json.loads((champion / "manifest.json").read_text(encoding="utf-8"))
    manifest["metrics"] = {}
    body = {key: value for key, value in manifest.items() if key != "version"}
    manifest["version"] = _version(body)
    (champion / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    kept = run(project, "utilities.promote", "--first")
    assert f"candidate {read_model(project / 'model' / 'candidate').version} waits" in kept.stdout
    assert read_model(champion).version == manifest["version"]


def test_an_altered_candidate_does_not_serve(project: Path) -> None:
    card = project / "model" / "candidate" / "segments.json"
    card.write_text(card.read_text(encoding="utf-8") + " ", encoding="utf-8")
    done = run(project, "utilities.promote", "--first")
    assert done.returncode == 1
    assert "segments.json" in done.stderr
    assert not (project / "model" / "champion").exists()


def test_a_source_that_is_no_folder_is_named() -> None:
    done = run(ROOT, "utilities.pipeline_copy", "/nowhere/at/all")
    assert done.returncode == 1
    assert "SOURCE: got /nowhere/at/all" in done.stderr


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_taken_port_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(ROOT, "utilities.serve", "--api-port", str(port), "--app-port", str(free_port()))
    assert done.returncode == 1
    assert f"port {port} is taken" in done.stderr


@pytest.mark.parametrize(
    ("ports", "said"),
    [(("99999", "8080"), "got '99999'; allowed: 1 to 65535"), (("8931", "8931"), "are both 8931")],
)
def test_ports_that_are_none_are_named(ports: tuple[str, str], said: str) -> None:
    done = run(ROOT, "utilities.serve", "--api-port", ports[0], "--app-port", ports[1])
    assert done.returncode != 0
    assert said in done.stderr


@pytest.mark.slow
def test_what_keeps_the_service_from_serving_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODEL_URI", str(tmp_path / "nothing"))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/decisions.db")
    ports = "--api-port", str(free_port()), "--app-port", str(free_port())
    done = run(ROOT, "utilities.serve", *ports)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert "/health/ready: no decision can be made yet" in last
    assert "nothing: no model here" in last


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_serving_starts_both_and_stops_both(model_directory: Path, stop: signal.Signals) -> None:
    api, app = free_port(), free_port()
    environment = {**os.environ, "MODEL_URI": str(model_directory), "PYTHONUNBUFFERED": "1"}
    command = ["utilities.serve", "--api-port", str(api), "--app-port", str(app)]
    with subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            said = ""
            while "Ctrl-C" not in said:
                line = process.stdout.readline()
                assert line, said
                said += line
            assert re.search(rf"app +http://127.0.0.1:{app}", said)
            request = urllib.request.Request(
                f"http://127.0.0.1:{api}/score",
                json.dumps(PROFILE_EXAMPLE).encode(),
                {"content-type": "application/json"},
            )
            with urllib.request.urlopen(request, timeout=10) as answer:
                assert json.load(answer)["outcome"] in ("approve", "refer", "decline")
        finally:
            process.send_signal(stop)
            code = process.wait(timeout=30)
    assert code == 0
    for port in (api, app):
        with socket.socket() as probe:
            assert probe.connect_ex(("127.0.0.1", port)) != 0
