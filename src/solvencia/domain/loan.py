"""A level-payment loan: payment, amount that a payment carries, schedule, CAT, and what is offered.

Rates are yearly fractions and nominal (a month bears a twelfth). VAT falls on interest and on the
opening fee. CAT follows Banco de México's circular 21/2009: the yearly rate that makes what the
borrower receives equal to what the borrower pays, both discounted to the day of the contract,
without VAT.
"""

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor
from typing import NamedTuple

from solvencia.domain.applicant import LoanRequest

NEARLY_HALF = 0.499_999
"""A number of cents up to this far from a whole one is rounded to it, whatever its last bits."""


def annuity(annual_rate: float, term_months: int, vat_rate: float) -> tuple[float, float]:
    """Monthly rate, VAT included, and the share of a loan that it discounts away over the term."""
    rate = annual_rate / 12 * (1 + vat_rate)
    return rate, 1 - (1 + rate) ** -term_months


def level_payment(
    amount: float, annual_rate: float, term_months: int, vat_rate: float = 0.0
) -> float:
    """Equal monthly payment that repays ``amount``, in MXN, rounded up to the cent.

    >>> level_payment(100_000, 0.24, 12)
    9455.96
    >>> level_payment(1200, 0.0, 12)
    100.0
    """
    rate, discounted = annuity(annual_rate, term_months, vat_rate)
    exact = amount / term_months if rate == 0 else amount * rate / discounted
    return ceil(round(exact * 100, 6)) / 100


def affordable_amount(
    payment: float, annual_rate: float, term_months: int, vat_rate: float = 0.0
) -> float:
    """Largest amount that ``payment`` a month repays in ``term_months``.

    >>> round(affordable_amount(9455.96, 0.24, 12), 2)
    100000.0
    """
    return carried_amount(payment, term_months, *annuity(annual_rate, term_months, vat_rate))


def carried_amount(payment: float, term_months: int, rate: float, discounted: float) -> float:
    """``affordable_amount`` where the ``annuity`` of the term is known, rounded down to the cent."""
    amount = payment * term_months if rate == 0 else payment * discounted / rate
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


def total_paid(amount: float, annual_rate: float, term_months: int, vat_rate: float) -> float:
    """Sum of the payments of ``payment_schedule``, in MXN, without making its rows.

    ``amount`` is in whole cents. Everything is counted in them, and is what the rows add up to.

    >>> total_paid(100_000, 0.24, 12, 0.16) == round(
    ...     sum(row.payment for row in payment_schedule(100_000, 0.24, 12, 0.16)), 2)
    True
    """
    level = round(level_payment(amount, annual_rate, term_months, vat_rate) * 100)
    balance, paid = round(amount * 100), 0
    for left in range(term_months, 0, -1):
        exact = balance * annual_rate / 12
        interest = int(exact + 0.5)
        exact_vat = interest * vat_rate
        vat = int(exact_vat + 0.5)
        if abs(exact - interest) > NEARLY_HALF or abs(exact_vat - vat) > NEARLY_HALF:
            interest, vat = charges(balance, annual_rate, vat_rate)
        principal = level - interest - vat
        if left == 1 or principal > balance:
            principal = balance
        balance -= principal
        paid += principal + interest + vat
    return paid / 100


def charges(balance: int, annual_rate: float, vat_rate: float) -> tuple[int, int]:
    """A month's interest and the VAT on it, each rounded; everything in cents."""
    interest = round(balance / 100 * annual_rate / 12, 2)
    return round(interest * 100), round(round(interest * vat_rate, 2) * 100)


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


class Offer(NamedTuple):
    """What is offered. Money in MXN.

    ``annual_rate`` is nominal, before VAT; ``monthly_payment`` includes VAT on interest;
    ``opening_fee`` includes VAT and is taken from the amount; ``total_cost`` is what is paid in all
    beyond the amount, VAT included; ``cat`` is the yearly total cost without VAT.
    """

    product: str
    amount: float
    term_months: int
    annual_rate: float
    monthly_payment: float
    opening_fee: float
    total_cost: float
    cat: float


class Choice(NamedTuple):
    """The amount and the term that can be offered, before they are priced."""

    product: str
    amount: float
    term_months: int
    annual_rate: float
    opening_fee: float


class Shelf(NamedTuple):
    """What may be offered of one product: amounts in MXN, the term in months, rates by year.

    ``annuities`` holds for each of ``terms`` the term and its ``annuity``; ``opening_fee`` is a share
    of the amount, before VAT.
    """

    product: str
    max_payment_to_income: float
    min_amount: float
    max_amount: float
    amount_step: float
    annual_rate: float
    opening_fee: float
    terms: tuple[int, ...]
    annuities: tuple[tuple[int, float, float], ...]

    def choose(self, loan: LoanRequest, income_p10: float) -> Choice | None:
        """The largest amount up to the one asked for, at the asked term or the next that there is.

        The payment, VAT included, may take ``max_payment_to_income`` of ``income_p10``. When that
        leaves less than ``min_amount``, longer terms are tried; None when none of them is enough.
        """
        payment = self.max_payment_to_income * income_p10
        most = min(loan.amount, self.max_amount)
        step = self.amount_step
        first = min(bisect_left(self.terms, loan.term_months), len(self.terms) - 1)
        for term, rate, discounted in self.annuities[first:]:
            amount = min(most, carried_amount(payment, term, rate, discounted))
            amount = floor(amount / step + 1e-9) * step
            if not amount.is_integer():
                amount = round(amount, 2)
            if amount >= self.min_amount:
                return Choice(self.product, amount, term, self.annual_rate, self.opening_fee)
        return None


@lru_cache(maxsize=8192)
def price(choice: Choice, vat_rate: float) -> Offer:
    """The offer of an amount; amounts come in steps, so the same one is priced again and again."""
    product, amount, term_months, annual_rate, opening_fee = choice
    paid = total_paid(amount, annual_rate, term_months, vat_rate)
    fee = round(amount * opening_fee * (1 + vat_rate), 2)
    return Offer(
        product=product,
        amount=amount,
        term_months=term_months,
        annual_rate=annual_rate,
        monthly_payment=level_payment(amount, annual_rate, term_months, vat_rate),
        opening_fee=fee,
        total_cost=round(paid + fee - amount, 2),
        cat=rounded_cat(annual_rate, term_months, opening_fee),
    )


@lru_cache(maxsize=1024)
def rounded_cat(annual_rate: float, term_months: int, opening_fee: float) -> float:
    """CAT to the hundredth of a percent; it is the same for every amount."""
    return round(annual_total_cost(1.0, annual_rate, term_months, opening_fee), 4)
