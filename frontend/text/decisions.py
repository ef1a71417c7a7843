"""Decisiones: what was decided, and referrals to settle."""

from frontend.text.language import Copy

COPY: Copy = {
    # the list
    "decisions.all": {"es": "Todas", "en": "All"},
    "decisions.queue": {"es": "Por revisar", "en": "To review"},
    "decisions.queue.number": {"es": "Por revisar ({n})", "en": "To review ({n})"},
    "decisions.period": {"es": "Periodo", "en": "Period"},
    "decisions.period.help": {
        "es": "Ambos días incluidos, hora de la Ciudad de México.",
        "en": "Both days included, Mexico City time.",
    },
    "decisions.state": {"es": "Resultado", "en": "Outcome"},
    "decisions.state.approve": {"es": "Aprobados", "en": "Approved"},
    "decisions.state.refer": {"es": "Referidos", "en": "Referred"},
    "decisions.state.awaiting": {"es": "Por revisar", "en": "To review"},
    "decisions.state.decline": {"es": "Rechazados", "en": "Declined"},
    "decisions.any": {"es": "Todos", "en": "Any"},
    "decisions.grade": {"es": "Grado", "en": "Grade"},
    "decisions.segment": {"es": "Segmento", "en": "Segment"},
    "decisions.reference": {"es": "Referencia", "en": "Reference"},
    "decisions.reference.help": {
        "es": "La referencia completa, tal como se envió.",
        "en": "The whole reference, as it was sent.",
    },
    "decisions.reference.wrong": {
        "es": "La referencia lleva de 1 a 64 letras sin acento, números o . _ : - y empieza con "
        "letra o número.",
        "en": "A reference has 1 to 64 letters without accents, digits or . _ : - and begins with "
        "a letter or a digit.",
    },
    "decisions.count.all": {"es": "**{n}** decisiones", "en": "**{n}** decisions"},
    "decisions.count.one": {"es": "**{n}** decisión", "en": "**{n}** decision"},
    "decisions.count.more": {
        "es": "Las **{n}** más recientes, y hay más",
        "en": "The newest **{n}**, and there are more",
    },
    "decisions.count.approve": {"es": ":green[aprobadas {n}]", "en": ":green[approved {n}]"},
    "decisions.count.refer": {"es": ":orange[referidas {n}]", "en": ":orange[referred {n}]"},
    "decisions.count.decline": {"es": ":red[rechazadas {n}]", "en": ":red[declined {n}]"},
    "decisions.none": {
        "es": "Todavía no hay decisiones. Evalúe a un solicitante o una cartera, y aparecerán aquí.",
        "en": "There are no decisions yet. Assess an applicant or a portfolio, and they appear here.",
    },
    "decisions.none.filtered": {
        "es": "Ninguna decisión cumple con estos filtros. Quite alguno o amplíe el periodo.",
        "en": "No decision meets these filters. Remove one, or widen the period.",
    },
    "decisions.clear": {"es": "Quitar filtros", "en": "Clear filters"},
    "decisions.choose": {
        "es": "Marque un renglón para abrir la decisión.",
        "en": "Tick a row to open the decision.",
    },
    "decisions.partner": {
        "es": "Son las decisiones de la clave de esta página. Los referidos los resuelve un analista.",
        "en": "These are the decisions of this page's key. An analyst settles referrals.",
    },
    "decisions.next": {"es": "Siguientes", "en": "Next"},
    "decisions.previous": {"es": "Anteriores", "en": "Previous"},
    "decisions.range": {"es": "{first}–{last}", "en": "{first}–{last}"},
    "decisions.column.decided": {"es": "Fecha", "en": "Date"},
    "decisions.column.score": {"es": "Puntaje", "en": "Score"},
    "decisions.column.pd": {"es": "Incumplimiento", "en": "Default"},
    "decisions.column.asked": {"es": "Solicitado", "en": "Asked"},
    "decisions.column.offered": {"es": "Ofrecido", "en": "Offered"},
    "decisions.outcome.approve": {"es": "Aprobado", "en": "Approved"},
    "decisions.outcome.refer": {"es": "Referido", "en": "Referred"},
    "decisions.outcome.decline": {"es": "Rechazado", "en": "Declined"},
    "decisions.erased.short": {"es": "(borrada)", "en": "(erased)"},
    # the queue
    "decisions.queue.title": {
        "es": "**{n}** referidos esperan a un analista; el más antiguo, desde el {since}.",
        "en": "**{n}** referrals wait for an analyst; the oldest since {since}.",
    },
    "decisions.queue.title.one": {
        "es": "**{n}** referido espera a un analista, desde el {since}.",
        "en": "**{n}** referral waits for an analyst, since {since}.",
    },
    "decisions.queue.title.more": {
        "es": "Más de **{n}** referidos esperan a un analista. Aquí están los más recientes.",
        "en": "More than **{n}** referrals wait for an analyst. These are the newest.",
    },
    "decisions.queue.start": {"es": "Revisar uno tras otro", "en": "Review one after another"},
    "decisions.queue.done": {
        "es": "No queda ningún referido por revisar.",
        "en": "No referral is left to review.",
    },
    "decisions.queue.place": {"es": "Referido {place} de {n}", "en": "Referral {place} of {n}"},
    "decisions.queue.skip": {"es": "Dejar para después", "en": "Leave for later"},
    "decisions.queue.left": {
        "es": "Este referido ya no está en la fila.",
        "en": "This referral has left the queue.",
    },
    "decisions.queue.next": {"es": "Ir al siguiente", "en": "Go to the next"},
    # one decision
    "decisions.back": {"es": "Todas las decisiones", "en": "All decisions"},
    "decisions.back.queue": {"es": "Por revisar", "en": "To review"},
    "decisions.no_reference": {"es": "Sin referencia", "en": "No reference"},
    "decisions.head": {
        "es": "Decidido el {at} por {by} · evaluado al {as_of} · modelo {model} · política "
        "{policy} ({digest})",
        "en": "Decided on {at} by {by} · as of {as_of} · model {model} · policy {policy} ({digest})",
    },
    "decisions.by.local": {"es": "acceso local", "en": "local access"},
    "decisions.not_found": {
        "es": "No hay una decisión con esa dirección entre las que esta página puede ver. Revise el "
        "enlace o búsquela en la lista.",
        "en": "No decision at this address is among those this page may see. Check the link, or look "
        "for it in the list.",
    },
    "decisions.model_gone": {
        "es": "El modelo que decidió ya no se conserva: esta decisión no se puede abrir ni repetir.",
        "en": "The model that decided is no longer kept: this decision cannot be opened or replayed.",
    },
    "decisions.erased": {
        "es": "Los datos de esta persona se borraron el {at}. Queda la constancia: cuándo se decidió, "
        "el resultado, los puntajes, el grado, los montos, el modelo, la política y las reglas.",
        "en": "This person's data were erased on {at}. The record stays: when it was decided, the "
        "outcome, the scores, the grade, the amounts, the model, the policy and the rules.",
    },
    "decisions.rules": {"es": "Reglas que aplicaron: {rules}", "en": "Rules that applied: {rules}"},
    "decisions.part.decision": {"es": "Decisión", "en": "Decision"},
    "decisions.part.known": {"es": "Lo que se sabía", "en": "What was known"},
    "decisions.part.cards": {"es": "Tarjetas de puntaje", "en": "Scorecards"},
    "decisions.part.replay": {"es": "Repetir", "en": "Replay"},
    "decisions.part.history": {"es": "Seguimiento", "en": "Follow-up"},
    "decisions.unexplained": {
        "es": "No se pudo repetir la decisión con su modelo, así que falta el detalle de cómo se "
        "suma el puntaje. Lo demás está en las otras pestañas.",
        "en": "The decision could not be replayed with its model, so how the score adds up is "
        "missing. The rest is in the other tabs.",
    },
    # what was known
    "decisions.known.profile": {"es": "Perfil enviado", "en": "Profile that was sent"},
    "decisions.known.history": {
        "es": "Historia laboral enviada",
        "en": "Work history that was sent",
    },
    "decisions.known.loan": {"es": "Crédito solicitado", "en": "Loan asked for"},
    "decisions.known.standard": {
        "es": "No se pidió un crédito: se decidió sobre el estándar de la política.",
        "en": "No loan was asked for: the policy's standard one was decided.",
    },
    "decisions.known.features": {
        "es": "Características con las que se decidió",
        "en": "Features it was decided on",
    },
    "decisions.known.features.note": {
        "es": "Calculadas al {as_of}; el ingreso está en pesos constantes del modelo.",
        "en": "Computed as of {as_of}; income is in the model's constant pesos.",
    },
    "decisions.known.now": {"es": "Actual", "en": "Current"},
    "decisions.known.feature": {"es": "Característica", "en": "Feature"},
    "decisions.known.value": {"es": "Valor", "en": "Value"},
    # scorecards
    "decisions.card.continuity": {"es": "Conservar el ingreso", "en": "Keeping the income"},
    "decisions.card.default": {"es": "Incumplimiento", "en": "Default"},
    "decisions.card.income_p10": {"es": "Ingreso bajo (p10)", "en": "Low income (p10)"},
    "decisions.card.income_p50": {"es": "Ingreso medio (p50)", "en": "Middle income (p50)"},
    "decisions.card.income_p90": {"es": "Ingreso alto (p90)", "en": "High income (p90)"},
    "decisions.card.sum": {
        "es": "Promedio **{intercept}** y {n} tablas **{points}** = margen **{margin}** {meaning}",
        "en": "Average **{intercept}** and {n} tables **{points}** = margin **{margin}** {meaning}",
    },
    "decisions.card.to_score": {
        "es": "→ puntaje de ingreso **{score}**",
        "en": "→ income score **{score}**",
    },
    "decisions.card.to_pd": {
        "es": "→ probabilidad de incumplimiento **{pd}**",
        "en": "→ probability of default **{pd}**",
    },
    "decisions.card.to_income": {
        "es": "→ ingreso mensual esperado **{amount}**",
        "en": "→ expected monthly income **{amount}**",
    },
    "decisions.card.exact": {
        "es": ":green[:material/check:] Exacto, como se guardó: {intercept} {points} = {margin}",
        "en": ":green[:material/check:] Exact, as it was kept: {intercept} {points} = {margin}",
    },
    "decisions.card.inexact": {
        "es": ":red[:material/error:] {intercept} {points} no da {margin}, el margen guardado; avise "
        "a soporte.",
        "en": ":red[:material/error:] {intercept} {points} does not make {margin}, the margin that "
        "was kept; tell support.",
    },
    "decisions.card.table": {"es": "Tabla", "en": "Table"},
    "decisions.card.cell": {"es": "Celda", "en": "Cell"},
    "decisions.card.points": {"es": "Aporta", "en": "Adds"},
    "decisions.cell.between": {
        "es": "de {low} a menos de {high} {unit}",
        "en": "{low} to under {high} {unit}",
    },
    "decisions.cell.under": {"es": "menos de {high} {unit}", "en": "under {high} {unit}"},
    "decisions.cell.over": {"es": "{low} {unit} o más", "en": "{low} {unit} or more"},
    "decisions.cell.missing": {"es": "sin dato", "en": "unknown"},
    "decisions.cell.any": {"es": "cualquier valor", "en": "any value"},
    # replay
    "decisions.identical": {
        "es": "Con su modelo y su política, la decisión se repite idéntica.",
        "en": "With its own model and policy, the decision comes out identical.",
    },
    "decisions.not_identical": {
        "es": "Con su modelo y su política, la decisión no se repite igual: {n} campos difieren. "
        "Avise a soporte.",
        "en": "With its own model and policy, the decision comes out another way: {n} fields "
        "differ. Tell support.",
    },
    "decisions.today": {
        "es": "Con el modelo y la política de hoy",
        "en": "By today's model and policy",
    },
    "decisions.today.same": {
        "es": "La respuesta sería la misma.",
        "en": "The answer would be the same.",
    },
    "decisions.today.small": {
        "es": "La respuesta sería la misma; solo cambian {n} detalles de cómo se calcula.",
        "en": "The answer would be the same; only {n} details of how it is computed change.",
    },
    "decisions.then": {"es": "Entonces", "en": "Then"},
    "decisions.now": {"es": "Hoy", "en": "Today"},
    "decisions.field": {"es": "Campo", "en": "Field"},
    "decisions.fields": {"es": "Campo por campo ({n})", "en": "Field by field ({n})"},
    "decisions.measure": {"es": "Medida", "en": "Measure"},
    "decisions.measure.outcome": {"es": "Resultado", "en": "Outcome"},
    "decisions.measure.score": {"es": "Puntaje final", "en": "Final score"},
    "decisions.measure.income_score": {"es": "Puntaje de ingreso", "en": "Income score"},
    "decisions.measure.pd": {
        "es": "Probabilidad de incumplimiento",
        "en": "Probability of default",
    },
    "decisions.measure.grade": {"es": "Grado", "en": "Grade"},
    "decisions.measure.segment": {"es": "Segmento", "en": "Segment"},
    "decisions.measure.amount": {"es": "Monto ofrecido", "en": "Amount offered"},
    "decisions.measure.term": {"es": "Plazo", "en": "Term"},
    "decisions.measure.rate": {"es": "Tasa anual", "en": "Annual rate"},
    "decisions.measure.payment": {"es": "Pago mensual", "en": "Monthly payment"},
    "decisions.measure.asked": {"es": "Monto solicitado", "en": "Amount asked for"},
    "decisions.measure.model": {"es": "Modelo", "en": "Model"},
    "decisions.measure.policy": {"es": "Política", "en": "Policy"},
    "decisions.diff.outcome": {
        "es": "El resultado pasa de {then} a {today}.",
        "en": "The outcome goes from {then} to {today}.",
    },
    "decisions.diff.score.up": {
        "es": "El puntaje final sube {n}: de {then} a {today}.",
        "en": "The final score rises by {n}: from {then} to {today}.",
    },
    "decisions.diff.score.down": {
        "es": "El puntaje final baja {n}: de {then} a {today}.",
        "en": "The final score falls by {n}: from {then} to {today}.",
    },
    "decisions.diff.pd.up": {
        "es": "La probabilidad de incumplimiento sube de {then} a {today}.",
        "en": "The probability of default rises from {then} to {today}.",
    },
    "decisions.diff.pd.down": {
        "es": "La probabilidad de incumplimiento baja de {then} a {today}.",
        "en": "The probability of default falls from {then} to {today}.",
    },
    "decisions.diff.grade": {
        "es": "El grado pasa de {then} a {today}.",
        "en": "The grade goes from {then} to {today}.",
    },
    "decisions.diff.offer.up": {
        "es": "La oferta sube de {then} a {today}.",
        "en": "The offer rises from {then} to {today}.",
    },
    "decisions.diff.offer.down": {
        "es": "La oferta baja de {then} a {today}.",
        "en": "The offer falls from {then} to {today}.",
    },
    "decisions.diff.offer.new": {
        "es": "Hoy habría una oferta de {amount}.",
        "en": "Today there would be an offer of {amount}.",
    },
    "decisions.diff.offer.gone": {
        "es": "Hoy no habría oferta.",
        "en": "Today there would be no offer.",
    },
    "decisions.diff.new": {"es": "Razones nuevas: {reasons}", "en": "New reasons: {reasons}"},
    "decisions.diff.gone": {
        "es": "Razones que ya no aplican: {reasons}",
        "en": "Reasons that no longer apply: {reasons}",
    },
    # what came after
    "decisions.event.decided": {
        "es": "{outcome}, a solicitud de {by}.",
        "en": "{outcome}, at the request of {by}.",
    },
    "decisions.event.review.approve": {
        "es": "Aprobado por {by}, al revisar el referido.",
        "en": "Approved by {by}, on review.",
    },
    "decisions.event.review.decline": {
        "es": "Rechazado por {by}, al revisar el referido.",
        "en": "Declined by {by}, on review.",
    },
    "decisions.event.outcome": {
        "es": "Comportamiento al {observed}, reportado por {by}: atraso máximo de {days} días.",
        "en": "Performance as of {observed}, reported by {by}: {days} days past due at most.",
    },
    "decisions.event.amount": {"es": "Se prestaron {amount}.", "en": "{amount} were lent."},
    "decisions.event.granted": {"es": "Otorgado el {day}.", "en": "Granted on {day}."},
    "decisions.event.default.yes": {
        "es": "Incumplió en 12 meses.",
        "en": "Defaulted within 12 months.",
    },
    "decisions.event.default.no": {
        "es": "No incumplió en 12 meses.",
        "en": "No default within 12 months.",
    },
    "decisions.event.erased": {
        "es": "Se borraron los datos de la persona.",
        "en": "The person's data were erased.",
    },
    "decisions.challenger": {"es": "Modelo retador", "en": "Challenger"},
    "decisions.challenger.text": {
        "es": "El modelo {model}, que solo observa, habría dicho: {outcome}, puntaje {score}, "
        "incumplimiento {pd}, grado {grade}. Nadie lo recibió.",
        "en": "Model {model}, which only watches, would have said: {outcome}, score {score}, default "
        "{pd}, grade {grade}. Nobody was told.",
    },
    # settling
    "decisions.settle.again": {"es": "Cambiar la resolución", "en": "Change the settlement"},
    "decisions.settle.again.note": {
        "es": "La resolución nueva vale; la anterior se conserva.",
        "en": "The new settlement holds; the earlier one is kept.",
    },
    "decisions.note": {"es": "Nota: por qué", "en": "Note: why"},
    "decisions.note.hint": {
        "es": "De {low} a {high} letras, sin datos personales.",
        "en": "{low} to {high} characters, no personal data.",
    },
    "decisions.note.short": {
        "es": "Escriba por qué: al menos {low} letras.",
        "en": "Say why: at least {low} characters.",
    },
    "decisions.approve": {"es": "Aprobar", "en": "Approve"},
    "decisions.decline": {"es": "Rechazar", "en": "Decline"},
    "decisions.waits": {
        "es": "Este referido espera a un analista.",
        "en": "This referral waits for an analyst.",
    },
    "decisions.settled.approve": {
        "es": "**Aprobado** por {by} el {at}: «{note}»",
        "en": "**Approved** by {by} on {at}: “{note}”",
    },
    "decisions.settled.decline": {
        "es": "**Rechazado** por {by} el {at}: «{note}»",
        "en": "**Declined** by {by} on {at}: “{note}”",
    },
    "decisions.overtaken": {
        "es": "Alguien resolvió este referido mientras usted lo revisaba. Su respuesta no se envió; "
        "su nota se conserva.",
        "en": "Somebody settled this referral while you were reading it. Your answer was not sent; "
        "your note is kept.",
    },
    "decisions.sent.approve": {"es": "Aprobado: {reference}", "en": "Approved: {reference}"},
    "decisions.sent.decline": {"es": "Rechazado: {reference}", "en": "Declined: {reference}"},
    "decisions.conflict": {
        "es": "El servicio ya no permite resolver esta decisión.",
        "en": "The service no longer allows to settle this decision.",
    },
    # how the loan went
    "decisions.report": {"es": "Reportar el comportamiento", "en": "Report the performance"},
    "decisions.report.observed": {"es": "Observado el", "en": "Observed on"},
    "decisions.report.granted": {"es": "Otorgado el", "en": "Granted on"},
    "decisions.report.amount": {"es": "Monto prestado (MXN)", "en": "Amount lent (MXN)"},
    "decisions.report.days": {"es": "Atraso máximo (días)", "en": "Most days past due"},
    "decisions.report.default": {
        "es": "¿Incumplió en 12 meses?",
        "en": "Default within 12 months?",
    },
    "decisions.report.default.help": {
        "es": "90 días o más de atraso. Déjelo vacío mientras no se sepa.",
        "en": "90 or more days past due. Leave it empty while unknown.",
    },
    "decisions.report.yes": {"es": "Sí", "en": "Yes"},
    "decisions.report.no": {"es": "No", "en": "No"},
    "decisions.report.send": {"es": "Guardar reporte", "en": "Keep the report"},
    "decisions.report.kept": {"es": "El reporte se guardó.", "en": "The report was kept."},
    "decisions.report.wrong": {
        "es": "{field}: se permite {allowed}; se recibió {value}.",
        "en": "{field}: allowed is {allowed}; got {value}.",
    },
    "decisions.report.disagrees": {
        "es": "Los datos no concuerdan: no puede observarse antes de otorgarse, y un incumplimiento "
        "lleva 90 días de atraso o más.",
        "en": "The data disagree: nothing is observed before it is granted, and a default has 90 "
        "days past due or more.",
    },
}
