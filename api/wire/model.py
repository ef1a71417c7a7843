"""The model that serves: what it is, what it learned from, how it measured."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field

from api.wire.base import Wire


class FeatureOut(Wire):
    """What a feature is called; answers name features by ``name``."""

    name: str
    title: str
    title_en: str
    unit: str
    levels: tuple[str, ...]


class ScorecardOut(Wire):
    """One scorecard in outline."""

    name: str
    tables: int
    cells: int
    features: tuple[str, ...]


class SegmentName(Wire):
    """A customer group."""

    code: str
    name: str
    name_en: str
    typical: Annotated[
        dict[str, float],
        Field(
            description="The group's centre, by feature, in the feature's unit; money in pesos of today"
        ),
    ]


class CalibrationGroup(Wire):
    """Cases of about equal prediction: what was predicted on average, and what share came true."""

    rows: Annotated[int, Field(ge=1, description="Cases of the group")]
    predicted: Annotated[float, Field(ge=0, le=1)]
    observed: Annotated[float, Field(ge=0, le=1)]


class ModelOut(Wire):
    """The model that serves. All figures were measured when it was trained, on later years."""

    version: str
    synthetic: Annotated[bool, Field(description="It learned from simulated people: not to lend")]
    challenger: Annotated[str | None, Field(description="Version that is scored in shadow")]
    card: Annotated[
        str | None,
        Field(description="The model card, in Markdown; None for a model that came without one"),
    ]
    provenance: dict[str, Any]
    metrics: dict[str, Any]
    calibration: Annotated[
        dict[str, tuple[CalibrationGroup, ...]],
        Field(
            description="By model (`continuity`, `default`), groups of about equal size from the lowest "
            "prediction to the highest; empty for a model that came without them"
        ),
    ]
    features: tuple[FeatureOut, ...]
    scorecards: tuple[ScorecardOut, ...]
    segments: tuple[SegmentName, ...]


class StateIncomeOut(Wire):
    """How income is spread in a state.

    It is the income of whole households from all sources, not one person's wage.
    """

    state: Annotated[str, Field(description="INEGI key of two digits")]
    name: str
    as_of: Annotated[date, Field(description="The day whose pesos the bounds are in")]
    income_bounds: Annotated[
        tuple[float, ...] | None,
        Field(
            description="The nine bounds between deciles of monthly household income, ascending, MXN "
            "of `as_of`; None for a model that knows none"
        ),
    ]


class Health(Wire):
    """State of the service."""

    status: str
    problem: Annotated[
        str | None, Field(description="A newer model or policy that was refused, and why")
    ] = None


class AccessOut(Wire):
    """Who asks: a key, or whoever reaches a service that is open."""

    id: str
    name: str
    role: Literal["partner", "analyst", "admin"]
