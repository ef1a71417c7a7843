"""The languages of the app."""

from typing import Literal

Language = Literal["es", "en"]
LANGUAGES: dict[Language, str] = {"es": "Español", "en": "English"}

Copy = dict[str, dict[Language, str]]
"""Text by key and language; places in braces are filled in."""
