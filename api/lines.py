"""Lines of text on their way to a stream that may stall."""

import threading
from collections import deque
from typing import BinaryIO

_SECONDS = 0.05
_MOST = 20_000


class LineWriter:
    """Writes lines from a thread of its own, those of a twentieth of a second at once.

    Whoever reads the log may stall; whoever asks for a decision must not wait for that. So a line is
    only put down here. When too many wait, new ones are dropped, and counted in a line of their own.
    A process that is killed loses the lines of its last moment.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self._lines: deque[bytes] = deque()
        self._dropped = 0
        self._some = threading.Event()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="log lines", daemon=True)
        self._thread.start()

    def write(self, line: bytes) -> None:
        """Put down one line, which ends with a newline."""
        if len(self._lines) >= _MOST:
            self._dropped += 1
            return
        self._lines.append(line)
        if not self._some.is_set():
            self._some.set()

    def close(self, seconds: float = 2.0) -> None:
        """Write what waits; give up on a stream that takes longer than this."""
        self._closing.set()
        self._some.set()
        self._thread.join(seconds)

    def _run(self) -> None:
        closing = False
        while not closing:
            self._some.wait()
            closing = self._closing.wait(_SECONDS)
            self._some.clear()
            waiting = len(self._lines)
            text = b"".join(self._lines.popleft() for _ in range(waiting))
            dropped, self._dropped = self._dropped, 0
            if dropped:
                text += b'{"severity":"WARNING","message":"%d log lines dropped"}\n' % dropped
            try:
                self.stream.write(text)
                self.stream.flush()
            except (OSError, ValueError):
                continue  # nobody reads any more, which is no reason to stop serving
