"""Fairness figures on loans counted by hand, and the sentences made from them."""

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import demographic_parity_ratio, equal_opportunity_difference

from solvencia.training.fairness import (
    FairnessSettings,
    approval_by_group,
    calibration_by_group,
    headline,
)
from solvencia.training.findings import approval_findings, calibration_findings

SETTINGS = FairnessSettings(
    fewest_rows=50, smallest_ratio=0.8, largest_difference=0.1, largest_miscalibration=0.03
)


def made(**counts: tuple[int, int, int, int]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Loans by group: approved and repaid, approved and not, refused and repaid, refused and not."""
    rows = [
        (group, default, outcome)
        for group, numbers in counts.items()
        for number, (default, outcome) in zip(
            numbers, [(0, "approve"), (1, "approve"), (0, "refer"), (1, "decline")], strict=True
        )
        for _ in range(number)
    ]
    frame = pd.DataFrame(rows, columns=["audit_sex", "default_12m", "outcome"])
    frame.index += 1000
    return frame[["audit_sex", "default_12m"]], frame[["outcome"]]


LOANS, DECISIONS = made(H=(120, 10, 40, 30), M=(45, 5, 35, 15), X=(2, 0, 1, 0))


@pytest.fixture(scope="module")
def by_sex() -> pd.DataFrame:
    return approval_by_group(LOANS, DECISIONS, SETTINGS)["sex"].set_index("group")


def test_rates_by_group_are_counts(by_sex: pd.DataFrame):
    men, women = by_sex.loc["men"], by_sex.loc["women"]
    assert (men["rows"], women["rows"], men["repaid"], women["repaid"]) == (200, 100, 160, 80)
    assert (men["approval_rate"], women["approval_rate"]) == (0.65, 0.5)
    assert (men["refer_rate"], women["decline_rate"]) == (0.2, 0.15)
    assert women["approved_of_repaid"] == 45 / 80
    assert women["default_rate"] == pytest.approx(0.2)
    assert women["ratio"] == pytest.approx(0.5 / 0.65)
    assert women["ratio_low"] < women["ratio"] < women["ratio_high"]
    assert women["difference"] == pytest.approx(45 / 80 - 120 / 160)
    assert by_sex.index[by_sex["reference"]].tolist() == ["men"]


def test_the_judged_figures_are_fairlearn_s_own(by_sex: pd.DataFrame):
    judged = LOANS["audit_sex"] != "X"
    repaid = (LOANS["default_12m"] == 0).astype(int)[judged]
    approved = (DECISIONS["outcome"] == "approve").astype(int)[judged]
    sex = LOANS["audit_sex"][judged]
    assert by_sex["ratio"].min() == pytest.approx(
        demographic_parity_ratio(repaid, approved, sensitive_features=sex)
    )
    assert -by_sex["difference"].min() == pytest.approx(
        equal_opportunity_difference(repaid, approved, sensitive_features=sex)
    )


def test_a_small_group_is_listed_and_not_judged(by_sex: pd.DataFrame):
    other = by_sex.loc["people of another sex"]
    assert other["rows"] == 3
    assert not other["judged"]
    assert np.isnan(other["ratio"])


def test_what_fails_is_said_in_words():
    findings = approval_findings(approval_by_group(LOANS, DECISIONS, SETTINGS), SETTINGS)
    assert [finding.passes for finding in findings] == [False, False, None]
    assert findings[0].text.startswith(
        "Women are approved 0.77 times as often as men (50.0 % against 65.0 %; 95 % interval 0.62 to 0.96)"
    )
    assert "below the limit of 0.80" in findings[0].text
    assert "56.2 % of women would have been approved and 75.0 % of men" in findings[1].text
    assert "18.75 points, above the limit of 10, and chance alone" in findings[1].text
    assert findings[2].text == "1 group has fewer than 50 loans: listed, not judged."


def test_what_passes_is_said_too():
    loans, decisions = made(H=(120, 10, 40, 30), M=(59, 5, 21, 15))
    findings = approval_findings(approval_by_group(loans, decisions, SETTINGS), SETTINGS)
    assert [finding.passes for finding in findings] == [True, True]
    assert "not below the limit of 0.80" in findings[0].text
    assert "within the limit of 10" in findings[1].text


def test_a_difference_that_chance_explains_is_not_held_against_a_group():
    loans, decisions = made(H=(42, 5, 18, 5), M=(34, 5, 26, 5))
    finding = approval_findings(approval_by_group(loans, decisions, SETTINGS), SETTINGS)[1]
    assert finding.passes
    assert "above the limit of 10, but chance alone explains 17" in finding.text


def test_several_groups_below_the_limit_are_named():
    loans, decisions = made(H=(90, 0, 10, 0), M=(50, 0, 50, 0), X=(60, 0, 40, 0))
    finding = approval_findings(approval_by_group(loans, decisions, SETTINGS), SETTINGS)[0]
    assert finding.text.endswith("Also below it: people of another sex (0.67).")


def test_groups_too_few_or_nobody_approved_are_not_judged():
    few = approval_findings(approval_by_group(*made(H=(9, 0, 1, 0)), SETTINGS), SETTINGS)
    assert [finding.passes for finding in few] == [None]
    none = made(H=(0, 0, 60, 5), M=(0, 0, 60, 5))
    (finding,) = approval_findings(approval_by_group(*none, SETTINGS), SETTINGS)
    assert finding.text == "By sex, nobody is approved."
    assert headline(approval_by_group(*none, SETTINGS)) == {}


def test_the_headline_names_the_group_it_is_of():
    assert headline(approval_by_group(LOANS, DECISIONS, SETTINGS)) == {
        "sex": {
            "smallest_approval_ratio": 0.7692,
            "group": "women",
            "equal_opportunity_difference": 0.1875,
            "least_approved_of_repaid": "women",
        }
    }


def test_ages_states_and_schooling_become_groups_in_order():
    rows = pd.DataFrame(
        {
            "age": [40.0, 19.0, 66.0, np.nan],
            "audit_state": ["15", "09", "15", None],
            "education": ["higher", "primary", None, "primary"],
            "default_12m": [0, 1, 0, 1],
        }
    )
    decisions = pd.DataFrame({"outcome": ["approve", "decline", "approve", "approve"]})
    tables = approval_by_group(rows, decisions, SETTINGS)
    assert list(tables["age"]["group"]) == [
        "people under 25",
        "people aged 35 to 44",
        "people aged 65 or over",
        "not stated",
    ]
    assert tables["state"]["group"][0] == "people in the State of México"
    assert list(tables["education"]["group"]) == [
        "people with primary school or less",
        "people with a degree",
        "not stated",
    ]
    assert "sex" not in tables


def test_calibration_by_group_tells_a_shift_from_chance():
    rng = np.random.default_rng(4)
    rows = pd.DataFrame({"audit_sex": np.repeat(["H", "M"], 5000)})
    chance = pd.Series(rng.uniform(0.1, 0.5, 10_000))
    outcome = (rng.random(10_000) < chance - 0.08 * (rows["audit_sex"] == "M")).astype(float)
    tables = calibration_by_group(rows, outcome, chance, 200)
    men, women = (tables["sex"].set_index("group").loc[name] for name in ("men", "women"))
    assert women["difference"] == pytest.approx(0.08, abs=0.02)
    assert abs(men["difference"]) < men["chance"] < women["difference"]
    (finding,) = calibration_findings(tables, "default", "the probability of default", SETTINGS)
    assert not finding.passes
    assert finding.text.startswith("For women the probability of default is ")
    overall = 100 * (chance.mean() - outcome.mean())
    assert f"over all groups it is {overall:.2f}".rstrip("0") in finding.text

    (finding,) = calibration_findings(
        calibration_by_group(rows[:5000], outcome[:5000], chance[:5000], 200),
        "default",
        "the PD",
        SETTINGS,
    )
    assert finding.passes
    assert "agree with what was observed" in finding.text
