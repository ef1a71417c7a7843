"""What many applicants tell by themselves, each as ``told_by_history`` and ``told_by_profile`` have it.

A history whose spells follow one another is read in columns, the spells of all one below the other.
Profiles, and the fewer histories with spells that overlap, are read one by one by the code that
reads a single one; so is what cannot be scored, for the error.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple, Self

import numpy as np

from solvencia.domain.applicant import Applicant, Profile
from solvencia.domain.errors import InvalidInputError
from solvencia.domain.features import DAYS_PER_MONTH, Told, told_by_history, told_by_profile
from solvencia.domain.history import age_on, anniversaries
from solvencia.domain.reference import DAYS_PER_WAGE_MONTH
from solvencia.serving.columns import Column, Mask, Whole

_YOUNGEST = 15
"""Years; ``told_by_history`` refuses who is younger."""

_CATEGORIES = ("industry", "education", "state")


class ToldColumns(NamedTuple):
    """``Told`` of n applicants.

    Numbers have shape (n,), NaN where one is unknown. ``recent`` are the segments of all, shape (m,),
    each person's in their order; ``person`` says whose they are.
    """

    nominal_income: Column
    months_in_current_job: Column
    months_unemployed: Column
    employers_5y: Column
    contribution_weeks: Column
    contribution_density: Column
    age: Column
    longest_job_months: Column
    industry: list[str | None]
    education: list[str | None]
    state: list[str | None]
    daily_wage: Column
    first_day: Whole
    person: Whole
    begin: Whole
    end: Whole
    wage: Column


def read_many(
    applicants: Sequence[Applicant | Profile], days: Sequence[date]
) -> tuple[list[int], ToldColumns, dict[int, InvalidInputError]]:
    """What applicants tell, each on a day.

    Returns:
        The places of those who can be scored, what they tell in the order of these places, and by
        place why the others cannot be.
    """
    histories = [place for place, item in enumerate(applicants) if isinstance(item, Applicant)]
    columns, together = _told_together(
        [item for item in applicants if isinstance(item, Applicant)],
        [days[place] for place in histories],
    )
    order = [histories[index] for index in together]
    alone, errors = [], {}
    for place in sorted(set(range(len(applicants))).difference(order)):
        applicant = applicants[place]
        try:
            if isinstance(applicant, Profile):
                told = told_by_profile(applicant)
            else:
                told = told_by_history(applicant, days[place])
        except InvalidInputError as error:
            errors[place] = error
        else:
            order.append(place)
            alone.append(told)
    return order, _joined(columns, told_columns(alone)) if alone else columns, errors


def told_columns(told: Sequence[Told]) -> ToldColumns:
    """What was read one by one, in columns."""
    recent = [item for one in told for item in one.recent]
    segments = np.array(recent, dtype=np.float64).reshape(-1, 3)
    fields = dict(zip(Told._fields, zip(*told, strict=True), strict=False))
    columns: dict[str, Any] = {
        name: list(fields.get(name, ()))
        if name in _CATEGORIES
        else np.array(fields.get(name, ()), dtype=np.float64)
        for name in Told._fields[:-1]
    }
    return ToldColumns(
        **columns | {"first_day": columns["first_day"].astype(np.int64)},
        person=np.repeat(np.arange(len(told)), [len(one.recent) for one in told]),
        begin=segments[:, 0].astype(np.int64),
        end=segments[:, 1].astype(np.int64),
        wage=segments[:, 2],
    )


def _joined(first: ToldColumns, second: ToldColumns) -> ToldColumns:
    second = second._replace(person=second.person + len(first.age))
    pairs: Iterable[tuple[Any, Any]] = zip(first, second, strict=True)
    return ToldColumns._make(
        one + other if isinstance(one, list) else np.concatenate((one, other))
        for one, other in pairs
    )


def _told_together(
    histories: Sequence[Applicant], days: Sequence[date]
) -> tuple[ToldColumns, list[int]]:
    """What those histories tell whose spells follow one another, and the places of these."""
    dates = {day: (day.toordinal(), anniversaries(day)[0]) for day in set(days)}
    today, since = np.array([dates[day] for day in days], dtype=np.int64).reshape(-1, 2).T
    ages = map(age_on, [item.birth_date for item in histories], days)
    age = np.fromiter(ages, np.float64, len(histories))
    known = _known(histories, today)
    chosen = np.flatnonzero(_follow(known, len(histories)) & (age >= _YOUNGEST))
    if not len(chosen):
        return told_columns(()), []
    work = known.of(chosen, len(histories))
    today, since, age = today[chosen], since[chosen], age[chosen]
    told = [histories[place] for place in chosen.tolist()]

    first = np.flatnonzero(np.diff(work.person, prepend=-1))
    last = np.append(first[1:], len(work.person)) - 1
    begun = _begun(work)
    days_worked = np.add.reduceat(work.end - work.start + 1, first)
    longest = np.maximum.reduceat(work.end - begun + 1, first)
    first_day, last_day, daily_wage = work.start[first], work.end[last], work.wage[last]
    employed = last_day == today
    stated = np.array([item.contribution_weeks for item in told], dtype=np.float64)
    recent = work.end >= since[work.person]
    main = [work.rows[place] for place in work.row[last].tolist()]
    columns = ToldColumns(
        nominal_income=daily_wage * DAYS_PER_WAGE_MONTH,
        months_in_current_job=np.where(employed, (today - begun[last]) / DAYS_PER_MONTH, 0.0),
        months_unemployed=np.where(employed, 0.0, (today - last_day) / DAYS_PER_MONTH),
        employers_5y=_employers(work.person[recent], work.employer[recent], len(told)),
        contribution_weeks=np.where(np.isnan(stated), days_worked / 7, stated),
        contribution_density=days_worked / (today - first_day + 1),
        age=age,
        longest_job_months=longest / DAYS_PER_MONTH,
        industry=[spell["industry"] for spell in main],
        education=[item.education for item in told],
        state=[spell["state"] for spell in main],
        daily_wage=daily_wage,
        first_day=first_day,
        person=work.person[recent],
        begin=np.maximum(work.start, since[work.person])[recent],
        end=work.end[recent] + 1,
        wage=work.wage[recent],
    )
    return columns, chosen.tolist()


class _Spells(NamedTuple):
    """Spells of many histories as they are known, by history and start, shape (m,).

    ``rows`` holds the fields of every spell that was told, and ``row`` the place of each there;
    ``employer`` is a number of its own for each employer.
    """

    rows: list[dict[str, Any]]
    person: Whole
    row: Whole
    start: Whole
    end: Whole
    employer: Whole
    wage: Column

    def of(self, people: Whole, count: int) -> Self:
        """Those of some of the ``count`` people, who are numbered anew."""
        number = np.full(count, -1)
        number[people] = np.arange(len(people))
        person = number[self.person]
        mine = person >= 0
        parts = {name: getattr(self, name)[mine] for name in ("row", "start", "end", "employer")}
        return self._replace(person=person[mine], wage=self.wage[mine], **parts)


def _known(histories: Sequence[Applicant], today: Whole) -> _Spells:
    """What was known on the days of the applications, as ``history.known_stretches`` cuts it."""
    # A model's attributes are slower to come by than what holds them.
    rows = [spell.__dict__ for item in histories for spell in item.spells]
    person = np.repeat(np.arange(len(histories)), [len(item.spells) for item in histories])
    start = np.array([row["start_date"].toordinal() for row in rows], dtype=np.int64)
    end = np.array([(row["end_date"] or date.max).toordinal() for row in rows], dtype=np.int64)
    numbers: dict[str, int] = {}
    employer = np.array(
        [numbers.setdefault(row["employer_id"], len(numbers)) for row in rows], dtype=np.int64
    )
    wage = np.array([row["daily_wage"] for row in rows], dtype=np.float64)
    until = today[person]
    order = np.flatnonzero(start <= until)
    if ((start[1:] < start[:-1]) & (person[1:] == person[:-1])).any():
        order = order[np.lexsort((start[order], person[order]))]
    return _Spells(
        rows,
        person[order],
        order,
        start[order],
        np.minimum(end, until)[order],
        employer[order],
        wage[order],
    )


def _follow(known: _Spells, count: int) -> Mask:
    """Of which people some spells are known, and each begins after the one before has ended."""
    found = np.zeros(count, dtype=bool)
    found[known.person] = True
    same = known.person[1:] == known.person[:-1]
    found[known.person[1:][same & (known.start[1:] <= known.end[:-1])]] = False
    return found


def _begun(work: _Spells) -> Whole:
    """The first day of the job of each spell: the same employer's, without a day between."""
    anew = np.ones(len(work.start), dtype=bool)
    anew[1:] = (
        (work.person[1:] != work.person[:-1])
        | (work.employer[1:] != work.employer[:-1])
        | (work.start[1:] > work.end[:-1] + 1)
    )
    places = np.where(anew, np.arange(len(anew)), 0)
    return work.start[np.maximum.accumulate(places)]


def _employers(person: Whole, employer: Whole, count: int) -> Column:
    """How many employers each of the people has had; one per pair of arguments."""
    width = 1 + int(employer.max(initial=0))
    different = np.unique(person * width + employer)
    return np.bincount(different // width, minlength=count).astype(np.float64)
