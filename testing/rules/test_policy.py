"""The committee's policy holds, and a policy that is not clear and whole does not load."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from solvencia.domain.errors import PolicyError
from solvencia.domain.verdict import CompiledPolicy, case_failure, read_policy
from solvencia.serving.decider import load_policy

FILE = Path(__file__).parents[2] / "business_rules" / "policy.json"
RAW: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
POLICY: CompiledPolicy = load_policy(FILE)
REASON = {"es": "Porque sí.", "en": "Because."}
AGE = {"field": "age", "op": "<", "value": 18}


def changed(change: Callable[[dict[str, Any]], object]) -> str:
    raw = deepcopy(RAW)
    change(raw)
    return json.dumps(raw)


def with_knockout(*conditions: dict[str, Any], **more: Any) -> str:
    """The policy with one more knock-out."""
    rule = {"code": "EXTRA", "all": conditions, "reason": REASON, "if_missing": "skip", **more}
    return changed(lambda raw: raw["knockouts"].append(rule))


@pytest.mark.parametrize("case", POLICY.policy.cases, ids=lambda case: case.name)
def test_every_case_of_the_policy_holds(case):
    assert case_failure(POLICY, case) is None


def test_every_rule_fires_in_some_case():
    fired = {code for case in POLICY.policy.cases for code in case.expect.rules}

    assert {rule.code for rule in POLICY.policy.rules} <= fired


def test_every_outcome_and_every_built_in_reason_has_a_case():
    fired = {code for case in POLICY.policy.cases for code in case.expect.rules}

    assert {case.expect.outcome for case in POLICY.policy.cases} == {"approve", "refer", "decline"}
    assert {"NO_OFFER_FOR_GRADE", "LOW_PAYMENT_CAPACITY", "PD_MISSING"} <= fired
    assert any(code.endswith("__MISSING") for code in fired)


def test_one_more_sound_rule_loads():
    read_policy(with_knockout({"field": "age", "op": ">", "value": 100}), "d")


def test_the_digest_is_of_the_exact_text(tmp_path):
    (tmp_path / "policy.json").write_text(FILE.read_text(encoding="utf-8") + "\n", encoding="utf-8")

    assert load_policy(tmp_path / "policy.json").digest != POLICY.digest
    assert load_policy(FILE).digest == POLICY.digest


@pytest.mark.parametrize(
    ("condition", "culprit"),
    [
        ({"field": "height", "op": "<", "value": 1}, "height"),
        ({"field": "age", "op": "~", "value": 1}, "op"),
        ({"field": "age", "op": "<", "value": 1, "unit": "years"}, "unit"),
        ({"field": "age", "op": "<"}, "value"),
        ({"field": "age", "op": "<", "value": "6"}, "age"),
        ({"field": "age", "op": "<", "value": None}, "value"),
        ({"field": "age", "op": "<", "value": True}, "value"),
        ({"field": "age", "op": "<", "value": [6]}, "one value"),
        ({"field": "age", "op": "in", "value": 6}, "a list"),
        ({"field": "age", "op": "in", "value": []}, "empty list"),
        ({"field": "age", "op": "in", "value": [6, "7"]}, "age"),
        ({"field": "age", "op": "between", "value": [9, 9]}, "low < high"),
        ({"field": "age", "op": "between", "value": [9, 3]}, "low < high"),
        ({"field": "age", "op": "between", "value": [1, 2, 3]}, "low < high"),
        ({"field": "segment", "op": "==", "value": "E"}, "segment"),
        ({"field": "segment", "op": "in", "value": ["A", "Z"]}, "segment"),
        ({"field": "segment", "op": "<", "value": "B"}, "segment"),
        ({"field": "industry", "op": "==", "value": 6}, "industry"),
        ({"any": [AGE]}, "any"),
        ({"any": [AGE, {"any": [AGE, AGE]}]}, "any"),
    ],
)
def test_a_condition_that_is_not_clear_does_not_load(condition, culprit):
    with pytest.raises(PolicyError, match=culprit):
        read_policy(with_knockout(condition), "d")


@pytest.mark.parametrize(
    "conditions",
    [
        [("<", 6), (">=", 6)],
        [("<", 6), ("==", 6)],
        [("==", 5), ("==", 6)],
        [("<=", 6), (">", 6)],
        [("between", [1, 2]), (">=", 2)],
        [("in", [1, 2]), (">", 2)],
    ],
)
def test_conditions_that_contradict_each_other_do_not_load(conditions):
    rules = [{"field": "employers_5y", "op": op, "value": value} for op, value in conditions]

    with pytest.raises(PolicyError, match="EXTRA can never fire: its conditions on employers_5y"):
        read_policy(with_knockout(*rules), "d")


@pytest.mark.parametrize(
    ("rule", "culprit"),
    [
        ({"all": []}, "all"),
        ({"code": "low"}, "code"),
        ({"code": "UNDER_AGE"}, "repeated: UNDER_AGE"),
        ({"if_missing": "ignore"}, "if_missing"),
        ({"reason": {"es": "Porque sí."}}, "en"),
        ({"points": 5}, "points"),
    ],
)
def test_a_rule_that_is_not_whole_does_not_load(rule, culprit):
    with pytest.raises(PolicyError, match=culprit):
        read_policy(with_knockout(**{"code": "EXTRA", "all": [AGE], **rule}), "d")


def first_offer(raw: dict[str, Any]) -> dict[str, Any]:
    return raw["offers"]["payroll"]["A"]


@pytest.mark.parametrize(
    ("change", "culprit"),
    [
        (lambda raw: raw.update(colour="red"), "colour"),
        (lambda raw: raw.pop("knockouts"), "knockouts"),
        (lambda raw: raw.update(version="next"), "version"),
        (lambda raw: raw.update(cases=[]), "cases"),
        (lambda raw: raw["adjustments"][0].update(points=0), "points must not be 0"),
        (lambda raw: raw["adjustments"][0].update(points="15"), "points"),
        (lambda raw: raw["adjustments"][0].update(points=500), "points"),
        (
            lambda raw: raw["adjustments"][0]["all"].append(
                {"field": "final_score", "op": ">", "value": 500}
            ),
            "WEEKS_OVER_500: final_score is not known until adjustments",
        ),
        (lambda raw: raw["grades"]["score"].pop(0), "score: the first lower_bound must be 300"),
        (lambda raw: raw["grades"].update(pd=[]), "pd: the first lower_bound must be 0"),
        (lambda raw: raw["grades"]["score"].reverse(), "grades.score"),
        (lambda raw: raw["grades"]["pd"][2].update(lower_bound=0.05), "lower bounds must ascend"),
        (lambda raw: raw["grades"]["pd"][2].update(grade="A"), "runs the wrong way"),
        (
            lambda raw: raw["grades"]["score"][1].update(grade="F"),
            "got 'F'; allowed: A, B, C, D, E",
        ),
        (lambda raw: raw["grades"]["pd"][4].update(lower_bound=1.2), "1.2 is above 1"),
        (lambda raw: raw["grades"]["order"].append("A"), "order repeats a grade"),
        (lambda raw: raw["offers"].pop("personal"), "offers lack personal"),
        (lambda raw: raw["offers"].update(mortgage={}), "mortgage"),
        (lambda raw: raw["offers"]["payroll"].update(Z=first_offer(raw)), "unknown grade Z"),
        (lambda raw: first_offer(raw).update(terms=[]), "terms"),
        (lambda raw: first_offer(raw).update(terms=[24, 12]), "terms"),
        (lambda raw: first_offer(raw).update(max_payment_to_income=1.5), "max_payment_to_income"),
        (lambda raw: first_offer(raw).update(max_amount=10), "A: max_amount is below min_amount"),
        (lambda raw: first_offer(raw).update(annual_rate=-0.1), "annual_rate"),
        (lambda raw: raw["cases"][0]["facts"].update(height=1), "unknown fact 'height'"),
        (
            lambda raw: raw["cases"][0]["facts"].update(final_score=700),
            "unknown fact 'final_score'",
        ),
        (lambda raw: raw["cases"][0]["facts"].update(age="old"), "age: got 'old'"),
        (lambda raw: raw["cases"][0]["facts"].update(segment="Z"), "segment: got 'Z'"),
    ],
)
def test_a_document_that_does_not_hang_together_does_not_load(change, culprit):
    with pytest.raises(PolicyError, match=culprit):
        read_policy(changed(change), "d")


@pytest.mark.parametrize(
    ("change", "culprit"),
    [
        (
            lambda raw: raw["cases"][0]["expect"].update(outcome="decline"),
            "outcome: stated 'decline'",
        ),
        (lambda raw: raw["cases"][0]["expect"].update(final_score=734), "final_score: stated 734"),
        (lambda raw: raw["cases"][0]["expect"].update(amount=1.0), "amount: stated 1.0"),
        (lambda raw: raw["cases"][0]["expect"]["rules"].pop(), "rules: stated"),
        (lambda raw: raw["knockouts"].pop(), "Score below the minimum"),
    ],
)
def test_a_policy_whose_cases_fail_does_not_load(change, culprit):
    with pytest.raises(PolicyError, match=culprit):
        read_policy(changed(change), "d")


@pytest.mark.parametrize(
    ("text", "culprit"),
    [
        ("", "does not load"),
        ("{", "does not load"),
        ("[]", "does not load"),
        (
            FILE.read_text(encoding="utf-8").replace('"vat_rate": 0.16', '"vat_rate": NaN'),
            "NaN is not",
        ),
        (
            FILE.read_text(encoding="utf-8").replace('"value": 480', '"value": Infinity'),
            "Infinity is not",
        ),
        (FILE.read_text(encoding="utf-8").replace('"value": 480', '"value": 1e999'), "finite"),
    ],
)
def test_a_text_that_is_not_json_does_not_load(text, culprit):
    with pytest.raises(PolicyError, match=culprit):
        read_policy(text, "d")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(PolicyError, match=r"nowhere\.json: cannot be read"):
        load_policy(tmp_path / "nowhere.json")
