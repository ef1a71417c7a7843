"""Public statistics: every figure has a source, and none is known before it was published."""

import json
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from solvencia.data.reference_tables import read_table
from solvencia.domain.catalogue import INDUSTRIES, STATES
from solvencia.domain.reference import Reference, Series, month_of

DIRECTORY = Path(__file__).parents[2] / "dataset" / "reference"
TABLES = sorted(path.stem for path in DIRECTORY.glob("*.csv"))


def on(year: int, month: int, day: int) -> int:
    return date(year, month, day).toordinal()


@pytest.mark.parametrize("name", TABLES)
def test_every_row_names_its_source(name):
    sources = read_table(DIRECTORY, name)["source"]

    assert len(sources) > 0
    assert sources.notna().all()
    assert sources.str.strip().str.len().gt(3).all()


@pytest.mark.parametrize("name", TABLES)
def test_no_figure_is_empty_or_said_twice(name):
    table = read_table(DIRECTORY, name)
    figures = table.drop(columns=["source"])
    keys = [
        column
        for column in ("state", "industry", "decile", "known_from", "figure", "group", "period")
        if column in figures
    ]
    upper_bounds = [column for column in figures if column.endswith("_to")]

    assert not figures.drop(columns=upper_bounds).isna().any().any()
    assert not figures.duplicated(keys or None).any()


def test_the_states_are_the_catalogue():
    states = read_table(DIRECTORY, "states")

    assert dict(zip(states["state"], states["name"], strict=True)) == STATES
    assert len(STATES) == 32
    assert (states["insured_workers"] > 0).all()


def test_the_industries_are_the_catalogue():
    table = read_table(DIRECTORY, "industries")
    names = zip(table["name"], table["name_en"], strict=True)

    assert dict(zip(table["industry"], names, strict=True)) == INDUSTRIES
    assert len(INDUSTRIES) == 9
    assert "2" not in INDUSTRIES


@pytest.mark.parametrize("name", [name for name in TABLES if "state" in name])
def test_tables_by_state_name_only_states_that_exist(name):
    assert set(read_table(DIRECTORY, name)["state"]) <= set(STATES)


def test_prices_have_a_value_for_every_month():
    months = pd.PeriodIndex(read_table(DIRECTORY, "inpc")["month"], freq="M")

    assert months.equals(pd.period_range(months[0], months[-1], freq="M"))


def test_every_state_has_its_nine_ascending_decile_bounds(mexico):
    assert set(mexico.state_income_bounds) == set(STATES)
    for bounds in mexico.state_income_bounds.values():
        assert len(bounds) == 9
        assert list(bounds) == sorted(bounds)


def test_the_reference_survives_its_json(mexico):
    assert Reference.from_json(json.loads(json.dumps(mexico.to_json()))) == mexico
    assert Reference.from_json(json.loads(json.dumps(Reference().to_json()))) == Reference()


def test_the_minimum_wage_of_a_year_holds_from_its_first_day(mexico):
    before, after = (mexico.minimum_wage.at(day) for day in (on(2025, 12, 31), on(2026, 1, 1)))

    assert (before, after) == (278.8, 315.04)


def test_a_states_growth_is_not_known_before_it_was_published(mexico):
    table = read_table(DIRECTORY, "state_activity").sort_values("known_from")
    for state, rows in table.groupby("state"):
        assert (
            mexico.state_growth[state].at(
                date.fromisoformat(rows["known_from"].iloc[0]).toordinal() - 1
            )
            is None
        )
        for earlier, row in zip(rows["annual_growth"], rows.iloc[1:].itertuples(), strict=False):
            known = date.fromisoformat(row.known_from)
            assert known > date(int(row.year), 12, 31)
            assert mexico.state_growth[state].at(known.toordinal() - 1) == earlier
            assert mexico.state_growth[state].at(known.toordinal()) == row.annual_growth


def test_a_months_prices_are_known_after_the_tenth_of_the_next(mexico):
    may, april = 2026 * 12 + 5, 2026 * 12 + 4

    assert mexico.last_price_month(on(2026, 6, 10)) == april
    assert mexico.last_price_month(on(2026, 6, 11)) == may
    assert mexico.last_price_month(on(2026, 1, 5)) == 2025 * 12 + 11


def test_prices_outside_the_table_take_its_nearest_month():
    prices = Reference(inpc_start=month_of(on(2020, 1, 1)), inpc=(100.0, 125.0))

    assert [prices.base_pesos(on(*day)) for day in ((1990, 1, 1), (2020, 1, 31))] == [1.25, 1.25]
    assert [prices.base_pesos(on(*day)) for day in ((2020, 2, 1), (2030, 1, 1))] == [1.0, 1.0]
    assert Reference().base_pesos(on(2020, 1, 1)) == 1.0


def test_a_series_holds_each_value_from_its_day_on():
    series = Series((10, 20), (1.5, 2.5))

    assert [series.at(day) for day in (9, 10, 19, 20, 999)] == [None, 1.5, 1.5, 2.5, 2.5]


def test_nothing_is_known_before_the_first_minimum_wage(mexico):
    assert mexico.minimum_wage.at(on(2014, 12, 31)) is None
    assert mexico.minimum_wage.at(on(2015, 1, 1)) == 70.1
