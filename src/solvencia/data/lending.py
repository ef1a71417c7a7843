"""The simulated lender: who takes which loan, and the chance that it goes unpaid.

Amounts, terms and rates are set to the published means; the weights of what makes a borrower default
are assumptions, set so that the yearly default comes near the published adjusted delinquency.
"""

import numpy as np
import pandas as pd

from solvencia.data.careers import Floats, Workers
from solvencia.data.labour_market import LabourMarket
from solvencia.domain.reference import DAYS_PER_WAGE_MONTH

_PAYROLL_TERMS = (
    np.array([12, 24, 36, 48, 60, 72]),
    np.array([0.06, 0.14, 0.18, 0.27, 0.27, 0.08]),
)
_PERSONAL_TERMS = (
    np.array([6, 12, 18, 24, 36, 48]),
    np.array([0.12, 0.26, 0.22, 0.25, 0.12, 0.03]),
)


def grant_loans(
    market: LabourMarket, workers: Workers, t: int, rng: np.random.Generator
) -> tuple[Workers, pd.DataFrame]:
    """Loans of the first day of month ``t``, by the state the evening before.

    Returns who took them, as they stood, and a row each with the hidden ``risk`` and the income.
    """
    draw = rng.random((2, len(workers.employed)))
    of_age = t - workers.birth_month >= 18 * 12
    payroll = workers.employed & (workers.tenure >= 3) & of_age & (draw[0] < 0.013)
    personal = (
        (workers.employed | (workers.idle <= 3))
        & (workers.jobs_held > 0)
        & of_age
        & ~payroll
        & (draw[1] < 0.014)
    )
    who = np.flatnonzero(payroll | personal)
    takers = workers.take(who)
    is_payroll = payroll[who]
    income = takers.income() * DAYS_PER_WAGE_MONTH
    relative = np.log(takers.income() / market.mean_wage[t])
    size = (
        np.where(is_payroll, 10.58, 9.56)
        + 0.75 * relative
        + np.where(is_payroll, 1.12, 0.8) * rng.standard_normal(len(who))
    )
    grown = market.mean_wage[t] / market.mean_wage[max(market.months - 96, 0)]
    amount = np.clip(np.round(np.exp(size) * grown, -2), 2000, 40 * income)
    term = np.where(
        is_payroll,
        rng.choice(_PAYROLL_TERMS[0], p=_PAYROLL_TERMS[1], size=len(who)),
        rng.choice(_PERSONAL_TERMS[0], p=_PERSONAL_TERMS[1], size=len(who)),
    )
    rate = np.where(
        is_payroll,
        np.clip(0.272 + 0.05 * rng.standard_normal(len(who)), 0.12, 0.49),
        np.clip(0.42 + 0.10 * rng.standard_normal(len(who)), 0.18, 0.90),
    )
    monthly = rate / 12
    payment = amount * monthly / (1 - (1 + monthly) ** -term)
    burden = payment / income
    age = (t - takers.birth_month) / 12.0
    risk = (
        np.where(is_payroll, -2.93, -2.44)
        + 0.75 * np.clip(np.log(burden / 0.12), -2.5, 2.0)
        - 0.75 * takers.prudence
        - 0.28 * takers.stability
        - 0.35 * np.clip(relative, -1.0, 1.5)
        - 0.30 * np.minimum(takers.tenure, 60) / 24
        + 0.35 * (age < 27)
        + 0.45 * ~takers.employed
    )
    return takers, pd.DataFrame(
        {
            "person": who,
            "month": t,
            "product": np.where(is_payroll, "payroll", "personal"),
            "amount": np.round(amount, 2),
            "term_months": term,
            "annual_rate": np.round(rate, 4),
            "risk": risk,
            "income": income,
        }
    )


def default_probability(risk: Floats, kept: Floats) -> Floats:
    """Chance of default given the hidden risk and the share of income kept over 12 months."""
    lost = np.clip(1.0 - kept, 0.0, 1.0)
    return np.asarray(1.0 / (1.0 + np.exp(-(risk + 3.2 * lost))))
