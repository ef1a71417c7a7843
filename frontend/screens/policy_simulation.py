"""Simulación: a draft tried on what was decided, and its file for review."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any, Literal

import streamlit as st

from frontend.formats import literal_pesos, money, percent
from frontend.policy.charts import migration_chart
from frontend.policy.draft import VERSION, named, next_version, written
from frontend.policy.standing import Standing
from frontend.policy.tables import moved_table, points_of_percent
from frontend.policy.words import Vocabulary
from frontend.session import ask, page_palette, service, status
from solvencia_client.types import SimulationOut

LOSS_PERCENT = 65.0
"""What the service assumes of a default, in per cent of the amount."""
MEXICO_CITY = timezone(timedelta(hours=-6))
"""Without summer time since 2022; the image of the app need not hold time zones."""
_SHOWN_WHOLE = 12
"""Rows of a table that needs no scroll bar of its own."""
_LONGEST_TABLE = 480  # pixels


def simulation_tab(now: Standing, words: Vocabulary) -> None:
    """What is asked, what came out, and the draft to take along."""
    st.markdown(words.say("sim.intro"))
    asked = question(now, words)
    if asked is not None:
        with st.spinner(words.say("sim.running")):
            found = ask(lambda: service().simulate_policy(now.draft, **asked))
        if found is not None:
            st.session_state["policy.simulated"] = (written(now.draft), asked, found)
    answer(now, words)
    export(now, words)


def question(now: Standing, words: Vocabulary) -> dict[str, Any] | None:
    """Period and loss given default; what to ask when the button was pressed just now."""
    with st.container(border=True):
        since_side, until_side, loss_side, press = st.columns(
            [2, 2, 2, 2], vertical_alignment="bottom"
        )
        help_text = words.say("sim.period.help")
        since, until = (
            side.date_input(
                words.say(f"sim.{name}"), value=None, format="DD/MM/YYYY",
                help=help_text, key=f"policy.sim.{name}",
            )
            for name, side in (("since", since_side), ("until", until_side))
        )  # fmt: skip
        loss = loss_side.number_input(
            words.say("sim.lgd"), 0.0, 100.0, LOSS_PERCENT, 1.0, format="%g",
            help=words.say("sim.lgd.help"), key="policy.sim.lgd",
        )  # fmt: skip
        backwards = bool(since and until and until < since)
        pressed = press.button(
            words.say("sim.run"), type="primary", width="stretch", icon=":material/play_arrow:",
            disabled=not now.sound or backwards or status() != "ready", key="policy.sim.run",
        )  # fmt: skip
        if backwards:
            st.markdown(f":red[:material/error: {words.say('sim.order')}]")
        elif not now.sound:
            st.markdown(f":orange[:material/rule: {words.say('sim.blocked')}]")
        elif not now.changed:
            st.caption(words.say("sim.same"))
    asked = {
        "since": moment(since),
        "until": moment(until, days=1),
        "loss_given_default": round((LOSS_PERCENT if loss is None else loss) / 100, 6),
    }
    st.session_state["policy.sim.asked"] = asked
    return asked if pressed else None


def moment(day: date | None, days: int = 0) -> str | None:
    """The first moment of a day in Mexico City, or of the day so many days later.

    >>> moment(date(2026, 11, 20), days=1)
    '2026-11-21T00:00:00-06:00'
    """
    if day is None:
        return None
    start = datetime(day.year, day.month, day.day, tzinfo=MEXICO_CITY)
    return (start + timedelta(days=days)).isoformat()


def answer(now: Standing, words: Vocabulary) -> None:
    """The last simulation, with a word when it is of another draft."""
    state = st.session_state
    if "policy.simulated" not in state:
        return
    text, asked, found = state["policy.simulated"]
    if text != written(now.draft) or asked != state["policy.sim.asked"]:
        st.info(words.say("sim.stale"), icon=":material/update:")
    if not found["decisions"]:
        st.info(words.say("sim.empty"), icon=":material/event_busy:")
    else:
        result(found, now.draft, words)
    if found["erased"]:
        st.caption(words.say("sim.erased", n=found["erased"]))


def result(found: SimulationOut, draft: Mapping[str, Any], words: Vocabulary) -> None:
    """The answer first, then where decisions go, then which ones."""
    moved = sum(move["count"] for move in found["moves"] if move["before"] != move["after"])
    key = "none" if not moved else "one" if moved == 1 else "many"
    with st.container(border=True):
        headline = words.say(f"sim.headline.{key}", total=f"{found['decisions']:,}", n=f"{moved:,}")
        st.header(headline, anchor=False)
        figures(found, words)
        st.caption(words.say("sim.fine"))
    with st.container(border=True):
        st.subheader(words.say("matrix"), anchor=False)
        st.altair_chart(migration_chart(found["moves"], words, page_palette()))
        st.caption(words.say("matrix.note"))
    with st.container(border=True):
        st.subheader(words.say("moved"), anchor=False)
        if not found["moved"]:
            st.markdown(words.say("moved.none"))
            return
        movers(found, moved, draft, words)


def figures(found: SimulationOut, words: Vocabulary) -> None:
    """The book under the draft; below each figure what it was."""
    before, after = found["before"], found["after"]
    gained = points_of_percent(before["approval_rate"], after["approval_rate"], words)
    risen = points_of_percent(before["expected_loss_rate"], after["expected_loss_rate"], words)
    rows = [
        ("rate", percent, before["approval_rate"], after["approval_rate"], gained),
        ("amount", money, before["approved_amount"], after["approved_amount"], None),
        ("loss", money, before["expected_loss"], after["expected_loss"], None),
        ("loss_rate", percent, before["expected_loss_rate"], after["expected_loss_rate"], risen),
    ]
    for side, (name, form, was, now, difference) in zip(st.columns(4), rows, strict=True):
        told = difference or (("+" if now > was else "") + form(now - was))
        if form(now) == form(was):
            told = words.say("sim.equal")
        with side.container(gap=None):
            st.caption(words.say(f"sim.{name}"))
            st.subheader(literal_pesos(form(now)), anchor=False)
            earlier = words.say("sim.before", value=form(was))
            # On two lines: on a tablet one would break inside an amount.
            st.markdown(literal_pesos(f":small[{earlier}]  \n:small[**{told}**]"))


def movers(found: SimulationOut, total: int, draft: Mapping[str, Any], words: Vocabulary) -> None:
    """The decisions that come out another way, each with a link to its page."""
    adjustments = {rule["code"] for rule in draft["adjustments"]}
    table = moved_table(found["moved"], adjustments, words)
    height: int | Literal["content"] = "content" if len(table) <= _SHOWN_WHOLE else _LONGEST_TABLE
    st.table(table.map(literal_pesos), border="horizontal", hide_index=True, height=height)
    if total > len(table):
        st.caption(words.say("moved.first", shown=len(table), total=f"{total:,}"))


def export(now: Standing, words: Vocabulary) -> None:
    """The draft as a file in the form of the policy's own, for review outside the app."""
    with st.container(border=True):
        st.subheader(words.say("export"), anchor=False)
        st.markdown(words.say("export.note"))
        if not now.changed:
            st.caption(words.say("export.none"))
            return
        if not now.sound:
            st.caption(words.say("export.blocked"))
            return
        version_side, from_side, press = st.columns([2, 2, 2], vertical_alignment="bottom")
        today = datetime.now(MEXICO_CITY).date()
        version = version_side.text_input(
            words.say("export.version"), value=next_version(now.base["version"], today),
            help=words.say("export.version.help"), key="policy.export.version",
        )  # fmt: skip
        starts = from_side.date_input(
            words.say("export.from"), value=today, format="DD/MM/YYYY",
            key="policy.export.from",
        )  # fmt: skip
        wrong = version_trouble(version or "", now.base["version"])
        # The name on the button tells that what was typed last has arrived in the file.
        name = f"policy-{version}.json"
        press.download_button(
            words.say("export.download", name=name),
            written(named(now.draft, version or "", starts or today)),
            file_name=name, mime="application/json", on_click="ignore",
            icon=":material/download:", width="stretch", disabled=wrong is not None,
            key="policy.export.download",
        )  # fmt: skip
        if wrong is not None:
            st.markdown(f":red[:material/error: {words.say(wrong)}]")


def version_trouble(version: str, in_force: str) -> str | None:
    """What is wrong with a version name; None when it may be used."""
    if not VERSION.fullmatch(version):
        return "export.version.wrong"
    return "export.version.same" if version == in_force else None
