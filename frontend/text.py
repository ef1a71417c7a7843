"""All copy of the app, in Spanish and English."""

from typing import Literal

Language = Literal["es", "en"]
LANGUAGES: dict[Language, str] = {"es": "Español", "en": "English"}

COPY: dict[str, dict[Language, str]] = {
    "title": {"es": "Solvencia", "en": "Solvencia"},
    "subtitle": {
        "es": "Puntaje de ingreso y decisión de crédito",
        "en": "Income score and credit decision",
    },
    "language": {"es": "Idioma", "en": "Language"},
    # state of the service
    "status.ready": {"es": "Servicio disponible", "en": "Service available"},
    "status.away": {"es": "Sin conexión con el servicio", "en": "Service unreachable"},
    "status.not_ready": {"es": "El servicio se está preparando", "en": "Service is starting"},
    "away": {
        "es": "El servicio no responde por ahora. Lo capturado se conserva y la página "
        "continúa sola en cuanto vuelva.",
        "en": "The service does not answer right now. What you typed is kept, and the page "
        "goes on by itself when it is back.",
    },
    "not_ready": {
        "es": "El servicio todavía no tiene un modelo cargado. Lo capturado se conserva y la "
        "página continúa sola en cuanto esté listo.",
        "en": "The service has no model loaded yet. What you typed is kept, and the page goes "
        "on by itself when it is ready.",
    },
    "failed": {
        "es": "El servicio no pudo completar la evaluación. Intente de nuevo; si se repite, "
        "avise a soporte.",
        "en": "The service could not finish the assessment. Try again; if it happens again, "
        "tell support.",
    },
    "not_authenticated": {
        "es": "El servicio no reconoce la clave de esta página (API_KEY). Lo capturado se conserva; "
        "avise a quien la administra.",
        "en": "The service does not know this page's key (API_KEY). What you typed is kept; tell "
        "whoever runs the page.",
    },
    "not_allowed": {
        "es": "La clave de esta página (API_KEY) no permite evaluar. Lo capturado se conserva; avise "
        "a quien la administra.",
        "en": "This page's key (API_KEY) does not allow to assess. What you typed is kept; tell "
        "whoever runs the page.",
    },
    # the form
    "profile": {"es": "Perfil", "en": "Profile"},
    "history": {"es": "Historia laboral", "en": "Work history"},
    "loan": {"es": "Crédito", "en": "Loan"},
    "no_loan": {"es": "Sin crédito específico", "en": "No specific loan"},
    "no_loan.note": {
        "es": "Se decide sobre el crédito estándar de la política.",
        "en": "The policy's standard loan is decided.",
    },
    "example": {
        "es": "Datos de ejemplo: sustitúyalos por los del solicitante.",
        "en": "Example data: replace it with the applicant's.",
    },
    "submit": {"es": "Evaluar", "en": "Assess"},
    "clear": {"es": "Vaciar", "en": "Clear"},
    "optional": {"es": "Opcional", "en": "Optional"},
    "choose": {"es": "Elija una opción", "en": "Choose one"},
    "between": {"es": "De {low} a {high}.", "en": "From {low} to {high}."},
    "spells.note": {
        "es": "Un renglón por empleo y salario. Un aumento con el mismo patrón es un renglón "
        "nuevo; sin fecha de fin, es el empleo actual.",
        "en": "One row per job and wage. A raise at the same employer is a new row; without an "
        "end date it is the current job.",
    },
    # errors
    "rejected": {
        "es": "Revise los campos señalados.",
        "en": "Please check the marked fields.",
    },
    "error.missing": {"es": "Falta este dato.", "en": "This field is missing."},
    "error.bound": {
        "es": "Se permite {allowed}; se recibió {value}.",
        "en": "Allowed: {allowed}; got {value}.",
    },
    "error.value": {"es": "No se permite «{value}».", "en": "“{value}” is not allowed."},
    "error.unemployed": {
        "es": "Debe ser 0 si tiene {months} meses en el empleo actual.",
        "en": "Must be 0 with {months} months in the current job.",
    },
    "error.end": {
        "es": "El fin debe ser el {start} (inicio) o posterior; se recibió {value}.",
        "en": "The end must be {start} (start) or later; got {value}.",
    },
    "error.young": {
        "es": "A la fecha de la evaluación debe tener 15 años o más: revise la fecha de "
        "nacimiento.",
        "en": "Must be 15 or older on the day of the assessment: check the date of birth.",
    },
    "error.first_job": {
        "es": "El primer empleo empieza el {start}, después de la fecha de la evaluación.",
        "en": "The first job starts on {start}, after the day of the assessment.",
    },
    "row": {"es": "Renglón {row}, {title}: {message}", "en": "Row {row}, {title}: {message}"},
    # the decision
    "outcome.approve": {"es": "Aprobado", "en": "Approved"},
    "outcome.refer": {"es": "Referido a analista", "en": "Referred to an analyst"},
    "outcome.decline": {"es": "Rechazado", "en": "Declined"},
    "asked": {
        "es": "{product} por {amount} a {term} meses",
        "en": "{product}, {amount} over {term} months",
    },
    "asked.standard": {"es": "crédito estándar de la política", "en": "the policy's standard loan"},
    "less": {
        "es": "Se ofrece menos de lo solicitado ({amount}): es lo que la política permite.",
        "en": "Less than asked for ({amount}): it is what the policy allows.",
    },
    "no_offer": {"es": "Sin oferta para este crédito.", "en": "No offer for this loan."},
    "stale": {
        "es": "El crédito cambió después de esta decisión: evalúe de nuevo.",
        "en": "The loan changed after this decision: assess again.",
    },
    "offer.amount": {"es": "Monto", "en": "Amount"},
    "offer.term": {"es": "Plazo", "en": "Term"},
    "offer.payment": {"es": "Pago mensual", "en": "Monthly payment"},
    "offer.payment.help": {"es": "Incluye IVA sobre intereses.", "en": "Includes VAT on interest."},
    "offer.rate": {"es": "Tasa anual", "en": "Annual rate"},
    "offer.rate.help": {"es": "Nominal, sin IVA.", "en": "Nominal, without VAT."},
    "offer.cat": {"es": "CAT sin IVA", "en": "CAT without VAT"},
    "offer.cat.help": {
        "es": "Costo Anual Total, sin IVA, para fines informativos y de comparación.",
        "en": "Total annual cost, without VAT, for information and comparison.",
    },
    "offer.fine": {
        "es": "Comisión por apertura {fee} con IVA, descontada del monto · Costo total {cost} "
        "con IVA, además del monto",
        "en": "Opening fee {fee} with VAT, taken from the amount · Total cost {cost} with VAT, "
        "beyond the amount",
    },
    "months": {"es": "{n} meses", "en": "{n} months"},
    # the assessment
    "score": {"es": "Puntaje final", "en": "Final score"},
    "grade": {"es": "Grado {grade}", "en": "Grade {grade}"},
    "no_grade": {"es": "Sin grado", "en": "No grade"},
    "grade.note": {
        "es": "Por puntaje sería {score}; la probabilidad de incumplimiento lo deja en {grade}.",
        "en": "By score it would be {score}; the probability of default makes it {grade}.",
    },
    "scale.note": {
        "es": "600 puntos: 4 a 1 de conservar el ingreso un año; cada 50 puntos lo duplican.",
        "en": "600 points: 4 to 1 to keep the income for a year; every 50 points double it.",
    },
    "income": {
        "es": "Ingreso mensual esperado a 12 meses",
        "en": "Expected monthly income, 12 months",
    },
    "income.note": {
        "es": "Ocho de cada diez casos quedan dentro de la banda.",
        "en": "Eight in ten cases fall within the band.",
    },
    "income.p10": {"es": "Bajo (p10)", "en": "Low (p10)"},
    "income.p50": {"es": "Medio (p50)", "en": "Middle (p50)"},
    "income.p90": {"es": "Alto (p90)", "en": "High (p90)"},
    "income.now": {"es": "Actual o último:", "en": "Current or last:"},
    "pd": {"es": "Probabilidad de incumplimiento", "en": "Probability of default"},
    "pd.help": {
        "es": "90 días o más de atraso dentro de 12 meses.",
        "en": "90 days or more past due within 12 months.",
    },
    "unknown": {"es": "Sin dato", "en": "Unknown"},
    "segment": {"es": "Segmento {code}", "en": "Segment {code}"},
    "reasons": {"es": "Razones", "en": "Reasons"},
    "reasons.adverse": {"es": "En contra", "en": "Against"},
    "reasons.favourable": {"es": "A favor", "en": "In favour"},
    "reasons.none": {"es": "Ninguna.", "en": "None."},
    "reasons.note": {
        "es": "Puntos: 50 duplican la razón de buenos a malos, en el puntaje o en el riesgo.",
        "en": "Points: 50 double the odds, in the score or in the risk.",
    },
    "changes": {"es": "Qué cambiaría la respuesta", "en": "What would change the answer"},
    "changes.measures": {
        "es": "puntaje {score} · incumplimiento {pd}",
        "en": "score {score} · default {pd}",
    },
    "changes.score": {"es": "puntaje {score}", "en": "score {score}"},
    "changes.note": {
        "es": "Lo más cercano que bastaría, con todo lo demás como hoy: mismo salario y mismo entorno.",
        "en": "The nearest that would be enough, with all else as today: the same wage and the same "
        "surroundings.",
    },
    "changes.none": {
        "es": "Ningún otro monto, plazo o producto, ni hasta 24 meses más en el empleo actual, ni dos "
        "de estos cambios a la vez, daría otra respuesta.",
        "en": "No other amount, term or product, nor up to 24 more months in the current job, nor two "
        "of these changes at once, would give another answer.",
    },
    "changes.none.no_job": {
        "es": "Ningún otro monto, plazo o producto, ni dos de estos cambios a la vez, daría otra "
        "respuesta mientras no tenga empleo formal.",
        "en": "No other amount, term or product, nor two of these changes at once, would give another "
        "answer as long as there is no formal job.",
    },
    "source.knockout": {"es": "regla de rechazo", "en": "decline rule"},
    "source.referral": {"es": "regla de revisión", "en": "referral rule"},
    "source.limit": {"es": "límite de la oferta", "en": "limit of the offer"},
    "source.adjustment": {"es": "ajuste de política", "en": "policy adjustment"},
    "source.income_score": {"es": "puntaje de ingreso", "en": "income score"},
    "source.pd": {"es": "riesgo de incumplimiento", "en": "default risk"},
    "explanation": {
        "es": "Del promedio al puntaje final",
        "en": "From the average to the final score",
    },
    "step.base": {"es": "Solicitante promedio", "en": "Average applicant"},
    "step.others": {"es": "Otros {n} factores", "en": "{n} other factors"},
    "step.adjustment": {"es": "Ajustes de la política", "en": "Policy adjustments"},
    "step.limit": {"es": "Límite de la escala", "en": "Limit of the scale"},
    "step.final": {"es": "Puntaje final", "en": "Final score"},
    "points": {"es": "Puntos", "en": "Points"},
    "synthetic": {
        "es": "El modelo aprendió de personas simuladas: úselo para probar, no para otorgar crédito.",
        "en": "The model learned from simulated people: use it to try things out, not to grant credit.",
    },
    "versions": {
        "es": "Evaluado al {as_of} · modelo {model} · política {policy} ({digest})",
        "en": "As of {as_of} · model {model} · policy {policy} ({digest})",
    },
}

