"""The policy in words and tables."""

import json
from dataclasses import replace
from typing import Any

import pytest

from frontend.charts.palette import DARK
from frontend.policy.charts import migration_chart
from frontend.policy.checks import CaseFailure
from frontend.policy.draft import Edit, with_value
from frontend.policy.standing import Standing
from frontend.policy.tables import (
    case_table,
    grades_table,
    migration,
    moved_table,
    offers_table,
    points_of_percent,
    rules_table,
)
from frontend.policy.words import (
    KINDS,
    Vocabulary,
    blank,
    case_facts,
    condition,
    conditions,
    edit_line,
    quantity,
    rules_moved,
)
from frontend.text import COPY, LANGUAGES
from solvencia.domain.features import FEATURES
from solvencia.domain.policy import COMPARE, FIELDS
from testing.client.running import ROOT

POLICY: dict[str, Any] = json.loads(
    (ROOT / "business_rules" / "policy.json").read_text(encoding="utf-8")
)
NAMED: Any = {
    name: {"name": name, "title": info.title, "title_en": name, "unit": info.unit, "levels": []}
    for name, info in FEATURES.items()
}
CHOICES = {"product": {"payroll": {"es": "Crédito de nómina", "en": "Payroll loan"}}}
WORDS = Vocabulary("es", NAMED, CHOICES)


def rule(kind: str, code: str) -> dict[str, Any]:
    found: dict[str, Any] = next(item for item in POLICY[kind] if item["code"] == code)
    return found


@pytest.mark.parametrize("operator", COMPARE)
def test_every_operator_has_words(operator: str) -> None:
    assert f"policy.op.{operator}" in COPY


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_has_a_title_and_its_unit(name: str, language: Any) -> None:
    words = replace(WORDS, language=language)
    if name not in FEATURES:
        assert words.title(name) != name
    assert words.unit(name) == FIELDS[name].unit


@pytest.mark.parametrize(
    ("kind", "code", "sentence"),
    [
        ("knockouts", "UNDER_AGE", "Edad: menos de 18 años"),
        ("knockouts", "PD_TOO_HIGH", "Probabilidad de incumplimiento: 35 % o más"),
        (
            "knockouts",
            "PAYROLL_WITHOUT_JOB",
            "Producto: Crédito de nómina y Meses sin empleo formal: más de 0",
        ),
        ("referrals", "BORDERLINE", "Puntaje final: de 480 a menos de 500"),
        (
            "referrals",
            "NEW_TO_WORK",
            "Semanas cotizadas: menos de 26 o Antigüedad en el empleo: menos de 2 meses y Meses sin "
            "empleo formal: 0",
        ),
        ("adjustments", "INCOME_FELL", "Crecimiento del ingreso en 36 meses: menos de −15 %"),
    ],
)
def test_conditions_in_words(kind: str, code: str, sentence: str) -> None:
    assert conditions(rule(kind, code), WORDS) == sentence


def test_lists_and_unknown_fields_are_told_too() -> None:
    item = {"field": "newer", "op": "not_in", "value": ["a", "b"]}
    assert condition(item, WORDS) == "newer: ninguno de: a, b"


def test_a_field_is_labelled_with_its_operator_and_unit() -> None:
    age = rule("knockouts", "UNDER_AGE")["all"][0]
    assert blank(age, WORDS) == "Edad: menos de … años"
    edge = rule("referrals", "BORDERLINE")["all"][0]
    assert [blank(edge, WORDS, end) for end in (0, 1)] == [
        "Puntaje final: desde …",
        "Puntaje final: menos de …",
    ]


def test_quantities() -> None:
    assert quantity(1, "months", WORDS) == "1 mes"
    assert quantity(12000, "MXN", WORDS) == "$12,000.00"
    assert quantity(None, "MXN", WORDS) == "—"


