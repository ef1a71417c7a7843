"""The models the glass box is measured against: XGBoost without limits, an EBM, a logistic regression.

Each learns from one part of the rows and predicts P(bad) of another, and is set up the same way for
every data set. Of the glass box's settings they take threads and seed.
"""

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from solvencia.domain.characteristic import Characteristic
from solvencia.training.fit import Columns, FitSettings, Floats, raw_matrix

_ROUNDS = 3000
_PATIENCE = 60
_FOLDS = 5
_MANY_ROWS = 10_000
"""From so many rows on, one held-out fold says when to stop as well as five do."""


def predict_xgboost(
    characteristics: Sequence[Characteristic],
    columns: Columns,
    target: Floats,
    later: Columns,
    settings: FitSettings,
) -> Floats:
    """P(bad) of the rows of ``later``, shape (m,), by boosted trees without directions or tables.

    As many trees as lower the log loss of held-out fifths of the training rows; then all of these
    rows are fitted with so many.
    """
    parameters = {
        "objective": "binary:logistic",
        "eval_metric": "logloss",
        "tree_method": "hist",
        "max_depth": 4,
        "learning_rate": 0.03,
        "subsample": 0.8,
        "colsample_bynode": 0.5,
        "nthread": settings.threads,
        "seed": settings.seed,
    }
    rows = raw_matrix(characteristics, columns, target)
    fifths = StratifiedKFold(_FOLDS, shuffle=True, random_state=settings.seed).split(target, target)
    held_out = list(fifths)[: _FOLDS if len(target) < _MANY_ROWS else 1]
    history = xgb.cv(parameters, rows, _ROUNDS, folds=held_out, early_stopping_rounds=_PATIENCE)
    booster = xgb.train(parameters, rows, len(history))
    return np.asarray(booster.predict(raw_matrix(characteristics, later)), dtype=np.float64)


def predict_ebm(
    characteristics: Sequence[Characteristic],
    columns: Columns,
    target: Floats,
    later: Columns,
    settings: FitSettings,
) -> Floats:
    """P(bad) of the rows of ``later``, shape (m,), by an explainable boosting machine as it comes."""
    # Loading it takes seconds, and nothing else needs it.
    from interpret.glassbox import ExplainableBoostingClassifier

    kinds = [
        (list(item.levels) if item.ordered else "nominal") if item.is_category else "continuous"
        for item in characteristics
    ]
    model = ExplainableBoostingClassifier(
        feature_names=[item.name for item in characteristics],
        feature_types=kinds,
        n_jobs=settings.threads,
        random_state=settings.seed,
    )
    with warnings.catch_warnings():
        # Missing values get a bin of their own, as they should; the warning says only that there are some.
        warnings.filterwarnings("ignore", "Missing values detected", UserWarning)
        model.fit(_frame(characteristics, columns), target.astype(np.int64))
    return np.asarray(model.predict_proba(_frame(characteristics, later))[:, 1])


def predict_logistic(
    characteristics: Sequence[Characteristic],
    columns: Columns,
    target: Floats,
    later: Columns,
    settings: FitSettings,
) -> Floats:
    """P(bad) of the rows of ``later``, shape (m,), by a logistic regression.

    Numbers: the median in place of a missing one, with an indicator, standardised. Categories: one
    column a level, none of them when missing. The settings play no part.
    """
    numbers = [item.name for item in characteristics if not item.is_category]
    categories = [item for item in characteristics if item.is_category]
    model = make_pipeline(
        make_column_transformer(
            (
                make_pipeline(
                    SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
                    StandardScaler(),
                ),
                numbers,
            ),
            (
                OneHotEncoder(
                    categories=[list(item.levels) for item in categories], handle_unknown="ignore"
                ),
                [item.name for item in categories],
            ),
        ),
        LogisticRegression(max_iter=2000),
    )
    model.fit(_frame(characteristics, columns), target)
    return np.asarray(model.predict_proba(_frame(characteristics, later))[:, 1])


def _frame(characteristics: Sequence[Characteristic], columns: Columns) -> pd.DataFrame:
    # Level names stay objects: a text column of pandas would turn None into NaN.
    return pd.DataFrame(
        {
            item.name: pd.Series(columns[item.name], dtype=columns[item.name].dtype)
            for item in characteristics
        }
    )
