"""The simulated population stays near the published figures."""

from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from solvencia.data.acquire import acquire_simulated
from solvencia.data.calibration import calibration_table
from solvencia.data.simulator import SimulatorSettings
from testing.conftest import REFERENCE_TABLES


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    directory: Path = tmp_path_factory.mktemp("population")
    acquire_simulated(
        SimulatorSettings(8000, 15, date(2026, 5, 31), 7), REFERENCE_TABLES, directory
    )
    return calibration_table(directory, REFERENCE_TABLES)


def test_every_published_figure_stands_beside_a_simulated_one(table: pd.DataFrame) -> None:
    assert len(table) > 90
    assert (table["source"].str.len() > 3).all()
    # The wages of 8,000 people may miss the smallest groups, nothing else.
    assert set(table.loc[table["simulated"].isna(), "figure"]) <= {"Same job after 12 months"}


@pytest.mark.parametrize(
    ("figure", "relative", "absolute"),
    [
        ("Mean wage", 0.05, 0.0),
        ("Share of jobs by age", 0.0, 0.025),
        ("Same job after 12 months", 0.0, 0.12),
        ("Separations in a month", 0.0, 0.015),
        ("Contribution density", 0.0, 0.04),
        ("Share of women", 0.0, 0.03),
        ("Lowest wage of a main job", 1e-9, 0.0),
        ("Mean term", 0.05, 0.0),
        ("Mean yearly rate", 0.03, 0.0),
        ("Mean loan amount", 0.20, 0.0),
        ("Default within 12 months (published: IMORA)", 0.0, 0.03),
    ],
)
def test_a_figure_is_near(
    table: pd.DataFrame, figure: str, relative: float, absolute: float
) -> None:
    rows = table[(table["figure"] == figure) & table["simulated"].notna()]
    assert len(rows)
    for row in rows.to_dict("records"):
        assert row["simulated"] == pytest.approx(row["published"], rel=relative, abs=absolute), row
