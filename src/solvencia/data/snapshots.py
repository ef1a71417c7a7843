"""Training rows: each person on several days, with what was known then and what came after.

Rows are split by date, never at random: a test row lies after every outcome window of training
has closed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from solvencia.data.outcome import mean_income_after
from solvencia.data.sources import Person, SourceDescription, read_people
from solvencia.domain.applicant import EmploymentSpell, LoanRequest
from solvencia.domain.errors import SourceError
from solvencia.domain.features import Features, compute_features
from solvencia.domain.history import add_years, age_on
from solvencia.domain.reference import Reference

MINIMUM_AGE, MAXIMUM_AGE = 18, 75


@dataclass(frozen=True)
class SnapshotSettings:
    """Which days, and who counts as an applicant on them.

    Attributes:
        years: how many yearly dates, the last one a year before observation ends.
        max_months_unemployed: people longer out of formal work are not applicants.
        max_reject_share: share of bad rows above which the run fails.
    """

    years: int
    max_months_unemployed: float
    max_reject_share: float


@dataclass(frozen=True)
class TrainingTables:
    """Rows for the models: ``snapshots`` for continuity and income, ``loans`` for default."""

    snapshots: pd.DataFrame
    loans: pd.DataFrame
    rejects: pd.DataFrame
    people: int
    rows_read: int


def snapshot_dates(observed_until: date, years: int) -> list[date]:
    """Yearly dates, ascending, whose 12-month outcome had been observed.

    >>> snapshot_dates(date(2026, 5, 31), 2)
    [datetime.date(2024, 5, 31), datetime.date(2025, 5, 31)]
    """
    return [add_years(observed_until, -back) for back in range(years, 0, -1)]


def build_training_tables(
    directory: Path, reference: Reference, settings: SnapshotSettings
) -> TrainingTables:
    """Read an acquired source and compute every snapshot.

    Raises:
        SourceError: too many bad rows, or nobody to learn from.
    """
    description = SourceDescription.read(directory)
    dates = snapshot_dates(description.observed_until, settings.years)
    snapshots: list[tuple[Any, ...]] = []
    loans: list[tuple[Any, ...]] = []
    rejects = []
    people = 0
    total = description.rows["people"]
    with tqdm(total=total, desc="snapshots", unit="person", mininterval=1.0) as bar:
        for chunk in read_people(directory):
            rejects.extend(chunk.rejects)
            people += len(chunk.people)
            for person in chunk.people:
                if person.spells:
                    until = description.observed_until
                    snapshots.extend(_snapshots(person, until, dates, reference, settings))
                    loans.extend(_loan_rows(person, until, reference))
            bar.update(min(len(chunk.people), total))
    rows_read = sum(description.rows.values())
    bad_rows = len({(reject.table, reject.row) for reject in rejects})
    if bad_rows > settings.max_reject_share * rows_read:
        raise SourceError(
            f"{bad_rows} of {rows_read} rows are bad; allowed: a share of "
            f"{settings.max_reject_share} (snapshots.max_reject_share). First: {rejects[0]}"
        )
    if not snapshots:
        raise SourceError(f"nobody was an applicant between {dates[0]} and {dates[-1]}")
    return TrainingTables(
        snapshots=pd.DataFrame(
            snapshots,
            columns=[
                "person_id",
                "as_of",
                "audit_sex",
                "audit_state",
                *Features._fields,
                "income_ratio",
            ],
        ),
        loans=pd.DataFrame(
            loans,
            columns=[
                "loan_id",
                "person_id",
                "as_of",
                "audit_sex",
                "audit_state",
                *Features._fields,
                "annual_rate",
                "default_12m",
            ],
        ),
        rejects=pd.DataFrame(
            [asdict(reject) for reject in rejects],
            columns=["table", "row", "field", "rule", "value"],
        ),
        people=people,
        rows_read=rows_read,
    )


def _snapshots(
    person: Person,
    observed_until: date,
    dates: Sequence[date],
    reference: Reference,
    settings: SnapshotSettings,
) -> Iterator[tuple[Any, ...]]:
    applicant = person.applicant()
    first = min(spell.start_date for spell in person.spells)
    row = person.row
    eligible = [
        as_of
        for as_of in dates
        if first <= as_of and MINIMUM_AGE <= age_on(row.birth_date, as_of) <= MAXIMUM_AGE
    ]
    prior_weeks = _prior_weeks(person, observed_until) if eligible else 0.0
    for as_of in eligible:
        features = compute_features(applicant, as_of, reference, prior_weeks=prior_weeks)
        if (features.months_unemployed or 0.0) > settings.max_months_unemployed:
            continue
        outcome = mean_income_after(person.spells, as_of, reference)
        assert features.monthly_income is not None
        yield (
            row.person_id,
            as_of,
            row.sex,
            _state_on(person.spells, as_of),
            *features,
            outcome / features.monthly_income,
        )


def _loan_rows(
    person: Person, observed_until: date, reference: Reference
) -> Iterator[tuple[Any, ...]]:
    if not person.loans:
        return
    applicant = person.applicant()
    first = min(spell.start_date for spell in person.spells)
    row = person.row
    closed = [
        loan
        for loan in person.loans
        if first <= loan.granted_on
        and age_on(row.birth_date, loan.granted_on) >= MINIMUM_AGE
        and add_years(loan.granted_on, 1) <= observed_until + timedelta(days=1)
    ]
    prior_weeks = _prior_weeks(person, observed_until) if closed else 0.0
    for loan in closed:
        day = loan.granted_on
        request = LoanRequest.model_construct(
            product=loan.product, amount=loan.amount, term_months=loan.term_months
        )
        features = compute_features(applicant, day, reference, request, prior_weeks=prior_weeks)
        yield (
            loan.loan_id,
            row.person_id,
            day,
            row.sex,
            _state_on(person.spells, day),
            *features,
            loan.annual_rate,
            int(loan.default_12m),
        )


def _prior_weeks(person: Person, observed_until: date) -> float:
    """Weeks earned before the history begins: those stated, less those the whole history shows.

    The statement is of the day the source was drawn; what it holds of later weeks is taken out, so
    that an earlier day sees only the weeks worked by then.
    """
    stated = person.row.contribution_weeks
    if stated is None:
        return 0.0
    shown = compute_features(person.applicant(), observed_until, Reference()).contribution_weeks
    return max(0.0, stated - (shown or 0.0))


def _state_on(spells: Sequence[EmploymentSpell], as_of: date) -> str | None:
    begun = [spell for spell in spells if spell.start_date <= as_of]
    return max(begun, key=lambda spell: (spell.start_date, spell.employer_id)).state
