"""The report of a training run: figures, plots and tables for people and for DVC."""

import base64
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from sklearn.metrics import roc_curve

from solvencia.artifact import Model
from solvencia.data.calibration import calibration_table as market_calibration
from solvencia.data.sources import SourceDescription
from solvencia.training.evaluate import calibration_table
from solvencia.training.plots import plot_calibration, plot_feature_points

PROBABILITY_MODELS = ("continuity", "default")
_ROC_POINTS = 101
_SHOWN_TABLES = 6


@dataclass(frozen=True)
class Report:
    """What a report shows.

    Attributes:
        calibration: by model, observed rate beside prediction in ten groups.
        roc: by model, columns fpr and tpr.
        bands: income band by tenth of income: coverage and width.
        market: published figures beside simulated ones; None for real people.
        images: PNG plots by name, base64.
    """

    metrics: dict[str, Any]
    calibration: dict[str, pd.DataFrame]
    roc: dict[str, pd.DataFrame]
    bands: pd.DataFrame
    market: pd.DataFrame | None
    images: dict[str, str]


def build_report(
    model: Model, predictions: Path, source: Path, reference_directory: Path
) -> Report:
    """Gather the figures of a model directory and its predictions on the test years."""
    description = SourceDescription.read(source)
    calibration, roc, images = {}, {}, {}
    for name in PROBABILITY_MODELS:
        path = predictions / f"{name}.parquet"
        calibration[name] = pd.DataFrame(columns=["group", "rows", "predicted", "observed"])
        roc[name] = pd.DataFrame(columns=["fpr", "tpr"])
        if path.exists():
            frame = pd.read_parquet(path)
            outcome, predicted = frame["outcome"].to_numpy(), frame["predicted"].to_numpy()
            calibration[name] = calibration_table(outcome, predicted)
            roc[name] = _roc(outcome, predicted)
            images[f"calibration_{name}"] = _png(
                plot_calibration(calibration[name], f"{name.capitalize()}, test years")
            )
    for name in PROBABILITY_MODELS:
        if (card := model.scorecards.get(name)) is not None:
            for feature in _widest(model, name):
                images[f"{name}:{feature}"] = _png(plot_feature_points(card, feature, name))
    return Report(
        metrics=_metrics(model, description),
        calibration=calibration,
        roc=roc,
        bands=_bands(pd.read_parquet(predictions / "income.parquet")),
        market=market_calibration(source, reference_directory) if description.synthetic else None,
        images=images,
    )


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


def _roc(outcome: "np.ndarray[Any, Any]", predicted: "np.ndarray[Any, Any]") -> pd.DataFrame:
    fpr, tpr, _ = roc_curve(outcome, predicted)
    grid = np.linspace(0, 1, _ROC_POINTS)
    return pd.DataFrame({"fpr": grid.round(4), "tpr": np.interp(grid, fpr, tpr).round(4)})


def _bands(frame: pd.DataFrame) -> pd.DataFrame:
    """Coverage and width of the 80 % band by tenth of income, and for people out of work."""
    income = frame["monthly_income"]
    group = pd.qcut(
        income, 10, labels=[f"income tenth {n}" for n in range(1, 11)], duplicates="drop"
    )
    group = group.astype(str).where(frame["employed"] == 1, "out of work")
    inside = (frame["outcome"] >= frame["p10"]) & (frame["outcome"] <= frame["p90"])
    table = pd.DataFrame(
        {"group": group, "coverage": inside.astype(float), "width": frame["p90"] - frame["p10"]}
    )
    rows = table.groupby("group").agg(
        rows=("coverage", "size"), coverage=("coverage", "mean"), median_width=("width", "median")
    )
    order = [f"income tenth {n}" for n in range(1, 11)] + ["out of work"]
    return rows.reindex([name for name in order if name in rows.index]).round(4).reset_index()


def _widest(model: Model, name: str) -> list[str]:
    """Features whose own table moves the margin most, first ones first."""
    spans = {
        table.features[0]: float(np.ptp(np.asarray(table.points)[:-1]))
        for table in model.scorecards[name].tables
        if len(table.features) == 1
    }
    return sorted(spans, key=lambda feature: -spans[feature])[:_SHOWN_TABLES]


def _png(figure: Figure) -> str:
    stream = io.BytesIO()
    figure.savefig(stream, format="png", dpi=110, metadata={"Software": None})
    plt.close(figure)
    return base64.b64encode(stream.getvalue()).decode()
