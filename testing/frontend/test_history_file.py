"""A work history from a file or the clipboard."""

from typing import Any

import pytest

from frontend.form import frame, rows
from frontend.history_file import decode, read, template
from frontend.schema import Field, example, request_part
from frontend.screens.history_table import Kept, add, problems

SPANISH = """Patrón;Estado;Industria;Inicio;Fin;Salario diario;Folio
Abarrotes;CDMX;comercio;01/02/2012;30/06/2014;$1,212.50;1
Transportes;Coahuila;7;2014-09-15;31/02/2020;310,5;2
"""


@pytest.fixture(scope="session")
def spells(document: dict[str, Any]) -> Field:
    found = {item.name: item for item in request_part(document, "history").items}
    return found["spells"]


def test_titles_in_any_order_and_as_people_write_values(spells: Field) -> None:
    found = read(SPANISH, spells)
    assert found.rows == (
        {
            "employer_id": "Abarrotes",
            "state": "09",
            "industry": "6",
            "start_date": "2012-02-01",
            "end_date": "2014-06-30",
            "daily_wage": 1212.5,
        },
        {
            "employer_id": "Transportes",
            "state": "05",
            "industry": "7",
            "start_date": "2014-09-15",
            "daily_wage": 310.5,
        },
    )
    assert found.unknown == ("Folio",)
    assert not found.lacking


def test_what_is_not_understood_is_named_and_the_rest_of_its_row_kept(spells: Field) -> None:
    found = read(SPANISH, spells)
    assert [(cell.row, cell.field.name, cell.value) for cell in found.unread] == [
        (1, "end_date", "31/02/2020")
    ]
    told = problems(found, 3, "es")
    assert told[0] == ("Renglón 5, Fin: no se entiende «31/02/2020»; la celda quedó vacía.")
    assert told[1] == "Columnas que no se usaron: Folio."


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_template_is_read_back(document: dict[str, Any], spells: Field, language: Any) -> None:
    items = example(document, "history")["history"]["spells"]
    found = read(decode(template(spells, items, language)), spells)
    assert list(found.rows) == items
    assert (found.unread, found.unknown, found.lacking) == ((), (), ())


def test_field_names_and_tabs(spells: Field) -> None:
    found = read("daily_wage\temployer_id\n455\tLogística MX\n", spells)
    assert found.rows == ({"daily_wage": 455.0, "employer_id": "Logística MX"},)
    assert [item.name for item in found.lacking] == ["start_date"]
    assert problems(found, 0, "es") == ["Columnas que faltan: Inicio."]


def test_without_titles_in_the_order_of_the_table(spells: Field) -> None:
    found = read("E1\t9\t6\t01/01/2020\t\t455\n\nE1\t09\tComercio\t2021-01-01\t\t500\n", spells)
    assert [row["daily_wage"] for row in found.rows] == [455.0, 500.0]
    assert {row["state"] for row in found.rows} == {"09"}
    assert not found.lacking


@pytest.mark.parametrize("cell", ["Baja", "99", "xyz"])
def test_a_state_that_could_be_two_or_none_is_not_guessed(spells: Field, cell: str) -> None:
    found = read(f"employer_id,state\nE1,{cell}\n", spells)
    assert "state" not in found.rows[0]
    assert found.unread[0].value == cell


@pytest.mark.parametrize("text", ["", " \n\n", "Patrón,Inicio\n"])
def test_no_rows(spells: Field, text: str) -> None:
    assert read(text, spells).rows == ()


def test_a_file_is_added_below_what_was_typed(spells: Field) -> None:
    typed = frame(spells, [{"employer_id": "E0", "daily_wage": 300.0}])
    kept = Kept(frame(spells, []), frame(spells, []), typed)
    add(kept, read(SPANISH, spells), spells)
    assert [row["employer_id"] for row in rows(kept.now)] == ["E0", "Abarrotes", "Transportes"]
    assert kept.first == 1
    assert kept.before is typed


def test_what_was_typed_stays_after_another_page_was_shown(spells: Field) -> None:
    start = frame(spells, [{"employer_id": "E0", "daily_wage": 300.0}])
    typed = frame(spells, [{"employer_id": "E0", "daily_wage": 310.0}])
    kept = Kept(start, typed, typed)  # the editor began anew with what was typed
    add(kept, read(SPANISH, spells), spells)
    assert [row["employer_id"] for row in rows(kept.now)] == ["E0", "Abarrotes", "Transportes"]


def test_a_file_takes_the_place_of_an_untouched_example(spells: Field) -> None:
    start = frame(spells, [{"employer_id": "E0", "daily_wage": 300.0}])
    kept = Kept(start, start, start)
    add(kept, read(SPANISH, spells), spells)
    assert [row["employer_id"] for row in rows(kept.now)] == ["Abarrotes", "Transportes"]


def test_a_file_without_rows_changes_nothing(spells: Field) -> None:
    start = frame(spells, [{"employer_id": "E0", "daily_wage": 300.0}])
    kept = Kept(start, start, start)
    add(kept, read("Patrón,Inicio\n", spells), spells)
    assert rows(kept.now) == [{"employer_id": "E0", "daily_wage": 300.0}]
