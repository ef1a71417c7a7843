"""Batches read from and written to their formats, without a service."""

import csv as plain_csv
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import orjson
import pyarrow as pa
import pytest
from fastapi.exceptions import RequestValidationError
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet as pq

from api.errors import MalformedBodyError
from api.uploads import csv, json_list, lines, ndjson, parquet
from api.uploads.formats import NotAcceptableError, preferred
from api.uploads.rows import Answered, Row
from api.uploads.table import ANSWER_COLUMNS
from api.wire.score import HISTORY_EXAMPLE, PROFILE_EXAMPLE, ScoreRequest
from solvencia.domain.errors import InvalidInputError

PROFILE = {"monthly_income": 9000, "age": 30, "months_in_current_job": 3}
HEADER = "monthly_income,age,months_in_current_job"
CURP = "HEGG560427MVZRRL04"
WRONG_CURP = "HEGG560427MVZRRL05"


def sent(rows: list[Row] | Iterator[Row]) -> list[dict[str, Any] | list[str]]:
    """Of each row what was set in it, or the fields that are wrong."""
    return [
        [error["field"] for error in row.errors]
        if row.request is None
        else row.request.model_dump(mode="json", exclude_unset=True)
        for row in rows
    ]


def table(text: str) -> list[Row]:
    return list(csv.read(BytesIO(text.encode())))


class TestCsv:
    def test_columns_are_matched_by_name(self) -> None:
        text = (
            "curp,reference,as_of,amount,product,term_months,age,monthly_income,"
            "months_in_current_job,state,industry\n"
            f"{CURP},c1,2026-11-20,20000,payroll,12,30,9000.5,3,09,6\n"
        )
        (row,) = table(text)
        assert row.request is not None
        assert row.request.curp is not None
        assert row.request.curp.get_secret_value() == CURP
        assert row.request.model_dump(mode="json", exclude_unset=True, exclude={"curp"}) == {
            "reference": "c1",
            "as_of": "2026-11-20",
            "profile": {
                "monthly_income": 9000.5,
                "age": 30.0,
                "months_in_current_job": 3.0,
                "industry": "6",
                "state": "09",
            },
            "loan": {"product": "payroll", "amount": 20000.0, "term_months": 12},
        }

    def test_an_empty_cell_is_left_out(self) -> None:
        text = f"reference,{HEADER},state,product,amount,term_months\n,9000,30,3, ,,,\n"
        assert sent(table(text)) == [{"profile": PROFILE}]

    @pytest.mark.parametrize(
        "text",
        [
            f"{HEADER}\n9000,30,3\n",
            f"\ufeff{HEADER}\r\n9000,30,3\r\n",
            f"\n{HEADER}\n\n9000,30,3\n\n",
            f"{HEADER}\n9000,30,3",
            f"{HEADER}\n9000 , 30, 3",
            f'{HEADER}\n"9000","30","3"\n',
            "monthly_income;age;months_in_current_job\n9000;30;3\n",
        ],
        ids=["plain", "windows", "blank lines", "no end", "spaces", "quotes", "semicolons"],
    )
    def test_the_usual_dialects(self, text: str) -> None:
        assert sent(table(text)) == [{"profile": PROFILE}]

    def test_a_bad_row_names_its_columns_and_leaves_the_others(self) -> None:
        text = (
            f"{HEADER},product,amount,term_months,curp\n"
            "9000,30,3,,,,\n"
            "x,30,3,payroll,1,12,\n"
            "9000,30,3,,100,,\n"
            f"9000,30,3,,,,{WRONG_CURP}\n"
            "9000,30,3\n"
            "9000,30,3,,,,,,,\n"
            '9000,30,"3,,,,\n'
            "9000,30,3,,,,\n"
        )
        rows = table(text)
        assert [row.number for row in rows] == list(range(1, 9))
        assert sent(rows) == [
            {"profile": PROFILE},
            ["monthly_income", "amount"],
            ["product", "amount", "term_months"],
            ["curp"],
            ["row"],
            ["row"],
            ["row"],
            {"profile": PROFILE},
        ]
        assert WRONG_CURP not in str([row.errors for row in rows])

    def test_a_row_in_another_encoding(self) -> None:
        lines_sent = [f"{HEADER},education\n", "9000,30,3,técnica\n", "9000,30,3,technical\n"]
        body = "".join(lines_sent).encode("latin-1")
        rows = list(csv.read(BytesIO(body)))
        assert sent(rows) == [["row"], {"profile": {**PROFILE, "education": "technical"}}]
        assert "UTF-8" in rows[0].errors[0]["message"]

    @pytest.mark.parametrize(
        ("header", "field", "allowed"),
        [
            ("monthly_income,age,months_in_current_job,sexo", "sexo", "reference, curp, as_of"),
            ("monthly_income,age", "months_in_current_job", "monthly_income, age"),
            ("monthly_income,age,months_in_current_job,age", "age", "once"),
            ("monthly_income,age,months_in_current_job,amount", "product", "together"),
            (f"9000,30,{CURP}", "column 1", "monthly_income"),
            (f"monthly_income,age,{CURP}", "column 3", "monthly_income"),
        ],
    )
    def test_a_header_that_does_not_fit_is_refused_by_name(
        self, header: str, field: str, allowed: str
    ) -> None:
        with pytest.raises(InvalidInputError) as refusal:
            table(f"{header}\n1,2,3\n")
        assert refusal.value.field == field
        assert allowed in refusal.value.allowed
        assert CURP not in str(refusal.value)

    @pytest.mark.parametrize(
        "body", [HEADER.encode("utf-16"), b"\xff\xfe\x00", b'"age,x\n1\n'], ids=str
    )
    def test_a_header_that_cannot_be_read(self, body: bytes) -> None:
        with pytest.raises(MalformedBodyError):
            list(csv.read(BytesIO(body)))

    @pytest.mark.parametrize("body", [b"", b"\n\n", f"{HEADER}\n".encode()])
    def test_without_rows(self, body: bytes) -> None:
        assert list(csv.read(BytesIO(body))) == []

    def test_what_is_written_can_be_read_and_calculates_nothing(self) -> None:
        writer = csv.Writer(";")
        errors = ({"field": "=cmd|' /C calc'!A0", "message": "no such; field"},)
        text = writer.write([answered(1)]) + writer.write([Answered(2, None, errors)])
        text += writer.end()
        first, second = plain_csv.DictReader(StringIO(text.decode()), delimiter=";")
        assert list(first) == list(ANSWER_COLUMNS)
        assert first["reference"] == "c1"
        assert first["offer_amount"] == "5000.0"
        assert first["reasons"] == "OFFER_LIMITED JOB_TENURE"
        assert first["error_field"] == ""
        assert (second["row"], second["outcome"]) == ("2", "")
        assert second["error_field"].startswith("'=cmd")
        assert second["error_message"].startswith("'=cmd")


