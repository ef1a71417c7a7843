"""Loan arithmetic, checked against the definitions and an independent solver."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from solvencia.domain.loan import (
    affordable_amount,
    annual_total_cost,
    level_payment,
    payment_schedule,
    total_paid,
)

VAT = 0.16
amounts = st.integers(30, 50_000).map(lambda hundreds: hundreds * 100.0)
rates = st.integers(0, 90).map(lambda percent: percent / 100)
terms = st.integers(1, 72)
fees = st.integers(0, 20).map(lambda percent: percent / 100)


@given(amounts, rates, terms)
def test_the_schedule_repays_the_loan_to_the_cent(amount, rate, term):
    rows = payment_schedule(amount, rate, term, VAT)

    assert [row.month for row in rows] == list(range(1, term + 1))
    assert rows[-1].balance == 0.0
    assert sum(row.principal for row in rows) == pytest.approx(amount, abs=0.005)
    for row in rows:
        assert row.payment == pytest.approx(row.principal + row.interest + row.vat, abs=1e-6)
        assert row.vat == pytest.approx(row.interest * VAT, abs=0.0051)
        assert min(row.principal, row.interest, row.balance) >= 0


@given(amounts, rates, terms)
def test_every_payment_but_the_last_is_the_level_one(amount, rate, term):
    rows = payment_schedule(amount, rate, term, VAT)
    level = level_payment(amount, rate, term, VAT)

    # Each month rounds by less than two cents, and the rest of the loan bears interest on them.
    carried = sum(0.02 * (1 + rate / 12 * (1 + VAT)) ** month for month in range(term))
    assert {row.payment for row in rows[:-1]} <= {level}
    assert rows[-1].payment == pytest.approx(level, abs=carried)


@given(
    st.integers(1, 5_000_000_00),
    rates,
    st.integers(1, 120),
    st.sampled_from([0.0, 0.08, 0.16, 0.5]),
)
def test_what_is_paid_in_all_is_the_sum_of_the_schedule(cents, rate, term, vat_rate):
    rows = payment_schedule(cents / 100, rate, term, vat_rate)

    paid = total_paid(cents / 100, rate, term, vat_rate)
    assert paid == round(sum(row.payment for row in rows), 2)


@pytest.mark.parametrize("cents", [25, 75, 125, 12_500, 62_550])
def test_half_a_cent_is_rounded_as_in_the_schedule(cents):
    # At 24 % a month's interest is 2 % of the balance, and half of these are half cents.
    rows = payment_schedule(cents / 100, 0.24, 7, 0.5)

    paid = total_paid(cents / 100, 0.24, 7, 0.5)
    assert paid == round(sum(row.payment for row in rows), 2)


@given(amounts, rates, terms)
def test_the_level_payment_affords_the_amount_and_hardly_more(amount, rate, term):
    carried = affordable_amount(level_payment(amount, rate, term, VAT), rate, term, VAT)

    assert amount - 0.01 <= carried <= amount + 0.01 * term + 0.01


@given(st.integers(100, 50_000), rates, terms)
def test_an_affordable_amount_costs_no_more_than_the_payment(payment, rate, term):
    amount = affordable_amount(payment, rate, term, VAT)

    assert level_payment(amount, rate, term, VAT) <= payment + 0.01


@given(amounts, rates, terms, fees)
def test_cat_makes_what_is_received_equal_to_what_is_paid(amount, rate, term, fee):
    monthly = rate / 12
    payment = amount / term if rate == 0 else amount * monthly / (1 - (1 + monthly) ** -term)

    def surplus(x: float) -> float:
        return sum(payment / (1 + x) ** month for month in range(1, term + 1)) - amount * (1 - fee)

    solved = (1 + brentq(surplus, -1e-9, 10)) ** 12 - 1 if rate or fee else 0.0
    assert annual_total_cost(amount, rate, term, fee) == pytest.approx(solved, rel=1e-6, abs=1e-6)


@given(amounts, rates, terms)
def test_cat_without_a_fee_is_the_effective_rate(amount, rate, term):
    effective = (1 + rate / 12) ** 12 - 1

    assert annual_total_cost(amount, rate, term, 0.0) == pytest.approx(effective, abs=1e-9)


@given(amounts, rates, terms, fees)
def test_cat_is_the_same_for_every_amount(amount, rate, term, fee):
    cat = annual_total_cost(amount, rate, term, fee)

    assert cat == pytest.approx(annual_total_cost(1.0, rate, term, fee), rel=1e-9, abs=1e-12)


@given(amounts, rates, terms, st.integers(0, 19))
def test_cat_rises_with_the_fee(amount, rate, term, percent):
    low, high = (annual_total_cost(amount, rate, term, p / 100) for p in (percent, percent + 1))

    assert low < high


@given(rates, terms, st.integers(30, 9_000))
def test_a_larger_loan_costs_more_a_month(rate, term, hundreds):
    assert level_payment(hundreds * 100, rate, term) < level_payment(
        hundreds * 100 + 100, rate, term
    )


def test_a_loan_computed_by_hand():
    # 1,200 at 12 % for two months: 1,200 = p / 1.01 + p / 1.01 ** 2, p = 609.0149…
    first, last = payment_schedule(1200, 0.12, 2, 0.0)

    assert level_payment(1200, 0.12, 2) == 609.02
    assert (first.interest, first.principal, first.balance) == (12.0, 597.02, 602.98)
    assert (last.interest, last.principal, last.payment) == (6.03, 602.98, 609.01)
