"""The usual model as a BentoML service; runs in BentoML's own environment.

Reads ``BENCH_MODEL``, a directory that holds what ``pipeline`` wrote.
"""

import os
from pathlib import Path

import bentoml  # type: ignore[import-not-found]
import joblib  # type: ignore[import-untyped]
import numpy as np
import pandas as pd
import xgboost as xgb


@bentoml.service(workers=1, logging={"access": {"enabled": False}})
class Continuity:
    """P(the applicant keeps 80 % of their income for a year)."""

    def __init__(self) -> None:
        model = Path(os.environ["BENCH_MODEL"])
        self._pipeline = joblib.load(model / "pipeline.joblib")
        self._booster = xgb.Booster(model_file=model / "booster.json")
        self._booster.set_param({"nthread": 1})

    @bentoml.api  # type: ignore[untyped-decorator]
    def pipeline(self, features: dict[str, float | str | None]) -> float:
        """From features as they are, through a pandas row."""
        return float(self._pipeline.predict_proba(pd.DataFrame([features]))[0, 1])

    @bentoml.api  # type: ignore[untyped-decorator]
    def booster(self, values: list[float]) -> float:
        """From the numbers that XGBoost sees."""
        return float(self._booster.inplace_predict(np.array([values]))[0])
