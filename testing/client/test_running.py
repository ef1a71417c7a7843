"""The client against the real service, over a real network that breaks."""

from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pytest

from solvencia_client import (
    Conflict,
    NotFound,
    Rejected,
    ServiceAway,
    SolvenciaClient,
    types,
)
from testing.client.running import LOCAL, Line, RunningService

pytestmark = pytest.mark.slow
PROFILE: types.Profile = {"monthly_income": 18500, "age": 35, "months_in_current_job": 48}
ROWS = b'{"profile":{"monthly_income":9000,"age":30,"months_in_current_job":9}}\n{"profile":{}}\n'


@pytest.fixture(scope="module")
def running(
    model_directory: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    service = RunningService(model_directory, tmp_path_factory.mktemp("kept") / "decisions.db")
    service.start()
    try:
        yield service
    finally:
        service.stop()


@pytest.fixture
def client(running: RunningService) -> Iterator[SolvenciaClient]:
    with SolvenciaClient(running.address) as client:
        yield client


def test_an_answer_that_is_cut_off_is_asked_for_again_and_decided_once(
    running: RunningService, client: SolvenciaClient
) -> None:
    with (
        closing(Line(running.port, cuts=2)) as line,
        SolvenciaClient(f"http://{LOCAL}:{line.port}") as far,
    ):
        decision = far.score({"reference": "cut-1", "profile": PROFILE})
        assert line.connections == 3
    kept = list(client.decisions(reference="cut-1"))
    assert [item["id"] for item in kept] == [decision["id"]]
    assert kept[0]["final_score"] == decision["final_score"]
    assert client.replay(decision["id"])["identical"]


def test_rows_that_were_cut_off_come_again_with_the_same_key(
    running: RunningService, client: SolvenciaClient
) -> None:
    line_of = b'{"reference":"cut-2","profile":{"monthly_income":9000,"age":30,'
    line_of += b'"months_in_current_job":9}}\n'
    with (
        closing(Line(running.port, cuts=1)) as line,
        SolvenciaClient(f"http://{LOCAL}:{line.port}") as far,
    ):
        rows = list(far.score_file(BytesIO(line_of * 3), "application/x-ndjson"))
        assert line.connections == 2
    decided = [row["decision"]["id"] for row in rows if row.get("decision")]
    assert len(decided) == 3
    assert {item["id"] for item in client.decisions(reference="cut-2")} == set(decided)


def test_a_review_that_may_have_arrived_is_not_sent_again(
    running: RunningService, client: SolvenciaClient
) -> None:
    newcomer: types.Profile = {**PROFILE, "months_in_current_job": 1}
    referred = client.score({"reference": "new-1", "profile": newcomer})
    assert referred["outcome"] == "refer"
    with (
        closing(Line(running.port, cuts=1)) as line,
        SolvenciaClient(f"http://{LOCAL}:{line.port}") as far,
        pytest.raises(ServiceAway),
    ):
        far.review(referred["id"], "approve", "Comprobó su antigüedad anterior")
    assert line.connections == 1
    reviews = client.decision(referred["id"])["reviews"]
    assert [review["outcome"] for review in reviews] == ["approve"]


def test_every_operation_answers(client: SolvenciaClient) -> None:
    assert client.live()["status"] == client.ready()["status"] == "ok"
    decision = client.score(
        {"reference": "all-1", "profile": PROFILE}, changes=True, idempotency_key="all-1"
    )
    again = client.score(
        {"reference": "all-1", "profile": PROFILE}, changes=True, idempotency_key="all-1"
    )
    assert again == decision
    assert decision["changes"] is not None
    one = decision["id"]
    assert client.decision(one)["final_score"] == decision["final_score"]
    assert client.decisions_page(limit=1)["items"][0]["id"] == one
    assert client.what_if({"loan": None}, decision_id=one)["after"]["loan"]["standard"]
    reported = client.report_outcome(one, {"observed_on": "2026-01-31", "max_days_past_due": 0})
    assert client.decision(one)["outcomes"] == [reported]
    batch = client.score_batch([{"profile": PROFILE}, {"reference": "all-1", "profile": PROFILE}])
    assert (batch["decided"], batch["refused"]) == (2, 0)
    rows = list(client.score_file(BytesIO(ROWS), "application/x-ndjson"))
    assert [bool(row.get("decision")) for row in rows] == [True, False]
    model = client.model()
    assert model["version"] == decision["versions"]["model"]
    for card in model["scorecards"]:
        assert client.scorecard(card["name"])
    policy = client.policy()
    simulated = client.simulate_policy(policy["policy"], loss_given_default=0.5)
    assert simulated["moved"] == []
    assert "# HELP" in client.metrics()
    assert "/score" in client.openapi()["paths"]
    assert client.erase_applicant("all-1")["erased"] == 2
    assert client.decision(one)["request"] is None


def test_refusals_say_why(client: SolvenciaClient) -> None:
    with pytest.raises(Rejected) as rejected:
        client.score({"profile": {**PROFILE, "age": 12}})
    assert [error.field for error in rejected.value.errors] == ["profile.age"]
    assert rejected.value.request_id
    with pytest.raises(NotFound):
        client.decision("01932c07-5a10-7000-8000-000000000001")
    client.score({"profile": PROFILE}, idempotency_key="once")
    with pytest.raises(Conflict):
        client.score({"profile": {**PROFILE, "age": 36}}, idempotency_key="once")
    decided = client.score({"profile": PROFILE})
    assert decided["outcome"] != "refer"
    with pytest.raises(Conflict, match="409"):
        client.review(decided["id"], "approve", "Nada que resolver")
