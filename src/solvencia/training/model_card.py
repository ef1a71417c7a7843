"""What a model card says: the report's figures, what they mean for use, and what was measured beside them.

Every figure comes from the model, its report, or a file that a command measured; the template only
arranges them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from solvencia.artifact import Model
from solvencia.data.outcome import KEPT_SHARE
from solvencia.data.snapshots import MAXIMUM_AGE, MINIMUM_AGE
from solvencia.domain.errors import SourceError
from solvencia.domain.features import FEATURES
from solvencia.domain.scorecard import SCORE_MAX, SCORE_MIN
from solvencia.domain.verdict import CompiledPolicy
from solvencia.training.metrics import share_of_ceiling
from solvencia.training.pictures import PROBABILITY_MODELS
from solvencia.training.report import Report, ReportSettings

MANY_ROWS = 1000
"""A state with so many test rows is held to the band's coverage by itself."""

_SHOWN_SHIFTS = 5


@dataclass(frozen=True)
class Yardsticks:
    """What ``make yardsticks`` measured: by model, AUCs of an EBM and of ten times the people.

    Attributes:
        figures: by model, ``auc_ebm`` and ``auc_ten_times``, where measured.
        data: hash of the training tables they were measured on, by table.
        of_this_data: whether those are the tables this model learned from.
    """

    figures: Mapping[str, Mapping[str, float]]
    data: Mapping[str, str]
    of_this_data: bool


