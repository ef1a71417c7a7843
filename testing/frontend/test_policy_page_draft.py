"""A draft of the policy: its values, what differs, what is wrong with it, and its file."""

import json
from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from frontend.policy.checks import (
    CaseFailure,
    Trouble,
    judgement,
    parse_terms,
    path_of,
    thresholds,
    trouble_line,
    troubles,
)
from frontend.policy.draft import (
    VERSION,
    Edit,
    accepting,
    alike,
    changed_cases,
    edits,
    named,
    next_version,
    value_at,
    with_value,
    written,
)
from frontend.policy.standing import Standing, silent_reasons
from frontend.policy.words import Vocabulary
from solvencia.domain.errors import PolicyError
from solvencia.domain.policy import Policy
from solvencia.domain.verdict import read_policy
from solvencia_client import FieldError
from testing.client.running import ROOT

FILE = (ROOT / "business_rules" / "policy.json").read_text(encoding="utf-8")
PD_MAXIMUM = ("knockouts", 4, "all", 0, "value")
WORDS = Vocabulary("es")


@pytest.fixture
def policy() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(FILE)
    return loaded


def test_is_written_as_the_file_is(policy: dict[str, Any]) -> None:
    assert written(policy) == FILE


def test_a_changed_value_is_the_only_line_that_changes(policy: dict[str, Any]) -> None:
    lines = written(with_value(policy, PD_MAXIMUM, 0.3)).splitlines()
    differing = [
        (was, now) for was, now in zip(FILE.splitlines(), lines, strict=True) if was != now
    ]
    assert differing == [
        (
            '      "all": [{"field": "pd", "op": ">=", "value": 0.35}],',
            '      "all": [{"field": "pd", "op": ">=", "value": 0.3}],',
        )
    ]


def test_with_value_leaves_the_original(policy: dict[str, Any]) -> None:
    before = deepcopy(policy)
    changed = with_value(policy, PD_MAXIMUM, 0.3)
    assert policy == before
    assert value_at(changed, PD_MAXIMUM) == 0.3


def test_edits_name_every_value_that_differs(policy: dict[str, Any]) -> None:
    draft = with_value(policy, PD_MAXIMUM, 0.3)
    draft = with_value(draft, ("offers", "payroll", "A", "terms"), [12, 24])
    draft = with_value(draft, ("referrals", 3, "all", 0, "value", 1), 520)
    draft = with_value(draft, ("adjustments", 0, "reason", "es"), "Otro motivo.")
    assert {edit.path: (edit.before, edit.after) for edit in edits(policy, draft)} == {
        ("adjustments", 0, "reason", "es"): ("Más de 500 semanas cotizadas.", "Otro motivo."),
        PD_MAXIMUM: (0.35, 0.3),
        ("referrals", 3, "all", 0, "value"): ([480, 500], [480, 520]),
        ("offers", "payroll", "A", "terms"): ([12, 24, 36, 48, 60], [12, 24]),
    }
    assert edits(policy, policy) == []


def test_a_version_is_no_edit(policy: dict[str, Any]) -> None:
    draft = named(policy, "2027-01-01", date(2027, 1, 1))
    assert edits(policy, draft) == []
    assert list(draft) == list(policy)
    assert (draft["version"], draft["effective_from"]) == ("2027-01-01", "2027-01-01")


@pytest.mark.parametrize(
    ("before", "typed", "kept"),
    [(400000, 350000.0, 350000), (0.35, 0.3, 0.3), (0, 0.02, 0.02), (6, 6.5, 6.5), (1.5, 2.0, 2.0)],
)
def test_whole_numbers_stay_whole(before: Any, typed: float, kept: Any) -> None:
    found = alike(before, typed)
    assert (found, type(found)) == (kept, type(kept))


