"""The usual way: FastAPI, a pandas row per request, a scikit-learn pipeline. No rules, no storage.

The request already holds the features, as JSON. Reads ``BENCH_MODEL``, a directory.
"""

import os
from pathlib import Path
from typing import Any

import joblib  # type: ignore[import-untyped]
import pandas as pd
from fastapi import FastAPI
from pydantic import BaseModel, create_model

from solvencia.domain.features import characteristics_of

_FIELDS: Any = {
    item.name: (str | None if item.is_category else float | None, None)
    for item in characteristics_of("continuity")
}
FeaturesIn = create_model("FeaturesIn", __base__=BaseModel, **_FIELDS)


class ProbabilityOut(BaseModel):
    """P(the applicant keeps 80 % of their income for a year)."""

    probability: float


def create_app() -> FastAPI:
    """The service, with its model loaded."""
    pipeline = joblib.load(Path(os.environ["BENCH_MODEL"]) / "pipeline.joblib")
    app = FastAPI()

    @app.post("/score")
    async def score(features: FeaturesIn) -> ProbabilityOut:
        row = pd.DataFrame([features.model_dump()])
        return ProbabilityOut(probability=pipeline.predict_proba(row)[0, 1])

    return app
