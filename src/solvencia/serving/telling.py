"""Reasons of many applicants, each in the order in which a single one's are read."""

from collections.abc import Iterable, Mapping, Sequence
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
    nothing = np.zeros(points.shape[1])
    effects, told = {}, {}
    for name, share, own in zip(
        card.shared_features, card.shares(points), card.own_tables, strict=True
    ):
        effects[name] = sign * POINTS_PER_MARGIN * share
        if own is not None:
            tellable = (share * points[own] > 0) & ~np.isnan(columns[name])
            told[name] = np.where(tellable, effects[name], 0.0)
    found = []
    for group in REASONS.values():
        part = sum((told[name] for name in group.features if name in told), nothing)
        whole = sum((effects[name] for name in group.features if name in effects), nothing)
        found.append(np.where(part * whole > 0, part, 0.0))
    return np.transpose(found)


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
    reasons = [
        model_reason(_CODES[code], "pd" if odd else "income_score", value)
        for code, odd, value in zip(
            codes.tolist(),
            by_odds[people, codes].tolist(),
            points[people, codes].tolist(),
            strict=True,
        )
    ]
    return _divided(reasons, people, len(points))
