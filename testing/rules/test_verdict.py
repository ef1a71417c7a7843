"""How rules are judged: missing facts, operators on their edges, grades and offers."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvencia.domain.applicant import LoanRequest
from solvencia.domain.loan import level_payment, payment_schedule
from solvencia.domain.policy import FIELDS, Policy
from solvencia.domain.verdict import CompiledPolicy, Verdict, make_offer
from solvencia.serving.decider import load_policy

FILE = Path(__file__).parents[2] / "business_rules" / "policy.json"
POLICY = load_policy(FILE)
LOAN = LoanRequest(product="payroll", amount=20_000, term_months=24)
KNOWN = {"income_score": 700.0, "pd": 0.03, "income_p10": 18_000.0}
REASON = {"es": "Porque sí.", "en": "Because."}


def policy_of(kind: str, *conditions: dict[str, Any], **more: Any) -> CompiledPolicy:
    """The committee's grades and offers with one single rule, PROBE; its cases are not asked."""
    raw = json.loads(FILE.read_text(encoding="utf-8"))
    raw.update(adjustments=[], knockouts=[], referrals=[])
    raw[kind] = [{"code": "PROBE", "all": conditions, "reason": REASON, **more}]
    return CompiledPolicy(Policy.model_validate(raw), "digest")


def decide(policy: CompiledPolicy, loan: LoanRequest = LOAN, **facts: Any) -> Verdict:
    return policy.apply({**dict.fromkeys(FIELDS), **KNOWN, **facts}, loan)


def fires(*conditions: dict[str, Any], **facts: Any) -> bool:
    fired = decide(policy_of("referrals", *conditions, if_missing="skip"), **facts).fired
    return [item.code for item in fired] == ["PROBE"]


@pytest.mark.parametrize(
    ("op", "value", "holds", "fails"),
    [
        ("<", 6, [5.999, -1.0, 0.0], [6.0, 7.0]),
        ("<=", 6, [6.0, 0.0], [6.001]),
        (">", 6, [6.001], [6.0, 0.0]),
        (">=", 6, [6.0, 7.0], [5.999, 0.0]),
        ("==", 0, [0.0], [0.001]),
        ("!=", 0, [0.001], [0.0]),
        ("in", [0, 6], [0.0, 6.0], [3.0]),
        ("not_in", [0, 6], [3.0], [0.0, 6.0]),
        ("between", [3, 6], [3.0, 5.999], [2.999, 6.0]),
    ],
)
def test_operators_on_their_edges(op, value, holds, fails):
    condition = {"field": "employers_5y", "op": op, "value": value}

    assert all(fires(condition, employers_5y=fact) for fact in holds)
    assert not any(fires(condition, employers_5y=fact) for fact in fails)


@pytest.mark.parametrize(
    ("op", "value", "levels"),
    [("==", "A", "A"), ("!=", "A", "BCD"), ("in", ["A", "B"], "AB"), ("not_in", ["A", "B"], "CD")],
)
def test_categories_are_compared_by_level(op, value, levels):
    condition = {"field": "segment", "op": op, "value": value}

    assert "".join(level for level in "ABCD" if fires(condition, segment=level)) == levels


@pytest.mark.parametrize(
    ("if_missing", "kind", "outcome", "codes"),
    [
        ("fire", "knockouts", "decline", ["PROBE"]),
        ("skip", "knockouts", "approve", []),
        ("refer", "knockouts", "refer", ["PROBE__MISSING"]),
        ("fire", "referrals", "refer", ["PROBE"]),
        ("skip", "referrals", "approve", []),
        ("refer", "referrals", "refer", ["PROBE__MISSING"]),
    ],
)
def test_what_a_rule_does_when_its_fact_is_missing(if_missing, kind, outcome, codes):
    policy = policy_of(kind, {"field": "age", "op": ">=", "value": 75}, if_missing=if_missing)
    verdict = decide(policy)

    assert (verdict.outcome, [item.code for item in verdict.fired]) == (outcome, codes)
    assert decide(policy, age=40.0).outcome == "approve"


@pytest.mark.parametrize(("if_missing", "score"), [("fire", 710), ("skip", 700), ("refer", 700)])
def test_a_missing_adjustment_adds_points_only_when_it_fires(if_missing, score):
    condition = {"field": "age", "op": ">=", "value": 30}
    policy = policy_of("adjustments", condition, points=10, if_missing=if_missing)

    assert decide(policy).final_score == score
    assert decide(policy, age=40.0).final_score == 710


def test_the_missing_field_is_named_in_both_languages():
    condition = {"field": "employers_5y", "op": ">=", "value": 6}
    (fired,) = decide(policy_of("referrals", condition, if_missing="refer")).fired

    assert FIELDS["employers_5y"].title in fired.reason.es
    assert "employers_5y" in fired.reason.en


