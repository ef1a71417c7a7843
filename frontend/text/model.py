"""Modelo: what the model is, and how it measured."""

from frontend.text.language import Copy

COPY: Copy = {
    "model.tab.summary": {"es": "Resumen", "en": "Summary"},
    "model.tab.calibration": {"es": "Calibración", "en": "Calibration"},
    "model.tab.tables": {"es": "Tablas", "en": "Tables"},
    "model.tab.card": {"es": "Ficha", "en": "Model card"},
    "model.tab.challenger": {"es": "Retador", "en": "Challenger"},
    "model.wait": {"es": "Consultando el modelo…", "en": "Asking for the model…"},
    # the summary
    "model.version": {"es": "Versión {version}", "en": "Version {version}"},
    "model.synthetic": {"es": "Personas simuladas", "en": "Simulated people"},
    "model.real": {"es": "Personas reales", "en": "Real people"},
    "model.learned": {
        "es": "Aprendió de {people} personas, {spells} periodos de empleo y {loans} créditos, "
        "observados hasta el {until}.",
        "en": "It learned from {people} people, {spells} periods of employment and {loans} loans, "
        "observed until {until}.",
    },
    "model.judged": {
        "es": "Todo lo que sigue se midió en años posteriores a los que aprendió: del {start} al "
        "{end}.",
        "en": "All that follows was measured on years after those it learned from: {start} to "
        "{end}.",
    },
    "model.parts": {
        "es": "{cards} tarjetas de puntos, {tables} tablas y {cells} celdas: las tablas son el "
        "modelo completo.",
        "en": "{cards} scorecards, {tables} tables and {cells} cells: the tables are the whole "
        "model.",
    },
    "model.continuity": {"es": "Conservar el ingreso", "en": "Keeping the income"},
    "model.default": {"es": "Incumplimiento", "en": "Default"},
    "model.income": {"es": "Banda de ingreso", "en": "Income band"},
    "model.pairs": {"es": "Pares bien ordenados", "en": "Pairs in the right order"},
    "model.pairs.continuity": {
        "es": "De una persona que conservó su ingreso y otra que no, da más puntaje a la primera "
        "en {hits} de cada 100 pares. Al azar serían 50.",
        "en": "Of one person who kept the income and one who did not, it scores the first higher "
        "in {hits} of 100 pairs. By chance it would be 50.",
    },
    "model.pairs.default": {
        "es": "De un crédito que incumplió y otro que se pagó, ve más riesgo en el primero en "
        "{hits} de cada 100 pares. Al azar serían 50.",
        "en": "Of one loan that defaulted and one that was repaid, it sees more risk in the first "
        "in {hits} of 100 pairs. By chance it would be 50.",
    },
    "model.coverage": {"es": "Dentro de la banda", "en": "Within the band"},
    "model.coverage.words": {
        "es": "{hits} de cada 100 personas tuvieron un ingreso dentro de su banda. La banda "
        "promete 80.",
        "en": "{hits} of 100 people had an income within their band. The band promises 80.",
    },
    "model.interval": {
        "es": "Intervalo de 95 %: {low} a {high}",
        "en": "95 % interval: {low} to {high}",
    },
    "model.no_interval": {"es": "Sin intervalo", "en": "No interval"},
    "model.level": {
        "es": "Predijo {predicted} en promedio y se observó {observed}.",
        "en": "It predicted {predicted} on average, and {observed} was observed.",
    },
    "model.ceiling": {
        "es": "Con estos datos nadie pasaría de {ceiling}: alcanza {share} de lo que se puede "
        "saber.",
        "en": "With these data nobody could pass {ceiling}: it reaches {share} of what can be "
        "known.",
    },
    "model.form": {
        "es": "Con solo lo que pide el formulario: {form}.",
        "en": "With only what the form asks: {form}.",
    },
    "model.outside": {
        "es": "Debajo de su banda, {below}; encima, {above}. Lo prometido es 10 % y 10 %.",
        "en": "Below their band, {below}; above, {above}. Promised are 10 % and 10 %.",
    },
    "model.median": {
        "es": "El ingreso medio esperado se equivoca {error}; suponer que nada cambia, {carried}.",
        "en": "The middle of the band is off by {error}; assuming that nothing changes, by "
        "{carried}.",
    },
    "model.rows": {"es": "Medido en {rows} casos.", "en": "Measured on {rows} cases."},
    "model.absent": {
        "es": "Este modelo no se pudo entrenar con estos datos: {reason}",
        "en": "This model could not be trained on these data: {reason}",
    },
    "model.absent.unknown": {
        "es": "El servicio no publica estas cifras.",
        "en": "The service publishes no such figures.",
    },
    "model.stability": {"es": "Qué se ha movido", "en": "What has moved"},
    "model.stability.words": {
        "es": "**{model}.** Entre los años que aprendió y los medidos, los puntajes {verdict} (PSI "
        "{psi}). Lo que más cambió: {feature} (PSI {feature_psi}).",
        "en": "**{model}.** From the years it learned to those measured, scores {verdict} (PSI "
        "{psi}). What changed most: {feature} (PSI {feature_psi}).",
    },
    "model.psi.stable": {"es": "casi no se movieron", "en": "have hardly moved"},
    "model.psi.moved": {"es": "se movieron algo", "en": "have moved somewhat"},
    "model.psi.shifted": {"es": "se desplazaron", "en": "have shifted"},
    "model.psi.note": {
        "es": "PSI: menos de 0.10, estable; de 0.10 a 0.25, se movió; más, se desplazó.",
        "en": "PSI: below 0.10, stable; 0.10 to 0.25, moved; more, shifted.",
    },
    "model.figures": {"es": "Todas las cifras", "en": "All figures"},
    "model.figure": {"es": "Medida", "en": "Measure"},
    "model.figure.auc": {"es": "AUC (pares bien ordenados)", "en": "AUC (pairs in order)"},
    "model.figure.gini": {"es": "Gini", "en": "Gini"},
    "model.figure.ks": {"es": "KS", "en": "KS"},
    "model.figure.brier": {
        "es": "Brier (menos es mejor)",
        "en": "Brier score (less is better)",
    },
    "model.figure.log_loss": {
        "es": "Pérdida logarítmica (menos es mejor)",
        "en": "Log loss (less is better)",
    },
    "model.figure.ece": {
        "es": "Error de calibración (menos es mejor)",
        "en": "Calibration error (less is better)",
    },
    "model.figure.calibration_slope": {
        "es": "Pendiente de calibración (ideal 1)",
        "en": "Calibration slope (1 is ideal)",
    },
    "model.figure.calibration_intercept": {
        "es": "Ordenada de calibración (ideal 0)",
        "en": "Calibration intercept (0 is ideal)",
    },
    "model.figure.rate": {"es": "Tasa observada", "en": "Observed rate"},
    "model.figure.mean_predicted": {"es": "Predicción promedio", "en": "Mean prediction"},
    "model.figure.rows": {"es": "Casos medidos", "en": "Cases measured"},
    "model.figure.coverage_80": {"es": "Cobertura de la banda", "en": "Coverage of the band"},
    "model.figure.mae_log": {
        "es": "Error del ingreso medio (menos es mejor)",
        "en": "Error of the middle income (less is better)",
    },
    "model.figure.median_width": {
        "es": "Ancho de la banda (menos es mejor)",
        "en": "Width of the band (less is better)",
    },
    # calibration
    "model.calibration.good": {
        "es": "Cuando dice 30 %, ¿pasa 30 de cada 100 veces? Sobre la diagonal, sí.",
        "en": "When it says 30 %, does it happen 30 times in 100? On the diagonal it does.",
    },
    "model.calibration.predicted": {"es": "Predicho", "en": "Predicted"},
    "model.calibration.observed": {"es": "Observado", "en": "Observed"},
    "model.calibration.promised": {"es": "Prometido", "en": "Promised"},
    "model.calibration.off": {
        "es": "En promedio, lo predicho y lo observado difieren {ece} puntos porcentuales.",
        "en": "On average, predicted and observed differ by {ece} percentage points.",
    },
    "model.calibration.slope.fine": {
        "es": "Ni exagera ni se queda corto en los extremos (pendiente {slope}).",
        "en": "At the extremes it neither exaggerates nor falls short (slope {slope}).",
    },
    "model.calibration.slope.extreme": {
        "es": "Exagera en los extremos (pendiente {slope}, menor que 1).",
        "en": "It exaggerates at the extremes (slope {slope}, below 1).",
    },
    "model.calibration.slope.timid": {
        "es": "Se queda corto en los extremos (pendiente {slope}, mayor que 1).",
        "en": "It falls short at the extremes (slope {slope}, above 1).",
    },
    "model.calibration.groups": {
        "es": "Cada punto es un grupo de casos de igual tamaño; la barra, su intervalo de 95 %. "
        "Donde no se ve barra, cabe en el punto.",
        "en": "Each point is a group of cases of equal size; the bar is its 95 % interval. Where no "
        "bar is seen, the point covers it.",
    },
    "model.calibration.line": {
        "es": "La curva es lo observado según la recta de calibración medida; el punto, el "
        "promedio de todos los casos con su intervalo de 95 %. Este modelo no guarda sus grupos.",
        "en": "The curve is what was observed by the measured calibration line; the point is the "
        "mean of all cases with its 95 % interval. This model keeps no groups.",
    },
    "model.calibration.alt": {
        "es": "{model}: observado frente a predicho, junto a la diagonal",
        "en": "{model}: observed against predicted, beside the diagonal",
    },
    "model.band.below": {"es": "Debajo", "en": "Below"},
    "model.band.inside": {"es": "Dentro", "en": "Within"},
    "model.band.above": {"es": "Encima", "en": "Above"},
    "model.band.alt": {
        "es": "Partes de los casos debajo, dentro y encima de la banda, y lo prometido",
        "en": "Shares of cases below, within and above the band, and what is promised",
    },
    # tables
    "model.tables.card": {"es": "Tarjeta de puntos", "en": "Scorecard"},
    "model.tables.kind": {"es": "Tablas", "en": "Tables"},
    "model.tables.single": {"es": "De una característica", "en": "Of one characteristic"},
    "model.tables.pair": {"es": "De dos características", "en": "Of two characteristics"},
    "model.tables.which": {
        "es": "Característica (primero la que más mueve)",
        "en": "Characteristic (what moves most comes first)",
    },
    "model.card.continuity": {
        "es": "Conservar el ingreso (puntaje de ingreso)",
        "en": "Keeping the income (income score)",
    },
    "model.card.default": {
        "es": "Incumplimiento (probabilidad)",
        "en": "Default (probability)",
    },
    "model.card.income_p10": {"es": "Ingreso bajo (p10)", "en": "Low income (p10)"},
    "model.card.income_p50": {"es": "Ingreso medio (p50)", "en": "Middle income (p50)"},
    "model.card.income_p90": {"es": "Ingreso alto (p90)", "en": "High income (p90)"},
    "model.unit.continuity": {
        "es": "Puntos del puntaje de ingreso: 50 duplican la razón de conservarlo a perderlo.",
        "en": "Points of the income score: 50 double the odds of keeping the income.",
    },
    "model.unit.default": {
        "es": "Puntos de riesgo: 50 duplican la razón de incumplir a pagar. Más puntos, más "
        "riesgo.",
        "en": "Points of risk: 50 double the odds of default. More points, more risk.",
    },
    "model.unit.income": {
        "es": "Centésimas de logaritmo del ingreso: cada punto es cerca de 1 %.",
        "en": "Hundredths of the log of income: each point is about 1 %.",
    },
    "model.tables.span": {
        "es": "De {low} a {high} puntos.",
        "en": "From {low} to {high} points.",
    },
    "model.tables.none": {
        "es": "Esta tarjeta no tiene tablas de este tipo: elija el otro.",
        "en": "This scorecard has no tables of this kind: choose the other.",
    },
    "model.tables.numbers": {"es": "Ver los números", "en": "See the numbers"},
    "model.tables.alt": {"es": "Puntos de la tabla {table}", "en": "Points of table {table}"},
    "model.tables.start": {
        "es": "Todos parten de {start}; las tablas suman o restan.",
        "en": "Everybody starts from {start}; the tables add or take away.",
    },
    "model.tables.start.times": {
        "es": "{times} veces el ingreso actual",
        "en": "{times} times the present income",
    },
    "model.tables.cell": {"es": "Si el valor es", "en": "If the value is"},
    "model.bin.below": {"es": "Menos de {high}", "en": "Less than {high}"},
    "model.bin.between": {
        "es": "De {low} a menos de {high}",
        "en": "{low} to less than {high}",
    },
    "model.bin.above": {"es": "{low} o más", "en": "{low} or more"},
    "model.bin.upto": {"es": "{high} o menos", "en": "{high} or fewer"},
    "model.bin.whole": {"es": "De {low} a {high}", "en": "{low} to {high}"},
    "model.bin.any": {"es": "Cualquier valor", "en": "Any value"},
    # the card
    "model.ficha.none": {
        "es": "Este modelo se promovió sin ficha. La siguiente promoción (`make promote`) la "
        "guarda junto al modelo; `reports/model_card.md` tiene la del último entrenado.",
        "en": "This model was promoted without a card. The next promotion (`make promote`) keeps "
        "it beside the model; `reports/model_card.md` is that of the last one trained.",
    },
    "model.ficha.download": {"es": "Descargar la ficha", "en": "Download the card"},
    "model.ficha.language": {
        "es": "La ficha se escribe en inglés al entrenar el modelo.",
        "en": "The card is written when the model is trained.",
    },
    "model.ficha.image": {
        "es": "imagen del reporte: {name}",
        "en": "picture in the report: {name}",
    },
    # champion and challenger
    "model.champion": {"es": "Campeón", "en": "Champion"},
    "model.challenger": {"es": "Retador", "en": "Challenger"},
    "model.difference": {"es": "Diferencia", "en": "Difference"},
    "model.challenger.none": {
        "es": "El servicio no tiene retador. Para evaluar un candidato en paralelo, sin que "
        "decida, inicie el servicio con `CHALLENGER_URI=model/candidate`.",
        "en": "The service has no challenger. To score a candidate in parallel, without letting it "
        "decide, start the service with `CHALLENGER_URI=model/candidate`.",
    },
    "model.challenger.who": {
        "es": "Decide el campeón {champion}; el retador {challenger} se evalúa en paralelo y "
        "nunca se responde.",
        "en": "The champion {champion} decides; the challenger {challenger} is scored in parallel "
        "and never answered.",
    },
    "model.challenger.same": {
        "es": "Son el mismo modelo: no hay nada que comparar.",
        "en": "They are the same model: there is nothing to compare.",
    },
    "model.challenger.better": {
        "es": "**{model}:** el retador ordena mejor, más de lo que explica el azar.",
        "en": "**{model}:** the challenger orders better, by more than chance explains.",
    },
    "model.challenger.worse": {
        "es": "**{model}:** el retador ordena peor, más de lo que explica el azar.",
        "en": "**{model}:** the challenger orders worse, by more than chance explains.",
    },
    "model.challenger.even": {
        "es": "**{model}:** sus intervalos se traslapan; la diferencia puede ser azar.",
        "en": "**{model}:** their intervals overlap; the difference may be chance.",
    },
    "model.challenger.other_data": {
        "es": "Se midieron con datos distintos: las cifras no se comparan una a una. "
        "`make promote` los mide en los mismos casos.",
        "en": "They were measured on different data: the figures do not compare one to one. "
        "`make promote` measures both on the same cases.",
    },
    "model.challenger.alt": {
        "es": "Pares bien ordenados de cada modelo, con su intervalo de 95 %",
        "en": "Pairs in the right order of each model, with its 95 % interval",
    },
}