def card_content(
    model: Model,
    policy: CompiledPolicy,
    report: Report,
    settings: ReportSettings,
    yardsticks: Yardsticks | None,
    benchmark: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Everything the card's template arranges, by name."""
    return {
        "metrics": report.metrics,
        "provenance": model.provenance,
        "policy": policy.policy,
        "policy_digest": policy.digest,
        "scorecards": {name: _size(model, name) for name in model.scorecards},
        "coverage": coverage_of_states(report.groups["income"]),
        "weakest": {
            name: weakest_groups(report.groups[name])
            for name in PROBABILITY_MODELS
            if name in report.groups
        },
        "shifted": {name: _shifted(table) for name, table in report.drift.items()},
        "proposal": report.proposal,
        "findings": report.findings,
        "fairness": settings.fairness,
        "costs": settings.costs,
        "yardsticks": yardsticks,
        "benchmark": benchmark,
        "limits": limits(model, report),
        "ages": (MINIMUM_AGE, MAXIMUM_AGE),
        "scores": (SCORE_MIN, SCORE_MAX),
        "kept_share": KEPT_SHARE,
        "many_rows": MANY_ROWS,
        "share_of_theory": {
            name: share_of_ceiling(figures["auc_on_ceiling_rows"], figures["auc_ceiling"])
            for name in PROBABILITY_MODELS
            if "auc_ceiling" in (figures := report.metrics.get(name, {}))
        },
        "share_of_practice": {
            name: share_of_ceiling(report.metrics[name]["auc"], figures["auc_ten_times"])
            for name, figures in (yardsticks.figures if yardsticks else {}).items()
            if "auc_ten_times" in figures and "auc" in report.metrics.get(name, {})
        },
    }


def read_yardsticks(path: Path, data: Mapping[str, str]) -> Yardsticks | None:
    """The yardsticks that were measured; None where none were.

    ``data`` holds the hashes of the training tables this model learned from, by table.

    Raises:
        SourceError: the file is no JSON object of the expected shape.
    """
    content = read_measured(path)
    if content is None:
        return None
    try:
        measured = dict(content["data"])
        figures = {name: dict(content[name]) for name in PROBABILITY_MODELS if name in content}
    except (KeyError, TypeError, ValueError) as error:
        raise SourceError(f"{path}: lacks or misnames a part: {error!r}") from error
    return Yardsticks(figures, measured, measured == dict(data))


def read_measured(path: Path) -> dict[str, Any] | None:
    """A JSON object that a command left, or None where it was not run.

    Raises:
        SourceError: the file is no JSON object.
    """
    if not path.is_file():
        return None
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SourceError(f"{path}: is no JSON: {error}") from error
    if not isinstance(content, dict):
        raise SourceError(f"{path}: must be a JSON object")
    return content


def coverage_of_states(groups: pd.DataFrame) -> dict[str, Any] | None:
    """Lowest and highest coverage of the 80 % band among states of 1,000 test rows or more.

    ``groups`` is ``evaluate.breakdown`` of the income model. None where no state has that many.
    """
    states = groups[(groups["dimension"] == "state") & (groups["group"] != "unknown")]
    large = states[states["rows"] >= MANY_ROWS].sort_values("coverage")
    if large.empty:
        return None
    return {"states": len(large), "lowest": dict(large.iloc[0]), "highest": dict(large.iloc[-1])}


def weakest_groups(groups: pd.DataFrame) -> list[dict[str, Any]]:
    """By dimension, the judged group of lowest AUC and the one whose calibration is furthest off."""
    found = []
    for dimension, part in groups[groups["dimension"] != "all"].groupby("dimension", sort=False):
        judged = part[part["auc"].notna()]
        if len(judged) < 2:
            continue
        found.append(
            {
                "dimension": str(dimension),
                "groups": len(judged),
                "lowest_auc": dict(judged.sort_values("auc").iloc[0]),
                "least_calibrated": dict(judged.sort_values("ece").iloc[-1]),
            }
        )
    return found


def limits(model: Model, report: Report) -> list[str]:
    """What the figures and the data do not allow, in sentences made from them."""
    told = []
    if report.metrics["source"]["synthetic"]:
        told.append(
            "Everything was measured on simulated people: no figure says how the models would do on real "
            "ones, and none may be used to lend."
        )
    told += [f"There is no {name} model: {reason}." for name, reason in _absent(model).items()]
    told.append(
        "The models see formal work as the social security registers it. Informal income, other debts and "
        "payment history are unknown to them."
    )
    told.append(
        "Loans are granted ones: nobody knows what refused applicants would have done, so figures on "
        "default and approvals hold among people like those who were granted."
    )
    for name in PROBABILITY_MODELS:
        figures = report.metrics.get(name, {})
        if "auc" in figures:
            lost = figures["auc"] - figures["auc_as_profile"]
            told.append(
                f"Through an analyst's form instead of a work history, {name} loses {lost:.3f} of AUC."
            )
    for name, table in report.drift.items():
        shifted = table[(table["kind"] == "feature") & (table["verdict"] == "shifted")]
        if len(shifted):
            told.append(
                f"{len(shifted)} of {int((table['kind'] == 'feature').sum())} features of {name} have "
                "shifted between the years it learned from and the test years."
            )
    if failed := [finding for finding in report.findings if finding.passes is False]:
        told.append(
            f"{len(failed)} of {len(report.findings)} fairness findings are outside the limits; they are "
            "told above and are for the risk committee to judge."
        )
    return told


def _absent(model: Model) -> Mapping[str, str]:
    return dict(model.provenance.get("absent", {}))


def _size(model: Model, name: str) -> dict[str, int]:
    tables = model.scorecards[name].tables
    return {
        "features": sum(len(table.features) == 1 for table in tables),
        "pairs": sum(len(table.features) == 2 for table in tables),
        "cells": int(sum(np.size(table.points) for table in tables)),
    }


def _shifted(table: pd.DataFrame) -> dict[str, Any]:
    """The score's own stability, and the features that moved furthest."""
    features = table[(table["kind"] == "feature") & (table["verdict"] != "stable")]
    return {
        "score": dict(table[table["kind"] == "score"].iloc[0]),
        "moved": len(features),
        "features": [
            (FEATURES[str(row["name"])].title_en, float(row["psi"]))
            for _, row in features.head(_SHOWN_SHIFTS).iterrows()
        ],
    }
