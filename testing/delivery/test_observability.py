"""Prometheus and Grafana: they ask for figures that the service gives, and alerts say what they should."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from api.main import create_app
from api.telemetry import Metrics
from testing.client.running import ROOT

HERE = ROOT / "infrastructure" / "observability"
PROMETHEUS = HERE / "prometheus"
RULES = sorted((PROMETHEUS / "rules").glob("*.yml"))
DASHBOARDS = sorted((HERE / "grafana" / "dashboards").glob("*.json"))
CASES = sorted(Path(__file__).with_name("alerts").glob("*.yaml"))
OF_PROMETHEUS = {"up": set(), "ALERTS": {"alertname", "alertstate", "severity"}}
"""Series that Prometheus itself makes, with their labels."""

SERIES = re.compile(r"\b(solvencia_\w+|up|ALERTS)\b(?:\{([^}]*)\})?")
GROUPED = re.compile(r"\bby \(([^)]*)\)")


def read(file: Path) -> Any:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def alerts() -> dict[str, dict[str, Any]]:
    groups = [group for file in RULES for group in read(file)["groups"]]
    return {rule["alert"]: rule for group in groups for rule in group["rules"]}


def queries() -> Iterator[tuple[str, str]]:
    """Every query with where it stands."""
    for name, rule in alerts().items():
        yield name, rule["expr"]
    for file in DASHBOARDS:
        for panel in json.loads(file.read_text(encoding="utf-8"))["panels"]:
            for target in panel["targets"]:
                yield f"{file.stem}: {panel['title']}", target["expr"]


QUERIES = list(queries())


@pytest.fixture(scope="module")
def exposed() -> dict[str, set[str]]:
    """Names of all series that the service exposes, with the names of their labels."""
    metrics = Metrics()
    metrics.answered("POST", "/score", 429, 0.1)
    metrics.decided("approve", "B", 631, "6975e506db3f")
    metrics.reloaded("refused")
    metrics.serving("6975e506db3f", "2026-11-01", synthetic=True)
    metrics.committed(1, 0.001)
    metrics.failed("KeyError")
    found: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(metrics.exposition().decode()):
        for sample in family.samples:
            found.setdefault(sample.name, set()).update(sample.labels)
    return found


@pytest.fixture(scope="module")
def promtool() -> str:
    found = shutil.which("promtool") or str(ROOT / ".venv/prometheus/usr/bin/promtool")
    if not Path(found).is_file():
        pytest.skip("promtool is not installed: make lint-images fetches it where apt has it")
    return found


def ran(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(("where", "query"), QUERIES, ids=[where for where, _ in QUERIES])
def test_a_query_asks_for_what_the_service_exposes(
    where: str, query: str, exposed: dict[str, set[str]]
) -> None:
    known = exposed | OF_PROMETHEUS
    asked = SERIES.findall(query)
    assert asked, query
    for name, matchers in asked:
        assert name in known, name
        labels = re.findall(r"(\w+)(?:=~|!~|!=|=)", matchers)
        assert set(labels) <= known[name] | {"job", "instance"}, (name, labels)
    all_labels = {"job", "instance"}.union(*(known[name] for name, _ in asked))
    for grouped in GROUPED.findall(query):
        assert set(grouped.split(", ")) <= all_labels, grouped


def test_what_matchers_name_exists() -> None:
    paths = create_app().openapi()["paths"]
    said = re.findall(r'(\w+)="([^"]*)"', "\n".join(query for _, query in QUERIES))
    values: dict[str, set[str]] = {}
    for label, value in said:
        values.setdefault(label, set()).add(value)
    assert values.pop("route") <= paths.keys()
    assert values == {
        "job": {"api"},
        "outcome": {"approve"},
        "result": {"refused"},
        "synthetic": {"true"},
        "alertstate": {"firing"},
    }


def test_the_two_configurations_differ_in_the_key_alone() -> None:
    without, with_key = read(PROMETHEUS / "prometheus.yml"), read(PROMETHEUS / "prometheus-key.yml")
    (scrape,) = with_key["scrape_configs"]
    assert scrape.pop("authorization") == {"credentials_file": "/run/metrics_key"}
    assert with_key == without
    assert "/run/metrics_key:ro" in (ROOT / "docker-compose.yml").read_text()


def test_alerts_say_what_they_mean_and_each_has_a_case() -> None:
    tests = [test for file in CASES for test in read(file)["tests"]]
    tried = {case["alertname"] for test in tests for case in test["alert_rule_test"]}
    assert tried == alerts().keys()
    for name, rule in alerts().items():
        assert rule["labels"]["severity"] in ("page", "ticket", "info"), name
        assert {"summary", "description"} == rule["annotations"].keys(), name


def test_promtool_reads_the_configurations_and_the_cases_hold(promtool: str) -> None:
    for file in sorted(PROMETHEUS.glob("*.yml")):
        told = ran(promtool, "check", "config", "--syntax-only", str(file))
        assert told.returncode == 0, told.stdout + told.stderr
    for rules in RULES:
        told = ran(promtool, "check", "rules", str(rules))
        assert told.returncode == 0, told.stdout + told.stderr
    told = ran(promtool, "test", "rules", *map(str, CASES))
    assert told.returncode == 0, told.stdout + told.stderr


def test_prometheus_can_read_what_dashboards_ask(promtool: str, tmp_path: Path) -> None:
    rules = [
        {"record": f"query:{number}", "expr": query.replace("$__rate_interval", "1m")}
        for number, (_, query) in enumerate(QUERIES)
    ]
    file = tmp_path / "queries.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    told = ran(promtool, "check", "rules", str(file))
    assert told.returncode == 0, told.stderr

    rules[0]["expr"] += ")"
    file.write_text(yaml.safe_dump({"groups": [{"name": "queries", "rules": rules}]}))
    assert ran(promtool, "check", "rules", str(file)).returncode != 0


@pytest.mark.parametrize("file", DASHBOARDS, ids=lambda file: file.stem)
class TestEveryDashboard:
    def test_finds_its_data(self, file: Path) -> None:
        (source,) = read(HERE / "grafana/provisioning/datasources/prometheus.yml")["datasources"]
        for panel in json.loads(file.read_text())["panels"]:
            used = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
            assert all(one == {"type": "prometheus", "uid": source["uid"]} for one in used)

    def test_has_an_address_and_panels_beside_each_other(self, file: Path) -> None:
        board = json.loads(file.read_text())
        assert board["uid"] == f"solvencia-{file.stem}"
        assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
        taken: set[tuple[int, int]] = set()
        for panel in board["panels"]:
            at = panel["gridPos"]
            cells = {
                (x, y)
                for x in range(at["x"], at["x"] + at["w"])
                for y in range(at["y"], at["y"] + at["h"])
            }
            assert not cells & taken, panel["title"]
            assert at["x"] + at["w"] <= 24
            taken |= cells


def test_grafana_is_told_where_its_files_are() -> None:
    grafana = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["grafana"]
    (provider,) = read(HERE / "grafana/provisioning/dashboards/files.yml")["providers"]
    mounted = {to: ROOT / here for here, to, _ in (v.split(":") for v in grafana["volumes"][1:])}
    assert mounted[provider["options"]["path"]] == HERE / "grafana" / "dashboards"
    home = Path(grafana["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"])
    assert (mounted[str(home.parent)] / home.name).is_file()
    assert mounted["/etc/grafana/provisioning"] == HERE / "grafana" / "provisioning"