@pytest.mark.parametrize(
    ("path", "value", "line"),
    [
        (
            ("knockouts", 4, "all", 0, "value"),
            0.3,
            "PD_TOO_HIGH · Probabilidad de incumplimiento: 35 % → 30 %",
        ),
        (("adjustments", 0, "points"), -5, "WEEKS_OVER_500 · puntos: +15 → −5"),
        (("min_amount",), 4000, "Monto mínimo: $3,000.00 → $4,000.00"),
        (
            ("offers", "payroll", "D", "terms"),
            [12, 18],
            "Crédito de nómina D · Plazos: 12, 24 meses → 12, 18 meses",
        ),
        (
            ("offers", "payroll", "A", "annual_rate"),
            0.225,
            "Crédito de nómina A · Tasa anual: 22 % → 22.5 %",
        ),
        (("grades", "pd", 1, "lower_bound"), 0.05, "Grado B desde el incumplimiento: 6 % → 5 %"),
        (
            ("referrals", 3, "all", 0, "value"),
            [480, 520],
            "BORDERLINE · Puntaje final: de 480 a menos de 500 → de 480 a menos de 520",
        ),
        (
            ("adjustments", 0, "reason", "es"),
            "Otro.",
            "WEEKS_OVER_500 · motivo: «Más de 500 semanas cotizadas.» → «Otro.»",
        ),
        (
            ("standard_loan", "term_months"),
            12,
            "Crédito estándar, plazo: 24 meses → 12 meses",
        ),
    ],
)
def test_edits_in_words(path: tuple[str | int, ...], value: Any, line: str) -> None:
    before: Any = POLICY
    for step in path:
        before = before[step]
    assert edit_line(Edit(path, before, value), POLICY, WORDS) == line


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_holds_every_rule(kind: Any) -> None:
    table = rules_table(POLICY, kind, WORDS)
    assert list(table["Código"]) == [item["code"] for item in POLICY[kind]]
    assert not table.isin([""]).any().any()


def test_grades_are_told_best_first() -> None:
    table = grades_table(POLICY, WORDS)
    assert table.iloc[0].tolist() == ["A", "desde 690", "menos de 6 %"]
    assert table.iloc[-1].tolist() == ["E", "desde 300", "sin límite"]


def test_offers_name_a_product_once() -> None:
    table = offers_table(POLICY, WORDS)
    assert table["Producto"].tolist() == ["Crédito de nómina", "", "", "", "personal", "", "", ""]
    row = ["22 %", "1 %", "$400,000.00", "35 %", "12, 24, 36, 48, 60 meses"]
    assert table.iloc[0].tolist()[2:] == row


def test_migration_has_all_nine_pairs() -> None:
    table = migration(
        [
            {"before": "approve", "after": "approve", "count": 6},
            {"before": "approve", "after": "decline", "count": 3},
            {"before": "refer", "after": "approve", "count": 1},
        ]
    )
    kinds = {(row.before, row.after): (row.count_, row.kind) for row in
             table.rename(columns={"count": "count_"}).itertuples()}  # fmt: skip
    assert len(kinds) == 9
    assert kinds["approve", "approve"] == (6, "same")
    assert kinds["approve", "decline"] == (3, "worse")
    assert kinds["refer", "approve"] == (1, "better")
    assert kinds["decline", "decline"] == (0, "none")
    assert table["share"].sum() == pytest.approx(1)


def test_the_chart_of_moves_is_drawn() -> None:
    chart = migration_chart([{"before": "refer", "after": "decline", "count": 4}], WORDS, DARK)
    assert chart.to_dict()["layer"]


def test_moved_decisions_are_linked_and_name_the_rules_that_decide() -> None:
    moved: Any = [
        {
            "id": "01932c07",
            "before": "approve",
            "after": "decline",
            "amount_before": 5000.0,
            "amount_after": None,
            "rules": ["WEEKS_OVER_500", "PD_TOO_HIGH"],
        }
    ]
    [row] = moved_table(moved, {"WEEKS_OVER_500"}, WORDS).to_numpy().tolist()
    assert row == [
        "[Ver](/decisiones?id=01932c07)",
        "Aprobado",
        "Rechazado",
        "$5,000.00",
        "—",
        "PD_TOO_HIGH",
    ]


def test_a_case_shows_which_rules_come_and_go() -> None:
    assert rules_moved(["A", "B"], ["B", "C"], WORDS) == "se agrega C; ya no aplica A"
    failure = CaseFailure(
        "x", {"outcome": "approve", "amount": 5000.0}, {"outcome": "decline", "amount": None}
    )
    assert case_table(failure, WORDS).to_numpy().tolist() == [
        ["Decisión", "Aprobado", "Rechazado"],
        ["Monto", "$5,000.00", "—"],
    ]
    facts = case_facts(POLICY, "Score at the edge", WORDS)
    assert "Edad: 38 años" in facts
    assert "Producto: Crédito de nómina" in facts


def test_percentage_points() -> None:
    assert points_of_percent(0.5925, 0.5625, WORDS) == "−3.0 pp"
    assert points_of_percent(0.5, 0.525, WORDS) == "+2.5 pp"


def test_a_draft_is_sound_only_once_the_service_says_so() -> None:
    base: Any = {"policy": POLICY}
    draft = with_value(POLICY, ("min_amount",), 4000)
    unknown = Standing(base, draft, (Edit(("min_amount",), 3000, 4000),), (), (), None)
    assert unknown.changed
    assert not unknown.sound
