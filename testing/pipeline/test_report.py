"""The report, its page and the model card of a model really trained, with loans and without."""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

import matplotlib as mpl
import pandas as pd
import pytest

from solvencia.artifact import read_model
from solvencia.data.snapshots import TrainingTables
from solvencia.data.sources import SourceDescription
from solvencia.domain.reference import Reference
from solvencia.serving.decider import load_policy
from solvencia.training.assemble import assemble
from solvencia.training.costs import CostSettings
from solvencia.training.evaluate import EvaluationSettings, judge
from solvencia.training.fairness import FairnessSettings
from solvencia.training.model_card import card_content
from solvencia.training.report import Report, ReportSettings, build_report
from solvencia.training.train import Trained, train
from testing.conftest import FIT, REFERENCE_TABLES, ROOT
from utilities import print_scorecard
from utilities.report import card_page, render, render_card, write_plots
from utilities.templating import tied

pytestmark = pytest.mark.slow
SETTINGS = ReportSettings(
    test_years=3,
    bootstrap_draws=20,
    costs=CostSettings(
        loss_given_default=0.65,
        annual_rate={"payroll": 0.27, "personal": 0.42},
        funding_rate=0.07,
        operating_cost=0.08,
        wrong_refusal=0.02,
        cost_ratio=10,
        fewest_loans=100,
    ),
    fairness=FairnessSettings(60, 0.8, 0.1, 0.03),
)
POLICY = load_policy(ROOT / "business_rules" / "policy.json")
QUICK = replace(FIT.continuity, rounds=10)


def written(
    directory: Path, tables: TrainingTables, trained: Trained, source: Path, reference: Reference
) -> Path:
    """A dataset and a model as the pipeline leaves them."""
    dataset = directory / "dataset"
    (dataset / "predictions").mkdir(parents=True)
    (dataset / "source").symlink_to(source)
    tables.snapshots.to_parquet(dataset / "snapshots.parquet")
    tables.loans.to_parquet(dataset / "loans.parquet")
    for name, frame in trained.predictions.items():
        frame.to_parquet(dataset / "predictions" / f"{name}.parquet", index=False)
    assemble(
        directory / "model",
        trained,
        metrics=judge(trained, None, REFERENCE_TABLES, EvaluationSettings(3, 200, 5, 20)),
        reference=reference,
        source=SourceDescription.read(source),
        settings=FIT,
        data={name: dataset / f"{name}.parquet" for name in ("snapshots", "loans")},
    )
    return directory


def report_of(directory: Path) -> Report:
    mpl.use("Agg")
    return build_report(
        read_model(directory / "model"), POLICY, directory / "dataset", REFERENCE_TABLES, SETTINGS
    )


def card_of(directory: Path, report: Report) -> str:
    model = read_model(directory / "model")
    return render_card(card_content(model, POLICY, report, SETTINGS, None, None))


@pytest.fixture(scope="module")
def with_loans(tmp_path_factory, training_tables, trained, source_directory, reference) -> Path:
    directory = tmp_path_factory.mktemp("with_loans")
    return written(directory, training_tables, trained, source_directory, reference)


@pytest.fixture(scope="module")
def without_loans(tmp_path_factory, training_tables, source_directory, reference) -> Path:
    """As a source of real histories may be: no loans, and nobody's sex or state is known."""
    unknown = {"audit_sex": None, "audit_state": None}
    tables = replace(
        training_tables,
        snapshots=training_tables.snapshots.assign(**unknown),
        loans=training_tables.loans.iloc[:0],
    )
    fit = replace(FIT, continuity=QUICK, income=QUICK)
    trained = train(tables.snapshots, tables.loans, fit, test_years=3)
    directory = tmp_path_factory.mktemp("without_loans")
    return written(directory, tables, trained, source_directory, reference)


@pytest.fixture(scope="module")
def report(with_loans: Path) -> Report:
    return report_of(with_loans)


@pytest.fixture(scope="module")
def page(with_loans: Path, report: Report) -> str:
    return render(report, read_model(with_loans / "model"), POLICY.policy, SETTINGS)


def test_the_headlines_are_those_of_the_tables(report: Report) -> None:
    metrics = report.metrics
    assert json.loads(json.dumps(metrics, allow_nan=False)) == metrics
    assert set(report.approvals) == {"sex", "age", "state", "education"}
    assert {"sex", "age"} <= set(metrics["fairness"])
    for attribute, figures in metrics["fairness"].items():
        ratio = report.approvals[attribute]["ratio"].min()
        assert figures["smallest_approval_ratio"] == pytest.approx(ratio, abs=1e-4)
    curve = report.proposal.curves["pd"]
    best = curve.loc[curve["profit"].idxmax(), "cutoff"]
    assert metrics["cutoffs"]["most_profitable"]["pd"] == best
    assert set(metrics["stability"]) == {"continuity", "default"}