class TestLines:
    def test_a_line_that_is_too_long_is_passed_over(self) -> None:
        body = b"a" * 25 + b"\n" + b"b" * 10 + b"\n" + b"c" * 11 + b"\r\n" + b"d" * 30
        assert list(lines.lines_of(BytesIO(body), longest=10)) == [None, b"b" * 10, None, None]

    def test_it_spoils_one_row(self, monkeypatch: pytest.MonkeyPatch) -> None:
        long = b'{"reference": "' + b"x" * lines.LONGEST_LINE + b'"}'
        rows = list(ndjson.read(BytesIO(long + b"\n" + orjson.dumps({"profile": PROFILE}))))
        assert sent(rows) == [["row"], {"profile": PROFILE}]


class TestNdjson:
    def test_one_request_a_line(self) -> None:
        body = b"\xef\xbb\xbf" + b"\r\n\n".join(
            [orjson.dumps(HISTORY_EXAMPLE), b"{bad", b"[]", orjson.dumps(PROFILE_EXAMPLE)]
        )
        rows = list(ndjson.read(BytesIO(body)))
        assert [row.number for row in rows] == [1, 2, 3, 4]
        assert [row.request is not None for row in rows] == [True, False, False, True]
        assert sent(rows[1:3]) == [["row"], ["row"]]

    def test_a_line_that_cannot_be_read_is_not_repeated(self) -> None:
        (row,) = ndjson.read(BytesIO(f'{{"curp": "{CURP}", '.encode()))
        assert CURP not in str(row.errors)

    def test_what_is_written_is_a_row_a_line(self) -> None:
        errors = ({"field": "profile.age", "message": "Field required"},)
        text = ndjson.Writer().write([answered(1), Answered(2, None, errors)])
        first, second = [json.loads(line) for line in text.splitlines()]
        assert first["decision"]["reference"] == "c1"
        assert first["errors"] == []
        assert second == {"row": 2, "decision": None, "errors": list(errors)}


