"""Measure what could be reached on the default data, and what an EBM reaches: reports/yardsticks.json.

    python -m utilities.yardsticks

Simulates ten times the people, which takes some minutes, so it is not a part of the pipeline. The
model card reads the file and says for which data it was measured.
"""

import hashlib
import json
import sys
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from solvencia.data.acquire import SourceSettings
from solvencia.data.parameters import read_section
from solvencia.data.reference_tables import load_reference
from solvencia.data.snapshots import SnapshotSettings
from solvencia.data.sources import SourceDescription, reference_for
from solvencia.domain.errors import SolvenciaError, SourceError
from solvencia.domain.features import characteristics_of
from solvencia.training.ceiling import TIMES, other_populations, practical_ceiling
from solvencia.training.evaluate import EvaluationSettings
from solvencia.training.fit import Floats
from solvencia.training.metrics import auc
from solvencia.training.settings import ModelName, TrainingSettings
from solvencia.training.train import Split, feature_columns, split_by_date
from solvencia.training.tune import training_rows
from solvencia.training.yardsticks import predict_ebm

ROWS, REFERENCE, TARGET = (
    Path("dataset"),
    Path("dataset/reference"),
    Path("reports/yardsticks.json"),
)
PARAMETERS = Path("params.yaml")


def main() -> int:
    """Measure, print a line a model, and write the file."""
    try:
        figures = measure()
    except (OSError, SolvenciaError) as error:
        print(f"yardsticks: {error}", file=sys.stderr)
        return 1
    TARGET.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    for model in ("continuity", "default"):
        if model in figures:
            line = ", ".join(f"{name} {value}" for name, value in figures[model].items())
            print(f"{model}: {line}")
    print(TARGET)
    return 0


def measure() -> dict[str, Any]:
    """Figures by model, with the hash of the rows they were measured on."""
    simulator = read_section(PARAMETERS, "source", SourceSettings).simulator
    if simulator is None:
        raise SourceError(
            "source.kind: got files; allowed: simulator, real people cannot be drawn anew"
        )
    fit = read_section(PARAMETERS, "fit", TrainingSettings)
    test_years = read_section(PARAMETERS, "evaluation", EvaluationSettings).test_years
    files = {name: ROWS / f"{name}.parquet" for name in ("snapshots", "loans")}
    snapshots, loans = (pd.read_parquet(path) for path in files.values())
    dates = sorted(set(pd.to_datetime(snapshots["as_of"]).dt.date))
    reference = reference_for(SourceDescription.read(ROWS / "source"), load_reference(REFERENCE))
    populations = list(
        other_populations(
            simulator,
            read_section(PARAMETERS, "snapshots", SnapshotSettings),
            REFERENCE,
            reference,
        )
    )
    figures: dict[str, Any] = {
        "data": {
            name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()
        },
        "times_the_people": TIMES,
    }
    model: ModelName
    for model in get_args(ModelName):
        rows, target = training_rows(model, snapshots, loans)
        if model == "income" or not len(rows):
            continue
        learned = rows.assign(target=target)
        parts = split_by_date(learned, dates, test_years, held_out=model == "continuity")
        test, outcome = parts.test, parts.test["target"].to_numpy()
        ceiling = practical_ceiling(
            model,
            populations,
            test,
            outcome,
            dates[-test_years],
            threads=fit.threads,
            seed=fit.seed,
        )
        by_ebm = auc(outcome, _ebm(model, parts, fit))
        assert by_ebm is not None
        figures[model] = {
            "auc_ebm": round(by_ebm, 6),
            "auc_ten_times": round(ceiling.auc, 6),
            "rows_ten_times": ceiling.rows,
            "trees_ten_times": ceiling.trees,
        }
    return figures


def _ebm(model: ModelName, parts: Split, settings: TrainingSettings) -> Floats:
    """P(1) of the test rows by an EBM that learned from the rows the scorecard was fitted on."""
    return predict_ebm(
        characteristics_of(model),
        feature_columns(parts.fit),
        parts.fit["target"].to_numpy(),
        feature_columns(parts.test),
        settings.of(model),
    )


if __name__ == "__main__":
    sys.exit(main())
