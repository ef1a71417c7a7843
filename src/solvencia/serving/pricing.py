"""What many offers cost, each as ``loan.price`` has it, to the last bit."""

from collections.abc import Sequence

import numpy as np

from solvencia.domain.loan import NEARLY_HALF, Choice, Offer, annuity, charges, rounded_cat
from solvencia.serving.columns import Column, rounded


def price_many(choices: Sequence[Choice], vat_rate: float) -> list[Offer]:
    """The offers of n choices."""
    if not choices:
        return []
    products, amount_of, term_of, rate_of, fee_of = zip(*choices, strict=True)
    amounts, rates, fee_shares = np.array(amount_of), np.array(rate_of), np.array(fee_of)
    terms = np.array(term_of)
    levels = _level_payments(amounts, rates, terms, vat_rate)
    fees = rounded(amounts * fee_shares * (1 + vat_rate), 2)
    paid = _totals_paid(amounts, rates, terms, levels, vat_rate)
    costs = rounded(paid + fees - amounts, 2)
    cats = map(rounded_cat, rate_of, term_of, fee_of)
    return [
        Offer(*offer)
        for offer in zip(
            products,
            amount_of,
            term_of,
            rate_of,
            levels.tolist(),
            fees.tolist(),
            costs.tolist(),
            cats,
            strict=True,
        )
    ]


def _level_payments(amounts: Column, rates: Column, terms: Column, vat_rate: float) -> Column:
    """``level_payment`` of each."""
    monthly, discounted = np.transpose(
        [
            annuity(rate, term, vat_rate)
            for rate, term in zip(rates.tolist(), terms.tolist(), strict=True)
        ]
    )
    free = monthly == 0
    exact = np.where(free, amounts / terms, amounts * monthly / np.where(free, 1, discounted))
    return np.asarray(np.ceil(rounded(exact * 100, 6)) / 100)


def _totals_paid(
    amounts: Column, rates: Column, terms: Column, levels: Column, vat_rate: float
) -> Column:
    """``total_paid`` of each: the months of all loans side by side, in whole cents."""
    level, balance = np.rint(levels * 100), np.rint(amounts * 100)
    paid = np.zeros_like(balance)
    ends = set(terms.tolist())
    for month in range(1, max(ends) + 1):
        exact = balance * rates / 12
        interest = np.floor(exact + 0.5)
        exact_vat = interest * vat_rate
        vat = np.floor(exact_vat + 0.5)
        unsure = np.maximum(np.abs(exact - interest), np.abs(exact_vat - vat)) > NEARLY_HALF
        for place in unsure.nonzero()[0].tolist():
            interest[place], vat[place] = charges(
                int(balance[place]), float(rates[place]), vat_rate
            )
        charged = interest + vat
        principal = np.minimum(level - charged, balance)
        if month in ends:
            principal = np.where(month == terms, balance, principal)
        balance = balance - principal
        paid += principal + charged
    return np.asarray(paid / 100)
