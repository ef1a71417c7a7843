"""The glass box beside its yardsticks on one data set: the same rows, columns, folds and settings."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from solvencia.data.contract import Dataset
from solvencia.domain.characteristic import Characteristic
from solvencia.domain.errors import InvalidInputError, SourceError
from solvencia.domain.scorecard import probabilities
from solvencia.training.fit import Columns, FitSettings, Floats, fit_scorecard
from solvencia.training.metrics import probability_metrics, weighted_auc
from solvencia.training.rounds import with_chosen_rounds
from solvencia.training.yardsticks import predict_ebm, predict_logistic, predict_xgboost

FOLDS = 5
FEW_ROWS = 5000
REPEATS = 5
_REDRAWS = 200
_SLOW = ("ebm",)
"""Minutes a fit: their figures are of the first five folds, however often these are drawn anew."""

Rows = NDArray[np.int64]


class Predict(Protocol):
    """A model: learns from ``columns`` and ``target`` and gives P(bad) of the rows of ``later``."""

    def __call__(
        self,
        characteristics: Sequence[Characteristic],
        columns: Columns,
        target: Floats,
        later: Columns,
        settings: FitSettings,
    ) -> Floats:
        """P(bad), shape (m,)."""


def predict_glass_box(
    characteristics: Sequence[Characteristic],
    columns: Columns,
    target: Floats,
    later: Columns,
    settings: FitSettings,
) -> Floats:
    """P(bad) of the rows of ``later``, shape (m,), read from the tables of a scorecard."""
    chosen = with_chosen_rounds(characteristics, columns, target, settings)
    card = fit_scorecard("benchmark", characteristics, columns, target, chosen).card
    return probabilities(card.margins(later))


MODELS: Mapping[str, Predict] = {
    "glass_box": predict_glass_box,
    "xgboost": predict_xgboost,
    "ebm": predict_ebm,
    "logistic": predict_logistic,
}
"""What is compared, by the name it has in the report."""


@dataclass(frozen=True)
class Standing:
    """How one model did on one data set: means over the folds.

    Attributes:
        auc: area under the ROC curve.
        auc_sd: its standard deviation over the folds; with one split by date, over redrawn test rows.
        ks: largest distance between the score distributions of good and bad.
        brier: mean squared error of the probability.
        seconds: fitting and predicting, a fold.
    """

    auc: float
    auc_sd: float
    ks: float
    brier: float
    seconds: float


def split_of(dataset: Dataset) -> str:
    """How the rows are split into training and test, in words."""
    if dataset.test_from is not None:
        return f"tested from {dataset.test_from}"
    slow = ", ".join(_SLOW)
    times = f", {REPEATS} times; {slow} once" if len(dataset.target) < FEW_ROWS else ""
    return f"{FOLDS} folds{times}"


def benchmark(
    dataset: Dataset, settings: FitSettings, models: Sequence[str] = tuple(MODELS)
) -> dict[str, Standing]:
    """Fit and test models on one data set.

    By date where the contract names a day; otherwise on five folds stratified by the target, and
    these five times over, shuffled anew, below 5,000 rows, where one shuffle would decide the figure
    (an EBM, which is slow, only the first time).

    Args:
        dataset: what a contract loaded.
        settings: of the glass box; of the others only threads and seed are taken.
        models: names in ``MODELS``.

    Raises:
        InvalidInputError: a model that is not in ``MODELS``.
        SourceError: one side of a split by date is without good or without bad rows.
    """
    if unknown := [name for name in models if name not in MODELS]:
        raise InvalidInputError("models", unknown[0], ", ".join(MODELS))
    splits = list(_splits(dataset))
    folds = {name: splits[: FOLDS if name in _SLOW else None] for name in models}
    fits = sum(len(parts) for parts in folds.values())
    bar = tqdm(total=fits, desc=dataset.name, unit="fit")
    with bar, threadpool_limits(settings.threads):
        standings = {}
        for name, parts in folds.items():
            figures = []
            for train, test in parts:
                figures.append(_judge(MODELS[name], dataset, train, test, settings))
                bar.update()
            standings[name] = _mean(figures)
    return standings


def _splits(dataset: Dataset) -> Iterator[tuple[Rows, Rows]]:
    target = dataset.target
    if dataset.days is not None and dataset.test_from is not None:
        tests = dataset.days >= np.datetime64(dataset.test_from, "D")
        for side, rows in (("before", ~tests), ("from", tests)):
            if len(np.unique(target[rows])) < 2:
                raise SourceError(
                    f"{dataset.name}: {int(rows.sum())} rows {side} {dataset.test_from}; "
                    "allowed: good and bad ones on both sides"
                )
        yield np.flatnonzero(~tests), np.flatnonzero(tests)
        return
    for shuffle in range(REPEATS if len(target) < FEW_ROWS else 1):
        yield from StratifiedKFold(FOLDS, shuffle=True, random_state=shuffle).split(target, target)


def _judge(
    predict: Predict, dataset: Dataset, train: Rows, test: Rows, settings: FitSettings
) -> Standing:
    before, later = (
        {name: column[rows] for name, column in dataset.columns.items()} for rows in (train, test)
    )
    outcome = dataset.target[test]
    start = perf_counter()
    predicted = predict(dataset.characteristics, before, dataset.target[train], later, settings)
    seconds = perf_counter() - start
    auc, ks, brier = (
        figure
        for name in ("auc", "ks", "brier")
        if (figure := probability_metrics(outcome, predicted)[name]) is not None
    )
    sd = _redrawn_sd(outcome, predicted) if dataset.test_from is not None else 0.0
    return Standing(auc, sd, ks, brier, seconds)


def _redrawn_sd(outcome: Floats, predicted: Floats) -> float:
    """Standard deviation of the AUC when as many test rows are drawn again, with replacement."""
    area, rng, rows = weighted_auc(outcome, predicted), np.random.default_rng(0), len(outcome)
    chance = np.full(rows, 1 / rows)
    return float(
        np.std([area(rng.multinomial(rows, chance).astype(np.float64)) for _ in range(_REDRAWS)])
    )


def _mean(figures: Sequence[Standing]) -> Standing:
    def mean(name: str) -> float:
        return float(np.mean([getattr(item, name) for item in figures]))

    aucs = [item.auc for item in figures]
    sd = float(np.std(aucs, ddof=1)) if len(aucs) > 1 else figures[0].auc_sd
    return Standing(mean("auc"), sd, mean("ks"), mean("brier"), mean("seconds"))
