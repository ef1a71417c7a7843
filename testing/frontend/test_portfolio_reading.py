"""Files of applicants: how they are read, matched and understood."""

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook
from portfolio_service import csv_of

from frontend.portfolio import reading, values
from frontend.portfolio.columns import Column, allowed, columns_of, heading, match, missing
from frontend.portfolio.faults import check, told
from frontend.portfolio.preview import first_rows
from frontend.portfolio.reading import Sheet, Unreadable, read
from frontend.portfolio.requests import ndjson, portfolio_of
from frontend.portfolio.states import STATES


@pytest.fixture(scope="module")
def columns(document: dict[str, Any]) -> tuple[Column, ...]:
    return columns_of(document)


def column(columns: tuple[Column, ...], name: str) -> Column:
    return next(item for item in columns if item.name == name)


def cells(sheet: Sheet) -> list[list[str]]:
    return [list(row.values()) for row in sheet.table.to_pylist()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    text = f'Edad{delimiter}Educación\r\n41{delimiter}"Técnica{delimiter} ñ"\r\n'
    sheet = read("a.csv", text.encode(encoding))
    assert sheet.header == ("Edad", "Educación")
    assert cells(sheet) == [["41", f"Técnica{delimiter} ñ"]]


def test_rows_keep_their_number_in_the_file_and_blank_ones_are_passed_over() -> None:
    sheet = read("a.csv", b"\nage,x,\n1,2,\n,,\n3\n")
    assert sheet.header == ("age", "x")
    assert cells(sheet) == [["1", "2"], ["3", ""]]
    assert [sheet.number(row) for row in range(2)] == [3, 5]


def workbook(*rows: list[Any]) -> bytes:
    book = Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_a_workbook_with_numbers_dates_and_an_empty_sheet_before() -> None:
    book = Workbook()
    second = book.create_sheet("b")
    second.append(["Edad", "Estado", "Fecha"])
    second.append([41.0, 9, date(2026, 11, 20)])
    second.append([41.5, None, "x"])
    written = io.BytesIO()
    book.save(written)
    sheet = read("a.xlsx", written.getvalue())
    assert cells(sheet) == [["41", "9", "2026-11-20"], ["41.5", "", "x"]]


@pytest.mark.parametrize(
    ("name", "data", "key"),
    [
        ("a.csv", b"", "portfolio.unreadable.empty"),
        ("a.csv", b"age,state\n", "portfolio.unreadable.empty"),
        ("a.xlsx", b"age\n1\n", "portfolio.unreadable.excel"),
        ("a.xlsx", b"PK\x03\x04broken", "portfolio.unreadable.excel"),
        ("a.xls", b"\xd0\xcf\x11\xe0old", "portfolio.unreadable.excel"),
        ("a.csv", b"age\n" + b"x" * 200_000, "portfolio.unreadable.csv"),
        ("a.csv", b"a," * 300 + b"b\n1\n", "portfolio.unreadable.columns"),
    ],
)
def test_what_is_no_table_is_told(name: str, data: bytes, key: str) -> None:
    with pytest.raises(Unreadable) as error:
        read(name, data)
    assert error.value.key == key


def test_too_many_rows_are_told_before_they_are_all_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_ROWS", 10)
    with pytest.raises(Unreadable) as error:
        read("a.csv", b"age\n" + b"1\n" * 11)
    assert error.value.key == "portfolio.unreadable.rows"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("monthly_income", "monthly_income"),
        ("INGRESO MENSUAL (MXN)", "monthly_income"),
        ("ingreso_mensual", "monthly_income"),
        ("Edad (años)", "age"),
        ("patrones en los ultimos 5 anos", "employers_5y"),
        ("Longest job", "longest_job_months"),
        ("Entidad", "state"),
        ("Plazo (meses)", "term_months"),
        ("reference", "reference"),
        ("Notas", None),
    ],
)
def test_columns_go_by_name_or_title(
    columns: tuple[Column, ...], title: str, name: str | None
) -> None:
    assert match([title], columns).get(0) == name


