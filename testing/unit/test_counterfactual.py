"""The nearest change is really the nearest: nothing nearer is found by trying everything."""

import json
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from solvencia.artifact import SCORECARDS, Model
from solvencia.domain.applicant import Applicant, LoanRequest, Profile
from solvencia.domain.catalogue import PRODUCTS, Product
from solvencia.domain.decision import Decision
from solvencia.domain.features import FEATURES
from solvencia.domain.policy import Policy
from solvencia.domain.reference import Reference
from solvencia.domain.scorecard import Bins, Scorecard, Table
from solvencia.domain.segment import Axis, Segment, Segmentation
from solvencia.domain.verdict import CompiledPolicy
from solvencia.serving.change import Change
from solvencia.serving.counterfactual import nearest_changes
from solvencia.serving.decider import Decider
from solvencia.serving.levers import (
    LEVERS,
    Situation,
    effort,
    levers_of_rules,
    situations_by_lever,
    terms_of,
)
from solvencia.serving.waiting import LONGEST_WAIT, add_months, held
from testing.unit.builders import TODAY, applicant, spell, tiny_card

FILE = Path(__file__).parents[2] / "business_rules" / "policy.json"
SEGMENTS = Segmentation((Axis("age", 40.0, 10.0),), (Segment("A", "Todos", "All"),), ((0.0,),))
REASON = {"es": "Porque sí.", "en": "Because."}
MORE_RULES = [
    [{"field": "loan_amount", "op": "==", "value": 4500}],
    [{"field": "loan_amount", "op": "between", "value": [2000, 4000]}],
    [{"field": "loan_to_income", "op": "<=", "value": 0.25}],
    [
        {"field": "loan_to_income", "op": ">", "value": 0.4},
        {"field": "age", "op": "<", "value": 31},
    ],
    [{"field": "loan_term_months", "op": ">", "value": 18}],
    [{"field": "loan_product", "op": "==", "value": "personal"}],
    [{"field": "employers_5y", "op": "<", "value": 2}],
]


def policy(**changes: Any) -> CompiledPolicy:
    """The committee's policy, in coarser steps and with changes; its cases are not asked."""
    raw = json.loads(FILE.read_text(encoding="utf-8"))
    raw |= {"amount_step": 500, "min_amount": 1000, **changes}
    return CompiledPolicy(Policy.model_validate(raw), "digest")


def card(
    name: str, bins: list[Bins], points: dict[tuple[str, ...], Any], intercept: float
) -> Scorecard:
    tables = tuple(Table(features, table) for features, table in points.items())
    return Scorecard(name, "logit", intercept, tuple(bins), tables)


DEFAULT_BINS = [
    Bins("months_in_current_job", edges=(3.0, 5.0, 12.0, 20.0)),
    Bins("contribution_weeks", edges=(60.0, 130.0)),
    Bins("loan_product", levels=tuple(PRODUCTS)),
    Bins("loan_to_income", edges=(0.2, 0.3, 0.45, 0.6)),
    Bins("loan_term_months", edges=(12.0, 24.0)),
]
SIZES = {bins.feature: bins.missing + 1 for bins in DEFAULT_BINS}
PAIRS = (("months_in_current_job", "loan_to_income"), ("loan_product", "loan_term_months"))


@st.composite
def deciders(draw: st.DrawFn, reference: Reference) -> Decider:
    """Any tables at all, directions or not, and a few more rules of any kind."""

    def row(size: int) -> tuple[float, ...]:
        return tuple(draw(st.lists(st.floats(-1.2, 1.2), min_size=size, max_size=size)))

    default = card(
        "default",
        DEFAULT_BINS,
        {(name,): row(size) for name, size in SIZES.items()}
        | {(a, b): tuple(row(SIZES[b]) for _ in range(SIZES[a])) for a, b in PAIRS},
        draw(st.floats(-1.5, 0.5)),
    )
    tenure = Bins("months_in_current_job", edges=(4.0, 9.0))
    age = Bins("age", edges=(30.5, 31.0))
    continuity = card(
        "continuity",
        [tenure, age],
        {("months_in_current_job",): row(4), ("age",): row(4)},
        draw(st.floats(-0.5, 1.0)),
    )
    incomes = {
        name: tiny_card(name, "identity") for name in ("income_p10", "income_p50", "income_p90")
    }
    model = Model(
        "v1", {"continuity": continuity, "default": default, **incomes}, SEGMENTS, reference, {}, {}
    )
    kinds = draw(st.lists(st.sampled_from(["knockouts", "referrals"]), max_size=3))
    raw = json.loads(FILE.read_text(encoding="utf-8"))
    for place, kind in enumerate(kinds):
        conditions = draw(st.sampled_from(MORE_RULES))
        raw[kind].append({"code": f"PROBE_{place}", "all": conditions, "reason": REASON})
    return Decider(model, policy(knockouts=raw["knockouts"], referrals=raw["referrals"]))


