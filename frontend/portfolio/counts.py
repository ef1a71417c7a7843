"""What a portfolio comes to: counts and means, small enough to be drawn."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from frontend.portfolio.results import OUTCOMES
from frontend.portfolio.states import STATES

SCORE_STEP = 10
PD_STEP = 0.02
MOST_PD = 0.6
"""The last bar of the risk holds all above."""


@dataclass(frozen=True)
class Summary:
    """A portfolio in a few figures; money in MXN, rates as fractions, None where nothing counts."""

    decided: int
    counts: dict[str, int]
    score: float | None
    pd: float | None
    asked: float
    offered: float

    @property
    def approval(self) -> float | None:
        """Share of the decided that was approved."""
        return self.counts["approve"] / self.decided if self.decided else None


def summary(frame: pd.DataFrame) -> Summary:
    """The figures of decisions, as ``frame_of`` gives them."""
    counted = frame["outcome"].value_counts()
    approved = frame[frame["outcome"] == "approve"]
    return Summary(
        decided=len(frame),
        counts={outcome: int(counted.get(outcome, 0)) for outcome in OUTCOMES},
        score=float(frame["final_score"].mean()) if len(frame) else None,
        pd=float(frame["pd"].mean()) if frame["pd"].notna().any() else None,
        asked=float(frame["amount_asked"].sum()),
        offered=float(approved["amount_offered"].sum()),
    )


def by_score(frame: pd.DataFrame, low: int, high: int) -> pd.DataFrame:
    """How many have a score in each step of 10 points: ``start``, ``end``, ``count``."""
    return _histogram(frame["final_score"], np.arange(low, high + SCORE_STEP, SCORE_STEP))


def by_pd(frame: pd.DataFrame) -> pd.DataFrame:
    """How many have a PD in each step of 2 %; the last holds all above."""
    edges = np.arange(0, MOST_PD + PD_STEP / 2, PD_STEP)
    return _histogram(frame["pd"].dropna().clip(upper=MOST_PD - PD_STEP / 2), edges)


def _histogram(values: pd.Series, edges: np.ndarray) -> pd.DataFrame:
    counts, _ = np.histogram(values, edges)
    return pd.DataFrame({"start": edges[:-1], "end": edges[1:], "count": counts})


def by_segment(frame: pd.DataFrame) -> pd.DataFrame:
    """``segment``, ``outcome``, ``count``, ``share`` of the segment, and its ``total``."""
    counted = (
        frame.groupby(["segment", "outcome"], observed=True).size().rename("count").reset_index()
    )
    counted["total"] = counted.groupby("segment", observed=True)["count"].transform("sum")
    counted["share"] = counted["count"] / counted["total"]
    return counted.astype({"segment": str, "outcome": str})


def by_state(frame: pd.DataFrame) -> pd.DataFrame:
    """One row for each of the 32 states: ``count``, ``approval``, ``score``, ``pd``; NaN if none."""
    known = frame.dropna(subset=["state"])
    grouped = known.assign(approved=known["outcome"] == "approve").groupby("state", observed=True)
    told = grouped.agg(
        count=("row", "size"),
        approval=("approved", "mean"),
        score=("final_score", "mean"),
        pd=("pd", "mean"),
    )
    told.index = told.index.astype(str)
    places = pd.DataFrame.from_dict(STATES, orient="index", columns=["short", "column", "place"])
    found = places.join(told).rename_axis("state").reset_index()
    return found.assign(count=found["count"].fillna(0).astype(int))
