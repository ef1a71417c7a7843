"""Record the last training run in MLflow: parameters, metrics, plots, the model, alias candidate.

python -m utilities.record

Without MLflow nothing is lost but the record: it says what was not recorded, and exits with 0.
"""

import json
import sys
from pathlib import Path

import yaml

from solvencia.artifact import read_model
from solvencia.domain.errors import SolvenciaError
from solvencia.training.registry import Recorded, record_training
from solvencia.training.tracking import Unrecorded

CANDIDATE, PARAMETERS, REPORTS = Path("model/candidate"), Path("params.yaml"), Path("reports")
DOCUMENTS = ("report.html", "model_card.md", "model_card.html", "metrics.json")


def main() -> int:
    """Record, or say what was not."""
    try:
        print(record_candidate())
    except SolvenciaError as error:
        print(f"record: {error}", file=sys.stderr)
        return 1
    return 0


def record_candidate() -> Recorded | Unrecorded:
    """Record the candidate with what the pipeline made of it, unless MLflow holds it already."""
    model = read_model(CANDIDATE)
    metrics, plots = REPORTS / "metrics.json", REPORTS / "plots"
    return record_training(
        CANDIDATE,
        model.version,
        yaml.safe_load(PARAMETERS.read_text(encoding="utf-8")) if PARAMETERS.is_file() else {},
        json.loads(metrics.read_text(encoding="utf-8")) if metrics.is_file() else model.metrics,
        plots=plots if plots.is_dir() else None,
        documents=[path for name in DOCUMENTS if (path := REPORTS / name).is_file()],
    )


if __name__ == "__main__":
    sys.exit(main())
