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
from solvencia.training.registry import record_training

CANDIDATE, PARAMETERS, REPORTS = Path("model/candidate"), Path("params.yaml"), Path("reports")
DOCUMENTS = ("report.html", "model_card.md", "model_card.html", "metrics.json")


def main() -> int:
    """Record, or say what was not."""
    try:
        model = read_model(CANDIDATE)
    except SolvenciaError as error:
        print(f"record: {error}", file=sys.stderr)
        return 1
    metrics, plots = REPORTS / "metrics.json", REPORTS / "plots"
    result = record_training(
        CANDIDATE,
        model.version,
        yaml.safe_load(PARAMETERS.read_text(encoding="utf-8")),
        json.loads(metrics.read_text(encoding="utf-8")) if metrics.is_file() else model.metrics,
        plots=plots if plots.is_dir() else None,
        documents=[path for name in DOCUMENTS if (path := REPORTS / name).is_file()],
    )
    print(result)
    return 0


if __name__ == "__main__":
    sys.exit(main())
