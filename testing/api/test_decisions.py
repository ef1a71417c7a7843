"""What can be asked about a decision afterwards, through the service and its database."""

import copy
import json
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from api.service import Service
from api.wire.score import HISTORY_EXAMPLE, PROFILE_EXAMPLE
from solvencia.domain.reference import Reference
from solvencia.serving.scorer import pesos_of_the_day
from testing.api.conftest import NOW, TODAY, Serve

CURP = "HEGG560427MVZRRL04"
REFERRED: dict[str, Any] = {
    "profile": {"monthly_income": 15000, "age": 68, "months_in_current_job": 48}
}


def made(client: TestClient, body: dict[str, Any] = PROFILE_EXAMPLE, **options: Any) -> Any:
    answer = client.post("/score", json=body, **options)
    assert answer.status_code == 200, answer.text
    return answer.json()


def problem(answer: Any, status: int, kind: str) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"] == f"urn:solvencia:problem:{kind}"
    return answer.json()


@pytest.mark.parametrize("body", [HISTORY_EXAMPLE, PROFILE_EXAMPLE], ids=["history", "profile"])
def test_a_decision_is_found_with_all_that_made_it(client: TestClient, body: Any) -> None:
    decision = made(client, body)
    kept = client.get(f"/decisions/{decision['id']}").json()
    for name in ("id", "reference", "as_of", "outcome", "final_score", "grade", "pd"):
        assert kept[name] == decision[name]
    for name in ("offer", "reasons", "loan", "income_band", "segment"):
        assert kept["decision"][name] == decision[name]
    part = "history" if "history" in body else "profile"
    for name, value in body[part].items():
        if name != "spells":
            assert kept["request"][part][name] == value
    cards = {card["name"]: card for card in kept["scorecards"]}
    assert set(cards) == {"continuity", "default", "income_p10", "income_p50", "income_p90"}
    for card in cards.values():
        total = card["intercept"] + sum(table["points"] for table in card["tables"])
        assert total == pytest.approx(card["margin"], abs=1e-9)
    values = {item["feature"]: item["value"] for item in decision["explanation"]["contributions"]}
    assert {name: kept["features"][name] for name in values} == values
    assert kept["rules"] == [
        item["code"]
        for item in decision["reasons"]
        if item["source"] in ("knockout", "referral", "limit", "adjustment")
    ]


def test_a_decision_that_is_not_there(client: TestClient) -> None:
    problem(client.get("/decisions/01a1fe71-f766-7aa3-9816-239148e40cb8"), 404, "not-found")
    problem(client.get("/decisions/none"), 422, "invalid-input")


def test_an_idempotency_key_gives_the_same_decision_again(client: TestClient) -> None:
    key = {"Idempotency-Key": "solicitud-1"}
    first = client.post("/score", json=PROFILE_EXAMPLE, headers=key)
    again = client.post("/score", json=PROFILE_EXAMPLE, headers=key)
    assert again.content == first.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"
    other = client.post("/score", json=HISTORY_EXAMPLE, headers=key)
    problem(other, 422, "idempotency-key-reused")


def test_an_idempotency_key_is_checked(client: TestClient) -> None:
    for key in ("", "with space", "x" * 129):
        answer = client.post("/score", json=PROFILE_EXAMPLE, headers={"Idempotency-Key": key})
        problem(answer, 422, "invalid-input")


