"""Results of a portfolio: columns, counts, charts, files."""

import io
from copy import deepcopy
from typing import Any

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest
from fake_service import DECISION

from frontend.charts import portfolio as charts
from frontend.charts.palette import DARK, LIGHT, Palette
from frontend.portfolio import counts, writing
from frontend.portfolio.columns import columns_of, match
from frontend.portfolio.reading import read
from frontend.portfolio.results import SCHEMA, Decided, Results, frame_of, worded
from frontend.portfolio.states import STATES
from frontend.schema import example
from frontend.text import LANGUAGES, Language


def decided(row: int, state: str | None, **changed: Any) -> Decided:
    return Decided(row, state, deepcopy(DECISION) | {"id": f"id-{row}"} | changed)  # type: ignore[arg-type]


@pytest.fixture
def results() -> Results:
    found = Results()
    found.add([decided(2, "09"), decided(3, "19", final_score=500, grade="D", pd=0.9)])
    refused = {"outcome": "decline", "offer": None, "grade": None, "pd": None, "reasons": []}
    found.add([decided(4, "09", final_score=300, **refused), decided(5, None, outcome="refer")])
    return found


@pytest.fixture
def frame(results: Results) -> pd.DataFrame:
    return frame_of(results.table)


def test_results_keep_every_row_in_typed_columns(results: Results) -> None:
    table = results.table
    assert table.schema == SCHEMA
    assert table["row"].to_pylist() == [2, 3, 4, 5]
    assert table["amount_offered"].to_pylist() == [25400.0, 25400.0, None, 25400.0]
    assert table["reason"].to_pylist() == ["LOAN_TERM", "LOAN_TERM", None, "LOAN_TERM"]
    assert Results().table.num_rows == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_become_words(results: Results, frame: pd.DataFrame, language: Language) -> None:
    names = {"state": {"09": "Ciudad de México", "19": "Nuevo León"}}
    shown = worded(frame, results, names, language)
    assert shown["segment"][0] == DECISION["segment"]["name" if language == "es" else "name_en"]
    assert shown["state"][0] == "Ciudad de México"
    assert shown["reason"][0] == DECISION["reasons"][0]["text" if language == "es" else "text_en"]
    assert frame["outcome"][0] == "approve"


def test_the_figures(frame: pd.DataFrame) -> None:
    summary = counts.summary(frame)
    assert summary.counts == {"approve": 2, "refer": 1, "decline": 1}
    assert summary.approval == 0.5
    assert summary.offered == 2 * 25400
    assert summary.asked == 4 * 30000
    assert summary.pd == pytest.approx((0.123 + 0.9 + 0.123) / 3)
    nothing = counts.summary(frame.iloc[:0])
    assert (nothing.approval, nothing.score, nothing.pd) == (None, None, None)


def test_counts_lose_nobody(frame: pd.DataFrame) -> None:
    assert counts.by_score(frame, 300, 850)["count"].sum() == 4
    assert counts.by_score(frame, 300, 850)["count"].iloc[0] == 1
    risks = counts.by_pd(frame)
    assert risks["count"].sum() == 3
    assert risks["count"].iloc[-1] == 1  # the last bar holds all above
    assert counts.by_segment(frame)["count"].sum() == 4
    assert counts.by_segment(frame)["share"].sum() == pytest.approx(1)


def test_both_ends_of_the_scale_are_counted() -> None:
    ends = pd.DataFrame({"final_score": [300, 850]})
    assert counts.by_score(ends, 300, 850)["count"].sum() == 2


def test_states_are_counted_at_their_places(frame: pd.DataFrame) -> None:
    table = counts.by_state(frame).set_index("state")
    assert len(table) == 32
    assert dict(table.loc["09", ["short", "count", "approval"]]) == {
        "short": "CDMX", "count": 2, "approval": 0.5,
    }  # fmt: skip
    assert table["count"].sum() == 3


def test_no_two_states_share_a_square() -> None:
    assert len({(tile.column, tile.row) for tile in STATES.values()}) == 32
    assert len({tile.short for tile in STATES.values()}) == 32


