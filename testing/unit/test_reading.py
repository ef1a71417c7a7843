"""Histories read in columns tell what each tells alone, to the last bit."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvencia.domain.applicant import Applicant, EmploymentSpell, Profile
from solvencia.domain.errors import InvalidInputError
from solvencia.domain.features import Told, told_by_history, told_by_profile
from solvencia.serving import reading
from solvencia.serving.reading import ToldColumns, read_many
from testing.unit.builders import TODAY, applicant, histories, spell

PROFILE = Profile(monthly_income=12_000, age=30, months_in_current_job=4, state="09")


@st.composite
def following(draw: st.DrawFn) -> list[EmploymentSpell]:
    """Spells none of which overlap, in any order; the last may begin after TODAY or be open."""
    begin = draw(st.integers(-3000, 0))
    found = []
    for _ in range(draw(st.integers(1, 7))):
        length = draw(st.sampled_from([0, 1, 29, 364, 1200]))
        first, last = (TODAY + timedelta(days=begin + days) for days in (0, length))
        wage, employer = draw(st.sampled_from([100.0, 250.5, 512.25])), draw(st.sampled_from("AB"))
        where = {
            "state": draw(st.sampled_from([None, "09", "19"])),
            "industry": draw(st.sampled_from([None, "4", "6"])),
        }
        found.append(spell(first, last, wage, employer, **where))
        begin += length + draw(st.sampled_from([1, 1, 2, 90]))
    if draw(st.booleans()):
        found[-1] = found[-1].model_copy(update={"end_date": None})
    return draw(st.permutations(found))


people = st.builds(
    lambda spells, born, weeks: applicant(*spells, born=born, contribution_weeks=weeks),
    st.one_of(following(), following(), histories()),
    st.sampled_from(["1950-03-01", "1992-02-29", "2008-07-01", "2009-07-02"]),
    st.one_of(st.none(), st.floats(0, 3000)),
)
days = st.one_of(
    st.just(TODAY), st.integers(-4200, 3000).map(lambda days: TODAY + timedelta(days=days))
)


def alone(person: Applicant | Profile, day: date) -> Told | InvalidInputError:
    try:
        if isinstance(person, Profile):
            return told_by_profile(person)
        return told_by_history(person, day)
    except InvalidInputError as error:
        return error


def row(told: ToldColumns, place: int) -> Told:
    """One of many; what is unknown as None."""

    def value(name: str) -> Any:
        found = getattr(told, name)[place]
        if not isinstance(found, np.generic):
            return found
        number = found.item()
        return None if number != number else number

    mine = told.person == place
    begin, end, wage = (column[mine].tolist() for column in (told.begin, told.end, told.wage))
    recent = list(zip(begin, end, wage, strict=True))
    return Told(*(value(name) for name in Told._fields[:-1]), recent=recent)


@given(st.lists(st.tuples(st.one_of(people, people, st.just(PROFILE)), days), max_size=8))
def test_each_tells_what_it_tells_alone(asked):
    who, when = [person for person, _ in asked], [day for _, day in asked]
    order, told, errors = read_many(who, when)

    assert sorted([*order, *errors]) == list(range(len(asked)))
    for place, error in errors.items():
        assert str(error) == str(alone(*asked[place]))
    for number, place in enumerate(order):
        expected = alone(*asked[place])
        assert isinstance(expected, Told)
        assert repr(row(told, number)) == repr(expected._replace(recent=list(expected.recent)))


@pytest.mark.parametrize(
    ("spells", "together"),
    [
        ([spell("2020-01-01", "2020-12-31"), spell("2021-01-01")], True),
        ([spell("2021-01-01"), spell("2020-01-01", "2020-12-31", employer="B")], True),
        ([spell("2020-01-01", "2021-01-01"), spell("2021-01-01", employer="B")], False),
        ([spell("2020-01-01"), spell("2024-07-02", employer="B")], True),
        ([spell("2020-01-01"), spell("2020-01-01")], False),
    ],
    ids=["raise", "unsorted", "one day shared", "not begun", "twice"],
)
def test_spells_that_follow_one_another_are_read_together(monkeypatch, spells, together):
    read = []
    one_by_one = reading.told_by_history
    monkeypatch.setattr(
        reading, "told_by_history", lambda *ask: read.append(ask) or one_by_one(*ask)
    )
    read_many([applicant(*spells)], [TODAY])

    assert (not read) == together


@pytest.mark.parametrize("off", [-1, 0, 1])
def test_a_job_that_ended_five_years_ago_counts_to_the_day(off):
    ended = TODAY.replace(year=TODAY.year - 5) + timedelta(days=off)
    person = applicant(
        spell("2015-01-01", ended), spell(ended + timedelta(days=30), None, 400.0, "B")
    )
    _, told, _ = read_many([person], [TODAY])

    assert row(told, 0) == told_by_history(person, TODAY)
    assert told.employers_5y.tolist() == [1.0 if off < 0 else 2.0]
