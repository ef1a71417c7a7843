"""The answer: decision and offer first, then what they rest on."""

import streamlit as st

from frontend import charts
from frontend.client import Features
from frontend.explanation import Names, steps
from frontend.formats import day, money, percent, points
from frontend.text import COPY, Language, say
from solvencia_client.types import ChangeOut, DecisionOut, OfferOut, ReasonOut

_LOOK = {
    "approve": ("green", "check_circle"),
    "refer": ("orange", "person_search"),
    "decline": ("red", "cancel"),
}


def show_decision(
    decision: DecisionOut, features: Features, names: Names, language: Language
) -> None:
    """Everything about one decision, from the verdict to the small print."""
    palette = charts.DARK if st.context.theme.type == "dark" else charts.LIGHT
    with st.container(border=True):
        _verdict(decision, names, language)
    left, right = st.columns(2, gap="medium")
    with left.container(border=True, height="stretch"):
        _score(decision, language, palette)
    with right.container(border=True, height="stretch"):
        _income(decision, language, palette)
    with st.container(border=True):
        _reasons(decision["reasons"], language)
    changes = decision["changes"]
    if decision["outcome"] != "approve" and changes is not None:
        with st.container(border=True):
            _changes(decision, changes, language)
    with st.container(border=True):
        st.subheader(say("explanation", language), anchor=False)
        st.altair_chart(charts.waterfall(steps(decision, features, names, language), palette))
    _small_print(decision, language)


def _verdict(decision: DecisionOut, names: Names, language: Language) -> None:
    colour, icon = _LOOK[decision["outcome"]]
    loan, offer = decision["loan"], decision["offer"]
    product = names.get("product", {}).get(loan["product"], {}).get(language, loan["product"])
    asked = say(
        "asked",
        language,
        product=product,
        amount=money(loan["amount"]),
        term=loan["term_months"],
    )
    if loan["standard"]:
        asked += f" · {say('asked.standard', language)}"
    verdict, details = st.columns([1, 3], vertical_alignment="center", gap="medium")
    with verdict:
        word = say(f"outcome.{decision['outcome']}", language)
        st.header(f":{colour}[:material/{icon}: {word}]", anchor=False)
        st.caption(_literal(asked))
    with details:
        if offer is None:
            st.markdown(say("no_offer", language))
        else:
            _offer(offer, language)
    if offer is not None:
        notes = [
            say(
                "offer.fine",
                language,
                fee=money(offer["opening_fee"]),
                cost=money(offer["total_cost"]),
            )
        ]
        if offer["amount"] < loan["amount"]:
            notes.insert(0, say("less", language, amount=money(loan["amount"])))
        details.caption(_literal("  \n".join(notes)))


def _offer(offer: OfferOut, language: Language) -> None:
    facts = {
        "amount": money(offer["amount"]),
        "term": say("months", language, n=offer["term_months"]),
        "payment": money(offer["monthly_payment"]),
        "rate": percent(offer["annual_rate"]),
        "cat": percent(offer["cat"]),
    }
    explained = {"payment", "rate", "cat"}
    with st.container(horizontal=True, gap="medium"):
        for name, value in facts.items():
            more = say(f"offer.{name}.help", language) if name in explained else None
            st.metric(say(f"offer.{name}", language), value, help=more, width="content")


def _score(decision: DecisionOut, language: Language, palette: charts.Palette) -> None:
    st.subheader(say("score", language), anchor=False)
    grade = decision["grade"]
    word = say("grade", language, grade=grade) if grade else say("no_grade", language)
    st.altair_chart(charts.gauge(decision["final_score"], decision["scale"], word, palette))
    by_score = score_grade(decision)
    notes = [say("scale.note", language)]
    if grade and by_score != grade:
        notes.insert(0, say("grade.note", language, score=by_score, grade=grade))
    st.caption("  \n".join(notes))


def score_grade(decision: DecisionOut) -> str:
    """The grade of the final score alone; the decision's may be lower because of the PD."""
    reached = [
        band["grade"]
        for band in decision["scale"]["grades"]
        if band["lower_bound"] <= decision["final_score"]
    ]
    return reached[-1] if reached else ""


def _income(decision: DecisionOut, language: Language, palette: charts.Palette) -> None:
    st.subheader(say("income", language), anchor=False)
    now = _number(decision, "monthly_income")
    st.altair_chart(charts.income_band(decision["income_band"], now, language, palette))
    st.caption(say("income.note", language))
    pd, segment = decision["pd"], decision["segment"]
    risk, group = st.columns(2, gap="medium")
    with risk.container(gap=None):
        st.caption(say("pd", language), help=say("pd.help", language))
        shown = percent(pd) if pd is not None else say("unknown", language)
        st.subheader(shown, anchor=False)
    with group.container(gap=None):
        st.caption(say("segment", language, code=segment["code"]))
        name = segment["name_en"] if language == "en" else segment["name"]
        st.subheader(name, anchor=False)


def _reasons(reasons: list[ReasonOut], language: Language) -> None:
    st.subheader(say("reasons", language), anchor=False)
    sides = zip((True, False), ("adverse", "favourable"), st.columns(2, gap="medium"), strict=True)
    for adverse, title, side in sides:
        found = [reason for reason in reasons if reason["adverse"] is adverse]
        lines = [reason_line(reason, language) for reason in found]
        with side.container(gap="xsmall"):
            st.markdown(f"**{say(f'reasons.{title}', language)}**")
            for line in lines or [f":gray[{say('reasons.none', language)}]"]:
                st.markdown(line)
    st.caption(say("reasons.note", language))


def reason_line(reason: ReasonOut, language: Language) -> str:
    """One reason: its points when it has any, what it says, and where it comes from."""
    colour = "red" if reason["adverse"] else "green"
    # A service that is newer than the app may name a source that has no words here yet.
    known = f"source.{reason['source']}"
    source = say(known, language) if known in COPY else reason["source"]
    text = _literal(reason["text_en"] if language == "en" else reason["text"])
    if not reason["points"]:
        return f":{colour}-badge[{source}] {text}"
    return f":{colour}-badge[{points(reason['points'])}] {text} :gray[{source}]"


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
    text = _literal(change["text_en"] if language == "en" else change["text"])
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


def _literal(text: str) -> str:
    """Text as it is: two dollar signs in Markdown would begin a formula."""
    return text.replace("$", "\\$")
