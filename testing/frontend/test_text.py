"""Copy, number formats and the explanation of a score."""

import re
from itertools import pairwise
from typing import Any, cast, get_args

import pytest
from fake_service import CHANGE

from frontend import formats
from frontend.explanation import SHOWN, described, steps
from frontend.problems import explain
from frontend.text import COPY, HELP_EN, LANGUAGES, PARTS, UNITS, Language
from frontend.verdict import change_line, reason_parts, score_grade
from solvencia.domain.decision import Reason
from solvencia.serving.waiting import LONGEST_WAIT
from solvencia_client import FieldError


@pytest.mark.parametrize("key", COPY)
def test_every_key_speaks_both_languages_with_the_same_values(key: str) -> None:
    copy = COPY[key]
    assert set(copy) == set(LANGUAGES)
    assert all(text.strip() for text in copy.values())
    places = [set(re.findall(r"{(\w+)}", text)) for text in copy.values()]
    assert places[0] == places[1]


def test_no_two_parts_use_one_key() -> None:
    assert len(COPY) == sum(len(part.COPY) for part in PARTS)


def test_units_speak_both_languages() -> None:
    assert all(set(named) == set(LANGUAGES) for named in UNITS.values())


def test_every_described_field_has_english_help(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    described_fields = {
        name
        for schema in ("Profile", "Applicant", "EmploymentSpell", "LoanRequest")
        for name, node in schemas[schema]["properties"].items()
        if "description" in str(node)
    }
    assert described_fields - set(HELP_EN) - {"product"} == set()


@pytest.mark.parametrize(
    ("error", "spanish"),
    [
        (FieldError("profile.age", "Field required"), "Falta este dato."),
        (FieldError("profile.age", "", "12", "≥ 18"), "Se permite ≥ 18; se recibió 12."),
        (FieldError("profile.age", "odd", "x"), "No se permite «x»."),
        (
            FieldError("p", "", "3.0", "0 when months_in_current_job is 48"),
            "Debe ser 0 si tiene 48 meses en el empleo actual.",
        ),
        (
            FieldError("s", "", "2019-01-01", "2021-01-11 (start_date) or later"),
            "El fin debe ser el 11/01/2021 (inicio) o posterior; se recibió 01/01/2019.",
        ),
        (
            FieldError("as_of", "", "2026-11-21", "2030-01-01, the first job's start, or later"),
            "El primer empleo empieza el 01/01/2030, después de la fecha de la evaluación.",
        ),
        (
            FieldError("as_of", "", "2026-11-21", "15 years after birth_date or later; age 3.0"),
            "A la fecha de la evaluación debe tener 15 años o más: revise la fecha de nacimiento.",
        ),
    ],
)
def test_errors_in_spanish(error: FieldError, spanish: str) -> None:
    assert explain(error, "es") == spanish
    assert explain(error, "en") != spanish


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (formats.money(12345), "$12,345.00"),
        (formats.money(-5), "−$5.00"),
        (formats.pesos(12345.6), "$12,346"),
        (formats.percent(0.1234), "12.3 %"),
        (formats.percent(-0.02), "−2.0 %"),
        (formats.points(17.79), "+17.8"),
        (formats.points(-3), "−3.0"),
        (formats.plain(48.0), "48"),
        (formats.day("2026-11-20"), "20/11/2026"),
    ],
)
def test_numbers_as_in_mexico(shown: str, expected: str) -> None:
    assert shown == expected


def test_steps_go_from_the_average_to_the_final_score(decision: Any, features: Any) -> None:
    found = steps(decision, features, {}, "es")
    assert found[0].start == decision["explanation"]["base_points"]
    assert [step.name for step in found][1] == "Antigüedad en el empleo: 48 meses"
    for before, after in pairwise(found[:-1]):
        assert after.start == before.end
    assert found[-2].end == pytest.approx(decision["final_score"], abs=1)
    assert found[-1].end == decision["final_score"]


def test_small_steps_go_together(decision: Any) -> None:
    item = decision["explanation"]["contributions"][1]
    decision["explanation"]["contributions"] += [item | {"points": 0.01}] * SHOWN
    names = [step.name for step in steps(decision, {}, {}, "es")]
    assert "Otros 2 factores" in names
    assert len(names) == SHOWN + 4  # the average, the others, the adjustments and the final score


def test_the_limit_of_the_scale_is_a_step_of_its_own(decision: Any) -> None:
    decision["explanation"]["base_points"] += 400
    decision["final_score"] = 850
    assert "Límite de la escala" in [step.name for step in steps(decision, {}, {}, "es")]


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (None, "share", "T: sin dato"),
        ("6", "", "T: Comercio"),
        (0.021, "yearly", "T: 2.1 %"),
        (18500.0, "MXN", "T: $18,500"),
        (1.93, "times", "T: 1.9 veces"),
    ],
)
def test_a_factor_with_its_value(value: Any, unit: str, shown: str) -> None:
    names = {"industry": {"6": {"es": "Comercio", "en": "Commerce"}}}
    item: Any = {"feature": "industry", "value": value, "points": 1.0}
    features: Any = {"industry": {"title": "T", "title_en": "T", "unit": unit}}
    assert described(item, features, names, "es") == shown


def test_a_factor_of_a_newer_model_goes_by_its_name() -> None:
    item: Any = {"feature": "newer", "value": 48.0, "points": 1.0}
    assert described(item, {}, {}, "es") == "newer: 48"


def test_reason_of_a_rule_shows_no_points(decision: Any) -> None:
    rule = decision["reasons"][0] | {"source": "knockout", "points": 0.0}
    mark, text = reason_parts(rule, "es")
    assert mark == ":red-badge[regla de rechazo]"
    assert text == "El plazo solicitado eleva el riesgo."


def test_a_change_without_a_pd_shows_the_score_alone() -> None:
    line = change_line(cast(Any, CHANGE | {"pd": None}), "en")
    assert line.startswith(":green[:material/check_circle:] With 4 more months in this job")
    assert line.endswith(":gray[score 542]")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_wait_is_said_as_it_is(language: Language) -> None:
    assert f" {LONGEST_WAIT} " in COPY["changes.none"][language]


def test_grade_of_the_score_alone(decision: Any) -> None:
    assert score_grade(decision) == "B"


@pytest.mark.parametrize("source", get_args(Reason.__annotations__["source"]))
def test_every_source_of_a_reason_has_words(source: str) -> None:
    assert f"source.{source}" in COPY


def test_a_source_unknown_to_the_app_is_shown_as_it_comes(decision: Any) -> None:
    reason = decision["reasons"][0] | {"source": "newer", "points": 0.0}
    assert reason_parts(reason, "es")[0] == ":red-badge[newer]"
