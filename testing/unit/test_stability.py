"""PSI against hand-worked numbers and theory, and against the ways it usually goes wrong."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from solvencia.domain.errors import ArtifactError, InvalidInputError
from solvencia.domain.scorecard import Bins, Scorecard, Table
from solvencia.domain.stability import (
    Distribution,
    Shift,
    Stability,
    chance_level,
    freeze,
    psi,
)
from solvencia.monitoring.stability import (
    drift,
    drift_by_period,
    freeze_scorecard,
    headline,
    served_score,
)

TENURE = Bins("months_in_current_job", edges=(6.0, 24.0), unit="months")
EDUCATION = Bins("education", levels=("primary", "secondary", "higher"))
counts = st.lists(st.integers(0, 500), min_size=2, max_size=12)


def rows(count: int = 4000, seed: int = 1, shift: float = 0.0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    tenure = rng.gamma(1.5, 14, count) + shift
    tenure[rng.random(count) < 0.05] = np.nan
    education = rng.choice(["primary", "secondary", "higher", None], count, p=[0.2, 0.5, 0.2, 0.1])
    return {"months_in_current_job": tenure, "education": education}


def scores(count: int = 4000, seed: int = 1) -> dict[str, np.ndarray]:
    return {"income_score": np.random.default_rng(seed).normal(620, 60, count).round()}


def frozen() -> Stability:
    return freeze([TENURE, EDUCATION], rows(), scores())


def card(name: str) -> Scorecard:
    tables = (
        Table(("months_in_current_job",), (-0.8, 0.1, 0.7, 0.0)),
        Table(("education",), (-0.1, 0.0, 0.3, 0.0)),
    )
    return Scorecard(name, "logit", 1.2, (TENURE, EDUCATION), tables)


def test_an_example_worked_by_hand():
    # Three bands, expected 40, 30 and 30 %, actual 35, 25 and 40 %:
    # -0.05 ln(0.35/0.40) - 0.05 ln(0.25/0.30) + 0.10 ln(0.40/0.30)
    # = 0.006677 + 0.009116 + 0.028768
    assert psi([0.40, 0.30, 0.30], [0.35, 0.25, 0.40]) == pytest.approx(0.044561, abs=1e-6)


def test_an_empty_cell_counts_half_a_row():
    # 100 rows each, third cell empty before: 0.005 against 0.10.
    by_hand = (0.10 - 0.005) * np.log(0.10 / 0.005) + 2 * (0.45 - 0.5) * np.log(0.45 / 0.5)

    assert psi([50, 50, 0], [45, 45, 10]) == pytest.approx(by_hand)
    assert psi([45, 45, 10], [50, 50, 0]) == pytest.approx(by_hand)


def test_none_where_hardly_any_was_expected_is_no_change():
    assert psi([49_990, 50_000, 10], [50, 50, 0]) == pytest.approx(0, abs=1e-6)


@given(counts, st.integers(1, 9))
def test_equal_shares_are_stable_whatever_the_size(before, times):
    if sum(before):
        assert psi(before, [count * times for count in before]) == pytest.approx(0, abs=1e-12)


@given(counts, st.data())
def test_the_index_is_never_negative_and_the_same_both_ways(before, data):
    now = data.draw(st.lists(st.integers(0, 500), min_size=len(before), max_size=len(before)))
    if sum(before) and sum(now):
        value = psi(before, now)
        assert value >= 0
        assert psi(now, before) == pytest.approx(value)
        assert psi([*before, 0], [*now, 0]) == pytest.approx(value)


@pytest.mark.parametrize(
    ("expected", "actual", "message"),
    [
        ([1, 2], [1, 2, 3], r"shapes \(2,\), \(3,\)"),
        ([1, -2], [1, 2], r"expected: got \[1.0, -2.0\]"),
        ([1, 2], [0, 0], r"actual: got \[0.0, 0.0\]"),
        ([1, 2], [1, float("nan")], "actual: got"),
    ],
)
def test_what_are_no_counts_is_refused(expected, actual, message):
    with pytest.raises(InvalidInputError, match=message):
        psi(expected, actual)


@pytest.mark.parametrize("cells", [2, 5, 10, 25])
def test_the_chance_level_is_the_chi_squares(cells):
    expected = (1 / 30_000 + 1 / 400) * chi2.ppf(0.95, cells - 1)

    assert chance_level(cells, 30_000, 400) == pytest.approx(expected, rel=0.03)
    assert chance_level(1, 30_000, 400) == 0


def test_samples_of_one_population_exceed_the_chance_level_once_in_twenty():
    rng = np.random.default_rng(2)
    shares = np.full(10, 0.1)
    above = [
        psi(rng.multinomial(5000, shares), rng.multinomial(400, shares))
        > chance_level(10, 5000, 400)
        for _ in range(2000)
    ]

    assert 0.035 < np.mean(above) < 0.07


def test_nothing_has_moved_among_the_rows_of_development():
    shifts = frozen().compare(rows(), scores())

    assert [(shift.kind, shift.name) for shift in shifts] == [
        ("score", "income_score"),
        ("feature", "months_in_current_job"),
        ("feature", "education"),
    ]
    assert {shift.psi for shift in shifts} == {0.0}
    assert {shift.verdict for shift in shifts} == {"stable"}


def test_what_moved_is_named_with_the_cell_that_moved_most():
    now = rows(seed=3, shift=8.0)
    _, tenure, education = frozen().compare(now, scores(seed=3))

    assert tenure.verdict == "shifted"
    assert tenure.cell == "< 6 months"
    assert tenure.actual < 0.05 < 0.1 < tenure.expected
    assert education.verdict == "stable"


def test_one_outlier_moves_only_its_own_row():
    """Binning today's rows anew, one value of a billion would move every cell."""
    now = rows(500, seed=4)
    with_outlier = dict(now)
    tenure = now["months_in_current_job"].copy()
    first = int(np.flatnonzero(tenure >= 24)[0])
    tenure[first] = 1e9
    with_outlier["months_in_current_job"] = tenure

    assert frozen().compare(with_outlier, scores(500)) == frozen().compare(now, scores(500))

    score = scores(500)["income_score"]
    shifted = np.append(score[:-1], 1e9)
    before, after = (
        frozen().compare(now, {"income_score": values})[0].psi for values in (score, shifted)
    )
    assert 0 < abs(after - before) < 0.01
    assert (
        frozen().compare(now, {"income_score": shifted})[1:]
        == frozen().compare(now, scores(500))[1:]
    )


