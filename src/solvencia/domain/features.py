"""The model's input: ``Features``, and the one implementation that computes them.

Training, batches and the service all call ``compute_features``. It sees a history as it was known
on one day (``as_of``): spells that begin later do not exist yet, and a spell that ends on that day
or later is still current. Nothing else about the future can enter.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Annotated, Any, NamedTuple, get_type_hints

from solvencia.domain.applicant import Applicant, LoanRequest, Profile
from solvencia.domain.catalogue import EDUCATION, INDUSTRIES, PRODUCTS
from solvencia.domain.characteristic import Characteristic
from solvencia.domain.errors import InvalidInputError
from solvencia.domain.history import (
    Segment,
    age_on,
    anniversaries,
    income_segments,
    known_stretches,
)
from solvencia.domain.reference import DAYS_PER_WAGE_MONTH, Reference, Series, month_of

DAYS_PER_MONTH = 30.4375


@dataclass(frozen=True)
class FeatureInfo:
    """What the models and the readers need to know of a feature.

    ``continuity``, ``income`` and ``default`` give, for each model, the direction that its output
    must have in this feature (+1 never falls, -1 never rises, 0 free), or None where the model
    does not use it. ``levels`` are the values of a category, in order when ``ordered``.
    """

    title: str
    title_en: str
    unit: str = ""
    continuity: int | None = 0
    income: int | None = 0
    default: int | None = 0
    levels: tuple[str, ...] = ()
    ordered: bool = False

    def direction(self, model: str) -> int | None:
        """Direction for one model: 'continuity', 'income' or 'default'."""
        return {"continuity": self.continuity, "income": self.income, "default": self.default}[
            model
        ]


class Features(NamedTuple):
    """One applicant on one day, in declaration order; None means unknown.

    Money is monthly, in pesos of the reference's base month. The last three describe the loan
    asked for and are None without one.
    """

    monthly_income: Annotated[
        float | None,
        FeatureInfo("Ingreso mensual", "Monthly income", "MXN", default=-1),
    ]
    months_in_current_job: Annotated[
        float | None,
        FeatureInfo(
            "Antigüedad en el empleo", "Time in current job", "months", continuity=1, default=-1
        ),
    ]
    months_unemployed: Annotated[
        float | None,
        FeatureInfo(
            "Meses sin empleo formal",
            "Months without formal work",
            "months",
            continuity=-1,
            income=-1,
            default=1,
        ),
    ]
    employers_5y: Annotated[
        float | None,
        FeatureInfo(
            "Patrones en 5 años", "Employers in 5 years", "employers", continuity=-1, default=1
        ),
    ]
    contribution_weeks: Annotated[
        float | None,
        FeatureInfo("Semanas cotizadas", "Contribution weeks", "weeks", continuity=1, default=-1),
    ]
    contribution_density: Annotated[
        float | None,
        FeatureInfo(
            "Densidad de cotización",
            "Contribution density",
            "share",
            continuity=1,
            income=1,
            default=-1,
        ),
    ]
    age: Annotated[float | None, FeatureInfo("Edad", "Age", "years")]
    income_growth_12m: Annotated[
        float | None,
        FeatureInfo("Crecimiento del ingreso en 12 meses", "Income growth over 12 months", "share"),
    ]
    income_growth_36m: Annotated[
        float | None,
        FeatureInfo(
            "Crecimiento del ingreso en 36 meses",
            "Income growth over 36 months",
            "share",
            default=-1,
        ),
    ]
    income_volatility: Annotated[
        float | None,
        FeatureInfo(
            "Variabilidad del ingreso", "Income volatility", "share", continuity=-1, default=1
        ),
    ]
    income_to_average: Annotated[
        float | None,
        FeatureInfo(
            "Ingreso contra su promedio de 5 años", "Income to own 5-year average", "times"
        ),
    ]
    longest_job_months: Annotated[
        float | None,
        FeatureInfo("Empleo más largo", "Longest job", "months", continuity=1, default=-1),
    ]
    industry: Annotated[str | None, FeatureInfo("Industria", "Industry", levels=tuple(INDUSTRIES))]
    education: Annotated[
        str | None,
        FeatureInfo("Escolaridad", "Education", levels=tuple(EDUCATION), ordered=True),
    ]
    weeks_to_pension: Annotated[
        float | None, FeatureInfo("Semanas para pensión", "Weeks to pension", "weeks")
    ]
    income_decile: Annotated[
        float | None,
        FeatureInfo(
            "Decil de ingreso en su estado", "Income decile in state", "decile", default=-1
        ),
    ]
    income_to_state_wage: Annotated[
        float | None,
        FeatureInfo(
            "Ingreso contra salario del estado", "Income to state's mean wage", "times", default=-1
        ),
    ]
    income_to_minimum_wage: Annotated[
        float | None,
        FeatureInfo("Ingreso en salarios mínimos", "Income in minimum wages", "times", default=-1),
    ]
    state_growth: Annotated[
        float | None,
        FeatureInfo(
            "Crecimiento del estado",
            "State's growth",
            "yearly",
            continuity=1,
            income=1,
            default=-1,
        ),
    ]
    state_unemployment: Annotated[
        float | None,
        FeatureInfo(
            "Desempleo del estado",
            "State's unemployment",
            "share",
            continuity=-1,
            income=-1,
            default=1,
        ),
    ]
    state_informality: Annotated[
        float | None,
        FeatureInfo(
            "Informalidad del estado",
            "State's informality",
            "share",
            continuity=-1,
            income=-1,
            default=1,
        ),
    ]
    industry_growth: Annotated[
        float | None,
        FeatureInfo(
            "Crecimiento de la industria",
            "Industry's growth",
            "yearly",
            continuity=1,
            income=1,
            default=-1,
        ),
    ]
    loan_product: Annotated[
        str | None,
        FeatureInfo("Producto", "Product", continuity=None, income=None, levels=tuple(PRODUCTS)),
    ]
    loan_to_income: Annotated[
        float | None,
        FeatureInfo(
            "Monto en meses de ingreso",
            "Amount in months of income",
            "months",
            continuity=None,
            income=None,
            default=1,
        ),
    ]
    loan_term_months: Annotated[
        float | None,
        FeatureInfo("Plazo del crédito", "Loan term", "months", continuity=None, income=None),
    ]


def _describe() -> dict[str, FeatureInfo]:
    hints: dict[str, Any] = get_type_hints(Features, include_extras=True)
    return {name: hints[name].__metadata__[0] for name in Features._fields}


FEATURES: dict[str, FeatureInfo] = _describe()
"""Every feature by name, in declaration order."""


def characteristics_of(model: str) -> tuple[Characteristic, ...]:
    """What one model, 'continuity', 'income' or 'default', may learn from, in declaration order.

    >>> [item.name for item in characteristics_of("default")][-1]
    'loan_term_months'
    >>> {item.name: item.direction for item in characteristics_of("continuity")}["employers_5y"]
    -1
    """
    return tuple(
        Characteristic(name, info.title_en, info.unit, info.levels, info.ordered, direction)
        for name, info in FEATURES.items()
        if (direction := info.direction(model)) is not None
    )


def compute_features(
    applicant: Applicant,
    as_of: date,
    reference: Reference,
    loan: LoanRequest | None = None,
    *,
    prior_weeks: float = 0.0,
) -> Features:
    """Features of a work history as it was known on ``as_of``.

    How a history is read (duplicates, overlaps, what was known) is ``history.known_work``'s. Jobs
    held at once add up in income and count once in time worked. The current job is the best paid
    of the open spells, followed back through the same employer's spells as long as each begins by
    the day after the last ended. Contribution weeks are those the applicant states or, without a statement,
    ``prior_weeks`` (earned before the history begins) plus the weeks worked.

    Raises:
        InvalidInputError: no spell had begun by ``as_of``, or the applicant was under 15 then.

    >>> applicant = Applicant.model_validate({"birth_date": "1990-06-15", "spells": [
    ...     {"employer_id": "A", "start_date": "2018-01-01", "end_date": "2019-12-31",
    ...      "daily_wage": 300.0},
    ...     {"employer_id": "B", "start_date": "2020-07-01", "daily_wage": 500.0}]})
    >>> features = compute_features(applicant, date(2024, 7, 1), Reference())
    >>> features.monthly_income, features.employers_5y
    (15200.0, 2.0)
    >>> round(features.months_in_current_job, 1), round(features.contribution_density, 3)
    (48.0, 0.923)
    """
    told = told_by_history(applicant, as_of, prior_weeks=prior_weeks)
    return features_of(told, as_of, reference, loan)


def profile_features(
    profile: Profile, as_of: date, reference: Reference, loan: LoanRequest | None = None
) -> Features:
    """Features of a profile: what it gives, its environment on ``as_of``, and the rest unknown.

    >>> profile = Profile(monthly_income=15_200, age=34, months_in_current_job=48)
    >>> features = profile_features(profile, date(2024, 7, 1), Reference())
    >>> features.monthly_income, features.months_unemployed, features.contribution_density
    (15200.0, 0.0, None)
    """
    return features_of(told_by_profile(profile), as_of, reference, loan)


class Told(NamedTuple):
    """What a history or a profile tells by itself, before prices, surroundings and a loan.

    Fields that are features too hold them. ``nominal_income`` is monthly; ``recent`` is the income of
    the last five years as segments (``history.income_segments``), none before the first of them.
    """

    nominal_income: float
    months_in_current_job: float
    months_unemployed: float
    employers_5y: float | None
    contribution_weeks: float | None
    contribution_density: float | None
    age: float
    longest_job_months: float | None
    industry: str | None
    education: str | None
    state: str | None
    daily_wage: float
    first_day: int
    recent: Sequence[Segment]


def told_by_history(applicant: Applicant, as_of: date, *, prior_weeks: float = 0.0) -> Told:
    """What a work history tells on ``as_of``; see ``compute_features``.

    Raises:
        InvalidInputError: no spell had begun by ``as_of``, or the applicant was under 15 then.
    """
    today = as_of.toordinal()
    age = age_on(applicant.birth_date, as_of)
    if age < 15:
        raise InvalidInputError(
            "as_of", as_of, f"15 years after birth_date or later; age {age:.1f}"
        )
    work = known_stretches(applicant.spells, as_of)
    if not work:
        first = min(spell.start_date for spell in applicant.spells)
        raise InvalidInputError("as_of", as_of, f"{first}, the first job's start, or later")

    # A job is one employer's stretches without a gap; the main one lasts longest, then pays best.
    begun: dict[str, int] = {}
    reached: dict[str, int] = {}
    recent_employers = set()
    longest = 0
    since = anniversaries(as_of)[0]  # five years before
    last_day, best_wage, employer_now, state, industry = -1, 0.0, "", "", ""
    for start, end, employer, wage, where, division in work:
        if employer not in begun or start > reached[employer] + 1:
            begun[employer] = start
        reached[employer] = end
        days = end - begun[employer] + 1
        if days > longest:
            longest = days
        if end >= since:
            recent_employers.add(employer)
        if end > last_day or (end == last_day and (wage, employer) > (best_wage, employer_now)):
            last_day, best_wage, employer_now, state, industry = (
                end,
                wage,
                employer,
                where,
                division,
            )
    segments = income_segments(work)

    first_day = work[0][0]
    employed = last_day == today
    daily_wage = segments[-1][2]
    covered = sum([end - begin for begin, end, _ in segments])
    weeks = applicant.contribution_weeks
    return Told(
        nominal_income=daily_wage * DAYS_PER_WAGE_MONTH,
        months_in_current_job=(today - begun[employer_now]) / DAYS_PER_MONTH if employed else 0.0,
        months_unemployed=0.0 if employed else (today - last_day) / DAYS_PER_MONTH,
        employers_5y=float(len(recent_employers)),
        contribution_weeks=prior_weeks + covered / 7 if weeks is None else weeks,
        contribution_density=covered / (today - first_day + 1),
        age=age,
        longest_job_months=longest / DAYS_PER_MONTH,
        industry=industry or None,
        education=applicant.education,
        state=state or None,
        daily_wage=daily_wage,
        first_day=first_day,
        recent=[(max(begin, since), end, wage) for begin, end, wage in segments if end > since],
    )


def told_by_profile(profile: Profile) -> Told:
    """What a profile tells."""
    longest = profile.longest_job_months
    return Told(
        nominal_income=profile.monthly_income,
        months_in_current_job=profile.months_in_current_job,
        months_unemployed=profile.months_unemployed,
        employers_5y=None if profile.employers_5y is None else float(profile.employers_5y),
        contribution_weeks=profile.contribution_weeks,
        contribution_density=None,
        age=profile.age,
        longest_job_months=None if longest is None else max(longest, profile.months_in_current_job),
        industry=profile.industry,
        education=profile.education,
        state=profile.state,
        daily_wage=0.0,
        first_day=0,
        recent=(),
    )


def features_of(
    told: Told, as_of: date, reference: Reference, loan: LoanRequest | None = None
) -> Features:
    """Features of what is told, with the prices, the surroundings and the loan."""
    today = as_of.toordinal()
    known_month = reference.last_price_month(today)
    real_now = reference.base_pesos_of_month(known_month)
    nominal_income = told.nominal_income
    monthly_income = nominal_income * real_now

    growth_12m: float | None = None
    growth_36m: float | None = None
    _, then, last_year = anniversaries(as_of)
    mean_square = mean_total = 0.0
    past_income, past_days = 0.0, 0

    def in_base_pesos(nominal: float, day: int) -> float:
        """By the prices known since."""
        return nominal * reference.base_pesos_of_month(min(_month_of(day), known_month))

    for begin, end, wage in told.recent:
        real = in_base_pesos(wage, (begin + end) // 2)
        past_income += real * (end - begin)
        past_days += end - begin
        if end > then:
            if begin <= then:
                growth_36m = monthly_income / in_base_pesos(wage * DAYS_PER_WAGE_MONTH, then) - 1.0
            if begin <= last_year < end:
                past = in_base_pesos(wage * DAYS_PER_WAGE_MONTH, last_year)
                growth_12m = monthly_income / past - 1.0
            days = end - max(begin, then)
            mean_total += real * days
            mean_square += real * real * days
    volatility: float | None = None
    if mean_total > 0:
        window = today - max(then, told.first_day) + 1
        mean = mean_total / window
        volatility = max(mean_square / window - mean * mean, 0.0) ** 0.5 / mean
    weeks, industry = told.contribution_weeks, told.industry
    around = surroundings(reference, today, told.state, industry)
    required, minimum, state_wage, bounds, growth, unemployment, informality, division = around
    return Features(
        monthly_income=monthly_income,
        months_in_current_job=told.months_in_current_job,
        months_unemployed=told.months_unemployed,
        employers_5y=told.employers_5y,
        contribution_weeks=weeks,
        contribution_density=told.contribution_density,
        age=told.age,
        income_growth_12m=growth_12m,
        income_growth_36m=growth_36m,
        income_volatility=volatility,
        income_to_average=(
            told.daily_wage * real_now * past_days / past_income if past_income > 0 else None
        ),
        longest_job_months=told.longest_job_months,
        industry=industry,
        education=told.education,
        weeks_to_pension=(
            max(0.0, required - weeks) if required is not None and weeks is not None else None
        ),
        income_decile=1.0 + bisect_right(bounds, monthly_income) if bounds else None,
        income_to_state_wage=monthly_income / state_wage if state_wage else None,
        income_to_minimum_wage=(
            nominal_income / (minimum * DAYS_PER_WAGE_MONTH) if minimum else None
        ),
        state_growth=growth,
        state_unemployment=unemployment,
        state_informality=informality,
        industry_growth=division,
        loan_product=loan.product if loan else None,
        loan_to_income=loan.amount / nominal_income if loan else None,
        loan_term_months=float(loan.term_months) if loan else None,
    )


_Known = float | None
Surroundings = tuple[
    _Known, _Known, _Known, tuple[float, ...] | None, _Known, _Known, _Known, _Known
]
"""Pension weeks, minimum wage; a state's wage, income bounds, growth, unemployment, informality; an
industry's growth. Units as in ``Reference``."""


def surroundings(
    reference: Reference, day: int, state: str | None, industry: str | None
) -> Surroundings:
    """What the reference tells of a day, a state and an industry."""

    def known(series: Series | None) -> float | None:
        return series.at(day) if series else None

    return (
        known(reference.pension_weeks),
        known(reference.minimum_wage),
        known(reference.state_wage.get(state)) if state else None,
        reference.state_income_bounds.get(state) if state else None,
        known(reference.state_growth.get(state)) if state else None,
        known(reference.state_unemployment.get(state)) if state else None,
        known(reference.state_informality.get(state)) if state else None,
        known(reference.industry_growth.get(industry)) if industry else None,
    )


_month_of = lru_cache(maxsize=8192)(month_of)
"""The same days of the last five years are asked for again and again."""