loans = st.builds(
    LoanRequest,
    product=st.sampled_from(list(PRODUCTS)),
    amount=st.sampled_from([700.0, 1000.0, 3000.0, 4500.0, 6250.0, 9000.0]),
    term_months=st.sampled_from([6, 12, 18, 20, 36]),
)
profiles = st.builds(
    Profile,
    monthly_income=st.sampled_from([10_000.0, 14_000.0]),
    age=st.sampled_from([29.0, 30.0, 66.5]),
    months_in_current_job=st.sampled_from([0.0, 1.0, 4.0, 30.0]),
    months_unemployed=st.just(0.0),
    employers_5y=st.sampled_from([None, 1, 3]),
    contribution_weeks=st.sampled_from([None, 20.0, 120.0]),
)
people = st.builds(
    lambda start, weeks: applicant(
        spell("2021-01-01", "2023-03-31", 300.0, "B", state="09", industry="6"),
        spell(start, None, 400.0, state="09", industry="6"),
        born="1994-02-10",
        contribution_weeks=weeks,
    ),
    st.sampled_from(["2023-08-01", "2024-04-20", "2024-06-25"]),
    st.sampled_from([None, 25.0]),
)


def asked_again(decider: Decider, person: Applicant | Profile, situation: Situation) -> Decision:
    """The decision on the person as they would then be, by the ordinary way."""
    months, day = situation.months, TODAY
    still = Decider(
        replace(decider.model, reference=held(decider.model.reference, TODAY)), decider.policy
    )
    if isinstance(person, Profile):
        weeks = person.contribution_weeks
        person = Profile(
            **person.model_dump()
            | {
                "age": person.age + months / 12,
                "months_in_current_job": person.months_in_current_job + months,
                "contribution_weeks": None if weeks is None else weeks + months * 30.4375 / 7,
            }
        )
    else:
        day = add_months(TODAY, months)
        weeks = person.contribution_weeks
        person = Applicant(
            **person.model_dump()
            | {"contribution_weeks": None if weeks is None else weeks + (day - TODAY).days / 7}
        )
    loan = LoanRequest(
        product=situation.product, amount=situation.amount, term_months=situation.term_months
    )
    return still.decide(person, day, loan)


