"""The simulator: the same seed gives the same people, and nothing they do is impossible."""

from datetime import date

import numpy as np
import pandas as pd
import pytest

from solvencia.data import simulator
from solvencia.data.labour_market import LabourMarket, load_labour_market
from solvencia.data.simulator import (
    SimulatorSettings,
    Tables,
    simulate,
    true_continuity,
    true_default,
)
from solvencia.data.validation import ROWS, check_rows
from solvencia.domain.errors import SourceError

UNTIL = date(2026, 5, 31)
SETTINGS = SimulatorSettings(people=200, years=12, until=UNTIL, seed=7)


@pytest.fixture(scope="module")
def tables(reference_directory) -> Tables:
    (only,) = simulate(SETTINGS, reference_directory)
    return only


@pytest.fixture(scope="module")
def market(reference_directory) -> LabourMarket:
    return load_labour_market(reference_directory, UNTIL, SETTINGS.years)


@pytest.fixture(scope="module")
def main_jobs(tables) -> pd.DataFrame:
    """Spells of main employers (side jobs begin with S), with dates as ordinals."""
    spells = tables.spells[tables.spells["employer_id"].str.startswith("E")].copy()
    spells["start"] = [day.toordinal() for day in spells["start_date"]]
    spells["end"] = [(day or UNTIL).toordinal() for day in spells["end_date"]]
    return spells.sort_values(["person_id", "start"], ignore_index=True)


def same(one: Tables, other: Tables) -> bool:
    return all(getattr(one, name).equals(getattr(other, name)) for name in ROWS)


def test_the_same_seed_gives_the_same_tables(tables, reference_directory):
    assert same(next(simulate(SETTINGS, reference_directory)), tables)


def test_another_seed_gives_other_people(tables, reference_directory):
    other = SimulatorSettings(people=200, years=12, until=UNTIL, seed=8)

    assert not next(simulate(other, reference_directory)).spells.equals(tables.spells)


def test_a_block_does_not_depend_on_the_others(monkeypatch, reference_directory):
    monkeypatch.setattr(simulator, "BLOCK", 20)
    few, many = (
        list(simulate(SimulatorSettings(people, 12, UNTIL, 7), reference_directory))
        for people in (40, 50)
    )

    assert [len(few), len(many)] == [2, 3]
    assert all(same(one, other) for one, other in zip(few, many, strict=False))
    ids = pd.concat([block.people["person_id"] for block in many])
    assert ids.is_unique


def test_every_row_is_valid(tables):
    for name, model in ROWS.items():
        frame = getattr(tables, name)
        records = frame.astype(object).where(frame.notna(), None).to_dict("records")
        checked = check_rows(name, model, records)
        assert checked.rejects == []
        assert len(checked.rows) == len(frame) > 100


def test_every_row_belongs_to_a_person(tables):
    known = set(tables.people["person_id"])

    assert tables.people["person_id"].is_unique
    assert set(tables.spells["person_id"]) == known
    assert set(tables.loans["person_id"]) <= known
    assert tables.loans["loan_id"].is_unique


def test_main_jobs_pay_between_minimum_wage_and_cap(main_jobs, market):
    first_day = market.first_day
    for _, job in main_jobs[main_jobs["end"] >= first_day[0]].iterrows():
        months = np.flatnonzero((first_day[1:] > job["start"]) & (first_day[:-1] <= job["end"]))
        assert job["daily_wage"] >= market.minimum_wage[months].max().round(2)
        assert job["daily_wage"] <= market.wage_cap[months].min().round(2)


def test_main_jobs_of_a_person_never_overlap(main_jobs):
    follows = main_jobs["person_id"].eq(main_jobs["person_id"].shift())
    gap = main_jobs["start"] - main_jobs["end"].shift()

    assert (main_jobs["end"] >= main_jobs["start"]).all()
    assert (gap[follows] >= 1).all()


def test_a_raise_begins_the_day_after_the_old_wage_ends(main_jobs):
    keys = ["person_id", "employer_id"]
    again = main_jobs[keys].eq(main_jobs[keys].shift()).all(axis=1)
    next_day = again & (main_jobs["start"] == main_jobs["end"].shift() + 1)
    raised = next_day & (main_jobs["daily_wage"] != main_jobs["daily_wage"].shift())

    assert raised.sum() > 300
    assert raised.sum() / next_day.sum() > 0.9
    place = ["state", "industry"]
    assert main_jobs[place][raised].eq(main_jobs[place].shift()[raised]).all().all()


def test_nobody_is_observed_after_the_end_or_hired_as_a_child(tables, main_jobs):
    born = dict(zip(tables.people["person_id"], tables.people["birth_date"], strict=True))
    ages = [
        (start - born[person]).days / 365.25
        for person, start in zip(main_jobs["person_id"], main_jobs["start_date"], strict=True)
    ]

    assert main_jobs["end"].max() <= UNTIL.toordinal()
    assert main_jobs["start"].max() <= UNTIL.toordinal()
    assert min(ages) > 14.9


def test_loans_have_their_whole_outcome_window(tables):
    assert max(tables.loans["granted_on"]) <= date(2025, 6, 1)
    assert 0.01 < tables.loans["default_12m"].mean() < 0.5


def test_true_continuity_is_a_probability_for_each_question(tables, main_jobs, reference_directory):
    day = date(2024, 5, 31)
    held = main_jobs[
        (main_jobs["start"] <= day.toordinal()) & (main_jobs["end"] >= day.toordinal())
    ]
    ids = held["person_id"].to_numpy()[:40]
    chance = true_continuity(SETTINGS, reference_directory, ids, [day] * len(ids), draws=20)

    assert chance.shape == ids.shape
    assert ((chance >= 0) & (chance <= 1)).all()
    assert chance.std() > 0.05


def test_true_default_is_a_probability_for_each_loan(tables, reference_directory):
    ids = tables.loans["loan_id"].to_numpy()[:15]
    chance = true_default(SETTINGS, reference_directory, ids, draws=3)
    reordered = true_default(SETTINGS, reference_directory, ids[::-1], draws=3)

    assert chance.shape == ids.shape
    assert ((chance > 0) & (chance < 1)).all()
    assert (reordered[::-1] == chance).all()


@pytest.mark.parametrize(
    ("change", "culprit"),
    [
        ({"people": 0}, "source.people: got 0"),
        ({"years": 11}, "source.years: got 11"),
        ({"until": date(2026, 5, 30)}, "source.until: got 2026-05-30; allowed: the last day"),
    ],
)
def test_settings_that_make_no_sense_are_refused(change, culprit):
    with pytest.raises(SourceError, match=culprit):
        SimulatorSettings(**{**SETTINGS.__dict__, **change})
