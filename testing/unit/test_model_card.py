"""What the model card says of figures, from figures small enough to read."""

import doctest
import json

import numpy as np
import pandas as pd
import pytest
from jinja2 import UndefinedError

import utilities.templating
from solvencia.domain.errors import SourceError
from solvencia.training.model_card import (
    coverage_of_states,
    read_measured,
    read_yardsticks,
    weakest_groups,
)
from utilities.templating import environment, render_markdown

DATA = {"loans": "aa", "snapshots": "bb"}


def test_numbers_are_written_as_the_examples_say():
    assert doctest.testmod(utilities.templating).failed == 0


def test_a_name_that_a_template_misspells_is_an_error():
    with pytest.raises(UndefinedError):
        environment().from_string("{{ metrics.acu }}").render(metrics={"auc": 1.0})


def test_text_is_escaped_on_a_page_and_not_in_markdown():
    page = environment().from_string("{{ text }}").render(text="<b> & more")
    assert page == "&lt;b&gt; &amp; more"
    assert "<script>" not in render_markdown("<script>alert(1)</script>")
    assert "<td>x</td>" in render_markdown("| a |\n|---|\n| x |\n")


def test_yardsticks_of_the_same_tables_are_told_from_others(tmp_path):
    path = tmp_path / "yardsticks.json"
    path.write_text(json.dumps({"data": DATA, "continuity": {"auc_ebm": 0.85}}))
    same = read_yardsticks(path, DATA)
    assert same.of_this_data
    assert same.figures == {"continuity": {"auc_ebm": 0.85}}
    assert not read_yardsticks(path, {**DATA, "loans": "cc"}).of_this_data


def test_what_was_not_measured_is_none(tmp_path):
    assert read_yardsticks(tmp_path / "none.json", DATA) is None
    assert read_measured(tmp_path / "none.json") is None


@pytest.mark.parametrize("text", ["[]", "{", '{"continuity": {}}', '{"data": 3}'])
def test_a_damaged_file_is_named(tmp_path, text):
    path = tmp_path / "yardsticks.json"
    path.write_text(text)
    with pytest.raises(SourceError, match=r"yardsticks\.json"):
        read_yardsticks(path, DATA)


def groups(*rows: tuple[str, str, int, float], figure: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["dimension", "group", "rows", figure])


def test_coverage_is_of_states_with_many_rows():
    table = groups(
        ("all", "all", 9000, 0.80),
        ("state", "09", 4000, 0.81),
        ("state", "19", 1000, 0.77),
        ("state", "32", 999, 0.60),
        ("state", "unknown", 2000, 0.50),
        figure="coverage",
    )
    found = coverage_of_states(table)
    assert (found["states"], found["lowest"]["group"], found["highest"]["group"]) == (2, "19", "09")
    assert coverage_of_states(table[table["group"] == "32"]) is None


def test_the_weakest_of_judged_groups_are_named():
    table = groups(
        ("all", "all", 9000, 0.80),
        ("segment", "A", 4000, 0.81),
        ("segment", "B", 1000, 0.77),
        ("segment", "C", 100, np.nan),
        ("product", "payroll", 4000, 0.8),
        figure="auc",
    ).assign(ece=[0.01, 0.03, 0.02, np.nan, 0.01])
    (found,) = weakest_groups(table)
    assert (found["dimension"], found["groups"]) == ("segment", 2)
    assert found["lowest_auc"]["group"] == "B"
    assert found["least_calibrated"]["group"] == "A"
