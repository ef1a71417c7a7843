"""A work history as it was known on one day: jobs without double counting, and income over time.

Days are proleptic ordinals. The same reading serves the features of a day and the outcome after it.
"""

from collections.abc import Iterable
from datetime import date
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


class Segment(NamedTuple):
    """Constant income of all jobs together, from ``begin`` up to but without ``end``."""

    begin: int
    end: int
    daily_wage: float


def add_years(day: date, years: int) -> date:
    """The same day of another year; 29 February becomes the 28th.

    >>> add_years(date(2024, 2, 29), 1)
    datetime.date(2025, 2, 28)
    """
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


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
    today = as_of.toordinal()
    seen: set[Worked] = set()
    for spell in spells:
        start = spell.start_date.toordinal()
        if start <= today:
            ended = spell.end_date
            seen.add(
                Worked(
                    start,
                    today if ended is None else min(ended.toordinal(), today),
                    spell.employer_id,
                    spell.daily_wage,
                    spell.state or "",
                    spell.industry or "",
                )
            )
    work = sorted(seen)
    last_end: dict[str, int] = {}
    for row in work:
        if row.start <= last_end.get(row.employer, -1):
            return _without_overlap(work)
        last_end[row.employer] = row.end
    return work


def _without_overlap(work: list[Worked]) -> list[Worked]:
    """Cut each stretch where a later one of the same employer covers it.

    Going back from the latest start, what is covered so far is, for each employer, a stack of
    disjoint stretches with the earliest on top; a stretch takes the gaps it finds there and joins
    what it touches, so each is looked at once.
    """
    kept: list[Worked] = []
    covered: dict[str, list[tuple[int, int]]] = {}
    for row in reversed(work):
        stack = covered.setdefault(row.employer, [])
        free_from, reach = row.start, row.end
        while stack and stack[-1][0] <= row.end:
            begin, end = stack.pop()
            if free_from < begin:
                kept.append(row._replace(start=free_from, end=begin - 1))
            free_from, reach = max(free_from, end + 1), max(reach, end)
        if free_from <= row.end:
            kept.append(row._replace(start=free_from))
        stack.append((row.start, reach))
    return sorted(kept)


def income_segments(work: list[Worked]) -> list[Segment]:
    """Income over time: jobs held at once add up, days without a job are left out."""
    changes = []
    for row in work:
        changes.append((row.start, 1, row.daily_wage))
        changes.append((row.end + 1, -1, -row.daily_wage))
    changes.sort()
    segments = []
    open_jobs, total, begin = 0, 0.0, 0
    for day, count, amount in changes:
        if day > begin and open_jobs:
            segments.append(Segment(begin, day, total))
        open_jobs += count
        total = total + amount if open_jobs else 0.0
        begin = day
    return segments
