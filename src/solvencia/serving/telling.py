"""Reasons of many applicants, each in the order in which a single one's are read."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvencia.domain.decision import (
    SHOWN_PER_SIDE,
    SMALLEST_SHOWN,
    Reason,
    model_reason,
    reading_order,
    rule_reason,
)
from solvencia.domain.reasons import REASONS
from solvencia.domain.scorecard import POINTS_PER_MARGIN, Scorecard
from solvencia.domain.verdict import Fired
from solvencia.serving.columns import Column, Mask, rounded


class Sides(NamedTuple):
    """Reasons of n applicants, those of each in reading order."""

    adverse: list[list[Reason]]
    favourable: list[list[Reason]]


_CODES = tuple(REASONS)
_BY_NAME = np.argsort(np.argsort([code.value for code in _CODES]))


def rule_reasons(fired: Iterable[tuple[Fired, Mask]]) -> Sides:
    """Reasons of the rules, from all that can fire and for whom it did, shape (n,)."""
    ordered = sorted(
        ((rule_reason(item), mask) for item, mask in fired),
        key=lambda item: reading_order(item[0]),
    )
    reasons = [reason for reason, _ in ordered]
    adverse = sum(reason.adverse for reason in reasons)
    masks = np.array([mask for _, mask in ordered])
    return Sides(
        _by_person(reasons[:adverse], masks[:adverse]),
        _by_person(reasons[adverse:], masks[adverse:]),
    )


def model_reasons(by_score: Column, by_pd: Column) -> Sides:
    """The strongest reasons of the models each way, a code once: by its larger effect.

    ``by_score`` and ``by_pd`` hold the points of each code, shape (n, codes).
    """
    by_odds = np.abs(by_pd) > np.abs(by_score)
    points = np.where(by_odds, by_pd, by_score)
    shown = np.abs(points) >= SMALLEST_SHOWN
    points = rounded(points, 1)
    return Sides(
        _strongest(points, by_odds, shown & (points < 0)),
        _strongest(points, by_odds, shown & (points > 0)),
    )


def points_by_code(
    card: Scorecard,
    points: NDArray[np.float64],
    columns: Mapping[str, Column],
    sign: float = 1.0,
) -> NDArray[np.float64]:
    """``told_by_code`` of n applicants, shape (n, codes); 0 where a code is left out.

    Args:
        points: of the card's tables, shape (tables, n).
        columns: features by name, shape (n,).
    """
    names = card.shared_features
    # The last row is of what a card does not have: it adds nothing and is never told.
    nothing = np.zeros((1, points.shape[1]))
    shares = np.vstack([*card.shares(points), nothing])
    tables = np.vstack([points, nothing])
    own = tables[[-1 if place is None else place for place in card.own_tables] + [-1]]
    known = ~np.isnan(np.vstack([*(columns[name] for name in names), nothing]))
    effects = sign * POINTS_PER_MARGIN * shares
    told = np.where((shares * own > 0) & known, effects, 0.0)
    rows, starts = _rows_by_code(names)
    part, whole = (np.add.reduceat(item[rows], starts, axis=0) for item in (told, effects))
    return np.where(part * whole > 0, part, 0.0).T


@lru_cache(maxsize=64)
def _rows_by_code(names: tuple[str, ...]) -> tuple[list[int], list[int]]:
    """The rows of each code's features, one code after the other, and where each code begins.

    ``names`` are the features of the rows; a code that has none of them gets the row after them.
    """
    places = {name: place for place, name in enumerate(names)}
    rows: list[int] = []
    starts = []
    for group in REASONS.values():
        starts.append(len(rows))
        rows += [places[name] for name in group.features if name in places] or [len(names)]
    return rows, starts


def _by_person(reasons: Sequence[Reason], masks: Mask) -> list[list[Reason]]:
    """Which of the reasons hold for each; ``masks`` of shape (reasons, n)."""
    people, places = np.nonzero(masks.T)
    return _divided([reasons[place] for place in places.tolist()], people, masks.shape[1])


def _divided(reasons: list[Reason], people: NDArray[np.int64], count: int) -> list[list[Reason]]:
    """Each person's part of all reasons; ``people`` says whose each is, in ascending order."""
    ends = np.cumsum(np.bincount(people, minlength=count)).tolist()
    return [reasons[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]


def _strongest(points: Column, by_odds: Mask, side: Mask) -> list[list[Reason]]:
    """The reasons of one side in reading order; all arguments of shape (n, codes)."""
    size = np.where(side, -np.abs(points), np.inf)
    chosen = np.argsort(size, axis=1, kind="stable")[:, :SHOWN_PER_SIDE]
    size, odds, shown = (np.take_along_axis(item, chosen, axis=1) for item in (size, by_odds, side))
    order = np.lexsort((_BY_NAME[chosen], size, odds, ~shown), axis=1)
    people, ranks = np.nonzero(np.take_along_axis(shown, order, axis=1))
    codes = np.take_along_axis(chosen, order, axis=1)[people, ranks]
    told = codes.tolist(), by_odds[people, codes].tolist(), points[people, codes].tolist()
    return _divided(list(map(_model_reason, *told)), people, len(points))


@lru_cache(maxsize=16_384)
def _model_reason(code: int, by_odds: bool, points: float) -> Reason:
    """``model_reason`` by the place of its code: the key of an enum takes longer to look up."""
    return model_reason(_CODES[code], "pd" if by_odds else "income_score", points)
