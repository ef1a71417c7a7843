"""Each gate opens where the parameters allow it and names itself where they do not."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from solvencia.data.parameters import read_section
from solvencia.domain.errors import SourceError
from solvencia.training.estimate import Estimate
from solvencia.training.gates import Gate, GateSettings, Standing, judge_candidate

ROOT = Path(__file__).parents[2]
LIMITS = GateSettings(
    max_auc_drop={"continuity": 0.002, "default": 0.005},
    max_auc_below_record=0.01,
    calibration_slope=(0.95, 1.05),
    coverage_80=(0.78, 0.82),
    max_psi=0.25,
    min_approval_ratio={"sex": 0.8},
    max_approval_change=0.05,
    max_lost_points=10.0,
    standard_errors=2.0,
)
GOOD = Standing(
    version="aaaaaaaaaaaa",
    auc={"continuity": Estimate(0.8513), "default": Estimate(0.7862)},
    slope={"continuity": Estimate(1.01), "default": Estimate(0.98)},
    coverage=Estimate(0.81),
    psi=0.12,
    points={"continuity": {"age": 63.0, "employers_5y": 40.0}, "default": {"age": 18.0}},
    approval=Estimate(0.72),
    approval_ratios={"sex": Estimate(0.97), "age": Estimate(0.6)},
    recorded_auc={"continuity": 0.8513, "default": 0.7862},
    source="simulator",
)


def of(value: float, error: float = 0.0) -> Estimate:
    """An estimate with this standard error."""
    return Estimate(value, np.array([error]))


def judged(candidate: Standing, champion: Standing | None = GOOD) -> dict[str, Gate]:
    return {gate.name: gate for gate in judge_candidate(candidate, champion, LIMITS)}


def failed(candidate: Standing, champion: Standing | None = GOOD) -> list[str]:
    return [gate.name for gate in judged(candidate, champion).values() if not gate.passed]


def test_the_champions_twin_passes_every_gate():
    gates = judged(replace(GOOD, version="bbbbbbbbbbbb"))

    assert [gate.name for gate in gates.values() if not gate.passed] == []
    assert set(gates) == {
        "policy_cases",
        "window",
        "calibration.continuity",
        "calibration.default",
        "coverage.income",
        "stability.score",
        "approval_ratio.sex",
        "pd",
        "features.continuity",
        "features.default",
        "auc.continuity",
        "auc.default",
        "record.continuity",
        "record.default",
        "approval_change",
    }


@pytest.mark.parametrize(
    ("change", "name", "words"),
    [
        (
            {"auc": {**GOOD.auc, "continuity": of(0.8312)}, "recorded_auc": {}},
            "auc.continuity",
            "0.8312 is 0.0201 below the champion's 0.8513; allowed: 0.0020",
        ),
        (
            {"auc": {**GOOD.auc, "default": of(0.78)}},
            "auc.default",
            "0.7800 is 0.0062 below the champion's 0.7862; allowed: 0.0050",
        ),
        (
            {"slope": {**GOOD.slope, "default": of(1.17)}},
            "calibration.default",
            "1.1700 is 0.1200 outside; allowed: 0.95 to 1.05",
        ),
        (
            {"slope": {**GOOD.slope, "continuity": of(0.9)}},
            "calibration.continuity",
            "0.9000 is 0.0500 outside; allowed: 0.95 to 1.05",
        ),
        ({"slope": {"continuity": of(float("nan"))}}, "calibration.continuity", "nan"),
        (
            {"coverage": of(0.85)},
            "coverage.income",
            "0.8500 is 0.0300 outside; allowed: 0.78 to 0.82",
        ),
        ({"psi": 0.31}, "stability.score", "0.310 between development and window"),
        (
            {"approval_ratios": {"sex": of(0.71)}},
            "approval_ratio.sex",
            "approved 0.710 times as often as the one approved most; allowed: at least 0.8",
        ),
        (
            {"approval": of(0.60)},
            "approval_change",
            "0.600 of the window's loans are approved, 0.720 by the champion: -0.120; "
            "allowed: 0.05 either way",
        ),
        ({"approval": of(0.80)}, "approval_change", "+0.080"),
        (
            {"points": {**GOOD.points, "continuity": {"age": 63.0}}},
            "features.continuity",
            "employers_5y moves the champion's score by up to 40 points and the candidate does not read "
            "it; allowed: at most 10 points lost",
        ),
        ({"policy_problem": "case 'young' fails"}, "policy_cases", "case 'young' fails"),
        ({"overlap": "it learned from them"}, "window", "it learned from them"),
    ],
)
def test_a_gate_that_fails_names_itself_and_says_by_how_much(change, name, words):
    candidate = replace(GOOD, **change)
    gate = judged(candidate, replace(GOOD, recorded_auc={}))[name]

    assert failed(candidate, replace(GOOD, recorded_auc={})) == [name]
    assert gate.sentence.startswith(f"gate {name} failed: ")
    assert words in gate.sentence


def test_a_candidate_that_is_better_passes():
    better = replace(
        GOOD,
        auc={"continuity": of(0.9), "default": of(0.85)},
        approval_ratios={"sex": of(1.0)},
        points={**GOOD.points, "default": {"age": 18.0, "education": 90.0}},
    )

    assert failed(better) == []
    assert "is 0.0487 above the champion's 0.8513" in judged(better)["auc.continuity"].sentence


def test_labels_damaged_for_everybody_are_seen_by_what_the_champion_was_recorded_with():
    """Candidate and champion look alike on them: only the record tells."""
    on_damaged_rows = {"continuity": of(0.817), "default": of(0.786)}
    candidate = replace(GOOD, auc=on_damaged_rows, recorded_auc={})
    champion = replace(GOOD, auc=on_damaged_rows)

    assert failed(candidate, champion) == ["record.continuity"]
    assert (
        "0.8170 is 0.0343 below the 0.8513 that the champion was recorded with when it was trained; on "
        "these rows it reaches 0.8170 itself"
    ) in judged(candidate, champion)["record.continuity"].sentence


def test_a_record_on_another_kind_of_source_says_nothing():
    candidate = replace(GOOD, auc={"continuity": of(0.7), "default": of(0.7)}, source="files")
    champion = replace(GOOD, auc=candidate.auc)

    assert failed(candidate, champion) == []
    assert not [name for name in judged(candidate, champion) if name.startswith("record.")]


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"auc": {"continuity": of(0.8483, 0.0006)}}, "auc.continuity"),
        ({"slope": {"default": of(1.11, 0.035)}}, "calibration.default"),
        ({"coverage": of(0.8262, 0.0035)}, "coverage.income"),
        ({"approval_ratios": {"sex": of(0.77, 0.02)}}, "approval_ratio.sex"),
        ({"approval": of(0.65, 0.012)}, "approval_change"),
    ],
)
def test_what_chance_explains_is_no_reason_to_refuse(change, name):
    """Each figure is beyond its limit by less than two standard errors, then by more than none."""
    candidate, champion = replace(GOOD, **change), replace(GOOD, recorded_auc={})
    strict = replace(LIMITS, standard_errors=0.0)

    assert judged(candidate, champion)[name].passed
    assert "of chance" in judged(candidate, champion)[name].allowed
    assert [
        gate.name for gate in judge_candidate(candidate, champion, strict) if not gate.passed
    ] == [name]


def test_a_model_without_pd_does_not_follow_one_that_has_it():
    without = replace(
        GOOD,
        auc={"continuity": of(0.8513)},
        slope={"continuity": of(1.0)},
        points={"continuity": GOOD.points["continuity"]},
        approval=None,
        approval_ratios={},
    )

    assert failed(without) == ["pd", "features.default"]
    assert failed(GOOD, without) == []
    assert failed(without, without) == []


def test_a_feature_that_hardly_mattered_may_go():
    candidate = replace(GOOD, points={"continuity": GOOD.points["continuity"], "default": {}})
    champion = replace(GOOD, points={**GOOD.points, "default": {"age": 9.0}})

    assert failed(candidate, champion) == []


def test_without_a_champion_the_gates_that_stand_alone_are_asked():
    assert failed(GOOD, None) == []
    assert failed(replace(GOOD, auc={"continuity": of(0.5)}), None) == []
    assert failed(replace(GOOD, slope={"continuity": of(1.3)}, psi=0.4), None) == [
        "calibration.continuity",
        "stability.score",
    ]


def test_the_parameters_of_the_project_load():
    settings = read_section(ROOT / "params.yaml", "gates", GateSettings)

    assert settings.calibration_slope[0] < 1 < settings.calibration_slope[1]
    assert settings.min_approval_ratio["sex"] == 0.8


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("max_auc_drop", {"continuity": 0.002}, "continuity and default"),
        ("max_auc_drop", {"continuity": 0.002, "default": -1}, "greater than or equal to 0"),
        ("calibration_slope", [1.05, 0.95], "low < high"),
        ("min_approval_ratio", {"gender": 0.8}, "'sex', 'age', 'state' or 'education'"),
        ("min_approval_ratio", {"sex": 80}, "less than or equal to 1"),
    ],
)
def test_a_limit_that_would_never_hold_anything_back_does_not_load(tmp_path, key, value, words):
    section = {
        "max_auc_drop": {"continuity": 0.002, "default": 0.005},
        "max_auc_below_record": 0.01,
        "calibration_slope": [0.95, 1.05],
        "coverage_80": [0.78, 0.82],
        "max_psi": 0.25,
        "min_approval_ratio": {"sex": 0.8},
        "max_approval_change": 0.05,
        "max_lost_points": 10,
        "standard_errors": 2,
    }
    path = tmp_path / "params.yaml"
    path.write_text(yaml.safe_dump({"gates": section}), encoding="utf-8")
    assert read_section(path, "gates", GateSettings) == LIMITS

    path.write_text(yaml.safe_dump({"gates": {**section, key: value}}), encoding="utf-8")
    with pytest.raises(SourceError, match=words):
        read_section(path, "gates", GateSettings)
