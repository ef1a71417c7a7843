"""What the page of decisions says, without the page."""

from datetime import date
from typing import Any, cast

import pytest

from frontend.charts.palette import DARK, LIGHT
from frontend.decisions import cards, listing, replaying
from frontend.decisions.listing import Wanted
from frontend.decisions.words import literal, moment, person
from frontend.schema import choice_names
from frontend.text import Language

NAMES = {"industry": {"6": {"es": "Comercio", "en": "Commerce"}}}
REASON: Any = {"code": "A", "adverse": True, "text": "Es $1.", "text_en": "It is $1."}


@pytest.mark.parametrize(
    ("wanted", "asked"),
    [
        (Wanted(), {}),
        (Wanted(first=date(2026, 11, 1)), {"since": date(2026, 11, 1)}),
        (Wanted(last=date(2026, 12, 31)), {"until": date(2027, 1, 1)}),
        (Wanted(state="awaiting", grade="B"), {"awaiting_review": True, "grade": "B"}),
        (Wanted(state="decline", segment="A"), {"outcome": "decline", "segment": "A"}),
        (Wanted(reference=" a-1 "), {"reference": "a-1"}),
    ],
)
def test_filters_are_a_question_to_the_service(wanted: Wanted, asked: dict[str, Any]) -> None:
    assert wanted.filters() == asked
    assert wanted.empty is (not asked)


@pytest.mark.parametrize(
    ("count", "more", "told"),
    [
        (1, False, "**1** decisión · :green[aprobadas 1]"),
        (2, False, "**2** decisiones · :green[aprobadas 2]"),
        (2, True, "Las **2** más recientes, y hay más · :green[aprobadas 2]"),
    ],
)
def test_counts(count: int, more: bool, told: str) -> None:
    rows: Any = [{"outcome": "approve"}] * count
    assert listing.tally(rows, more=more, language="es") == told


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_every_outcome_has_a_colour_of_its_own(palette: Any) -> None:
    item = dict.fromkeys(("reference", "grade", "pd", "amount_offered", "erased_at"))
    numbers = {"final_score": 500, "amount_asked": 1000.0, "segment": "A"}
    moments = {"decided_at": "2026-11-21T17:29:19Z"}
    rows: Any = [item | numbers | moments | {"outcome": key} for key in listing.OUTCOMES]
    page = listing.styled(listing.table(rows, "es"), palette, "es").to_html()
    assert page.count("color: ") == 3
    assert "21/11/2026 11:29" in page
    assert "$1,000.00" in page


@pytest.mark.parametrize(
    ("cell", "feature", "language", "told"),
    [
        ("12,200 to < 13,000 MXN", "monthly_income", "es", "de $12,200 a menos de $13,000"),
        ("-0.002 to < 0.00204 yearly", "state_growth", "es", "de −0.2 % a menos de 0.204 %"),
        ("3 to < 4 employers", "employers_5y", "es", "3 patrones"),
        ("3 to < 5 employers", "employers_5y", "en", "3 to under 5 employers"),
        (">= 800 weeks", "contribution_weeks", "es", "800 semanas o más"),
        ("< 1 months", "months_unemployed", "en", "under 1 months"),
        ("6", "industry", "es", "Comercio"),
        ("missing", "industry", "en", "unknown"),
        ("newer", "industry", "es", "newer"),
    ],
)
def test_cells_in_words(cell: str, feature: str, language: Language, told: str) -> None:
    assert cards.cell_words(cell, feature, NAMES, language) == told


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("continuity", "→ puntaje de ingreso **530**"),
        ("default", "→ probabilidad de incumplimiento **21.5 %**"),
        ("income_p10", "→ ingreso mensual esperado **\\$4,774**"),
        ("newer", ""),
    ],
)
def test_what_a_margin_became(name: str, told: str) -> None:
    band = {"p10": 4773.95, "p50": 11313.55, "p90": 13563.82}
    detail: Any = {"income_score": 530, "pd": 0.2149, "decision": {"income_band": band}}
    assert cards.meaning(name, detail, "es") == told


def test_a_card_that_is_newer_than_the_page_goes_by_its_name() -> None:
    assert cards.card_title("newer", "es") == "newer"


def answer(**changed: Any) -> Any:
    found = {"outcome": "approve", "final_score": 600, "pd": None, "grade": None}
    return found | {"offer": None, "reasons": []} | changed


@pytest.mark.parametrize(
    ("then", "today", "told"),
    [
        ({}, {}, []),
        ({}, {"final_score": 612}, ["El puntaje final sube 12: de 600 a 612."]),
        ({"grade": "B"}, {}, ["El grado pasa de B a –."]),
        ({"pd": 0.1}, {"pd": 0.1001}, []),
        ({"pd": 0.1}, {"pd": 0.2}, ["La probabilidad de incumplimiento sube de 10.0 % a 20.0 %."]),
        ({}, {"offer": {"amount": 5000}}, ["Hoy habría una oferta de \\$5,000.00."]),
        ({}, {"reasons": [REASON]}, ["Razones nuevas: Es \\$1."]),
        (
            {"offer": {"amount": 6000}},
            {"offer": {"amount": 5000}},
            ["La oferta baja de \\$6,000.00 a \\$5,000.00."],
        ),
    ],
)
def test_differences_in_words(then: dict[str, Any], today: dict[str, Any], told: list[str]) -> None:
    assert replaying.told_differences(answer(**then), answer(**today), "es") == told


def test_features_of_the_loan_have_the_names_of_its_fields(document: dict[str, Any]) -> None:
    names = choice_names(document)
    assert names["loan_product"] == names["product"]


def test_moments_are_mexico_citys() -> None:
    assert moment("2026-11-21T02:10:00+00:00") == "20/11/2026 20:10"


@pytest.mark.parametrize(("by", "told"), [("k", "Mesa"), ("x", "x"), ("local", "acceso local")])
def test_people_go_by_their_key(by: str, told: str) -> None:
    access = cast(Any, {"id": "k", "name": "Mesa", "role": "analyst"})
    assert person(by, access, "es") == told


def test_text_of_people_is_no_markdown() -> None:
    assert literal(":red[a] $1") == "\\:red\\[a\\] \\$1"
