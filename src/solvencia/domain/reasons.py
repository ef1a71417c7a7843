"""Reason codes for what the scorecards contribute: a closed list, one sentence each way.

A code gathers the features that tell one thing of an applicant; each feature has one code. Rules of
the policy bring their own codes and sentences.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple


class ReasonCode(StrEnum):
    """What a contribution is about."""

    INCOME_LEVEL = "INCOME_LEVEL"
    INCOME_TREND = "INCOME_TREND"
    INCOME_STABILITY = "INCOME_STABILITY"
    JOB_TENURE = "JOB_TENURE"
    TIME_WITHOUT_WORK = "TIME_WITHOUT_WORK"
    JOB_CHANGES = "JOB_CHANGES"
    CONTRIBUTIONS = "CONTRIBUTIONS"
    CAREER_STAGE = "CAREER_STAGE"
    EDUCATION = "EDUCATION"
    INDUSTRY = "INDUSTRY"
    STATE_ECONOMY = "STATE_ECONOMY"
    LOAN_AMOUNT = "LOAN_AMOUNT"
    LOAN_TERM = "LOAN_TERM"
    LOAN_PRODUCT = "LOAN_PRODUCT"


class ReasonGroup(NamedTuple):
    """The features of a code, and what to tell when they lower the answer or raise it.

    A sentence says *few* or *high* only where the models declare which way each of the features
    must point. Elsewhere the tables may have learnt either way, and it says where the risk lies
    against the average applicant, from whom contributions are counted.
    """

    features: tuple[str, ...]
    adverse: str
    adverse_en: str
    favourable: str
    favourable_en: str


REASONS: Mapping[ReasonCode, ReasonGroup] = {
    ReasonCode.INCOME_LEVEL: ReasonGroup(
        ("monthly_income", "income_decile", "income_to_state_wage", "income_to_minimum_wage"),
        "Riesgo mayor que el promedio con este nivel de ingreso.",
        "Above-average risk at this level of income.",
        "Riesgo menor que el promedio con este nivel de ingreso.",
        "Below-average risk at this level of income.",
    ),
    ReasonCode.INCOME_TREND: ReasonGroup(
        ("income_growth_12m", "income_growth_36m", "income_to_average"),
        "Riesgo mayor que el promedio por la evolución del ingreso.",
        "Above-average risk by how income has moved.",
        "Riesgo menor que el promedio por la evolución del ingreso.",
        "Below-average risk by how income has moved.",
    ),
    ReasonCode.INCOME_STABILITY: ReasonGroup(
        ("income_volatility",),
        "Ingreso variable en los últimos tres años.",
        "Income varied over the last three years.",
        "Ingreso estable en los últimos tres años.",
        "Income was steady over the last three years.",
    ),
    ReasonCode.JOB_TENURE: ReasonGroup(
        ("months_in_current_job", "longest_job_months"),
        "Poca antigüedad en el empleo actual o en los anteriores.",
        "Little time in the current job, or in earlier ones.",
        "Buena antigüedad en el empleo actual o en alguno anterior.",
        "A long time in the current job, or in an earlier one.",
    ),
    ReasonCode.TIME_WITHOUT_WORK: ReasonGroup(
        ("months_unemployed",),
        "Lleva tiempo sin empleo formal.",
        "Has been without formal work for some time.",
        "Tiene empleo formal, o lo dejó hace poco.",
        "Holds a formal job, or left one only recently.",
    ),
    ReasonCode.JOB_CHANGES: ReasonGroup(
        ("employers_5y",),
        "Muchos cambios de patrón en cinco años.",
        "Many changes of employer in five years.",
        "Pocos cambios de patrón en cinco años.",
        "Few changes of employer in five years.",
    ),
    ReasonCode.CONTRIBUTIONS: ReasonGroup(
        ("contribution_weeks", "contribution_density"),
        "Pocas semanas cotizadas, o periodos largos sin cotizar.",
        "Few contribution weeks, or long periods without contributions.",
        "Muchas semanas cotizadas, o cotización sin huecos largos.",
        "Many contribution weeks, or contributions without long gaps.",
    ),
    ReasonCode.CAREER_STAGE: ReasonGroup(
        ("age", "weeks_to_pension"),
        "Riesgo mayor que el promedio en esta etapa laboral.",
        "Above-average risk at this stage of working life.",
        "Riesgo menor que el promedio en esta etapa laboral.",
        "Below-average risk at this stage of working life.",
    ),
    ReasonCode.EDUCATION: ReasonGroup(
        ("education",),
        "Riesgo mayor que el promedio con esta escolaridad.",
        "Above-average risk with this education.",
        "Riesgo menor que el promedio con esta escolaridad.",
        "Below-average risk with this education.",
    ),
    ReasonCode.INDUSTRY: ReasonGroup(
        ("industry", "industry_growth"),
        "Riesgo mayor que el promedio en esta industria.",
        "Above-average risk in this industry.",
        "Riesgo menor que el promedio en esta industria.",
        "Below-average risk in this industry.",
    ),
    ReasonCode.STATE_ECONOMY: ReasonGroup(
        ("state_growth", "state_unemployment", "state_informality"),
        "Estado con poco crecimiento, o con desempleo o informalidad altos.",
        "A state with little growth, or with high unemployment or informality.",
        "Estado con crecimiento, o con desempleo o informalidad bajos.",
        "A state with growth, or with low unemployment or informality.",
    ),
    ReasonCode.LOAN_AMOUNT: ReasonGroup(
        ("loan_to_income",),
        "El monto solicitado es alto para el ingreso.",
        "The amount asked for is high for the income.",
        "El monto solicitado es moderado para el ingreso.",
        "The amount asked for is moderate for the income.",
    ),
    ReasonCode.LOAN_TERM: ReasonGroup(
        ("loan_term_months",),
        "Riesgo mayor que el promedio con este plazo.",
        "Above-average risk over this term.",
        "Riesgo menor que el promedio con este plazo.",
        "Below-average risk over this term.",
    ),
    ReasonCode.LOAN_PRODUCT: ReasonGroup(
        ("loan_product",),
        "Riesgo mayor que el promedio con este tipo de crédito.",
        "Above-average risk with this type of loan.",
        "Riesgo menor que el promedio con este tipo de crédito.",
        "Below-average risk with this type of loan.",
    ),
}


def told_by_code(
    contributions: Mapping[str, float], told: Mapping[str, float]
) -> dict[ReasonCode, float]:
    """Points of each code that may be told, in the order of ``ReasonCode``.

    Args:
        contributions: points of every feature.
        told: those of the features that may be told as reasons.

    Returns:
        The sum over the told features of a code, unless all its features together point the other
        way: then the code is left out, for what can be told is not what happened.

    >>> points = {"age": -8.0, "weeks_to_pension": 2.0, "income_growth_12m": -4.0,
    ...           "income_growth_36m": 9.0}
    >>> told_by_code(points, {"age": -8.0, "income_growth_12m": -4.0})
    {<ReasonCode.CAREER_STAGE: 'CAREER_STAGE'>: -8.0}
    """
    found = {}
    for code, group in REASONS.items():
        points = total = 0.0
        for name in group.features:
            if name in told:
                points += told[name]
            if name in contributions:
                total += contributions[name]
        if points * total > 0:
            found[code] = points
    return found
