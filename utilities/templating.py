"""The templates of the documents people read, and how they write numbers."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markdown_it import MarkdownIt

from solvencia.domain.catalogue import PRODUCTS, STATES
from solvencia.domain.features import FEATURES

NOTHING = "·"
"""Stands for a figure that the rows cannot give."""

_SCORES = {"income_score": "Income score", "pd": "PD"}
_MEASURES = {"pd": "PD", "final_score": "final score"}


def environment() -> Environment:
    """Templates of this package; a name they misspell is an error, and so is text that is not escaped."""
    loaded = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(
            default=True, default_for_string=True, disabled_extensions=("md.j2", "css")
        ),
        undefined=StrictUndefined,
    )
    loaded.filters |= {
        "whole": whole,
        "share": share,
        "places": places,
        "figure": figure,
        "cutoff": cutoff,
        "group_name": group_name,
        "feature_title": feature_title,
        "measure_name": _MEASURES.__getitem__,
    }
    return loaded


def render_markdown(text: str) -> str:
    """HTML of a Markdown document with tables; HTML in it is shown, not obeyed.

    >>> render_markdown("**bold** <b>")
    '<p><strong>bold</strong> &lt;b&gt;</p>\\n'
    """
    return str(MarkdownIt("commonmark", {"html": False}).enable("table").render(text))


def tied(page: str) -> str:
    """The page with every per cent sign kept on the line of its number.

    >>> tied("12.3 % of 95 % intervals").count("\\N{NO-BREAK SPACE}")
    2
    """
    return page.replace(" %", "\N{NO-BREAK SPACE}%")


def whole(value: float | None) -> str:
    """A count or an amount in whole units.

    >>> whole(12345.6), whole(-0.2), whole(None)
    ('12,346', '0', '·')
    """
    return NOTHING if _absent(value) else f"{round(float(value or 0)) + 0:,d}"


def share(value: float | None, digits: int = 1) -> str:
    """A share in per cent.

    >>> share(0.1234), share(0.2721, 2), share(float("nan"))
    ('12.3 %', '27.21 %', '·')
    """
    return NOTHING if _absent(value) else f"{100 * float(value or 0):.{digits}f} %"


def places(value: float | None, digits: int) -> str:
    """A number to so many decimals.

    >>> places(0.85128, 3), places(None, 3)
    ('0.851', '·')
    """
    return NOTHING if _absent(value) else f"{float(value or 0):.{digits}f}"


def figure(value: float) -> str:
    """A published figure: large ones whole, small ones to three places.

    >>> figure(69600.0), figure(0.2721)
    ('69,600', '0.272')
    """
    if _absent(value):
        return "none"
    return (
        places(value, 3)
        if abs(value) < 10
        else places(value, 2)
        if abs(value) < 1000
        else whole(value)
    )


def cutoff(value: float, measure: str) -> str:
    """A cut-off in the unit of its measure.

    >>> cutoff(0.22, "pd"), cutoff(600.0, "final_score")
    ('22 %', '600')
    """
    return f"{100 * value:.0f} %" if measure == "pd" else f"{value:.0f}"


def group_name(row: Mapping[str, Any]) -> str:
    """The group of a row of ``evaluate.breakdown`` as people call it.

    >>> group_name({"dimension": "state", "group": "19"})
    'Nuevo León'
    """
    names = {"state": STATES, "product": {key: english for key, (_, english) in PRODUCTS.items()}}
    group = str(row["group"])
    return names.get(str(row["dimension"]), {}).get(group, group)


def feature_title(name: str) -> str:
    """The English title of a feature or score.

    >>> feature_title("age"), feature_title("pd")
    ('Age', 'PD')
    """
    return FEATURES[name].title_en if name in FEATURES else _SCORES[name]


def _absent(value: float | None) -> bool:
    return value is None or value != value
