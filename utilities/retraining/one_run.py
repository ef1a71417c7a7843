"""One retraining at a time, that can be stopped, and that leaves a mark where it is cut off."""

import fcntl
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from solvencia.domain.errors import SolvenciaError

FILE = Path(".dvc/tmp/retraining")
_SIGNS = (signal.SIGTERM, signal.SIGINT)


class BusyError(SolvenciaError):
    """Another retraining is under way in this checkout."""


class Stopped(BaseException):
    """Somebody told the run to stop; no handler of errors on the way is meant."""


class Marker:
    """Says that files are being changed; stays where a run is cut off.

    Attributes:
        is_set: there is something to put back; at the start, of a run that was cut off.
    """

    def __init__(self, file: int) -> None:
        self._file = file
        self.is_set = bool(os.read(file, 1))

    def set(self) -> None:
        """From now on there is something to put back."""
        os.pwrite(self._file, b"changing\n", 0)
        self.is_set = True

    def clear(self) -> None:
        """All is as it should be."""
        os.ftruncate(self._file, 0)
        self.is_set = False


@contextmanager
def alone(root: Path = Path()) -> Iterator[Marker]:
    """Hold the checkout for this run.

    Raises:
        BusyError: another one holds it.
    """
    path = root / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BusyError("another retraining is under way in this checkout") from error
        yield Marker(file)
    finally:
        os.close(file)


@contextmanager
def stoppable() -> Iterator[Callable[[], None]]:
    """Turn SIGTERM and SIGINT into ``Stopped``; what is yielded lets them pass unheard from then on."""

    def stop(number: int, _: FrameType | None) -> None:
        go_on()
        raise Stopped(f"stopped by {signal.Signals(number).name}")

    def go_on() -> None:
        for sign in _SIGNS:
            signal.signal(sign, signal.SIG_IGN)

    before = {sign: signal.signal(sign, stop) for sign in _SIGNS}
    try:
        yield go_on
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
