"""One decision on one page of paper, for the applicant's file."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from frontend.drawing import GREY, INNER, MARGIN, PALE, WIDTH, Sheet
from frontend.explanation import asked_for, source_of, written
from frontend.formats import day, money, percent, pesos, plain, points
from frontend.schema import Field, Part, request_part
from frontend.text import Language, say, unit_name
from solvencia_client.types import DecisionOut, ReasonOut, ReviewOut

_ZONE = ZoneInfo("America/Mexico_City")
_HALF = (INNER - 24) / 2
_RIGHT = MARGIN + _HALF + 24
_BOTTOM = 690.0
"""Where the notes and the signature begin; what comes before ends above it."""
_ROW = 11.0
_MODEL_SOURCES = ("income_score", "pd")
_REASONS, _RULES = 5, 10
"""At most so many are printed, of reasons for each side; the page says when there are more."""


def pdf(
    decision: DecisionOut,
    request: Mapping[str, Any],
    document: Mapping[str, Any],
    language: Language,
    reviews: Sequence[ReviewOut] = (),
) -> bytes:
    """The page as a file, the same bytes whenever it is made.

    Args:
        request: what was asked; its CURP, if it has one, is not printed.
        document: what the service publishes; it has the titles of the inputs.
        reviews: settlements of a referral, earliest first; the last one is printed.
    """
    made_at = datetime.fromisoformat(decision["decided_at"])
    heading = say("report.title", language)
    tongue = {"es": "es-MX", "en": "en-US"}[language]
    sheet = Sheet(f"{heading} {decision['id']}", tongue, made_at)
    y = _heading(sheet, decision, made_at, language)
    y = _verdict(sheet, y, decision, document, reviews, language)
    y = _measures(sheet, y, decision, language)
    y = _reasons(sheet, y, decision["reasons"], language)
    y = _rules(sheet, y, decision["reasons"], language)
    _inputs(sheet, y, request, document, language)
    _foot(sheet, decision, language)
    return sheet.finished()


def inputs(
    request: Mapping[str, Any], document: Mapping[str, Any], language: Language
) -> list[tuple[str, str]]:
    """What was known of the applicant, by title, but for the list of jobs; never the CURP."""
    part, values = _part(request)
    fields = request_part(document, part).items
    return [
        (field.title[language], shown(field, values.get(field.name), language))
        for field in fields
        if field.kind != "list"
    ]


def jobs(
    request: Mapping[str, Any], document: Mapping[str, Any], language: Language
) -> list[list[str]]:
    """The jobs of a work history as rows under their titles, latest first; empty for a profile."""
    part, values = _part(request)
    lists = [field for field in request_part(document, part).items if field.kind == "list"]
    if not lists or not values.get(lists[0].name):
        return []
    columns = lists[0].items
    latest = sorted(values[lists[0].name], key=lambda row: str(row["start_date"]), reverse=True)
    return [
        [column.title[language] for column in columns],
        *[[shown(column, row.get(column.name), language) for column in columns] for row in latest],
    ]


def shown(field: Field, value: Any, language: Language) -> str:
    """A value as it is read; a long dash where there is none."""
    if value is None or value == "":
        return "—"
    if field.kind == "choice":
        return str(field.choices.get(str(value), {}).get(language, value))
    if field.kind == "date":
        return day(str(value))
    if not isinstance(value, int | float):
        return str(value)
    if field.unit.startswith("MXN"):
        return money(value)
    word = unit_name(field.unit, language)
    named = not word or word.lower() in field.title[language].lower()
    return plain(value) if named else f"{plain(value)} {word}"


def _part(request: Mapping[str, Any]) -> tuple[Part, Mapping[str, Any]]:
    part: Part = "history" if request.get("history") else "profile"
    return part, request.get(part) or {}


def _heading(sheet: Sheet, decision: DecisionOut, made_at: datetime, language: Language) -> float:
    sheet.words(MARGIN, 58, say("report.title", language), 18, bold=True)
    sheet.words(
        WIDTH - MARGIN, 58, say("title", language), 11, bold=True, shade=GREY, align="right"
    )
    sheet.rule(MARGIN, 68, INNER, thick=1.2, shade=60)
    versions = decision["versions"]
    policy = f"{versions['policy']} ({versions['policy_digest']})"
    facts = (
        (0, "reference", decision["reference"] or "—"),
        (150, "decided", made_at.astimezone(_ZONE).strftime("%d/%m/%Y %H:%M")),
        (250, "as_of", day(decision["as_of"])),
        (335, "id", decision["id"]),
    )
    for shift, name, value in facts:
        _fact(sheet, MARGIN + shift, 82, say(f"report.{name}", language), value, room=187)
    made_by = say("report.made_by", language, model=versions["model"], policy=policy)
    sheet.words(MARGIN, 108, made_by, 7.5, shade=GREY, room=INNER)
    return 118.0


def _fact(
    sheet: Sheet, x: float, y: float, title: str, value: str, *, room: float, size: float = 8.5
) -> None:
    """A title in small grey letters above its value."""
    sheet.words(x, y, title, 7, shade=GREY, room=room)
    sheet.words(x, y + size * 1.3, value, size, room=room)


def _section(sheet: Sheet, y: float, title: str, x: float = MARGIN, room: float = INNER) -> float:
    sheet.words(x, y, title, 9.5, bold=True, room=room)
    sheet.rule(x, y + 4, room)
    return y + 17


def _verdict(
    sheet: Sheet,
    y: float,
    decision: DecisionOut,
    document: Mapping[str, Any],
    reviews: Sequence[ReviewOut],
    language: Language,
) -> float:
    names = {field.name: field.choices for field in request_part(document, "loan").items}
    offer, loan = decision["offer"], decision["loan"]
    high = (76.0 if offer else 56.0) + 13 * bool(reviews)
    sheet.box(MARGIN, y, INNER, high, fill=PALE, edge=120)
    outcome = say(f"outcome.{decision['outcome']}", language)
    x, inner = MARGIN + 12, INNER - 24
    sheet.words(x, y + 25, outcome, 17, bold=True, room=inner)
    asked = say("report.asked", language, loan=asked_for(decision, names, language))
    beside = sheet.width(outcome, 17, bold=True) + 14
    sheet.words(x + beside, y + 25, asked, 8.5, shade=GREY, room=inner - beside)
    if offer is None:
        sheet.words(x, y + 44, say("no_offer", language), 9.5)
    else:
        facts = {
            "amount": money(offer["amount"]),
            "term": say("months", language, n=offer["term_months"]),
            "payment": money(offer["monthly_payment"]),
            "rate": percent(offer["annual_rate"]),
            "cat": percent(offer["cat"]),
        }
        wide = inner / len(facts)
        for place, (name, value) in enumerate(facts.items()):
            left = x + place * wide
            sheet.words(left, y + 41, say(f"offer.{name}", language), 7, shade=GREY)
            sheet.words(left, y + 54, value, 11, bold=True, room=wide - 6)
        fine = say(
            "offer.fine",
            language,
            fee=money(offer["opening_fee"]),
            cost=money(offer["total_cost"]),
        )
        if offer["amount"] < loan["amount"]:
            fine = f"{say('report.less', language)} {fine}"
        sheet.words(x, y + 68, fine, 7, shade=GREY, room=inner)
    if reviews:
        last = reviews[-1]
        settled = say(
            "report.settled",
            language,
            outcome=say(f"outcome.{last['outcome']}", language),
            by=last["by"],
            day=datetime.fromisoformat(last["at"]).astimezone(_ZONE).strftime("%d/%m/%Y"),
            note=last["note"],
        )
        sheet.words(x, y + high - 8, settled, 8, room=inner)
    return y + high + 18


def _measures(sheet: Sheet, y: float, decision: DecisionOut, language: Language) -> float:
    """Score on its scale at the left; risk, income and segment at the right."""
    top = _section(sheet, y, say("score", language), room=_HALF)
    _scale(sheet, top, decision, language)
    top = _section(sheet, y, say("report.assessment", language), _RIGHT, _HALF)
    pd, band, segment = decision["pd"], decision["income_band"], decision["segment"]
    name = segment["name_en"] if language == "en" else segment["name"]
    income = say(
        "report.band", language,
        p10=pesos(band["p10"]), p50=pesos(band["p50"]), p90=pesos(band["p90"]),
    )  # fmt: skip
    told = (
        ("pd", say("unknown", language) if pd is None else percent(pd)),
        ("income", income),
        ("report.segment", f"{segment['code']} · {name}"),
    )
    for place, (title, value) in enumerate(told):
        _fact(sheet, _RIGHT, top + place * 26, say(title, language), value, room=_HALF, size=9)
    return top + 88


def _scale(sheet: Sheet, y: float, decision: DecisionOut, language: Language) -> None:
    scale, score = decision["scale"], decision["final_score"]
    grade = decision["grade"]
    word = say("grade", language, grade=grade) if grade else say("no_grade", language)
    sheet.words(MARGIN, y + 12, str(score), 20, bold=True)
    beside = MARGIN + sheet.width(str(score), 20, bold=True) + 8
    sheet.words(beside, y + 12, word, 11, bold=True)
    low, high = scale["minimum"], scale["maximum"]

    def place(value: float) -> float:
        return MARGIN + (min(max(value, low), high) - low) / (high - low) * _HALF

    bounds = [band["lower_bound"] for band in scale["grades"]] + [float(high)]
    top = y + 31
    for number, band in enumerate(scale["grades"]):
        left, right = place(bounds[number]), place(bounds[number + 1])
        # Darker is riskier, and letters tell on any printer.
        fill = 205 + round(45 * number / max(len(scale["grades"]) - 1, 1))
        sheet.box(left, top, right - left, 16, fill=fill, edge=120)
        middle = (left + right) / 2
        sheet.words(middle, top + 11.5, band["grade"], 9, bold=True, align="center")
        if number:
            sheet.words(left, top + 25, f"{bounds[number]:.0f}", 7, shade=GREY, align="center")
    sheet.words(MARGIN, top + 25, str(low), 7, shade=GREY)
    sheet.words(MARGIN + _HALF, top + 25, str(high), 7, shade=GREY, align="right")
    sheet.pointer(place(score), top)
    sheet.paragraph(MARGIN, top + 37, say("scale.note", language), _HALF, 7, shade=GREY)


def _reasons(sheet: Sheet, y: float, reasons: Sequence[ReasonOut], language: Language) -> float:
    top = _section(sheet, y, say("report.reasons", language))
    ends = [top]
    for adverse, title, x in ((True, "adverse", MARGIN), (False, "favourable", _RIGHT)):
        found = [
            reason
            for reason in reasons
            if reason["adverse"] is adverse and reason["source"] in _MODEL_SOURCES
        ]
        sheet.words(x, top, say(f"reasons.{title}", language), 8.5, bold=True)
        ends.append(_listed(sheet, x, top + 13, found, _REASONS, language))
    return max(ends) + 12


def _rules(sheet: Sheet, y: float, reasons: Sequence[ReasonOut], language: Language) -> float:
    fired = [reason for reason in reasons if reason["source"] not in _MODEL_SOURCES]
    top = _section(sheet, y, say("report.rules", language))
    half = (min(len(fired), _RULES) + 1) // 2
    left = _listed(sheet, MARGIN, top, fired[:half], half, language)
    right = _listed(sheet, _RIGHT, top, fired[half:], _RULES - half, language) if fired else top
    return max(left, right) + 12


def _listed(
    sheet: Sheet, x: float, y: float, reasons: Sequence[ReasonOut], most: int, language: Language
) -> float:
    """Reasons below each other: points, what is said, and its source; where the next thing goes."""
    if not reasons:
        sheet.words(x, y, say("reasons.none", language), 8.5, shade=GREY)
        return y + _ROW
    for reason in reasons[:most]:
        amount = points(reason["points"]) if reason["points"] else "•"
        sheet.words(x + 28, y, amount, 8, bold=True, align="right")
        text = f"{written(reason, language)} ({source_of(reason, language)})"
        y = sheet.paragraph(x + 35, y, text, _HALF - 35, 8) + 1.5
    if len(reasons) > most:
        sheet.words(x + 35, y, say("report.more", language, n=len(reasons) - most), shade=GREY)
        y += _ROW
    return y


def _inputs(
    sheet: Sheet,
    y: float,
    request: Mapping[str, Any],
    document: Mapping[str, Any],
    language: Language,
) -> None:
    y = _section(sheet, y, say("report.inputs", language))
    columns = 5
    wide = INNER / columns
    told = inputs(request, document, language)
    for place, (title, value) in enumerate(told):
        row, column = divmod(place, columns)
        _fact(sheet, MARGIN + column * wide, y + row * 25, title, value, room=wide - 8)
    y += -(-len(told) // columns) * 25 + 2
    if rows := jobs(request, document, language):
        _jobs(sheet, y, rows, language)


def _jobs(sheet: Sheet, y: float, rows: list[list[str]], language: Language) -> None:
    """As many jobs as there is room for, latest first."""
    wide = _columns(sheet, rows)
    room = max(int((_BOTTOM - y) / _ROW), 2)
    fitting = rows if len(rows) <= room else rows[: room - 1]
    for number, row in enumerate(fitting):
        for column, value in enumerate(row):
            size, shade = (7.5, GREY) if number == 0 else (8, 20)
            left = MARGIN + sum(wide[:column])
            sheet.words(left, y, value, size, shade=shade, room=wide[column] - 6)
        y += _ROW
    if more := len(rows) - len(fitting):
        sheet.words(MARGIN, y, say("report.earlier", language, n=more), 7.5, shade=GREY)


def _columns(sheet: Sheet, rows: list[list[str]]) -> list[float]:
    """Widths of columns: what each needs, and like shares of what is left over or lacking."""
    needed = [
        max(sheet.width(value, 8) for value in column) + 8 for column in zip(*rows, strict=True)
    ]
    if sum(needed) <= INNER:
        spare = (INNER - sum(needed)) / len(needed)
        return [width + spare for width in needed]
    return [width * INNER / sum(needed) for width in needed]


def _foot(sheet: Sheet, decision: DecisionOut, language: Language) -> None:
    if decision["versions"]["synthetic"]:
        sheet.box(MARGIN, _BOTTOM + 6, INNER, 16, fill=255, edge=60)
        note = say("synthetic", language)
        sheet.words(WIDTH / 2, _BOTTOM + 17, note, 8, bold=True, align="center", room=INNER - 12)
    y = _BOTTOM + 56
    for x, room, name in ((MARGIN, 300.0, "analyst"), (MARGIN + 340, INNER - 340, "signed")):
        sheet.rule(x, y, room, shade=60)
        sheet.words(x, y + 10, say(f"report.{name}", language), 7.5, shade=GREY)
