"""Contracts of data sets: read strictly, and a file is read as its contract says or not at all."""

import os
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from solvencia.data.contract import Dataset, load_data, read_contract
from solvencia.domain.characteristic import Characteristic
from solvencia.domain.errors import SourceError

CONTRACT = """
name: small
title: A small one
file: folder/rows.csv
target: {column: paid, bad: ["no"], good: ["yes"]}
date: {column: granted, format: "%d.%m.%Y", test_from: 2024-03-01}
missing: ["", NA]
columns:
  income: {title: Monthly income, unit: MXN, direction: -1}
  late: {direction: 1, missing: ["96", "98"]}
  rent: {learn: false}
  job:
    levels: {fixed: [F, f], own: [O]}
  school:
    ordered: true
    direction: -1
    other_is_missing: true
    levels: {low: ["1"], high: ["2", "3"]}
derived:
  rent_share: {title: Rent to income, unit: share, direction: 1, ratio: [rent, income]}
  left: {difference: [income, rent]}
excluded:
  id: an identifier
  recovered: known only after the loan was granted
"""
ROWS = """id,granted,income,late,rent,job,school,recovered,paid
1,01.01.2024,1000,0,250,F,1,5,no
2,29.02.2024,0,96,100,O,3,0,yes
3,01.03.2024,NA,2,100,f,9,0,yes
4,31.12.2024,2000,98,,,,7,no
"""


def contract_file(folder: Path, text: str = CONTRACT) -> Path:
    path = folder / "small.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def load(folder: Path, rows: str = ROWS, contract: str = CONTRACT) -> Dataset:
    (folder / "folder").mkdir(exist_ok=True)
    (folder / "folder" / "rows.csv").write_text(rows, encoding="utf-8")
    loaded = load_data(read_contract(contract_file(folder, contract)), folder)
    assert loaded is not None
    return loaded


def test_a_file_is_read_as_its_contract_says(tmp_path: Path) -> None:
    data = load(tmp_path)
    nan = np.nan

    assert data.characteristics == (
        Characteristic("income", "Monthly income", "MXN", direction=-1),
        Characteristic("late", "late", direction=1),
        Characteristic("job", "job", levels=("fixed", "own")),
        Characteristic("school", "school", levels=("low", "high"), ordered=True, direction=-1),
        Characteristic("rent_share", "Rent to income", "share", direction=1),
        Characteristic("left", "left"),
    )
    assert list(data.columns) == [item.name for item in data.characteristics]
    np.testing.assert_array_equal(data.columns["income"], [1000, 0, nan, 2000])
    np.testing.assert_array_equal(data.columns["late"], [0, nan, 2, nan])
    assert data.columns["job"].tolist() == ["fixed", "own", "fixed", None]
    assert data.columns["school"].tolist() == ["low", "high", None, None]
    np.testing.assert_array_equal(data.target, [1, 0, 0, 1])
    assert data.days is not None
    assert data.days.astype(str).tolist() == [
        "2024-01-01",
        "2024-02-29",
        "2024-03-01",
        "2024-12-31",
    ]
    assert data.test_from == date(2024, 3, 1)


def test_a_derived_column_is_missing_where_it_cannot_be_known(tmp_path: Path) -> None:
    data = load(tmp_path)

    np.testing.assert_array_equal(data.columns["rent_share"], [0.25, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(data.columns["left"], [750, -100, np.nan, np.nan])


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("sum: [income, rent, late]", [1250, np.nan, np.nan, np.nan]),
        ("highest: [income, rent]", [1000, 100, np.nan, np.nan]),
        ("lowest: [income, rent]", [250, 0, np.nan, np.nan]),
        ("first_known: [income, rent]", [1000, 0, 100, 2000]),
    ],
)
def test_the_other_operations(tmp_path: Path, operation: str, expected: list[float]) -> None:
    data = load(tmp_path, contract=CONTRACT.replace("difference: [income, rent]", operation))

    np.testing.assert_array_equal(data.columns["left"], expected)


