"""What the service refused, told in words."""

import re
from collections.abc import Mapping

from frontend.formats import day
from frontend.text import Language, say
from solvencia_client import FieldError

_RULES: Mapping[str, re.Pattern[str]] = {
    "error.unemployed": re.compile(r"0 when months_in_current_job is (?P<months>\S+)"),
    "error.end": re.compile(r"(?P<start>\S+) \(start_date\) or later"),
    "error.young": re.compile(r"15 years after birth_date"),
    "error.reference": re.compile(r"\^\[A-Za-z0-9\]"),
    "error.curp": re.compile(r"18 characters with a valid date"),
    "error.curp_off": re.compile(r"none: this service has no CURP_KEY"),
    "error.curp_birth": re.compile(r"one with the history's birth_date"),
    "error.first_job": re.compile(r"(?P<start>\S+), the first job's start"),
}
"""Rules across fields, told by what the service says is allowed."""


def explain(error: FieldError, language: Language) -> str:
    """What is wrong with a field, in words.

    >>> explain(FieldError("profile.age", "too small", "12", "≥ 18"), "es")
    'Se permite ≥ 18; se recibió 12.'
    """
    for key, rule in _RULES.items():
        if found := rule.match(error.allowed or ""):
            told = {"value": error.value} | found.groupdict()
            return say(key, language, **{name: _readable(str(word)) for name, word in told.items()})
    if error.value in (None, "", "None", "[]", "()"):
        return say("error.missing", language)
    if error.allowed is None:
        return say("error.value", language, value=error.value)
    return say("error.bound", language, allowed=error.allowed, value=error.value)


def _readable(word: str) -> str:
    """Dates as people write them; anything else as it is."""
    return day(word) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word) else word
