"""Segments: the nearest centre, whatever is missing."""

import json
from math import e

import numpy as np
import pytest

from solvencia.domain.segment import Axis, Segment, Segmentation
from solvencia.training.segments import _AXES, fit_segments
from testing.unit.builders import UNKNOWN

OLDER, YOUNGER = Segment("A", "Mayores", "Older"), Segment("B", "Jóvenes", "Younger")
TWO = Segmentation(
    (Axis("age", 40.0, 10.0), Axis("monthly_income", 9.0, 1.0, log=True)),
    (OLDER, YOUNGER),
    ((1.0, 0.0), (-1.0, 0.0)),
)


@pytest.mark.parametrize(("age", "segment"), [(25.0, YOUNGER), (39.9, YOUNGER), (60.0, OLDER)])
def test_an_applicant_joins_the_nearest_centre(age, segment):
    assert TWO.assign(UNKNOWN._replace(age=age)) == segment


def test_a_missing_value_sits_at_the_mean_and_a_tie_goes_to_the_first():
    assert TWO.axes[0].coordinate(UNKNOWN) == 0.0
    assert TWO.assign(UNKNOWN) == OLDER


def test_a_logarithmic_axis_measures_in_logs_and_never_below_one():
    income = TWO.axes[1]

    assert income.coordinate(UNKNOWN._replace(monthly_income=e**10)) == pytest.approx(1.0)
    assert income.coordinate(UNKNOWN._replace(monthly_income=0.0)) == -9.0


def test_a_segmentation_survives_its_json():
    assert Segmentation.from_json(json.loads(json.dumps(TWO.to_json()))) == TWO


def test_a_feature_that_no_row_knows_is_no_axis():
    rng = np.random.default_rng(2)
    columns = {name: rng.gamma(2, 10, 400) for name, _ in _AXES}
    columns["employers_5y"] = np.full(400, np.nan)
    found = fit_segments(columns, (rng.random(400) < 0.7).astype(float), seed=1)

    assert "employers_5y" not in [axis.feature for axis in found.axes]
    assert len({segment.name for segment in found.segments}) == 4
