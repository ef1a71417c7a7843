"""One thing that is followed by its pointer: a model, or the policy."""

from collections.abc import Callable
from typing import Generic, TypeVar

from api.model_source import SourceUnavailableError
from solvencia.domain.errors import SolvenciaError

T = TypeVar("T")


class Followed(Generic[T]):
    """One thing that is followed: what is meant by its pointer, what serves, what was refused.

    Attributes:
        seen: the pointer that could be read last.
        value: what serves.
        away: why it cannot be read now.
        refusal: why what is meant now does not serve.
        refusals: how many were refused so far.
    """

    def __init__(self, pointer: Callable[[], str], load: Callable[[], T]) -> None:
        self._pointer = pointer
        self._load = load
        self._loaded: T | None = None
        self._served: str | None = None
        self._refused: str | None = None
        self.seen: str | None = None
        self.value: T | None = None
        self.away: str | None = None
        self.refusal: str | None = None
        self.refusals = 0

    @property
    def due(self) -> bool:
        """Whether another one is meant than serves, and is not known to be bad."""
        return self.seen is not None and self.seen not in (self._served, self._refused)

    def look(self) -> None:
        """Read the pointer; where that fails, what was seen last is still meant."""
        try:
            seen = self._pointer()
        except Exception as error:  # of a disk, a bucket or its client: all mean away
            self.away = message_of(error)
            return
        self.away = None
        if seen != self.seen:
            self.seen, self._loaded = seen, None
            self._refused = self.refusal = None

    def moved(self) -> bool:
        """Whether the pointer is another one by now, or cannot be read."""
        try:
            return self._pointer() != self.seen
        except Exception:  # unreadable now: it may well have moved
            return True

    def wanted(self) -> T | None:
        """What should serve: what is due, loaded, else what serves; None if it cannot be had."""
        if not self.due:
            return self.value
        if self._loaded is None:
            try:
                self._loaded = self._load()
            except SourceUnavailableError as error:
                self.away = message_of(error)
            except Exception as error:  # whatever a bad model does, it is refused
                if not self.moved():  # else it was read while it changed: look again
                    self.refuse(message_of(error))
        return self._loaded

    def refuse(self, why: str) -> None:
        """Take no more of what is meant now."""
        self._refused, self.refusal, self._loaded = self.seen, why, None
        self.refusals += 1

    def drop(self) -> None:
        """Forget what was loaded."""
        self._loaded = None

    def settle(self, *, replaced: bool) -> None:
        """Let what was loaded serve, or let it count as what serves already and is equal."""
        if self._loaded is not None:
            self._served = self.seen
            self.value = self._loaded if replaced else self.value
            self._loaded = None


def message_of(error: Exception) -> str:
    """What an error says, with its kind where it is not one of ours."""
    if isinstance(error, SolvenciaError | SourceUnavailableError):
        return str(error)
    return f"{type(error).__name__}: {error}"
