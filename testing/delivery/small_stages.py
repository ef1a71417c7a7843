"""What the notebooks and the report do, small and in one process: python -m testing.delivery.small_stages."""

import json
import warnings
from pathlib import Path

from solvencia.data.reference_tables import load_reference
from solvencia.data.snapshots import SnapshotSettings, build_training_tables
from solvencia.data.sources import SourceDescription
from solvencia.training.assemble import assemble
from solvencia.training.evaluate import EvaluationSettings, judge
from solvencia.training.train import train
from testing.conftest import FIT

SOURCE, REFERENCE = Path("dataset/source"), Path("dataset/reference")
YEARS = 3
DVC_YAML = """
stages:
  acquire:
    cmd: python -m utilities.acquire
    params: [source]
    deps:
      - ${source.path}
    outs: [dataset/source]
  model:
    cmd: python -m testing.delivery.small_stages
    deps: [dataset/source]
    outs: [dataset/snapshots.parquet, dataset/loans.parquet, model/candidate]
    metrics:
      - reports/metrics.json: {cache: false}
  record:
    cmd: echo recorded
    params:
      - params.yaml:
    deps: [model/candidate]
"""


def main() -> None:
    """Train on what was acquired."""
    reference = load_reference(REFERENCE)
    tables = build_training_tables(SOURCE, reference, SnapshotSettings(8, 24, 0.0))
    trained = train(tables.snapshots, tables.loans, FIT, test_years=YEARS)
    metrics = judge(trained, None, REFERENCE, EvaluationSettings(YEARS, 10, 2, 5))
    version = assemble(
        Path("model/candidate"),
        trained,
        metrics=metrics,
        reference=reference,
        source=SourceDescription.read(SOURCE),
        settings=FIT,
        data={},
    )
    tables.snapshots.to_parquet("dataset/snapshots.parquet")
    tables.loans.to_parquet("dataset/loans.parquet")
    text = json.dumps({"model_version": version, **metrics}, indent=1, default=str)
    Path("reports/metrics.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
