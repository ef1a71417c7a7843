"""The same applicant some months later: still in the present job, and all around them as it is."""

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Self

from solvencia.domain.applicant import Applicant, Profile
from solvencia.domain.features import (
    DAYS_PER_MONTH,
    Features,
    compute_features,
    profile_features,
)
from solvencia.domain.reference import Reference, Series

LONGEST_WAIT = 24
"""Months that are looked ahead."""


@dataclass(frozen=True)
class Stay:
    """An applicant who stays on in the jobs held on a day, at the same wage.

    Attributes:
        applicant: as known on ``as_of``, with the spells current on that day left open.
        reference: what was known on ``as_of``, for all days after it too.
    """

    applicant: Applicant | Profile
    as_of: date
    reference: Reference

    @classmethod
    def of(cls, applicant: Applicant | Profile, as_of: date, reference: Reference) -> Self:
        """The stay that begins on ``as_of``."""
        if isinstance(applicant, Applicant):
            spells = tuple(
                spell.model_copy(update={"end_date": None})
                if spell.end_date is not None and spell.end_date >= as_of
                else spell
                for spell in applicant.spells
                if spell.start_date <= as_of
            )
            applicant = applicant.model_copy(update={"spells": spells})
        return cls(applicant, as_of, held(reference, as_of))

    def features(self, months: int) -> Features:
        """Features after ``months`` in the job, 0 to ``LONGEST_WAIT``, without a loan.

        Of a history every feature is computed anew on the later day. Of a profile time moves its
        own fields; who leaves the five years of ``employers_5y`` is not known, so it stays.

        >>> profile = Profile(monthly_income=15_000, age=30, months_in_current_job=4)
        >>> stay = Stay.of(profile, date(2024, 7, 1), Reference())
        >>> later = stay.features(6)
        >>> later.months_in_current_job, later.age, later.contribution_weeks
        (10.0, 30.5, None)
        """
        if isinstance(self.applicant, Profile):
            waited = _profile_after(self.applicant, months)
            return profile_features(waited, self.as_of, self.reference)
        later = add_months(self.as_of, months)
        waited_history = _with_weeks(self.applicant, (later - self.as_of).days)
        return compute_features(waited_history, later, self.reference)

    def nominal_income(self) -> float:
        """Monthly income in MXN of ``as_of``, by which the amount asked for is divided."""
        if isinstance(self.applicant, Profile):
            return self.applicant.monthly_income
        # Without a price index pesos are those of the day, to the last bit.
        return compute_features(self.applicant, self.as_of, Reference()).monthly_income or 0.0


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last day.

    >>> add_months(date(2024, 1, 31), 1), add_months(date(2023, 11, 15), 14)
    (datetime.date(2024, 2, 29), datetime.date(2025, 1, 15))
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def held(reference: Reference, day: date) -> Reference:
    """The reference as known on ``day``, and unchanged on every day up to ``LONGEST_WAIT`` later.

    >>> wage = Series((date(2024, 1, 1).toordinal(), date(2025, 1, 1).toordinal()), (249.0, 278.0))
    >>> still = held(Reference(minimum_wage=wage), date(2024, 7, 1))
    >>> still.minimum_wage.at(date(2026, 1, 1).toordinal())
    249.0
    """
    today = day.toordinal()

    def series(known: Series | None) -> Series | None:
        value = known.at(today) if known is not None else None
        return None if value is None else Series((today,), (value,))

    def by_key(known: Mapping[str, Series]) -> dict[str, Series]:
        return {key: now for key, item in known.items() if (now := series(item)) is not None}

    return replace(
        reference,
        inpc=_held_prices(reference, today),
        minimum_wage=series(reference.minimum_wage),
        pension_weeks=series(reference.pension_weeks),
        state_wage=by_key(reference.state_wage),
        state_growth=by_key(reference.state_growth),
        state_unemployment=by_key(reference.state_unemployment),
        state_informality=by_key(reference.state_informality),
        industry_growth=by_key(reference.industry_growth),
    )


def _held_prices(reference: Reference, today: int) -> tuple[float, ...]:
    """The index stays at the month known today; the last value remains the base month's."""
    known = max(reference.last_price_month(today) - reference.inpc_start, 0)
    if known >= len(reference.inpc) - 1:
        return reference.inpc
    same = (reference.inpc[known],) * (LONGEST_WAIT + 2)
    return (*reference.inpc[: known + 1], *same, reference.inpc[-1])


def _profile_after(profile: Profile, months: int) -> Profile:
    weeks = profile.contribution_weeks
    return profile.model_copy(
        update={
            "age": profile.age + months / 12,
            "months_in_current_job": profile.months_in_current_job + months,
            "contribution_weeks": None if weeks is None else weeks + months * DAYS_PER_MONTH / 7,
        }
    )


def _with_weeks(applicant: Applicant, days: int) -> Applicant:
    """Weeks that the applicant states grow with the days worked; unstated ones are counted anew."""
    if applicant.contribution_weeks is None:
        return applicant
    weeks = applicant.contribution_weeks + days / 7
    return applicant.model_copy(update={"contribution_weeks": weeks})
