"""What each cut-off would have earned on observed loans, and which earns most.

Outcomes are those observed, not predicted. The loans are granted ones: applicants who were refused in
the past have no outcome, so a cut-off is only known to hold among people like those who were granted.
The best of many cut-offs on the same loans flatters itself a little, and many are about as good: how far
the best one moves when the loans are drawn again (bootstrap) is told with it.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from solvencia.domain.policy import Condition, Policy
from solvencia.training.costs import CostSettings, break_even, loan_money

Floats = NDArray[np.float64]

PD_CUTOFFS = tuple(round(step / 100, 2) for step in range(1, 101))
SCORE_CUTOFFS = tuple(float(score) for score in range(300, 851, 10))
_RESAMPLES = 400
_SEED = 7


class Worth(NamedTuple):
    """What each loan is worth when it is approved and when it is refused, shape (n,) each."""

    approved: Floats
    refused: Floats


@dataclass(frozen=True)
class Measured:
    """Loans in the order of a measure.

    Attributes:
        values: PD or score of each loan.
        cutoffs: ascending. Approved are scores at the cut-off or above, PDs below it.
        safer_is_higher: True for a score, False for a PD.
    """

    values: "pd.Series[float]"
    cutoffs: tuple[float, ...]
    safer_is_higher: bool

    @cached_property
    def cells(self) -> NDArray[np.int64]:
        """How many cut-offs each loan reaches, shape (n,)."""
        return np.searchsorted(self.cutoffs, self.values.to_numpy(np.float64), side="right")


@dataclass(frozen=True)
class Cutoff:
    """One cut-off of a curve and what it would have done.

    Attributes:
        value: the cut-off.
        approval_rate: share of the loans it approves.
        bad_rate: share of those that defaulted.
        profit: MXN per loan that was judged, refused ones included.
        low, high: the best cut-off lies between them in eight of ten resamples of the loans.
    """

    value: float
    approval_rate: float
    bad_rate: float
    profit: float
    low: float
    high: float


@dataclass(frozen=True)
class Proposal:
    """What the observed loans say about cut-offs; people decide on them.

    Attributes:
        loans: how many were judged.
        curves: by measure ('pd' where there is one, 'final_score'), the table of ``cutoff_curve``.
        by_profit, by_cost_ratio: by measure, the best cut-off in money and in the plain example.
        cost_ratio: of the plain example.
        theoretical_pd: the example's cut-off for a calibrated PD.
        break_even_pd: by product, and 'all', the PD at which the mean loan earns nothing.
        in_force: by measure, the cut-off of the policy in force, where it has one.
        decided: 'approved', 'approved or referred' and 'everybody': what the decisions of the policy in
            force, and approving everybody, would have done (``approval_rate``, ``bad_rate``, ``profit``).
    """

    loans: int
    curves: dict[str, pd.DataFrame]
    by_profit: dict[str, Cutoff]
    by_cost_ratio: dict[str, Cutoff]
    cost_ratio: float
    theoretical_pd: float
    break_even_pd: dict[str, float]
    in_force: dict[str, float]
    decided: dict[str, dict[str, float]]


def propose_cutoffs(
    loans: pd.DataFrame,
    decisions: pd.DataFrame,
    amounts: "pd.Series[float]",
    policy: Policy,
    costs: CostSettings,
) -> Proposal | None:
    """Cut-offs for PD and final score from loans with observed outcomes.

    Args:
        loans: columns ``loan_product``, ``loan_term_months`` and ``default_12m``.
        decisions: from ``decisions.decide_loans``, same index.
        amounts: from ``decisions.loan_amounts``, same index.
        policy: the one that decided.
        costs: rates and losses.

    Returns:
        None with fewer than ``costs.fewest_loans`` loans, or when all of them turned out alike.
    """
    defaulted = loans["default_12m"].to_numpy(dtype=np.float64)
    if len(loans) < costs.fewest_loans or len(set(defaulted)) < 2:
        return None
    money = loan_money(loans, amounts, costs)
    measured = {"final_score": Measured(decisions["final_score"], SCORE_CUTOFFS, True)}
    if decisions["pd"].notna().all():
        measured = {"pd": Measured(decisions["pd"], PD_CUTOFFS, False), **measured}
    profit, cost = profit_of(defaulted, money), cost_of(defaulted, costs.cost_ratio)
    curves = {name: cutoff_curve(item, defaulted, profit, cost) for name, item in measured.items()}
    outcome = decisions["outcome"]
    product = loans["loan_product"].astype(str)
    return Proposal(
        loans=len(loans),
        curves=curves,
        by_profit={
            name: best_cutoff(item, curves[name], profit) for name, item in measured.items()
        },
        by_cost_ratio={
            name: best_cutoff(item, curves[name], cost) for name, item in measured.items()
        },
        cost_ratio=costs.cost_ratio,
        theoretical_pd=theoretical_cutoff(costs.cost_ratio),
        break_even_pd={
            "all": break_even(money),
            **{name: break_even(part) for name, part in money.groupby(product)},
        },
        in_force=cutoffs_in_force(policy),
        decided={
            "approved": decided_profit(outcome == "approve", defaulted, profit),
            "approved or referred": decided_profit(outcome != "decline", defaulted, profit),
            "everybody": decided_profit(outcome.notna(), defaulted, profit),
        },
    )


def profit_of(defaulted: Floats, money: pd.DataFrame) -> Worth:
    """MXN that each loan brings when approved and when refused, as it turned out."""
    bad = defaulted == 1
    return Worth(
        approved=np.where(bad, -money["loss"], money["gain"]),
        refused=np.where(bad, 0.0, -money["wrong_refusal"]),
    )


def cost_of(defaulted: Floats, cost_ratio: float) -> Worth:
    """The plain example: one lost for each refusal of a good loan, ``cost_ratio`` for each default."""
    bad = defaulted == 1
    return Worth(np.where(bad, -cost_ratio, 0.0), np.where(bad, 0.0, -1.0))


def cutoff_curve(measured: Measured, defaulted: Floats, profit: Worth, cost: Worth) -> pd.DataFrame:
    """Approvals, bad rate and money at every cut-off.

    Returns:
        A row a cut-off: ``cutoff``, ``approval_rate``, ``bad_rate`` (NaN when none is approved),
        ``profit`` (MXN per judged loan) and ``cost`` (of the plain example, per judged loan).
    """
    ones, none = np.ones(len(defaulted)), np.zeros(len(defaulted))
    approved = _at_cutoffs(measured, Worth(ones, none))
    bad = _at_cutoffs(measured, Worth(defaulted, none))
    return pd.DataFrame(
        {
            "cutoff": measured.cutoffs,
            "approval_rate": approved / len(defaulted),
            "bad_rate": np.divide(bad, approved, out=np.full(len(bad), np.nan), where=approved > 0),
            "profit": _at_cutoffs(measured, profit) / len(defaulted),
            "cost": -_at_cutoffs(measured, cost) / len(defaulted),
        }
    )


def best_cutoff(measured: Measured, curve: pd.DataFrame, worth: Worth) -> Cutoff:
    """The cut-off of highest worth, and where it lies when the loans are drawn again."""
    rng = np.random.default_rng(_SEED)
    count = len(worth.approved)
    drawn = [
        measured.cutoffs[
            int(np.argmax(_at_cutoffs(measured, worth, np.bincount(sample, minlength=count))))
        ]
        for sample in (rng.integers(0, count, count) for _ in range(_RESAMPLES))
    ]
    low, high = np.quantile(drawn, [0.1, 0.9], method="nearest")
    row = curve.iloc[int(np.argmax(_at_cutoffs(measured, worth)))]
    return Cutoff(
        value=float(row["cutoff"]),
        approval_rate=float(row["approval_rate"]),
        bad_rate=float(row["bad_rate"]),
        profit=float(row["profit"]),
        low=float(low),
        high=float(high),
    )


def theoretical_cutoff(cost_ratio: float) -> float:
    """PD below which approving is right when one default costs ``cost_ratio`` refusals of a good loan.

    Approving costs ``pd x ratio`` and refusing ``1 - pd``; for a calibrated PD they meet at
    1 / (1 + ratio) (Elkan, The Foundations of Cost-Sensitive Learning, 2001).

    >>> round(theoretical_cutoff(10), 4)
    0.0909
    """
    return 1.0 / (1.0 + cost_ratio)


def cutoffs_in_force(policy: Policy) -> dict[str, float]:
    """The PD and the final score at which the policy declines on that alone, where it does."""
    found: dict[str, float] = {}
    for rule in policy.knockouts:
        match rule.all:
            case (Condition(field="pd", op=">=", value=float(value)),):
                found["pd"] = value
            case (Condition(field="final_score", op="<", value=float(value)),):
                found["final_score"] = value
    return found


def decided_profit(
    approved: "pd.Series[bool]", defaulted: Floats, profit: Worth
) -> dict[str, float]:
    """Approval rate, bad rate and profit per loan of decisions as they were made."""
    yes = approved.to_numpy()
    return {
        "approval_rate": float(yes.mean()),
        "bad_rate": float(defaulted[yes].mean()) if yes.any() else float("nan"),
        "profit": float(np.where(yes, profit.approved, profit.refused).mean()),
    }


def _at_cutoffs(
    measured: Measured, worth: Worth, weights: NDArray[np.int64] | None = None
) -> Floats:
    """Sum of the worth of all loans, were each cut-off in force; shape (cut-offs,)."""
    cells = measured.cells
    size = len(measured.cutoffs) + 1
    times = 1.0 if weights is None else weights
    above = np.bincount(cells, weights=worth.approved * times, minlength=size)
    below = np.bincount(cells, weights=worth.refused * times, minlength=size)
    if not measured.safer_is_higher:
        above, below = below, above
    total = np.cumsum(below)[:-1] + np.cumsum(above[::-1])[::-1][1:]
    return np.asarray(total, dtype=np.float64)
