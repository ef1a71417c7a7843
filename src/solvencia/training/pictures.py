"""The report's plots, as pictures that a page can hold."""

import base64
import io
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from solvencia.artifact import Model
from solvencia.domain.scorecard import Scorecard
from solvencia.training.cutoffs import Proposal
from solvencia.training.plots import (
    plot_calibration,
    plot_cutoffs,
    plot_feature_points,
    plot_pair_points,
)

PROBABILITY_MODELS = ("continuity", "default")
_MEASURES = {"pd": "PD (approved below)", "final_score": "final score (approved from)"}
_SHOWN_TABLES = 6
_SHOWN_PAIRS = 4
_PIXELS_PER_INCH = 78


class Picture(NamedTuple):
    """A plot for a page: PNG, base64, and how many CSS pixels wide it is meant to be shown."""

    png: str
    width: int


def draw(
    model: Model, calibration: dict[str, pd.DataFrame], proposal: Proposal | None
) -> dict[str, Picture]:
    """Plots by '<kind>:<model or measure>[:<features>]'."""
    images = {
        f"calibration:{name}": _picture(plot_calibration(table, f"{name.capitalize()}, test years"))
        for name, table in calibration.items()
    }
    for name in PROBABILITY_MODELS:
        if (card := model.scorecards.get(name)) is not None:
            for feature in widest_features(card):
                images[f"feature:{name}:{feature}"] = _picture(plot_feature_points(card, feature))
            for pair in widest_pairs(card):
                images[f"pair:{name}:{' by '.join(pair)}"] = _picture(plot_pair_points(card, pair))
    if proposal is not None:
        for measure, curve in proposal.curves.items():
            marks = {
                "most profitable": proposal.by_profit[measure].value,
                f"{proposal.cost_ratio:g}:1 example": proposal.by_cost_ratio[measure].value,
            }
            if measure in proposal.in_force:
                marks["in force"] = proposal.in_force[measure]
            images[f"cutoffs:{measure}"] = _picture(plot_cutoffs(curve, marks, _MEASURES[measure]))
    return images


def widest_features(card: Scorecard) -> list[str]:
    """Features whose own table moves the margin most, first ones first; missing values aside."""
    spans = {
        table.features[0]: float(np.ptp(np.asarray(table.points)[:-1]))
        for table in card.tables
        if len(table.features) == 1
    }
    return sorted(spans, key=lambda feature: -spans[feature])[:_SHOWN_TABLES]


def widest_pairs(card: Scorecard) -> list[tuple[str, str]]:
    """Pairs whose table moves the margin most, first ones first; missing values aside."""
    spans = {
        (table.features[0], table.features[1]): float(np.ptp(np.asarray(table.points)[:-1, :-1]))
        for table in card.tables
        if len(table.features) == 2
    }
    return sorted(spans, key=lambda pair: -spans[pair])[:_SHOWN_PAIRS]


def _picture(figure: Figure) -> Picture:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=144, metadata={"Software": None})
    plt.close(figure)
    width = round(figure.get_figwidth() * _PIXELS_PER_INCH)
    return Picture(base64.b64encode(stream.getvalue()).decode(), width)
