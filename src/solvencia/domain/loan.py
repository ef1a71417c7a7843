"""Arithmetic of a level-payment loan: payment, amount that a payment carries, schedule and CAT.

Rates are yearly fractions and nominal (a month bears a twelfth). VAT falls on interest and on the
opening fee. CAT follows Banco de México's circular 21/2009: the yearly rate that makes what the
borrower receives equal to what the borrower pays, both discounted to the day of the contract,
without VAT.
"""

from dataclasses import dataclass
from math import ceil, floor


def _monthly_rate(annual_rate: float, vat_rate: float) -> float:
    return annual_rate / 12 * (1 + vat_rate)


def level_payment(
    amount: float, annual_rate: float, term_months: int, vat_rate: float = 0.0
) -> float:
    """Equal monthly payment that repays ``amount``, in MXN, rounded up to the cent.

    >>> level_payment(100_000, 0.24, 12)
    9455.96
    >>> level_payment(1200, 0.0, 12)
    100.0
    """
    rate = _monthly_rate(annual_rate, vat_rate)
    exact = amount / term_months if rate == 0 else amount * rate / (1 - (1 + rate) ** -term_months)
    return ceil(round(exact * 100, 6)) / 100


def affordable_amount(
    payment: float, annual_rate: float, term_months: int, vat_rate: float = 0.0
) -> float:
    """Largest amount that ``payment`` a month repays in ``term_months``.

    >>> round(affordable_amount(9455.96, 0.24, 12), 2)
    100000.0
    """
    rate = _monthly_rate(annual_rate, vat_rate)
    amount = (
        payment * term_months if rate == 0 else payment * (1 - (1 + rate) ** -term_months) / rate
    )
    return floor(amount * 100 + 1e-6) / 100


@dataclass(frozen=True)
class Instalment:
    """One month of the schedule, in MXN; ``payment = principal + interest + vat``."""

    month: int
    payment: float
    principal: float
    interest: float
    vat: float
    balance: float


def payment_schedule(
    amount: float, annual_rate: float, term_months: int, vat_rate: float
) -> tuple[Instalment, ...]:
    """Every instalment, to the cent; the last one settles what rounding left.

    >>> last = payment_schedule(100_000, 0.24, 12, 0.16)[-1]
    >>> last.month, last.balance
    (12, 0.0)
    """
    payment = level_payment(amount, annual_rate, term_months, vat_rate)
    balance, rows = amount, []
    for month in range(1, term_months + 1):
        interest = round(balance * annual_rate / 12, 2)
        vat = round(interest * vat_rate, 2)
        principal = round(payment - interest - vat, 2)
        if month == term_months or principal > balance:
            principal = balance
        balance = round(balance - principal, 2)
        rows.append(
            Instalment(
                month, round(principal + interest + vat, 2), principal, interest, vat, balance
            )
        )
    return tuple(rows)


def annual_total_cost(
    amount: float, annual_rate: float, term_months: int, opening_fee: float
) -> float:
    """CAT, without VAT, as a yearly fraction; the opening fee is a share of ``amount`` paid at once.

    A loan without a fee at 24 % a year costs (1 + 0.24 / 12) ** 12 - 1.

    >>> round(annual_total_cost(10_000, 0.24, 12, 0.0), 4)
    0.2682
    >>> round(annual_total_cost(10_000, 0.24, 12, 0.02), 4)
    0.3184
    """
    received = amount * (1 - opening_fee)
    rate = annual_rate / 12
    payment = (
        amount / term_months if rate == 0 else amount * rate / (1 - (1 + rate) ** -term_months)
    )
    low, high = 0.0, 10.0
    for _ in range(80):
        middle = (low + high) / 2
        value = (
            payment * term_months
            if middle == 0
            else payment * (1 - (1 + middle) ** -term_months) / middle
        )
        low, high = (middle, high) if value > received else (low, middle)
    return (1 + low) ** 12 - 1
