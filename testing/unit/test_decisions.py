"""Loans of the past are decided as the service would have decided them."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from solvencia.artifact import SCORECARDS, Model
from solvencia.domain.applicant import LoanRequest
from solvencia.domain.errors import InvalidInputError
from solvencia.domain.features import compute_features
from solvencia.domain.segment import Axis, Segment, Segmentation
from solvencia.serving.decider import Decider, load_policy
from solvencia.training.decisions import decide_loans, loan_amounts
from testing.unit.builders import applicant, spell, tiny_card

STEADY = applicant(spell("2012-01-01", None, 600.0, state="09", industry="6"))
NEW = applicant(spell("2024-05-01", None, 250.0, "B"), born="2003-01-01")
ASKED = (
    (STEADY, date(2016, 7, 1), LoanRequest(product="payroll", amount=20_000, term_months=24)),
    (STEADY, date(2024, 7, 1), LoanRequest(product="personal", amount=45_300, term_months=12)),
    (NEW, date(2024, 7, 1), LoanRequest(product="personal", amount=8_000, term_months=18)),
)


@pytest.fixture(scope="module")
def decider(mexico) -> Decider:
    cards = {
        name: tiny_card(name, "identity" if name.startswith("income") else "logit")
        for name in SCORECARDS
    }
    cards["default"] = replace(cards["default"], intercept=-2.5)
    segments = Segmentation((Axis("age", 40.0, 10.0),), (Segment("A", "Todos", "All"),), ((0.0,),))
    policy = load_policy(Path(__file__).parents[2] / "business_rules" / "policy.json")
    return Decider(Model("v1", cards, segments, mexico, {}, {}), policy)


@pytest.fixture
def loans(mexico) -> pd.DataFrame:
    rows = [
        {"as_of": day, **compute_features(person, day, mexico, loan)._asdict()}
        for person, day, loan in ASKED
    ]
    return pd.DataFrame(rows, index=[7, 3, 5])


def test_a_table_of_loans_is_decided_as_each_applicant_would_be(
    decider: Decider, loans: pd.DataFrame
):
    table = decide_loans(decider, loans)

    assert list(table.index) == [7, 3, 5]
    for row, (person, day, loan) in zip(table.itertuples(), ASKED, strict=True):
        decision = decider.decide(person, day, loan)
        assert (row.outcome, row.final_score, row.grade, row.income_score, row.pd) == (
            decision.outcome,
            decision.final_score,
            decision.grade,
            decision.assessment.income_score,
            decision.assessment.pd,
        )
    assert table["outcome"].nunique() > 1


def test_amounts_come_back_in_money_of_the_day(loans: pd.DataFrame, mexico):
    assert loan_amounts(loans, mexico).tolist() == pytest.approx([20_000, 45_300, 8_000])


@pytest.mark.parametrize("column", ["loan_product", "loan_to_income", "monthly_income"])
def test_a_loan_without_what_a_decision_needs_is_refused(
    decider: Decider, loans: pd.DataFrame, column: str
):
    broken = loans.astype({column: object})
    broken.loc[3, column] = None
    with pytest.raises(InvalidInputError, match=f"{column}: got missing"):
        decide_loans(decider, broken)


def test_no_loans_make_an_empty_table(decider: Decider, loans: pd.DataFrame):
    assert decide_loans(decider, loans.iloc[:0]).empty
