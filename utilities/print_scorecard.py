"""Print a scorecard as a table, and draw its tables.

python -m utilities.print_scorecard continuity
python -m utilities.print_scorecard default --plots reports/scorecards
"""

import argparse
import sys
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt

from solvencia.artifact import read_model
from solvencia.domain.errors import SolvenciaError
from solvencia.domain.scorecard import Scorecard
from solvencia.training.plots import plot_feature_points, plot_pair_points
from solvencia.training.printing import scorecard_text


def draw(card: Scorecard, directory: Path) -> int:
    """One PNG a table, in the scorecard's order; returns how many."""
    directory.mkdir(parents=True, exist_ok=True)
    for number, table in enumerate(card.tables, 1):
        if len(table.features) == 1:
            figure = plot_feature_points(card, table.features[0])
        else:
            figure = plot_pair_points(card, (table.features[0], table.features[1]))
        name = f"{card.name}_{number:02}_{'_by_'.join(table.features)}.png"
        figure.savefig(directory / name, dpi=110, metadata={"Software": None})
        plt.close(figure)
    return len(card.tables)


def main() -> int:
    """Print one scorecard of a model directory."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("name", help="continuity, default, income_p10, income_p50 or income_p90")
    parser.add_argument("--model", type=Path, default=Path("model/candidate"))
    parser.add_argument("--plots", type=Path, help="also draw every table into this directory")
    arguments = parser.parse_args()
    mpl.use("Agg")
    try:
        model = read_model(arguments.model)
    except SolvenciaError as error:
        print(f"print_scorecard: {error}", file=sys.stderr)
        return 1
    card = model.scorecards.get(arguments.name)
    if card is None:
        allowed = ", ".join(model.scorecards)
        print(f"name: got {arguments.name}; allowed: {allowed}", file=sys.stderr)
        return 1
    print(scorecard_text(card))
    if arguments.plots is not None:
        print(f"\n{draw(card, arguments.plots)} plots in {arguments.plots}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
