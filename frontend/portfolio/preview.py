"""The first rows of a portfolio as they are understood."""

import pandas as pd

from frontend.formats import day, money, plain
from frontend.portfolio.columns import Column, heading
from frontend.portfolio.requests import Portfolio
from frontend.portfolio.values import Value, value_of
from frontend.text import Language, say

ROWS = 5


def first_rows(portfolio: Portfolio, language: Language) -> pd.DataFrame:
    """The first five rows in words, under the titles of their fields; what is empty stays empty."""
    sheet, count = portfolio.sheet, min(ROWS, len(portfolio))
    shown: dict[str, list[str]] = {
        say("portfolio.line", language): [str(sheet.number(row)) for row in range(count)]
    }
    for position, column in portfolio.columns.items():
        cells = sheet.table[position].slice(0, count).to_pylist()
        title = heading(column, language)
        shown[title] = [_shown(column, value_of(column, text), language) for text in cells]
    return pd.DataFrame(shown)


def _shown(column: Column, value: Value, language: Language) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        if value in column.field.choices:
            return column.field.choices[value][language]
        understood = (
            column.field.kind == "date" and value[:4].isdigit() and len(value) == len("2026-11-20")
        )
        return day(value) if understood else value
    return money(value) if column.field.unit == "MXN" else plain(value)
