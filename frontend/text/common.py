"""What every page says: the shell, the state of the service, and errors."""

from frontend.text.language import Copy

COPY: Copy = {
    "title": {"es": "Solvencia", "en": "Solvencia"},
    "subtitle": {
        "es": "Puntaje de ingreso y decisión de crédito",
        "en": "Income score and credit decision",
    },
    "language": {"es": "Idioma", "en": "Language"},
    "page.assess": {"es": "Evaluar", "en": "Assess"},
    "page.portfolio": {"es": "Cartera", "en": "Portfolio"},
    "page.decisions": {"es": "Decisiones", "en": "Decisions"},
    "page.policy": {"es": "Política", "en": "Policy"},
    "page.model": {"es": "Modelo", "en": "Model"},
    "sign_in": {"es": "Entrar", "en": "Sign in"},
    "sign_out": {"es": "Salir", "en": "Sign out"},
    "sign_in.note": {
        "es": "Entre con la cuenta de su institución para continuar.",
        "en": "Sign in with your institution's account to go on.",
    },
    "sign_in.refused": {
        "es": "La cuenta {account} no tiene acceso. Pídalo a quien administra Solvencia o entre con otra.",
        "en": "The account {account} has no access. Ask whoever runs Solvencia for it, or use another one.",
    },
    "open_access": {"es": "acceso local", "en": "local access"},
    "role.partner": {"es": "socio", "en": "partner"},
    "role.analyst": {"es": "analista", "en": "analyst"},
    "role.admin": {"es": "administrador", "en": "administrator"},
    "needs.analyst": {
        "es": "La clave de esta página es de socio: el servicio solo permite esto a analistas.",
        "en": "This page's key is a partner's: the service lets only analysts do this.",
    },
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
}
