"""Write the report of the last training run: metrics, plots for DVC, and a page for people.

python -m utilities.report
"""

import json
import shutil
import sys
from pathlib import Path

import matplotlib as mpl
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from solvencia.artifact import read_model
from solvencia.domain.errors import SolvenciaError
from solvencia.training.report import build_report

PLOTS = Path("reports/plots")


def figure(value: float) -> str:
    """A published figure as text: large ones whole, small ones to three places.

    >>> figure(69600.0), figure(0.2721)
    ('69,600', '0.272')
    """
    if value != value:
        return "none"
    return (
        f"{value:,.0f}"
        if abs(value) >= 1000
        else f"{value:.3f}"
        if abs(value) < 10
        else f"{value:.2f}"
    )


def main() -> int:
    """Write reports/metrics.json, reports/plots and reports/report.html."""
    mpl.use("Agg")
    try:
        model = read_model(Path("model/candidate"))
    except SolvenciaError as error:
        print(f"report: {error}", file=sys.stderr)
        return 1
    report = build_report(
        model, Path("dataset/predictions"), Path("dataset/source"), Path("dataset/reference")
    )
    shutil.rmtree(PLOTS, ignore_errors=True)
    PLOTS.mkdir(parents=True)
    for name, table in report.calibration.items():
        table.to_csv(PLOTS / f"calibration_{name}.csv", index=False)
    for name, table in report.roc.items():
        table.to_csv(PLOTS / f"roc_{name}.csv", index=False)
    Path("reports/metrics.json").write_text(
        json.dumps(report.metrics, indent=1, allow_nan=False) + "\n", encoding="utf-8"
    )
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
    )
    environment.filters["figure"] = figure
    page = environment.get_template("report.html").render(
        metrics=report.metrics,
        calibration=report.calibration,
        bands=report.bands,
        market=report.market,
        images=report.images,
        segments=model.segmentation.segments,
    )
    Path("reports/report.html").write_text(page, encoding="utf-8")
    print("reports/report.html, reports/metrics.json")
    return 0


if __name__ == "__main__":
    sys.exit(main())