def every_value(decider: Decider, decision: Decision) -> dict[str, list[Any]]:
    """All values of each lever, not only those at which something can change."""
    rules, loan = decider.policy.policy, decision.assessment.loan
    employed = decision.assessment.features.months_unemployed == 0
    amounts = [n * rules.amount_step for n in range(int(loan.amount // rules.amount_step) + 1)]
    below = [a for a in amounts if rules.min_amount <= a < loan.amount]
    return {
        "months": list(range(1, LONGEST_WAIT + 1)) if employed else [],
        "amount": below or ([rules.min_amount] if loan.amount < rules.min_amount else []),
        "term_months": [n for n in range(1, 61) if n != loan.term_months],
        "product": [
            name for name in PRODUCTS if name != loan.product and (employed or name != "payroll")
        ],
    }


def by_trying_everything(
    decider: Decider, person: Applicant | Profile, decision: Decision
) -> list[tuple[float, Situation]]:
    """What ``nearest_changes`` should find, with its effort."""
    loan = decision.assessment.loan
    asked = Situation(0, loan.amount, loan.term_months, loan.product)
    values = every_value(decider, decision)
    seen: dict[Situation, Decision] = {}

    def reaching(levers: tuple[str, ...], target: str) -> Iterator[tuple[float, Situation]]:
        situations = [asked]
        for lever in levers:
            situations = [s._replace(**{lever: v}) for s in situations for v in values[lever]]
        for situation in situations:
            new_term = situation.term_months != asked.term_months
            if new_term and situation.term_months not in terms_of(
                decider.policy.policy, situation.product
            ):
                continue
            if situation not in seen:
                seen[situation] = asked_again(decider, person, situation)
            then = seen[situation]
            had = not new_term or not then.offer or then.offer.term_months == situation.term_months
            if then.outcome == target and had:
                yield effort(asked, situation), situation

    def single(target: str) -> list[tuple[float, Situation]]:
        nearest = (min(reaching((lever,), target), default=None) for lever in LEVERS)
        return sorted(item for item in nearest if item is not None)

    if found := single("approve"):
        return found
    pairs = (min(reaching(two, "approve"), default=None) for two in combinations(LEVERS, 2))
    if found := [item for item in pairs if item is not None]:
        return [min(found)]
    return single("refer") if decision.outcome == "decline" else []


@pytest.mark.parametrize("who", [profiles, people], ids=["profile", "history"])
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_nearer_is_found_by_trying_everything(mexico, who, data):
    decider, person, loan = data.draw(deciders(mexico)), data.draw(who), data.draw(loans)
    decision = decider.decide(person, TODAY, loan)
    assume(decision.outcome != "approve")
    expected = by_trying_everything(decider, person, decision)
    found = nearest_changes(decider, person, decision)

    assert [change.effort for change in found] == pytest.approx([far for far, _ in expected])
    for change in found:
        then = asked_again(decider, person, situation_of(change, decision))
        assert (change.outcome, change.final_score) == (then.outcome, then.final_score)
        assert (change.pd, change.offer) == (then.assessment.pd, then.offer)


def situation_of(change: Change, decision: Decision) -> Situation:
    """Where the steps of a change lead."""
    loan = decision.assessment.loan
    situation = Situation(0, loan.amount, loan.term_months, loan.product)
    for field, before, after in change.steps:
        if field == "months_in_current_job":
            situation = situation._replace(months=round(after - before))
        else:
            assert getattr(situation, field) == before
            situation = situation._replace(**{field: after})
    return situation


PERSONAL = LoanRequest(product="personal", amount=10_000, term_months=18)
NEW = Profile(
    monthly_income=15_000, age=30, months_in_current_job=1, contribution_weeks=90, employers_5y=1
)


@pytest.fixture(scope="module")
def steady(mexico) -> Decider:
    """Models in which only the time in the job counts, and a policy with its own steps."""
    cards = {
        name: tiny_card(name, "identity" if name.startswith("income") else "logit")
        for name in SCORECARDS
    }
    flat = Scorecard("default", "logit", -3.0, (), ())
    raw = json.loads(FILE.read_text(encoding="utf-8"))
    rules = CompiledPolicy(Policy.model_validate(raw), "digest")
    return Decider(Model("v1", {**cards, "default": flat}, SEGMENTS, mexico, {}, {}), rules)


def texts(decider: Decider, person: Profile, loan: LoanRequest) -> list[str]:
    decision = decider.decide(person, TODAY, loan)
    return [change.text for change in nearest_changes(decider, person, decision)]


def test_a_month_more_in_the_job_is_enough(steady):
    (change,) = nearest_changes(steady, NEW, steady.decide(NEW, TODAY, PERSONAL))

    assert change.steps == (("months_in_current_job", 1.0, 2.0),)
    assert change.outcome == "approve"
    assert change.text == ("Con 1 mes más en este empleo, la respuesta sería: aprobado.")
    assert change.text_en == ("With 1 more month in this job, the answer would be: approved.")


def test_twelve_months_of_income_are_the_largest_amount_without_an_analyst(steady):
    settled = NEW.model_copy(update={"months_in_current_job": 30.0})
    large = PERSONAL.model_copy(update={"amount": 200_050.0})

    (change,) = nearest_changes(steady, settled, steady.decide(settled, TODAY, large))
    then = steady.decide(settled, TODAY, large.model_copy(update={"amount": 180_000.0}))

    assert change.steps == (("amount", 200_050.0, 180_000.0),)
    assert then.outcome == "approve"
    assert change.offer == then.offer
    assert change.text == (
        "Con $180,000 en lugar de $200,050, la respuesta sería: aprobado, "
        f"por ${then.offer.amount:,.0f} a 18 meses."
    )


def test_less_than_the_minimum_is_raised_to_it(steady):
    settled = NEW.model_copy(update={"months_in_current_job": 30.0})
    small = PERSONAL.model_copy(update={"amount": 2_500.0})

    assert texts(steady, settled, small) == [
        "Con $3,000 en lugar de $2,500, la respuesta sería: aprobado."
    ]


def test_two_levers_only_where_one_is_not_enough(steady):
    large = PERSONAL.model_copy(update={"amount": 200_000.0})
    (change,) = nearest_changes(steady, NEW, steady.decide(NEW, TODAY, large))

    assert [step.field for step in change.steps] == ["months_in_current_job", "amount"]


def referring(decider: Decider, *rules: list[dict[str, Any]]) -> Decider:
    """With these referrals instead of the committee's."""
    referrals = [
        {"code": f"PROBE_{place}", "all": conditions, "reason": REASON}
        for place, conditions in enumerate(rules)
    ]
    raw = json.loads(FILE.read_text(encoding="utf-8"))
    rules_of = Policy.model_validate(raw | {"referrals": referrals})
    return Decider(decider.model, CompiledPolicy(rules_of, "digest"))


def test_of_the_pairs_the_nearest(steady):
    decider = referring(
        steady,
        [{"field": "loan_to_income", "op": ">", "value": 0.5}],
        [
            {"field": "loan_product", "op": "==", "value": "personal"},
            {"field": "months_in_current_job", "op": "<", "value": 12},
        ],
    )
    (change,) = nearest_changes(decider, NEW, decider.decide(NEW, TODAY, PERSONAL))

    # Eleven months and 7,500 would do too, and are further away.
    assert change.steps == (("amount", 10_000.0, 7_500.0), ("product", "personal", "payroll"))


def test_a_term_that_would_not_be_offered_is_not_told(steady):
    decider = referring(steady, [{"field": "loan_term_months", "op": "<=", "value": 24}])
    settled = NEW.model_copy(update={"months_in_current_job": 30.0})
    decision = decider.decide(settled, TODAY, PERSONAL)
    (change,) = nearest_changes(decider, settled, decision)

    # A personal loan of this grade goes up to 24 months; a payroll loan goes on.
    assert decision.grade == "C"
    assert change.steps == (("term_months", 18, 36), ("product", "personal", "payroll"))


def test_between_two_rules_on_the_amount_the_largest_is_found(steady):
    decider = referring(
        steady,
        [{"field": "loan_amount", "op": "between", "value": [6_250, 10_001]}],
        [{"field": "loan_amount", "op": "==", "value": 6_200}],
    )
    settled = NEW.model_copy(update={"months_in_current_job": 30.0})

    assert texts(decider, settled, PERSONAL) == [
        "Con $6,100 en lugar de $10,000, la respuesta sería: aprobado."
    ]


def test_an_approval_needs_no_change(steady):
    settled = NEW.model_copy(update={"months_in_current_job": 30.0})

    assert texts(steady, settled, PERSONAL) == []


def test_who_is_out_of_work_is_not_told_to_stay_or_to_ask_for_payroll(steady):
    out = NEW.model_copy(update={"months_in_current_job": 0.0, "months_unemployed": 2.0})
    asked = PERSONAL.model_copy(update={"product": Product.PAYROLL})

    assert texts(steady, out, asked) == [
        "Con un crédito personal en lugar de uno de nómina, la respuesta sería: aprobado."
    ]
    assert texts(steady, out.model_copy(update={"months_unemployed": 20.0}), PERSONAL) == []


def test_without_a_model_of_default_nothing_is_promised(steady):
    cards = {name: card for name, card in steady.model.scorecards.items() if name != "default"}
    blind = Decider(replace(steady.model, scorecards=cards), steady.policy)

    assert texts(blind, NEW, PERSONAL) == []


def test_of_the_models_only_that_of_default_looks_at_the_loan():
    loan = [name for name in FEATURES if name.startswith("loan_")]

    assert {FEATURES[name].continuity for name in loan} == {None}
    assert {FEATURES[name].income for name in loan} == {None}
    assert not {axis.feature for axis in SEGMENTS.axes} & set(loan)


def test_one_amount_is_tried_for_each_piece_between_edges():
    bins = Bins("loan_to_income", edges=(0.33, 0.45))
    amount = Table(("loan_to_income",), (0.0, 0.1, 0.2, 0.0))
    default = Scorecard("default", "logit", 0.0, (bins,), (amount,))
    asked = Situation(0, 10_000.0, 18, Product.PERSONAL)
    found = situations_by_lever(
        asked, policy().policy, [default], nominal_income=10_000.0, employed=False
    )

    # 4,500 lies on an edge and stands for itself too, as a rule could mean just this amount.
    assert [item.amount for item in found["amount"]] == [9_500.0, 4_500.0, 4_000.0, 3_000.0]


def test_a_rule_is_moved_by_the_levers_it_looks_at():
    grows = {"code": "GROWS", "all": MORE_RULES[0], "points": 5, "reason": REASON}
    found = levers_of_rules(policy().policy)

    assert found["LARGE_AMOUNT"] == {"amount"}
    assert found["PAYROLL_WITHOUT_JOB"] == {"product", "months"}
    assert found["SCORE_TOO_LOW"] == {"months"}
    assert found["PD_TOO_HIGH"] == set(LEVERS)
    assert found["PD_MISSING"] == set()
    assert levers_of_rules(policy(adjustments=[grows]).policy)["SCORE_TOO_LOW"] == {
        "months",
        "amount",
    }
