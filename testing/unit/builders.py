"""Small builders of domain values, and strategies that search them."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from solvencia.domain.applicant import Applicant, EmploymentSpell
from solvencia.domain.features import FEATURES, Features
from solvencia.domain.scorecard import Bins, Scorecard, Table

TODAY = date(2024, 7, 1)
UNKNOWN = Features(*[None] * len(Features._fields))


def spell(
    start: str | date,
    end: str | date | None = None,
    wage: float = 300.0,
    employer: str = "A",
    **more: Any,
) -> EmploymentSpell:
    return EmploymentSpell.model_validate(
        {
            "start_date": start,
            "end_date": end,
            "daily_wage": wage,
            "employer_id": employer,
            **more,
        }
    )


def applicant(*spells: EmploymentSpell, born: str | date = "1980-01-01", **more: Any) -> Applicant:
    return Applicant.model_validate({"birth_date": born, "spells": spells, **more})


def _day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


@st.composite
def spells(draw: st.DrawFn, latest_start: int = 400) -> EmploymentSpell:
    """A spell that begins up to eleven years before TODAY or up to ``latest_start`` days after."""
    near = st.integers(-40, 3)
    begin = draw(
        st.one_of(st.integers(-4000, latest_start), near.filter(lambda d: d <= latest_start))
    )
    length = draw(st.one_of(st.none(), st.integers(0, 40), st.integers(0, 2500)))
    return spell(
        _day(begin),
        None if length is None else _day(begin + length),
        draw(st.sampled_from([100.0, 250.5, 300.0, 512.25, 999.99])),
        draw(st.sampled_from("ABC")),
        state=draw(st.sampled_from([None, "09", "19"])),
        industry=draw(st.sampled_from([None, "4", "6"])),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[EmploymentSpell]:
    """Unsorted spells of several employers, overlapping and repeated, one begun by TODAY."""
    first = draw(spells(latest_start=0))
    others = draw(st.lists(spells(), max_size=7))
    return draw(st.permutations([first, *others]))


_NUMBER = st.floats(-3, 3, allow_nan=False)


@st.composite
def scorecards(draw: st.DrawFn) -> Scorecard:
    """A card over three numbers and a category, with a table of each and two pairs."""
    bins = [
        Bins(name, edges=tuple(sorted(draw(st.sets(st.integers(-5, 60), max_size=4)))))
        for name in ("months_in_current_job", "employers_5y", "age")
    ]
    bins.append(Bins("education", levels=FEATURES["education"].levels))
    sizes = {item.feature: item.missing + 1 for item in bins}
    tables = [
        Table((name,), tuple(draw(st.lists(_NUMBER, min_size=size, max_size=size))))
        for name, size in sizes.items()
    ]
    for pair in (("months_in_current_job", "age"), ("employers_5y", "education")):
        rows, columns = (sizes[name] for name in pair)
        row = st.lists(_NUMBER, min_size=columns, max_size=columns).map(tuple)
        tables.append(Table(pair, tuple(draw(st.lists(row, min_size=rows, max_size=rows)))))
    return Scorecard("continuity", "logit", draw(_NUMBER), tuple(bins), tuple(tables))


def tiny_card(name: str, link: str = "logit") -> Scorecard:
    """A card of one table, enough to be written and read."""
    bins = Bins("months_in_current_job", edges=(6.0, 24.0))
    table = Table(("months_in_current_job",), (-0.5, 0.0, 0.4, -0.1))
    return Scorecard(name, link, 1.2 if link == "logit" else -0.1, (bins,), (table,))