@pytest.mark.parametrize(
    ("age", "weeks", "holds"),
    [(1.0, 9.0, True), (9.0, 1.0, True), (9.0, 9.0, False), (1.0, None, True), (None, 1.0, True),
     (9.0, None, None), (None, None, None)],
)  # fmt: skip
def test_any_of_holds_when_one_does_and_is_unknown_when_none_can_be_told(age, weeks, holds):
    either = {
        "any": [
            {"field": "age", "op": "<", "value": 5},
            {"field": "contribution_weeks", "op": "<", "value": 5},
        ]
    }
    verdict = decide(
        policy_of("referrals", either, if_missing="refer"), age=age, contribution_weeks=weeks
    )

    expected = {True: ["PROBE"], False: [], None: ["PROBE__MISSING"]}[holds]
    assert [item.code for item in verdict.fired] == expected


def test_a_condition_that_fails_settles_the_rule_whatever_is_missing():
    policy = policy_of(
        "knockouts",
        {"field": "age", "op": "<", "value": 18},
        {"field": "segment", "op": "==", "value": "D"},
        if_missing="fire",
    )

    assert decide(policy, age=40.0).outcome == "approve"
    assert decide(policy, age=10.0).outcome == "decline"


def test_a_knockout_may_judge_the_score_that_adjustments_made():
    low = {"field": "final_score", "op": "<", "value": 650}

    assert (
        decide(policy_of("knockouts", low, if_missing="skip"), income_score=649).outcome
        == "decline"
    )
    assert (
        decide(policy_of("knockouts", low, if_missing="skip"), income_score=650).outcome
        == "approve"
    )


@pytest.mark.parametrize(
    ("score", "pd", "grade"),
    [(690, 0.0, "A"), (689, 0.0, "B"), (850, 0.06, "B"), (850, 0.0599, "A"), (570, 0.19, "C"),
     (480, 0.2, "D"), (479, 0.0, "E"), (850, 0.3, "E"), (300, 1.0, "E")],
)  # fmt: skip
def test_the_worse_of_two_grades_holds_and_an_edge_belongs_above(score, pd, grade):
    never = {"field": "age", "op": "<", "value": 0}
    verdict = decide(policy_of("knockouts", never, if_missing="skip"), income_score=score, pd=pd)

    assert verdict.grade == grade


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    st.sampled_from(["payroll", "personal"]),
    st.sampled_from("ABCD"),
    st.floats(500, 500_000).map(lambda amount: round(amount, 2)),
    st.integers(1, 120),
    st.floats(0, 200_000),
)
def test_an_offer_stays_within_every_limit(product, grade, amount, term, income_p10):
    policy = POLICY.policy
    terms = policy.offers[product][grade]
    loan = LoanRequest(product=product, amount=amount, term_months=term)
    offer = make_offer(terms, policy, loan, income_p10)
    share = terms.max_payment_to_income * income_p10

    if offer is None:
        longest = max(terms.terms)
        smallest = level_payment(policy.min_amount, terms.annual_rate, longest, policy.vat_rate)
        assert amount < policy.min_amount or share < smallest
        return
    assert policy.min_amount <= offer.amount <= min(amount, terms.max_amount)
    assert offer.amount / policy.amount_step == round(offer.amount / policy.amount_step)
    assert offer.monthly_payment <= share + 0.01
    assert offer.term_months in terms.terms
    assert offer.term_months >= min(term, max(terms.terms))
    assert offer.cat >= terms.annual_rate
    rows = payment_schedule(
        offer.amount, offer.annual_rate, offer.term_months, POLICY.policy.vat_rate
    )
    paid = sum(row.payment for row in rows)
    assert offer.total_cost == pytest.approx(paid + offer.opening_fee - offer.amount, abs=0.01)


def test_a_longer_term_is_tried_when_the_asked_one_is_too_dear():
    terms, policy = POLICY.policy.offers["personal"]["A"], POLICY.policy
    loan = LoanRequest(product="personal", amount=5_000, term_months=6)

    assert make_offer(terms, policy, loan, 6_000).term_months == 6
    assert make_offer(terms, policy, loan, 1_500).term_months == 12
    assert make_offer(terms, policy, loan, 1_000).term_months == 18
    assert make_offer(terms, policy, loan, 100) is None


def test_a_term_between_two_becomes_the_next_and_one_above_all_the_longest():
    terms, policy = POLICY.policy.offers["payroll"]["D"], POLICY.policy

    def term_for(asked: int) -> int:
        loan = LoanRequest(product="payroll", amount=5_000, term_months=asked)
        return make_offer(terms, policy, loan, 18_000).term_months

    assert [term_for(asked) for asked in (1, 12, 13, 24, 60)] == [12, 12, 24, 24, 24]


def test_without_an_income_band_an_analyst_decides():
    never = {"field": "age", "op": "<", "value": 0}
    verdict = decide(policy_of("knockouts", never, if_missing="skip"), income_p10=None)

    assert (verdict.outcome, verdict.offer) == ("refer", None)
    assert [item.code for item in verdict.fired] == ["INCOME_BAND__MISSING"]
