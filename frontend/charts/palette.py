"""The colours of charts, on a light and on a dark page."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """Colours of a page."""

    ink: str
    muted: str
    accent: str
    band: str
    gain: str
    loss: str
    paper: str
    """Background of the page, as the theme has it."""


LIGHT = Palette("#1d2b33", "#5b6b74", "#0b6b74", "#a9d3d6", "#3f8f6b", "#c0574b", "#fbfcfc")
DARK = Palette("#e4ecef", "#a2b1b8", "#4db6bf", "#2c5b61", "#5fb98d", "#e07f73", "#12191d")
