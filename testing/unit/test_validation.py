"""Rows of a source: good ones survive, bad ones are listed with what is wrong."""

from datetime import date

import pytest

from solvencia.data.validation import (
    REQUIRED_COLUMNS,
    LoanRow,
    PersonRow,
    SpellRow,
    check_columns,
    check_rows,
)
from solvencia.domain.errors import SourceError

PERSON = {"person_id": "7", "birth_date": "1990-05-01", "sex": "M", "education": "higher"}
SPELL = {
    "person_id": "7",
    "employer_id": "A",
    "state": "09",
    "industry": "6",
    "start_date": "2020-01-01",
    "end_date": None,
    "daily_wage": "350.5",
}
LOAN = {
    "loan_id": "L1",
    "person_id": "7",
    "granted_on": "2022-03-01",
    "product": "payroll",
    "amount": "20000",
    "term_months": "24.0",
    "annual_rate": "0.3",
    "default_12m": "1",
}
GOOD = {"people": (PersonRow, PERSON), "spells": (SpellRow, SPELL), "loans": (LoanRow, LOAN)}


@pytest.mark.parametrize("table", GOOD)
def test_text_of_a_csv_becomes_typed_values(table):
    model, record = GOOD[table]
    checked = check_rows(table, model, [record])

    assert checked.rejects == []
    assert len(checked.rows) == 1


def test_typed_values_are_what_the_text_says():
    (spell,) = check_rows("spells", SpellRow, [SPELL]).rows
    (loan,) = check_rows("loans", LoanRow, [LOAN]).rows

    assert (spell.start_date, spell.end_date, spell.daily_wage) == (date(2020, 1, 1), None, 350.5)
    assert (loan.term_months, loan.default_12m, loan.product) == (24, 1, "payroll")


def test_numbers_are_accepted_as_identifiers():
    (person,) = check_rows("people", PersonRow, [{**PERSON, "person_id": 7}]).rows

    assert person.person_id == "7"


@pytest.mark.parametrize(
    ("table", "field", "value"),
    [
        ("people", "birth_date", "soon"),
        ("people", "birth_date", None),
        ("people", "birth_date", "1850-01-01"),
        ("people", "sex", "F"),
        ("people", "education", "doctorate"),
        ("people", "contribution_weeks", -1),
        ("people", "person_id", ""),
        ("spells", "start_date", "31/12/2020"),
        ("spells", "start_date", "2021-02-29"),
        ("spells", "start_date", "1939-12-31"),
        ("spells", "daily_wage", -5),
        ("spells", "daily_wage", 0),
        ("spells", "daily_wage", "nan"),
        ("spells", "daily_wage", "inf"),
        ("spells", "daily_wage", 100_001),
        ("spells", "state", "33"),
        ("spells", "state", "9"),
        ("spells", "industry", "2"),
        ("spells", "employer_id", None),
        ("loans", "product", "mortgage"),
        ("loans", "amount", 499),
        ("loans", "term_months", 121),
        ("loans", "term_months", "12.5"),
        ("loans", "annual_rate", 3.5),
        ("loans", "default_12m", 2),
        ("loans", "default_12m", "yes"),
    ],
)
def test_a_bad_value_is_rejected_with_its_place(table, field, value):
    model, record = GOOD[table]
    checked = check_rows(table, model, [record, {**record, field: value}, record])

    assert len(checked.rows) == 2
    (reject,) = checked.rejects
    assert (reject.table, reject.row, reject.field, reject.value) == (table, 2, field, str(value))
    assert len(reject.rule) > 5


def test_a_spell_cannot_end_before_it_starts():
    checked = check_rows("spells", SpellRow, [{**SPELL, "end_date": "2019-12-31"}])

    assert checked.rows == []
    (reject,) = checked.rejects
    assert "end_date: got 2019-12-31; allowed: 2020-01-01 (start_date) or later" in reject.rule


def test_a_spell_of_one_day_is_good():
    assert check_rows("spells", SpellRow, [{**SPELL, "end_date": "2020-01-01"}]).rejects == []


def test_each_bad_value_of_a_row_is_listed_and_rows_keep_their_numbers():
    bad = {**SPELL, "daily_wage": -5, "state": "99"}
    checked = check_rows("spells", SpellRow, [SPELL, bad], numbers=[41, 42])

    assert [(reject.row, reject.field) for reject in checked.rejects] == [
        (42, "state"),
        (42, "daily_wage"),
    ]


def test_a_long_value_is_cut():
    (reject,) = check_rows("people", PersonRow, [{**PERSON, "birth_date": "x" * 500}]).rejects

    assert reject.value == "x" * 80


@pytest.mark.parametrize("table", GOOD)
def test_a_missing_column_is_named(table):
    for absent in REQUIRED_COLUMNS[table]:
        rest = [name for name in REQUIRED_COLUMNS[table] if name != absent]
        with pytest.raises(SourceError, match=f"{table}: lacks the columns {absent}"):
            check_columns(table, rest)


def test_optional_columns_may_be_missing():
    assert REQUIRED_COLUMNS["people"] == ("person_id", "birth_date")
    check_columns("people", ["person_id", "birth_date", "shoe_size"])
