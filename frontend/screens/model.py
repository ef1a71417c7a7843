"""Modelo: what the model is, and how it measured."""

from typing import Any

import streamlit as st

from frontend.charts import model as charts
from frontend.client import Features
from frontend.explanation import Names
from frontend.kept_tabs import kept_tabs
from frontend.model import card as cards
from frontend.model import figures, tables
from frontend.schema import choice_names
from frontend.session import ask, document, language, may, page_palette, service, status
from frontend.text import Language, say
from solvencia_client import NotFound
from solvencia_client.types import ModelOut

TABS = ("summary", "calibration", "tables", "card", "challenger")


def show() -> None:
    """The page from top to bottom."""
    if status() != "ready":
        return  # the shell tells
    with st.spinner(say("model.wait", language())):
        model = ask(lambda: service().model())
    if model is None:
        return
    named = [say(f"model.tab.{tab}", language()) for tab in TABS]
    tabs, _ = kept_tabs("model.tab", TABS, named, language())
    for tab, part in zip(tabs, (summary, calibration, points, model_card, challenger), strict=True):
        with tab:
            part(model, language())


def summary(model: ModelOut, language: Language) -> None:
    """What the model is and learned from, and the figures that tell most."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(say("model.version", language, version=model["version"]), icon=":material/tag:")
        simulated = model["synthetic"]
        st.badge(
            say("model.synthetic" if simulated else "model.real", language),
            icon=":material/science:" if simulated else ":material/groups:",
            color="orange" if simulated else "green",
        )
    st.markdown("  \n".join(figures.learned(model, language)))
    if simulated:
        st.caption(say("synthetic", language))
    for column, name in zip(st.columns(len(figures.MODELS)), figures.MODELS, strict=True):
        with column.container(border=True, height="stretch"):
            _headline(name, model, language)
    if said := figures.moved(model["metrics"], _features(model), language):
        with st.container(border=True):
            st.subheader(say("model.stability", language), anchor=False)
            st.markdown("\n\n".join(said))
            st.caption(say("model.psi.note", language))
    with st.expander(say("model.figures", language)):
        st.table(figures.all_figures(model["metrics"], language), border="horizontal")


def _headline(name: str, model: ModelOut, language: Language) -> None:
    st.subheader(say(f"model.{name}", language), anchor=False)
    found = figures.headline(name, model["metrics"], language)
    if isinstance(found, str):
        st.info(found, icon=":material/info:")
        return
    st.metric(found.label, found.value)
    st.caption(found.interval)
    st.markdown(found.meaning)
    st.caption("\n\n".join(found.more))


def calibration(model: ModelOut, language: Language) -> None:
    """Predicted against observed of every model that says how likely something is."""
    st.markdown(say("model.calibration.good", language))
    columns = st.columns(len(figures.PROBABILITY_MODELS))
    for column, name in zip(columns, figures.PROBABILITY_MODELS, strict=True):
        with column.container(border=True, height="stretch"):
            st.subheader(say(f"model.{name}", language), anchor=False)
            _calibrated(name, model, language)
    with st.container(border=True):
        st.subheader(say("model.income", language), anchor=False)
        _covered(model, language)


def _calibrated(name: str, model: ModelOut, language: Language) -> None:
    found = model["metrics"].get(name) or {}
    groups = figures.calibration_groups(found, model["calibration"].get(name, ()))
    if groups.empty:
        st.info(_absent(found, language), icon=":material/info:")
        return
    named = say(f"model.{name}", language)
    st.altair_chart(
        charts.calibration(groups, found, language, page_palette()),
        alt=say("model.calibration.alt", language, model=named),
    )
    st.markdown("\n\n".join(figures.calibration_words(found, language)))
    kept = "groups" if len(groups) > 1 else "line"
    st.caption(say(f"model.calibration.{kept}", language))


def _covered(model: ModelOut, language: Language) -> None:
    found = model["metrics"].get("income") or {}
    headline = figures.headline("income", model["metrics"], language)
    if isinstance(headline, str) or found.get("below") is None:
        st.info(_absent(found, language), icon=":material/info:")
        return
    st.altair_chart(
        charts.band_coverage(found, language, page_palette()), alt=say("model.band.alt", language)
    )
    st.markdown(headline.meaning)
    st.caption(headline.interval)


def _absent(found: dict[str, Any], language: Language) -> str:
    if reason := found.get("absent"):
        return say("model.absent", language, reason=reason)
    return say("model.absent.unknown", language)


def points(model: ModelOut, language: Language) -> None:
    """One table of one scorecard, as it is printed."""
    which, kind = st.columns([3, 2], vertical_alignment="bottom")
    known = [item["name"] for item in model["scorecards"]]
    name = which.selectbox(
        say("model.tables.card", language),
        known,
        format_func=lambda key: _card_name(key, language),
        key=f"model.card.{language}",
    )
    pairs = kind.segmented_control(
        say("model.tables.kind", language),
        [1, 2],
        default=1,
        format_func=lambda n: say(f"model.tables.{'single' if n == 1 else 'pair'}", language),
        key=f"model.kind.{language}",
        required=True,
    )
    card = _scorecard(str(name), model["version"])
    if card is None:
        return
    places = tables.of_kind(card, pairs or 1)
    if not places:
        st.info(say("model.tables.none", language), icon=":material/info:")
        return
    place = st.selectbox(
        say("model.tables.which", language),
        places,
        format_func=lambda item: tables.titles(card, item, _features(model), language),
        key=f"model.table.{name}.{pairs}.{language}",
    )
    _table(tables.printed(card, place, _features(model), _names(), language), card, language)


def _table(table: tables.Printed, card: dict[str, Any], language: Language) -> None:
    start = say("model.tables.start", language, start=tables.start(card, language))
    low, high = (charts.written(end) for end in table.span)
    with st.container(border=True):
        st.subheader(table.title, anchor=False)
        st.caption(
            f"{say('model.tables.span', language, low=low, high=high)} "
            f"{say(tables.unit_key(card), language)} {start}"
        )
        palette = page_palette()
        drawn = (
            charts.single(table, palette)
            if len(table.labels) == 1
            else charts.pair(table, language, palette)
        )
        st.altair_chart(drawn, alt=say("model.tables.alt", language, table=table.title))
    with st.expander(say("model.tables.numbers", language)):
        st.dataframe(tables.rows(table, language), hide_index=True)


def _scorecard(name: str, version: str) -> dict[str, Any] | None:
    """A scorecard whole; kept for the session, as long as this version serves."""
    kept: dict[tuple[str, str], dict[str, Any]] = st.session_state.setdefault("model.cards", {})
    for key in [key for key in kept if key[0] != version]:
        del kept[key]
    if (version, name) not in kept:
        found = ask(lambda: service().scorecard(name))
        if found is None:
            return None
        kept[version, name] = found
    return kept[version, name]


def _card_name(name: str, language: Language) -> str:
    known = ("continuity", "default", "income_p10", "income_p50", "income_p90")
    return say(f"model.card.{name}", language) if name in known else name


def _names() -> Names:
    """Names of the choices that categories may hold, as the form has them."""
    published = document()
    return {} if published is None else choice_names(published)


def _features(model: ModelOut) -> Features:
    return {feature["name"]: feature for feature in model["features"]}


def model_card(model: ModelOut, language: Language) -> None:
    """The model card, or why there is none."""
    card = model["card"]
    if card is None:
        st.info(say("model.ficha.none", language), icon=":material/description:")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            say("model.ficha.download", language),
            card,
            file_name=f"model_card_{model['version']}.md",
            mime="text/markdown",
            icon=":material/download:",
            on_click="ignore",
        )
        st.caption(say("model.ficha.language", language), width="content")
    with st.container(border=True):
        st.markdown(cards.shown(card, language))


def challenger(model: ModelOut, language: Language) -> None:
    """The model that decides beside the one that is scored in shadow, where there is one."""
    if model["challenger"] is None:
        st.info(say("model.challenger.none", language), icon=":material/compare_arrows:")
        return
    versions = {"champion": model["version"], "challenger": model["challenger"]}
    st.markdown(say("model.challenger.who", language, **versions))
    if not may("analyst"):
        st.info(say("needs.analyst", language), icon=":material/lock:")
        return
    other = ask(_other)
    if other is None:
        return
    if other["version"] == model["version"]:
        st.info(say("model.challenger.same", language), icon=":material/equal:")
        return
    _compared(model, other, language)


def _other() -> ModelOut | None:
    try:
        return service().model("challenger")
    except NotFound:
        return None  # it left between two questions; the next run says so


def _compared(model: ModelOut, other: ModelOut, language: Language) -> None:
    before, after = model["metrics"], other["metrics"]
    if model["provenance"].get("data") != other["provenance"].get("data"):
        st.warning(say("model.challenger.other_data", language), icon=":material/info:")
    with st.container(border=True):
        for name in figures.PROBABILITY_MODELS:
            verdict = figures.compared(before.get(name) or {}, after.get(name) or {})
            if verdict is not None:
                named = say(f"model.{name}", language)
                st.markdown(say(f"model.challenger.{verdict}", language, model=named))
        drawn = charts.areas(before, after, language, page_palette())
        if drawn is not None:
            st.altair_chart(drawn, alt=say("model.challenger.alt", language))
    for name in figures.MODELS:
        table = figures.side_by_side(name, before, after, language)
        if not table.empty:
            st.subheader(say(f"model.{name}", language), anchor=False)
            st.table(table, border="horizontal", hide_index=True)
