"""Finds how the trees of each model should grow, on years before the test years.

Validation follows time: a fold fits on the years whose outcomes had closed and is judged on the year
that followed, and each next fold fits on a longer past (an expanding window). The search is Optuna's,
seeded, with pruning after each fold, a budget of time, and a study on disk that can be taken up again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import optuna
import pandas as pd
from sklearn.metrics import log_loss, mean_pinball_loss

from solvencia.domain.errors import SourceError
from solvencia.domain.features import characteristics_of
from solvencia.domain.history import add_years
from solvencia.domain.scorecard import probabilities
from solvencia.training.fit import QUANTILES, Columns, FitSettings, Floats, fit_scorecard
from solvencia.training.profiles import with_profiles
from solvencia.training.settings import Boosting, ModelName
from solvencia.training.train import feature_columns, kept_income, log_ratio

_FEWEST = 200
_STARTUP_TRIALS = 8


@dataclass(frozen=True)
class TuningSettings:
    """The ``tuning`` section of the parameters.

    Attributes:
        folds: years that validate, the last ones before the test years.
        trials: of each model, counting those of an earlier run.
        seconds: for all models together; a trial that has begun is finished.
        seed: of the sampler.
    """

    folds: int
    trials: int
    seconds: float
    seed: int


@dataclass(frozen=True)
class Fold:
    """Rows that were closed when the validation year began, and that year's rows."""

    fit: Columns
    target: Floats
    later: Columns
    outcome: Floats


@dataclass(frozen=True)
class Tuned:
    """The best of a study.

    Attributes:
        loss: mean over folds: log loss, or for the income model pinball loss.
        before: the loss of the parameters in force on the same folds; None when not tried or pruned.
        trials: finished, pruned ones included.
    """

    boosting: Boosting
    loss: float
    before: float | None
    trials: int


def training_rows(
    model: ModelName, snapshots: pd.DataFrame, loans: pd.DataFrame
) -> tuple[pd.DataFrame, Floats]:
    """The rows one model learns from, and its target, shape (n,)."""
    if model == "default":
        return loans, loans["default_12m"].to_numpy(dtype=np.float64)
    if model == "continuity":
        return snapshots, kept_income(snapshots).to_numpy(dtype=np.float64)
    return snapshots, log_ratio(snapshots)


def expanding_folds(
    rows: pd.DataFrame,
    target: Floats,
    dates: list[date],
    test_years: int,
    settings: TuningSettings,
    shared: FitSettings,
) -> list[Fold]:
    """The folds of ``settings.folds`` validation years, earliest first; profiles shown as in training.

    Args:
        rows: training rows with ``as_of``.
        target: shape (n,).
        dates: the yearly dates of all snapshots, ascending.
        test_years: how many of the last dates test; no fold sees them.
        settings: how many folds.
        shared: seed and share of profiles.

    Raises:
        SourceError: no fold has rows enough on both sides.
    """
    day = pd.to_datetime(rows["as_of"]).dt.date
    closed = add_years(dates[-test_years], -1)
    folds = []
    for back in range(settings.folds - 1, -1, -1):
        until = add_years(closed, -back)
        validates = ((day > add_years(until, -1)) & (day <= until)).to_numpy()
        fits = (day <= add_years(until, -2)).to_numpy()
        if min(fits.sum(), validates.sum()) < _FEWEST or len(np.unique(target[validates])) < 2:
            continue
        shown, outcome = with_profiles(
            feature_columns(rows[fits]),
            target[fits],
            shared.profile_share,
            np.random.default_rng(shared.seed),
        )
        folds.append(Fold(shown, outcome, feature_columns(rows[validates]), target[validates]))
    if not folds:
        raise SourceError(f"tuning: no validation year with {_FEWEST} rows or more on either side")
    return folds


def fold_loss(model: ModelName, fold: Fold, settings: FitSettings) -> float:
    """Loss on a fold's validation year: log loss, or the mean pinball loss of the band's quantiles."""
    inputs = characteristics_of(model)
    if model != "income":
        card = fit_scorecard(model, inputs, fold.fit, fold.target, settings).card
        return float(log_loss(fold.outcome, probabilities(card.margins(fold.later))))
    losses = []
    for name, quantile in QUANTILES.items():
        card = fit_scorecard(name, inputs, fold.fit, fold.target, settings, quantile=quantile).card
        margins = card.margins(fold.later)
        losses.append(mean_pinball_loss(fold.outcome, margins, alpha=quantile))
    return float(np.mean(losses))


SPACE: Mapping[str, tuple[float, float]] = {
    "rounds": (20, 800),
    "learning_rate": (0.01, 0.3),
    "min_rows_per_leaf": (10, 500),
    "l2": (0.1, 50.0),
    "row_share": (0.3, 1.0),
    "column_share": (0.2, 1.0),
}
"""What is searched, lowest and highest: few parameters, each one a person can picture."""


