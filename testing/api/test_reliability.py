"""A little of what ``make soak`` does: the service killed, cut off, reloaded and stopped under load."""

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from random import Random

import pytest
from fastapi.testclient import TestClient

from api.main import create_app
from api.settings import Settings
from testing.conftest import ROOT
from utilities.bench_apps.applicants import make_applications
from utilities.soak_trials.audit import audit, check_whole
from utilities.soak_trials.databases import opened
from utilities.soak_trials.kills import kills
from utilities.soak_trials.ledger import Ledger
from utilities.soak_trials.outages import outages
from utilities.soak_trials.report import Report, conduct
from utilities.soak_trials.scene import Scene
from utilities.soak_trials.stops import stops
from utilities.soak_trials.swaps import swaps

POLICY = ROOT / "business_rules" / "policy.json"


@pytest.fixture(scope="module")
def bodies() -> Sequence[bytes]:
    return make_applications(60)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def scene(
    request: pytest.FixtureRequest,
    bodies: Sequence[bytes],
    model_directory: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Scene]:
    scratch = tmp_path_factory.mktemp("soak")
    with opened(request.param, scratch) as database:
        yield Scene(model_directory, POLICY, bodies, scratch, database, Random(3))


@pytest.mark.slow
def test_killed_under_load_it_keeps_what_it_answered_and_nothing_twice(scene: Scene) -> None:
    report = conduct("kills", partial(kills, scene, 2))
    assert report.broken == []
    assert report.counts["kills under load"] == 2
    assert report.counts["requests interrupted"] > 0
    assert report.counts["stored"] == report.counts["answered"] > 0


@pytest.mark.slow
def test_without_its_database_it_waits_or_says_so_and_recovers_alone(scene: Scene) -> None:
    report = conduct("outage", partial(outages, scene, 2.0, scene.database.ways[0]))
    assert report.broken == []
    assert report.counts["503s with Retry-After"] > 0
    assert report.counts["answered after it came back"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("scene", ["sqlite"], indirect=True)
def test_told_to_stop_it_answers_what_it_accepted(scene: Scene) -> None:
    report = conduct("stops", partial(stops, scene, 1))
    assert report.broken == []
    assert report.counts["answered"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("scene", ["sqlite"], indirect=True)
def test_models_and_policies_are_swapped_without_a_failed_request(scene: Scene) -> None:
    report = conduct("swaps", partial(swaps, scene, 5, 100))
    assert report.broken == []
    assert report.counts["model swaps"] == 5
    assert report.counts["spoilt ones refused"] == report.counts["spoilt ones"] > 0
    assert report.counts["replays identical, original"] > 0


@pytest.fixture(scope="module")
def kept(
    bodies: Sequence[bytes], model_directory: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Ledger]:
    """A database of three decisions, and the ledger of who asked for them."""
    path = tmp_path_factory.mktemp("kept") / "decisions.db"
    settings = Settings(
        model_uri=str(model_directory), policy_file=POLICY, database_url=f"sqlite:///{path}"
    )
    ledger = Ledger("key", bodies, 0)
    here = ("127.0.0.1", 50000)
    with TestClient(create_app(settings), base_url="http://localhost", client=here) as client:
        for number in range(3):
            key = f"key-0-{number}"
            headers = {"Content-Type": "application/json", "Idempotency-Key": key}
            answer = client.post("/score", content=ledger.body(key), headers=headers)
            assert answer.status_code == 200
            ledger.note(key, answer.content)
    return path, ledger


ONE = "WHERE id = (SELECT min(id) FROM decisions)"
OTHER = "(SELECT answer FROM decisions ORDER BY id DESC LIMIT 1)"
DAMAGES: dict[str, tuple[str, dict[str, int]]] = {
    "none": ("", {}),
    "lost": (f"DELETE FROM decisions {ONE}", {"lost": 1}),
    "no facts": (f"UPDATE decisions SET facts = NULL {ONE}", {"half written": 1}),
    "cut inputs": (f"UPDATE decisions SET inputs = '{{' {ONE}", {"half written": 1}),
    "another's answer": (f"UPDATE decisions SET answer = {OTHER} {ONE}", {"half written": 1}),
    "another score": (f"UPDATE decisions SET final_score = 1 {ONE}", {"half written": 1}),
    "a longer answer": (
        f"UPDATE decisions SET answer = CAST(answer || ' ' AS BLOB) {ONE}",
        {"different": 1},
    ),
    "twice": (
        f"""DROP INDEX decisions_by_idempotency_key;
        CREATE TABLE again AS SELECT * FROM decisions {ONE};
        UPDATE again SET id = '00000000000070008000000000000000';
        INSERT INTO decisions SELECT * FROM again""",
        {"twice": 1, "half written": 1},
    ),
}


@pytest.mark.parametrize(("damage", "found"), DAMAGES.values(), ids=DAMAGES.keys())
def test_the_audit_notices(
    damage: str, found: dict[str, int], kept: tuple[Path, Ledger], tmp_path: Path
) -> None:
    path, ledger = shutil.copy(kept[0], tmp_path), kept[1]
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(damage)
    report = Report("damage")
    audit(f"sqlite:///{path}", ledger, "key").enter(report)
    check_whole(f"sqlite:///{path}", len(ledger.answers), report)

    bad = {name: count for name, count in report.counts.items() if count and name != "stored"}
    assert bad == found
    assert bool(report.broken) is bool(found)
