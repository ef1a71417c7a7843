"""The report of a training run: figures, plots and tables for people and for DVC."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import roc_curve

from solvencia.artifact import Model
from solvencia.data.calibration import calibration_table as market_calibration
from solvencia.data.sources import SourceDescription
from solvencia.domain.verdict import CompiledPolicy
from solvencia.monitoring.stability import drift
from solvencia.monitoring.stability import headline as stability_headline
from solvencia.serving.decider import Decider
from solvencia.training.costs import CostSettings
from solvencia.training.cutoffs import Proposal, propose_cutoffs
from solvencia.training.decisions import decide_loans, loan_amounts
from solvencia.training.evaluate import breakdown
from solvencia.training.fairness import (
    FairnessSettings,
    approval_by_group,
    calibration_by_group,
)
from solvencia.training.fairness import headline as fairness_headline
from solvencia.training.findings import (
    Finding,
    approval_findings,
    calibration_findings,
    worst_first,
)
from solvencia.training.metrics import calibration_table, lift_table
from solvencia.training.pictures import PROBABILITY_MODELS, Picture, draw
from solvencia.training.train import feature_columns, split_by_date

_BAD_OUTCOME = {"continuity": 0, "default": 1}
_PREDICTED = {
    "continuity": "the chance of keeping the income",
    "default": "the probability of default",
}
_ROC_POINTS = 101
_MOST_DECIDED = 40_000
"""Test loans that are decided, at most, spread evenly over all of them."""


@dataclass(frozen=True)
class ReportSettings:
    """What the report needs of the parameters.

    Attributes:
        test_years: of the ``evaluation`` section, as the models were judged.
        bootstrap_draws: of the same section.
        costs: the ``costs`` section.
        fairness: the ``fairness`` section.
    """

    test_years: int
    bootstrap_draws: int
    costs: CostSettings
    fairness: FairnessSettings


@dataclass(frozen=True)
class Report:
    """What a report shows. Tables by model hold only the models that could be trained.

    Attributes:
        metrics: figures for DVC, and the headlines of what follows.
        calibration: by probability model, observed rate beside prediction in ten groups.
        lift: by probability model, how the bad ones gather among the worst scored.
        roc: by probability model, columns fpr and tpr.
        groups: by model, ``evaluate.breakdown``.
        drift: by probability model, ``monitoring.stability.drift`` of test rows against fitted ones.
        proposal: cut-offs; None where no loans with outcomes were held out.
        approvals: by attribute, ``fairness.approval_by_group`` of the held-out loans.
        findings: what the fairness figures say.
        market: published figures beside simulated ones; None for real people.
        images: plots by name.
    """

    metrics: dict[str, Any]
    calibration: dict[str, pd.DataFrame]
    lift: dict[str, pd.DataFrame]
    roc: dict[str, pd.DataFrame]
    groups: dict[str, pd.DataFrame]
    drift: dict[str, pd.DataFrame]
    proposal: Proposal | None
    approvals: dict[str, pd.DataFrame]
    findings: list[Finding]
    market: pd.DataFrame | None
    images: dict[str, Picture]


def build_report(
    model: Model,
    policy: CompiledPolicy,
    dataset: Path,
    reference_directory: Path,
    settings: ReportSettings,
) -> Report:
    """Gather the figures of a model, its predictions on the test years and the policy's decisions.

    ``dataset`` holds ``source``, ``snapshots.parquet``, ``loans.parquet`` and ``predictions``.
    """
    description = SourceDescription.read(dataset / "source")
    predictions = {
        path.stem: pd.read_parquet(path)
        for path in sorted((dataset / "predictions").glob("*.parquet"))
    }
    judged = {name: predictions[name] for name in PROBABILITY_MODELS if name in predictions}
    arrays = {
        name: (frame["outcome"].to_numpy(np.float64), frame["predicted"].to_numpy(np.float64))
        for name, frame in judged.items()
    }
    drifts = _drifts(model, dataset, settings.test_years)
    proposal, approvals, findings = _governed(model, policy, dataset, predictions, settings)
    for name, frame in judged.items():
        tables = calibration_by_group(
            frame, frame["outcome"], frame["predicted"], settings.fairness.fewest_rows
        )
        findings += calibration_findings(tables, name, _PREDICTED[name], settings.fairness)
    calibration = {name: calibration_table(*pair) for name, pair in arrays.items()}
    return Report(
        metrics={
            **_metrics(model, description),
            "stability": {name: stability_headline(table) for name, table in drifts.items()},
            "cutoffs": {} if proposal is None else _cutoff_headline(proposal),
            "fairness": fairness_headline(approvals),
        },
        calibration=calibration,
        lift={name: lift_table(*pair, bad=_BAD_OUTCOME[name]) for name, pair in arrays.items()},
        roc={name: _roc(*pair) for name, pair in arrays.items()},
        groups={
            name: breakdown(frame, name, draws=settings.bootstrap_draws)
            for name, frame in predictions.items()
        },
        drift=drifts,
        proposal=proposal,
        approvals=approvals,
        findings=worst_first(findings),
        market=(
            market_calibration(dataset / "source", reference_directory)
            if description.synthetic
            else None
        ),
        images=draw(model, calibration, proposal),
    )


def held_out_loans(dataset: Path, predictions: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The loans that test the default model, at most 40,000 of them; none without such a model."""
    loans = pd.read_parquet(dataset / "loans.parquet")
    if "default" not in predictions:
        return loans.iloc[:0]
    loans = loans[loans["loan_id"].isin(predictions["default"]["loan_id"])]
    rows = np.unique(
        np.linspace(0, len(loans) - 1, min(len(loans), _MOST_DECIDED)).astype(np.int64)
    )
    return loans.iloc[rows]


