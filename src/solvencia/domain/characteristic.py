"""What a scorecard is told of one of its inputs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Characteristic:
    """One input of a scorecard, as declared before anything is learned of it.

    Attributes:
        name: column it is read from.
        title: what people call it.
        unit: of a number: 'months', 'MXN'; empty for a plain number or a category.
        levels: values of a category, in order when ``ordered``; empty for a number.
        direction: how the margin must move as the value grows: +1 never falls, -1 never rises,
            0 free. A category without order has none.

    >>> Characteristic("age", "Age", "years").is_category
    False
    """

    name: str
    title: str = ""
    unit: str = ""
    levels: tuple[str, ...] = ()
    ordered: bool = False
    direction: int = 0

    def __post_init__(self) -> None:
        if self.direction not in (-1, 0, 1):
            raise ValueError(f"direction of {self.name}: got {self.direction}; allowed: -1, 0, 1")
        if self.direction and self.levels and not self.ordered:
            raise ValueError(
                f"direction of {self.name}: got {self.direction}; allowed: 0, its levels have no order"
            )

    @property
    def is_category(self) -> bool:
        """Whether its values are levels rather than numbers."""
        return bool(self.levels)