def test_every_state_of_the_service_has_a_square(document: dict[str, Any]) -> None:
    state = next(item for item in columns_of(document) if item.name == "state")
    assert set(state.field.choices) == set(STATES)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("measure", ["approval", "score"])
def test_charts_are_drawn(frame: pd.DataFrame, palette: Palette, measure: charts.Measure) -> None:
    grades = DECISION["scale"]["grades"]
    drawn = charts.scores(counts.by_score(frame, 300, 850), grades, "es", palette).to_dict()
    bands = [row for rows in drawn["datasets"].values() for row in rows if "grade" in row]
    assert {row["grade"] for row in bands} == {"A", "B", "C", "D", "E"}
    assert charts.scores(counts.by_score(frame, 300, 850), [], "es", palette).to_dict()
    assert charts.risks(counts.by_pd(frame), "es", palette).to_dict()
    assert charts.outcomes(counts.summary(frame).counts, "en", palette).to_dict()
    assert charts.segments(counts.by_segment(frame), {}, "en", palette).to_dict()
    squares = charts.tiles(counts.by_state(frame), {"09": "CDMX"}, measure, "es", palette)
    rows = [row for rows in squares.to_dict()["datasets"].values() for row in rows]
    assert {row["short"] for row in rows} == {tile.short for tile in STATES.values()}
    told = next(row["told"] for row in rows if row["short"] == "NL")
    assert told == ("100 %" if measure == "approval" else "500")


def test_a_map_of_one_state_alone_is_drawn(frame: pd.DataFrame) -> None:
    alone = counts.by_state(frame[frame["state"] == "19"])
    assert charts.tiles(alone, {}, "score", "es", LIGHT).to_dict()


DANGEROUS = ["=1+1", "+52", "-5", "@sum", "\tx", "Jalisco", "a\x07b"]


def test_csv_opens_with_accents_and_without_formulas() -> None:
    frame = pd.DataFrame({"Razón": DANGEROUS, "n": [-1.5] * len(DANGEROUS)})
    written = writing.as_csv(frame)
    assert written.startswith(b"\xef\xbb\xbf")
    back = pd.read_csv(io.BytesIO(written))
    assert list(back["Razón"])[:5] == [f"'{text}" for text in DANGEROUS[:5]]
    assert list(back["n"]) == [-1.5] * len(DANGEROUS)


def test_excel_keeps_text_as_text() -> None:
    frame = pd.DataFrame({"=t": DANGEROUS, "n": [1.5, None, 3, 4, 5, 6, 7]})
    book = openpyxl.load_workbook(io.BytesIO(writing.as_excel(frame, "Decisiones")))
    rows = list(book["Decisiones"].iter_rows())
    assert all(row[0].data_type == "s" for row in rows)
    assert rows[0][0].value == "=t"
    assert [row[0].value for row in rows[1:4]] == ["=1+1", "+52", "-5"]
    assert [row[1].value for row in rows[1:4]] == [1.5, None, 3]


def test_results_are_written_whole(results: Results, frame: pd.DataFrame) -> None:
    shown = worded(frame, results, {}, "es")
    assert len(pd.read_csv(io.BytesIO(writing.as_csv(shown)))) == 4
    book = openpyxl.load_workbook(io.BytesIO(writing.as_excel(shown, "x")))
    assert book["x"].max_row == 5
    table = pq.read_table(io.BytesIO(writing.as_parquet(results.table)))
    assert table.column_names == SCHEMA.names
    assert table.num_rows == 4


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_template_can_be_uploaded_as_it_is(
    document: dict[str, Any], language: Language
) -> None:
    columns = columns_of(document)
    rows, guide = writing.template(columns, example(document, "profile"), language)
    for name, data in (
        ("a.csv", writing.as_csv(rows)),
        ("a.xlsx", writing.template_workbook(rows, guide, language)),
    ):
        sheet = read(name, data)
        assert len(match(sheet.header, columns)) == len(columns) - 1  # all but the CURP
        assert len(sheet) == 1