def _governed(
    model: Model,
    policy: CompiledPolicy,
    dataset: Path,
    predictions: dict[str, pd.DataFrame],
    settings: ReportSettings,
) -> tuple[Proposal | None, dict[str, pd.DataFrame], list[Finding]]:
    """Cut-offs and approvals from the policy's decisions on the held-out loans."""
    loans = held_out_loans(dataset, predictions)
    if loans.empty:
        return None, {}, []
    decisions = decide_loans(Decider(model, policy), loans)
    amounts = loan_amounts(loans, model.reference)
    proposal = propose_cutoffs(loans, decisions, amounts, policy.policy, settings.costs)
    approvals = approval_by_group(loans, decisions, settings.fairness)
    return proposal, approvals, approval_findings(approvals, settings.fairness)


def _drifts(model: Model, dataset: Path, test_years: int) -> dict[str, pd.DataFrame]:
    """By probability model, how far the test rows have moved from what the model was fitted on."""
    tables = {
        "continuity": pd.read_parquet(dataset / "snapshots.parquet"),
        "default": pd.read_parquet(dataset / "loans.parquet"),
    }
    dates = sorted(set(pd.to_datetime(tables["continuity"]["as_of"]).dt.date))
    return {
        name: drift(
            frozen,
            model.scorecards[name],
            feature_columns(split_by_date(tables[name], dates, test_years).test),
        )
        for name, frozen in model.stability.items()
    }


def _metrics(model: Model, description: SourceDescription) -> dict[str, Any]:
    return {
        "model_version": model.version,
        "source": {
            "kind": description.kind,
            "synthetic": description.synthetic,
            "observed_until": description.observed_until.isoformat(),
            **description.rows,
        },
        **model.metrics,
    }


def _cutoff_headline(proposal: Proposal) -> dict[str, Any]:
    return {
        "loans": proposal.loans,
        "most_profitable": {name: cut.value for name, cut in proposal.by_profit.items()},
        "cost_ratio": {name: cut.value for name, cut in proposal.by_cost_ratio.items()},
        "cost_ratio_in_theory": round(proposal.theoretical_pd, 6),
        "break_even_pd": {name: round(pd, 6) for name, pd in proposal.break_even_pd.items()},
        "in_force": proposal.in_force,
    }


def _roc(outcome: "np.ndarray[Any, Any]", predicted: "np.ndarray[Any, Any]") -> pd.DataFrame:
    fpr, tpr, _ = roc_curve(outcome, predicted)
    grid = np.linspace(0, 1, _ROC_POINTS)
    return pd.DataFrame({"fpr": grid.round(4), "tpr": np.interp(grid, fpr, tpr).round(4)})
