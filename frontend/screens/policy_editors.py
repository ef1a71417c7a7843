"""The fields of a draft, part by part; each writes what it holds into the draft, right or wrong."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from frontend.formats import literal_pesos
from frontend.policy.checks import Trouble, parse_terms, thresholds, trouble_line
from frontend.policy.draft import Path, alike, edits, value_at, with_value
from frontend.policy.standing import Standing
from frontend.policy.words import (
    KINDS,
    SHARES,
    TERMS,
    Vocabulary,
    blank,
    conditions,
    place,
    quantity,
    unit_at,
)

_GENERAL: tuple[Path, ...] = (
    ("min_amount",),
    ("amount_step",),
    ("vat_rate",),
    ("standard_loan", "months_of_income"),
    ("standard_loan", "term_months"),
)


def rules_editor(kind: str, now: Standing, words: Vocabulary) -> None:
    """The rules of one kind: thresholds, points and reasons."""
    for number, rule in enumerate(now.draft[kind]):
        at: Path = (kind, number)
        with_points = kind == "adjustments"
        shares = [4, 4, 2, 2] if with_points else [5, 5, 2]
        told, numbers, *points, reason = st.columns(shares, vertical_alignment="center")
        told.markdown(literal_pesos(f"**{words.text(rule['reason'])}**  \n{_below(rule, words)}"))
        for path in thresholds(rule, at):
            end = path[-1] if isinstance(path[-1], int) else None
            item = value_at(now.draft, path[: path.index("value")])
            with numbers:
                number_field(path, blank(item, words, end), now, words)
        for side in points:
            with side:
                number_field((*at, "points"), words.say("points"), now, words)
        with reason.popover(words.say("reason"), icon=":material/edit:", width="stretch"):
            for tongue in ("es", "en"):
                path = (*at, "reason", tongue)
                text_field(path, words.say(f"reason.{tongue}"), now, words)
        whole = [item for item in now.troubles if item.path in (at, (*at, "all"))]
        _errors(whole, now, words)


def _below(rule: Mapping[str, Any], words: Vocabulary) -> str:
    """The code, with the whole condition where no single field says it."""
    several = len(rule["all"]) > 1 or "any" in rule["all"][0]
    sentence = f" {conditions(rule, words)}" if several else ""
    return f":small[:gray[`{rule['code']}`]{sentence}]"


def grades_editor(now: Standing, words: Vocabulary) -> None:
    """Where each grade begins, by score and by PD."""
    for scale, side in zip(("score", "pd"), st.columns(2, gap="large"), strict=True):
        with side:
            st.markdown(f"**{words.say(f'grades.by_{scale}')}**")
            for number, band in enumerate(now.draft["grades"][scale]):
                path: Path = ("grades", scale, number, "lower_bound")
                grade, bound = band["grade"], band["lower_bound"]
                if number:
                    label = words.say("begins", grade=grade, value="…")
                    number_field(path, label, now, words)
                else:
                    shown = quantity(bound, unit_at(now.draft, path, words), words)
                    st.markdown(words.say("grades.fixed", grade=grade, value=shown))
    _errors([item for item in now.troubles if item.path == ("grades",)], now, words)


def offers_editor(now: Standing, words: Vocabulary) -> None:
    """A grid for each product: a row for each grade, a column for each term of its offer."""
    shares = [1, 3, 3, 4, 3, 5]
    for product, by_grade in now.draft["offers"].items():
        st.markdown(f"**{words.product(product)}**")
        heads = st.columns(shares, gap="small", vertical_alignment="bottom")
        for term, head in zip(TERMS, heads[1:], strict=True):
            unit = unit_at(now.draft, ("offers", product, "", term), words)
            suffix = {"share": " (%)", "MXN": " ($)"}.get(unit, "")
            named = "terms.unit" if term == "terms" else f"term.{term}"
            head.caption(f"{words.say(named)}{suffix}")
        for grade in by_grade:
            cells = st.columns(shares, gap="small", vertical_alignment="center")
            cells[0].markdown(f"**{grade}**")
            for term, cell in zip(TERMS, cells[1:], strict=True):
                path: Path = ("offers", product, grade, term)
                field = terms_field if term == "terms" else number_field
                with cell:
                    field(path, place(now.draft, path, words), now, words, hidden=True)
            _errors(
                [item for item in now.troubles if item.path == ("offers", product, grade)],
                now,
                words,
            )


def general_editor(now: Standing, words: Vocabulary) -> None:
    """Limits that hold for all products, and the standard loan."""
    for path, side in zip(_GENERAL, [*st.columns(3), *st.columns(3)], strict=False):
        unit = unit_at(now.draft, path, words)
        suffix = {"share": "%", "MXN": "$"}.get(unit) or quantity(0, unit, words)[2:]
        with side:
            number_field(path, f"{place(now.draft, path, words)} ({suffix})", now, words)


EDITORS: dict[str, Callable[[Standing, Vocabulary], None]] = {
    **{kind: partial(rules_editor, kind) for kind in KINDS},
    "grades": grades_editor,
    "offers": offers_editor,
    "general": general_editor,
}


# Fields. Each writes what it holds into the draft, right or wrong; what is wrong is told below it.


def number_field(
    path: Path, label: str, now: Standing, words: Vocabulary, *, hidden: bool = False
) -> None:
    """A number of the draft; fractions are edited as percentages."""
    share = unit_at(now.draft, path, words) in SHARES
    value = value_at(now.draft, path)
    shown = round(value * 100, 6) if share else float(value)
    st.number_input(
        label, format="%g", step=_step(path, share=share),
        key=_seeded(path, shown),
        label_visibility="collapsed" if hidden else "visible",
        on_change=_keep, args=(path, _fraction if share else _number),
    )  # fmt: skip
    _field_errors(path, now, words)


def text_field(path: Path, label: str, now: Standing, words: Vocabulary) -> None:
    """A sentence of the draft."""
    st.text_area(
        label, key=_seeded(path, value_at(now.draft, path)), on_change=_keep, args=(path, str)
    )
    _field_errors(path, now, words)


def terms_field(
    path: Path, label: str, now: Standing, words: Vocabulary, *, hidden: bool = False
) -> None:
    """The terms of an offer, in months, separated by commas."""
    value = value_at(now.draft, path)
    text = value if isinstance(value, str) else ", ".join(map(str, value))
    st.text_input(
        label, key=_seeded(path, text), on_change=_keep, args=(path, parse_terms),
        label_visibility="collapsed" if hidden else "visible",
    )  # fmt: skip
    _field_errors(path, now, words)


def _step(path: Path, *, share: bool) -> float:
    if path[-1] in ("max_amount", "min_amount"):
        return 1000.0
    return 0.5 if share and path[0] == "offers" else 1.0


def _fraction(value: float) -> float:
    return round(value / 100, 8)


def _number(value: float) -> float:
    return value


def _key(path: Path) -> str:
    return f"policy.{st.session_state['policy.generation']}." + ".".join(map(str, path))


def _seeded(path: Path, value: object) -> str:
    """The key of a field, which shows the value of the draft when it is first drawn."""
    key = _key(path)
    if key not in st.session_state:
        st.session_state[key] = value
    return key


def _keep(path: Path, read: Callable[[Any], Any]) -> None:
    """Write what a field holds into the draft."""
    state = st.session_state
    found = read(state[_key(path)])
    if isinstance(found, float):
        found = alike(value_at(state["policy.base"]["policy"], path), found)
    state["policy.draft"] = with_value(state["policy.draft"], path, found)
    forget_cases()


def forget_cases() -> None:
    """A draft whose edits are all undone expects what the policy in force expects."""
    state = st.session_state
    base, draft = state["policy.base"]["policy"], state["policy.draft"]
    if not edits(base, draft):
        state["policy.draft"] = {**draft, "cases": base["cases"]}


def _field_errors(path: Path, now: Standing, words: Vocabulary) -> None:
    _errors([item for item in now.troubles if item.path == path], now, words)


def _errors(found: Sequence[Trouble], now: Standing, words: Vocabulary) -> None:
    for item in found:
        st.markdown(f":red[:material/error: {literal_pesos(told_trouble(item, now, words))}]")


def told_trouble(item: Trouble, now: Standing, words: Vocabulary) -> str:
    """What is wrong, with its limits in the unit of the field."""
    leaf = item.path and not isinstance(value_at(now.draft, item.path), dict)
    unit = unit_at(now.draft, item.path, words) if leaf and item.key != "service" else ""
    return trouble_line(item, words, unit)


def renew_fields() -> None:
    """Let the fields show the draft again after it changed without them."""
    state = st.session_state
    state["policy.generation"] = state.get("policy.generation", 0) + 1