def test_the_frozen_cells_do_not_follow_the_rows_they_are_compared_with():
    stability = frozen()
    before = stability.to_json()
    everyone_moved = {"income_score": scores()["income_score"] + 300}

    assert stability.compare(rows(), everyone_moved)[0].psi > 2
    assert stability.to_json() == before


def test_scores_are_frozen_in_ten_cells_of_equal_count():
    values = np.random.default_rng(5).beta(2, 9, 20_000)
    (score,) = freeze([], {}, {"pd": values}).scores

    assert len(score.bins.edges) == 9
    assert all(edge == float(f"{edge:.4g}") for edge in score.bins.edges)
    assert np.asarray(score.rows[:-1]) / 20_000 == pytest.approx(0.1, abs=0.002)
    assert score.rows[-1] == 0


def test_repeated_scores_share_a_cell_and_no_cell_is_empty():
    values = np.repeat([300.0, 612.0, 700.0, 850.0], [500, 300, 150, 50])
    (score,) = freeze([], {}, {"income_score": values}).scores

    assert score.bins.edges == (612.0, 700.0)
    assert score.rows == (500, 300, 200, 0)
    (same,) = freeze([], {}, {"income_score": np.full(9, 612.0)}).scores
    assert same.rows == (9, 0)


def test_more_missing_values_are_a_shift():
    now = rows(seed=6)
    now["months_in_current_job"] = np.where(
        np.random.default_rng(7).random(4000) < 0.5, np.nan, now["months_in_current_job"]
    )
    shift = frozen().compare(now, scores())[1]

    assert shift.cell == "missing"
    assert shift.verdict == "shifted"


