import copy
import json
from math import log
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.wire.decision import DecisionOut
from api.wire.score import HISTORY_EXAMPLE, PROFILE_EXAMPLE
from solvencia.domain.loan import level_payment
from solvencia.domain.reasons import ReasonCode


def score(client: TestClient, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/score", json=body, params={"changes": True})
    assert answer.status_code == 200, answer.text
    return answer.json()


def without_id(decision: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in decision.items() if name not in ("id", "decided_at")}


def refused(client: TestClient, body: Any) -> dict[str, Any]:
    answer = client.post("/score", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 422
    return problem


def changed(body: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    body = copy.deepcopy(body)
    *parents, last = path.split(".")
    place: Any = body
    for part in parents:
        place = place[int(part)] if part.isdigit() else place[part]
    place[int(last) if last.isdigit() else last] = value
    return body


@pytest.mark.parametrize("body", [HISTORY_EXAMPLE, PROFILE_EXAMPLE], ids=["history", "profile"])
def test_the_documented_examples_are_decided(client: TestClient, body: dict[str, Any]) -> None:
    decision = score(client, body)
    assert decision["outcome"] in ("approve", "refer", "decline")
    assert 300 <= decision["final_score"] <= 850
    assert 0 < decision["pd"] < 1
    band = decision["income_band"]
    assert 0 <= band["p10"] <= band["p50"] <= band["p90"]
    assert decision["segment"]["code"] in "ABCD"
    assert decision["versions"]["synthetic"] is True


def test_the_explanation_adds_up_to_the_scores(client: TestClient) -> None:
    decision = score(client, HISTORY_EXAMPLE)
    explanation = decision["explanation"]
    total = explanation["base_points"] + sum(c["points"] for c in explanation["contributions"])
    assert round(total) == pytest.approx(decision["income_score"], abs=1)
    assert decision["final_score"] == decision["income_score"] + explanation["adjustment_points"]


def test_the_score_follows_from_the_tables_by_hand(
    client: TestClient, model_directory: Any
) -> None:
    from datetime import date

    from solvencia.artifact import read_model
    from solvencia.domain.applicant import Applicant, LoanRequest
    from solvencia.domain.features import compute_features

    model = read_model(model_directory)
    features = compute_features(
        Applicant.model_validate(HISTORY_EXAMPLE["history"]),
        date(2026, 11, 20),
        model.reference,
        LoanRequest.model_validate(HISTORY_EXAMPLE["loan"]),
    )
    card = model.scorecards["continuity"]
    margin = card.intercept + sum(item.points for item in card.contributions(features._asdict()))
    by_formula = 600 + 50 / log(2) * (margin - log(4))
    assert score(client, HISTORY_EXAMPLE)["income_score"] == round(by_formula)


def test_the_offer_is_consistent(client: TestClient) -> None:
    offer = score(client, HISTORY_EXAMPLE)["offer"]
    assert offer is not None
    assert offer["amount"] <= HISTORY_EXAMPLE["loan"]["amount"]
    assert offer["monthly_payment"] == level_payment(
        offer["amount"], offer["annual_rate"], offer["term_months"], 0.16
    )
    assert offer["cat"] > offer["annual_rate"]


def test_reasons_come_adverse_first(client: TestClient) -> None:
    adverse = [reason["adverse"] for reason in score(client, PROFILE_EXAMPLE)["reasons"]]
    assert adverse == sorted(adverse, reverse=True)


BEGINNER = {
    **PROFILE_EXAMPLE,
    "profile": {
        **PROFILE_EXAMPLE["profile"],
        "months_in_current_job": 1,
        "contribution_weeks": 20,
        "employers_5y": 5,
    },
}
LARGE = {**PROFILE_EXAMPLE, "loan": {**PROFILE_EXAMPLE["loan"], "amount": 300_000}}


def then(body: dict[str, Any], steps: list[dict[str, Any]]) -> dict[str, Any]:
    """The request that a change describes."""
    body = copy.deepcopy(body)
    for step in steps:
        if step["field"] == "months_in_current_job":
            months = step["after"] - step["before"]
            body["profile"]["months_in_current_job"] += months
            body["profile"]["age"] += months / 12
            body["profile"]["contribution_weeks"] += months * 30.4375 / 7
        else:
            assert body["loan"][step["field"]] == step["before"]
            body["loan"][step["field"]] = step["after"]
    return body


@pytest.mark.parametrize("body", [BEGINNER, LARGE], ids=["beginner", "large"])
def test_a_change_brings_the_answer_it_tells(client: TestClient, body: dict[str, Any]) -> None:
    decision = score(client, body)
    assert decision["outcome"] != "approve"
    assert decision["changes"]
    for change in decision["changes"]:
        asked_again = score(client, then(body, change["steps"]))
        for name in ("outcome", "final_score", "offer"):
            assert asked_again[name] == change[name]
        assert asked_again["pd"] == pytest.approx(change["pd"])
        assert change["text"].startswith("Con ")
        assert change["text_en"].startswith("With ")


def test_an_approval_tells_no_change(client: TestClient) -> None:
    decision = score(client, HISTORY_EXAMPLE)
    assert (decision["outcome"], decision["changes"]) == ("approve", [])


def test_a_model_gives_its_reasons_by_the_closed_list_of_codes(client: TestClient) -> None:
    reasons = score(client, PROFILE_EXAMPLE)["reasons"]
    codes = [item["code"] for item in reasons if item["source"] in ("income_score", "pd")]
    assert codes
    assert len(set(codes)) == len(codes)
    assert set(codes) <= set(ReasonCode)


def test_without_a_loan_the_standard_loan_is_decided(client: TestClient) -> None:
    body = {key: value for key, value in PROFILE_EXAMPLE.items() if key != "loan"}
    loan = score(client, body)["loan"]
    assert loan == {"product": "payroll", "amount": 55500.0, "term_months": 24, "standard": True}


def test_without_a_date_today_is_decided(client: TestClient) -> None:
    body = {key: value for key, value in PROFILE_EXAMPLE.items() if key != "as_of"}
    assert score(client, body)["as_of"] == "2026-11-21"


def test_the_same_request_gets_the_same_answer(client: TestClient) -> None:
    first, second = score(client, HISTORY_EXAMPLE), score(client, HISTORY_EXAMPLE)
    assert without_id(first) == without_id(second)
    assert first["id"] < second["id"]


@pytest.mark.parametrize("asked", [True, False])
@pytest.mark.parametrize("body", [HISTORY_EXAMPLE, PROFILE_EXAMPLE], ids=["history", "profile"])
def test_the_answer_is_what_the_wire_says(
    client: TestClient, body: dict[str, Any], asked: bool
) -> None:
    answer = client.post("/score", json=body, params={"changes": asked})
    read = DecisionOut.model_validate_json(answer.content, strict=False)
    assert (read.changes is not None) is asked
    assert answer.json().keys() == DecisionOut.model_fields.keys()
    shown = json.loads(read.model_dump_json())
    sent = answer.json()
    for moment in (shown, sent):
        moment["decided_at"] = moment["decided_at"].replace("+00:00", "Z")
    assert shown == sent


def test_order_and_duplicates_of_spells_do_not_matter(client: TestClient) -> None:
    spells = HISTORY_EXAMPLE["history"]["spells"]
    shuffled = changed(HISTORY_EXAMPLE, "history.spells", [*reversed(spells), spells[0]])
    assert without_id(score(client, shuffled)) == without_id(score(client, HISTORY_EXAMPLE))


@pytest.mark.parametrize(
    ("body", "path", "value", "field", "allowed"),
    [
        (PROFILE_EXAMPLE, "profile.age", 12, "profile.age", "≥ 18"),
        (PROFILE_EXAMPLE, "profile.monthly_income", -5, "profile.monthly_income", "> 0"),
        (PROFILE_EXAMPLE, "profile.industry", "2", "profile.industry", "'0', '1'"),
        (PROFILE_EXAMPLE, "profile.state", "33", "profile.state", "0[1-9]"),
        (
            PROFILE_EXAMPLE,
            "profile.months_unemployed",
            3,
            "profile.months_unemployed",
            "0 when months_in_current_job is 48",
        ),
        (PROFILE_EXAMPLE, "loan.amount", 1, "loan.amount", "≥ 500"),
        (PROFILE_EXAMPLE, "loan.product", "car", "loan.product", "'payroll' or 'personal'"),
        (
            PROFILE_EXAMPLE,
            "as_of",
            "2027-01-01",
            "as_of",
            "2026-11-21 (today in Mexico City) or earlier",
        ),
        (HISTORY_EXAMPLE, "history.spells.0.daily_wage", 0, "history.spells.0.daily_wage", "> 0"),
        (
            HISTORY_EXAMPLE,
            "history.spells.1.end_date",
            "2020-01-01",
            "history.spells.1.end_date",
            "2021-01-11 (start_date) or later",
        ),
        (
            HISTORY_EXAMPLE,
            "as_of",
            "2016-01-01",
            "as_of",
            "2017-02-01, the first job's start, or later",
        ),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(
    client: TestClient, body: dict[str, Any], path: str, value: Any, field: str, allowed: str
) -> None:
    errors = refused(client, changed(body, path, value))["errors"]
    assert [error["field"] for error in errors] == [field]
    assert errors[0]["value"] == str(value)
    assert allowed in errors[0]["allowed"]


def test_an_unknown_field_is_refused_by_name(client: TestClient) -> None:
    problem = refused(client, changed(PROFILE_EXAMPLE, "profile.sex", "M"))
    assert problem["errors"][0]["field"] == "profile.sex"


def test_a_missing_field_is_named(client: TestClient) -> None:
    problem = refused(client, {"profile": {"age": 30, "months_in_current_job": 3}})
    assert [error["field"] for error in problem["errors"]] == ["profile.monthly_income"]


@pytest.mark.parametrize("both", [True, False])
def test_exactly_one_of_history_and_profile(client: TestClient, both: bool) -> None:
    body = (
        {"history": HISTORY_EXAMPLE["history"], "profile": PROFILE_EXAMPLE["profile"]}
        if both
        else {}
    )
    errors = refused(client, body)["errors"]
    assert errors[0]["allowed"] == "exactly one of history and profile"


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"{bad", 400),
        (b"\xff\xfe", 400),
        (b"[" * 5000, 400),
        (b"[]", 422),
        (b"null", 422),
        (b'{"profile": {"monthly_income": NaN, "age": 30, "months_in_current_job": 1}}', 422),
    ],
)
def test_what_is_not_a_request_is_refused(client: TestClient, raw: bytes, status: int) -> None:
    answer = client.post("/score", content=raw, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", ""])
def test_a_body_says_that_it_is_json(client: TestClient, kind: str) -> None:
    answer = client.post("/score", content=b"{}", headers={"content-type": kind})
    assert answer.status_code == 415
    assert answer.json()["type"] == "urn:solvencia:problem:unsupported-media-type"


def test_unknown_paths_and_methods_are_problems_too(client: TestClient) -> None:
    for answer in (client.get("/nothing"), client.get("/score")):
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code in (404, 405)
