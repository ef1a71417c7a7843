"""What came of a portfolio: figures, charts, the rows themselves, a map, and files."""

from collections.abc import Mapping
from typing import Any, cast

import pandas as pd
import streamlit as st

from frontend.charts import portfolio as charts
from frontend.formats import literal_pesos, percent, pesos
from frontend.portfolio import counts, writing
from frontend.portfolio.columns import Column
from frontend.portfolio.faults import Faults, told
from frontend.portfolio.job import Job
from frontend.portfolio.results import frame_of, worded
from frontend.schema import Field
from frontend.session import page_palette, service
from frontend.text import Language, say
from solvencia_client import ServiceError
from solvencia_client.types import GradeBand

_LAZY_ROWS = 5_000
"""More rows than this are sent to the browser as it scrolls."""
_SHOWN_FAULTS = 200
_ORDER = (
    "row", "reference", "outcome", "final_score", "grade", "pd", "amount_asked", "amount_offered",
    "monthly_payment", "annual_rate", "term_months", "product", "state", "segment", "income_p50",
    "reason",
)  # fmt: skip
"""Columns that are shown, the answer first."""
_LOWEST, _HIGHEST = 300, 850


def show_results(job: Job, columns: tuple[Column, ...], language: Language) -> bool:
    """All that came of a job that is over, as far as it came; whether another is wanted."""
    progress, frame = job.progress(), _frame(job)
    decided = f"{len(frame):,}"
    refused = (
        say("portfolio.done.refused", language, refused=f"{progress.refused:,}")
        if progress.refused
        else say("portfolio.done.all", language)
    )
    if progress.done == progress.total or not len(frame):
        tail = f" :gray[· {refused}]" if len(frame) else ""
    else:
        tail = ""
    with st.container(horizontal=True, vertical_alignment="center"):
        done = say("portfolio.done", language, decided=decided)
        st.subheader(f"{done}{tail}", anchor=False, width="stretch")
        names = _names(columns, language)
        shown = worded(frame, job.results, names, language)
        if len(frame):
            _downloads(job, shown, language)
        again = st.button(say("portfolio.new", language), icon=":material/upload_file:")
    left = {"left": f"{progress.total - progress.done:,}", "total": f"{progress.total:,}"}
    if job.trouble:
        said = f"{say('portfolio.broken', language, **left)} {say(job.trouble, language)}"
        st.warning(said, icon=":material/error:")
    elif progress.state == "cancelled":
        st.info(say("portfolio.cancelled", language, **left), icon=":material/stop_circle:")
    if not len(frame):
        st.markdown(say("portfolio.none", language))
        _faults(job, columns, language)
        return again
    _figures(counts.summary(frame), language)
    tabs = ["summary", "map", "rows"]
    titles = [say(f"portfolio.tab.{tab}", language) for tab in tabs]
    if progress.refused:
        count = f"{progress.refused:,}"
        titles.append(say("portfolio.tab.faults", language, count=count))
    overview, country, rows, *rejected = st.tabs(titles)
    with overview:
        _charts(job, frame, language)
    with country:
        _map(frame, names["state"], language)
    with rows:
        _rows(shown, language)
    if rejected:
        with rejected[0]:
            _faults(job, columns, language)
    return again


def _frame(job: Job) -> pd.DataFrame:
    """The decisions; made once, when no more will come."""
    state = st.session_state
    if "portfolio.frame" not in state:
        state["portfolio.frame"] = frame_of(job.results.table)
    return cast(pd.DataFrame, state["portfolio.frame"])


def _names(columns: tuple[Column, ...], language: Language) -> dict[str, dict[str, str]]:
    """Names of the choices that results show, by column and key."""
    fields: dict[str, Field] = {column.name: column.field for column in columns}
    return {
        name: {key: named[language] for key, named in fields[name].choices.items()}
        for name in ("state", "product")
    }


def _figures(summary: counts.Summary, language: Language) -> None:
    unknown = say("unknown", language)
    figures = {
        "approval": percent(summary.approval or 0),
        "score": unknown if summary.score is None else f"{summary.score:.0f}",
        "pd": unknown if summary.pd is None else percent(summary.pd),
        "offered": pesos(summary.offered),
    }
    asked = say("portfolio.metric.offered.help", language, asked=pesos(summary.asked))
    for place, (name, value) in zip(st.columns(4), figures.items(), strict=True):
        place.metric(
            say(f"portfolio.metric.{name}", language),
            literal_pesos(value),
            help=literal_pesos(asked) if name == "offered" else None,
        )


def _charts(job: Job, frame: pd.DataFrame, language: Language) -> None:
    palette = page_palette()
    summary = counts.summary(frame)
    segments = {code: name[language] for code, name in job.results.segments.items()}
    drawn = {
        "outcomes": charts.outcomes(summary.counts, language, palette),
        "scores": charts.scores(
            counts.by_score(frame, _LOWEST, _HIGHEST), _grades(), language, palette
        ),
        "segments": charts.segments(counts.by_segment(frame), segments, language, palette),
        "risks": charts.risks(counts.by_pd(frame), language, palette),
    }
    notes = {"scores", "risks"}
    for pair in (("outcomes", "scores"), ("segments", "risks")):
        for place, name in zip(st.columns(2, gap="medium"), pair, strict=True):
            with place.container(border=True, gap="small", height="stretch"):
                st.markdown(f"**{say(f'portfolio.chart.{name}', language)}**")
                st.altair_chart(drawn[name], key=f"portfolio.chart.{name}")
                if name in notes:
                    st.caption(say(f"portfolio.chart.{name}.note", language))