def propose(trial: optuna.trial.BaseTrial) -> Boosting:
    """The parameters of a trial, rounded to what is worth writing down."""
    return Boosting(
        rounds=trial.suggest_int("rounds", *_whole("rounds")),
        learning_rate=round(
            trial.suggest_float("learning_rate", *SPACE["learning_rate"], log=True), 3
        ),
        min_rows_per_leaf=trial.suggest_int(
            "min_rows_per_leaf", *_whole("min_rows_per_leaf"), log=True
        ),
        l2=round(trial.suggest_float("l2", *SPACE["l2"], log=True), 2),
        row_share=round(trial.suggest_float("row_share", *SPACE["row_share"]), 2),
        column_share=round(trial.suggest_float("column_share", *SPACE["column_share"]), 2),
    )


def tune(
    model: ModelName,
    folds: list[Fold],
    current: FitSettings,
    settings: TuningSettings,
    *,
    storage: str,
    study_name: str,
    seconds: float,
    finished: Callable[[int, Mapping[str, Any], float | None, str], None],
) -> Tuned | None:
    """Search for one model, beginning with the parameters in force; take up a study that exists.

    Args:
        model: whose inputs, directions and loss.
        folds: from ``expanding_folds``.
        current: settings in force; what is not searched stays as it is.
        settings: number of trials and seed.
        storage: where Optuna keeps studies, a SQLAlchemy address.
        study_name: identifies model and rows, so that a study is only taken up on the same rows.
        seconds: budget of this call.
        finished: told of each trial: number, parameters, loss, state.

    Returns None when no trial was finished in time.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        storage=storage,
        study_name=study_name,
        load_if_exists=True,
        direction="minimize",
        sampler=optuna.samplers.TPESampler(seed=settings.seed, n_startup_trials=_STARTUP_TRIALS),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=_STARTUP_TRIALS),
    )
    in_force = asdict(_boosting_of(current))
    searched = all(low <= in_force[name] <= high for name, (low, high) in SPACE.items())
    if searched and not any(trial.user_attrs.get("in_force") == in_force for trial in study.trials):
        study.enqueue_trial(in_force, user_attrs={"in_force": in_force})

    def objective(trial: optuna.Trial) -> float:
        tried = replace(current, **asdict(propose(trial)))
        losses: list[float] = []
        for step, fold in enumerate(folds):
            losses.append(fold_loss(model, fold, tried))
            trial.report(float(np.mean(losses)), step)
            if step < len(folds) - 1 and trial.should_prune():
                raise optuna.TrialPruned
        return float(np.mean(losses))

    def tell(_study: optuna.Study, trial: optuna.trial.FrozenTrial) -> None:
        finished(trial.number, trial.params, trial.value, trial.state.name)

    left = settings.trials - sum(trial.state.is_finished() for trial in study.trials)
    if left > 0 and seconds > 0:
        study.optimize(objective, n_trials=left, timeout=seconds, callbacks=[tell])
    done = [trial for trial in study.trials if trial.state.is_finished()]
    best = min(
        (trial for trial in done if trial.state.name == "COMPLETE" and trial.value is not None),
        key=lambda trial: (trial.value, trial.number),
        default=None,
    )
    if best is None or best.value is None:
        return None
    before = next((t.value for t in done if t.user_attrs.get("in_force") == in_force), None)
    return Tuned(
        boosting=propose(optuna.trial.FixedTrial(best.params)),
        loss=best.value,
        before=before,
        trials=len(done),
    )


def write_chosen(path: Path, chosen: Mapping[ModelName, Boosting]) -> list[str]:
    """Write chosen values into the ``fit`` section of the parameters; comments and order stay.

    Returns what changed, a line each.
    """
    # Loading it takes time that only this command needs to spend.
    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.width = 4096
    yaml.preserve_quotes = True
    yaml.representer.add_representer(
        type(None), lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    content = yaml.load(path.read_text(encoding="utf-8"))
    changes = list(_changes(content["fit"], chosen))
    for model, name, _, value in changes:
        content["fit"][model][name] = value
    scratch = path.with_name(f".{path.name}.new")
    with scratch.open("w", encoding="utf-8") as stream:
        yaml.dump(content, stream)
    scratch.replace(path)
    return [f"fit.{model}.{name}: {old} → {new}" for model, name, old, new in changes]


def _changes(
    section: Mapping[str, Any], chosen: Mapping[ModelName, Boosting]
) -> Iterator[tuple[ModelName, str, Any, Any]]:
    for model, boosting in chosen.items():
        for name, value in asdict(boosting).items():
            if section[model][name] != value:
                yield model, name, section[model][name], value


def _whole(name: str) -> tuple[int, int]:
    low, high = SPACE[name]
    return int(low), int(high)


def _boosting_of(settings: FitSettings) -> Boosting:
    return Boosting(**{field.name: getattr(settings, field.name) for field in fields(Boosting)})
