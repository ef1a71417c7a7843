"""A scorecard on paper says what its tables say."""

import re

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solvencia.domain.scorecard import Bins, Scorecard, Table
from solvencia.training.plots import plot_cutoffs, plot_feature_points, plot_pair_points
from solvencia.training.printing import cell_labels, points_scale, readable, scorecard_text
from testing.unit.builders import scorecards

AGE = Bins("age", edges=(30.0, 50.0), title="Age", unit="years")
SCHOOL = Bins("education", levels=("primary", "higher"), title="Education")
PAIR = Table(("age", "education"), ((0.0, 0.1, 0.0), (0.0, 0.1, 0.0), (-0.2, 0.3, 0.0), (0.0,) * 3))
CARD = Scorecard(
    "default", "logit", -2.0, (AGE, SCHOOL), (Table(("age",), (0.4, 0.4, -0.1, 0.0)), PAIR)
)


@pytest.fixture(autouse=True, scope="module")
def no_window():
    mpl.use("Agg")
    yield
    plt.close("all")


def test_a_card_is_printed_whole():
    assert scorecard_text(CARD) == "\n".join(
        [
            "default: points, 50 double the odds",
            "average applicant: probability 0.119",
            "",
            "Age (years)",
            "  < 50 years   28.9",
            "  >= 50 years  -7.2",
            "  missing       0.0",
            "",
            "Age (years) x Education",
            "               primary higher missing",
            "  < 50 years       0.0    7.2     0.0",
            "  >= 50 years    -14.4   21.6     0.0",
            "  missing          0.0    0.0     0.0",
        ]
    )


def test_an_income_card_is_told_in_per_cent():
    card = Scorecard(
        "income_p50", "identity", 0.0, (AGE,), (Table(("age",), (0.1, 0.0, 0.0, 0.0)),)
    )
    text = scorecard_text(card)
    assert "average applicant: 1.000 times the present income" in text
    assert "< 30 years   10.0" in text


def test_levels_of_the_catalogue_have_names():
    assert cell_labels(Bins("industry", levels=("0", "9")))[1] == "Social and community services"
    assert cell_labels(Bins("housing", levels=("own", "rent"))) == ("own", "rent", "missing")


@given(scorecards(), st.integers(0, 70), st.integers(0, 70))
def test_cells_shown_as_one_hold_the_same_points(card: Scorecard, first: int, second: int):
    """Whatever is asked of the printed table, it answers as the scorecard's own, to one decimal."""
    scale = points_scale(card)[0]
    own = {bins.feature: bins for bins in card.bins}
    for table in card.tables:
        points, cells = readable(card, table)
        values = [
            bins.levels[value % len(bins.levels)] if bins.levels else float(value)
            for bins, value in zip(cells, (first, second), strict=False)
        ]
        printed = points[tuple(bins.cell(v) for bins, v in zip(cells, values, strict=True))]
        place = tuple(own[bins.feature].cell(v) for bins, v in zip(cells, values, strict=True))
        exact = np.asarray(table.points)[place] * scale
        assert printed == pytest.approx(exact, abs=0.0501)


def test_a_few_cells_are_numbered_and_many_are_not():
    few = plot_pair_points(CARD, ("age", "education"))
    texts = [text.get_text() for text in few.axes[0].texts]
    assert "-14" in texts
    assert texts.count("0") == 6

    edges = tuple(float(edge) for edge in range(1, 24))
    bins = (Bins("a", edges=edges), Bins("b", edges=edges))
    grid = np.arange(625.0).reshape(25, 25) / 100
    many = Scorecard(
        "x", "logit", 0.0, bins, (Table(("a", "b"), tuple(tuple(row) for row in grid.tolist())),)
    )
    figure = plot_pair_points(many, ("a", "b"))
    assert len(figure.axes[0].texts) == 0
    image = figure.axes[0].images[0]
    assert image.get_array().shape == (25, 25)
    assert image.norm.vmin == -image.norm.vmax


def test_what_raises_a_risk_is_drawn_as_a_warning():
    def colour_of_the_highest(card: Scorecard) -> str:
        bars = plot_feature_points(card, "age").axes[0].patches
        return mpl.colors.to_hex(max(bars, key=lambda bar: bar.get_width()).get_facecolor())

    income = Scorecard("continuity", "logit", 0.0, CARD.bins, CARD.tables)
    assert colour_of_the_highest(CARD) != colour_of_the_highest(income)


def test_a_curve_is_cut_to_where_it_moves():
    import pandas as pd

    approvals = [0.0, 0.0, 0.2, 0.7, 1.0, 1.0, 1.0]
    curve = pd.DataFrame(
        {
            "cutoff": np.arange(7) / 10,
            "approval_rate": approvals,
            "bad_rate": [np.nan, np.nan, 0.1, 0.2, 0.3, 0.3, 0.3],
            "profit": [0.0, 0.0, 5.0, 9.0, 3.0, 3.0, 3.0],
        }
    )
    figure = plot_cutoffs(curve, {"most profitable": 0.3}, "PD")
    x = figure.axes[0].lines[0].get_xdata()
    assert (min(x), max(x)) == (0.1, 0.5)
    labels = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert labels == ["most profitable"]


def test_ticks_leave_the_unit_to_the_axis():
    axes = plot_feature_points(CARD, "age").axes[0]
    ticks = [label.get_text() for label in axes.get_yticklabels()]
    assert ticks == ["< 50", "≥ 50", "missing"]
    assert re.search(r"Age \(years\)", axes.get_title(loc="left"))
