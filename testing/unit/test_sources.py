"""Sources: a folder of tables acquired once, read person by person, nothing lost in silence."""

from dataclasses import asdict
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from solvencia.data.acquire import acquire_files
from solvencia.data.snapshots import SnapshotSettings, build_training_tables
from solvencia.data.sources import Person, SourceDescription, read_people
from solvencia.data.validation import Reject
from solvencia.domain.errors import SourceError
from solvencia.domain.reference import Reference

PEOPLE = [
    {"person_id": "1", "birth_date": "1990-05-01", "sex": "H", "education": "higher"},
    {"person_id": "2", "birth_date": "1985-01-31", "sex": None, "education": None},
    {"person_id": "3", "birth_date": "1975-12-24", "sex": "M", "education": "primary"},
]
SPELLS = [
    {"person_id": person, "employer_id": employer, "state": "09", "industry": "6",
     "start_date": start, "end_date": end, "daily_wage": wage}
    for person, employer, start, end, wage in (
        ("2", "B", "2016-03-01", "2019-08-31", 310.5),
        ("1", "A", "2015-01-01", None, 420.0),
        ("3", "A", "2012-06-15", "2018-01-31", 250.0),
        ("2", "C", "2019-10-01", None, 380.0),
        ("3", "D", "2018-02-01", None, 275.25),
    )
]  # fmt: skip
LOANS = [
    {"loan_id": "L1", "person_id": "2", "granted_on": "2021-05-01", "product": "personal",
     "amount": 15_000.0, "term_months": 12, "annual_rate": 0.45, "default_12m": 0},
]  # fmt: skip
SETTINGS = SnapshotSettings(years=3, max_months_unemployed=12.0, max_reject_share=0.01)
UNTIL = date(2023, 12, 31)


def folder(path: Path, kind: str = "csv", **tables: list[dict]) -> Path:
    path.mkdir()
    for name, rows in {"people": PEOPLE, "spells": SPELLS, "loans": LOANS, **tables}.items():
        if kind == "csv":
            pd.DataFrame(rows).to_csv(path / f"{name}.csv", index=False)
        else:
            pd.DataFrame(rows).to_parquet(path / f"{name}.parquet")
    return path


def acquire(path: Path, **more: object) -> SourceDescription:
    options = {"observed_until": UNTIL, "economy": "auto", **more}
    return acquire_files(str(path), path.parent / "source", **options)


def read(path: Path, size: int = 20_000) -> tuple[list[Person], list[Reject]]:
    acquire(path)
    chunks = list(read_people(path.parent / "source", size))
    return (
        [person for chunk in chunks for person in chunk.people],
        [reject for chunk in chunks for reject in chunk.rejects],
    )


def test_csv_and_parquet_give_the_same_people(tmp_path):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    from_csv = read(folder(tmp_path / "one" / "files", "csv"))
    from_parquet = read(folder(tmp_path / "two" / "files", "parquet"))

    assert from_csv == from_parquet
    assert from_csv[1] == []


@pytest.mark.parametrize("size", [1, 2, 50])
def test_every_person_gets_their_own_rows_whatever_the_chunk(tmp_path, size):
    people, rejects = read(folder(tmp_path / "files"), size)

    assert rejects == []
    assert [person.row.person_id for person in people] == ["1", "2", "3"]
    assert [[spell.employer_id for spell in person.spells] for person in people] == [
        ["A"],
        ["B", "C"],
        ["A", "D"],
    ]
    assert [len(person.loans) for person in people] == [0, 1, 0]


def test_what_was_acquired_is_described(tmp_path):
    description = acquire(folder(tmp_path / "files"), observed_until=None)

    assert SourceDescription.read(tmp_path / "source") == description
    assert description.rows == {"people": 3, "spells": 5, "loans": 1}
    assert description.observed_until == date(2021, 5, 1)
    assert (description.kind, description.synthetic, description.economy) == ("files", False, "mx")


def test_a_source_without_states_has_no_economy(tmp_path):
    bare = [{key: row[key] for key in row if key not in ("state", "industry")} for row in SPELLS]

    assert acquire(folder(tmp_path / "files", spells=bare)).economy == "none"


