"""Dates of an applicant: what is read as one, in JSON and in Python, and what is told of the rest."""

import json
from datetime import date, datetime
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from solvencia.domain.applicant import Applicant, EmploymentSpell, IsoDate

ANY_DAY = TypeAdapter(IsoDate)
SPELL = {"employer_id": "A", "start_date": "2020-01-01", "daily_wage": 300.0}


def errors_of(**changed: Any) -> list[tuple[str, str]]:
    """Type and message of what is wrong with a spell, the same from JSON and from Python."""
    with pytest.raises(ValidationError) as from_python:
        EmploymentSpell.model_validate({**SPELL, **changed})
    with pytest.raises(ValidationError) as from_json:
        EmploymentSpell.model_validate_json(json.dumps({**SPELL, **changed}))
    found = [(item["type"], item["msg"]) for item in from_json.value.errors()]
    assert found == [(item["type"], item["msg"]) for item in from_python.value.errors()]
    return found


def test_a_date_comes_as_text_or_as_a_date():
    day = date(2020, 2, 29)

    assert ANY_DAY.validate_json('"2020-02-29"') == day
    assert ANY_DAY.validate_python("2020-02-29") == day
    assert ANY_DAY.validate_python(day) is day
    assert type(ANY_DAY.validate_python(datetime(2020, 2, 29))) is date  # noqa: DTZ001


@pytest.mark.parametrize(
    "value",
    [0, 20200101, 1.5, "0", "1700006400", "20200101", "2020-1-1", " 2020-01-01", "2020-01-01T00:00:00",
     "2020-01-01\n", "", True, None, [], {}],
)  # fmt: skip
def test_nothing_else_is_read_as_a_date(value):
    assert errors_of(start_date=value) == [("iso_date", "Input should be a date, YYYY-MM-DD")]


def test_what_is_wrong_with_a_date_is_said():
    assert "day value is outside expected range" in errors_of(start_date="2021-02-29")[0][1]
    assert errors_of(start_date="1939-12-31") == [
        ("greater_than_equal", "Input should be greater than or equal to 1940-01-01")
    ]
    assert errors_of(end_date="2100-01-02") == [
        ("less_than_equal", "Input should be less than or equal to 2100-01-01")
    ]
    assert errors_of(end_date="2019-12-31") == [
        ("not_allowed", "end_date: got 2019-12-31; allowed: 2020-01-01 (start_date) or later")
    ]


def test_a_date_is_described_as_a_date():
    described = Applicant.model_json_schema()
    start = described["$defs"]["EmploymentSpell"]["properties"]["start_date"]

    assert (start["type"], start["format"], start["title"]) == ("string", "date", "Inicio")
    assert start["title_en"] == "Start"
    assert described["properties"]["birth_date"]["format"] == "date"


def test_a_date_is_written_as_it_is_read():
    spell = EmploymentSpell.model_validate(SPELL)

    assert spell.model_dump()["start_date"] == date(2020, 1, 1)
    assert json.loads(spell.model_dump_json())["start_date"] == "2020-01-01"
