"""A decision and what explains it, on whichever page it is shown."""

from frontend.text.language import Copy

COPY: Copy = {
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
        "es": "Los datos cambiaron después de esta decisión: evalúe de nuevo.",
        "en": "The data changed after this decision: assess again.",
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
    # what to keep of it
    "keep.open": {"es": "Abrir en Decisiones", "en": "Open in Decisions"},
    "keep.link": {"es": "Copiar enlace", "en": "Copy link"},
    "keep.json": {"es": "Copiar JSON", "en": "Copy JSON"},
    "keep.pdf": {"es": "PDF para el expediente", "en": "PDF for the file"},
    # on paper
    "report.title": {"es": "Decisión de crédito", "en": "Credit decision"},
    "report.reference": {"es": "Referencia", "en": "Reference"},
    "report.decided": {"es": "Decidida (CDMX)", "en": "Decided (Mexico City)"},
    "report.as_of": {"es": "Evaluada al", "en": "As of"},
    "report.id": {"es": "Folio", "en": "Decision"},
    "report.made_by": {
        "es": "Modelo {model} · política {policy}",
        "en": "Model {model} · policy {policy}",
    },
    "report.asked": {"es": "Solicitado: {loan}", "en": "Asked for: {loan}"},
    "report.less": {
        "es": "Menos de lo solicitado, según la política.",
        "en": "Less than asked for, by the policy.",
    },
    "report.settled": {
        "es": "Resolución del {day}: {outcome} por {by}. {note}",
        "en": "Settled on {day}: {outcome} by {by}. {note}",
    },
    "report.assessment": {"es": "Evaluación", "en": "Assessment"},
    "report.band": {
        "es": "{p50} (banda de {p10} a {p90})",
        "en": "{p50} (band from {p10} to {p90})",
    },
    "report.segment": {"es": "Segmento", "en": "Segment"},
    "report.reasons": {"es": "Razones del modelo", "en": "Reasons of the model"},
    "report.rules": {
        "es": "Reglas de la política que se activaron",
        "en": "Rules of the policy that fired",
    },
    "report.more": {"es": "y {n} más", "en": "and {n} more"},
    "report.inputs": {"es": "Datos evaluados", "en": "What was assessed"},
    "report.earlier": {
        "es": "y {n} periodos anteriores",
        "en": "and {n} earlier periods",
    },
    "report.analyst": {"es": "Analista: nombre y firma", "en": "Analyst: name and signature"},
    "report.signed": {"es": "Fecha", "en": "Date"},
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
    "income.deciles": {
        "es": "Detrás, los diez deciles del ingreso mensual de los hogares del estado ({state}), con "
        "sus cortes en miles de pesos de hoy: un hogar suma los ingresos de todos sus integrantes.",
        "en": "Behind it, the ten deciles of monthly household income in the state ({state}), with "
        "their bounds in thousands of today's pesos: a household adds up the income of all its "
        "members.",
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
    "typical": {"es": "Lo típico del segmento: {parts}.", "en": "Typical of it: {parts}."},
    "typical.monthly_income": {"es": "{value} al mes", "en": "{value} a month"},
    "typical.age": {"es": "{value} años de edad", "en": "{value} years old"},
    "typical.months_in_current_job": {
        "es": "{value} meses en el empleo",
        "en": "{value} months in the job",
    },
    "typical.months_unemployed": {
        "es": "{value} meses sin empleo formal",
        "en": "{value} months without formal work",
    },
    "typical.employers_5y": {
        "es": "{value} patrones en 5 años",
        "en": "{value} employers in 5 years",
    },
    "typical.contribution_density": {
        "es": "cotizó {value} del tiempo",
        "en": "contributed {value} of the time",
    },
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
    "explanation.note": {
        "es": "Barras llenas: el modelo. Barras con contorno: reglas de la política.",
        "en": "Solid bars: the model. Outlined bars: rules of the policy.",
    },
    "step.rule": {"es": "Regla: {rule}", "en": "Rule: {rule}"},
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
