"""The parts of a running service, as routes reach them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from api.archive import Archive
from api.errors import NotReadyError
from api.model_host import ModelHost, Serving
from api.settings import Settings
from api.store.store import Store
from api.telemetry import Metrics

MEXICO_CITY = ZoneInfo("America/Mexico_City")


@dataclass(frozen=True)
class Service:
    """One running service.

    Attributes:
        clock: the present moment, with its offset; replaced in tests.
    """

    settings: Settings
    store: Store
    host: ModelHost
    archive: Archive
    metrics: Metrics
    clock: Callable[[], datetime]

    @property
    def serving(self) -> Serving:
        """The model and policy of this moment: take them once for a request.

        Raises:
            NotReadyError: there are none.
        """
        serving = self.host.serving
        if serving is None:
            raise NotReadyError(f"no decision can be made yet: {self.problem}")
        return serving

    @property
    def problem(self) -> str | None:
        """What is wrong with what should serve. Others than this machine are not told paths."""
        told = self.host.problem
        return "the log tells why" if told and self.settings.exposed else told

    def today(self) -> date:
        """The day in Mexico City."""
        return day_in_mexico(self.clock())


def day_in_mexico(moment: datetime) -> date:
    """The day of a moment in Mexico City.

    >>> from datetime import UTC
    >>> day_in_mexico(datetime(2026, 11, 22, 5, 59, tzinfo=UTC))
    datetime.date(2026, 11, 21)
    """
    return moment.astimezone(MEXICO_CITY).date()