def test_pages_hold_every_decision_once(serve: Serve) -> None:
    moment = {"now": NOW}
    with serve(clock=lambda: moment["now"]) as client:
        ids = []
        for number in range(7):
            moment["now"] = NOW + timedelta(minutes=number)
            ids.append(made(client, {**PROFILE_EXAMPLE, "reference": f"c-{number % 2}"})["id"])
        seen, cursor = [], None
        for _ in range(4):
            asked = {"limit": 2, **({"cursor": cursor} if cursor else {})}
            page = client.get("/decisions", params=asked).json()
            seen += [item["id"] for item in page["items"]]
            if (cursor := page["next"]) is None:
                break
        assert seen == ids[::-1]

        def found(**asked: Any) -> list[str]:
            items = client.get("/decisions", params=asked).json()["items"]
            return [item["id"] for item in reversed(items)]

        one = client.get("/decisions").json()["items"][0]
        assert found(reference="c-1") == ids[1::2]
        assert found(since=(NOW + timedelta(minutes=5)).isoformat()) == ids[5:]
        assert found(until=(NOW + timedelta(minutes=2)).isoformat()) == ids[:2]
        assert found(since="2026-11-21", until="2026-11-22") == ids
        assert found(since="2026-11-22") == []
        assert found(outcome=one["outcome"], grade=one["grade"], segment=one["segment"]) == ids
        assert found(outcome="refer") == []


@pytest.mark.parametrize(
    "asked",
    [
        {"since": "0000-01-01"},
        {"since": "9999-12-31"},
        {"until": "1999-12-31T00:00:00Z"},
        {"since": "2026-11-21T00:00:00"},
        {"limit": 0},
        {"limit": 501},
        {"cursor": "1"},
        {"outcom": "refer"},
        {"outcome": "maybe"},
        {"segment": "E"},
        {"reference": "Juan Pérez"},
    ],
)
def test_a_wrong_filter_is_named(client: TestClient, asked: dict[str, Any]) -> None:
    found = problem(client.get("/decisions", params=asked), 422, "invalid-input")
    (name,) = asked
    assert name in found["errors"][0]["field"]


def test_a_referral_is_settled_and_settled_again(client: TestClient) -> None:
    decision = made(client, REFERRED)
    assert decision["outcome"] == "refer"
    place = f"/decisions/{decision['id']}"

    def awaiting() -> list[str]:
        items = client.get("/decisions", params={"awaiting_review": True, "limit": 500}).json()
        return [item["id"] for item in items["items"]]

    assert decision["id"] in awaiting()
    for outcome in ("decline", "approve"):
        body = {"outcome": outcome, "note": f"Se llamó al patrón: {outcome}"}
        answer = client.post(f"{place}/review", json=body)
        assert answer.status_code == 201
        assert answer.json()["by"] == "local"
    kept = client.get(place).json()
    assert [item["outcome"] for item in kept["reviews"]] == ["decline", "approve"]
    assert kept["outcome"] == "refer"
    assert decision["id"] not in awaiting()


def test_only_a_referral_is_settled(client: TestClient) -> None:
    place = f"/decisions/{made(client)['id']}/review"
    body = {"outcome": "approve", "note": "sin motivo"}
    assert "approve" in problem(client.post(place, json=body), 409, "conflict")["detail"]
    problem(client.post(place, json={"outcome": "refer", "note": "otra"}), 422, "invalid-input")


def test_how_a_loan_went_is_kept(client: TestClient) -> None:
    decision = made(client)
    place = f"/decisions/{decision['id']}"
    report = {"observed_on": "2026-11-20", "granted_on": "2026-11-19", "max_days_past_due": 0}
    assert client.post(f"{place}/outcome", json=report).status_code == 201
    worse = {**report, "max_days_past_due": 120, "default_12m": True, "amount": 30000}
    assert client.post(f"{place}/outcome", json=worse).status_code == 201
    (first, last) = client.get(place).json()["outcomes"]
    assert (first["max_days_past_due"], last["default_12m"]) == (0, True)
    for wrong in (
        {**report, "observed_on": "2026-11-22"},
        {**report, "granted_on": "2026-11-21"},
        {**report, "max_days_past_due": -1},
        {**report, "max_days_past_due": 30, "default_12m": True},
    ):
        problem(client.post(f"{place}/outcome", json=wrong), 422, "invalid-input")


