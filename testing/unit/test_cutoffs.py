"""Money of a loan, cut-offs and the best of them, on loans small enough to reckon by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from solvencia.data.parameters import read_section
from solvencia.domain.errors import SourceError
from solvencia.domain.loan import payment_schedule
from solvencia.serving.decider import load_policy
from solvencia.training.costs import CostSettings, break_even, loan_money, outstanding
from solvencia.training.cutoffs import (
    PD_CUTOFFS,
    Measured,
    Worth,
    best_cutoff,
    cost_of,
    cutoff_curve,
    cutoffs_in_force,
    profit_of,
    propose_cutoffs,
    theoretical_cutoff,
)

ROOT = Path(__file__).parents[2]
COSTS = CostSettings(
    loss_given_default=0.65,
    annual_rate={"payroll": 0.27, "personal": 0.42},
    funding_rate=0.07,
    operating_cost=0.08,
    wrong_refusal=0.02,
    cost_ratio=10,
    fewest_loans=200,
)
POLICY = load_policy(ROOT / "business_rules" / "policy.json").policy


def test_balances_are_those_of_the_payment_schedule():
    schedule = payment_schedule(50_000, 0.42, 18, 0.0)
    months = np.arange(1.0, 19.0)
    one = np.ones(18)
    balances = outstanding(50_000 * one, 0.42 * one, 18 * one, months)
    assert balances == pytest.approx([row.balance for row in schedule], abs=0.6)


def test_a_loan_without_interest_falls_in_equal_steps():
    one = np.ones(3)
    balances = outstanding(1200 * one, 0 * one, 12 * one, np.array([0.0, 3.0, 12.0]))
    assert balances.tolist() == [1200, 900, 0]


def test_money_of_a_loan_by_hand():
    loans = pd.DataFrame({"loan_product": ["personal"], "loan_term_months": [2.0]}, index=[9])
    (row,) = loan_money(loans, pd.Series([1000.0], index=[9]), COSTS).itertuples()
    half_way = 1000 * (1.035**2 - 1.035) / (1.035**2 - 1)  # the balance after one of two payments
    assert row.Index == 9
    assert row.gain == pytest.approx((0.42 - 0.07 - 0.08) * (1000 + half_way) / 2 * 2 / 12)
    assert row.loss == pytest.approx(0.65 * half_way)
    assert row.wrong_refusal == pytest.approx(20)


def test_long_and_short_loans_are_compared_over_the_same_year():
    loans = pd.DataFrame({"loan_product": ["payroll"] * 2, "loan_term_months": [12.0, 60.0]})
    money = loan_money(loans, pd.Series([10_000.0, 10_000.0]), COSTS)
    assert money["gain"][1] < (0.27 - 0.07 - 0.08) * 10_000
    assert money["gain"][1] > money["gain"][0]


@pytest.fixture(scope="module")
def judged() -> tuple[pd.Series, np.ndarray, pd.DataFrame]:
    """Many loans of the same money whose PD is exactly right."""
    rng = np.random.default_rng(5)
    pd_values = pd.Series(rng.beta(1.2, 6, 40_000))
    defaulted = (rng.random(40_000) < pd_values).astype(float).to_numpy()
    money = pd.DataFrame({"gain": 1.0, "loss": 4.0, "wrong_refusal": 0.0}, index=pd_values.index)
    return pd_values, defaulted, money


def test_the_best_cutoff_of_a_calibrated_pd_is_the_theory_s(judged):
    values, defaulted, money = judged
    measured = Measured(values, PD_CUTOFFS, False)
    profit, cost = profit_of(defaulted, money), cost_of(defaulted, 10)
    curve = cutoff_curve(measured, defaulted, profit, cost)

    by_money = best_cutoff(measured, curve, profit)
    assert break_even(money) == pytest.approx(0.2)
    assert by_money.low <= 0.2 <= by_money.high
    assert by_money.value == pytest.approx(0.2, abs=0.03)

    plain = best_cutoff(measured, curve, cost)
    assert plain.low <= theoretical_cutoff(10) <= plain.high + 0.01
    assert plain.value == pytest.approx(1 / 11, abs=0.02)


@pytest.mark.parametrize("safer_is_higher", [True, False])
def test_a_curve_says_what_approving_at_each_cutoff_does(judged, safer_is_higher):
    values, defaulted, money = judged
    values, defaulted, money = values[:500], defaulted[:500], money[:500]
    cutoffs = (0.05, 0.1, 0.2, 0.4)
    profit = profit_of(defaulted, money)
    curve = cutoff_curve(
        Measured(values, cutoffs, safer_is_higher), defaulted, profit, cost_of(defaulted, 3)
    )
    for row in curve.itertuples():
        approved = (values >= row.cutoff if safer_is_higher else values < row.cutoff).to_numpy()
        bad = defaulted == 1
        assert row.approval_rate == pytest.approx(approved.mean())
        assert row.bad_rate == pytest.approx(bad[approved].mean())
        earned = (approved & ~bad).sum() * 1.0 - (approved & bad).sum() * 4.0
        assert row.profit == pytest.approx(earned / 500)
        assert row.cost == pytest.approx(
            ((~approved & ~bad).sum() + 3 * (approved & bad).sum()) / 500
        )


def test_a_cutoff_that_approves_nobody_has_no_bad_rate():
    measured = Measured(pd.Series([0.3, 0.4]), (0.1, 0.9), False)
    worth = Worth(np.ones(2), np.zeros(2))
    curve = cutoff_curve(measured, np.array([0.0, 1.0]), worth, worth)
    assert np.isnan(curve["bad_rate"][0])
    assert curve["bad_rate"][1] == 0.5


def test_the_policy_s_own_cutoffs_are_read_from_its_rules():
    assert cutoffs_in_force(POLICY) == {"pd": 0.35, "final_score": 480.0}


def loans_and_decisions(count: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    rng = np.random.default_rng(2)
    chance = rng.beta(1.2, 6, count)
    loans = pd.DataFrame(
        {
            "loan_product": np.where(np.arange(count) % 2, "payroll", "personal"),
            "loan_term_months": 24.0,
            "default_12m": (rng.random(count) < chance).astype(int),
        }
    )
    decisions = pd.DataFrame(
        {
            "outcome": np.select([chance < 0.2, chance < 0.3], ["approve", "refer"], "decline"),
            "final_score": (800 - 600 * chance).round().astype(int),
            "pd": chance,
        }
    )
    return loans, decisions, pd.Series(20_000.0, index=loans.index)


def test_a_proposal_sets_what_was_decided_beside_what_would_earn_most():
    proposal = propose_cutoffs(*loans_and_decisions(3000), POLICY, COSTS)
    assert set(proposal.curves) == {"pd", "final_score"}
    decided = proposal.decided
    assert decided["everybody"]["approval_rate"] == 1
    assert decided["approved"]["approval_rate"] < decided["approved or referred"]["approval_rate"]
    best = max(row["profit"] for row in decided.values())
    assert proposal.by_profit["pd"].profit >= best - 1e-9
    assert proposal.break_even_pd["payroll"] < proposal.break_even_pd["personal"]


def test_without_a_pd_only_the_score_is_judged():
    loans, decisions, amounts = loans_and_decisions(400)
    proposal = propose_cutoffs(loans, decisions.assign(pd=np.nan), amounts, POLICY, COSTS)
    assert set(proposal.by_profit) == {"final_score"}


def test_too_few_loans_propose_nothing():
    assert propose_cutoffs(*loans_and_decisions(199), POLICY, COSTS) is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("loss_given_default: 1.2", "costs.loss_given_default: got 1.2"),
        ("annual_rate: {payroll: 0.3}", "annual_rate: got none for personal"),
        ("annual_rate: {card: 0.3}", "costs.annual_rate.card"),
    ],
)
def test_a_wrong_cost_is_named(tmp_path, change, message):
    lines = {
        "loss_given_default": "0.65",
        "annual_rate": "{payroll: 0.27, personal: 0.42}",
        "funding_rate": "0.07",
        "operating_cost": "0.08",
        "wrong_refusal": "0.02",
        "cost_ratio": "10",
        "fewest_loans": "500",
    }
    key, value = change.split(": ", 1)
    text = "".join(f"  {name}: {item}\n" for name, item in {**lines, key: value}.items())
    (tmp_path / "params.yaml").write_text("costs:\n" + text)
    with pytest.raises(SourceError, match=message):
        read_section(tmp_path / "params.yaml", "costs", CostSettings)
