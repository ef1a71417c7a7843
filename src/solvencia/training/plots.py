"""Plots of the model notebook, the printed scorecard and the report."""

from textwrap import fill

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from solvencia.domain.scorecard import Bins, Scorecard, Table
from solvencia.training.printing import cell_labels, heading, points_scale, readable

INK, ACCENT, MUTED, WARNING = "#1f2933", "#1b6e6a", "#9aa5b1", "#b4532a"
_GRID = "#e6eaee"
_MOST_NUMBERED_CELLS = 150
_RISK_CARDS = ("default",)
"""Cards whose points mean risk: what raises them is drawn in the colour of a warning."""


def _axes(title: str, width: float = 6.4, height: float = 4.0) -> tuple[Figure, Axes]:
    figure, axes = plt.subplots(figsize=(width, height), layout="constrained")
    axes.set_title(title, loc="left", color=INK, fontsize=11)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(MUTED)
    axes.tick_params(colors=INK, labelsize=9, length=3, color=MUTED)
    axes.set_axisbelow(True)
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


def plot_feature_points(card: Scorecard, feature: str, title: str = "") -> Figure:
    """Points of a one-feature table, cell by cell."""
    points, (bins,) = readable(card, _table(card, (feature,)))
    labels = _ticks(bins)
    figure, axes = _axes(title or heading([bins]), 6.4, 0.24 * len(labels) + 1.2)
    above, below = _colours(card)
    axes.barh(
        range(len(labels)), points, color=[above if value >= 0 else below for value in points]
    )
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.xaxis.grid(True, color=_GRID, linewidth=0.8)
    unit = points_scale(card)[1]
    axes.set_xlabel(f"{heading([bins])}: {unit}" if title else unit, fontsize=9)
    return figure


def plot_pair_points(card: Scorecard, features: tuple[str, str], title: str = "") -> Figure:
    """Heat map of a two-feature table: white at no points, each cell's number in it where they are few."""
    points, (down, across) = readable(card, _table(card, features))
    rows, columns = points.shape
    numbered = points.size <= _MOST_NUMBERED_CELLS
    side = 0.46 if numbered else 0.24
    figure, axes = _axes(title, max(side * columns + 2.9, 5.2), max(0.75 * side * rows + 1.9, 3.2))
    above, below = _colours(card)
    colours = LinearSegmentedColormap.from_list("points", [below, "#ffffff", above])
    most = float(np.abs(points).max()) or 1.0
    image = axes.imshow(points, cmap=colours, vmin=-most, vmax=most, aspect="auto")
    size = 8 if numbered else 7
    axes.set_xticks(range(columns), _ticks(across), rotation=45, ha="right", fontsize=size)
    axes.set_yticks(range(rows), _ticks(down), fontsize=size)
    axes.set_xlabel(heading([across]), fontsize=9)
    axes.set_ylabel(fill(heading([down]), 24), fontsize=9)
    axes.spines[:].set_visible(False)
    axes.set_xticks(np.arange(columns + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(rows + 1) - 0.5, minor=True)
    axes.grid(which="minor", color="white", linewidth=0.8)
    axes.tick_params(which="minor", length=0)
    if numbered:
        digits = 0 if most >= 10 else 1
        for (row, column), value in np.ndenumerate(points):
            ink = "white" if abs(value) > 0.65 * most else INK
            text = f"{round(value, digits) + 0.0:.{digits}f}"
            axes.text(column, row, text, ha="center", va="center", fontsize=7, color=ink)
    bar = figure.colorbar(image, ax=axes, fraction=0.04, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=8, length=2)
    bar.set_label(fill(points_scale(card)[1], 40), fontsize=8)
    return figure


def plot_cutoffs(
    curve: pd.DataFrame, marks: dict[str, float], label: str, title: str = ""
) -> Figure:
    """Profit, approval rate and bad rate by cut-off.

    Args:
        curve: from ``cutoffs.cutoff_curve``; cut-offs after the last one that changes anything are
            left out.
        marks: cut-offs to mark, by what they are.
        label: what the cut-off is of.
        title: of the figure.
    """
    moves = curve["approval_rate"].diff().abs().fillna(0) > 0
    first, last = int(moves.argmax()) - 1, len(curve) - int(moves[::-1].argmax())
    shown = curve.iloc[max(first, 0) : last + 1]
    figure, (money, rates) = plt.subplots(
        2, 1, figsize=(6.4, 5.2), sharex=True, layout="constrained", height_ratios=(3, 2)
    )
    money.set_title(title, loc="left", color=INK, fontsize=11)
    money.plot(shown["cutoff"], shown["profit"], color=ACCENT, linewidth=1.8)
    money.axhline(0, color=INK, linewidth=0.8)
    money.set_ylabel("profit, MXN per loan", fontsize=9)
    rates.plot(shown["cutoff"], shown["approval_rate"], color=INK, label="approval rate")
    rates.plot(shown["cutoff"], shown["bad_rate"], color=WARNING, label="bad rate of the approved")
    rates.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    rates.set_ylim(0, 1)
    rates.set_xlabel(label, fontsize=9)
    rates.legend(frameon=False, fontsize=8, loc="center right")
    styles = ["-", "--", ":"]
    for axes in (money, rates):
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(colors=INK, labelsize=9)
        axes.grid(True, color=_GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        for (name, value), style in zip(marks.items(), styles * len(marks), strict=False):
            axes.axvline(value, color=MUTED, linewidth=1.2, linestyle=style, label=name)
    handles = money.get_legend_handles_labels()
    money.legend(*handles, frameon=False, fontsize=8, loc="best")
    return figure


def _ticks(bins: Bins) -> list[str]:
    """Labels of the cells without their unit, which the axis tells, and no wider than a few words."""
    labels = (label.removesuffix(f" {bins.unit}") for label in cell_labels(bins))
    return [fill(label.replace(">=", "≥"), 26) for label in labels]


def _table(card: Scorecard, features: tuple[str, ...]) -> Table:
    return next(item for item in card.tables if item.features == features)


def _colours(card: Scorecard) -> tuple[str, str]:
    """Colours of points above and below zero: what speaks against the applicant warns."""
    return (WARNING, ACCENT) if card.name in _RISK_CARDS else (ACCENT, WARNING)
