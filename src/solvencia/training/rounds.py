"""How many trees a scorecard needs: as many as still help on rows they have not seen."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import xgboost as xgb
from sklearn.model_selection import StratifiedKFold

from solvencia.domain.characteristic import Characteristic
from solvencia.training.binning import choose_bins
from solvencia.training.fit import (
    Columns,
    FitSettings,
    Floats,
    boosting_parameters,
    cell_matrix,
    known_characteristics,
    odds_parameters,
)

_FOLDS = 5
_PATIENCE = 60
_MANY_ROWS = 10_000
"""From so many rows on, one fold says as much as five."""


def with_chosen_rounds(
    characteristics: Sequence[Characteristic],
    columns: Columns,
    target: Floats,
    settings: FitSettings,
) -> FitSettings:
    """The settings with the rounds after which log loss on held-out rows stops falling.

    ``settings.rounds`` is the most. Held out are fifths of the rows, stratified by ``target``
    (0/1): each in turn for a small data set, one of them for a large one.
    """
    known = known_characteristics(characteristics, columns)
    bins = [choose_bins(item, columns[item.name], settings.max_bins) for item in known]
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=settings.seed)
    parts = list(folds.split(np.zeros(len(target)), target))
    history = xgb.cv(
        {
            **boosting_parameters(known, settings),
            **odds_parameters(target, settings),
            "eval_metric": "logloss",
        },
        cell_matrix(known, bins, columns, target),
        settings.rounds,
        folds=parts if len(target) < _MANY_ROWS else parts[:1],
        early_stopping_rounds=_PATIENCE,
    )
    return replace(settings, rounds=len(history))
