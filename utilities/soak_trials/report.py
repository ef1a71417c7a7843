"""What came of a trial: counts, and the promises that did not hold."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

import uvloop

_LEFT = 34
_SHOWN = 20


Trial = Callable[["Report"], Coroutine[Any, Any, None]]
"""Does something to the service, and reports what came of it."""


@dataclass
class Report:
    """One trial on one database.

    Attributes:
        title: what was done, and to which database.
        counts: what was counted, by name, in the order of the table.
        broken: each promise that did not hold, with what was found instead.
    """

    title: str
    counts: dict[str, float] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def add(self, name: str, count: float) -> None:
        """Add to a count."""
        self.counts[name] = self.counts.get(name, 0) + count

    def most(self, name: str, value: float) -> None:
        """Keep the greatest of several values."""
        self.counts[name] = max(self.counts.get(name, value), value)

    def promise(self, holds: bool, otherwise: str) -> None:
        """Note what was found where a promise does not hold."""
        if not holds:
            self.broken.append(otherwise)


def conduct(title: str, trial: Trial) -> Report:
    """Hold a trial; what keeps it from its end counts as a broken promise."""
    report = Report(title)
    try:
        uvloop.run(trial(report))
    except Exception as error:  # whatever it is, the trials that follow are held
        report.promise(False, f"not finished: {_told(error)}")
    return report


def table(reports: Sequence[Report]) -> str:
    """A line a count, a column a trial, and below it every broken promise.

    >>> one, other = Report("stops sqlite"), Report("kills sqlite")
    >>> one.add("answered", 1200)
    >>> other.add("kills", 3)
    >>> other.promise(False, "2 decisions are lost")
    >>> print(table([one, other]))
                                              stops        kills
                                             sqlite       sqlite
    answered                                  1,200
    kills                                                      3
    BROKEN kills sqlite: 2 decisions are lost
    """
    widths = [max(12, *map(len, report.title.split())) + 1 for report in reports]
    tall = max((len(report.title.split()) for report in reports), default=0)
    lines = []
    for row in range(tall):
        words = [[*report.title.split(), *[""] * tall][row] for report in reports]
        lines.append(_line("", words, widths))
    for name in dict.fromkeys(name for report in reports for name in report.counts):
        cells = [_cell(report.counts.get(name)) for report in reports]
        lines.append(_line(name, cells, widths))
    for report in reports:
        lines += [f"BROKEN {report.title}: {text}" for text in report.broken[:_SHOWN]]
        if (more := len(report.broken) - _SHOWN) > 0:
            lines.append(f"BROKEN {report.title}: and {more} more")
    return "\n".join(lines)


def _line(name: str, cells: Sequence[str], widths: Sequence[int]) -> str:
    right = "".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return f"{name:{_LEFT}}{right}".rstrip()


def _cell(count: float | None) -> str:
    if count is None:
        return ""
    return f"{count:,.2f}" if isinstance(count, float) else f"{count:,}"


def _told(error: BaseException) -> str:
    """What an exception says, and those in it."""
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(map(_told, error.exceptions))
    return f"{type(error).__name__}: {error}"
