"""Cartera: many applicants at once."""

from frontend.text.language import Copy

COPY: Copy = {
    # the file
    "portfolio.intro": {
        "es": "Suba una lista de solicitantes, un renglón por persona: se evalúa completa y se "
        "descarga con sus decisiones.",
        "en": "Upload a list of applicants, one row each: all of it is assessed, and can be "
        "downloaded with its decisions.",
    },
    "portfolio.upload": {
        "es": "Archivo CSV o Excel, hasta {rows} renglones",
        "en": "CSV or Excel file, up to {rows} rows",
    },
    "portfolio.reading": {"es": "Leyendo el archivo", "en": "Reading the file"},
    "portfolio.template": {"es": "Plantilla", "en": "Template"},
    "portfolio.template.note": {
        "es": "Trae las columnas, un renglón de ejemplo y lo que admite cada una. También sirve su "
        "propio archivo: las columnas se reconocen por su nombre.",
        "en": "It has the columns, one example row, and what each may hold. Your own file will do "
        "too: columns are recognised by their names.",
    },
    "portfolio.template.excel": {"es": "Plantilla de Excel", "en": "Excel template"},
    "portfolio.template.csv": {"es": "Plantilla CSV", "en": "CSV template"},
    "portfolio.template.file": {"es": "plantilla-cartera", "en": "portfolio-template"},
    "portfolio.sheet.rows": {"es": "Solicitantes", "en": "Applicants"},
    "portfolio.sheet.guide": {"es": "Qué se admite", "en": "What is allowed"},
    "portfolio.sheet.results": {"es": "Decisiones", "en": "Decisions"},
    "portfolio.guide": {"es": "Columnas que se reconocen", "en": "Columns that are recognised"},
    "portfolio.guide.column": {"es": "Columna", "en": "Column"},
    "portfolio.guide.needed": {"es": "Necesaria", "en": "Needed"},
    "portfolio.guide.allowed": {"es": "Qué se admite", "en": "What is allowed"},
    "portfolio.needed.yes": {"es": "Sí", "en": "Yes"},
    "portfolio.needed.no": {"es": "No", "en": "No"},
    "portfolio.needed.loan": {
        "es": "Las tres del crédito, o ninguna",
        "en": "All of the loan's three, or none",
    },
    "portfolio.unreadable.excel": {
        "es": "No se pudo leer el libro de Excel. Guárdelo como .xlsx, sin contraseña, y súbalo "
        "de nuevo.",
        "en": "The Excel workbook could not be read. Save it as .xlsx, without a password, and "
        "upload it again.",
    },
    "portfolio.unreadable.csv": {
        "es": "No se pudo leer el CSV: el renglón {row} está dañado.",
        "en": "The CSV could not be read: row {row} is damaged.",
    },
    "portfolio.unreadable.large": {
        "es": "El libro ocupa demasiado al abrirse. Deje solo la hoja de solicitantes, o súbala "
        "como CSV.",
        "en": "The workbook is too large when opened. Keep only the sheet of applicants, or "
        "upload it as CSV.",
    },
    "portfolio.unreadable.empty": {
        "es": "El archivo no tiene renglones debajo de sus títulos.",
        "en": "The file has no rows below its titles.",
    },
    "portfolio.unreadable.columns": {
        "es": "El archivo tiene más de {most} columnas: deje solo las del solicitante y su crédito.",
        "en": "The file has more than {most} columns: keep only those of the applicant and the loan.",
    },
    "portfolio.unreadable.rows": {
        "es": "El archivo tiene más de {most} renglones: divídalo en partes.",
        "en": "The file has more than {most} rows: split it.",
    },
    # the columns
    "portfolio.reference": {"es": "Referencia", "en": "Reference"},
    "portfolio.as_of": {"es": "Fecha de evaluación", "en": "Assessed as of"},
    "portfolio.curp": {"es": "CURP", "en": "CURP"},
    "portfolio.allowed.number": {
        "es": "un número, de {low} a {high}",
        "en": "a number, from {low} to {high}",
    },
    "portfolio.allowed.number.above": {
        "es": "un número mayor que {low} y hasta {high}",
        "en": "a number above {low}, up to {high}",
    },
    "portfolio.allowed.whole.above": {
        "es": "un número entero mayor que {low} y hasta {high}",
        "en": "a whole number above {low}, up to {high}",
    },
    "portfolio.allowed.whole": {
        "es": "un número entero, de {low} a {high}",
        "en": "a whole number, from {low} to {high}",
    },
    "portfolio.allowed.keys": {
        "es": "clave de {first} a {last}, o el nombre",
        "en": "key from {first} to {last}, or the name",
    },
    "portfolio.allowed.reference": {
        "es": "letras sin acento, dígitos y . _ : - hasta 64, sin espacios ni datos personales",
        "en": "plain letters, digits and . _ : - up to 64, no spaces, no personal data",
    },
    "portfolio.allowed.as_of": {
        "es": "una fecha (dd/mm/aaaa) no futura; vacía es hoy",
        "en": "a date (dd/mm/yyyy), not in the future; empty is today",
    },
    "portfolio.allowed.curp": {"es": "una CURP completa", "en": "a whole CURP"},
    "portfolio.file": {
        "es": "{rows} renglones · {matched} de {columns} columnas reconocidas",
        "en": "{rows} rows · {matched} of {columns} columns recognised",
    },
    "portfolio.other": {"es": "Otro archivo", "en": "Another file"},
    "portfolio.start": {"es": "Evaluar {rows} renglones", "en": "Assess {rows} rows"},
    "portfolio.unmatched": {"es": "Columnas sin reconocer", "en": "Columns not recognised"},
    "portfolio.unmatched.note": {
        "es": "Elija qué dato trae cada una, o déjela fuera.",
        "en": "Choose what each of them holds, or leave it out.",
    },
    "portfolio.matched": {
        "es": "Cambiar las columnas reconocidas",
        "en": "Change the recognised columns",
    },
    "portfolio.left_out": {"es": "Dejar fuera", "en": "Leave out"},
    "portfolio.missing": {
        "es": "Falta indicar qué columna trae: {titles}.",
        "en": "It is not said yet which column holds: {titles}.",
    },
    "portfolio.twice": {
        "es": "Dos columnas traen el mismo dato: {titles}. Deje fuera una.",
        "en": "Two columns hold the same: {titles}. Leave one out.",
    },
    "portfolio.preview": {
        "es": "Así se entienden los primeros renglones",
        "en": "How the first rows are understood",
    },
    "portfolio.line": {"es": "Renglón", "en": "Row"},
    "portfolio.faults": {
        "es": "{count} renglones tienen datos que el servicio no admite. Puede corregir el archivo, "
        "o evaluar el resto: solo esos se rechazan.",
        "en": "{count} rows hold data that the service does not allow. Mend the file, or assess "
        "the rest: only those will be refused.",
    },
    "portfolio.faults.one": {
        "es": "Un renglón tiene datos que el servicio no admite. Puede corregir el archivo, o "
        "evaluar el resto: solo ese se rechaza.",
        "en": "One row holds data that the service does not allow. Mend the file, or assess the "
        "rest: only that one will be refused.",
    },
    "portfolio.faults.first": {
        "es": "Se muestran los primeros {shown}; la descarga los trae todos.",
        "en": "The first {shown} are shown; the download has them all.",
    },
    "portfolio.faults.download": {"es": "Descargar los errores", "en": "Download the errors"},
    "portfolio.faults.file": {"es": "errores-cartera", "en": "portfolio-errors"},
    "portfolio.fault.row": {"es": "Renglón", "en": "Row"},
    "portfolio.fault.column": {"es": "Columna", "en": "Column"},
    "portfolio.fault.value": {"es": "Se recibió", "en": "Got"},
    "portfolio.fault.told": {"es": "Qué corregir", "en": "What to mend"},
    "portfolio.fault.allowed": {"es": "Se admite {allowed}.", "en": "Allowed: {allowed}."},
    # on its way
    "portfolio.running": {"es": "Evaluando {name}", "en": "Assessing {name}"},
    "portfolio.progress": {"es": "{done} de {total} renglones", "en": "{done} of {total} rows"},
    "portfolio.progress.left": {"es": "faltan {time}", "en": "{time} left"},
    "portfolio.progress.refused": {
        "es": "{refused} con datos no admitidos",
        "en": "{refused} with data not allowed",
    },
    "portfolio.seconds": {"es": "{n} s", "en": "{n} s"},
    "portfolio.minutes": {"es": "{n} min", "en": "{n} min"},
    "portfolio.leave": {
        "es": "Puede usar las otras páginas mientras tanto; no cierre esta pestaña.",
        "en": "You may use the other pages meanwhile; do not close this tab.",
    },
    "portfolio.waiting": {
        "es": "El servicio no responde por ahora. Se continúa aquí mismo en cuanto vuelva, sin "
        "decidir dos veces.",
        "en": "The service does not answer right now. It goes on from here when it is back, and "
        "decides nothing twice.",
    },
    "portfolio.cancel": {"es": "Detener", "en": "Stop"},
    "portfolio.stopping": {
        "es": "Deteniendo: se termina lo que ya se envió.",
        "en": "Stopping: what has been sent is finished.",
    },
    # what came of it
    "portfolio.done": {"es": "{decided} renglones evaluados", "en": "{decided} rows assessed"},
    "portfolio.done.refused": {
        "es": "{refused} con datos no admitidos",
        "en": "{refused} with data not allowed",
    },
    "portfolio.done.all": {"es": "todos los del archivo", "en": "all of the file"},
    "portfolio.cancelled": {
        "es": "Se detuvo antes de terminar: faltaron {left} de {total} renglones. Lo evaluado se "
        "conserva.",
        "en": "It was stopped before its end: {left} of {total} rows were left. What was assessed "
        "is kept.",
    },
    "portfolio.broken": {
        "es": "No se pudo terminar: faltaron {left} de {total} renglones. Lo evaluado se conserva.",
        "en": "It could not be finished: {left} of {total} rows were left. What was assessed is kept.",
    },
    "portfolio.none": {
        "es": "Ningún renglón se evaluó. Corrija los errores y suba el archivo de nuevo.",
        "en": "No row was assessed. Mend the errors and upload the file again.",
    },
    "portfolio.new": {"es": "Otra cartera", "en": "Another portfolio"},
    "portfolio.metric.approval": {"es": "Aprobados", "en": "Approved"},
    "portfolio.metric.score": {"es": "Puntaje medio", "en": "Mean score"},
    "portfolio.metric.pd": {"es": "Incumplimiento medio", "en": "Mean default risk"},
    "portfolio.metric.offered": {"es": "Ofrecido a aprobados", "en": "Offered to the approved"},
    "portfolio.metric.offered.help": {
        "es": "De {asked} solicitados por toda la cartera.",
        "en": "Of {asked} asked for by the whole portfolio.",
    },
    "portfolio.tab.summary": {"es": "Resumen", "en": "Summary"},
    "portfolio.tab.rows": {"es": "Renglones", "en": "Rows"},
    "portfolio.tab.map": {"es": "Mapa", "en": "Map"},
    "portfolio.tab.faults": {
        "es": "Datos no admitidos ({count})",
        "en": "Data not allowed ({count})",
    },
    "portfolio.outcome.approve": {"es": "Aprobado", "en": "Approved"},
    "portfolio.outcome.refer": {"es": "Referido", "en": "Referred"},
    "portfolio.outcome.decline": {"es": "Rechazado", "en": "Declined"},
    "portfolio.chart.outcomes": {"es": "Respuestas", "en": "Answers"},
    "portfolio.chart.scores": {"es": "Puntaje final", "en": "Final score"},
    "portfolio.chart.scores.note": {
        "es": "Solicitantes por puntaje; las franjas son los grados.",
        "en": "Applicants by score; the bands are the grades.",
    },
    "portfolio.chart.risks": {
        "es": "Probabilidad de incumplimiento",
        "en": "Probability of default",
    },
    "portfolio.chart.risks.note": {
        "es": "Solicitantes por riesgo; la última barra junta los de 60 % o más.",
        "en": "Applicants by risk; the last bar holds those of 60 % or more.",
    },
    "portfolio.chart.segments": {"es": "Respuestas por segmento", "en": "Answers by segment"},
    "portfolio.tip.score": {"es": "Puntaje", "en": "Score"},
    "portfolio.tip.pd": {"es": "Incumplimiento", "en": "Default"},
    "portfolio.tip.count": {"es": "Solicitantes", "en": "Applicants"},
    "portfolio.tip.segment": {"es": "Segmento", "en": "Segment"},
    "portfolio.tip.outcome": {"es": "Respuesta", "en": "Answer"},
    "portfolio.tip.share": {"es": "Del segmento", "en": "Of the segment"},
    "portfolio.tip.state": {"es": "Estado", "en": "State"},
    "portfolio.measure": {"es": "Color", "en": "Colour"},
    "portfolio.measure.approval": {"es": "Aprobación", "en": "Approval"},
    "portfolio.measure.score": {"es": "Puntaje medio", "en": "Mean score"},
    "portfolio.map.note": {
        "es": "Cada cuadro es un estado, en su lugar aproximado; los vacíos no tienen solicitantes.",
        "en": "Each square is a state, about where it lies; the empty ones have no applicants.",
    },
    "portfolio.map.unknown": {
        "es": "Sin estado, fuera del mapa: {count}.",
        "en": "Without a state, not on the map: {count}.",
    },
    "portfolio.map.none": {
        "es": "Ningún renglón evaluado dice su estado. Agregue la columna «Estado» para ver el mapa.",
        "en": "No assessed row names its state. Add the column “State” to see the map.",
    },
    "portfolio.rows.note": {
        "es": "Ordene con un clic en el título; elija un renglón para abrir su decisión.",
        "en": "Click a title to sort; choose a row to open its decision.",
    },
    "portfolio.open": {
        "es": "Abrir la decisión del renglón {row}",
        "en": "Open the decision of row {row}",
    },
    "portfolio.column.outcome": {"es": "Respuesta", "en": "Answer"},
    "portfolio.column.final_score": {"es": "Puntaje", "en": "Score"},
    "portfolio.column.grade": {"es": "Grado", "en": "Grade"},
    "portfolio.column.pd": {"es": "Incumplimiento", "en": "Default risk"},
    "portfolio.column.income_p50": {"es": "Ingreso esperado", "en": "Expected income"},
    "portfolio.column.segment": {"es": "Segmento", "en": "Segment"},
    "portfolio.column.state": {"es": "Estado", "en": "State"},
    "portfolio.column.product": {"es": "Producto", "en": "Product"},
    "portfolio.column.amount_asked": {"es": "Solicitado", "en": "Asked for"},
    "portfolio.column.amount_offered": {"es": "Ofrecido", "en": "Offered"},
    "portfolio.column.term_months": {"es": "Plazo (meses)", "en": "Term (months)"},
    "portfolio.column.annual_rate": {"es": "Tasa anual", "en": "Annual rate"},
    "portfolio.column.monthly_payment": {"es": "Pago mensual", "en": "Monthly payment"},
    "portfolio.column.reason": {"es": "Razón principal", "en": "Main reason"},
    "portfolio.column.id": {"es": "Decisión", "en": "Decision"},
    "portfolio.download.csv": {"es": "CSV", "en": "CSV"},
    "portfolio.download.excel": {"es": "Excel", "en": "Excel"},
    "portfolio.download.parquet": {"es": "Parquet", "en": "Parquet"},
    "portfolio.download.file": {"es": "cartera-evaluada", "en": "assessed-portfolio"},
}
