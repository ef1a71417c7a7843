"""Holds the model and policy that serve; a request takes them once."""

import logging
from pathlib import Path

from solvencia.artifact import read_model
from solvencia.domain.errors import SolvenciaError
from solvencia.serving.decider import Decider, load_policy

logger = logging.getLogger("solvencia.api")


class ModelHost:
    """One immutable decider, or the reason why there is none."""

    def __init__(self, model_directory: Path, policy_file: Path) -> None:
        self._model_directory = model_directory
        self._policy_file = policy_file
        self._decider: Decider | None = None
        self.problem: str | None = "not loaded yet"

    @property
    def decider(self) -> Decider | None:
        """What serves now."""
        return self._decider

    def load(self) -> None:
        """Load and verify model and policy; on failure keep what served, and say why."""
        try:
            self._decider = Decider(
                read_model(self._model_directory), load_policy(self._policy_file)
            )
        except SolvenciaError as error:
            self.problem = str(error)
            logger.error("model or policy does not load: %s", error)
        else:
            self.problem = None
            logger.info(
                "serving model %s with policy %s",
                self._decider.model.version,
                self._decider.policy.policy.version,
            )
