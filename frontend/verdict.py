"""The answer: decision and offer first, then what they rest on."""

import json
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from frontend import report
from frontend.charts import decision as charts
from frontend.charts.palette import Palette
from frontend.client import Features
from frontend.explanation import Names, asked_for, source_of, state_of, steps, typical_of
from frontend.formats import day, literal_pesos, money, percent, pesos, points
from frontend.session import document as published
from frontend.session import page_palette, shown_model, state_income
from frontend.text import Language, say
from solvencia_client.types import (
    ChangeOut,
    DecisionOut,
    OfferOut,
    ReasonOut,
    ReviewOut,
    StateIncomeOut,
)

_LOOK = {
    "approve": ("green", "check_circle"),
    "refer": ("orange", "person_search"),
    "decline": ("red", "cancel"),
}
_MARK_WIDTH = 54
"""Pixels for the points of a reason, so that what the reasons say begins at one place."""


def show_decision(
    decision: DecisionOut,
    features: Features,
    names: Names,
    language: Language,
    *,
    state: str | None = None,
    request: Mapping[str, Any] | None = None,
    reviews: Sequence[ReviewOut] = (),
) -> None:
    """Everything about one decision, from the verdict to the small print.

    Args:
        state: INEGI key of where the applicant works; the request's when left out.
        request: what was asked, for the page that is printed; without it there is none.
        reviews: how it was settled, earliest first, for the page that is printed.
    """
    palette = page_palette()
    lives_in = state or (state_of(request) if request else None)
    with st.container(border=True):
        _verdict(decision, names, language)
        _to_keep(decision, request, reviews, language)
    left, right = st.columns(2, gap="medium")
    with left.container(border=True, height="stretch"):
        _score(decision, language, palette)
    with right.container(border=True, height="stretch"):
        _income(decision, state_income(lives_in), language, palette)
    with st.container(border=True):
        _reasons(decision["reasons"], language)
    changes = decision["changes"]
    if decision["outcome"] != "approve" and changes is not None:
        with st.container(border=True):
            _changes(decision, changes, language)
    with st.container(border=True):
        st.subheader(say("explanation", language), anchor=False)
        way = steps(decision, features, names, language)
        st.altair_chart(charts.waterfall(way, palette))
        if any(step.rule for step in way):
            st.caption(say("explanation.note", language))
    _small_print(decision, language)


def _verdict(decision: DecisionOut, names: Names, language: Language) -> None:
    colour, icon = _LOOK[decision["outcome"]]
    loan, offer = decision["loan"], decision["offer"]
    asked = asked_for(decision, names, language)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        word = say(f"outcome.{decision['outcome']}", language)
        st.header(f":{colour}[:material/{icon}: {word}]", anchor=False, width="content")
        st.markdown(f":gray[{literal_pesos(asked)}]", width="content")
    if offer is None:
        st.markdown(say("no_offer", language))
        return
    _offer(offer, language)
    fine = {"fee": money(offer["opening_fee"]), "cost": money(offer["total_cost"])}
    notes = [say("offer.fine", language, **fine)]
    if offer["amount"] < loan["amount"]:
        notes.insert(0, say("less", language, amount=money(loan["amount"])))
    st.caption(literal_pesos("  \n".join(notes)))


def _offer(offer: OfferOut, language: Language) -> None:
    facts = {
        "amount": money(offer["amount"]),
        "term": say("months", language, n=offer["term_months"]),
        "payment": money(offer["monthly_payment"]),
        "rate": percent(offer["annual_rate"]),
        "cat": percent(offer["cat"]),
    }
    explained = {"payment", "rate", "cat"}
    for (name, value), place in zip(facts.items(), st.columns(5, gap="small"), strict=True):
        more = say(f"offer.{name}.help", language) if name in explained else None
        place.metric(say(f"offer.{name}", language), value, help=more)


def _score(decision: DecisionOut, language: Language, palette: Palette) -> None:
    st.subheader(say("score", language), anchor=False)
    grade = decision["grade"]
    word = say("grade", language, grade=grade) if grade else say("no_grade", language)
    st.altair_chart(charts.gauge(decision["final_score"], decision["scale"], word, palette))
    by_score = score_grade(decision)
    notes = [say("scale.note", language)]
    if grade and by_score != grade:
        notes.insert(0, say("grade.note", language, score=by_score, grade=grade))
    st.caption("  \n".join(notes))
    _risk(decision, language)


def score_grade(decision: DecisionOut) -> str:
    """The grade of the final score alone; the decision's may be lower because of the PD."""
    reached = [
        band["grade"]
        for band in decision["scale"]["grades"]
        if band["lower_bound"] <= decision["final_score"]
    ]
    return reached[-1] if reached else ""


def _income(
    decision: DecisionOut, where: StateIncomeOut | None, language: Language, palette: Palette
) -> None:
    st.subheader(say("income", language), anchor=False)
    band = decision["income_band"]
    named = (("p10", band["p10"]), ("p50", band["p50"]), ("p90", band["p90"]))
    for (name, value), place in zip(named, st.columns(3, gap="small"), strict=True):
        with place.container(gap=None):
            st.caption(say(f"income.{name}", language))
            st.markdown(f"**{literal_pesos(pesos(value))}**")
    deciles = where["income_bounds"] if where else None
    now = _number(decision, "monthly_income")
    st.altair_chart(charts.income_band(band, now, language, palette, deciles))
    notes = [say("income.note", language)]
    if where and deciles:
        notes.append(say("income.deciles", language, state=where["name"]))
    st.caption("  \n".join(notes))
    _segment(decision, language)


