"""What a loan earns, and what it loses when it is not repaid.

The money of one loan, all in MXN of its day and over the 12 months in which default is observed, so
that earnings and losses look equally far ahead:

* repaid: ``margin of its product x mean balance x months / 12``, with months = 12, or the term where it
  is shorter. The margin is the yearly rate less funding and operating costs. The balance is that of a
  level-payment loan at its product's rate, the mean is of the balances at the start of each month.
* defaulted: ``loss given default x balance at default``. Default is 90 days past due within 12 months, on
  average half way: the balance left after half of those months. What it paid before is not counted.
* refused although it would have been repaid: nothing is earned, and ``wrong_refusal`` of the amount is
  lost besides (what finding the customer cost).
"""

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field

from solvencia.domain.catalogue import Product

Floats = NDArray[np.float64]
Share = Annotated[float, Field(ge=0, le=1)]

HORIZON_MONTHS = 12


@dataclass(frozen=True)
class CostSettings:
    """The ``costs`` section of the parameters. Shares and yearly fractions.

    Attributes:
        loss_given_default: share of the balance at default that is never recovered.
        annual_rate: by product, what borrowers pay, yearly, without VAT.
        funding_rate: what the lender pays for the money, yearly.
        operating_cost: granting, servicing and collecting, yearly, as a share of the balance.
        wrong_refusal: cost of refusing a loan that would have been repaid, beyond what it would have
            earned, as a share of the amount.
        cost_ratio: the plain example: how many refusals of a good loan cost as much as one default.
        fewest_loans: observed loans without which no cut-off is proposed.
    """

    loss_given_default: Share
    annual_rate: dict[Product, Annotated[float, Field(ge=0, le=5)]]
    funding_rate: Share
    operating_cost: Share
    wrong_refusal: Share
    cost_ratio: Annotated[float, Field(gt=0)]
    fewest_loans: Annotated[int, Field(ge=1)]

    def __post_init__(self) -> None:
        if absent := [str(product) for product in Product if product not in self.annual_rate]:
            raise ValueError(
                f"annual_rate: got none for {absent[0]}; allowed: one for each product"
            )

    def margin(self, product: str) -> float:
        """Yearly net margin on the balance of one product."""
        return self.annual_rate[Product(product)] - self.funding_rate - self.operating_cost


def outstanding(amount: Floats, annual_rate: Floats, term: Floats, month: Floats) -> Floats:
    """Balance of level-payment loans after ``month`` payments, MXN; arrays of one shape.

    >>> one = np.ones(3)
    >>> outstanding(100_000 * one, 0.24 * one, 12 * one, np.array([0, 6, 12])).round(0).tolist()
    [100000.0, 52967.0, 0.0]
    """
    rate = annual_rate / 12
    grown = np.where(rate > 0, (1 + rate) ** month, 1.0)
    final = np.where(rate > 0, (1 + rate) ** term, 1.0)
    level = np.divide(final - grown, final - 1, out=1 - month / term, where=final > 1)
    return np.asarray(amount * np.clip(level, 0.0, 1.0))


def loan_money(
    loans: pd.DataFrame, amounts: "pd.Series[float]", costs: CostSettings
) -> pd.DataFrame:
    """What each loan earns when repaid, loses when it defaults, and costs when wrongly refused.

    Args:
        loans: columns ``loan_product`` and ``loan_term_months``.
        amounts: MXN, same index.
        costs: rates and losses.

    Returns:
        Same index; ``gain``, ``loss`` and ``wrong_refusal``, in MXN, all positive costs or earnings.
    """
    product = loans["loan_product"].astype(str)
    rate = _numbers(product.map(lambda name: costs.annual_rate[Product(name)]))
    margin = _numbers(product.map(costs.margin))
    amount = _numbers(amounts)
    term = _numbers(loans["loan_term_months"])
    months = np.minimum(term, HORIZON_MONTHS)
    balances = [
        np.where(month < months, outstanding(amount, rate, term, np.full_like(term, month)), 0.0)
        for month in range(HORIZON_MONTHS)
    ]
    mean_balance = np.sum(balances, axis=0) / months
    return pd.DataFrame(
        {
            "gain": margin * mean_balance * months / 12,
            "loss": costs.loss_given_default * outstanding(amount, rate, term, months / 2),
            "wrong_refusal": costs.wrong_refusal * amount,
        },
        index=loans.index,
    )


def break_even(money: pd.DataFrame) -> float:
    """PD at which the mean loan of these earns nothing: the theory's cut-off in money.

    Approving is right while ``(1 - pd) x gain - pd x loss >= -(1 - pd) x wrong_refusal``.
    """
    saved = float((money["gain"] + money["wrong_refusal"]).sum())
    return saved / (saved + float(money["loss"].sum()))


def _numbers(series: "pd.Series[Any]") -> Floats:
    return np.asarray(series, dtype=np.float64)