UNITS: dict[str, dict[Language, str]] = {
    "years": {"es": "años", "en": "years"},
    "months": {"es": "meses", "en": "months"},
    "weeks": {"es": "semanas", "en": "weeks"},
    "employers": {"es": "patrones", "en": "employers"},
    "decile": {"es": "decil", "en": "decile"},
    "times": {"es": "veces", "en": "times"},
    "MXN": {"es": "MXN", "en": "MXN"},
    "MXN/day": {"es": "MXN por día", "en": "MXN a day"},
}

HELP_EN: dict[str, str] = {
    "monthly_income": "Monthly base salary, current or of the last job.",
    "months_in_current_job": "0 without a formal job.",
    "months_unemployed": "0 with a formal job.",
    "contribution_weeks": "Weeks recognised by IMSS on the day of the application.",
    "education": "Highest level completed.",
    "industry": "IMSS division.",
    "state": "INEGI key of two digits, 01 to 32.",
    "employer_id": "Name or key of the employer, the same in all its rows.",
    "end_date": "Empty for the current job.",
    "daily_wage": "Base salary for contributions, nominal pesos a day.",
    "spells": "Periods of employment, in any order.",
}
"""English help by field; the service publishes descriptions in Spanish only."""


def say(key: str, language: Language, **values: object) -> str:
    """The copy for a key.

    >>> say("grade", "es", grade="B")
    'Grado B'
    """
    return COPY[key][language].format(**values)


def unit_name(unit: str, language: Language) -> str:
    """A unit in words; units without a name are shown as they come."""
    return UNITS.get(unit, {}).get(language, unit)


def described(name: str, spanish: str, language: Language) -> str:
    """Help for a field."""
    if language == "en":
        return HELP_EN.get(name, "")
    return f"{spanish.rstrip('.')}." if spanish else ""
