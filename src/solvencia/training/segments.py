"""Finds the segments: k-means on standardised features, ordered and named by what they are."""

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits

from solvencia.domain.segment import Axis, Segment, Segmentation
from solvencia.training.fit import Columns

SEGMENTS = 4
_DIGITS = 6
_AXES = (
    ("monthly_income", True),
    ("months_in_current_job", False),
    ("months_unemployed", False),
    ("contribution_density", False),
    ("employers_5y", False),
    ("age", False),
)
# What to call a segment whose centre lies high or low on an axis.
_WORDS = {
    "monthly_income": (("ingreso alto", "high income"), ("ingreso bajo", "low income")),
    "months_in_current_job": (
        ("empleo largo", "long in the job"),
        ("empleo reciente", "new in the job"),
    ),
    "months_unemployed": (("sin empleo formal", "out of formal work"), ("con empleo", "in work")),
    "contribution_density": (
        ("cotiza continuo", "steady contributions"),
        ("cotiza con huecos", "gaps in contributions"),
    ),
    "employers_5y": (("cambia de patrón", "changes employer"), ("pocos patrones", "few employers")),
    "age": (("mayores", "older"), ("jóvenes", "young")),
}


def fit_segments(columns: Columns, kept: NDArray[np.float64], *, seed: int) -> Segmentation:
    """Segments A to D, A the one whose members kept their income most often.

    Args:
        columns: feature columns, shape (n,) each.
        kept: whether each kept its income, shape (n,), 0/1.

    A feature that no row knows is no axis.
    """
    axes, coordinates = [], []
    for feature, use_log in _AXES:
        values = columns[feature]
        if np.isnan(values).all():
            continue
        if use_log:
            values = np.log(np.maximum(values, 1.0))
        mean = round(float(np.nanmean(values)), _DIGITS)
        scale = round(float(np.nanstd(values)), _DIGITS) or 1.0
        axes.append(Axis(feature, mean, scale, use_log))
        coordinates.append(np.nan_to_num((values - mean) / scale))
    points = np.column_stack(coordinates)
    with threadpool_limits(limits=1):  # one thread, so that sums come out the same every time
        found = KMeans(SEGMENTS, n_init=5, random_state=seed).fit(points)
    rate = [float(kept[found.labels_ == label].mean()) for label in range(SEGMENTS)]
    order = sorted(range(SEGMENTS), key=lambda label: -rate[label])
    centres = tuple(
        tuple(round(float(value), _DIGITS) for value in found.cluster_centers_[label])
        for label in order
    )
    return Segmentation(tuple(axes), _names([axis.feature for axis in axes], centres), centres)


def _names(features: list[str], centres: tuple[tuple[float, ...], ...]) -> tuple[Segment, ...]:
    segments: list[Segment] = []
    taken: set[str] = set()
    for code, centre in zip("ABCD", centres, strict=True):
        strongest = sorted(range(len(centre)), key=lambda axis: -abs(centre[axis]))
        for second in strongest[1:]:
            words = [
                _WORDS[features[axis]][0 if centre[axis] > 0 else 1]
                for axis in (strongest[0], second)
            ]
            name = ", ".join(word[0] for word in words).capitalize()
            if name not in taken:
                break
        taken.add(name)
        segments.append(Segment(code, name, ", ".join(word[1] for word in words).capitalize()))
    return tuple(segments)
