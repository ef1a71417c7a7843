"""Saves the usual model for ``mlflow models serve``; runs in MLflow's own environment.

    python mlflow_model.py MODEL

MODEL holds what ``pipeline`` wrote. Written beside it: ``mlflow_pipeline``, the whole pipeline, and
``mlflow_booster``, XGBoost alone.
"""

import sys
from pathlib import Path

import joblib  # type: ignore[import-untyped]
import mlflow.sklearn
import mlflow.xgboost
import xgboost as xgb

_REQUIREMENTS = ["scikit-learn", "xgboost-cpu"]


def main() -> int:
    """Save both."""
    model = Path(sys.argv[1])
    mlflow.sklearn.save_model(
        joblib.load(model / "pipeline.joblib"),
        model / "mlflow_pipeline",
        pip_requirements=_REQUIREMENTS,
        serialization_format="cloudpickle",
        pyfunc_predict_fn="predict_proba",
    )
    booster = xgb.Booster(model_file=model / "booster.json")
    booster.set_param({"nthread": 1})
    mlflow.xgboost.save_model(booster, model / "mlflow_booster", pip_requirements=_REQUIREMENTS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