def _grades() -> list[GradeBand]:
    """Where the grades begin, by the policy in force; none while the service does not say."""
    state = st.session_state
    if "portfolio.grades" not in state:
        try:
            state["portfolio.grades"] = service().policy()["policy"]["grades"]["score"]
        except (ServiceError, KeyError):
            return []
    return cast(list[GradeBand], state["portfolio.grades"])


def _map(frame: pd.DataFrame, names: Mapping[str, str], language: Language) -> None:
    table = counts.by_state(frame)
    located = int(table["count"].sum())
    if not located:
        st.info(say("portfolio.map.none", language), icon=":material/map:")
        return
    measures: list[charts.Measure] = ["approval", "score"]
    measure = st.segmented_control(
        say("portfolio.measure", language),
        measures,
        default="approval",
        format_func=lambda key: say(f"portfolio.measure.{key}", language),
        required=True,
        key="portfolio.measure",
        label_visibility="collapsed",
    )
    chart = charts.tiles(table, names, measure or "approval", language, page_palette())
    st.altair_chart(chart, key=f"portfolio.map.{measure}")
    notes = [say("portfolio.map.note", language)]
    if unknown := len(frame) - located:
        notes.append(say("portfolio.map.unknown", language, count=f"{unknown:,}"))
    st.caption(" ".join(notes))


@st.fragment
def _rows(shown: pd.DataFrame, language: Language) -> None:
    st.caption(say("portfolio.rows.note", language))
    # A probability is written as a percentage, which the table's formats do not multiply.
    table = shown.assign(pd=shown["pd"] * 100, annual_rate=shown["annual_rate"] * 100)
    chosen = st.dataframe(
        table,
        hide_index=True,
        height=460,
        column_config=_looks(language),
        column_order=_ORDER,
        on_select="rerun",
        selection_mode="single-row",
        key="portfolio.rows",
        placeholder="",
        lazy=len(table) > _LAZY_ROWS,
    )
    picked = chosen["selection"]["rows"]
    if picked and picked[0] < len(table):
        row = table.iloc[picked[0]]
        st.page_link(
            "entries/decisions.py",
            label=say("portfolio.open", language, row=row["row"]),
            icon=":material/fact_check:",
            query_params={"id": str(row["id"])},
        )


def _titles(language: Language) -> dict[str, str]:
    """Titles of the results' columns."""
    own = {
        "row": say("portfolio.line", language),
        "reference": say("portfolio.reference", language),
    }
    names = (
        "outcome", "final_score", "grade", "pd", "income_p50", "segment", "state", "product",
        "amount_asked", "amount_offered", "term_months", "annual_rate", "monthly_payment", "reason",
        "id",
    )  # fmt: skip
    return own | {name: say(f"portfolio.column.{name}", language) for name in names}


def _looks(language: Language) -> dict[str, Any]:
    config = st.column_config
    formats = {
        "row": "%d", "final_score": "%d", "term_months": "%d", "pd": "%.1f %%",
        "annual_rate": "%.1f %%", "income_p50": "$%,.2f", "amount_asked": "$%,.2f",
        "amount_offered": "$%,.2f", "monthly_payment": "$%,.2f",
    }  # fmt: skip
    return {
        name: config.NumberColumn(title, format=formats[name])
        if name in formats
        else config.TextColumn(title)
        for name, title in _titles(language).items()
    }


def _faults(job: Job, columns: tuple[Column, ...], language: Language) -> None:
    sheet = job.portfolio.sheet
    titles = {c.name: sheet.header[position] for position, c in job.portfolio.columns.items()}
    faults_table(job.faults, columns, titles, language)


def faults_table(
    faults: Faults, columns: tuple[Column, ...], titles: Mapping[str, str], language: Language
) -> None:
    """Faults by row, the first 200 of them, and all of them to download."""
    found = faults.table
    if not found.num_rows:
        return
    shown = told(found.slice(0, _SHOWN_FAULTS), columns, titles, language)
    narrow = st.column_config.NumberColumn(format="%d", width="small", alignment="left")
    st.dataframe(
        shown,
        hide_index=True,
        column_config={
            say("portfolio.fault.row", language): narrow,
            say("portfolio.fault.told", language): st.column_config.TextColumn(width="large"),
        },
    )
    if found.num_rows > _SHOWN_FAULTS:
        st.caption(say("portfolio.faults.first", language, shown=_SHOWN_FAULTS))
    st.download_button(
        say("portfolio.faults.download", language),
        lambda: writing.as_csv(told(found, columns, titles, language)),
        f"{say('portfolio.faults.file', language)}.csv",
        writing.CSV_TYPE,
        icon=":material/download:",
        on_click="ignore",
    )


def _downloads(job: Job, shown: pd.DataFrame, language: Language) -> None:
    name = say("portfolio.download.file", language)
    sheet = say("portfolio.sheet.results", language)
    titles = _titles(language)
    kinds = (
        ("csv", "csv", writing.CSV_TYPE, lambda: writing.as_csv(shown.rename(columns=titles))),
        (
            "excel",
            "xlsx",
            writing.EXCEL_TYPE,
            lambda: writing.as_excel(shown.rename(columns=titles), sheet),
        ),
        ("parquet", "parquet", writing.PARQUET_TYPE, lambda: writing.as_parquet(job.results.table)),
    )
    for key, ending, kind, written in kinds:
        st.download_button(
            say(f"portfolio.download.{key}", language),
            written,
            f"{name}.{ending}",
            kind,
            icon=":material/download:",
            on_click="ignore",
            key=f"portfolio.download.{key}",
        )