@pytest.mark.parametrize("body", [HISTORY_EXAMPLE, PROFILE_EXAMPLE, REFERRED])
def test_a_replay_is_identical(client: TestClient, body: Any) -> None:
    decision = made(client, body)
    for using in ("original", "current"):
        again = client.post(f"/decisions/{decision['id']}/replay", json={"using": using}).json()
        assert again["identical"] is True
        assert again["differences"] == []
        assert again["decision"]["reasons"] == decision["reasons"]


def test_a_replay_by_another_policy_tells_what_changed(
    serve: Serve, tmp_path: Path, client: TestClient
) -> None:
    with serve() as first:
        decision = made(first)
        policy = first.get("/policy").json()["policy"]
    policy["offers"]["personal"][decision["grade"]]["annual_rate"] += 0.01
    policy["cases"] = policy["cases"][:1]
    draft = tmp_path / "policy.json"
    draft.write_text(json.dumps(policy), encoding="utf-8")
    with serve(policy_file=draft) as second:
        place = f"/decisions/{decision['id']}/replay"
        assert second.post(place, json={"using": "original"}).json()["identical"] is True
        again = second.post(place, json={"using": "current"}).json()
        changed = {item["field"]: (item["before"], item["after"]) for item in again["differences"]}
        rate = decision["offer"]["annual_rate"]
        assert changed["offer.annual_rate"] == (rate, pytest.approx(rate + 0.01))
        assert "versions.policy_digest" in changed
        assert not [name for name in changed if name.startswith("features")]


def test_what_if_keeps_nothing_and_tells_the_difference(serve: Serve, tmp_path: Path) -> None:
    with serve() as client:
        body = {"request": REFERRED, "changes": {"profile": {"months_in_current_job": 1}}}
        answer = client.post("/what-if", json=body).json()
        assert answer["after"]["income_score"] < answer["before"]["income_score"]
        fields = [item["field"] for item in answer["differences"]]
        assert "income_score" in fields
        assert client.get("/decisions").json()["items"] == []
        decision = made(client, HISTORY_EXAMPLE)
        asked = {"decision_id": decision["id"], "changes": {"loan": {"amount": 400000}}}
        answer = client.post("/what-if", json=asked).json()
        assert answer["before"]["final_score"] == decision["final_score"]
        assert answer["after"]["loan"]["amount"] == 400000
        wrong = {**asked, "changes": {"loan": {"amount": "a lot"}}}
        (error,) = problem(client.post("/what-if", json=wrong), 422, "invalid-input")["errors"]
        assert error["field"] == "loan.amount"
        both = {**body, "decision_id": decision["id"]}
        problem(client.post("/what-if", json=both), 422, "invalid-input")


def test_an_erased_applicant_leaves_the_skeleton_alone(serve: Serve, tmp_path: Path) -> None:
    body = {**copy.deepcopy(HISTORY_EXAMPLE), "reference": "cliente-7", "curp": CURP}
    body["history"]["birth_date"] = "1956-04-27"
    with serve() as client:
        decision = made(client, body, headers={"Idempotency-Key": "k-7"})
        other = made(client, {**PROFILE_EXAMPLE, "reference": "cliente-8"})
        place = f"/decisions/{decision['id']}"
        assert "curp" not in client.get(place).json()["request"]
        assert client.delete("/applicants/cliente-7").json() == {"erased": 1}
        assert client.delete("/applicants/cliente-7").json() == {"erased": 0}
        kept = client.get(place).json()
        for name in ("reference", "decision", "request", "features", "scorecards"):
            assert kept[name] is None
        for name in ("outcome", "final_score", "grade", "pd"):
            assert kept[name] == decision[name]
        assert kept["model_version"] == decision["versions"]["model"]
        assert kept["erased_at"] is not None
        problem(client.post(f"{place}/replay", json={}), 409, "conflict")
        retry = client.post("/score", json=body, headers={"Idempotency-Key": "k-7"})
        problem(retry, 409, "conflict")
        assert client.get(f"/decisions/{other['id']}").json()["request"] is not None
    raw = (tmp_path / "decisions.db").read_bytes()
    for trace in (CURP, "cliente-7", "1956-04-27"):
        assert trace.encode() not in raw


