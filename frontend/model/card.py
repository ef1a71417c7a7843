"""The model card as the page can show it."""

import re

from frontend.formats import literal_pesos
from frontend.text import Language, say

_IMAGE = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_HEADING = re.compile(r"^(#{1,4}) ", re.MULTILINE)


def shown(card: str, language: Language) -> str:
    """The card below the page's own title: headings a level lower, pictures named, pesos as pesos.

    Pictures are files beside the report, which the service does not publish.

    >>> shown("# Card\\n![Cut-offs](plots/a.png) costs $5", "en")
    '## Card\\n*[picture in the report: Cut-offs]* costs \\\\$5'
    """
    text = _HEADING.sub(r"#\1 ", literal_pesos(card))
    return _IMAGE.sub(lambda found: f"*[{_named(found[1], language)}]*", text)


def _named(name: str, language: Language) -> str:
    return say("model.ficha.image", language, name=name or "—")
