"""A scorecard printed as a plain-text table, for people who sign it."""

from dataclasses import replace
from math import exp

import numpy as np
from numpy.typing import NDArray

from solvencia.domain.catalogue import EDUCATION, INDUSTRIES, PRODUCTS
from solvencia.domain.scorecard import (
    MISSING_LABEL,
    POINTS_PER_MARGIN,
    POINTS_TO_DOUBLE_ODDS,
    Bins,
    Scorecard,
    Table,
    probability,
    score_points,
)

SCORED = "continuity"
"""The card whose points add up to the income score."""

_LEVEL_NAMES = {"industry": INDUSTRIES, "education": EDUCATION, "loan_product": PRODUCTS}


def points_scale(card: Scorecard) -> tuple[float, str]:
    """By what the points of a card's tables are multiplied to be read, and what they then are.

    >>> factor, unit = points_scale(Scorecard("continuity", "logit", 0.0, (), ()))
    >>> round(factor, 3), unit
    (72.135, 'points, 50 double the odds')
    """
    if card.link == "logit":
        return POINTS_PER_MARGIN, f"points, {POINTS_TO_DOUBLE_ODDS} double the odds"
    return 100.0, "hundredths of a natural log, about per cent"


def cell_labels(bins: Bins) -> tuple[str, ...]:
    """The label of each cell in words: levels of the catalogue by their English names.

    >>> cell_labels(Bins("loan_product", levels=("payroll", "personal")))
    ('Payroll loan', 'Personal loan', 'missing')
    """
    names = _LEVEL_NAMES.get(bins.feature, {})
    return tuple(names[label][1] if label in names else label for label in bins.labels())


def short_labels(bins: Bins) -> tuple[str, ...]:
    """The label of each cell for a narrow column: where the cell begins, or its level's code.

    >>> short_labels(Bins("age", edges=(25.0, 1500.0), unit="years"))
    ('<25', '25', '1,500', 'missing')
    """
    if bins.levels:
        return (*bins.levels, MISSING_LABEL)
    edges = [_number(edge) for edge in bins.edges]
    first = f"<{edges[0]}" if edges else "any"
    return (first, *edges, MISSING_LABEL)


def readable(card: Scorecard, table: Table) -> tuple[NDArray[np.float64], list[Bins]]:
    """A table's points as people read them, and the cells they are of.

    Neighbouring cells of a number whose points print the same, to one decimal, are shown as one.

    >>> bins = Bins("age", edges=(30.0, 50.0), unit="years")
    >>> card = Scorecard("continuity", "logit", 0.0, (bins,), (Table(("age",), (-0.2, 0.1, 0.1, 0.0)),))
    >>> points, (cells,) = readable(card, card.tables[0])
    >>> points.tolist(), cells.edges
    ([-14.4, 7.2, 0.0], (30.0,))
    """
    points = np.asarray(table.points, dtype=np.float64) * points_scale(card)[0]
    points = points.round(1) + 0.0  # what rounds to nothing has no sign
    by_name = {item.feature: item for item in card.bins}
    shown = []
    for axis, feature in enumerate(table.features):
        bins = by_name[feature]
        if not bins.levels:
            slices = np.moveaxis(points, axis, 0).reshape(points.shape[axis], -1)
            differ = (slices[1:-1] != slices[:-2]).any(axis=1)
            kept = np.concatenate([[True], differ, [True]])
            points = np.compress(kept, points, axis=axis)
            edges = tuple(edge for edge, own in zip(bins.edges, differ, strict=True) if own)
            bins = replace(bins, edges=edges)
        shown.append(bins)
    return points, shown


def scorecard_text(card: Scorecard) -> str:
    """The whole scorecard: what everybody starts from, then a table a feature, then the pairs.

    Pairs are grids: the first feature's cells down, the second's across, each column headed by where
    its cell begins.

    >>> bins = Bins("age", edges=(30.0,), title="Age", unit="years")
    >>> card = Scorecard("continuity", "logit", 1.2, (bins,), (Table(("age",), (-0.2, 0.1, 0.0)),))
    >>> print(scorecard_text(card))
    continuity: points, 50 double the odds
    average applicant: probability 0.769, score 587
    <BLANKLINE>
    Age (years)
      < 30 years   -14.4
      >= 30 years    7.2
      missing        0.0
    """
    blocks = [f"{card.name}: {points_scale(card)[1]}\naverage applicant: {_start(card)}"]
    for table in card.tables:
        points, cells = readable(card, table)
        body = _list(cells[0], points) if len(cells) == 1 else _grid(cells[0], cells[1], points)
        blocks.append("\n".join([heading(cells), *body]))
    return "\n\n".join(blocks)


def heading(cells: list[Bins]) -> str:
    """Titles and units of the features of a table: 'Age (years) x Time in current job (months)'."""
    return " x ".join(
        f"{item.title or item.feature} ({item.unit})" if item.unit else item.title or item.feature
        for item in cells
    )


def _start(card: Scorecard) -> str:
    """What everybody starts from, to which the tables add."""
    if card.link == "identity":
        return f"{exp(card.intercept):.3f} times the present income"
    text = f"probability {probability(card.intercept):.3f}"
    if card.name == SCORED:
        text += f", score {score_points(card.intercept):.0f}"
    return text


def _list(bins: Bins, points: NDArray[np.float64]) -> list[str]:
    labels = cell_labels(bins)
    width = max(len(label) for label in labels)
    texts = [f"{value:.1f}" for value in points]
    side = max(len(text) for text in texts)
    return [
        f"  {label:<{width}}  {text:>{side}}" for label, text in zip(labels, texts, strict=True)
    ]


def _grid(down: Bins, across: Bins, points: NDArray[np.float64]) -> list[str]:
    labels, heads = cell_labels(down), short_labels(across)
    rows = [[f"{value:.1f}" for value in row] for row in points]
    widths = [
        max(len(head), *(len(row[column]) for row in rows)) for column, head in enumerate(heads)
    ]
    left = max(len(label) for label in labels)
    lines = [" ".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True))]
    lines += [
        " ".join(f"{text:>{width}}" for text, width in zip(row, widths, strict=True))
        for row in rows
    ]
    return [f"  {label:<{left}}  {line}" for label, line in zip(("", *labels), lines, strict=True)]


def _number(value: float) -> str:
    return f"{value:,.6f}".rstrip("0").rstrip(".")
