"""The decision on paper: everything is said, on one page, and the same bytes each time."""

import re
import zlib
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest

from frontend import report
from frontend.drawing import HEIGHT, MARGIN, WIDTH, Sheet
from frontend.explanation import asked_for
from frontend.formats import money
from frontend.schema import Field, example
from frontend.text import LANGUAGES, Language, say

CURP = "HEGG560427MVZRRL04"


@pytest.fixture
def request_of(document: dict[str, Any]) -> Any:
    """A worked request by profile or by history, as the service publishes it."""
    return lambda name: deepcopy(example(document, name))


def drawn(file: bytes) -> list[tuple[float, float, str]]:
    """All words of a file with the place where they begin, from the upper left corner."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", file, re.S)
    found = []
    for packed in streams:
        try:
            content = zlib.decompress(packed).decode("cp1252")
        except zlib.error:
            continue
        for x, y, text in re.findall(r"BT ([\d.]+) (-?[\d.]+) Td \((.*?)(?<!\\)\) Tj", content):
            found.append((float(x), HEIGHT - float(y), re.sub(r"\\(.)", r"\1", text)))
    return found


def text_of(file: bytes) -> str:
    return " ".join(text for _, _, text in drawn(file))


def pages(file: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", file))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["profile", "history"])
def test_everything_of_a_decision_is_on_one_page(
    decision: Any, document: Any, request_of: Any, name: str, language: Language
) -> None:
    file = report.pdf(decision, request_of(name), document, language)
    text = text_of(file)
    assert pages(file) == 1
    reason = decision["reasons"][0]
    for said in (
        decision["id"],
        "20/11/2026 12:04",  # in Mexico City
        say("outcome.approve", language),
        "$25,400.00",
        "68.8 %",
        "661",
        say("grade", language, grade="C"),
        "12.3 %",
        "$14,397",
        decision["segment"]["name_en" if language == "en" else "name"],
        (reason["text_en"] if language == "en" else reason["text"]).removesuffix("."),
        "-6.2",
        "+30.0",
        say("synthetic", language),
        say("report.analyst", language),
        *decision["versions"]["policy_digest"].split(),
    ):
        assert said in text
    assert [band["grade"] for band in decision["scale"]["grades"]] == [
        word for _, _, word in drawn(file) if word in set("ABCDE")
    ]


def test_the_same_decision_makes_the_same_bytes(
    decision: Any, document: Any, request_of: Any
) -> None:
    first = report.pdf(decision, request_of("profile"), document, "es")
    assert first == report.pdf(decision, request_of("profile"), document, "es")
    assert b"D:20261120180405" in first
    decision["final_score"] = 662
    assert first != report.pdf(decision, request_of("profile"), document, "es")


@pytest.mark.parametrize("name", ["profile", "history"])
def test_a_curp_is_never_printed(decision: Any, document: Any, request_of: Any, name: str) -> None:
    sent = request_of(name) | {"curp": CURP}
    assert CURP not in text_of(report.pdf(decision, sent, document, "es"))


def test_a_model_that_is_not_synthetic_is_not_called_so(
    decision: Any, document: Any, request_of: Any
) -> None:
    decision["versions"]["synthetic"] = False
    file = report.pdf(decision, request_of("profile"), document, "es")
    assert say("synthetic", "es") not in text_of(file)


def test_a_refusal_without_pd_or_grade(decision: Any, document: Any, request_of: Any) -> None:
    decision |= {"outcome": "decline", "offer": None, "grade": None, "pd": None, "reasons": []}
    text = text_of(report.pdf(decision, request_of("profile"), document, "es"))
    for key in ("outcome.decline", "no_offer", "no_grade", "unknown", "reasons.none"):
        assert say(key, "es") in text
    assert say("offer.amount", "es") not in text.split(say("report.inputs", "es"))[0]


def test_the_last_settlement_is_printed(decision: Any, document: Any, request_of: Any) -> None:
    decision["outcome"] = "refer"
    at = "2026-11-21T05:00:00Z"  # still the day before in Mexico City
    settled: Any = [
        {"id": "1", "at": at, "by": "primera", "outcome": "decline", "note": "No"},
        {"id": "2", "at": at, "by": "segunda", "outcome": "approve", "note": "Con recibos"},
    ]
    text = text_of(report.pdf(decision, request_of("profile"), document, "es", settled))
    assert "Resolución del 20/11/2026: Aprobado por segunda. Con recibos" in text
    assert "primera" not in text


@pytest.mark.parametrize("name", ["profile", "history"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_however_much_there_is_it_stays_on_the_page(
    decision: Any, document: Any, request_of: Any, name: str, language: Language
) -> None:
    sent = request_of(name)
    if name == "history":
        spell = sent["history"]["spells"][0] | {"employer_id": "Ł漢字 " + "Empresa larga " * 8}
        sent["history"]["spells"] = [spell] * 40
    long = {"text": "Una razón muy larga " * 20, "text_en": "A very long reason " * 20}
    model = decision["reasons"][0] | long
    rule = model | {"source": "adjustment", "points": -108.5}
    decision["reasons"] = [rule] * 30 + [model] * 9 + [model | {"adverse": False}] * 9
    decision["reference"] = "r" * 200
    file = report.pdf(decision, sent, document, language)
    assert pages(file) == 1
    sheet = Sheet("", "es", datetime(2026, 1, 1, tzinfo=UTC))
    foot = drawn(file)[-3:]
    for x, y, text in drawn(file):
        assert MARGIN - 1 <= x <= WIDTH - MARGIN
        assert x + sheet.width(text, 7) <= WIDTH - MARGIN + 1
        assert 0 < y < HEIGHT - MARGIN / 2
        assert (x, y, text) in foot or y < foot[0][1] - 10
    text = text_of(file)
    assert say("report.more", language, n=20) in text
    assert say("report.more", language, n=4) in text


def test_inputs_by_profile(document: Any, request_of: Any) -> None:
    told = dict(report.inputs(request_of("profile"), document, "es"))
    assert told["Edad"] == "35 años"
    assert told["Ingreso mensual"] == "$18,500.00"
    assert told["Estado"] == "Ciudad de México"
    assert told["Meses en el empleo actual"] == "48"
    assert "—" in told.values()  # what was left out
    assert report.jobs(request_of("profile"), document, "es") == []


def test_jobs_are_told_latest_first(document: Any, request_of: Any) -> None:
    sent = request_of("history")
    sent["history"]["spells"].reverse()
    titles, *rows = report.jobs(sent, document, "en")
    assert titles[0] == "Employer"
    years = [row[titles.index("Start")][-4:] for row in rows]
    assert len(set(years)) > 1
    assert years == sorted(years, reverse=True)
    assert rows[0][titles.index("End")] == "—"


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        (Field("a", "number", {"es": "T", "en": "T"}, unit="MXN/day"), 10.5, "$10.50"),
        (Field("a", "date", {"es": "T", "en": "T"}), "2026-11-20", "20/11/2026"),
        (Field("a", "choice", {"es": "T", "en": "T"}), "newer", "newer"),
        (Field("a", "text", {"es": "T", "en": "T"}), "x", "x"),
        (Field("a", "number", {"es": "T", "en": "T"}), 0, "0"),
        (Field("a", "number", {"es": "T", "en": "T"}), None, "—"),
    ],
)
def test_a_value_as_it_is_read(field: Field, value: Any, expected: str) -> None:
    assert report.shown(field, value, "es") == expected


def test_what_was_asked_for_is_printed(decision: Any, document: Any, request_of: Any) -> None:
    text = text_of(report.pdf(decision, request_of("profile"), document, "es"))
    names: Any = {"product": {"personal": {"es": "Crédito personal"}}}
    assert asked_for(decision, names, "es") in text
    assert money(30000) in text
    assert say("report.less", "es") in text
