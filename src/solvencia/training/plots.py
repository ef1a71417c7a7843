"""Plots of the model notebook and the report."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from solvencia.domain.features import FEATURES
from solvencia.domain.scorecard import POINTS_PER_MARGIN, Scorecard

INK, ACCENT, MUTED = "#1f2933", "#1b6e6a", "#9aa5b1"


def _axes(title: str, width: float = 6.4, height: float = 4.0) -> tuple[Figure, Axes]:
    figure, axes = plt.subplots(figsize=(width, height), layout="constrained")
    axes.set_title(title, loc="left", color=INK, fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(colors=INK, labelsize=9)
    return figure, axes


def plot_calibration(table: pd.DataFrame, title: str) -> Figure:
    """Observed rate against prediction by group, beside the diagonal."""
    figure, axes = _axes(title, 4.6, 4.2)
    high = float(max(table["predicted"].max(), table["observed"].max())) * 1.05
    low = float(min(table["predicted"].min(), table["observed"].min())) * 0.95
    axes.plot([low, high], [low, high], color=MUTED, linewidth=1, linestyle="--")
    axes.plot(table["predicted"], table["observed"], "o-", color=ACCENT, markersize=5)
    axes.set_xlabel("predicted")
    axes.set_ylabel("observed")
    return figure


def plot_feature_points(card: Scorecard, feature: str, title: str) -> Figure:
    """Score points of a one-feature table, cell by cell."""
    table = next(item for item in card.tables if item.features == (feature,))
    labels = next(item.labels() for item in card.bins if item.feature == feature)
    points = np.asarray(table.points) * POINTS_PER_MARGIN
    figure, axes = _axes(title, 6.4, 0.24 * len(labels) + 1.2)
    colours = [ACCENT if value >= 0 else "#b4532a" for value in points]
    axes.barh(range(len(labels)), points, color=colours)
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_xlabel(f"points · {FEATURES[feature].title_en} ({FEATURES[feature].unit or 'level'})")
    return figure
