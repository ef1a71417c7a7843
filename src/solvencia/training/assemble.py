"""Writes what training made as one model directory, with where it came from."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from solvencia.artifact import write_model
from solvencia.data.sources import SourceDescription
from solvencia.domain.reference import Reference
from solvencia.training.settings import TrainingSettings
from solvencia.training.train import Trained


def assemble(
    directory: Path,
    trained: Trained,
    *,
    metrics: Mapping[str, Any],
    reference: Reference,
    source: SourceDescription,
    settings: TrainingSettings,
    data: Mapping[str, Path],
) -> str:
    """Write the model and return its version.

    ``data`` names the files it learned from; their hashes go into the manifest.
    """
    provenance = {
        "synthetic": source.synthetic,
        "source": source.kind,
        "rows": source.rows,
        "observed_until": source.observed_until.isoformat(),
        "economy": source.economy,
        "data": {
            name: hashlib.sha256(path.read_bytes()).hexdigest()
            for name, path in sorted(data.items())
        },
        "fit": asdict(settings),
        "periods": trained.periods,
        "absent": trained.absent,
    }
    return write_model(
        directory,
        scorecards=trained.scorecards,
        segmentation=trained.segmentation,
        reference=reference,
        stability=trained.stability,
        provenance=provenance,
        metrics=metrics,
    )