def test_a_curp_is_kept_as_a_keyed_hash(serve: Serve, tmp_path: Path) -> None:
    body = {**PROFILE_EXAMPLE, "curp": CURP.lower()}
    with serve() as client:
        for _ in range(2):
            made(client, body)
        wrong = client.post("/score", json={**body, "curp": CURP[:-1] + "5"})
        found = problem(wrong, 422, "invalid-input")
        assert CURP[:-1] not in wrong.text
        assert found["errors"][0]["field"] == "curp"
        born = copy.deepcopy(HISTORY_EXAMPLE) | {"curp": CURP}
        assert (
            "birth_date"
            in problem(client.post("/score", json=born), 422, "invalid-input")["detail"]
        )
    with sqlite3.connect(tmp_path / "decisions.db") as database:
        hashes = database.execute("select curp_hash from decisions").fetchall()
    database.close()
    assert len(hashes) == 2
    assert len(set(hashes)) == 1
    assert CURP.encode() not in (tmp_path / "decisions.db").read_bytes()


def test_without_a_key_for_it_no_curp_is_taken(serve: Serve) -> None:
    with serve(curp_key=None) as client:
        answer = client.post("/score", json={**PROFILE_EXAMPLE, "curp": CURP})
        assert "CURP_KEY" in problem(answer, 422, "invalid-input")["detail"]
        assert CURP not in answer.text


def test_inputs_end_with_their_retention(serve: Serve) -> None:
    with serve() as client:
        decision = made(client)
    later: datetime = NOW + timedelta(days=31)
    with serve(clock=lambda: later, retention_days=30) as client:
        for _ in range(100):
            kept = client.get(f"/decisions/{decision['id']}").json()
            if kept["erased_at"]:
                break
        assert kept["request"] is None
        assert kept["final_score"] == decision["final_score"]


def test_a_challenger_is_kept_and_never_answered(serve: Serve, model_directory: Path) -> None:
    with serve(challenger_uri=str(model_directory)) as client:
        decision = made(client)
        assert "challenger" not in decision
        kept = client.get(f"/decisions/{decision['id']}").json()
        assert kept["challenger"]["final_score"] == decision["final_score"]
        assert client.get("/model").json()["challenger"] == decision["versions"]["model"]


def test_the_challenger_is_shown_beside_the_champion(serve: Serve, model_directory: Path) -> None:
    with serve(challenger_uri=str(model_directory)) as client:
        champion = client.get("/model").json()
        challenger = client.get("/model", params={"of": "challenger"}).json()
        assert challenger["version"] == champion["challenger"]
        assert challenger["metrics"] == champion["metrics"]
        assert challenger["card"] is None
        problem(client.get("/model", params={"of": "neither"}), 422, "invalid-input")


def test_without_a_challenger_none_is_shown(client: TestClient) -> None:
    answer = client.get("/model", params={"of": "challenger"})
    assert "challenger" in problem(answer, 404, "not-found")["detail"]


def test_the_model_and_the_policy_are_shown(client: TestClient) -> None:
    model = client.get("/model").json()
    decision = made(client)
    assert model["version"] == decision["versions"]["model"]
    assert model["metrics"]["continuity"]["auc"] > 0.5
    card = client.get("/model/scorecards/continuity").json()
    assert card["name"] == "continuity"
    assert card["tables"]
    assert "continuity" in problem(client.get("/model/scorecards/none"), 404, "not-found")["detail"]
    policy = client.get("/policy").json()
    assert policy["digest"] == decision["versions"]["policy_digest"]
    assert policy["policy"]["grades"]["order"]


def test_every_segment_has_a_centre_in_the_units_of_its_features(client: TestClient) -> None:
    model = client.get("/model").json()
    units = {item["name"]: item["unit"] for item in model["features"]}
    for segment in model["segments"]:
        typical = segment["typical"]
        assert set(typical) <= set(units)
        assert 15 < typical["age"] < 75
        assert 1_000 < typical["monthly_income"] < 100_000
        assert 0 <= typical["contribution_density"] <= 1


