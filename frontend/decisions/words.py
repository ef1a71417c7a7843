"""Moments, people and choices of a decision, in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from frontend.client import Features
from frontend.explanation import Names, described
from frontend.formats import MINUS
from frontend.text import Language, say
from solvencia_client.types import AccessOut

MEXICO_CITY = ZoneInfo("America/Mexico_City")
LOCAL = "local"
"""Who asks a service that is open to its machine."""


def local_time(iso: str) -> datetime:
    """A moment as Mexico City's clocks showed it, without its offset.

    >>> local_time("2026-11-21T17:29:19.144804Z")
    datetime.datetime(2026, 11, 21, 11, 29, 19)
    """
    moment = datetime.fromisoformat(iso).astimezone(MEXICO_CITY)
    return moment.replace(microsecond=0, tzinfo=None)


def moment(iso: str) -> str:
    """A moment in Mexico City.

    >>> moment("2026-11-21T17:29:19.144804Z")
    '21/11/2026 11:29'
    """
    return local_time(iso).strftime("%d/%m/%Y %H:%M")


def person(by: str, access: AccessOut | None, language: Language) -> str:
    """Who did something: the service tells keys by their ids, and names only the one that asks."""
    if by == LOCAL:
        return say("decisions.by.local", language)
    return access["name"] if access is not None and access["id"] == by else by


def product_name(product: str, names: Names, language: Language) -> str:
    """The name of a product; its key when the service publishes none."""
    return names.get("product", {}).get(product, {}).get(language, product)


def feature_words(
    name: str, value: float | str | None, features: Features, names: Names, language: Language
) -> tuple[str, str]:
    """A feature's title and its value with the unit, as in ``("Edad", "35 años")``."""
    told = described({"feature": name, "value": value, "points": 0.0}, features, names, language)
    title, _, shown = told.partition(": ")
    return title, shown


def feature_title(name: str, features: Features, language: Language) -> str:
    """What a feature is called; its name when the model that serves does not know it."""
    if feature := features.get(name):
        return feature["title_en"] if language == "en" else feature["title"]
    return name


def literal(text: str) -> str:
    """Text as it is: in Markdown, signs of an analyst's or a rule's text would be marks.

    >>> literal("$5 *y* $6")
    '\\\\$5 \\\\*y\\\\* \\\\$6'
    """
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>$#~|:" else sign for sign in text)


def signed(value: float, decimals: int = 4) -> str:
    """A share of a margin, with its sign.

    >>> signed(0.41856949), signed(-0.7)
    ('+0.4186', '\\u22120.7000')
    """
    return f"{value:+.{decimals}f}".replace("-", MINUS)
