"""Write the report of the last training run: metrics and plots for DVC, a page and a model card for people.

python -m utilities.report
"""

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl

from solvencia.artifact import Model, read_model
from solvencia.data.parameters import read_section
from solvencia.domain.errors import SolvenciaError
from solvencia.domain.policy import Policy
from solvencia.serving.decider import load_policy
from solvencia.training.costs import CostSettings
from solvencia.training.evaluate import FEWEST_ROWS, EvaluationSettings
from solvencia.training.fairness import FairnessSettings
from solvencia.training.model_card import card_content, read_measured, read_yardsticks
from solvencia.training.pictures import PROBABILITY_MODELS
from solvencia.training.report import Report, ReportSettings, build_report
from utilities.templating import environment, render_markdown, tied

REPORTS = Path("reports")
PLOTS = REPORTS / "plots"
POLICY = Path("business_rules/policy.json")
_PLOTTED = {"calibration": ("group", "rows", "predicted", "observed"), "roc": ("fpr", "tpr")}
_CURVE = ("cutoff", "approval_rate", "bad_rate", "profit", "cost")


def read_settings(path: Path) -> ReportSettings:
    """What the report needs of the parameters.

    Raises:
        SourceError: naming the parameter that is wrong.
    """
    evaluation = read_section(path, "evaluation", EvaluationSettings)
    return ReportSettings(
        test_years=evaluation.test_years,
        bootstrap_draws=evaluation.bootstrap_draws,
        costs=read_section(path, "costs", CostSettings),
        fairness=read_section(path, "fairness", FairnessSettings),
    )


def main() -> int:
    """Write reports/metrics.json, reports/plots, reports/report.html and the model card."""
    mpl.use("Agg")
    try:
        settings = read_settings(Path("params.yaml"))
        model, policy = read_model(Path("model/candidate")), load_policy(POLICY)
        report = build_report(model, policy, Path("dataset"), Path("dataset/reference"), settings)
        content = card_content(
            model,
            policy,
            report,
            settings,
            read_yardsticks(REPORTS / "yardsticks.json", model.provenance["data"]),
            read_measured(REPORTS / "benchmark.json"),
        )
    except SolvenciaError as error:
        print(f"report: {error}", file=sys.stderr)
        return 1
    write_plots(report, PLOTS)
    (REPORTS / "metrics.json").write_text(
        json.dumps(report.metrics, indent=1, allow_nan=False) + "\n", encoding="utf-8"
    )
    page = render(report, model, policy.policy, settings)
    (REPORTS / "report.html").write_text(page, encoding="utf-8")
    card = render_card(content)
    (REPORTS / "model_card.md").write_text(card, encoding="utf-8")
    (REPORTS / "model_card.html").write_text(card_page(card, model.version), encoding="utf-8")
    print("reports: report.html, model_card.html, model_card.md, metrics.json")
    return 0


def write_plots(report: Report, directory: Path) -> None:
    """One CSV a plot of DVC's, without rows for what could not be trained."""
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    for kind, columns in _PLOTTED.items():
        for name in PROBABILITY_MODELS:
            table = getattr(report, kind).get(name)
            lines = _empty(columns) if table is None else table.round(6).to_csv(index=False)
            (directory / f"{kind}_{name}.csv").write_text(lines, encoding="utf-8")
    for measure in ("pd", "final_score"):
        curve = None if report.proposal is None else report.proposal.curves.get(measure)
        lines = _empty(_CURVE) if curve is None else curve.round(6).to_csv(index=False)
        (directory / f"cutoffs_{measure}.csv").write_text(lines, encoding="utf-8")


def render(report: Report, model: Model, policy: Policy, settings: ReportSettings) -> str:
    """The page: self-contained, it loads nothing from outside."""
    page = environment().get_template("report.html")
    return tied(
        page.render(
            **vars(report),
            policy=policy,
            costs=settings.costs,
            fairness=settings.fairness,
            fewest_rows=FEWEST_ROWS,
            segments=model.segmentation.segments,
        )
    )


def render_card(content: Mapping[str, Any]) -> str:
    """The model card in Markdown; ``content`` is ``model_card.card_content``."""
    return environment().get_template("model_card.md.j2").render(**content)


def card_page(card: str, version: str) -> str:
    """The same card as a page."""
    page = environment().get_template("model_card.html")
    return tied(page.render(version=version, body=render_markdown(card)))


def _empty(columns: tuple[str, ...]) -> str:
    return ",".join(columns) + "\n"


if __name__ == "__main__":
    sys.exit(main())
