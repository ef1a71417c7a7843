"""What was known when it was decided: the request, and the features made of it."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from frontend.client import Features
from frontend.decisions.words import feature_words
from frontend.explanation import Names
from frontend.formats import day, money, plain
from frontend.schema import Field, Part, request_part
from frontend.text import Language, say, unit_name

Facts = list[tuple[str, str]]
"""Titles and values, in the order in which they are told."""


def facts(document: Mapping[str, Any], part: Part, sent: Any, language: Language) -> Facts:
    """A part of a request in words; what was not sent is told as unknown.

    ``spells`` are not among them, see :func:`spells`.
    """
    fields = request_part(document, part).items
    return [
        (field.title[language], told(field, sent.get(field.name), language))
        for field in fields
        if field.kind != "list"
    ]


def told(field: Field, value: Any, language: Language) -> str:
    """A value of a field, with its unit unless the title says it.

    >>> told(Field("age", "number", {"es": "Edad"}, unit="years"), 35.0, "es")
    '35 años'
    """
    if value is None:
        return say("unknown", language)
    if field.choices:
        return field.choices.get(str(value), {}).get(language, str(value))
    if field.kind == "date":
        return day(value)
    if not isinstance(value, int | float):
        return str(value)
    if field.unit.startswith("MXN"):
        return money(value)
    word = unit_name(field.unit, language)
    known = word.lower() in field.title[language].lower()
    return plain(value) if known else f"{plain(value)} {word}"


def spells(document: Mapping[str, Any], sent: Any, language: Language) -> pd.DataFrame:
    """The jobs of a work history as rows, newest first; a job without an end is the current one."""
    (rows,) = (item for item in request_part(document, "history").items if item.kind == "list")
    jobs = sorted(sent.get("spells", []), key=lambda job: str(job["start_date"]), reverse=True)
    now = say("decisions.known.now", language)
    return pd.DataFrame(
        [
            {
                field.title[language]: now
                if field.name == "end_date" and job.get("end_date") is None
                else told(field, job.get(field.name), language)
                for field in rows.items
            }
            for job in jobs
        ]
    )


def feature_table(
    values: Mapping[str, float | str | None], features: Features, names: Names, language: Language
) -> pd.DataFrame:
    """Every feature with its title, and its value with the unit."""
    return pd.DataFrame(
        [feature_words(name, value, features, names, language) for name, value in values.items()],
        columns=["feature", "value"],
    )
