"""What the analyst fills in: a profile or a work history, and the loan beside it."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import streamlit as st

from frontend.form import Errors, field_input, show_errors, without_empty
from frontend.kept_tabs import kept_tabs
from frontend.problems import explain
from frontend.schema import Field, Part, example, request_part
from frontend.screens.history_table import history_table
from frontend.text import Language, say

FIELD_WIDTH = 255  # pixels: three fill a row at 1280, two on a tablet, and no label breaks
WAYS_IN: tuple[Part, ...] = ("profile", "history")
IDENTITY = ("reference", "curp")


def inputs(document: Mapping[str, Any], errors: Errors, language: Language) -> dict[str, Any]:
    """The way in that is open, the loan and who asks beside it; all as it stands, by its part."""
    applicant, beside = st.columns([3, 1], gap="medium")
    with beside:
        loan = loan_card(document, errors, language)
        reference = identity_card(errors, language)
    common = without_empty({"loan": loan, "reference": reference})
    standing: dict[str, Any] = {"loan": loan}
    with applicant:
        titles = [say(part, language) for part in WAYS_IN]
        tabs, part = kept_tabs("assess.way", WAYS_IN, titles, language)
        # Only the open one is drawn: the table alone would have a browser load half as much script
        # again before anybody could type.
        with tabs[WAYS_IN.index(part)]:
            standing[part] = applicant_form(document, part, common, errors, language)
    return standing


def loan_card(
    document: Mapping[str, Any], errors: Errors, language: Language
) -> dict[str, Any] | None:
    """The loan asked for, or None; outside the ways in, so that both share it."""
    # One tab, so that the card lines up with the two beside it.
    [tab] = st.tabs([say("loan", language)])
    with tab.container(border=True):
        none = st.toggle(
            say("no_loan", language), key="no_loan", help=say("no_loan.note", language),
            persist_state="session",
        )  # fmt: skip
        given = example(document, "profile").get("loan", {})
        values = {}
        for field in request_part(document, "loan").items:
            key = f"loan.{field.name}"
            initial = given.get(field.name)
            values[field.name] = field_input(field, key, language, initial, disabled=none)
            show_errors(key, errors, language)
    return None if none else without_empty(values)


def identity_card(errors: Errors, language: Language) -> str:
    """Who asks, for those who keep track: the reference. The CURP stays in its field until sent."""
    wrong = any(path in errors for path in IDENTITY)
    with st.expander(say("assess.identity", language), expanded=wrong, key="assess.identity"):
        reference = st.text_input(
            say("assess.reference", language), key="assess.reference", max_chars=64,
            help=say("assess.reference.help", language), autocomplete="off",
            placeholder=say("optional", language), persist_state="session",
        )  # fmt: skip
        show_errors("reference", errors, language)
        st.text_input(
            say("assess.curp", language), key="assess.curp", max_chars=24, type="password",
            help=say("assess.curp.help", language), autocomplete="off",
            placeholder=say("optional", language), persist_state="session",
        )  # fmt: skip
        show_errors("curp", errors, language)
    return (reference or "").strip()


def applicant_form(
    document: Mapping[str, Any],
    part: Part,
    common: Mapping[str, Any],
    errors: Errors,
    language: Language,
) -> dict[str, Any]:
    """One way in: its fields, and the button that asks for a decision; what it holds."""
    state = st.session_state
    cleared = state.get(f"{part}.cleared", 0)
    given = {} if cleared else example(document, part).get(part, {})
    # No form of Streamlit's: what it holds is lost unsent when another page is looked at.
    with st.container(border=True):
        fields = request_part(document, part).items
        values = applicant_values(document, fields, part, cleared, given, errors, language)
        with st.container(horizontal=True, vertical_alignment="center"):
            sent = st.button(
                say("submit", language), type="primary", key=f"{part}.submit", on_click=seal
            )
            st.button(
                say("clear", language), type="tertiary", key=f"{part}.clear",
                on_click=clear, args=(part,),
            )  # fmt: skip
            if not cleared:
                st.caption(say("example", language), width="content")
    curp = state.pop("curp", None)
    if sent:
        request = {part: values, **common} | ({"curp": curp} if curp else {})
        state.pending = request, str(uuid4())
    return values


def typed(path: str, language: Language) -> Any:
    """What stands in the field of this path now; None where it has no field of its own."""
    state, (part, _, name) = st.session_state, path.partition(".")
    if path in IDENTITY:
        key = f"assess.{path}"
    else:
        key = f"loan.{name}" if part == "loan" else f"{path}.{state.get(f'{part}.cleared', 0)}"
    return state.get(f"{key}.{language}", state.get(key))


def seal() -> None:
    """Take the CURP out of its field as it is sent: it is not shown again."""
    state = st.session_state
    state.curp = (state.get("assess.curp") or "").strip().upper()
    state["assess.curp"] = ""


def applicant_values(
    document: Mapping[str, Any],
    fields: tuple[Field, ...],
    part: Part,
    cleared: int,
    given: Mapping[str, Any],
    errors: Errors,
    language: Language,
) -> dict[str, Any]:
    """Widgets of an applicant's fields, lists below the rest; what they hold, to send."""
    values: dict[str, Any] = {}
    with st.container(horizontal=True, gap="small"):
        for field in fields:
            if field.kind != "list":
                with st.container(width=FIELD_WIDTH, gap=None):
                    key = f"{part}.{field.name}.{cleared}"
                    initial = given.get(field.name)
                    values[field.name] = field_input(field, key, language, initial)
                    show_errors(f"{part}.{field.name}", errors, language)
    values = without_empty(values)
    for field in fields:
        if field.kind == "list":
            st.caption(say("spells.note", language))
            path = f"{part}.{field.name}"
            examples = example(document, part).get(part, {}).get(field.name, [])
            values[field.name] = history_table(
                field, f"{path}.{cleared}", examples, language, empty=bool(cleared)
            )
            show_errors(path, errors, language)
            row_errors(field, path, errors, language)
    return values


def row_errors(field: Field, path: str, errors: Errors, language: Language) -> None:
    """What is wrong inside a table, told by row and column."""
    titles = {item.name: item.title[language] for item in field.items}
    for place, found in errors.items():
        row, _, name = place.removeprefix(f"{path}.").partition(".")
        if place.startswith(f"{path}.") and row.isdigit():
            for error in found:
                message = say(
                    "row",
                    language,
                    row=int(row) + 1,
                    title=titles.get(name, name),
                    message=explain(error, language),
                )
                st.markdown(f":red[:material/error: {message}]")


def clear(part: Part) -> None:
    """Empty one way in, where new widgets take their place, for the next applicant."""
    state = st.session_state
    state[f"{part}.cleared"] = state.get(f"{part}.cleared", 0) + 1
    # What was decided on one person must not stand beside another's data.
    for key in ("errors", "trouble", "pending", "decision", "scored"):
        state.pop(key, None)
    state["assess.reference"] = state["assess.curp"] = ""
