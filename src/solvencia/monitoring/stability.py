"""A scorecard's rows of development, frozen, and later rows compared with them, as frames."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from solvencia.domain.errors import InvalidInputError
from solvencia.domain.scorecard import Scorecard, income_score, probabilities
from solvencia.domain.stability import Shift, Stability, freeze

Columns = Mapping[str, NDArray[Any]]


def served_score(card: Scorecard, columns: Columns) -> dict[str, NDArray[np.float64]]:
    """A scorecard's score by the name and in the unit in which it is served, shape (n,).

    ``income_score`` of the continuity scorecard (whole points, 300 to 850), ``pd`` of the default
    scorecard (0 to 1).

    Raises:
        InvalidInputError: another scorecard; it serves no score.
    """
    margins = card.margins(columns)
    if card.name == "continuity":
        return {"income_score": np.array([income_score(m) for m in margins.tolist()], dtype=float)}
    if card.name == "default":
        return {"pd": probabilities(margins)}
    raise InvalidInputError("scorecard", card.name, "continuity or default")


def freeze_scorecard(card: Scorecard, columns: Columns) -> Stability:
    """Freeze the rows a scorecard was fitted on: its features in its own cells, and its score."""
    return freeze(card.bins, columns, served_score(card, columns))


def drift(stability: Stability, card: Scorecard, columns: Columns) -> pd.DataFrame:
    """How far later rows have moved: the score first, then features, the farthest first.

    Columns: those of ``Shift`` and ``verdict``.
    """
    return _table(stability.compare(columns, served_score(card, columns)))


def drift_by_period(
    stability: Stability, card: Scorecard, columns: Columns, periods: NDArray[Any]
) -> pd.DataFrame:
    """``drift`` of each period by itself, in order, with the column ``period`` first.

    ``periods`` names the period of each row, shape (n,): a month, a year.
    """
    scores = served_score(card, columns)
    tables = []
    for period in np.unique(periods):
        rows = periods == period
        shifts = stability.compare(
            {name: column[rows] for name, column in columns.items()},
            {name: score[rows] for name, score in scores.items()},
        )
        table = _table(shifts)
        table.insert(0, "period", period)
        tables.append(table)
    return pd.concat(tables, ignore_index=True)


def headline(table: pd.DataFrame) -> dict[str, Any]:
    """The figures of ``drift`` that a gate reads: ``psi_score`` and the worst feature's ``psi_feature``.

    ``psi_feature_name`` says which one that is.
    """
    score = table[table["kind"] == "score"].iloc[0]
    worst = table[table["kind"] == "feature"].iloc[0]
    return {
        "psi_score": round(float(score["psi"]), 6),
        "psi_feature": round(float(worst["psi"]), 6),
        "psi_feature_name": str(worst["name"]),
    }


def _table(shifts: list[Shift]) -> pd.DataFrame:
    table = pd.DataFrame([{**shift._asdict(), "verdict": shift.verdict} for shift in shifts])
    return table.sort_values(["kind", "psi"], ascending=False, kind="stable", ignore_index=True)
