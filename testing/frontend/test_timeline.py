"""The work history over the years."""

from datetime import date
from typing import Any

import pandas as pd
import pytest

from frontend.charts import timeline
from frontend.charts.palette import DARK, LIGHT, Palette

AS_OF = date(2026, 11, 20)
SPELLS: list[dict[str, Any]] = [
    {"employer_id": "B", "industry": "7", "start_date": "2021-01-11", "daily_wage": 590.0},
    {
        "employer_id": "A",
        "industry": "6",
        "start_date": "2017-02-01",
        "end_date": "2020-06-30",
        "daily_wage": 290.0,
    },
    {
        "employer_id": "C",
        "start_date": "2022-01-01",
        "end_date": "2022-12-31",
        "daily_wage": 100.0,
    },
]
INDUSTRIES = {"6": {"es": "Comercio", "en": "Commerce"}}


def test_bars_in_order_of_their_start_and_up_to_the_day_of_the_decision() -> None:
    table = timeline.bars(SPELLS, AS_OF, INDUSTRIES, "es")
    assert list(table["employer"]) == ["A", "B", "C"]
    assert list(table["industry"]) == ["Comercio", "7", "Industria no indicada"]
    assert table["end"].max() == pd.Timestamp(AS_OF)
    assert table["end"][0] == pd.Timestamp("2020-07-01")
    assert table["told"][0] == "A: $290.00 por día, del 01/02/2017 al 30/06/2020"


def test_a_job_that_has_not_begun_is_not_drawn() -> None:
    later = {"employer_id": "Z", "start_date": "2027-01-01", "daily_wage": 1.0}
    assert "Z" not in set(timeline.bars([*SPELLS, later], AS_OF, {}, "es")["employer"])


def test_gaps_are_times_in_which_no_job_was_held() -> None:
    idle = timeline.gaps(SPELLS, AS_OF, "es")
    assert list(idle["start"]) == [pd.Timestamp("2020-07-01")]
    assert list(idle["end"]) == [pd.Timestamp("2021-01-11")]


def test_being_without_a_job_now_is_a_gap() -> None:
    idle = timeline.gaps(SPELLS[1:2], AS_OF, "en")
    assert list(idle["end"]) == [pd.Timestamp(AS_OF)]
    assert list(idle["shown"]) == ["77 months"]


def test_a_weekend_between_jobs_is_no_gap() -> None:
    first = {**SPELLS[1], "end_date": "2021-01-08"}
    assert timeline.gaps([SPELLS[0], first], AS_OF, "es").empty


def test_wages_of_jobs_held_together_are_added() -> None:
    paid = timeline.wages(SPELLS, AS_OF).set_index("at")["wage"]
    assert paid.to_dict() == {
        pd.Timestamp("2017-02-01"): 290.0,
        pd.Timestamp("2020-07-01"): 0.0,
        pd.Timestamp("2021-01-11"): 590.0,
        pd.Timestamp("2022-01-01"): 690.0,
        pd.Timestamp("2023-01-01"): 590.0,
        pd.Timestamp(AS_OF): 590.0,
    }


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_both_panels_span_the_same_days(palette: Palette) -> None:
    table = timeline.bars(SPELLS, AS_OF, INDUSTRIES, "es")
    idle, paid = timeline.gaps(SPELLS, AS_OF, "es"), timeline.wages(SPELLS, AS_OF)
    assert (table["start"].min(), table["end"].max()) == (paid["at"].min(), paid["at"].max())
    for chart in (
        timeline.jobs_chart(table, idle, palette),
        timeline.wage_chart(paid, idle, palette),
    ):
        assert palette.loss in str(chart.to_dict())
