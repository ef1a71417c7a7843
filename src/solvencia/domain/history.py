"""A work history as it was known on one day: jobs without double counting, and income over time.

Days are proleptic ordinals. The same reading serves the features of a day and the outcome after it.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from solvencia.domain.applicant import EmploymentSpell


class Worked(NamedTuple):
    """A stretch of one job at one wage, both days included."""

    start: int
    end: int
    employer: str
    daily_wage: float
    state: str
    industry: str


Stretch = tuple[int, int, str, float, str, str]
"""The fields of ``Worked``, as a plain tuple: histories are read by the thousand."""

Segment = tuple[int, int, float]
"""Constant income of all jobs together: from a day up to but without another, at a daily wage."""


def add_years(day: date, years: int) -> date:
    """The same day of another year; 29 February becomes the 28th.

    >>> add_years(date(2024, 2, 29), 1)
    datetime.date(2025, 2, 28)
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


@lru_cache(maxsize=256)
def anniversaries(as_of: date) -> tuple[int, int, int]:
    """The day five years, three years and one year before."""
    five, three, one = (add_years(as_of, -years).toordinal() for years in (5, 3, 1))
    return five, three, one


def age_on(birth_date: date, day: date) -> float:
    """Age in years on a day: whole on birthdays, and growing between them.

    >>> age_on(date(2000, 3, 10), date(2018, 3, 9)) < 18.0 == age_on(date(2000, 3, 10), date(2018, 3, 10))
    True
    """
    years = day.year - birth_date.year
    if (day.month, day.day) < (birth_date.month, birth_date.day):
        years -= 1
    return years + (day - add_years(birth_date, years)).days / 367


def known_work(spells: Iterable[EmploymentSpell], as_of: date) -> list[Worked]:
    """What was known on ``as_of``, sorted by start: begun by then, and cut at that day.

    A spell listed twice counts once. Where spells of one employer overlap, they are one job, and
    the one that began last (on the same day: the one that lasts longest, then the best paid) gives
    the wage.

    >>> raised = [EmploymentSpell(employer_id="A", start_date=date(2020, 1, 1), daily_wage=300.0),
    ...           EmploymentSpell(employer_id="A", start_date=date(2021, 1, 1), daily_wage=330.0)]
    >>> [(date.fromordinal(w.end).isoformat(), w.daily_wage)
    ...  for w in known_work(raised, date(2021, 6, 30))]
    [('2020-12-31', 300.0), ('2021-06-30', 330.0)]
    """
    return [Worked(*stretch) for stretch in known_stretches(spells, as_of)]


def known_stretches(spells: Iterable[EmploymentSpell], as_of: date) -> list[Stretch]:
    """``known_work`` as plain tuples."""
    today = as_of.toordinal()
    work: list[Stretch] = []
    for spell in spells:
        told = spell.__dict__  # a model's attributes are slower to come by
        start = told["start_date"].toordinal()
        if start <= today:
            ended = told["end_date"]
            end = today if ended is None else ended.toordinal()
            if end > today:
                end = today
            state, industry = told["state"] or "", told["industry"] or ""
            work.append((start, end, told["employer_id"], told["daily_wage"], state, industry))
    work.sort()
    reach = 0
    for stretch in work:
        if stretch[0] <= reach:
            return _of_each_employer_once(work)
        reach = stretch[1]
    return work


def _of_each_employer_once(work: list[Stretch]) -> list[Stretch]:
    """The stretches as they are, unless two of one employer overlap."""
    last_end: dict[str, int] = {}
    for start, end, employer, _, _, _ in work:
        if start <= last_end.get(employer, 0):
            return _without_overlap(sorted(set(work)))
        last_end[employer] = end
    return work


def _without_overlap(work: list[Stretch]) -> list[Stretch]:
    """Cut each stretch where a later one of the same employer covers it.

    Going back from the latest start, what is covered so far is, for each employer, a stack of
    disjoint stretches with the earliest on top; a stretch takes the gaps it finds there and joins
    what it touches, so each is looked at once.
    """
    kept: list[Stretch] = []
    covered: dict[str, list[tuple[int, int]]] = {}
    for stretch in reversed(work):
        start, last, employer, *_ = stretch
        stack = covered.setdefault(employer, [])
        free_from, reach = start, last
        while stack and stack[-1][0] <= last:
            begin, end = stack.pop()
            if free_from < begin:
                kept.append((free_from, begin - 1, *stretch[2:]))
            free_from, reach = max(free_from, end + 1), max(reach, end)
        if free_from <= last:
            kept.append((free_from, *stretch[1:]))
        stack.append((start, reach))
    return sorted(kept)


def income_segments(work: Sequence[Stretch]) -> list[Segment]:
    """Income over time: jobs held at once add up, days without a job are left out."""
    segments = []
    reach = 0
    for start, end, _, wage, _, _ in work:
        if start <= reach:
            return _added_up(work)
        segments.append((start, end + 1, wage))
        reach = end
    return segments


def _added_up(work: Sequence[Stretch]) -> list[Segment]:
    """``income_segments`` where some jobs are held at once."""
    changes = []
    for start, end, _, wage, _, _ in work:
        changes.append((start, 1, wage))
        changes.append((end + 1, -1, -wage))
    changes.sort()
    segments = []
    open_jobs, total, begin = 0, 0.0, 0
    for day, count, amount in changes:
        if day > begin and open_jobs:
            segments.append((begin, day, total))
        open_jobs += count
        total = total + amount if open_jobs else 0.0
        begin = day
    return segments