def test_the_income_of_a_state_is_in_pesos_of_today(
    client: TestClient, reference: Reference
) -> None:
    found = client.get("/model/states/09").json()
    assert (found["state"], found["name"]) == ("09", "Ciudad de México")
    assert found["as_of"] == TODAY.isoformat()
    bounds, pesos = reference.state_income_bounds["09"], pesos_of_the_day(reference, TODAY)
    assert len(bounds) == 9
    assert found["income_bounds"] == pytest.approx([bound * pesos for bound in bounds], abs=0.01)


@pytest.mark.parametrize("state", ["99", "9", "CDMX", "0x"])
def test_a_state_that_is_none_is_not_found(client: TestClient, state: str) -> None:
    told = problem(client.get(f"/model/states/{state}"), 404, "not-found")["detail"]
    assert f"{state!r}" in told


def test_a_model_without_incomes_of_a_state_says_null(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serve() as client:
        # Typed as any ASGI application; it is ours.
        service: Service = client.app.state.service  # type: ignore[attr-defined]
        known = cast(dict[str, Any], service.serving.decider.model.reference.state_income_bounds)
        monkeypatch.delitem(known, "09")
        assert client.get("/model/states/09").json()["income_bounds"] is None


def test_a_draft_policy_is_tried_on_what_was_decided(serve: Serve) -> None:
    with serve() as client:
        for amount in (10_000, 30_000, 60_000):
            body = copy.deepcopy(PROFILE_EXAMPLE)
            body["loan"]["amount"] = amount
            made(client, body)
        draft = client.get("/policy").json()["policy"]
        same = client.post("/policy/simulate", json={"policy": draft}).json()
        assert same["decisions"] == 3
        assert same["before"] == same["after"]
        assert same["moved"] == []
        draft["knockouts"].append(
            {
                "code": "NO_LOAN_ABOVE_20000",
                "all": [{"field": "loan_amount", "op": ">", "value": 20000}],
                "if_missing": "skip",
                "reason": {"es": "Monto mayor que el límite.", "en": "Above the limit."},
            }
        )
        draft["cases"] = [case for case in draft["cases"] if case["loan"]["amount"] <= 20000][:1]
        draft["version"] = "2026-12-01"
        answer = client.post("/policy/simulate", json={"policy": draft})
        assert answer.status_code == 200, answer.text
        tried = answer.json()
        assert tried["draft_version"] == "2026-12-01"
        assert tried["moves"] == [
            {"before": "approve", "after": "approve", "count": 1},
            {"before": "approve", "after": "decline", "count": 2},
        ]
        assert len(tried["moved"]) == 2
        assert tried["after"]["approval_rate"] == pytest.approx(1 / 3)
        assert tried["after"]["expected_loss"] < tried["before"]["expected_loss"]
        later = {"policy": draft, "since": "2026-12-01T00:00:00Z"}
        assert client.post("/policy/simulate", json=later).json()["decisions"] == 0


def test_a_draft_that_does_not_load_is_refused_by_field(client: TestClient) -> None:
    draft = client.get("/policy").json()["policy"]
    draft["knockouts"][0]["all"][0]["field"] = "no_such_field"
    found = problem(client.post("/policy/simulate", json={"policy": draft}), 422, "invalid-input")
    assert found["errors"][0]["field"].startswith("policy.knockouts.0")
    draft = client.get("/policy").json()["policy"]
    draft["cases"][0]["expect"]["final_score"] = 301
    found = problem(client.post("/policy/simulate", json={"policy": draft}), 422, "invalid-input")
    assert "stated 301" in found["detail"]


def test_every_answer_carries_an_id(client: TestClient) -> None:
    answer = client.get("/nothing", headers={"X-Request-ID": "mine-1"})
    assert answer.headers["x-request-id"] == "mine-1"
    assert client.post("/score", content=b"{").headers["x-request-id"]
