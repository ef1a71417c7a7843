"""A model's figures on the held-out window, measured anew from its tables.

Candidate and champion are measured on the same rows, so that their figures differ by the models and
by nothing else.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from solvencia.artifact import Model
from solvencia.data.outcome import KEPT_SHARE
from solvencia.domain.errors import SourceError
from solvencia.domain.history import add_years
from solvencia.domain.income import income_ratios
from solvencia.domain.scorecard import POINTS_PER_MARGIN, Scorecard
from solvencia.domain.verdict import CompiledPolicy
from solvencia.monitoring.stability import drift, headline
from solvencia.serving.decider import Decider
from solvencia.training.decisions import decide_loans
from solvencia.training.estimate import (
    Estimate,
    Floats,
    auc_of,
    people_of,
    ratio_of,
    share_of,
    slope_of,
)
from solvencia.training.fairness import NOT_STATED, groups
from solvencia.training.gates import PROBABILITY_MODELS, Standing
from solvencia.training.train import Split, feature_columns, split_by_date


@dataclass(frozen=True)
class Window:
    """Rows split by date; models are compared on the test part.

    Attributes:
        snapshots: people on yearly dates, for continuity and income.
        loans: for default and approvals; its parts may be empty.
    """

    snapshots: Split
    loans: Split


def read_window(rows: Path, test_years: int) -> Window:
    """The window of the training rows in a directory: ``snapshots.parquet`` and ``loans.parquet``.

    Raises:
        SourceError: a table is missing, or has too few dates to hold any out.
    """
    tables = {}
    for name in ("snapshots", "loans"):
        path = rows / f"{name}.parquet"
        if not path.is_file():
            raise SourceError(f"{path}: is missing; the pipeline makes it (make pipeline)")
        tables[name] = pd.read_parquet(path)
    dates = sorted(set(pd.to_datetime(tables["snapshots"]["as_of"]).dt.date))
    if len(dates) < test_years + 2:
        raise SourceError(f"snapshots on {len(dates)} dates; allowed: {test_years + 2} or more")
    parts = {name: split_by_date(table, dates, test_years) for name, table in tables.items()}
    return Window(**parts)


def measure(
    model: Model, window: Window, policy: CompiledPolicy | str, *, fewest_rows: int
) -> Standing:
    """Measure a model on the window's test rows.

    Args:
        model: as read, verified.
        window: the same for every model that is to be compared.
        policy: the one in force, or why it does not load.
        fewest_rows: smaller groups take no part in approval ratios.
    """
    cards = {
        name: model.scorecards[name] for name in PROBABILITY_MODELS if name in model.scorecards
    }
    figures = {
        name: measured
        for name, card in cards.items()
        if (measured := _discrimination(card, window)) is not None
    }
    snapshots, loans = window.snapshots.test, window.loans.test
    people = people_of(loans["person_id"].to_numpy())
    approved: Floats | None = None
    if not isinstance(policy, str) and "default" in cards and len(loans):
        approved = _floats(decide_loans(Decider(model, policy), loans)["outcome"] == "approve")
    ratios = _approval_ratios(loans, approved, people, fewest_rows) if approved is not None else ()
    return Standing(
        version=model.version,
        auc={name: auc for name, (auc, _) in figures.items()},
        slope={name: slope for name, (_, slope) in figures.items()},
        coverage=_coverage(model, snapshots),
        psi=_score_stability(model, snapshots),
        points={name: points_by_feature(card) for name, card in cards.items()},
        approval=share_of(approved, people) if approved is not None else None,
        approval_ratios=dict(ratios),
        recorded_auc=_recorded_auc(model.metrics),
        source=str(model.provenance.get("source", "")),
        overlap=_overlap(model.provenance, snapshots),
        policy_problem=policy if isinstance(policy, str) else None,
    )


def points_by_feature(card: Scorecard) -> dict[str, float]:
    """Score points between the best and the worst known cell of each feature's own table."""
    return {
        table.features[0]: float(np.ptp(np.asarray(table.points)[:-1])) * POINTS_PER_MARGIN
        for table in card.tables
        if len(table.features) == 1
    }


def _discrimination(card: Scorecard, window: Window) -> tuple[Estimate, Estimate] | None:
    """AUC and calibration slope; None where the rows hold one outcome only, or none."""
    if card.name == "continuity":
        rows = window.snapshots.test
        outcome = _floats(rows["income_ratio"] >= KEPT_SHARE)
    else:
        rows = window.loans.test
        outcome = _floats(rows["default_12m"])
    if len(np.unique(outcome)) < 2:
        return None
    people = people_of(rows["person_id"].to_numpy())
    margins = card.margins(feature_columns(rows))
    return auc_of(outcome, margins, people), slope_of(outcome, margins, people)


def _coverage(model: Model, rows: pd.DataFrame) -> Estimate:
    columns = feature_columns(rows)
    low, high = (
        income_ratios(model.scorecards[name].margins(columns))
        for name in ("income_p10", "income_p90")
    )
    came = _floats(rows["income_ratio"])
    inside = (came >= np.minimum(low, high)) & (came <= np.maximum(low, high))
    return share_of(_floats(inside), people_of(rows["person_id"].to_numpy()))


def _score_stability(model: Model, rows: pd.DataFrame) -> float:
    """Against the cells frozen in the model; NaN, which no gate lets through, where it has none."""
    frozen = model.stability.get("continuity")
    if frozen is None:
        return float("nan")
    shifts = drift(frozen, model.scorecards["continuity"], feature_columns(rows))
    return float(headline(shifts)["psi_score"])


def _approval_ratios(
    loans: pd.DataFrame, approved: Floats, people: NDArray[np.int64], fewest_rows: int
) -> Iterator[tuple[str, Estimate]]:
    """By attribute with two groups of ``fewest_rows`` or more: approved least over approved most."""
    for attribute, group in groups(loans).items():
        names = group.to_numpy()
        rates = {
            str(name): float(approved[names == name].mean())
            for name, count in group.value_counts().items()
            if count >= fewest_rows and name != NOT_STATED
        }
        ranked = sorted(rates, key=lambda name: rates[name])
        if len(ranked) >= 2 and rates[ranked[-1]] > 0:
            least, most = names == ranked[0], names == ranked[-1]
            yield attribute, ratio_of(approved, least, most, people)


def _recorded_auc(metrics: Mapping[str, Any]) -> dict[str, float]:
    """What the manifest says of each probability model; one that it does not know is left out."""
    figures = {name: metrics.get(name) for name in PROBABILITY_MODELS}
    return {
        name: float(known["auc"])
        for name, known in figures.items()
        if isinstance(known, Mapping) and isinstance(known.get("auc"), int | float)
    }


def _overlap(provenance: Mapping[str, Any], rows: pd.DataFrame) -> str | None:
    """Why the window is not unseen: an outcome that the model learned had not closed before it."""
    try:
        learned = date.fromisoformat(provenance["periods"]["snapshots"]["calibration"][1])
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    begins = pd.to_datetime(rows["as_of"]).dt.date.min()
    if learned <= add_years(begins, -1):
        return None
    return (
        f"it learned from outcomes of {learned} and the year after; the window begins on {begins}"
    )


def _floats(values: Any) -> Floats:
    return np.asarray(values, dtype=np.float64)
