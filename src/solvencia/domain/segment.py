"""Segments: customer groups found by k-means, descriptive only and never a hidden decision."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import exp, log
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from solvencia.domain.errors import ArtifactError
from solvencia.domain.features import Features


class Segment(NamedTuple):
    """A customer group: code A (safest) to D, with a name in both languages."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True)
class Axis:
    """One standardised coordinate: ``(value - mean) / scale``, of the log where ``log`` is set.

    A missing value sits at the mean.
    """

    feature: str
    mean: float
    scale: float
    log: bool = False

    def coordinate(self, features: Features) -> float:
        """Standard deviations from the mean."""
        value = getattr(features, self.feature)
        if value is None:
            return 0.0
        return ((log(max(value, 1.0)) if self.log else value) - self.mean) / self.scale

    def value(self, coordinate: float) -> float:
        """The value that lies ``coordinate`` standard deviations from the mean."""
        found = self.mean + coordinate * self.scale
        return exp(found) if self.log else found

    def coordinates(self, column: NDArray[np.float64]) -> NDArray[np.float64]:
        """``coordinate`` of many, shape (n,) each; NaN where the value is missing."""
        missing = np.isnan(column)
        if self.log:  # numpy's logarithm may differ from Python's in the last bit
            column = np.array([log(value) for value in np.where(column > 1, column, 1).tolist()])
        return np.where(missing, 0.0, (column - self.mean) / self.scale)


@dataclass(frozen=True)
class Segmentation:
    """Which segment an applicant belongs to: the nearest centre in standardised features.

    >>> two = Segmentation((Axis("age", 40.0, 10.0),), (Segment("A", "Mayores", "Older"),
    ...     Segment("B", "Jóvenes", "Young")), ((1.0,), (-1.0,)))
    >>> empty = Features(*[None] * len(Features._fields))
    >>> two.assign(empty._replace(age=25.0)).name_en
    'Young'
    """

    axes: tuple[Axis, ...]
    segments: tuple[Segment, ...]
    centres: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        unknown = [axis.feature for axis in self.axes if axis.feature not in Features._fields]
        if unknown or len(self.segments) != len(self.centres):
            raise ArtifactError(
                f"segments do not fit: features {unknown}, {len(self.centres)} centres"
            )

    def assign(self, features: Features) -> Segment:
        """The segment whose centre is nearest; the first one on a tie."""
        point = [axis.coordinate(features) for axis in self.axes]
        distances = []
        for centre in self.centres:
            distance = 0.0
            for a, b in zip(point, centre, strict=True):
                gap = a - b
                distance += gap * gap
            distances.append(distance)
        return self.segments[distances.index(min(distances))]

    def assign_many(self, columns: Mapping[str, NDArray[np.float64]]) -> list[Segment]:
        """``assign`` of n applicants, to the last bit; a column of shape (n,) for every axis."""
        points = [axis.coordinates(columns[axis.feature]) for axis in self.axes]
        distances = []
        for centre in self.centres:
            distance = np.zeros(len(next(iter(columns.values()))))
            for coordinate, middle in zip(points, centre, strict=True):
                gap = coordinate - middle
                distance += gap * gap
            distances.append(distance)
        return [self.segments[nearest] for nearest in np.argmin(distances, axis=0).tolist()]

    def to_json(self) -> dict[str, Any]:
        """Plain values for ``segments.json``."""
        return {
            "axes": [asdict(axis) for axis in self.axes],
            "segments": [segment._asdict() for segment in self.segments],
            "centres": [list(centre) for centre in self.centres],
        }

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Self:
        """The segmentation that ``to_json`` described."""
        return cls(
            tuple(Axis(**axis) for axis in raw["axes"]),
            tuple(Segment(**segment) for segment in raw["segments"]),
            tuple(tuple(centre) for centre in raw["centres"]),
        )