def test_bad_rows_are_listed_and_good_ones_survive(tmp_path):
    bad = [
        {**SPELLS[0], "start_date": "yesterday"},
        {**SPELLS[0], "daily_wage": -1},
        {**SPELLS[0], "state": "77"},
        {**SPELLS[0], "end_date": "2016-02-29"},
        {**SPELLS[0], "person_id": "404"},
    ]
    people, rejects = read(folder(tmp_path / "files", spells=[*SPELLS, *bad]))

    assert sum(len(person.spells) for person in people) == len(SPELLS)
    assert [(reject.table, reject.row) for reject in rejects] == [
        ("spells", row) for row in (6, 7, 8, 9, 10)
    ]
    assert [reject.field for reject in rejects if reject.row != 9] == [
        "start_date",
        "daily_wage",
        "state",
        "person_id",
    ]
    assert rejects[-1] == Reject("spells", 10, "person_id", "is in people", "404")


@pytest.mark.parametrize("size", [1, 50])
def test_the_second_row_of_a_person_is_rejected(tmp_path, size):
    twice = [*PEOPLE, {**PEOPLE[0], "birth_date": "1991-01-01"}]
    people, rejects = read(folder(tmp_path / "files", people=twice), size)

    assert [person.row.birth_date.year for person in people] == [1990, 1985, 1975]
    assert [len(person.spells) for person in people] == [1, 2, 2]
    (reject,) = rejects
    assert (reject.table, reject.field, reject.value) == ("people", "person_id", "1")


def test_the_rows_of_an_invalid_person_do_not_vanish(tmp_path):
    unborn = [{**PEOPLE[0], "birth_date": "never"}, *PEOPLE[1:]]
    people, rejects = read(folder(tmp_path / "files", people=unborn))

    assert len(people) == 2
    assert {(reject.table, reject.value) for reject in rejects} == {
        ("people", "never"),
        ("spells", "1"),
    }


@pytest.mark.parametrize("name", ["people", "spells"])
def test_a_missing_table_is_named(tmp_path, name):
    (folder(tmp_path / "files") / f"{name}.csv").unlink()

    with pytest.raises(SourceError, match=rf"has no {name}\.csv and no {name}\.parquet"):
        acquire(tmp_path / "files")


def test_loans_are_optional(tmp_path):
    (folder(tmp_path / "files") / "loans.csv").unlink()
    acquire(tmp_path / "files")

    assert build_training_tables(tmp_path / "source", Reference(), SETTINGS).loans.empty


def test_a_missing_column_is_named(tmp_path):
    bare = [{key: row[key] for key in row if key != "daily_wage"} for row in SPELLS]

    with pytest.raises(SourceError, match="spells: lacks the columns daily_wage"):
        acquire(folder(tmp_path / "files", spells=bare))


def test_a_folder_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(SourceError, match="allowed: a folder of tables"):
        acquire(tmp_path / "nowhere")


def test_training_tables_hold_one_row_for_each_person_and_day(tmp_path):
    acquire(folder(tmp_path / "files"))
    tables = build_training_tables(tmp_path / "source", Reference(), SETTINGS)

    assert tables.people == 3
    assert len(tables.snapshots) == 9
    assert sorted(set(tables.snapshots["as_of"])) == [date(y, 12, 31) for y in (2020, 2021, 2022)]
    assert tables.snapshots["income_ratio"].tolist() == pytest.approx([1.0] * 9)
    assert tables.loans["loan_to_income"].tolist() == [15_000 / (380 * 30.4)]


def test_too_many_rejects_fail_the_run(tmp_path):
    bad = [{**SPELLS[0], "daily_wage": -1}]
    acquire(folder(tmp_path / "files", spells=[*SPELLS, *bad]))

    with pytest.raises(SourceError, match=r"1 of 10 rows are bad.*max_reject_share"):
        build_training_tables(tmp_path / "source", Reference(), SETTINGS)


def test_few_rejects_are_reported_in_a_table(tmp_path):
    bad = [{**SPELLS[0], "daily_wage": -1}]
    acquire(folder(tmp_path / "files", spells=[*SPELLS, *bad]))
    lenient = SnapshotSettings(**{**asdict(SETTINGS), "max_reject_share": 0.2})
    rejects = build_training_tables(tmp_path / "source", Reference(), lenient).rejects

    assert list(rejects.columns) == ["table", "row", "field", "rule", "value"]
    assert rejects[["table", "row", "field", "value"]].values.tolist() == [
        ["spells", 6, "daily_wage", "-1.0"]
    ]
