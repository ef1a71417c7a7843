"""The model that serves."""

from datetime import date
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Path, Query

from api.dependencies import PartnerDep, ServiceDep, problems
from api.errors import NotAllowedError, NotFoundError
from api.keyring import Role
from api.wire.model import FeatureOut, ModelOut, ScorecardOut, SegmentName, StateIncomeOut
from solvencia.domain.catalogue import STATES
from solvencia.domain.features import FEATURES
from solvencia.domain.reference import Reference
from solvencia.domain.segment import Segmentation
from solvencia.serving.scorer import pesos_of_the_day

router = APIRouter(tags=["model and policy"])


_OF_TEXT = "Which model: the one that decides, or the one scored in shadow (role analyst)"
Of = Annotated[Literal["champion", "challenger"], Query(description=_OF_TEXT)]


@router.get("/model", responses=problems(404))
async def model(service: ServiceDep, caller: PartnerDep, of: Of = "champion") -> ModelOut:
    """What the model is, what it learned from, how it measured on later years, and its model card.

    The challenger comes without a card and without calibration by groups.
    """
    if of == "challenger" and not caller.role.includes(Role.ANALYST):
        raise NotAllowedError(f"of=challenger needs the role {Role.ANALYST}; got {caller.role}")
    serving = service.serving
    found, card, calibration = serving.decider.model, serving.card, serving.calibration
    if of == "challenger":
        if serving.challenger is None:
            raise NotFoundError("challenger: this service has none; CHALLENGER_URI names one")
        found, card, calibration = serving.challenger, None, {}
    return ModelOut(
        version=found.version,
        synthetic=bool(found.provenance.get("synthetic", True)),
        challenger=None if serving.challenger is None else serving.challenger.version,
        card=card,
        provenance=dict(found.provenance),
        metrics=dict(found.metrics),
        calibration=dict(calibration),
        features=tuple(
            FeatureOut(
                name=name,
                title=info.title,
                title_en=info.title_en,
                unit=info.unit,
                levels=info.levels,
            )
            for name, info in FEATURES.items()
        ),
        scorecards=tuple(
            ScorecardOut(
                name=name,
                tables=len(card.tables),
                cells=sum(
                    len(row) if isinstance(row, tuple) else 1
                    for table in card.tables
                    for row in table.points
                ),
                features=tuple(bins.feature for bins in card.bins),
            )
            for name, card in found.scorecards.items()
        ),
        segments=_segments(found.segmentation, found.reference, service.today()),
    )


def _segments(
    segmentation: Segmentation, reference: Reference, day: date
) -> tuple[SegmentName, ...]:
    pesos = pesos_of_the_day(reference, day)
    return tuple(
        SegmentName(
            **segment._asdict(),
            typical={
                # Adding nothing to -0.0 makes it 0.0.
                axis.feature: 0.0
                + round(
                    axis.value(place) * (pesos if FEATURES[axis.feature].unit == "MXN" else 1), 4
                )
                for axis, place in zip(segmentation.axes, centre, strict=True)
            },
        )
        for segment, centre in zip(segmentation.segments, segmentation.centres, strict=True)
    )


@router.get("/model/scorecards/{name}", responses=problems(404))
async def scorecard(
    name: Annotated[str, Path(max_length=40)], service: ServiceDep, _: PartnerDep
) -> dict[str, Any]:
    """One scorecard whole: its cells and the points of every table, as the artifact holds them."""
    files = service.serving.model_files
    if name not in service.serving.decider.model.scorecards:
        known = ", ".join(service.serving.decider.model.scorecards)
        raise NotFoundError(f"scorecard: got {name!r}; allowed: {known}")
    content: dict[str, Any] = orjson.loads(files[f"{name}.json"])
    return content


@router.get("/model/states/{state}", responses=problems(404))
async def state_income(
    state: Annotated[str, Path(max_length=40)], service: ServiceDep, _: PartnerDep
) -> StateIncomeOut:
    """How the income of households is spread in a state, as the serving model knows it."""
    if state not in STATES:
        raise NotFoundError(f"state: got {state!r}; allowed: {min(STATES)} to {max(STATES)}")
    day = service.today()
    reference = service.serving.decider.model.reference
    bounds = reference.state_income_bounds.get(state)
    pesos = pesos_of_the_day(reference, day)
    return StateIncomeOut(
        state=state,
        name=STATES[state],
        as_of=day,
        income_bounds=bounds and tuple(round(bound * pesos, 2) for bound in bounds),
    )
