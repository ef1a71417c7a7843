"""What ``params.yaml`` says of fitting, and the settings of each model from it."""

from dataclasses import asdict, dataclass
from typing import ClassVar, Literal

from pydantic import ConfigDict

from solvencia.training.fit import FitSettings

ModelName = Literal["continuity", "income", "default"]


@dataclass(frozen=True)
class Boosting:
    """How one model's trees are grown; chosen by ``make tune``. Fields as in ``FitSettings``."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    rounds: int
    learning_rate: float
    min_rows_per_leaf: int
    l2: float
    row_share: float
    column_share: float


@dataclass(frozen=True)
class TrainingSettings:
    """The ``fit`` section of the parameters: what all models share, and each one's boosting.

    >>> grown = Boosting(300, 0.05, 60, 2.0, 0.5, 0.5)
    >>> settings = TrainingSettings(24, 30, 0.25, 1, 7, grown, grown, grown)
    >>> settings.of("default").learning_rate, settings.of("default").max_pairs
    (0.05, 30)
    """

    max_bins: int
    max_pairs: int
    profile_share: float
    threads: int
    seed: int
    continuity: Boosting
    income: Boosting
    default: Boosting

    def of(self, model: ModelName) -> FitSettings:
        """Settings of one model."""
        boosting: Boosting = getattr(self, model)
        return FitSettings(
            **asdict(boosting),
            max_bins=self.max_bins,
            max_pairs=self.max_pairs,
            profile_share=self.profile_share,
            threads=self.threads,
            seed=self.seed,
        )
