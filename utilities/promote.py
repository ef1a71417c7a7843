"""Let the candidate serve, if it passes every gate of params.yaml; say which one it fails, and by how much.

python -m utilities.promote           compare with the champion on the held-out window
python -m utilities.promote --first   only where no champion serves that this code can load

The first model has nothing to be compared with and serves once it and the policy load; its figures are
shown. The champion it replaces stays in model/archive, for utilities.rollback.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from solvencia.artifact import Model, read_model
from solvencia.data.parameters import read_section
from solvencia.domain.errors import PolicyError, SolvenciaError, SourceError
from solvencia.domain.verdict import CompiledPolicy
from solvencia.serving.decider import load_policy
from solvencia.training.champions import (
    CARD,
    calibration_of,
    card_of,
    champion_version,
    install_champion,
)
from solvencia.training.evaluate import EvaluationSettings
from solvencia.training.fairness import FairnessSettings
from solvencia.training.gates import Gate, GateSettings, Standing, judge_candidate
from solvencia.training.registry import point_champion
from solvencia.training.standing import measure, read_window
from solvencia.training.tracking import Unrecorded
from utilities.record import record_candidate

MODELS = Path("model")
CANDIDATE, CHAMPION = MODELS / "candidate", MODELS / "champion"
POLICY, PARAMETERS, ROWS = Path("business_rules/policy.json"), Path("params.yaml"), Path("dataset")
REPORTS = Path("reports")


@dataclass(frozen=True)
class Judgement:
    """What the gates said of a candidate.

    Attributes:
        candidate: its version.
        champion: version it was compared with; None where it was compared with none.
        gates: every gate that was asked.
    """

    candidate: str
    champion: str | None
    gates: tuple[Gate, ...] = ()

    @property
    def refusals(self) -> tuple[str, ...]:
        """Sentences of the gates that hold it back."""
        return tuple(gate.sentence for gate in self.gates if not gate.passed)


def main() -> int:
    """Promote, or say why not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", action="store_true", help="keep a champion that serves already")
    arguments = parser.parse_args()
    try:
        return promote(first=arguments.first)
    except SolvenciaError as error:
        print(f"promote: {error}", file=sys.stderr)
        return 1


def promote(*, first: bool) -> int:
    """Exit code: 0 when the candidate serves or waits, 1 when it is refused."""
    candidate, champion = read_model(CANDIDATE), read_champion()
    if champion is not None and champion.version == candidate.version:
        print(f"champion: {champion.version}, the latest candidate")
        if not first:
            announce(champion.version)
        return 0
    if champion is not None and first:
        print(
            f"champion: {champion.version}; candidate {candidate.version} waits for `make promote`"
        )
        return 0
    policy = read_policy()
    if first and isinstance(policy, str):
        raise PolicyError(policy)
    try:
        judgement = judge(candidate, champion, policy)
    except SolvenciaError as error:
        if not first:
            raise
        print(f"the first model serves unmeasured: {error}")
        judgement = Judgement(candidate.version, champion=None)
    if judgement.refusals and not first:
        stays = f"{champion.version} serves on" if champion else "nothing has changed"
        print(f"candidate {candidate.version} is refused; {stays}", file=sys.stderr)
        return 1
    if judgement.refusals:
        print("no gate holds back the first model: it serves, and the next one is asked")
    install(candidate.version)
    announce(candidate.version)
    return 0


def judge(candidate: Model, champion: Model | None, policy: CompiledPolicy | str) -> Judgement:
    """Ask every gate, print what they say, and return it; nothing is changed.

    Args:
        policy: the one in force, or why it does not load.

    Raises:
        SourceError: parameters or rows to measure on are missing.
    """
    gates = ask(candidate, champion, policy)
    judgement = Judgement(candidate.version, champion.version if champion else None, gates)
    for sentence in judgement.refusals:
        print(sentence)
    return judgement


