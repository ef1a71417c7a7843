"""The form follows the schema that the service publishes."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from frontend.form import frame, help_text, label, rows, without_empty
from frontend.schema import Field, Part, example, request_part


def fields(document: dict[str, Any], part: Part) -> dict[str, Field]:
    return {item.name: item for item in request_part(document, part).items}


def test_every_field_of_the_service_has_a_widget_and_a_title(document: dict[str, Any]) -> None:
    parts: tuple[Part, ...] = ("profile", "history", "loan")
    for part in parts:
        published = fields(document, part)
        assert published
        for item in published.values():
            assert item.kind in ("number", "integer", "choice", "date", "list")
            assert item.title["es"] != item.title["en"]
            assert " " in item.title["es"] or item.title["es"].istitle()


def test_number_takes_bounds_unit_and_step(document: dict[str, Any]) -> None:
    age = fields(document, "profile")["age"]
    assert (age.kind, age.minimum, age.maximum, age.step, age.unit) == (
        "number",
        18,
        100,
        1,
        "years",
    )
    assert age.required
    assert age.whole
    assert label(age, "es") == "Edad (años)"
    assert label(age, "en") == "Age (years)"
    assert help_text(age, "es") == "De 18 a 100."


def test_unit_is_not_repeated_after_a_title_that_says_it(document: dict[str, Any]) -> None:
    published = fields(document, "profile")
    assert label(published["contribution_weeks"], "es") == "Semanas cotizadas"
    assert label(published["longest_job_months"], "es") == "Empleo más largo (meses)"
    assert label(published["longest_job_months"], "en") == "Longest job (months)"


def test_nullable_field_keeps_its_own_title_and_is_optional(document: dict[str, Any]) -> None:
    weeks = fields(document, "profile")["contribution_weeks"]
    assert weeks.title == {"es": "Semanas cotizadas", "en": "Contribution weeks"}
    assert not weeks.required


def test_exclusive_minimum_is_kept(document: dict[str, Any]) -> None:
    income = fields(document, "profile")["monthly_income"]
    assert income.exclusive_minimum
    assert not income.whole


def test_choices_keep_the_order_of_an_enumeration(document: dict[str, Any]) -> None:
    education = fields(document, "profile")["education"]
    assert list(education.choices)[:2] == ["primary", "secondary"]
    assert education.choices["higher"]["en"] == "Degree or higher"


def test_states_are_sorted_by_name_and_keyed_by_inegi(document: dict[str, Any]) -> None:
    states = fields(document, "profile")["state"].choices
    names = [named["es"] for named in states.values()]
    assert names == sorted(names)
    assert states["09"]["es"] == "Ciudad de México"


def test_spells_are_a_list_of_typed_columns(document: dict[str, Any]) -> None:
    spells = fields(document, "history")["spells"]
    kinds = {item.name: item.kind for item in spells.items}
    assert spells.kind == "list"
    assert kinds == {
        "employer_id": "text",
        "state": "choice",
        "industry": "choice",
        "start_date": "date",
        "end_date": "date",
        "daily_wage": "number",
    }


def test_the_example_survives_the_table(document: dict[str, Any]) -> None:
    spells = example(document, "history")["history"]["spells"]
    assert rows(frame(fields(document, "history")["spells"], spells)) == spells


def test_an_empty_table_has_its_columns_and_no_rows(document: dict[str, Any]) -> None:
    table = frame(fields(document, "history")["spells"], [])
    assert table["end_date"].dtype == "datetime64[ns]"
    assert rows(table) == []


def test_empty_cells_are_not_sent() -> None:
    table = pd.DataFrame({"employer_id": ["E1"], "state": [None], "end_date": [pd.NaT]})
    assert rows(table) == [{"employer_id": "E1"}]


def test_what_is_empty_is_not_sent_but_zero_is() -> None:
    values = {"a": None, "b": "", "c": 0, "d": date(2026, 1, 2)}
    assert without_empty(values) == {"c": 0, "d": "2026-01-02"}


def test_no_published_example_leaves_the_form_empty(document: dict[str, Any]) -> None:
    assert example(document, "unheard_of") == {}


@pytest.mark.parametrize(("kind", "whole"), [("integer", True), ("number", False)])
def test_whole_without_a_step(kind: Any, whole: bool) -> None:
    assert Field("n", kind, {"es": "N", "en": "N"}).whole is whole
