"""The lines of an uploaded text, one at a time, however long it and they are."""

from collections.abc import Iterator
from typing import IO

LONGEST_LINE = 1_048_576
"""Bytes of a line; a request of 2,000 spells has a third of this."""

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def lines_of(file: IO[bytes], longest: int = LONGEST_LINE) -> Iterator[bytes | None]:
    """Lines that are not blank, without their ends; None for one that is too long.

    >>> from io import BytesIO
    >>> list(lines_of(BytesIO(b"a" * 9 + bytes([10, 13, 10]) + b"bc"), longest=4))
    [None, b'bc']
    """
    mark = _BYTE_ORDER_MARK
    while line := file.readline(longest + 1):
        if len(line) > longest and not line.endswith(b"\n"):
            _pass_over(file, longest)
            yield None
        elif content := line.removeprefix(mark).strip():
            yield content
        mark = b""


def _pass_over(file: IO[bytes], longest: int) -> None:
    """Read on to the end of the line."""
    while (rest := file.readline(longest)) and not rest.endswith(b"\n"):
        pass
