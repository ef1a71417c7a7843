"""What an analyst's form leaves out, so that the models learn to score without it.

A profile gives fewer features than a work history. Models that never saw a feature missing would
read anything into its absence; so some training rows are also shown as profiles would give them.
"""

from datetime import date

import numpy as np

from solvencia.domain.applicant import Profile
from solvencia.domain.catalogue import Education, Industry
from solvencia.domain.features import Features, characteristics_of, profile_features
from solvencia.domain.reference import Reference, Series
from solvencia.training.fit import Columns

_UNKNOWN_SHARE = 0.3
"""How often each optional field of a profile is left empty."""

_FULL = Profile(
    monthly_income=15_000,
    age=40,
    months_in_current_job=24,
    employers_5y=2,
    contribution_weeks=300,
    longest_job_months=48,
    education=Education.SECONDARY,
    industry=Industry.COMMERCE,
    state="09",
)


def profile_gaps() -> dict[str, tuple[str, ...]]:
    """Features that go missing when a field of the profile is empty; '' for those it never gives.

    >>> profile_gaps()["contribution_weeks"]
    ('contribution_weeks', 'weeks_to_pension')
    >>> "income_volatility" in profile_gaps()[""]
    True
    """
    day = date(2026, 1, 1)
    always = Series((1,), (1.0,))
    known = Reference(
        minimum_wage=always,
        pension_weeks=always,
        state_wage={"09": always},
        state_income_bounds={"09": (1.0,)},
        state_growth={"09": always},
        state_unemployment={"09": always},
        state_informality={"09": always},
        industry_growth={"6": always},
    )

    def absent(profile: Profile) -> set[str]:
        return _absent(profile_features(profile, day, known))

    never = absent(_FULL)
    of_history = [item.name for item in characteristics_of("continuity")]
    gaps = {"": tuple(name for name in of_history if name in never)}
    for field in Profile.model_fields:
        if not Profile.model_fields[field].is_required() and getattr(_FULL, field):
            without = absent(_FULL.model_copy(update={field: None})) - never
            gaps[field] = tuple(name for name in Features._fields if name in without)
    return gaps


def as_profiles(columns: Columns, rng: np.random.Generator) -> Columns:
    """The same rows with the features that a form would not give set to missing."""
    count = len(next(iter(columns.values())))
    masked = {name: column.copy() for name, column in columns.items()}
    for field, names in profile_gaps().items():
        rows = np.ones(count, dtype=bool) if not field else rng.random(count) < _UNKNOWN_SHARE
        for name in names:
            masked[name][rows] = None if masked[name].dtype == object else np.nan
    return masked


def with_profiles(
    columns: Columns, target: np.ndarray, share: float, rng: np.random.Generator
) -> tuple[Columns, np.ndarray]:
    """The rows, followed by a random ``share`` of them as profiles; and their targets."""
    count = len(target)
    chosen = np.sort(rng.choice(count, int(share * count), replace=False))
    shown = as_profiles({name: column[chosen] for name, column in columns.items()}, rng)
    both = {name: np.concatenate([column, shown[name]]) for name, column in columns.items()}
    return both, np.concatenate([target, target[chosen]])


def _absent(features: Features) -> set[str]:
    return {name for name, value in features._asdict().items() if value is None}
