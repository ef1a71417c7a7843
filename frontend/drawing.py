"""A letter-size page of paper: words that fit their place, lines and boxes, in shades of grey.

Lengths are points (1/72 inch) from the upper left corner; ``y`` of words is their baseline.
"""

import unicodedata
from datetime import datetime
from typing import Literal

from fpdf import FPDF

WIDTH, HEIGHT, MARGIN = 612.0, 792.0, 45.0
INNER = WIDTH - 2 * MARGIN
INK, GREY, PALE = 20, 95, 242
"""Shades from 0, black, to 255, white."""
_FONT = "helvetica"
"""Built into every reader of PDF: nothing has to be shipped, and it writes Spanish."""
_CODE = "cp1252"
_MINUS = "\u2212"
_ELLIPSIS = "…"

Align = Literal["left", "right", "center"]


class Sheet:
    """One page; what is drawn later lies above what was drawn earlier."""

    def __init__(self, title: str, language: str, made_at: datetime) -> None:
        self._pdf = FPDF(unit="pt", format="letter")
        self._pdf.core_fonts_encoding = _CODE
        self._pdf.set_auto_page_break(False)
        self._pdf.set_title(title)
        self._pdf.set_author("Solvencia")
        self._pdf.set_lang(language)
        # The same decision makes the same bytes.
        self._pdf.set_creation_date(made_at)
        self._pdf.add_page()

    def finished(self) -> bytes:
        """The file."""
        return bytes(self._pdf.output())

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """How wide words are."""
        self._pdf.set_font(_FONT, "B" if bold else "", size)
        return float(self._pdf.get_string_width(writable(text)))

    def words(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 8.5,
        *,
        bold: bool = False,
        shade: int = INK,
        align: Align = "left",
        room: float | None = None,
    ) -> None:
        """One line of words; those that need more than ``room`` end in an ellipsis."""
        shown = writable(text)
        if room is not None:
            shown = self._cut(shown, room, size, bold=bold)
        wide = self.width(shown, size, bold=bold)
        start = x - {"left": 0.0, "center": wide / 2, "right": wide}[align]
        self._pdf.set_text_color(shade)
        self._pdf.text(start, y, shown)

    def paragraph(
        self,
        x: float,
        y: float,
        text: str,
        room: float,
        size: float = 8.5,
        *,
        lines: int = 2,
        shade: int = INK,
    ) -> float:
        """Words over some lines at most; the baseline of the line after the last."""
        step = size * 1.25
        for line in self.broken(text, room, size, lines=lines):
            self.words(x, y, line, size, shade=shade)
            y += step
        return y

    def broken(self, text: str, room: float, size: float, *, lines: int) -> list[str]:
        """Words as lines that fit; the last one ends in an ellipsis when there are too many."""
        found, left = [""], writable(text).split()
        while left:
            tried = f"{found[-1]} {left[0]}".strip()
            if self.width(tried, size) <= room or not found[-1]:
                found[-1] = tried
                left.pop(0)
            elif len(found) < lines:
                found.append("")
            else:
                found[-1] = f"{found[-1]} {' '.join(left)}"
                break
        return [self._cut(line, room, size, bold=False) for line in found]

    def rule(
        self, x: float, y: float, length: float, *, thick: float = 0.6, shade: int = 170
    ) -> None:
        """A line across."""
        self._pdf.set_line_width(thick)
        self._pdf.set_draw_color(shade)
        self._pdf.line(x, y, x + length, y)

    def box(
        self, x: float, y: float, wide: float, high: float, *, fill: int, edge: int | None = None
    ) -> None:
        """A filled box, with an edge when it has a shade."""
        self._pdf.set_fill_color(fill)
        self._pdf.set_draw_color(fill if edge is None else edge)
        self._pdf.set_line_width(0.6)
        self._pdf.rect(x, y, wide, high, style="DF" if edge is not None else "F")

    def pointer(self, x: float, y: float, *, size: float = 6.0) -> None:
        """A black triangle whose tip points down at a place."""
        self._pdf.set_fill_color(INK)
        tip = [(x, y), (x - size * 0.7, y - size), (x + size * 0.7, y - size)]
        self._pdf.polygon(tip, style="F")

    def _cut(self, text: str, room: float, size: float, *, bold: bool) -> str:
        if self.width(text, size, bold=bold) <= room:
            return text
        while text and self.width(text + _ELLIPSIS, size, bold=bold) > room:
            text = text[:-1]
        return text.rstrip() + _ELLIPSIS


def writable(text: str) -> str:
    """Text in the letters that the font has: others lose their marks, or become a question mark.

    >>> writable("\\u22123.0 a Łódź, José")
    '-3.0 a ?ódz, José'
    """
    plain = " ".join(text.replace(_MINUS, "-").split())
    return "".join(map(_letter, unicodedata.normalize("NFC", plain)))


def _letter(sign: str) -> str:
    for tried in (sign, unicodedata.normalize("NFKD", sign)[0]):
        try:
            tried.encode(_CODE)
        except UnicodeEncodeError:
            continue
        return tried
    return "?"
