"""How groups of people fare: approvals, approvals of those who repaid, and calibration.

Groups are sex (kept for audits, never a model's input), age band, state and education. Three questions:

* Approval: a group's approval rate against that of the group approved most. Below four fifths is evidence of
  adverse impact by the Uniform Guidelines (EEOC and others, 29 CFR 1607.4 D, 1978).
* Equal opportunity: of those who repaid, the share that would have been approved (Hardt, Price and
  Srebro, 2016). Groups differ here for no reason of repayment.
* Calibration: the mean PD (or chance of keeping the income) of a group against what was observed.

Approved means approved without an analyst; referred and declined loans are counted beside it. The
loans are granted ones, of people who passed some lender before: what these groups' refused applicants
would have done is not known here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any

import numpy as np
import pandas as pd
from fairlearn.metrics import (
    MetricFrame,
    count,
    mean_prediction,
    selection_rate,
    true_positive_rate,
)
from pydantic import Field
from scipy.stats import norm

from solvencia.domain.catalogue import STATES

NOT_STATED = "not stated"
_AGE_EDGES = (25, 35, 45, 55, 65)
_AGES = (
    f"people under {_AGE_EDGES[0]}",
    *(f"people aged {low} to {high - 1}" for low, high in pairwise(_AGE_EDGES)),
    f"people aged {_AGE_EDGES[-1]} or over",
)
_SEXES = {"H": "men", "M": "women", "X": "people of another sex"}
_SCHOOLING = {
    "primary": "people with primary school or less",
    "secondary": "people with lower secondary school",
    "upper_secondary": "people with upper secondary school",
    "technical": "people with a technical career",
    "higher": "people with a degree",
}
_STATES = {key: f"people in {name}" for key, name in STATES.items()} | {
    "15": "people in the State of México"
}


@dataclass(frozen=True)
class FairnessSettings:
    """The ``fairness`` section of the parameters.

    Attributes:
        fewest_rows: groups of fewer rows (for equal opportunity: of fewer repaid loans) are listed and
            not judged.
        smallest_ratio: approval ratio below which a group fails; 0.8 is the four-fifths rule.
        largest_difference: difference in approval of those who repaid above which a group fails, when
            chance does not explain it.
        largest_miscalibration: distance between mean prediction and observed rate above which a
            group fails, when chance does not explain it.
    """

    fewest_rows: Annotated[int, Field(ge=1)]
    smallest_ratio: Annotated[float, Field(ge=0, le=1)]
    largest_difference: Annotated[float, Field(ge=0, le=1)]
    largest_miscalibration: Annotated[float, Field(ge=0, le=1)]


def age_band(ages: "pd.Series[float]") -> "pd.Series[str]":
    """The age band of each person, as people say it.

    >>> age_band(pd.Series([18.2, 34.9, 35.0, 71.0])).tolist()
    ['people under 25', 'people aged 25 to 34', 'people aged 35 to 44', 'people aged 65 or over']
    """
    cells = np.searchsorted(_AGE_EDGES, ages.to_numpy(dtype=np.float64), side="right")
    known = ages.notna().to_numpy()
    names = [_AGES[cell] if here else NOT_STATED for cell, here in zip(cells, known, strict=True)]
    return pd.Series(names, index=ages.index, dtype=str)


_ATTRIBUTES: Mapping[str, tuple[str, Callable[["pd.Series[Any]"], "pd.Series[str]"]]] = {
    "sex": ("audit_sex", lambda codes: _named(codes, _SEXES)),
    "age": ("age", age_band),
    "state": ("audit_state", lambda keys: _named(keys, _STATES)),
    "education": ("education", lambda levels: _named(levels, _SCHOOLING)),
}
_ORDER = {"age": _AGES, "education": tuple(_SCHOOLING.values())}


def groups(rows: pd.DataFrame) -> dict[str, "pd.Series[str]"]:
    """By attribute that the rows carry, the group of each row in plain words."""
    return {
        attribute: name(rows[column])
        for attribute, (column, name) in _ATTRIBUTES.items()
        if column in rows and rows[column].notna().any()
    }


def approval_by_group(
    loans: pd.DataFrame, decisions: pd.DataFrame, settings: FairnessSettings
) -> dict[str, pd.DataFrame]:
    """Approvals by group, on loans whose outcome was observed.

    Args:
        loans: ``default_12m`` and the columns of the attributes.
        decisions: from ``decisions.decide_loans``, same index.
        settings: which groups are judged.

    Returns:
        By attribute, a row a group: ``group``, ``rows``, ``judged``, ``approval_rate``,
        ``refer_rate``, ``decline_rate``, ``ratio`` to the judged group approved most (``reference``)
        with its 95 % interval ``ratio_low`` and ``ratio_high``, ``repaid`` (rows),
        ``approved_of_repaid``, ``difference`` of that to the group where it is highest, ``chance``
        (how far chance alone takes the worst of so many groups, 95 %), and ``default_rate``.
    """
    repaid = (loans["default_12m"] == 0).astype(int)
    approved = (decisions["outcome"] == "approve").astype(int)
    tables = {}
    for attribute, group in groups(loans).items():
        frame = MetricFrame(
            metrics={
                "rows": count,
                "approval_rate": selection_rate,
                "approved_of_repaid": true_positive_rate,
                "repaid": lambda y_true, _: int(y_true.sum()),
                "default_rate": lambda y_true, _: float(1 - y_true.mean()),
            },
            y_true=repaid,
            y_pred=approved,
            sensitive_features=group,
        )
        table = _in_order(attribute, frame.by_group)
        for outcome in ("refer", "decline"):
            rate = (decisions["outcome"] == outcome).groupby(group).mean()
            table[f"{outcome}_rate"] = table["group"].map(rate)
        tables[attribute] = _compared(table, settings)
    return tables


def calibration_by_group(
    rows: pd.DataFrame, outcome: "pd.Series[Any]", predicted: "pd.Series[Any]", fewest_rows: int
) -> dict[str, pd.DataFrame]:
    """Mean prediction against observed rate by group.

    Args:
        rows: the columns of the attributes.
        outcome: 0/1 as observed, same index.
        predicted: probability of outcome 1, same index.
        fewest_rows: smaller groups are not judged.

    Returns:
        By attribute, a row a group: ``group``, ``rows``, ``judged``, ``predicted``, ``observed``,
        ``difference`` (predicted less observed) and ``chance`` (how far chance alone takes the worst
        of so many groups, 95 %).
    """
    tables = {}
    for attribute, group in groups(rows).items():
        frame = MetricFrame(
            metrics={
                "rows": count,
                "predicted": mean_prediction,
                "observed": lambda y_true, _: float(np.mean(y_true)),
                "variance": lambda _, y_pred: float(np.mean(y_pred * (1 - y_pred))),
            },
            y_true=outcome,
            y_pred=predicted,
            sensitive_features=group,
        )
        table = _in_order(attribute, frame.by_group)
        judged = _judged(table, fewest_rows)
        table = table.assign(
            judged=judged,
            difference=table["predicted"] - table["observed"],
            chance=_deviations(int(judged.sum())) * np.sqrt(table["variance"] / table["rows"]),
        )
        tables[attribute] = table.drop(columns="variance").astype({"rows": int})
    return tables


def headline(approvals: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, Any]]:
    """By attribute with two judged groups or more: the smallest approval ratio, and the largest
    difference in approval of those who repaid, each with the group it is of.
    """
    figures: dict[str, dict[str, Any]] = {}
    for attribute, table in approvals.items():
        if table["ratio"].notna().sum() < 2:
            continue
        worst = table.sort_values("ratio").iloc[0]
        figures[attribute] = {
            "smallest_approval_ratio": round(float(worst["ratio"]), 4),
            "group": str(worst["group"]),
        }
        if table["difference"].notna().sum() >= 2:
            furthest = table.sort_values("difference").iloc[0]
            figures[attribute] |= {
                "equal_opportunity_difference": round(-float(furthest["difference"]), 4),
                "least_approved_of_repaid": str(furthest["group"]),
            }
    return figures


def _named(codes: "pd.Series[Any]", names: Mapping[str, str]) -> "pd.Series[str]":
    return codes.map(names).fillna(NOT_STATED).astype(str)


def _judged(table: pd.DataFrame, fewest_rows: int) -> "pd.Series[bool]":
    return (table["rows"] >= fewest_rows) & (table["group"] != NOT_STATED)


def _compared(table: pd.DataFrame, settings: FairnessSettings) -> pd.DataFrame:
    """The table with each judged group set against the one that fares best."""
    judged = _judged(table, settings.fewest_rows)
    known = judged & (table["repaid"] >= settings.fewest_rows)
    rate = table["approval_rate"].where(judged)
    best = int(rate.fillna(-1).argmax())
    ratio = rate / rate.max() if rate.max() > 0 else rate * np.nan
    # Katz's interval of a ratio of two independent shares.
    variance = (1 - rate) / (rate * table["rows"])
    spread = np.sqrt(variance + variance[best]).where(table.index != best, 0.0)
    of_repaid = table["approved_of_repaid"].where(known)
    highest = int(of_repaid.fillna(-1).argmax())
    noise = of_repaid * (1 - of_repaid) / table["repaid"]
    return table.assign(
        judged=judged,
        reference=judged & (table.index == best),
        ratio=ratio,
        ratio_low=ratio * np.exp(-_deviations(1) * spread),
        ratio_high=ratio * np.exp(_deviations(1) * spread),
        difference=of_repaid - of_repaid.max(),
        chance=_deviations(int(known.sum()) - 1) * np.sqrt(noise + noise[highest]),
    ).astype({"rows": int, "repaid": int})


def _deviations(comparisons: int) -> float:
    """Standard deviations that chance exceeds in one of 20 sets of so many comparisons (Bonferroni).

    >>> round(_deviations(1), 2), round(_deviations(31), 2)
    (1.96, 3.15)
    """
    return float(norm.ppf(1 - 0.025 / max(comparisons, 1)))


def _in_order(attribute: str, by_group: pd.DataFrame) -> pd.DataFrame:
    """Groups as a column, in their natural order, or the largest first."""
    if (order := _ORDER.get(attribute)) is None:
        table = by_group.sort_values("rows", ascending=False, kind="stable")
    else:
        table = by_group.reindex([name for name in (*order, NOT_STATED) if name in by_group.index])
    return table.rename_axis("group").reset_index()