@pytest.mark.parametrize(
    ("in_force", "suggested"),
    [
        ("2026-11-01", "2026-11-20"),
        ("2026-11-20", "2026-11-20.1"),
        ("2026-12-01.4", "2026-12-01.5"),
    ],
)
def test_next_version(in_force: str, suggested: str) -> None:
    assert next_version(in_force, date(2026, 11, 20)) == suggested
    assert VERSION.fullmatch(suggested)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("12, 24", [12, 24]),
        ("12;24 36", [12, 24, 36]),
        ("12, dos", "12, dos"),
        ("", []),
        ("-6", "-6"),
    ],
)
def test_parse_terms(typed: str, kept: Any) -> None:
    assert parse_terms(typed) == kept


def test_thresholds_are_numbers_those_of_alternatives_too(policy: dict[str, Any]) -> None:
    new_to_work = thresholds(policy["referrals"][2], ("referrals", 2))
    assert [value_at(policy, path) for path in new_to_work] == [26, 2, 0]
    without_job = thresholds(policy["knockouts"][2], ("knockouts", 2))
    assert [value_at(policy, path) for path in without_job] == [0]
    borderline = thresholds(policy["referrals"][3], ("referrals", 3))
    assert [path[-1] for path in borderline] == [0, 1]


def test_the_policy_in_force_has_no_trouble(policy: dict[str, Any]) -> None:
    assert troubles(policy) == []


OFFER = ("offers", "personal", "B")
BROKEN: list[tuple[tuple[str | int, ...], Any, str]] = [
    (("adjustments", 0, "points"), 0, "zero"),
    (("adjustments", 0, "points"), 201, "points"),
    (("adjustments", 0, "points"), 1.5, "whole"),
    (("adjustments", 0, "reason", "es"), "x", "short"),
    (("referrals", 3, "all", 0, "value", 1), 480, "not_above"),
    (("grades", "score", 2, "lower_bound"), 480, "ascend"),
    (("grades", "pd", 4, "lower_bound"), 1.2, "between"),
    ((*OFFER, "annual_rate"), 3.1, "between"),
    ((*OFFER, "opening_fee"), 0.3, "between"),
    ((*OFFER, "max_payment_to_income"), 0, "above_to"),
    ((*OFFER, "max_payment_to_income"), 1.1, "above_to"),
    ((*OFFER, "max_amount"), 2999, "least"),
    ((*OFFER, "terms"), [24, 12], "terms_order"),
    ((*OFFER, "terms"), [12, 121], "terms_range"),
    ((*OFFER, "terms"), [], "empty"),
    ((*OFFER, "terms"), "12, dos", "terms"),
    (("min_amount",), 0, "above"),
    (("vat_rate",), 0.6, "between"),
    (("standard_loan", "months_of_income"), 25, "above_to"),
    (("standard_loan", "term_months"), 0, "between"),
    (("standard_loan", "term_months"), 12.5, "whole"),
]


@pytest.mark.parametrize(("path", "value", "key"), BROKEN)
def test_what_the_service_refuses_is_told_beside_its_field(
    policy: dict[str, Any], path: tuple[str | int, ...], value: Any, key: str
) -> None:
    draft = with_value(policy, path, value)
    with pytest.raises(ValidationError):
        Policy.model_validate_json(json.dumps(draft), strict=True)
    assert [(item.path, item.key) for item in troubles(draft)] == [(path, key)]


@pytest.mark.parametrize(
    ("path", "value"),
    [(PD_MAXIMUM, 1.4), (("knockouts", 5, "all", 0, "value"), 299)],
)
def test_limits_off_the_scale_are_told(
    policy: dict[str, Any], path: tuple[str | int, ...], value: float
) -> None:
    [found] = troubles(with_value(policy, path, value))
    assert (found.path, found.key) == (path, "between")


def test_troubles_are_told_in_the_unit_of_the_field(policy: dict[str, Any]) -> None:
    [found] = troubles(with_value(policy, PD_MAXIMUM, 4.0))
    assert trouble_line(found, WORDS, "share") == "Debe estar entre 0 % y 100 %."
    [amount] = troubles(with_value(policy, (*OFFER, "max_amount"), 10))
    assert trouble_line(amount, WORDS, "MXN") == "Debe ser $3,000.00 o más."


