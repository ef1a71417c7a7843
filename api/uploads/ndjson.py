"""A batch as NDJSON: one ``ScoreRequest`` a line in, one ``BatchRow`` a line out."""

from collections.abc import Iterator, Sequence
from typing import IO

from api.uploads.lines import LONGEST_LINE, lines_of
from api.uploads.rows import Answered, Row, json_row, refused, row_json

MEDIA_TYPE = "application/x-ndjson"


def read(file: IO[bytes]) -> Iterator[Row]:
    """The rows of a file. Blank lines are passed over and not counted."""
    for number, line in enumerate(lines_of(file), 1):
        if line is None:
            yield refused(number, "the line is too long", f"{LONGEST_LINE:,} bytes")
        else:
            yield json_row(number, line)


class Writer:
    """Writes answered rows, part by part."""

    media_type = MEDIA_TYPE

    def write(self, rows: Sequence[Answered]) -> bytes:
        """The next lines."""
        return b"".join([row_json(row) + b"\n" for row in rows])

    def end(self) -> bytes:
        """What stands after the last row: nothing."""
        return b""
