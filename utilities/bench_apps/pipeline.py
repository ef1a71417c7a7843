"""Trains the model that the usual way serves: imputer, one-hot encoder, XGBoost classifier.

    python -m utilities.bench_apps.pipeline FEATURES OUT TREES DEPTH

FEATURES holds a JSON list of feature objects. OUT gets ``pipeline.joblib``, ``booster.json`` (the
classifier alone) and ``expected.json``: what the pipeline answers for each of FEATURES, and the
numbers that the booster sees. A process of its own, so that the benchmark's holds no XGBoost.
"""

import json
import sys
from pathlib import Path

import joblib  # type: ignore[import-untyped]
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder
from xgboost import XGBClassifier

from solvencia.domain.features import characteristics_of
from solvencia.training.tune import training_rows

ROWS = Path("dataset")


def train(trees: int, depth: int) -> Pipeline:
    """The pipeline, fitted on the rows that the continuity scorecard learns from."""
    tables = [pd.read_parquet(ROWS / f"{name}.parquet") for name in ("snapshots", "loans")]
    frame, target = training_rows("continuity", *tables)
    inputs = characteristics_of("continuity")
    levels = [item.name for item in inputs if item.is_category]
    numbers = [item.name for item in inputs if not item.is_category]
    encode = make_pipeline(
        SimpleImputer(strategy="most_frequent"),
        OneHotEncoder(handle_unknown="ignore", sparse_output=False),
    )
    columns = ColumnTransformer(
        [("numbers", SimpleImputer(strategy="median"), numbers), ("levels", encode, levels)]
    )
    classifier = XGBClassifier(
        n_estimators=trees, max_depth=depth, learning_rate=0.05, n_jobs=1, random_state=0
    )
    pipeline = Pipeline([("columns", columns), ("classifier", classifier)])
    return pipeline.fit(frame[[item.name for item in inputs]], target)


def main() -> int:
    """Train and write."""
    features, out = (Path(argument) for argument in sys.argv[1:3])
    frame = pd.DataFrame(json.loads(features.read_text(encoding="utf-8")))
    pipeline = train(*(int(argument) for argument in sys.argv[3:]))
    encoded = np.asarray(pipeline[0].transform(frame), dtype=np.float64)
    joblib.dump(pipeline, out / "pipeline.joblib")
    pipeline[1].get_booster().save_model(out / "booster.json")
    expected = {
        "probability": pipeline.predict_proba(frame)[:, 1].tolist(),
        "encoded": encoded.tolist(),
    }
    (out / "expected.json").write_text(json.dumps(expected), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
