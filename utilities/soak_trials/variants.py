"""Models and policies to swap: some that decide in other ways, some that must be refused."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from solvencia.artifact import MANIFEST, read_model, write_model
from solvencia.serving.decider import policy_of
from solvencia.training.champions import install_champion

_SHIFTS = (0.0, 0.3, -0.3)
"""What is added to the log-odds of keeping the income: 22 points of the score."""
_RATES = (1.0, 1.02, 0.98)


@dataclass(frozen=True)
class Model:
    """A sound model in a directory of its own."""

    version: str
    directory: Path


@dataclass(frozen=True)
class Policy:
    """A sound policy."""

    digest: str
    text: bytes


def make_models(model: Path, directory: Path) -> list[Model]:
    """This model and two others, equal but for the intercept of their continuity scorecard."""
    found = read_model(model)
    card = found.scorecards["continuity"]
    models = []
    for number, shift in enumerate(_SHIFTS):
        target = directory / f"model{number}"
        version = write_model(
            target,
            scorecards={
                **found.scorecards,
                card.name: replace(card, intercept=card.intercept + shift),
            },
            segmentation=found.segmentation,
            reference=found.reference,
            stability=found.stability,
            provenance={**found.provenance, "soak": number},
            metrics=found.metrics,
        )
        models.append(Model(version, target))
    return models


def make_policies(policy: Path) -> list[Policy]:
    """This policy and two others, with other rates and other words for every reason."""
    policies = []
    for number, rate in enumerate(_RATES):
        document = json.loads(policy.read_bytes())
        for rule in (*document["adjustments"], *document["knockouts"], *document["referrals"]):
            rule["reason"] = {
                tongue: f"{text} ({number})" for tongue, text in rule["reason"].items()
            }
        for terms in (terms for grades in document["offers"].values() for terms in grades.values()):
            terms["annual_rate"] *= rate
        for case in document["cases"]:
            for money in ("amount", "monthly_payment"):
                case["expect"].pop(money, None)
        text = json.dumps(document, ensure_ascii=False).encode()
        policies.append(Policy(policy_of(text, f"variant {number}").digest, text))
    return policies


class Shop:
    """What the service follows: a champion's link and a policy's file, replaced as promotion does.

    Attributes:
        champion: what ``MODEL_URI`` names.
        policy: what ``POLICY_FILE`` names.
    """

    def __init__(self, directory: Path) -> None:
        self._models, self._directory = directory / "models", directory
        self._models.mkdir(parents=True)
        self.champion, self.policy = self._models / "champion", directory / "policy.json"
        self._numbers = count()

    def put_model(self, model: Model) -> None:
        """Let this model serve, as ``utilities.promote`` lets a candidate."""
        install_champion(self._models, model.directory, model.version)

    def put_policy(self, text: bytes) -> None:
        """Let this policy be in force."""
        scratch = self._directory / "policy.json.new"
        scratch.write_bytes(text)
        os.replace(scratch, self.policy)

    def spoil_model(self, model: Model, kind: int) -> str:
        """Point the champion's link to a spoilt copy, past all checks; say what is wrong with it."""
        name, spoil = _MODEL_FAULTS[kind % len(_MODEL_FAULTS)]
        copy = self._directory / f"spoilt{next(self._numbers)}"
        shutil.copytree(model.directory, copy)
        spoil(copy)
        link = self._models / "link"
        link.symlink_to(copy.absolute(), target_is_directory=True)
        os.replace(link, self.champion)
        return name

    def spoil_policy(self, policy: Policy, kind: int) -> str:
        """Put a policy that must not be in force; say what is wrong with it."""
        name, spoil = _POLICY_FAULTS[kind % len(_POLICY_FAULTS)]
        self.put_policy(spoil(policy.text))
        return name


def _alter(model: Path) -> None:
    card = model / "continuity.json"
    card.write_text(card.read_text(encoding="utf-8").replace("0.1", "0.2", 1), encoding="utf-8")


def _lose(model: Path) -> None:
    (model / "income_p50.json").unlink()


def _cut(model: Path) -> None:
    manifest = model / MANIFEST
    manifest.write_bytes(manifest.read_bytes()[:-200])


def _with_failing_case(text: bytes) -> bytes:
    document = json.loads(text)
    document["cases"][0]["expect"]["final_score"] = 301
    return json.dumps(document).encode()


_MODEL_FAULTS: tuple[tuple[str, Callable[[Path], None]], ...] = (
    ("altered table", _alter),
    ("missing scorecard", _lose),
    ("cut manifest", _cut),
)
_POLICY_FAULTS: tuple[tuple[str, Callable[[bytes], bytes]], ...] = (
    ("failing case", _with_failing_case),
    ("cut file", lambda text: text[:-200]),
)
