"""The benchmark: every model on the same rows, and a report of what was there to compare."""

import json
import shutil
import sys
from dataclasses import asdict, fields, replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import yaml

from solvencia.data.contract import Dataset
from solvencia.domain.characteristic import Characteristic
from solvencia.domain.errors import InvalidInputError, SourceError
from solvencia.training.benchmark import FEW_ROWS, MODELS, Standing, benchmark, split_of
from solvencia.training.fit import FitSettings
from utilities import benchmark as command

ROOT = Path(__file__).parents[2]
SETTINGS = FitSettings(
    rounds=40,
    learning_rate=0.2,
    max_bins=8,
    max_pairs=2,
    min_rows_per_leaf=10,
    l2=1.0,
    row_share=1.0,
    column_share=1.0,
    profile_share=0.0,
    threads=1,
    seed=3,
)


def lenders(rows: int = 400, *, by_date: bool = False) -> Dataset:
    """Borrowers whose risk falls with income and rises with school left early; some incomes unknown."""
    rng = np.random.default_rng(5)
    income = rng.normal(size=rows)
    school = rng.choice(np.array(["low", "high"], dtype=object), rows)
    job = rng.choice(np.array(["fixed", "own", None], dtype=object), rows)
    margin = -1.0 - 1.5 * income + 1.2 * (school == "low")
    target = (rng.random(rows) < 1 / (1 + np.exp(-margin))).astype(np.float64)
    income[rng.random(rows) < 0.1] = np.nan
    days = np.datetime64("2024-01-01") + np.arange(rows)
    return Dataset(
        "lenders",
        "Made for this test",
        (
            Characteristic("income", direction=-1),
            Characteristic("school", levels=("low", "high"), ordered=True, direction=-1),
            Characteristic("job", levels=("fixed", "own")),
        ),
        {"income": income, "school": school, "job": job},
        target,
        days if by_date else None,
        date(2024, 10, 1) if by_date else None,
    )


def by_income(columns):
    return 1 / (1 + np.exp(0.5 + 1.2 * np.nan_to_num(columns["income"])))


def checked(standing: Standing) -> Standing:
    assert 0.7 < standing.auc < 0.9
    assert 0 < standing.auc_sd < 0.1
    assert 0.3 < standing.ks < 0.8
    assert 0.1 < standing.brier < 0.21
    assert standing.seconds > 0
    return standing


@pytest.mark.slow
def test_every_model_learns_what_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("solvencia.training.benchmark.REPEATS", 1)
    data = lenders()
    before = {name: column.copy() for name, column in data.columns.items()}
    standings = benchmark(data, SETTINGS)

    assert list(standings) == ["glass_box", "xgboost", "ebm", "logistic"]
    for standing in standings.values():
        checked(standing)
    for name, column in before.items():
        np.testing.assert_array_equal(data.columns[name], column)


def test_small_data_are_shuffled_five_times_and_large_ones_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tested: list[int] = []

    def guess(characteristics, columns, target, later, settings):
        tested.append(len(later["income"]))
        return by_income(later)

    monkeypatch.setitem(MODELS, "guess", guess)
    small, large = lenders(), lenders(FEW_ROWS)

    checked(benchmark(small, SETTINGS, ["guess"])["guess"])
    assert tested == [80] * 25
    tested.clear()
    benchmark(large, SETTINGS, ["guess"])
    assert tested == [1000] * 5
    assert (split_of(small), split_of(large)) == ("5 folds, 5 times; ebm once", "5 folds")


def test_by_date_the_past_learns_and_the_later_rows_test(monkeypatch: pytest.MonkeyPatch) -> None:
    data = lenders(by_date=True)
    seen = []

    def guess(characteristics, columns, target, later, settings):
        seen.append((target, columns["income"], later["income"]))
        return by_income(later)

    monkeypatch.setitem(MODELS, "guess", guess)
    standing = checked(benchmark(data, SETTINGS, ["guess"])["guess"])

    ((target, earlier, later),) = seen
    first = 274  # 2024-10-01, counted from 2024-01-01
    np.testing.assert_array_equal(earlier, data.columns["income"][:first])
    np.testing.assert_array_equal(later, data.columns["income"][first:])
    np.testing.assert_array_equal(target, data.target[:first])
    assert split_of(data) == "tested from 2024-10-01"
    assert standing == replace(
        benchmark(data, SETTINGS, ["guess"])["guess"], seconds=standing.seconds
    )


def test_a_date_that_leaves_one_side_empty_is_refused() -> None:
    data = replace(lenders(by_date=True), test_from=date(2030, 1, 1))
    with pytest.raises(SourceError, match="lenders: 0 rows from 2030-01-01"):
        benchmark(data, SETTINGS, ["logistic"])


def test_an_unknown_model_is_refused() -> None:
    with pytest.raises(
        InvalidInputError, match="got forest; allowed: glass_box, xgboost, ebm, logistic"
    ):
        benchmark(lenders(), SETTINGS, ["forest"])


GERMAN = "german_credit/germancredit.csv"


def run(monkeypatch: pytest.MonkeyPatch, project: Path, *arguments: object) -> int:
    shutil.copytree(ROOT / "dataset" / "contracts", project / "dataset" / "contracts")
    parameters = yaml.safe_dump({"benchmark": asdict(SETTINGS)})
    (project / "params.yaml").write_text(parameters, encoding="utf-8")
    monkeypatch.delenv("DATA", raising=False)
    monkeypatch.chdir(project)
    monkeypatch.setattr(sys, "argv", ["benchmark", *map(str, arguments)])
    return command.main()


@pytest.mark.parametrize("arguments", [(), ("--data", "/no/such/folder")])
def test_without_data_the_command_says_so(
    arguments: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    assert run(monkeypatch, tmp_path, *arguments) == 0
    assert "benchmark skipped" in capsys.readouterr().out


def test_what_is_absent_is_skipped_and_the_rest_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    source = tmp_path / "loan_prediction_614" / "train.csv"
    source.parent.mkdir()
    header = (
        "Loan_ID,Gender,Married,Dependents,Education,Self_Employed,ApplicantIncome,CoapplicantIncome,"
        "LoanAmount,Loan_Amount_Term,Credit_History,Property_Area,Loan_Status"
    )
    rows = [
        f"L{row},Male,Yes,{row % 3},Graduate,No,{3000 + 37 * row},0,{90 + row % 40},360,"
        f"{int(row % 5 > 0)},Urban,{'N' if row % 5 == 0 or row % 7 == 0 else 'Y'}"
        for row in range(100)
    ]
    source.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    output = tmp_path / "benchmark.json"
    asked = ("--only", "applications_614,german", "--models", "logistic", "--output", output)

    assert run(monkeypatch, tmp_path, "--data", tmp_path, *asked) == 0
    printed = capsys.readouterr().out
    assert f"skipped: no file {tmp_path / GERMAN}" in printed
    report = json.loads(output.read_text(encoding="utf-8"))
    assert list(report) == ["applications_614"]
    figures = report["applications_614"]["logistic"]
    assert list(figures) == [field.name for field in fields(Standing)]
    assert f"{figures['auc']:.4f}" in printed


def test_an_unknown_contract_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(monkeypatch, tmp_path, "--data", tmp_path, "--only", "swiss") == 1
    assert "swiss.yaml: the contract cannot be read" in capsys.readouterr().err
