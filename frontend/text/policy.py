"""Política: the rules in words, and drafts of them."""

from frontend.text import policy_simulation
from frontend.text.language import Copy

COPY: Copy = {
    "policy.tab.rules": {"es": "Reglas", "en": "Rules"},
    "policy.tab.draft": {"es": "Borrador", "en": "Draft"},
    "policy.tab.simulation": {"es": "Simulación", "en": "Simulation"},
    "policy.in_force": {
        "es": "Política {version}, vigente desde el {day} · huella {digest}",
        "en": "Policy {version}, in force since {day} · digest {digest}",
    },
    "policy.summary": {
        "es": "Al puntaje de ingreso se le aplican {adjustments} ajustes. Con el puntaje final, "
        "{knockouts} reglas rechazan y {referrals} envían la solicitud a un analista; las demás se "
        "aprueban con la oferta de su grado.",
        "en": "{adjustments} adjustments are applied to the income score. With the final score, "
        "{knockouts} rules decline and {referrals} send the application to an analyst; the others "
        "are approved with the offer of their grade.",
    },
    "policy.waiting": {
        "es": "La política se mostrará en cuanto el servicio responda.",
        "en": "The policy will be shown as soon as the service answers.",
    },
    "policy.look": {"es": "Cómo leer las reglas", "en": "How to read the rules"},
    "policy.look.words": {"es": "En palabras", "en": "In words"},
    "policy.look.tables": {"es": "En tablas", "en": "In tables"},
    # groups
    "policy.group.knockouts": {"es": "Se rechaza cuando…", "en": "Declined when…"},
    "policy.group.referrals": {
        "es": "La decide un analista cuando…",
        "en": "An analyst decides when…",
    },
    "policy.group.adjustments": {"es": "Ajustes al puntaje", "en": "Adjustments to the score"},
    "policy.group.grades": {"es": "Grados", "en": "Grades"},
    "policy.group.grades.note": {
        "es": "Vale el peor de los dos: el grado por puntaje final o el grado por probabilidad de "
        "incumplimiento.",
        "en": "The worse of the two holds: the grade by final score or the grade by probability of "
        "default.",
    },
    "policy.group.offers": {"es": "Ofertas", "en": "Offers"},
    "policy.group.offers.note": {
        "es": "El pago mensual se limita a una parte del ingreso esperado prudente (percentil 10). "
        "Tasas y comisiones, sin IVA. Un grado que no aparece no tiene oferta.",
        "en": "The monthly payment is limited to a share of the cautious expected income (10th "
        "percentile). Rates and fees without VAT. A grade that is not listed has no offer.",
    },
    "policy.group.general": {"es": "Límites generales", "en": "General limits"},
    "policy.general.sentence": {
        "es": "Monto mínimo de {min_amount}, en pasos de {amount_step}. IVA de {vat_rate}.",
        "en": "Smallest amount {min_amount}, in steps of {amount_step}. VAT of {vat_rate}.",
    },
    "policy.standard.sentence": {
        "es": "Sin un crédito específico se decide sobre el crédito estándar: {product}, "
        "{months_of_income} de ingreso a {term_months}.",
        "en": "Without a specific loan the standard loan is decided: {product}, "
        "{months_of_income} of income over {term_months}.",
    },
    "policy.missing.fire": {"es": "sin el dato, se aplica", "en": "without the fact, it applies"},
    "policy.missing.skip": {
        "es": "sin el dato, no se aplica",
        "en": "without the fact, it does not apply",
    },
    "policy.missing.refer": {
        "es": "sin el dato, decide un analista",
        "en": "without the fact, an analyst decides",
    },
    "policy.effect.knockouts": {"es": "rechazo", "en": "decline"},
    "policy.effect.referrals": {"es": "revisión", "en": "review"},
    "policy.column.code": {"es": "Código", "en": "Code"},
    "policy.column.when": {"es": "Condición", "en": "Condition"},
    "policy.column.effect": {"es": "Efecto", "en": "Effect"},
    "policy.column.missing": {"es": "Dato faltante", "en": "Missing fact"},
    "policy.column.reason": {"es": "Motivo", "en": "Reason"},
    "policy.column.product": {"es": "Producto", "en": "Product"},
    "policy.column.grade": {"es": "Grado", "en": "Grade"},
    "policy.column.score": {"es": "Puntaje final", "en": "Final score"},
    "policy.column.pd": {"es": "Incumplimiento", "en": "Default"},
    # words of conditions
    "policy.op.<": {"es": "menos de {value}", "en": "less than {value}"},
    "policy.op.<=": {"es": "{value} o menos", "en": "{value} or less"},
    "policy.op.>": {"es": "más de {value}", "en": "more than {value}"},
    "policy.op.>=": {"es": "{value} o más", "en": "{value} or more"},
    "policy.op.==": {"es": "{value}", "en": "{value}"},
    "policy.op.!=": {"es": "distinto de {value}", "en": "other than {value}"},
    "policy.op.in": {"es": "alguno de: {value}", "en": "one of: {value}"},
    "policy.op.not_in": {"es": "ninguno de: {value}", "en": "none of: {value}"},
    "policy.op.between": {"es": "de {low} a menos de {high}", "en": "{low} to less than {high}"},
    "policy.and": {"es": " y ", "en": " and "},
    "policy.or": {"es": " o ", "en": " or "},
    "policy.from": {"es": "desde {value}", "en": "from {value}"},
    "policy.any_pd": {"es": "sin límite", "en": "no limit"},
    "policy.nothing": {"es": "—", "en": "—"},
    "policy.one.months": {"es": "mes", "en": "month"},
    "policy.one.weeks": {"es": "semana", "en": "week"},
    "policy.one.years": {"es": "año", "en": "year"},
    "policy.one.employers": {"es": "patrón", "en": "employer"},
    "policy.one.times": {"es": "vez", "en": "time"},
    "policy.field.income_score": {"es": "Puntaje de ingreso", "en": "Income score"},
    "policy.field.final_score": {"es": "Puntaje final", "en": "Final score"},
    "policy.field.pd": {
        "es": "Probabilidad de incumplimiento",
        "en": "Probability of default",
    },
    "policy.field.segment": {"es": "Segmento", "en": "Segment"},
    "policy.field.income_p10": {
        "es": "Ingreso esperado, percentil 10",
        "en": "Expected income, 10th percentile",
    },
    "policy.field.income_p50": {
        "es": "Ingreso esperado, mediana",
        "en": "Expected income, median",
    },
    "policy.field.income_p90": {
        "es": "Ingreso esperado, percentil 90",
        "en": "Expected income, 90th percentile",
    },
    "policy.field.loan_amount": {"es": "Monto solicitado", "en": "Amount asked for"},
    # places of values
    "policy.part.points": {"es": "puntos", "en": "points"},
    "policy.part.reason": {"es": "motivo", "en": "reason"},
    "policy.reason.es": {"es": "Motivo en español", "en": "Reason in Spanish"},
    "policy.reason.en": {"es": "Motivo en inglés", "en": "Reason in English"},
    "policy.grade.score": {
        "es": "Grado {grade} desde el puntaje",
        "en": "Grade {grade} from a score of",
    },
    "policy.grade.pd": {
        "es": "Grado {grade} desde el incumplimiento",
        "en": "Grade {grade} from a probability of default of",
    },
    "policy.offer": {"es": "{product} {grade}", "en": "{product} {grade}"},
    "policy.term.annual_rate": {"es": "Tasa anual", "en": "Annual rate"},
    "policy.term.opening_fee": {"es": "Comisión", "en": "Opening fee"},
    "policy.term.max_amount": {"es": "Monto máximo", "en": "Largest amount"},
    "policy.term.max_payment_to_income": {"es": "Pago / ingreso", "en": "Payment / income"},
    "policy.term.terms": {"es": "Plazos", "en": "Terms"},
    "policy.general.min_amount": {"es": "Monto mínimo", "en": "Smallest amount"},
    "policy.general.amount_step": {"es": "Paso del monto", "en": "Step of the amount"},
    "policy.general.vat_rate": {"es": "IVA", "en": "VAT"},
    "policy.general.months_of_income": {
        "es": "Crédito estándar, meses de ingreso",
        "en": "Standard loan, months of income",
    },
    "policy.general.term_months": {
        "es": "Crédito estándar, plazo",
        "en": "Standard loan, term",
    },
    # the draft
    "policy.draft.intro": {
        "es": "Cambie aquí una copia de la política vigente. Cada cambio se revisa al salir del campo; "
        "nada de lo que haga se publica.",
        "en": "Change a copy of the policy in force here. Every change is checked when you leave the "
        "field; nothing you do is published.",
    },
    "policy.draft.section": {"es": "Parte de la política", "en": "Part of the policy"},
    "policy.section.knockouts": {"es": "Rechazo", "en": "Declines"},
    "policy.section.referrals": {"es": "Revisión", "en": "Reviews"},
    "policy.section.adjustments": {"es": "Ajustes", "en": "Adjustments"},
    "policy.section.grades": {"es": "Grados", "en": "Grades"},
    "policy.section.offers": {"es": "Ofertas", "en": "Offers"},
    "policy.section.general": {"es": "Generales", "en": "General"},
    "policy.points": {"es": "Puntos", "en": "Points"},
    "policy.reason": {"es": "Motivo", "en": "Reason"},
    "policy.begins": {"es": "Grado {grade}: desde {value}", "en": "Grade {grade}: from {value}"},
    "policy.grades.by_score": {"es": "Por puntaje final", "en": "By final score"},
    "policy.grades.by_pd": {
        "es": "Por probabilidad de incumplimiento (%)",
        "en": "By probability of default (%)",
    },
    "policy.grades.fixed": {
        "es": "Grado {grade}: desde {value}, el inicio de la escala",
        "en": "Grade {grade}: from {value}, where the scale begins",
    },
    "policy.terms.unit": {"es": "Plazos (meses)", "en": "Terms (months)"},
    "policy.status.none": {"es": "Sin cambios", "en": "No changes"},
    "policy.status.one": {"es": "1 cambio", "en": "1 change"},
    "policy.status.many": {"es": "{n} cambios", "en": "{n} changes"},
    "policy.status.trouble": {"es": "{n} por corregir", "en": "{n} to correct"},
    "policy.status.cases": {"es": "{n} casos por aceptar", "en": "{n} cases to accept"},
    "policy.status.case": {"es": "1 caso por aceptar", "en": "1 case to accept"},
    "policy.status.accepted": {"es": "El servicio lo admite", "en": "The service accepts it"},
    "policy.status.unchecked": {"es": "Falta revisarlo", "en": "Not checked yet"},
    "policy.changes": {
        "es": "Cambios frente a la política {version}",
        "en": "Changes against policy {version}",
    },
    "policy.changes.none": {
        "es": "El borrador es igual a la política vigente. Cambie un valor para comenzar.",
        "en": "The draft equals the policy in force. Change a value to begin.",
    },
    "policy.undo": {"es": "Deshacer", "en": "Undo"},
    "policy.undo.this": {"es": "Deshacer: {place}", "en": "Undo: {place}"},
    "policy.undo_all": {"es": "Deshacer todo", "en": "Undo all"},
    "policy.changes.case": {
        "es": "Caso «{name}»: resultado aceptado",
        "en": "Case “{name}”: result accepted",
    },
    "policy.changes.reason": {
        "es": "El motivo de {code} no cambió: «{text}». Revise si aún es cierto.",
        "en": "The reason of {code} did not change: “{text}”. Check whether it still holds.",
    },
    "policy.rebased": {
        "es": "Mientras editaba entró en vigor la política {version}. El borrador parte de la "
        "{old}; «Deshacer todo» comienza de nuevo con la vigente.",
        "en": "While you edited, policy {version} came into force. The draft starts from {old}; “Undo "
        "all” begins again with the one in force.",
    },
    # errors of values
    "policy.error.empty": {"es": "Falta este valor.", "en": "This value is missing."},
    "policy.error.between": {
        "es": "Debe estar entre {low} y {high}.",
        "en": "Must be between {low} and {high}.",
    },
    "policy.error.least": {"es": "Debe ser {low} o más.", "en": "Must be {low} or more."},
    "policy.error.above": {"es": "Debe ser mayor que {low}.", "en": "Must be more than {low}."},
    "policy.error.above_to": {
        "es": "Debe ser mayor que {low} y {high} como máximo.",
        "en": "Must be more than {low} and {high} at most.",
    },
    "policy.error.whole": {
        "es": "Debe ser un número entero.",
        "en": "Must be a whole number.",
    },
    "policy.error.zero": {
        "es": "Un ajuste de 0 puntos no hace nada: dé o quite puntos.",
        "en": "An adjustment of 0 points does nothing: give or take points.",
    },
    "policy.error.points": {
        "es": "Como máximo {most} puntos, a favor o en contra.",
        "en": "At most {most} points, for or against.",
    },
    "policy.error.short": {
        "es": "Escriba un motivo de {least} letras o más.",
        "en": "Write a reason of {least} letters or more.",
    },
    "policy.error.not_above": {
        "es": "El final debe ser mayor que el inicio.",
        "en": "The end must be above the start.",
    },
    "policy.error.ascend": {
        "es": "Debe ser mayor que {low}, donde empieza el grado {grade}.",
        "en": "Must be above {low}, where grade {grade} begins.",
    },
    "policy.error.terms": {
        "es": "Escriba meses enteros separados por comas, como 12, 24, 36.",
        "en": "Write whole months separated by commas, such as 12, 24, 36.",
    },
    "policy.error.terms_range": {
        "es": "Cada plazo va de 1 a {most} meses.",
        "en": "Each term is 1 to {most} months.",
    },
    "policy.error.terms_order": {
        "es": "De menor a mayor, sin repetir.",
        "en": "From shortest to longest, each once.",
    },
    "policy.error.never": {
        "es": "Esta regla no se aplicaría nunca: sus condiciones se contradicen.",
        "en": "This rule could never apply: its conditions contradict each other.",
    },
    "policy.error.service": {
        "es": "El servicio no lo admite: {message}",
        "en": "The service does not accept it: {message}",
    },
    "policy.troubles": {"es": "Por corregir", "en": "To correct"},
    # cases
    "policy.cases": {"es": "Casos que cambian", "en": "Cases that change"},
    "policy.cases.note": {
        "es": "La política lleva casos resueltos que prueban lo que hace, y el servicio solo carga una "
        "política que los cumple. Su borrador da otro resultado en estos. Si es lo que busca, acéptelo; "
        "si no, el borrador hace algo que no quería.",
        "en": "The policy carries worked cases that prove what it does, and the service loads only a "
        "policy that meets them. Your draft gives these another result. If that is what you want, "
        "accept it; if not, the draft does something that you did not intend.",
    },
    "policy.case.expected": {"es": "Esperado hoy", "en": "Expected today"},
    "policy.case.new": {"es": "Con el borrador", "en": "With the draft"},
    "policy.case.facts": {"es": "Datos del caso", "en": "Facts of the case"},
    "policy.case.result": {"es": "Resultado", "en": "Result"},
    "policy.case.accept": {"es": "Aceptar el nuevo resultado", "en": "Accept the new result"},
    "policy.case.accept_all": {"es": "Aceptar los {n}", "en": "Accept all {n}"},
    "policy.case.new_rules": {"es": "se agrega {codes}", "en": "{codes} is added"},
    "policy.case.gone_rules": {"es": "ya no aplica {codes}", "en": "{codes} no longer applies"},
    "policy.case.outcome": {"es": "Decisión", "en": "Decision"},
    "policy.case.rules": {"es": "Reglas", "en": "Rules"},
    "policy.case.final_score": {"es": "Puntaje final", "en": "Final score"},
    "policy.case.grade": {"es": "Grado", "en": "Grade"},
    "policy.case.amount": {"es": "Monto", "en": "Amount"},
    "policy.case.term_months": {"es": "Plazo", "en": "Term"},
    "policy.case.monthly_payment": {"es": "Pago mensual", "en": "Monthly payment"},
    **policy_simulation.COPY,
}
