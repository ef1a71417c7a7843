"""All copy of the app, in Spanish and English: a part for each page, and one for what they share."""

from frontend.text import assess, common, decisions, model, policy, portfolio, verdict
from frontend.text.language import LANGUAGES, Copy, Language

__all__ = [
    "COPY",
    "HELP_EN",
    "LANGUAGES",
    "PARTS",
    "UNITS",
    "Language",
    "described",
    "say",
    "unit_name",
]

PARTS = (common, assess, verdict, portfolio, decisions, policy, model)
COPY: Copy = {key: copy for part in PARTS for key, copy in part.COPY.items()}
"""Everything that is said; a test holds that no two parts use one key."""

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
