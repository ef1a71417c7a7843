"""Numbers and dates as they are written in Mexico."""

from datetime import date

MINUS = "\u2212"


def money(amount: float) -> str:
    """Pesos.

    >>> money(12345)
    '$12,345.00'
    """
    return f"{MINUS if amount < 0 else ''}${abs(amount):,.2f}"


def pesos(amount: float) -> str:
    """Whole pesos, for charts.

    >>> pesos(12345.6)
    '$12,346'
    """
    return f"${amount:,.0f}"


def literal_pesos(markdown: str) -> str:
    """Markdown whose dollar signs stay what they are: two of them would begin a formula.

    >>> literal_pesos("$5 of **$6**")
    '\\\\$5 of **\\\\$6**'
    """
    return markdown.replace("$", "\\$")


def percent(share: float) -> str:
    """A fraction as a percentage.

    >>> percent(0.1234)
    '12.3 %'
    """
    return f"{share * 100:.1f} %".replace("-", MINUS)


def points(value: float) -> str:
    """Points with their sign.

    >>> points(17.79), points(-3)
    ('+17.8', '\u22123.0')
    """
    return f"{value:+.1f}".replace("-", MINUS)


def plain(value: float) -> str:
    """A number with no more decimals than it needs, one at most.

    >>> plain(48.0), plain(1234.56)
    ('48', '1,234.6')
    """
    text = f"{value:,.1f}"
    return text.removesuffix(".0").replace("-", MINUS)


def day(iso: str) -> str:
    """A date.

    >>> day("2026-11-20")
    '20/11/2026'
    """
    return date.fromisoformat(iso[:10]).strftime("%d/%m/%Y")


def exact(value: float) -> str:
    """A number with the decimals that it has, six at most, for limits that people set.

    >>> exact(5000), exact(-0.125)
    ('5,000', '\u22120.125')
    """
    text = f"{value:,.6f}".rstrip("0").removesuffix(".")
    return text.replace("-", MINUS)


def exact_percent(share: float) -> str:
    """A fraction as a percentage with the decimals that it has, for limits that people set.

    >>> exact_percent(0.35), exact_percent(0.265)
    ('35 %', '26.5 %')
    """
    return f"{exact(round(share * 100, 6))} %"
