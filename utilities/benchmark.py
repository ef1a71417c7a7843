"""Compare the glass box with its yardsticks on real credit data.

python -m utilities.benchmark --data FOLDER                               every contract, every model
python -m utilities.benchmark --data FOLDER --only german --models glass_box,xgboost

The folder may also be named by DATA. A part of the comparison is written only where --output says.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, fields
from pathlib import Path

from solvencia.data.contract import load_data, read_contract
from solvencia.data.parameters import read_section
from solvencia.domain.errors import SolvenciaError
from solvencia.training.benchmark import MODELS, Standing, benchmark, split_of
from solvencia.training.fit import FitSettings

CONTRACTS = Path("dataset/contracts")
REPORT = Path("reports/benchmark.json")


def table(name: str, standings: Mapping[str, Standing]) -> str:
    """One line a model, aligned; the first column is the data set.

    >>> print(table("german", {"logistic": Standing(0.78123, 0.0312, 0.45, 0.167, 0.04)}))
    german               logistic      0.7812  0.0312  0.4500  0.1670      0.04
    """
    return "\n".join(
        f"{name:<20} {model:<10} {item.auc:>9.4f} {item.auc_sd:>7.4f} {item.ks:>7.4f} "
        f"{item.brier:>7.4f} {item.seconds:>9.2f}"
        for model, item in standings.items()
    )


def main() -> int:
    """Run what was asked for; a data set whose file is absent is skipped."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--data", default=os.environ.get("DATA", ""), help="folder of the data sets"
    )
    parser.add_argument("--only", default="", help="names of contracts, with commas")
    parser.add_argument("--models", default=",".join(MODELS), help="names of models, with commas")
    parser.add_argument("--output", type=Path, help=f"default of a whole comparison: {REPORT}")
    arguments = parser.parse_args()
    if not arguments.data or not Path(arguments.data).is_dir():
        named = f"no folder {arguments.data}" if arguments.data else "no folder named"
        print(f"benchmark skipped: {named}; say where the data is: make benchmark DATA=/path")
        return 0
    names = [name for name in arguments.only.split(",") if name] or sorted(
        path.stem for path in CONTRACTS.glob("*.yaml")
    )
    models = arguments.models.split(",")
    whole = not arguments.only and set(models) == set(MODELS)
    output = arguments.output or (REPORT if whole else None)
    try:
        return run(Path(arguments.data), names, models, output)
    except SolvenciaError as error:
        print(f"benchmark: {error}", file=sys.stderr)
        return 1


def run(root: Path, names: list[str], models: list[str], output: Path | None) -> int:
    """Compare, print a line a model as they come, and write the report after each data set."""
    settings = read_section(Path("params.yaml"), "benchmark", FitSettings)
    contracts = [read_contract(CONTRACTS / f"{name}.yaml") for name in names]
    report: dict[str, dict[str, dict[str, float]]] = {}
    heading = " ".join(f"{field.name:>7}" for field in fields(Standing)[1:4])
    print(f"{'data set':<20} {'model':<10} {'auc':>9} {heading} {'seconds':>9}")
    for contract in contracts:
        dataset = load_data(contract, root)
        if dataset is None:
            print(f"{contract.name:<20} skipped: no file {root / contract.file}")
            continue
        standings = benchmark(dataset, settings, models)
        print(f"{table(contract.name, standings)}\n{'':<20} ({split_of(dataset)})", flush=True)
        report[contract.name] = {model: asdict(item) for model, item in standings.items()}
        if output is not None:
            output.write_text(
                json.dumps(report, indent=1, allow_nan=False) + "\n", encoding="utf-8"
            )
    if output is not None and report:
        print(output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
