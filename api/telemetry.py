"""What the service counts and measures, as Prometheus reads it."""

from typing import Literal

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    Info,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from solvencia.domain.scorecard import SCORE_MAX, SCORE_MIN

_SECONDS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SCORES = tuple(range(SCORE_MIN, SCORE_MAX + 1, 50))
_BATCHES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
_PREFIX = "solvencia"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """The figures of one service. Every label has few values: a route is its template, not its path.

    The series of a label are bound once and found in a dictionary afterwards; looking them up in the
    library would take longer than counting.
    """

    media_type = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = registry = CollectorRegistry()
        ProcessCollector(namespace=_PREFIX, registry=registry)
        self.in_flight = 0
        """Requests that are being answered now."""
        in_flight = Gauge(
            "in_flight_requests",
            "Requests that are being answered",
            namespace=_PREFIX,
            registry=registry,
        )
        in_flight.set_function(lambda: self.in_flight)
        self._requests = _counter(
            registry, "http_requests", "Requests answered", "method", "route", "status"
        )
        self._seconds = _histogram(
            registry, "http_request_seconds", "Time to answer", _SECONDS, "method", "route"
        )
        self._rate_limited = _counter(registry, "rate_limited", "Requests answered with 429")
        self._decisions = _counter(registry, "decisions", "Decisions made", "outcome", "grade")
        self._by_model = _counter(registry, "model_decisions", "Decisions by model", "model")
        self._scores = _histogram(registry, "income_score", "Income score of decisions", _SCORES)
        self._reloads = _counter(
            registry, "reloads", "Models and policies that arrived: loaded or refused", "result"
        )
        self._commits = _histogram(
            registry, "store_commit_seconds", "Time until a batch of decisions is durable", _SECONDS
        )
        self._batches = _histogram(
            registry, "store_commit_decisions", "Decisions that share a commit", _BATCHES
        )
        self._errors = _counter(registry, "errors", "What failed inside the service", "kind")
        self._model = Info("model", "What serves now", namespace=_PREFIX, registry=registry)
        self._bound_requests: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}
        self._bound_decisions: dict[tuple[str, str | None, str], tuple[Counter, Counter]] = {}

    def exposition(self) -> bytes:
        """All figures in Prometheus's text format."""
        return generate_latest(self._registry)

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered; ``route`` is the template of its path."""
        key = (method if method in _METHODS else "other", route, status)
        bound = self._bound_requests.get(key)
        if bound is None:
            bound = self._bound_requests[key] = (
                self._requests.labels(*key),
                self._seconds.labels(*key[:2]),
            )
        bound[0].inc()
        bound[1].observe(seconds)
        if status == 429:
            self._rate_limited.inc()

    def decided(self, outcome: str, grade: str | None, income_score: int, model: str) -> None:
        """A decision was made by this version of the model."""
        key = (outcome, grade, model)
        bound = self._bound_decisions.get(key)
        if bound is None:
            bound = self._bound_decisions[key] = (
                self._decisions.labels(outcome, grade or "none"),
                self._by_model.labels(model),
            )
        bound[0].inc()
        bound[1].inc()
        self._scores.observe(income_score)

    def reloaded(self, result: Literal["loaded", "refused"]) -> None:
        """A new model or policy was taken, or refused."""
        self._reloads.labels(result).inc()

    def serving(self, model: str, policy: str, *, synthetic: bool) -> None:
        """These versions decide from now on."""
        self._model.info({"version": model, "policy": policy, "synthetic": str(synthetic).lower()})

    def committed(self, decisions: int, seconds: float) -> None:
        """So many decisions became durable together, in so many seconds."""
        self._batches.observe(decisions)
        self._commits.observe(seconds)

    def failed(self, kind: str) -> None:
        """Something failed; ``kind`` is the name of the error's class."""
        self._errors.labels(kind).inc()


def _counter(registry: CollectorRegistry, name: str, text: str, *labels: str) -> Counter:
    return Counter(name, text, labels, namespace=_PREFIX, registry=registry)


def _histogram(
    registry: CollectorRegistry,
    name: str,
    text: str,
    buckets: tuple[float, ...],
    *labels: str,
) -> Histogram:
    return Histogram(name, text, labels, namespace=_PREFIX, registry=registry, buckets=buckets)