def refused(draft: dict[str, Any]) -> tuple[FieldError, ...]:
    """What the service answers to a draft whose cases fail: the text that its reader raises."""
    with pytest.raises(PolicyError) as raised:
        read_policy(json.dumps(draft), "draft")
    return (FieldError("policy", f"allowed: one that loads: draft: {raised.value}"),)


def test_cases_that_fail_are_read_and_accepted(policy: dict[str, Any]) -> None:
    draft = with_value(policy, PD_MAXIMUM, 0.1)
    found = judgement(refused(draft), draft)
    assert not found.troubles
    assert not found.accepted
    by_name = {failure.name: failure for failure in found.failures}
    failure = by_name["Out of work for four months asks for a personal loan"]
    assert failure.stated["outcome"] == "approve"
    assert failure.decided["outcome"] == "decline"
    assert failure.decided["amount"] is None
    assert "PD_TOO_HIGH" in failure.decided["rules"]
    for item in found.failures:
        draft = accepting(draft, item.name, item.decided)
    read_policy(json.dumps(draft), "draft")
    assert len(changed_cases(policy, draft)) == len(by_name)
    # Codes stay where they stood: the reviewer sees what was added alone.
    place = next(n for n, case in enumerate(draft["cases"]) if case["name"] == failure.name)
    before = policy["cases"][place]["expect"]["rules"]
    assert draft["cases"][place]["expect"]["rules"] == [*before, "PD_TOO_HIGH"]


def test_a_case_named_with_an_apostrophe_is_read(policy: dict[str, Any]) -> None:
    draft = with_value(policy, ("cases", 7, "name"), "The edge's applicant: at 490; refer")
    draft = with_value(draft, ("knockouts", 5, "all", 0, "value"), 495)
    names = [failure.name for failure in judgement(refused(draft), draft).failures]
    assert names == ["The edge's applicant: at 490; refer"]


def test_what_cannot_be_read_as_cases_is_told_as_it_comes(policy: dict[str, Any]) -> None:
    odd = FieldError("policy", "case 'Solid payroll applicant': outcome: stated ?, decided !")
    found = judgement((odd,), policy)
    assert found.failures == ()
    assert found.troubles == (Trouble((), "service", {"message": odd.message}),)


def test_errors_of_the_service_go_to_their_field(policy: dict[str, Any]) -> None:
    errors = (
        FieldError("policy.adjustments.0.points", "Input should be less than or equal to 200"),
        FieldError("policy.adjustments.3", "Value error, SENIORITY can never fire: its conditions"),
        FieldError("policy.offers.payroll.Z", "odd"),
    )
    found = judgement(errors, policy).troubles
    assert [item.path for item in found] == [
        ("adjustments", 0, "points"),
        ("adjustments", 3),
        ("offers", "payroll"),
    ]
    assert [item.key for item in found] == ["service", "never", "service"]
    assert path_of("policy", policy) == ()


def test_a_reason_that_stayed_while_its_limit_moved_is_asked_about(policy: dict[str, Any]) -> None:
    threshold = ("adjustments", 3, "all", 0, "value")
    draft = with_value(policy, threshold, 4)
    base: Any = {"policy": policy}
    found = (Edit(threshold, 6, 4),)
    told = silent_reasons(Standing(base, draft, found, (), (), None), WORDS)
    assert told == [
        "El motivo de SENIORITY_UNDER_6_MONTHS no cambió: «Menos de seis meses en el empleo "
        "actual». Revise si aún es cierto."
    ]
    reworded = (*found, Edit(("adjustments", 3, "reason", "es"), "a", "b"))
    assert silent_reasons(Standing(base, draft, reworded, (), (), None), WORDS) == []


def test_accepting_leaves_other_cases(policy: dict[str, Any]) -> None:
    failure = CaseFailure("Score at the edge", {"outcome": "refer"}, {"outcome": "decline"})
    draft = accepting(policy, failure.name, failure.decided)
    assert changed_cases(policy, draft) == [7]
    assert draft["cases"][7]["expect"] == policy["cases"][7]["expect"] | {"outcome": "decline"}
