"""The model that serves."""

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Path

from api.dependencies import PartnerDep, ServiceDep, problems
from api.errors import NotFoundError
from api.wire.model import FeatureOut, ModelOut, ScorecardOut, SegmentName
from solvencia.domain.features import FEATURES

router = APIRouter(tags=["model and policy"])


@router.get("/model", responses=problems())
async def model(service: ServiceDep, _: PartnerDep) -> ModelOut:
    """What the model is, what it learned from, how it measured on later years, and its model card."""
    serving = service.serving
    found = serving.decider.model
    return ModelOut(
        version=found.version,
        synthetic=bool(found.provenance.get("synthetic", True)),
        challenger=None if serving.challenger is None else serving.challenger.version,
        card=serving.card,
        provenance=dict(found.provenance),
        metrics=dict(found.metrics),
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
        segments=tuple(SegmentName.model_validate(item) for item in found.segmentation.segments),
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
