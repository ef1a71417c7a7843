"""Simulación and export, on the page Política; a part of ``text.policy``."""

from frontend.text.language import Copy

COPY: Copy = {
    # simulation
    "policy.sim.intro": {
        "es": "El borrador se aplica a las decisiones ya tomadas, con los puntajes de entonces.",
        "en": "The draft is applied to decisions already made, with the scores of then.",
    },
    "policy.sim.since": {"es": "Desde", "en": "From"},
    "policy.sim.until": {"es": "Hasta", "en": "To"},
    "policy.sim.period.help": {
        "es": "Ambos días cuentan; vacío, sin límite. Hora de la Ciudad de México.",
        "en": "Both days count; empty for no limit. Mexico City time.",
    },
    "policy.sim.lgd": {"es": "Severidad de la pérdida (%)", "en": "Loss given default (%)"},
    "policy.sim.lgd.help": {
        "es": "Parte del monto que se pierde en un incumplimiento. Es un supuesto.",
        "en": "Share of the amount that a default loses. An assumption.",
    },
    "policy.sim.run": {"es": "Simular", "en": "Simulate"},
    "policy.sim.running": {"es": "Simulando…", "en": "Simulating…"},
    "policy.sim.same": {
        "es": "El borrador no tiene cambios: se compara la política vigente con lo que se decidió.",
        "en": "The draft has no changes: the policy in force is compared with what was decided.",
    },
    "policy.sim.blocked": {
        "es": "Antes de simular, corrija el borrador y acepte los casos que cambian, en la pestaña "
        "Borrador.",
        "en": "Before simulating, correct the draft and accept the cases that change, in the Draft "
        "tab.",
    },
    "policy.sim.order": {
        "es": "El fin del periodo debe ser igual o posterior al inicio.",
        "en": "The end of the period must be the start or later.",
    },
    "policy.sim.stale": {
        "es": "El borrador, el periodo o la severidad cambiaron después de esta simulación. Simule de "
        "nuevo.",
        "en": "The draft, the period or the loss given default changed after this simulation. "
        "Simulate again.",
    },
    "policy.sim.empty": {
        "es": "No hay decisiones en este periodo. Elija otro y simule de nuevo.",
        "en": "There are no decisions in this period. Choose another and simulate again.",
    },
    "policy.sim.headline.none": {
        "es": "De {total} decisiones, ninguna cambia de resultado",
        "en": "Of {total} decisions, none changes its outcome",
    },
    "policy.sim.headline.one": {
        "es": "De {total} decisiones, 1 cambia de resultado",
        "en": "Of {total} decisions, 1 changes its outcome",
    },
    "policy.sim.headline.many": {
        "es": "De {total} decisiones, {n} cambian de resultado",
        "en": "Of {total} decisions, {n} change their outcome",
    },
    "policy.sim.rate": {"es": "Aprobación", "en": "Approval rate"},
    "policy.sim.amount": {"es": "Monto aprobado", "en": "Approved amount"},
    "policy.sim.loss": {"es": "Pérdida esperada", "en": "Expected loss"},
    "policy.sim.loss_rate": {"es": "Pérdida / monto", "en": "Loss / amount"},
    "policy.sim.before": {"es": "antes {value}", "en": "before {value}"},
    "policy.sim.equal": {"es": "sin cambio", "en": "no change"},
    "policy.sim.fine": {
        "es": "Pérdida esperada: probabilidad de incumplimiento × severidad × monto, sobre lo aprobado. "
        "«Antes» es lo que decidió el sistema, sin la resolución posterior de un analista.",
        "en": "Expected loss: probability of default × loss given default × amount, over the approved. "
        "“Before” is what the system decided, without an analyst's later settlement.",
    },
    "policy.sim.erased": {
        "es": "{n} decisiones cuyos datos se borraron no se pueden simular.",
        "en": "{n} decisions whose data were erased cannot be simulated.",
    },
    "policy.percentage_points": {"es": "{value} pp", "en": "{value} pp"},
    "policy.matrix": {"es": "De qué resultado a cuál", "en": "From which outcome to which"},
    "policy.matrix.before": {"es": "Se decidió", "en": "Decided"},
    "policy.matrix.after": {"es": "Con el borrador", "en": "With the draft"},
    "policy.matrix.note": {
        "es": "Verde: mejora para el solicitante. Rojo: empeora.",
        "en": "Green: better for the applicant. Red: worse.",
    },
    "policy.moved": {"es": "Solicitudes que cambian", "en": "Applications that change"},
    "policy.moved.none": {
        "es": "Ninguna solicitud cambia de resultado; los montos ofrecidos pueden ser otros.",
        "en": "No application changes its outcome; the amounts offered may differ.",
    },
    "policy.moved.first": {
        "es": "Se muestran las primeras {shown} de {total}.",
        "en": "The first {shown} of {total} are shown.",
    },
    "policy.moved.open": {"es": "Ver", "en": "Open"},
    "policy.moved.id": {"es": "Decisión", "en": "Decision"},
    "policy.moved.amount_before": {"es": "Monto antes", "en": "Amount before"},
    "policy.moved.amount_after": {"es": "Monto después", "en": "Amount after"},
    "policy.moved.rules": {"es": "Reglas que lo deciden", "en": "Rules that decide it"},
    # export
    "policy.export": {"es": "Llevar a revisión", "en": "Take to review"},
    "policy.export.note": {
        "es": "Descargue el borrador y entréguelo a revisión: una política entra en vigor cuando se "
        "aprueba ese archivo, nunca desde esta página.",
        "en": "Download the draft and hand it over for review: a policy comes into force when that "
        "file is approved, never from this page.",
    },
    "policy.export.version": {"es": "Versión", "en": "Version"},
    "policy.export.version.help": {
        "es": "Año-mes-día, con un número si hay más de una en el día: 2026-11-20 o 2026-11-20.2.",
        "en": "Year-month-day, with a number if there is more than one that day: 2026-11-20 or "
        "2026-11-20.2.",
    },
    "policy.export.version.wrong": {
        "es": "Escriba la versión como 2026-11-20 o 2026-11-20.2.",
        "en": "Write the version as 2026-11-20 or 2026-11-20.2.",
    },
    "policy.export.version.same": {
        "es": "Esa es la versión vigente; elija otra.",
        "en": "That is the version in force; choose another.",
    },
    "policy.export.from": {"es": "Vigente desde", "en": "In force from"},
    "policy.export.download": {"es": "Descargar {name}", "en": "Download {name}"},
    "policy.export.blocked": {
        "es": "Se podrá descargar cuando no quede nada por corregir ni casos por aceptar.",
        "en": "It can be downloaded once nothing is left to correct and no case to accept.",
    },
    "policy.export.none": {
        "es": "Cambie algo en el borrador para poder descargarlo.",
        "en": "Change something in the draft to download it.",
    },
}
