"""Which format is sent, and which is answered."""

from collections.abc import Callable, Iterator, Sequence
from typing import IO, Protocol

from api.errors import NotAcceptableError
from api.uploads import csv, ndjson, parquet
from api.uploads.rows import Answered, Row

READERS: dict[str, Callable[[IO[bytes]], Iterator[Row]]] = {
    ndjson.MEDIA_TYPE: ndjson.read,
    csv.MEDIA_TYPE: csv.read,
    parquet.MEDIA_TYPE: parquet.read,
}
"""By media type, what reads the rows of an upload."""


class Writer(Protocol):
    """Writes answered rows, part by part."""

    media_type: str

    def write(self, rows: Sequence[Answered]) -> bytes:
        """The next bytes; there may be none yet."""

    def end(self) -> bytes:
        """What stands after the last row."""


def writer_for(wanted: str, sent: str, file: IO[bytes]) -> Writer:
    """What writes an answer; CSV is separated as in the file, if that was CSV.

    Raises:
        MalformedBodyError: the file is said to be CSV and its header cannot be read.
    """
    if wanted == parquet.MEDIA_TYPE:
        return parquet.Writer()
    if wanted == ndjson.MEDIA_TYPE:
        return ndjson.Writer()
    return csv.Writer(csv.delimiter_of(csv.header_of(file)) if sent == csv.MEDIA_TYPE else ",")


def preferred(accept: str, offered: Sequence[str]) -> str:
    """The offered type that an ``Accept`` header likes best; the first one on a tie.

    Raises:
        NotAcceptableError: it accepts none of them.

    >>> preferred("text/*;q=0.5, application/x-ndjson", ["text/csv", "application/x-ndjson"])
    'application/x-ndjson'
    >>> preferred("*/*", ["text/csv", "application/x-ndjson"])
    'text/csv'
    """
    ranges = dict(_range(part) for part in accept.split(",") if part.strip())
    if not ranges:
        return offered[0]
    best = max(offered, key=lambda kind: _liked(kind, ranges))
    if _liked(best, ranges) <= 0:
        raise NotAcceptableError(f"accept: got {accept[:100]!r}; allowed: {', '.join(offered)}")
    return best


def _range(text: str) -> tuple[str, float]:
    """A media range and how much it is liked, 0 to 1; what cannot be read counts as 1."""
    kind, *parameters = [part.strip().lower() for part in text.split(";")]
    quality = next((item[2:] for item in parameters if item.startswith("q=")), "1")
    try:
        return kind, float(quality)
    except ValueError:
        return kind, 1.0


def _liked(kind: str, ranges: dict[str, float]) -> float:
    """What the narrowest range that holds a type says of it; 0 when none does."""
    for name in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
        if name in ranges:
            return ranges[name]
    return 0.0