def file_of(columns: dict[str, Any], **options: Any) -> BytesIO:
    file = BytesIO()
    pq.write_table(pa.table(columns), file, **options)
    file.seek(0)
    return file


FLAT = {name: [value, value] for name, value in PROFILE.items()}


class TestParquet:
    def test_a_flat_table_of_any_number_type(self) -> None:
        columns = {
            "monthly_income": [Decimal("9000.00"), Decimal("9000.00")],
            "age": pa.array([30, 30], pa.int8()),
            "months_in_current_job": pa.array([3.0, 3.0], pa.float32()),
            "employers_5y": [2.0, None],
            "as_of": [date(2026, 11, 20), None],
            "education": pa.array(["higher", None]).dictionary_encode(),
            "reference": pa.nulls(2),
        }
        assert sent(parquet.read(file_of(columns))) == [
            {
                "as_of": "2026-11-20",
                "profile": {**PROFILE, "employers_5y": 2, "education": "higher"},
            },
            {"profile": PROFILE},
        ]

    def test_the_parts_of_a_request_as_structs(self) -> None:
        rows = [
            {name: example.get(name) for name in ScoreRequest.model_fields if name != "curp"}
            for example in (HISTORY_EXAMPLE, PROFILE_EXAMPLE)
        ]
        file = BytesIO()
        pq.write_table(pa.Table.from_pylist(rows), file)
        read = list(parquet.read(file))
        assert [row.request for row in read] == [
            ScoreRequest.model_validate_json(json.dumps(example))
            for example in (HISTORY_EXAMPLE, PROFILE_EXAMPLE)
        ]

    def test_rows_of_many_batches_and_groups_keep_their_order(self) -> None:
        columns = {**{name: value * 700 for name, value in FLAT.items()}}
        columns["reference"] = [f"c{place}" for place in range(1, 1401)]
        rows = list(parquet.read(file_of(columns, row_group_size=300)))
        assert [row.number for row in rows] == list(range(1, 1401))
        assert [row.request.reference for row in rows if row.request] == columns["reference"]

    def test_a_bad_value_spoils_its_row(self) -> None:
        not_text = pa.Array.from_buffers(pa.string(), 2, pa.array([b"\xff", b"ok"]).buffers())
        no_day = pa.array([2**31 - 1, 20_000], pa.int32()).cast(pa.date32())
        good = {"reference": "ok", "as_of": "2024-10-04", "profile": PROFILE}
        columns = {**FLAT, "reference": not_text, "as_of": no_day}
        assert sent(parquet.read(file_of(columns))) == [["row"], good]
        assert sent(parquet.read(file_of({**FLAT, "age": [3, 30]}))) == [
            ["age"],
            {"profile": PROFILE},
        ]

    @pytest.mark.parametrize(
        ("columns", "field"),
        [
            ({**FLAT, "sexo": ["M", "H"]}, "sexo"),
            ({"age": [30]}, "monthly_income"),
            ({"loan": [{"amount": 1}]}, "history"),
            ({"profile": [PROFILE], "age": [30]}, "age"),
            ({**FLAT, "as_of": pa.array([0, 0], pa.timestamp("us"))}, "as_of"),
            ({**FLAT, "reference": [True, False]}, "reference"),
            ({"profile": [{**PROFILE, "state": b"09"}]}, "profile.state"),
            ({**FLAT, "reference": ["x" * 100_001] * 2}, "rows"),
        ],
        ids=lambda item: item if isinstance(item, str) else "",
    )
    def test_a_table_that_does_not_fit_is_refused_by_name(
        self, columns: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(InvalidInputError) as refusal:
            list(parquet.read(file_of(columns)))
        assert refusal.value.field == field

    def test_a_table_of_too_many_rows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(parquet, "MOST_ROWS", 1)
        with pytest.raises(InvalidInputError, match="rows: got 2"):
            list(parquet.read(file_of(FLAT)))

    def test_a_table_that_grows_too_large_when_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(parquet, "_LARGEST_GROUP", 100)
        with pytest.raises(InvalidInputError, match="row group"):
            list(parquet.read(file_of(FLAT)))

    def test_what_is_no_parquet(self) -> None:
        good = file_of(FLAT).getvalue()
        for body in (b"", b"PAR1", b"x" * 100, good[:-9], good[4:], good[:40] + good[60:]):
            with pytest.raises(MalformedBodyError):
                list(parquet.read(BytesIO(body)))

    def test_what_is_written_part_by_part_is_one_table(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(parquet, "_ROWS_OF_A_GROUP", 3)
        writer = parquet.Writer()
        errors = ({"field": "age", "message": "Field required"},)
        parts = [
            writer.write([answered(1), Answered(2, None, errors)]),
            writer.write([answered(3), answered(4)]),
            writer.write([answered(5)]),
            writer.end(),
        ]
        assert [bool(part) for part in parts] == [False, True, False, True]
        read = pq.read_table(BytesIO(b"".join(parts)))
        assert read.column_names == list(ANSWER_COLUMNS)
        rows = read.to_pylist()
        assert [row["row"] for row in rows] == [1, 2, 3, 4, 5]
        assert rows[0]["offer_amount"] == 5000.0
        assert (rows[1]["id"], rows[1]["error_field"]) == (None, "age")


def history_of(employer: str) -> dict[str, Any]:
    spell = {"employer_id": employer, "start_date": "2020-01-01", "daily_wage": 300}
    return {"history": {"birth_date": "1990-01-01", "spells": [spell]}}


def body_of(*rows: Any) -> bytes:
    return orjson.dumps({"applicants": rows})


class TestJsonList:
    def test_good_and_bad_rows(self) -> None:
        rows = json_list.read(body_of(PROFILE_EXAMPLE, {"profile": {}}, 5, None, HISTORY_EXAMPLE))
        assert [row.number for row in rows] == [1, 2, 3, 4, 5]
        assert [row.request is not None for row in rows] == [True, False, False, False, True]
        assert sent(rows[1:3]) == [[f"profile.{name}" for name in PROFILE], ["row"]]

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{bad",
            b"\xff\xfe",
            b'{"applicants": [{}',
            b'{"applicants": [{},]}',
            b'{"applicants": [{} {}]}',
            b'{"applicants": [{]}',
            b'{"applicants": [{}]}]}',
            b'{"applicants": [' + b"[" * 100_000 + b"]" * 100_000 + b"]}",
        ],
        ids=lambda body: body[:30].decode("latin-1"),
    )
    def test_what_is_no_json(self, body: bytes) -> None:
        with pytest.raises((MalformedBodyError, RequestValidationError)) as refusal:
            json_list.read(body)
        if isinstance(refusal.value, RequestValidationError):
            assert refusal.value.errors()[0]["type"] == "json_invalid"

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            (b"[]", ()),
            (b"null", ()),
            (b"{}", ("applicants",)),
            (b'{"applicants": 5}', ("applicants",)),
            (b'{"applicants": []}', ("applicants",)),
            (b'{"applicants": [{}], "x": [1]}', ("x",)),
            (b'{"x": 1, "applicants": [{}]}', ("x",)),
            (b'{"applicants": [{}], "applicants": [1]}', ()),
        ],
    )
    def test_what_is_no_batch(self, body: bytes, field: tuple[str, ...]) -> None:
        with pytest.raises((RequestValidationError, InvalidInputError)) as refusal:
            json_list.read(body)
        if isinstance(refusal.value, RequestValidationError):
            assert refusal.value.errors()[0]["loc"] == field
        else:
            assert refusal.value.field == "body"

    @pytest.mark.parametrize("row", [b"1", b"{}", orjson.dumps({"profile": PROFILE})])
    def test_too_many_rows(self, row: bytes) -> None:
        body = b'{"applicants":[%b]}' % b",".join([row] * 10_001)
        with pytest.raises(InvalidInputError, match="1 to 10,000"):
            json_list.read(body)

    @pytest.mark.parametrize("value", [b"1,", b"{},", b"[],", b"[", b'"a":1,'])
    def test_a_huge_body_of_tiny_values_is_refused_before_it_is_read(self, value: bytes) -> None:
        body = b'{"applicants":[%b1]}' % (value * (4_000_000 // len(value)))
        with pytest.raises((InvalidInputError, MalformedBodyError)):
            json_list.read(body)

    @given(
        rows=st.lists(
            st.fixed_dictionaries(
                {
                    "spells": st.lists(
                        st.dictionaries(st.text('{}[]"\\,é', max_size=3), st.integers()),
                        max_size=3,
                    ),
                    "name": st.text('{}[]"\\,é𝄞a', max_size=8),
                }
            )
            | st.just({"profile": PROFILE})
            | st.builds(history_of, st.text('{}[]\\"é', min_size=1, max_size=3))
            | st.integers(),
            min_size=1,
            max_size=30,
        ),
        style=st.sampled_from([{"indent": 1}, {"ensure_ascii": False}, {"separators": (",", ":")}]),
        piece=st.integers(1, 400),
    )
    def test_rows_are_the_same_however_they_are_cut(
        self, rows: list[Any], style: dict[str, Any], piece: int
    ) -> None:
        body = json.dumps({"applicants": rows}, **style).encode()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(json_list, "_PIECE", piece)
            cut = json_list.read(body)
        whole = ndjson.read(BytesIO(b"\n".join([json.dumps(row).encode() for row in rows])))
        assert [(row.number, row.request, row.errors) for row in cut] == [
            (row.number, row.request, row.errors) for row in whole
        ]


class TestPreferred:
    OFFERED = ("text/csv", "application/x-ndjson", "application/vnd.apache.parquet")

    @pytest.mark.parametrize(
        ("accept", "chosen"),
        [
            ("", "text/csv"),
            ("*/*", "text/csv"),
            ("text/html, */*;q=0.1", "text/csv"),
            ("APPLICATION/X-NDJSON", "application/x-ndjson"),
            ("application/*", "application/x-ndjson"),
            ("text/csv;q=0.1, application/vnd.apache.parquet;q=0.9", OFFERED[2]),
            ("text/csv;q=0, */*", "application/x-ndjson"),
            ("text/csv;q=much", "text/csv"),
        ],
    )
    def test_what_the_caller_likes_best(self, accept: str, chosen: str) -> None:
        assert preferred(accept, self.OFFERED) == chosen

    @pytest.mark.parametrize("accept", ["text/html", "text/csv;q=0", "image/*", "?"])
    def test_what_cannot_be_answered(self, accept: str) -> None:
        with pytest.raises(NotAcceptableError, match="text/csv, application/x-ndjson"):
            preferred(accept, self.OFFERED)


def answered(row: int) -> Answered:
    """A row that was decided, as small as it can be."""
    decision = {
        "id": "01a1fe71-ca61-7bd2-9afc-f35cb3c4fe6c",
        "decided_at": "2026-11-21T18:30:00+00:00",
        "reference": f"c{row}",
        "as_of": "2026-11-20",
        "outcome": "approve",
        "final_score": 650,
        "income_score": 640,
        "grade": "B",
        "pd": 0.05,
        "income_band": {"p10": 1.0, "p50": 2.0, "p90": 3.0},
        "segment": {"code": "A", "name": "a", "name_en": "a"},
        "loan": {"product": "payroll", "amount": 9000.0, "term_months": 12, "standard": False},
        "offer": {
            "product": "payroll",
            "amount": 5000.0,
            "term_months": 12,
            "annual_rate": 0.3,
            "monthly_payment": 500.0,
            "opening_fee": 50.0,
            "total_cost": 900.0,
            "cat": 0.4,
        },
        "reasons": [{"code": "OFFER_LIMITED"}, {"code": "JOB_TENURE"}],
    }
    return Answered(row, orjson.dumps(decision))
