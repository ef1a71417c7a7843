"""The plots of the mail about a retraining: PNG, on white, so that they read in dark mode too."""

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

_COLOURS = {"continuity": "#1b6e6a", "default": "#b4532a"}
_INK, _LINE = "#3b4752", "#c3cbd3"
_WIDTH, _DOTS = 5.9, 200  # inches, and dots an inch: twice what is shown


def draw_calibration(tables: Mapping[str, Path]) -> bytes:
    """Predicted against observed shares, a panel for each model.

    Args:
        tables: by model, a CSV with the columns predicted and observed.
    """
    figure = Figure(figsize=(_WIDTH, 2.9), layout="constrained")
    panels = figure.subplots(1, len(tables), squeeze=False)[0]
    for panel, (name, path) in zip(panels, tables.items(), strict=True):
        rows = pd.read_csv(path)
        top = 1.08 * float(rows[["predicted", "observed"]].to_numpy().max())
        panel.plot([0, top], [0, top], color=_LINE, linewidth=1)
        panel.plot(
            rows["predicted"],
            rows["observed"],
            "o-",
            color=_COLOURS[name],
            markersize=4,
            linewidth=1.2,
        )
        panel.set(xlim=(0, top), ylim=(0, top), xlabel="predicted", aspect="equal")
        panel.set_title(name.capitalize(), fontsize=9, color=_INK, loc="left", fontweight="bold")
        _tidy(panel)
    panels[0].set_ylabel("observed", fontsize=8, color=_INK)
    return _png(figure)


def draw_trend(
    champions: Sequence[tuple[str, Mapping[str, Any]]],
    candidate: tuple[str, Mapping[str, Any]] | None,
) -> bytes:
    """AUC of each probability model over the champions, in the order they served, and the candidate's.

    Args:
        champions: version and metrics of each.
        candidate: of a model that does not serve, drawn hollow; None where there is none.
    """
    figure = Figure(figsize=(_WIDTH, 2.4), layout="constrained")
    panel = figure.subplots()
    names = [version for version, _ in champions]
    for model, colour in _COLOURS.items():
        values = [float(metrics.get(model, {}).get("auc", "nan")) for _, metrics in champions]
        panel.plot(range(len(values)), values, "o-", color=colour, markersize=5, label=model)
        if candidate is not None:
            value = float(candidate[1].get(model, {}).get("auc", "nan"))
            ends = ([len(values) - 1, len(values)], [*values[-1:], value])
            if values:
                panel.plot(*ends, ":", color=colour, linewidth=1)
            panel.plot([len(values)], [value], "o", color=colour, mfc="white", markersize=6)
            values.append(value)
        for place, value in enumerate(values):
            panel.annotate(
                f"{value:.3f}", (place, value), (0, 7), textcoords="offset points", ha="center",
                fontsize=7.5, color=colour,
            )  # fmt: skip
    if candidate is not None:
        names.append(f"{candidate[0]}\ncandidate")
    panel.set_xticks(range(len(names)), names)
    panel.set_xlim(-0.5, len(names) - 0.5)
    panel.margins(y=0.25)
    panel.set_ylabel("AUC", fontsize=8, color=_INK)
    panel.legend(
        frameon=False, fontsize=8, labelcolor=_INK, ncols=2, loc="lower left", bbox_to_anchor=(0, 1)
    )
    _tidy(panel)
    return _png(figure)


def _tidy(panel: Axes) -> None:
    panel.tick_params(labelsize=7.5, colors=_INK, length=0)
    panel.xaxis.label.set(fontsize=8, color=_INK)
    panel.grid(color="#e9edf1", linewidth=0.7)
    panel.set_axisbelow(True)
    for side in panel.spines.values():
        side.set_visible(False)


def _png(figure: Figure) -> bytes:
    drawn = io.BytesIO()
    figure.savefig(drawn, format="png", dpi=_DOTS, facecolor="white")
    return drawn.getvalue()
