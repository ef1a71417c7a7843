"""The colours of page and charts are far enough apart, on a light page and on a dark one (WCAG 2.2)."""

import tomllib
from itertools import product

import pytest
from playwright.sync_api import Page, expect
from served import Served

from frontend.charts.model import CELL_OPACITY
from frontend.charts.palette import DARK, LIGHT, Palette
from testing.client.running import ROOT

TEXT, GRAPHIC = 4.5, 3.0
CAPTION = 0.6
"""Opacity at which Streamlit draws captions and the titles of a table's columns."""
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]
PALETTES = {"light": LIGHT, "dark": DARK}
MODES = tuple(PALETTES)
SURFACES = ("backgroundColor", "secondaryBackgroundColor")
STREAMLIT = {
    "light": {"red": "#d94a57", "green": "#079464", "orange": "#e0682b", "blue": "#3b82f6"},
    "dark": {"red": "#f2919a", "green": "#7ed5b0", "orange": "#f2a56d", "blue": "#85b8f8"},
}
"""What Streamlit takes for icons and words in colour where the theme names none."""


def channels(colour: str) -> list[float]:
    return [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def luminance(rgb: list[float]) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str, opacity: float = 1.0) -> float:
    """Of ``one``, drawn so opaque, upon ``other``."""
    below = channels(other)
    mixed = [opacity * a + (1 - opacity) * b for a, b in zip(channels(one), below, strict=True)]
    high, low = sorted((luminance(mixed), luminance(below)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_the_standard_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("mode", "surface"), [*product(MODES, SURFACES)])
def test_words_are_readable(mode: str, surface: str) -> None:
    theme = THEME[mode]
    for name in ("textColor", "grayTextColor", "primaryColor"):
        assert contrast(theme[name], theme[surface]) >= TEXT, name
    assert contrast(theme["textColor"], theme[surface], CAPTION) >= TEXT, "caption"


@pytest.mark.parametrize("mode", MODES)
def test_inputs_have_a_border_that_is_seen(mode: str) -> None:
    assert THEME["showWidgetBorder"]
    assert contrast(THEME[mode]["borderColor"], THEME[mode]["backgroundColor"]) >= GRAPHIC


@pytest.mark.parametrize("mode", MODES)
def test_charts_are_readable(mode: str) -> None:
    palette: Palette = PALETTES[mode]
    assert palette.paper == THEME[mode]["backgroundColor"]
    for name in ("ink", "muted"):
        assert contrast(getattr(palette, name), palette.paper) >= TEXT, name
    for name in ("accent", "gain", "loss"):
        assert contrast(getattr(palette, name), palette.paper) >= GRAPHIC, name
    # The band lies behind marks, which must stand out from it.
    assert contrast(palette.accent, palette.band) >= GRAPHIC


def blended(colour: str, paper: str, opacity: float) -> str:
    mixed = [
        opacity * a + (1 - opacity) * b
        for a, b in zip(channels(colour), channels(paper), strict=True)
    ]
    return "#" + "".join(f"{round(c * 255):02x}" for c in mixed)


@pytest.mark.parametrize("mode", MODES)
def test_numbers_in_a_heat_map_are_readable(mode: str) -> None:
    palette: Palette = PALETTES[mode]
    for colour in (palette.gain, palette.loss):
        assert contrast(palette.ink, blended(colour, palette.paper, CELL_OPACITY)) >= TEXT


@pytest.mark.parametrize(("mode", "name"), [*product(MODES, ("red", "green", "orange", "blue"))])
def test_icons_in_colour_are_seen(mode: str, name: str) -> None:
    theme = THEME[mode]
    colour = theme.get(f"{name}Color", STREAMLIT[mode][name])
    assert contrast(colour, theme["backgroundColor"]) >= GRAPHIC


@pytest.mark.slow
def test_a_profile_is_assessed_by_keyboard_alone(served: Served, page: Page) -> None:
    page.goto(served.address)
    submit = page.get_by_role("button", name="Evaluar", exact=True)
    expect(submit).to_be_visible()
    for _ in range(80):
        page.keyboard.press("Tab")
        if submit.evaluate("button => button === document.activeElement"):
            break
    else:
        pytest.fail("the button is never reached by Tab")
    page.keyboard.press("Enter")
    verdicts = [page.get_by_role("heading", name=name) for name in ("Aprobado", "Rechazado")]
    referred = page.get_by_role("heading", name="Referido a analista")
    expect(verdicts[0].or_(verdicts[1]).or_(referred)).to_be_visible()
