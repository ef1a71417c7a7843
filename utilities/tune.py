"""Tune how the trees of each model grow and write what was chosen to params.yaml.

    python -m utilities.tune              all models
    python -m utilities.tune default      one of them

Takes up where an earlier run on the same rows stopped. The pipeline is not run: `dvc repro` after it
trains with the new values.
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import pandas as pd

from solvencia.data.parameters import read_section
from solvencia.domain.errors import SolvenciaError
from solvencia.training.evaluate import EvaluationSettings
from solvencia.training.settings import Boosting, ModelName, TrainingSettings
from solvencia.training.studies import Study, finish_study, record_trial, start_study
from solvencia.training.tracking import Unrecorded
from solvencia.training.tune import (
    Tuned,
    TuningSettings,
    expanding_folds,
    training_rows,
    tune,
    write_chosen,
)

PARAMETERS = Path("params.yaml")
ROWS = Path("dataset")
STUDIES = Path("model/registry/studies.db")


def main() -> int:
    """Tune, record each trial, and say what changed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("models", nargs="*", choices=[*get_args(ModelName), []], default=[])
    names: tuple[ModelName, ...] = tuple(parser.parse_args().models) or get_args(ModelName)
    try:
        chosen = tune_models(names)
        for line in write_chosen(PARAMETERS, chosen) or [
            "the parameters in force are the best found"
        ]:
            print(line)
    except SolvenciaError as error:
        print(f"tune: {error}", file=sys.stderr)
        return 1
    return 0


def tune_models(names: tuple[ModelName, ...]) -> dict[ModelName, Boosting]:
    """The best parameters of each model; what is left of the time is shared among those to come."""
    settings = read_section(PARAMETERS, "tuning", TuningSettings)
    fit = read_section(PARAMETERS, "fit", TrainingSettings)
    test_years = read_section(PARAMETERS, "evaluation", EvaluationSettings).test_years
    snapshots, loans = (
        pd.read_parquet(ROWS / f"{name}.parquet") for name in ("snapshots", "loans")
    )
    dates = sorted(set(pd.to_datetime(snapshots["as_of"]).dt.date))
    STUDIES.parent.mkdir(parents=True, exist_ok=True)
    end = time.monotonic() + settings.seconds
    chosen: dict[ModelName, Boosting] = {}
    for position, model in enumerate(names):
        rows, target = training_rows(model, snapshots, loans)
        if not len(rows):
            print(f"{model}: the source holds no rows for it")
            continue
        current = fit.of(model)
        held = (
            current.max_bins,
            current.max_pairs,
            current.profile_share,
            settings.folds,
            test_years,
        )
        name = f"{model}-{_fingerprint(rows, held)}"
        study = start_study(name, {"tuning": asdict(settings), "fit": asdict(current)})
        recorder = _Recorder(model, study)
        best = tune(
            model,
            expanding_folds(rows, target, dates, test_years, settings, current),
            current,
            settings,
            storage=f"sqlite:///{STUDIES}",
            study_name=name,
            seconds=(end - time.monotonic()) / (len(names) - position),
            finished=recorder.finished,
        )
        if best is None:
            print(f"{model}: no trial was finished in {settings.seconds:g} s (tuning.seconds)")
            continue
        ended = finish_study(recorder.study, asdict(best.boosting), best.loss)
        print(_summary(model, best))
        if isinstance(ended, Unrecorded):
            print(ended)
        chosen[model] = best.boosting
    return chosen


class _Recorder:
    """Prints each trial and records it as a nested run."""

    def __init__(self, model: ModelName, study: Study | Unrecorded) -> None:
        self.model, self.study = model, study

    def finished(
        self, number: int, parameters: Mapping[str, Any], value: float | None, state: str
    ) -> None:
        """One trial is over."""
        shown = "pruned" if value is None or state == "PRUNED" else f"{value:.5f}"
        print(f"{self.model} {number:3d}  {shown}", flush=True)
        self.study = record_trial(self.study, number, parameters, value, state)


def _summary(model: ModelName, best: Tuned) -> str:
    shown = "not known" if best.before is None else f"{best.before:.5f}"
    return (
        f"{model}: loss {best.loss:.5f} after {best.trials} trials; "
        f"that of the parameters in force: {shown}"
    )


def _fingerprint(rows: pd.DataFrame, held: tuple[float, ...]) -> str:
    """Eight digits that change with the rows and with what is not searched."""
    digest = hashlib.sha256(pd.util.hash_pandas_object(rows, index=False).to_numpy().tobytes())
    digest.update(repr(held).encode())
    return digest.hexdigest()[:8]


if __name__ == "__main__":
    sys.exit(main())
