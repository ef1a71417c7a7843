"""Widgets for the fields that the service publishes; the service decides what is allowed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import pandas as pd
import streamlit as st

from frontend.formats import plain
from frontend.problems import explain
from frontend.schema import Field
from frontend.text import Language, described, say, unit_name
from solvencia_client import FieldError

EARLIEST, LATEST = date(1900, 1, 1), date(2100, 1, 1)
"""Streamlit's calendar spans ten years unless told; the schema publishes no bounds for dates."""
DATE_FORMAT = "DD/MM/YYYY"
_SMALLEST_COIN = 0.01
_COLUMN_WIDTHS = {"choice": 150, "date": 96, "number": 106, "text": 168}

Errors = Mapping[str, Sequence[FieldError]]
Widget = Callable[[Field, Language, dict[str, Any]], Any]


def label(field: Field, language: Language) -> str:
    """The title, with the unit unless the title says it.

    >>> label(Field("age", "number", {"es": "Edad"}, unit="years"), "es")
    'Edad (años)'
    """
    title, unit = field.title[language], unit_name(field.unit, language)
    return title if not unit or unit.lower() in title.lower() else f"{title} ({unit})"


def help_text(field: Field, language: Language) -> str | None:
    """Description and bounds, or None when there is nothing to say."""
    parts = [described(field.name, field.description, language)]
    if field.minimum is not None and field.maximum is not None:
        bounds = {"low": plain(field.minimum), "high": plain(field.maximum)}
        parts.append(say("between", language, **bounds))
    return " ".join(part for part in parts if part) or None


def field_input(
    field: Field, key: str, language: Language, initial: Any, *, disabled: bool = False
) -> Any:
    """The widget of one simple field; its value, or None when left empty."""
    widgets: dict[str, Widget] = {
        "number": _number,
        "integer": _number,
        "choice": _choice,
        "date": _date,
    }
    common = {
        "label": label(field, language),
        "help": help_text(field, language),
        "key": key,
        "disabled": disabled,
        "persist_state": "session",
    }
    # Seeded through the state and not as a default: a default could not be emptied again. And only
    # once: every write to the state replaces what was typed in the browser and not yet sent.
    if key not in st.session_state:
        st.session_state[key] = _seed(field, initial)
    return widgets.get(field.kind, _text)(field, language, common)


def show_errors(path: str, errors: Errors, language: Language) -> None:
    """What is wrong with a field, under it."""
    for error in errors.get(path, ()):
        st.markdown(f":red[:material/error: {explain(error, language)}]")


def without_empty(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values to send: what was left empty is not sent, dates go as ISO text."""
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in values.items()
        if value is not None and value != ""
    }


def _seed(field: Field, initial: Any) -> Any:
    """What a widget holds at first, in the type that it takes."""
    if initial is None:
        return None
    kinds: dict[str, Callable[[Any], Any]] = {
        "date": date.fromisoformat,
        "integer": int,
        "number": int if field.whole else float,
    }
    return kinds.get(field.kind, str)(initial)


def _number(field: Field, language: Language, common: dict[str, Any]) -> Any:
    cast_to: Callable[[Any], Any] = int if field.whole else float
    low = _lowest(field)
    return st.number_input(
        **common,
        value=None,
        min_value=None if low is None else cast_to(low),
        max_value=None if field.maximum is None else cast_to(field.maximum),
        step=cast_to(field.step or 1),
        format="%d" if field.whole else "%.2f",
        placeholder=_placeholder(field, language, ""),
    )


def _lowest(field: Field) -> float | None:
    """The smallest value that is allowed, also where the bound itself is not."""
    if field.minimum is None or not field.exclusive_minimum:
        return field.minimum
    return field.minimum + (1 if field.whole else _SMALLEST_COIN)


def _choice(field: Field, language: Language, common: dict[str, Any]) -> Any:
    # A widget for each language: the browser keeps the label it shows, not the key behind it.
    state, key = st.session_state, common["key"]
    own = f"{key}.{language}"
    state.setdefault(own, state[key] if state[key] in field.choices else None)
    state[key] = st.selectbox(
        **(common | {"key": own}),
        options=list(field.choices),
        index=0 if field.required and state[own] is not None else None,  # None: may be emptied
        format_func=lambda name: field.choices[name][language],
        placeholder=_placeholder(field, language, say("choose", language)),
    )
    return state[key]


def _date(_field: Field, _language: Language, common: dict[str, Any]) -> Any:
    return st.date_input(
        **common, value=None, min_value=EARLIEST, max_value=LATEST, format=DATE_FORMAT
    )


def _text(field: Field, language: Language, common: dict[str, Any]) -> Any:
    placeholder = _placeholder(field, language, "")
    return st.text_input(**common, max_chars=field.max_length, placeholder=placeholder)


def _placeholder(field: Field, language: Language, required: str) -> str:
    return required if field.required else say("optional", language)


def list_input(field: Field, key: str, language: Language, initial: pd.DataFrame) -> pd.DataFrame:
    """A table to edit, as :func:`frame` makes it: one row an item, with typed columns."""
    return st.data_editor(
        initial,
        key=key,
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        placeholder="",
        column_config={item.name: _column(item, language) for item in field.items},
    )


def frame(field: Field, items: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Items as a typed table; dates are dates even where all are empty."""
    types = {"date": "datetime64[ns]", "number": "float64", "integer": "float64"}
    return pd.DataFrame(
        {
            item.name: pd.Series(
                [row.get(item.name) for row in items], dtype=types.get(item.kind, "object")
            )
            for item in field.items
        }
    )


def rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of an edited table as items to send, in their order; empty cells are not sent."""
    return [
        without_empty({str(name): _cell(value) for name, value in row.items()})
        for row in table.to_dict("records")
    ]


def _cell(value: Any) -> Any:
    if pd.isna(value):
        return None
    return value.date() if isinstance(value, pd.Timestamp) else value


def _column(field: Field, language: Language) -> Any:
    # None is required: a row that is not complete would stay in the browser, and be lost there.
    common: dict[str, Any] = {
        "label": field.title[language],
        "help": help_text(field, language),
        "width": _COLUMN_WIDTHS.get(field.kind),
    }
    if field.kind == "choice":
        names = {key: named[language] for key, named in field.choices.items()}
        return st.column_config.SelectboxColumn(
            **common, options=list(names), format_func=lambda key: names.get(str(key), str(key))
        )
    if field.kind == "date":
        return st.column_config.DateColumn(
            **common, format=DATE_FORMAT, min_value=EARLIEST, max_value=LATEST
        )
    if field.kind in ("number", "integer"):
        return st.column_config.NumberColumn(
            **common, min_value=_lowest(field), max_value=field.maximum, format="$%.2f"
        )
    return st.column_config.TextColumn(**common, max_chars=field.max_length)
