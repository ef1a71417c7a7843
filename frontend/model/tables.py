"""The tables of a scorecard as people read them: printed points, and cells in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, log
from typing import Any

import numpy as np
import pandas as pd

from frontend.client import Features
from frontend.explanation import Names
from frontend.formats import percent
from frontend.model.figures import title_of
from frontend.text import Language, say, unit_name

POINTS_PER_MARGIN = 50 / log(2)
"""Points a unit of log-odds: 50 points double the odds."""
BASE_SCORE, BASE_ODDS = 600, 4.0
_PER_CENT = 100.0
_RISK = "default"
_PERCENTAGES = ("share", "yearly")
_WHOLE = ("employers", "decile")

Card = Mapping[str, Any]


@dataclass(frozen=True)
class Printed:
    """One table as printed.

    Attributes:
        title: of its characteristics, with units.
        labels: of the cells of each characteristic, in words; the last is for a missing value.
        points: to one decimal; shape (cells,) or (cells of the first, cells of the second).
        risk: whether more points mean more risk.
    """

    title: str
    axes: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    points: "np.ndarray[Any, np.dtype[np.float64]]"
    risk: bool

    @property
    def span(self) -> tuple[float, float]:
        """Lowest and highest points."""
        return float(self.points.min()), float(self.points.max())


def is_risk(card: Card) -> bool:
    """Whether points of this scorecard mean risk, as those of default do."""
    return str(card["name"]) == _RISK


def unit_key(card: Card) -> str:
    """The key of the copy that says what a point of this scorecard is."""
    name = str(card["name"])
    return f"model.unit.{name}" if name in ("continuity", "default") else "model.unit.income"


def start(card: Card, language: Language) -> str:
    """What everybody starts from, to which the tables add.

    A probability and, for the income score, its points; or a multiple of the present income.
    """
    intercept = float(card["intercept"])
    if card["link"] == "identity":
        return say("model.tables.start.times", language, times=f"{exp(intercept):.2f}")
    chance = percent(1 / (1 + exp(-intercept)))
    if is_risk(card):
        return chance
    score = BASE_SCORE + POINTS_PER_MARGIN * (intercept - log(BASE_ODDS))
    return f"{score:.0f} ({chance})"


def of_kind(card: Card, characteristics: int) -> list[int]:
    """Places of the tables of so many characteristics, those that move points most first."""
    places = [
        place
        for place, table in enumerate(card["tables"])
        if len(table["features"]) == characteristics
    ]
    return sorted(places, key=lambda place: -float(np.ptp(_points(card, place))))


def titles(card: Card, place: int, features: Features, language: Language) -> str:
    """What a table is called: its characteristics, without units."""
    names = card["tables"][place]["features"]
    return " × ".join(title_of(name, features, language) for name in names)


def printed(
    card: Card, place: int, features: Features, names: Names, language: Language
) -> Printed:
    """A table as ``make scorecards`` prints it, with its cells in words of this language.

    Neighbouring cells of a number whose points print the same, to one decimal, are shown as one.
    """
    points = _points(card, place)
    cells = {item["feature"]: item for item in card["bins"]}
    labels, axes = [], []
    for axis, name in enumerate(card["tables"][place]["features"]):
        item, unit = cells[name], ""
        title = title_of(name, features, language)
        if levels := item.get("levels"):
            labels.append(_levels(name, levels, names, language))
        else:
            unit = str(item.get("unit", ""))
            points, edges = _merged(points, axis, item["edges"])
            labels.append(cell_labels(edges, unit, title, language))
        axes.append(_heading(title, unit, language))
    return Printed(" × ".join(axes), tuple(axes), tuple(labels), points, is_risk(card))


def _points(card: Card, place: int) -> "np.ndarray[Any, np.dtype[np.float64]]":
    factor = POINTS_PER_MARGIN if card["link"] == "logit" else _PER_CENT
    raw = np.asarray(card["tables"][place]["points"], dtype=np.float64)
    return np.asarray((raw * factor).round(1) + 0.0)  # what rounds to nothing has no sign


def _merged(
    points: "np.ndarray[Any, np.dtype[np.float64]]", axis: int, edges: Sequence[float]
) -> tuple["np.ndarray[Any, np.dtype[np.float64]]", list[float]]:
    slices = np.moveaxis(points, axis, 0).reshape(points.shape[axis], -1)
    differ = (slices[1:-1] != slices[:-2]).any(axis=1)
    kept = np.concatenate([[True], differ, [True]])
    edges = [float(edge) for edge, own in zip(edges, differ, strict=True) if own]
    return np.compress(kept, points, axis=axis), edges


def cell_labels(
    edges: Sequence[float], unit: str, title: str, language: Language
) -> tuple[str, ...]:
    """The cells of a number in words, lowest first, the missing one last.

    >>> cell_labels([6.0, 12.0], "months", "Empleo más largo", "es")
    ('Menos de 6 meses', 'De 6 a menos de 12 meses', '12 meses o más', 'Sin dato')
    >>> cell_labels([2.0, 3.0, 6.0], "employers", "Patrones en 5 años", "es")
    ('1 o menos', '2', 'De 3 a 5', '6 o más', 'Sin dato')
    """
    unknown = say("unknown", language)
    if not edges:
        return (say("model.bin.any", language), unknown)
    if unit in _WHOLE and all(edge == int(edge) for edge in edges):
        return (*_whole_labels([int(edge) for edge in edges], language), unknown)
    shown = [_number(edge, unit) for edge in edges]
    word = "" if unit in _PERCENTAGES or unit == "MXN" else unit_name(unit, language)
    # The number is enough where the title names what is counted.
    tail = f" {word}" if word and word.lower() not in title.lower() else ""
    between = [
        say("model.bin.between", language, low=low, high=high + tail)
        for low, high in pairwise(shown)
    ]
    first = say("model.bin.below", language, high=shown[0] + tail)
    return (first, *between, say("model.bin.above", language, low=shown[-1] + tail), unknown)


def _whole_labels(edges: Sequence[int], language: Language) -> list[str]:
    """Cells of what is counted whole."""
    between = [
        str(low) if high == low + 1 else say("model.bin.whole", language, low=low, high=high - 1)
        for low, high in pairwise(edges)
    ]
    first = say("model.bin.upto", language, high=edges[0] - 1)
    return [first, *between, say("model.bin.above", language, low=edges[-1])]


def _levels(name: str, levels: Sequence[str], names: Names, language: Language) -> tuple[str, ...]:
    known = names.get(name, {})
    return (
        *(known.get(level, {}).get(language, level) for level in levels),
        say("unknown", language),
    )


def _heading(title: str, unit: str, language: Language) -> str:
    if not unit or unit in _PERCENTAGES:
        return title
    word = unit_name(unit, language)
    return title if word.lower() in title.lower() else f"{title} ({word})"


def _number(value: float, unit: str) -> str:
    """An edge with the decimals that it needs."""
    if unit in _PERCENTAGES:
        return f"{_trimmed(value * _PER_CENT)} %"
    return f"${_trimmed(value)}" if unit == "MXN" else _trimmed(value)


def _trimmed(value: float) -> str:
    text = f"{value:,.3f}".rstrip("0").rstrip(".")
    return text.replace("-", "\u2212")


def rows(table: Printed, language: Language) -> pd.DataFrame:
    """The printed table as a frame to be read: a row a cell, or a grid for a pair."""
    if len(table.labels) == 1:
        columns = {say("model.tables.cell", language): table.labels[0]}
        return pd.DataFrame({**columns, say("points", language): table.points})
    frame = pd.DataFrame(table.points, columns=list(table.labels[1]))
    frame.insert(0, table.axes[0], list(table.labels[0]))
    return frame


def long_rows(table: Printed) -> pd.DataFrame:
    """The printed table for a chart: columns ``down``, ``across`` (of a pair), ``points``."""
    if len(table.labels) == 1:
        return pd.DataFrame({"down": table.labels[0], "points": table.points})
    down, across = table.labels
    return pd.DataFrame(
        {
            "down": np.repeat(np.array(down, dtype=object), len(across)),
            "across": list(across) * len(down),
            "points": table.points.ravel(),
        }
    )
