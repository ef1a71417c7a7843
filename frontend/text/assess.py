"""Evaluar: the ways in, and what would change the answer."""

from frontend.text.language import Copy

COPY: Copy = {
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
    # a history from a file or the clipboard
    "assess.fill": {"es": "Subir o pegar", "en": "Upload or paste"},
    "assess.file": {"es": "Archivo CSV", "en": "CSV file"},
    "assess.file.note": {
        "es": "Con o sin títulos; fechas dd/mm/aaaa o aaaa-mm-dd. Los renglones se agregan "
        "a los que ya están en la tabla.",
        "en": "With or without titles; dates dd/mm/yyyy or yyyy-mm-dd. Rows are added to those "
        "already in the table.",
    },
    "assess.paste": {
        "es": "O pegue desde una hoja de cálculo",
        "en": "Or paste from a spreadsheet",
    },
    "assess.paste.like": {
        "es": "Patrón, Estado, Industria, Inicio, Fin, Salario diario",
        "en": "Employer, State, Industry, Start, End, Daily wage",
    },
    "assess.paste.take": {"es": "Agregar a la tabla", "en": "Add to the table"},
    "assess.template": {"es": "Plantilla CSV", "en": "CSV template"},
    "assess.grid": {
        "es": "Los renglones de una hoja de cálculo se pegan en «Subir o pegar».",
        "en": "Rows of a spreadsheet are pasted under “Upload or paste”.",
    },
    "assess.file.taken": {"es": "Renglones agregados: {n}.", "en": "Rows added: {n}."},
    "assess.file.undo": {"es": "Deshacer", "en": "Undo"},
    "assess.file.empty": {
        "es": "No se encontró ningún renglón. Compare con la plantilla CSV.",
        "en": "No rows were found. Compare with the CSV template.",
    },
    "assess.file.unread": {
        "es": "no se entiende «{value}»; la celda quedó vacía.",
        "en": "“{value}” is not understood; the cell was left empty.",
    },
    "assess.file.lacking": {
        "es": "Columnas que faltan: {titles}.",
        "en": "Missing columns: {titles}.",
    },
    "assess.file.unknown": {
        "es": "Columnas que no se usaron: {titles}.",
        "en": "Columns that were not used: {titles}.",
    },
    "assess.file.more": {"es": "Y {n} observaciones más.", "en": "And {n} more remarks."},
    # who asks
    "assess.identity": {"es": "Identificación (opcional)", "en": "Identification (optional)"},
    "assess.reference": {"es": "Referencia del solicitante", "en": "Applicant's reference"},
    "assess.reference.help": {
        "es": "El nombre que usted le da al solicitante, el mismo en todas sus solicitudes. "
        "Letras, números y . _ : -, sin datos personales.",
        "en": "Your own name of the applicant, the same in all their requests. Letters, digits "
        "and . _ : - only, no personal data.",
    },
    "assess.curp": {"es": "CURP", "en": "CURP"},
    "assess.curp.help": {
        "es": "Se verifica y no se guarda; tampoco vuelve a mostrarse después de evaluar.",
        "en": "It is checked and not kept, nor shown again after assessing.",
    },
    "error.reference": {
        "es": "Solo letras, números y . _ : -, hasta 64, empezando por letra o número.",
        "en": "Letters, digits and . _ : - only, 64 at most, beginning with a letter or digit.",
    },
    "error.curp": {
        "es": "La CURP no es válida: escríbala de nuevo, con sus 18 caracteres.",
        "en": "The CURP is not valid: type it again, all 18 characters.",
    },
    "error.curp_off": {
        "es": "Este servicio no recibe la CURP: evalúe sin ella.",
        "en": "This service takes no CURP: assess without it.",
    },
    "error.curp_birth": {
        "es": "La CURP no corresponde a la fecha de nacimiento: revise ambas.",
        "en": "The CURP does not match the date of birth: check both.",
    },
    # the work history over the years
    "assess.timeline": {
        "es": "La historia laboral en el tiempo",
        "en": "The work history over time",
    },
    "assess.timeline.wage": {
        "es": "Salario diario de todos los empleos",
        "en": "Daily wage of all jobs together",
    },
    "assess.timeline.note": {
        "es": "Pesos nominales por día. Sin interrupciones mayores a un mes.",
        "en": "Nominal pesos a day. No interruptions longer than a month.",
    },
    "assess.timeline.gaps": {
        "es": "Pesos nominales por día. Sombreado: más de un mes sin empleo formal.",
        "en": "Nominal pesos a day. Shaded: more than a month without a formal job.",
    },
    "assess.timeline.told": {
        "es": "{employer}: {wage} por día, del {start} al {end}",
        "en": "{employer}: {wage} a day, {start} to {end}",
    },
    "assess.timeline.today": {"es": "día de hoy", "en": "today"},
    "assess.timeline.no_industry": {"es": "Industria no indicada", "en": "Industry not given"},
    "assess.months": {"es": "{n} meses", "en": "{n} months"},
    # what if
    "assess.what_if": {"es": "¿Y si…?", "en": "What if…?"},
    "assess.what_if.note": {
        "es": "Mueva un valor: la respuesta se calcula al momento, con el modelo y la política "
        "vigentes, y no se guarda.",
        "en": "Move a value: the answer is worked out at once, by the model and policy in force, "
        "and is not kept.",
    },
    "assess.what_if.back": {"es": "Volver a lo decidido", "en": "Back to what was decided"},
    "assess.what_if.same": {
        "es": "La misma respuesta que se dio.",
        "en": "The same answer as given.",
    },
    "assess.what_if.figures": {
        "es": "El mismo resultado, con otras cifras.",
        "en": "The same outcome, with other figures.",
    },
    "assess.what_if.outcome": {"es": "Se decidió: {was}.", "en": "Decided: {was}."},
    "assess.what_if.was": {"es": "antes {was}", "en": "was {was}"},
    "assess.what_if.unchanged": {"es": "sin cambio", "en": "unchanged"},
    "assess.what_if.score": {"es": "Puntaje final", "en": "Final score"},
    "assess.what_if.pd": {"es": "Incumplimiento", "en": "Default"},
    "assess.what_if.amount": {"es": "Monto", "en": "Amount"},
    "assess.what_if.payment": {"es": "Pago mensual", "en": "Monthly payment"},
    "assess.what_if.term": {"es": "Plazo", "en": "Term"},
    "assess.what_if.rate": {"es": "Tasa anual", "en": "Annual rate"},
}