@pytest.mark.parametrize(
    ("psi_value", "chance", "verdict"),
    [
        (0.05, 0.01, "stable"),
        (0.10, 0.01, "moved"),
        (0.25, 0.01, "shifted"),
        (0.30, 0.40, "stable"),
    ],
)
def test_the_verdict(psi_value, chance, verdict):
    assert Shift("score", "pd", 40, psi_value, chance, "any", 1.0, 1.0).verdict == verdict


def test_json_reads_well_and_reads_back():
    stability = frozen()
    text = json.dumps(stability.to_json(), allow_nan=False)
    tenure = json.loads(text)["features"][0]

    assert Stability.from_json(json.loads(text)) == stability
    assert tenure["labels"] == ["< 6 months", "6 to < 24 months", ">= 24 months", "missing"]
    assert sum(tenure["shares"]) == pytest.approx(1, abs=2e-4)
    assert sum(tenure["rows"]) == 4000


@pytest.mark.parametrize("counts_of", [(1, 2), (1, 2, -1, 0), (0, 0, 0, 0)])
def test_counts_that_do_not_fit_the_cells_are_refused(counts_of):
    with pytest.raises(ArtifactError, match=r"months_in_current_job: rows .* allowed: 4 counts"):
        Distribution(TENURE, counts_of)


def test_an_absent_column_or_score_is_named():
    with pytest.raises(InvalidInputError, match=r"columns.education: got nothing; .* months_in"):
        frozen().compare({"months_in_current_job": np.ones(3)}, scores(3))
    with pytest.raises(InvalidInputError, match=r"scores.income_score: got nothing"):
        frozen().compare(rows(3), {"pd": np.ones(3)})
    with pytest.raises(InvalidInputError, match=r"scores.pd: got no known value"):
        freeze([], {}, {"pd": np.array([np.nan])})


def test_a_comparison_with_no_rows_is_refused():
    with pytest.raises(InvalidInputError, match="actual: got"):
        frozen().compare({name: column[:0] for name, column in rows().items()}, scores(0))


def test_a_scorecard_is_frozen_in_its_own_cells_and_in_its_served_score():
    stability = freeze_scorecard(card("continuity"), rows())

    assert tuple(item.bins for item in stability.features) == card("continuity").bins
    assert [item.bins.feature for item in stability.scores] == ["income_score"]
    score = served_score(card("continuity"), rows())["income_score"]
    assert (score == score.round()).all()
    assert 300 <= score.min() < score.max() <= 850
    chance = served_score(card("default"), rows())["pd"]
    assert 0 < chance.min() < chance.max() < 1
    with pytest.raises(InvalidInputError, match="scorecard: got income_p10"):
        served_score(card("income_p10"), rows())


def test_drift_lists_the_score_first_and_then_the_farthest_feature():
    stability = freeze_scorecard(card("default"), rows())
    table = drift(stability, card("default"), rows(seed=8, shift=8.0))

    assert table["name"].tolist() == ["pd", "months_in_current_job", "education"]
    assert table["psi"].iloc[1] > table["psi"].iloc[2]
    assert table["verdict"].tolist() == ["shifted", "shifted", "stable"]
    figures = headline(table)
    assert figures["psi_score"] == pytest.approx(table["psi"].iloc[0], abs=1e-6)
    assert figures["psi_feature_name"] == "months_in_current_job"
    assert figures["psi_feature"] == pytest.approx(table["psi"].iloc[1], abs=1e-6)


def test_each_period_is_compared_with_development_by_itself():
    stability = freeze_scorecard(card("default"), rows())
    early, late = rows(1000, seed=9), rows(1000, seed=10, shift=8.0)
    both = {name: np.concatenate([early[name], late[name]]) for name in early}
    table = drift_by_period(
        stability, card("default"), both, np.repeat(["2024-01", "2024-02"], 1000)
    )

    assert table.columns[0] == "period"
    for period, columns in (("2024-01", early), ("2024-02", late)):
        part = table[table["period"] == period].drop(columns="period").reset_index(drop=True)
        assert part.equals(drift(stability, card("default"), columns))