def install(version: str) -> None:
    """Let the candidate serve, with its card and its calibration.

    Raises:
        ArtifactError: the candidate is not of this version by now; nothing has changed.
    """
    replaced = champion_version(MODELS)
    card = card_of(REPORTS / CARD, version)
    if card is None:
        print(f"{REPORTS / CARD} is not of this model: it serves without a card")
    calibration = calibration_of(REPORTS, version)
    if calibration is None:
        print(f"{REPORTS} has no calibration of this model: it serves without groups to draw")
    install_champion(MODELS, CANDIDATE, version, card, calibration)
    print(f"champion: {version}" + (f", in place of {replaced}" if replaced else ""))


def read_champion() -> Model | None:
    """The model that serves; None where there is none that this code can load."""
    if not CHAMPION.exists():
        return None
    try:
        return read_model(CHAMPION)
    except SolvenciaError as error:
        print(
            "the champion cannot be loaded by this code, so only the gates that need none are asked: "
            f"{error}",
            file=sys.stderr,
        )
        return None


def read_policy() -> CompiledPolicy | str:
    """The policy in force, or why it does not load."""
    try:
        return load_policy(POLICY)
    except PolicyError as error:
        return str(error)


def ask(candidate: Model, champion: Model | None, policy: CompiledPolicy | str) -> tuple[Gate, ...]:
    """Measure both on the held-out window, print the gates as a table, and return them."""
    if not PARAMETERS.is_file():
        raise SourceError(f"{PARAMETERS}: is missing; its section gates says what is allowed")
    settings = read_section(PARAMETERS, "gates", GateSettings)
    window = read_window(
        ROWS, read_section(PARAMETERS, "evaluation", EvaluationSettings).test_years
    )
    fewest = read_section(PARAMETERS, "fairness", FairnessSettings).fewest_rows
    standing = measure(candidate, window, policy, fewest_rows=fewest)
    serving = measure(champion, window, policy, fewest_rows=fewest) if champion else None
    gates = judge_candidate(standing, serving, settings)
    days = window.snapshots.test["as_of"]
    print(
        f"candidate {standing.version}, champion {serving.version if serving else 'none'}; held-out window "
        f"{days.min()} to {days.max()}: {len(days):,} people on a day, {len(window.loans.test):,} loans"
    )
    print(table(gates))
    for note in notes(standing, serving, settings):
        print(note)
    return gates


def table(gates: Sequence[Gate]) -> str:
    """Gates in columns, numbers to the right."""
    head = ("gate", "candidate", "champion", "allowed", "verdict")
    rows = [
        (
            gate.name,
            *("" if figure is None else f"{figure:.4f}" for figure in (gate.value, gate.champion)),
            gate.allowed,
            "passed" if gate.passed else "failed",
        )
        for gate in gates
    ]
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    lines = [
        "  ".join(
            cell.rjust(width) if place in (1, 2) else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in (head, *rows)
    ]
    return "\n".join(lines)


def notes(standing: Standing, serving: Standing | None, settings: GateSettings) -> list[str]:
    """What no gate judges and a reader should know."""
    found = []
    if serving is not None and serving.overlap is not None:
        found.append(f"the champion's figures flatter it: {serving.overlap}")
    reported = [
        f"{attribute} {ratio.value:.3f}"
        for attribute, ratio in standing.approval_ratios.items()
        if attribute not in settings.min_approval_ratio
    ]
    if reported:
        found.append(f"approval ratios without a gate: {', '.join(reported)}")
    return found


def announce(version: str) -> None:
    """Move the alias in MLflow, or say that it did not move.

    The candidate is recorded first where it is not: a pipeline whose outputs came from a cache ran
    no stage that could have done it.
    """
    recorded = record_candidate()
    alias = recorded if isinstance(recorded, Unrecorded) else point_champion(version)
    if isinstance(alias, Unrecorded):
        print(alias)


if __name__ == "__main__":
    sys.exit(main())