def test_an_absent_file_is_no_data_set(tmp_path: Path) -> None:
    assert load_data(read_contract(contract_file(tmp_path)), tmp_path) is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("2,29.02.2024,0,", "2,29.02.2024,none,", "row 2, column income: got 'none'; allowed: a number"),
        ("2,29.02.2024,0,", "2,29.02.2024,inf,", "row 2, column income: got 'inf'; allowed: a number"),
        ("1,01.01.2024", "1,2024-01-01", "row 1, column granted: got '2024-01-01'; allowed: a day as"),
        (",O,3,", ",X,3,", "row 2, column job: got 'X'; allowed: F, f, O"),
        ("7,no", "7,maybe", "row 4, column paid: got 'maybe'; allowed: no, yes"),
        ("late,rent", "late,flat", "has no column 'rent'"),
        ("id,", "key,", "column 'key' is not in the contract small"),
    ],
)  # fmt: skip
def test_a_file_that_breaks_its_contract_is_refused(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in ROWS
    with pytest.raises(SourceError) as caught:
        load(tmp_path, ROWS.replace(old, new))

    assert "rows.csv" in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("title: A small one", "titel: A small one", "titel: Extra inputs are not permitted"),
        ("unit: MXN", "units: MXN", "columns.income.units: Extra inputs are not permitted"),
        ("direction: -1}", "direction: 2}", "columns.income.direction"),
        ("direction: -1}", 'direction: "-1"}', "columns.income.direction"),
        ('bad: ["no"]', "bad: [0]", "target.bad.0: Input should be a valid string (got 0)"),
        ('bad: ["no"]', "bad: [yes]", "'yes' means both bad and good"),
        ("2024-03-01", "soon", "date.test_from"),
        ("  id: an", "  rent: an", "columns.rent: it is excluded: an identifier"),
        ("column: paid", "column: late", "columns.late: it is the target"),
        ("column: granted", "column: late", "columns.late: it is the date"),
        ("own: [O]", "own: [f]", "columns.job: Value error, levels: 'f' means two levels"),
        ("    ordered: true\n", "", "direction: got -1; allowed: 0, its levels have no order"),
        ("late: {direction: 1", "late: {ordered: true", "a number has no levels"),
        ("ratio: [rent, income]", "ratio: [rent, job]", "got 'job'; allowed: a number declared"),
        ("ratio: [rent, income]", "ratio: [rent, left]", "got 'left'; allowed: a number declared"),
        ("ratio: [rent, income]", "ratio: [rent]", "ratio: got ['rent']; allowed: two names"),
        ("ratio: [rent, income]", "ratio: [rent, late, income]", "allowed: two names"),
        ("ratio: [rent, income]", "sum: [rent, late], lowest: [rent, late]", "allowed: one of"),
        ("ratio: [rent, income]", "eval: rent / income", "Extra inputs are not permitted"),
        ("  left:", "  recovered:", "derived.recovered: the file has a column of that name"),
        ("name: small", "name: small\nname: other", 'found duplicate key "name"'),
        ("columns:", "columns: [", "cannot be read"),
    ],
)
def test_a_contract_that_is_not_clear_is_refused(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    assert old in CONTRACT
    path = contract_file(tmp_path, CONTRACT.replace(old, new, 1))
    with pytest.raises(SourceError) as caught:
        read_contract(path)

    assert str(path) in str(caught.value)
    assert message in str(caught.value)


def test_an_absent_contract_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"absent\.yaml: the contract cannot be read"):
        read_contract(tmp_path / "absent.yaml")


def test_a_leak_among_the_inputs_is_refused(tmp_path: Path) -> None:
    leaking = CONTRACT.replace("  rent: {learn: false}", "  rent: {learn: false}\n  recovered: {}")
    with pytest.raises(SourceError, match=r"columns\.recovered: it is excluded: known only after"):
        load(tmp_path, contract=leaking)


CONTRACTS = Path(__file__).parents[2] / "dataset" / "contracts"
SHIPPED = sorted(CONTRACTS.glob("*.yaml"))
NEVER_AN_INPUT = re.compile(
    r"sex|gender|^id$|_id$|^unnamed|grade|int_rate|^last_|total_rec|total_pymnt"
    r"|recover|out_prncp|^url$|^desc$|emp_title|zip_code",
    re.IGNORECASE,
)
"""Sex, identifiers, free text, the lender's own view of the risk, what came after the loan."""


def test_every_data_set_has_its_contract() -> None:
    assert {path.stem for path in SHIPPED} >= {
        "applications_614", "german", "give_me_some_credit", "lending_club", "seniority", "taiwan",
    }  # fmt: skip


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_contract_loads_and_uses_no_leak(path: Path) -> None:
    contract = read_contract(path)

    assert contract.name == path.stem
    assert [name for name in contract.columns if NEVER_AN_INPUT.search(name)] == []


def test_without_the_instalment_nothing_tells_the_rate() -> None:
    contract = read_contract(CONTRACTS / "lending_club_unpriced.yaml")

    assert "installment" in contract.excluded


@pytest.mark.parametrize("name", ["lending_club", "lending_club_unpriced"])
def test_the_leaks_the_data_is_known_for_are_excluded_by_name(name: str) -> None:
    excluded = read_contract(CONTRACTS / f"{name}.yaml").excluded

    assert set(excluded) >= {
        "total_rec_late_fee", "last_pymnt_amnt", "last_pymnt_amnt.1", "recoveries",
        "last_fico_range_high", "grade", "grade.1", "sub_grade", "sub_grade.1", "int_rate",
    }  # fmt: skip


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_no_input_of_the_real_data_tells_the_target_alone(path: Path) -> None:
    data = load_data(read_contract(path), Path(os.environ.get("DATA", "no folder is named")))
    if data is None:
        pytest.skip(f"no data of {path.stem}: name its folder by DATA")
    for item in data.characteristics:
        column = data.columns[item.name]
        if not item.is_category:
            known = ~np.isnan(column)
            area = roc_auc_score(data.target[known], column[known])
            assert 0.2 < area < 0.8, item.name
