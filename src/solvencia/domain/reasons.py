"""Reason codes for what the scorecards contribute: a closed list, one sentence each way.

Rules of the policy bring their own codes and sentences; these are for the features.
"""

from collections.abc import Mapping
from typing import NamedTuple


class ReasonText(NamedTuple):
    """What to tell the applicant when a feature lowers the answer, and when it raises it."""

    adverse: str
    adverse_en: str
    favourable: str
    favourable_en: str


FEATURE_REASONS: Mapping[str, ReasonText] = {
    "monthly_income": ReasonText(
        "El nivel de ingreso resta.",
        "The level of income counts against.",
        "El nivel de ingreso suma.",
        "The level of income counts in favour.",
    ),
    "months_in_current_job": ReasonText(
        "Poca antigüedad en el empleo actual.",
        "Short time in the current job.",
        "Buena antigüedad en el empleo actual.",
        "Long time in the current job.",
    ),
    "months_unemployed": ReasonText(
        "Tiempo sin empleo formal.",
        "Time without formal work.",
        "Tiene empleo formal vigente.",
        "Holds a formal job today.",
    ),
    "employers_5y": ReasonText(
        "Muchos cambios de patrón en 5 años.",
        "Many changes of employer in 5 years.",
        "Pocos cambios de patrón en 5 años.",
        "Few changes of employer in 5 years.",
    ),
    "contribution_weeks": ReasonText(
        "Pocas semanas cotizadas.",
        "Few contribution weeks.",
        "Buen número de semanas cotizadas.",
        "A good number of contribution weeks.",
    ),
    "contribution_density": ReasonText(
        "Largos periodos sin cotizar.",
        "Long periods without contributions.",
        "Cotiza de forma continua.",
        "Contributes without long gaps.",
    ),
    "age": ReasonText(
        "La etapa laboral resta.",
        "The stage of working life counts against.",
        "La etapa laboral suma.",
        "The stage of working life counts in favour.",
    ),
    "income_growth_12m": ReasonText(
        "La evolución del ingreso en 12 meses resta.",
        "How income moved over 12 months counts against.",
        "La evolución del ingreso en 12 meses suma.",
        "How income moved over 12 months counts in favour.",
    ),
    "income_growth_36m": ReasonText(
        "La evolución del ingreso en 36 meses resta.",
        "How income moved over 36 months counts against.",
        "La evolución del ingreso en 36 meses suma.",
        "How income moved over 36 months counts in favour.",
    ),
    "income_volatility": ReasonText(
        "Ingreso variable en los últimos 36 meses.",
        "Income varied over the last 36 months.",
        "Ingreso estable en los últimos 36 meses.",
        "Income was steady over the last 36 months.",
    ),
    "income_to_average": ReasonText(
        "El ingreso actual se aparta de su promedio de 5 años.",
        "Today's income departs from its own 5-year average.",
        "El ingreso actual es acorde con su promedio de 5 años.",
        "Today's income agrees with its own 5-year average.",
    ),
    "longest_job_months": ReasonText(
        "Sin empleos de larga duración.",
        "No job of long duration.",
        "Ha tenido empleos de larga duración.",
        "Has held jobs of long duration.",
    ),
    "industry": ReasonText(
        "La industria tiene mayor rotación.",
        "The industry has higher turnover.",
        "La industria tiene menor rotación.",
        "The industry has lower turnover.",
    ),
    "education": ReasonText(
        "La escolaridad resta.",
        "The level of education counts against.",
        "La escolaridad suma.",
        "The level of education counts in favour.",
    ),
    "weeks_to_pension": ReasonText(
        "Las semanas que faltan para la pensión restan.",
        "The weeks left to a pension count against.",
        "Las semanas que faltan para la pensión suman.",
        "The weeks left to a pension count in favour.",
    ),
    "income_decile": ReasonText(
        "Ingreso bajo dentro de su estado.",
        "Income is low within the state.",
        "Ingreso alto dentro de su estado.",
        "Income is high within the state.",
    ),
    "income_to_state_wage": ReasonText(
        "El ingreso frente al salario medio del estado resta.",
        "Income against the state's mean wage counts against.",
        "El ingreso frente al salario medio del estado suma.",
        "Income against the state's mean wage counts in favour.",
    ),
    "income_to_minimum_wage": ReasonText(
        "El ingreso en salarios mínimos resta.",
        "Income in minimum wages counts against.",
        "El ingreso en salarios mínimos suma.",
        "Income in minimum wages counts in favour.",
    ),
    "state_growth": ReasonText(
        "La economía del estado crece poco.",
        "The state's economy grows little.",
        "La economía del estado crece.",
        "The state's economy grows.",
    ),
    "state_unemployment": ReasonText(
        "Desempleo alto en el estado.",
        "Unemployment is high in the state.",
        "Desempleo bajo en el estado.",
        "Unemployment is low in the state.",
    ),
    "state_informality": ReasonText(
        "Informalidad alta en el estado.",
        "Informality is high in the state.",
        "Informalidad baja en el estado.",
        "Informality is low in the state.",
    ),
    "industry_growth": ReasonText(
        "La industria pierde empleo o crece poco.",
        "The industry sheds jobs or grows little.",
        "La industria genera empleo.",
        "The industry adds jobs.",
    ),
    "loan_product": ReasonText(
        "El tipo de crédito tiene mayor riesgo.",
        "The type of loan bears more risk.",
        "El tipo de crédito tiene menor riesgo.",
        "The type of loan bears less risk.",
    ),
    "loan_to_income": ReasonText(
        "El monto es alto para el ingreso.",
        "The amount is high for the income.",
        "El monto es moderado para el ingreso.",
        "The amount is moderate for the income.",
    ),
    "loan_term_months": ReasonText(
        "El plazo solicitado resta.",
        "The term asked for counts against.",
        "El plazo solicitado suma.",
        "The term asked for counts in favour.",
    ),
}