def test_the_page_shows_what_was_found(page: str, report: Report) -> None:
    for finding in report.findings:
        assert tied(finding.text.replace("'", "&#39;")) in page
    for words in ("Synthetic data", "Calibration", "Lift", "Stability", "Costs and cut-offs"):
        assert words in page
    assert f"{report.metrics['continuity']['auc']:.4f}" in page
    assert "nan" not in re.sub(r'src="[^"]*"', "", page)


def test_the_page_loads_nothing_from_outside(page: str) -> None:
    assert not re.search(r"""(src|href)=["'](?!data:|#)""", page)
    assert not re.search(r"url\(|@import|<script|<link", page)


def test_the_heat_maps_of_the_widest_pairs_are_there(report: Report) -> None:
    kinds = [name.split(":")[0] for name in report.images]
    assert kinds.count("pair") >= 2
    assert kinds.count("cutoffs") == 2
    assert all(picture.width > 100 for picture in report.images.values())


def test_the_same_model_gives_the_same_page(with_loans: Path, page: str) -> None:
    model = read_model(with_loans / "model")
    assert render(report_of(with_loans), model, POLICY.policy, SETTINGS) == page


def test_the_card_holds_the_figures_and_says_what_was_not_measured(
    with_loans: Path, report: Report
) -> None:
    card = card_of(with_loans, report)
    metrics = report.metrics
    for figure in (
        f"{metrics['continuity']['auc']:.4f}",
        f"{metrics['default']['auc_low']:.4f}",
        f"{100 * metrics['income']['coverage_80']:.1f} %",
        f"{metrics['stability']['default']['psi_score']:.3f}",
    ):
        assert figure in card
    assert "**Synthetic data.**" in card
    assert "not measured (`make yardsticks`)" in card
    assert "real credit data" not in card
    assert all(finding.text in card for finding in report.findings)
    html = card_page(card, metrics["model_version"])
    assert html.count("<table>") == len(re.findall(r"^\|[-:|]+\|$", card, re.MULTILINE)) > 5
    assert not re.search(r"<p>\|", html)
    assert "nan" not in card


def test_plots_for_dvc_hold_the_tables(report: Report, tmp_path: Path) -> None:
    write_plots(report, tmp_path / "plots")
    names = {path.name for path in (tmp_path / "plots").iterdir()}
    assert names == {
        *(
            f"{kind}_{model}.csv"
            for kind in ("calibration", "roc")
            for model in ("continuity", "default")
        ),
        "cutoffs_pd.csv",
        "cutoffs_final_score.csv",
    }
    curve = pd.read_csv(tmp_path / "plots" / "cutoffs_pd.csv")
    assert curve["approval_rate"].is_monotonic_increasing


def test_without_loans_the_report_says_what_is_absent(without_loans: Path, tmp_path: Path) -> None:
    report = report_of(without_loans)
    model = read_model(without_loans / "model")
    page = render(report, model, POLICY.policy, SETTINGS)
    assert "absent: the source holds no loans" in page
    assert "no cut-off can be proposed" in page
    assert report.metrics["fairness"] == report.metrics["cutoffs"] == {}
    card = card_of(without_loans, report)
    assert "There is no default model: the source holds no loans." in card
    assert "No cut-off can be proposed" in card
    write_plots(report, tmp_path / "plots")
    text = (tmp_path / "plots" / "cutoffs_pd.csv").read_text()
    assert text == "cutoff,approval_rate,bad_rate,profit,cost\n"


def test_a_scorecard_is_printed_and_drawn(
    with_loans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    words = ["continuity", "--model", str(with_loans / "model"), "--plots", str(tmp_path / "drawn")]
    monkeypatch.setattr(sys, "argv", ["print_scorecard", *words])
    assert print_scorecard.main() == 0
    shown = capsys.readouterr().out
    card = read_model(with_loans / "model").scorecards["continuity"]
    assert "Time in current job (months)" in shown
    assert len(list((tmp_path / "drawn").glob("*.png"))) == len(card.tables)

    monkeypatch.setattr(sys, "argv", ["print_scorecard", "contnuity", *words[1:3]])
    assert print_scorecard.main() == 1
    assert "name: got contnuity; allowed: continuity" in capsys.readouterr().err