def test_every_heading_is_recognised(columns: tuple[Column, ...]) -> None:
    for language in ("es", "en"):
        titles = [heading(item, language) for item in columns]
        assert list(match(titles, columns).values()) == [item.name for item in columns]
        assert all(allowed(item, language) for item in columns)


def test_the_first_of_two_alike_has_the_name(columns: tuple[Column, ...]) -> None:
    assert match(["age", "Edad"], columns) == {0: "age"}
    assert [item.name for item in missing({0: "age"}, columns)] == [
        "monthly_income",
        "months_in_current_job",
    ]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("monthly_income", "$18,500.50", 18500.5),
        ("monthly_income", "MXN 18 500", 18500),
        ("monthly_income", "12,5", "12,5"),
        ("monthly_income", "nan", None),
        ("monthly_income", "n/a", None),
        ("monthly_income", "mucho", "mucho"),
        ("employers_5y", "2.0", 2),
        ("state", "9", "09"),
        ("state", "9.0", "09"),
        ("state", "cdmx", "09"),
        ("state", "Coahuila", "05"),
        ("state", "Baja California", "02"),
        ("state", "BCS", "03"),
        ("state", "Estado de México", "15"),
        ("state", "California", "California"),
        ("state", "-", None),
        ("industry", "0", "0"),
        ("education", "Licenciatura", "higher"),
        ("product", "NOMINA", "payroll"),
        ("product", "crédito", "crédito"),
        ("as_of", "20/11/2026", "2026-11-20"),
        ("as_of", "31/02/2026", "31/02/2026"),
        ("reference", "=a", "=a"),
    ],
)
def test_cells_are_understood_or_left_for_the_service(
    columns: tuple[Column, ...], name: str, text: str, value: object
) -> None:
    assert values.value_of(column(columns, name), text) == value


def test_every_state_goes_by_its_abbreviation(columns: tuple[Column, ...]) -> None:
    state = column(columns, "state")
    assert {values.value_of(state, tile.short) for tile in STATES.values()} == set(STATES)


def test_requests_hold_what_is_there_and_no_more(columns: tuple[Column, ...]) -> None:
    sheet = read("a.csv", b"reference,age,amount,state,notas\na-1,41,,9,x\n,,5000,,\n")
    portfolio = portfolio_of(sheet, match(sheet.header, columns), columns)
    requests = portfolio.requests(0, 10)
    assert requests == [
        {"reference": "a-1", "profile": {"age": 41, "state": "09"}},
        {"profile": {}, "loan": {"amount": 5000}},
    ]
    assert ndjson(requests) == ndjson(portfolio.requests(0, 10))
    assert portfolio.requests(1, 1) == requests[1:]


def test_faults_are_found_by_row_and_column_before_anything_is_sent(
    columns: tuple[Column, ...],
) -> None:
    data = b"ingreso mensual,edad,state,employers_5y\n,35,99,2.5\n9000,12,9,2\n9000,40,9,2\n"
    sheet = read("a.csv", data)
    faults = check(sheet, match(sheet.header, columns), columns)
    assert faults.rows == 2
    lines = told(faults.table, columns, {"age": "edad"}, "es").to_numpy().tolist()
    assert [line[:3] for line in lines] == [
        [2, "monthly_income", ""],
        [2, "state", "99"],
        [2, "employers_5y", "2.5"],
        [3, "edad", "12"],
    ]
    assert lines[0][3] == "Falta este dato."
    assert lines[1][3] == "Se admite clave de 01 a 32, o el nombre."
    assert lines[3][3] == "Se admite un número, de 18 a 100."


def test_the_preview_shows_values_as_they_are_understood(columns: tuple[Column, ...]) -> None:
    sheet = read("a.csv", csv_of(9))
    mapping = match(sheet.header, columns) | {6: "amount"}
    shown = first_rows(portfolio_of(sheet, mapping, columns), "es")
    assert len(shown) == 5
    first = dict(shown.iloc[0])
    assert first["Renglón"] == "2"
    assert first["Ingreso mensual (MXN)"] == "$18,500.00"
    assert first["Estado"] == "Ciudad de México"
    assert first["Producto"] == "Crédito de nómina"