def _risk(decision: DecisionOut, language: Language) -> None:
    pd = decision["pd"]
    with st.container(gap=None):
        st.caption(say("pd", language), help=say("pd.help", language))
        shown = percent(pd) if pd is not None else say("unknown", language)
        st.subheader(shown, anchor=False)


def _segment(decision: DecisionOut, language: Language) -> None:
    segment = decision["segment"]
    with st.container(gap=None):
        st.caption(say("segment", language, code=segment["code"]))
        name = segment["name_en"] if language == "en" else segment["name"]
        st.subheader(name, anchor=False)
        if typical := _typical(decision, language):
            st.caption(literal_pesos(typical))


def _typical(decision: DecisionOut, language: Language) -> str:
    """What is typical of the segment; nothing when another model serves than decided."""
    if not (model := shown_model(decision["versions"]["model"])):
        return ""
    found = [item for item in model["segments"] if item["code"] == decision["segment"]["code"]]
    return typical_of(found[0], language) if found else ""


def _reasons(reasons: list[ReasonOut], language: Language) -> None:
    st.subheader(say("reasons", language), anchor=False)
    sides = zip((True, False), ("adverse", "favourable"), st.columns(2, gap="medium"), strict=True)
    for adverse, title, side in sides:
        found = [reason for reason in reasons if reason["adverse"] is adverse]
        with side.container(gap="xsmall"):
            st.markdown(f"**{say(f'reasons.{title}', language)}**")
            if not found:
                st.markdown(f":gray[{say('reasons.none', language)}]")
            for reason in found:
                mark, line = reason_parts(reason, language)
                with st.container(horizontal=True, wrap=False, gap="small"):
                    st.markdown(mark, width=_MARK_WIDTH if reason["points"] else "content")
                    st.markdown(line, width="stretch")
    st.caption(say("reasons.note", language))


def reason_parts(reason: ReasonOut, language: Language) -> tuple[str, str]:
    """One reason: its points, or where it comes from when it has none; and what it says."""
    colour = "red" if reason["adverse"] else "green"
    source = source_of(reason, language)
    text = literal_pesos(reason["text_en"] if language == "en" else reason["text"])
    if not reason["points"]:
        return f":{colour}-badge[{source}]", text
    return f":{colour}-badge[{points(reason['points'])}]", f"{text} :gray[{source}]"


def _changes(decision: DecisionOut, changes: list[ChangeOut], language: Language) -> None:
    st.subheader(say("changes", language), anchor=False)
    if not changes:
        employed = not _number(decision, "months_unemployed")
        st.markdown(say("changes.none" if employed else "changes.none.no_job", language))
        return
    with st.container(gap="xsmall"):
        for change in changes:
            st.markdown(change_line(change, language))
    st.caption(say("changes.note", language))


def change_line(change: ChangeOut, language: Language) -> str:
    """One change: the answer it would bring, what it says, and what would be measured then."""
    colour, icon = _LOOK[change["outcome"]]
    text = literal_pesos(change["text_en"] if language == "en" else change["text"])
    score, pd = change["final_score"], change["pd"]
    measures = (
        say("changes.score", language, score=score)
        if pd is None
        else say("changes.measures", language, score=score, pd=percent(pd))
    )
    return f":{colour}[:material/{icon}:] {text} :gray[{measures}]"


def _number(decision: DecisionOut, feature: str) -> float | None:
    """Value of a feature that the explanation shows; None where it is unknown or not shown."""
    for item in decision["explanation"]["contributions"]:
        if item["feature"] == feature and isinstance(item["value"], float | int):
            return float(item["value"])
    return None


def _to_keep(
    decision: DecisionOut,
    request: Mapping[str, Any] | None,
    reviews: Sequence[ReviewOut],
    language: Language,
) -> None:
    """Ways to come back to the decision and to take it along."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.query_params.get("id") != decision["id"]:  # else this is its own page
            st.page_link(
                "entries/decisions.py",
                label=say("keep.open", language),
                icon=":material/open_in_new:",
                query_params={"id": decision["id"]},
            )
        with st.popover(say("keep.link", language), icon=":material/link:", type="tertiary"):
            st.code(address(decision["id"]), language=None, wrap_lines=True)
        with st.popover(say("keep.json", language), icon=":material/data_object:", type="tertiary"):
            written = json.dumps(decision, ensure_ascii=False, indent=1)
            st.code(written, language="json", height=320)
        document = published()
        if request is not None and document is not None:
            st.download_button(
                say("keep.pdf", language),
                data=partial(report.pdf, decision, request, document, language, reviews),
                file_name=f"decision-{decision['id']}.pdf",
                mime="application/pdf",
                icon=":material/picture_as_pdf:",
                type="tertiary",
                on_click="ignore",
                key=f"{decision['id']}.{language}.pdf",
            )


def address(decision_id: str) -> str:
    """Where the page of a decision is, for whoever may open this app."""
    page = urlsplit(st.context.url or "")
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    path = "/".join(part for part in (base, f"decisiones?id={decision_id}") if part)
    return f"{page.scheme}://{page.netloc}/{path}" if page.netloc else f"/{path}"


def _small_print(decision: DecisionOut, language: Language) -> None:
    versions = decision["versions"]
    if versions["synthetic"]:
        st.caption(f":orange[:material/science:] {say('synthetic', language)}")
    st.caption(
        say(
            "versions",
            language,
            as_of=day(decision["as_of"]),
            model=versions["model"],
            policy=versions["policy"],
            digest=versions["policy_digest"],
        )
    )
