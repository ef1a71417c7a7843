"""Whether a candidate may serve: gates that it passes or that name themselves.

Each gate compares one figure of the candidate, measured on the held-out window, with what the
``gates`` section of the parameters allows, or with the champion on the same rows. A limit counts as
broken when the figure is beyond it by more than chance explains, so that a small source is not
refused for its noise.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, NamedTuple

from pydantic import AfterValidator, Field

from solvencia.training.estimate import Estimate


def _ascends(bounds: tuple[float, float]) -> tuple[float, float]:
    if not bounds[0] < bounds[1]:
        raise ValueError(f"got {list(bounds)}; allowed: [low, high], low < high")
    return bounds


def _names_both(limits: Mapping[str, float]) -> Mapping[str, float]:
    if set(limits) != set(PROBABILITY_MODELS):
        raise ValueError(f"got {', '.join(limits)}; allowed: {' and '.join(PROBABILITY_MODELS)}")
    return limits


PROBABILITY_MODELS = ("continuity", "default")
Attribute = Literal["sex", "age", "state", "education"]
Range = Annotated[tuple[float, float], AfterValidator(_ascends)]
Share = Annotated[float, Field(ge=0, le=1)]
Size = Annotated[float, Field(ge=0)]


@dataclass(frozen=True)
class GateSettings:
    """The ``gates`` section of the parameters.

    Attributes:
        max_auc_drop: by model, how far the AUC may lie below the champion's on the same rows.
        max_auc_below_record: how far it may lie below what the champion was recorded with when it
            was trained on the same kind of source. When labels are damaged everywhere, candidate
            and champion look alike on them; this gate still sees it.
        calibration_slope: lowest and highest slope of each probability model.
        coverage_80: lowest and highest share of incomes inside the 80 % band.
        max_psi: largest stability index of the income score between development and window.
        min_approval_ratio: by audited attribute, the approval rate of the group approved least over
            that of the group approved most; 0.8 is the four-fifths rule.
        max_approval_change: how far the approval rate may move from the champion's.
        max_lost_points: score points between best and worst cell of a feature that the champion
            reads, above which the candidate must read it too.
        standard_errors: how many of them chance explains.
    """

    max_auc_drop: Annotated[Mapping[str, Share], AfterValidator(_names_both)]
    max_auc_below_record: Share
    calibration_slope: Range
    coverage_80: Range
    max_psi: Size
    min_approval_ratio: Mapping[Attribute, Share]
    max_approval_change: Share
    max_lost_points: Size
    standard_errors: Size


@dataclass(frozen=True)
class Standing:
    """Figures of one model on the held-out window.

    Attributes:
        version: of the model.
        auc, slope: by probability model; one that the model lacks, or whose window holds one outcome
            only, is absent.
        coverage: share of incomes inside the 80 % band.
        psi: stability index of the income score between development and window.
        points: by probability model and feature it reads, score points between the best and worst
            cell of the feature's own table.
        approval: share of the window's loans approved without an analyst; None without a PD.
        approval_ratios: by attribute, the group approved least over the group approved most.
        recorded_auc: by probability model, the AUC that the model was recorded with when trained.
        source: kind of source that it was trained on.
        overlap: why the model has seen outcomes of the window; None when it has not.
        policy_problem: why the policy does not load; None when it does and its cases are decided as
            stated.
    """

    version: str
    auc: Mapping[str, Estimate]
    slope: Mapping[str, Estimate]
    coverage: Estimate
    psi: float
    points: Mapping[str, Mapping[str, float]]
    approval: Estimate | None = None
    approval_ratios: Mapping[str, Estimate] = field(default_factory=dict)
    recorded_auc: Mapping[str, float] = field(default_factory=dict)
    source: str = ""
    overlap: str | None = None
    policy_problem: str | None = None


class Gate(NamedTuple):
    """One gate, asked of a candidate.

    Attributes:
        name: such as 'auc.continuity'.
        passed: whether it lets the candidate through.
        value: the candidate's figure, None where there is none.
        champion: the champion's, None where it is not compared.
        allowed: the limit in words, chance included.
        sentence: what was found, such as "gate auc.continuity failed: 0.8312 is 0.0201 below …".
    """

    name: str
    passed: bool
    value: float | None
    champion: float | None
    allowed: str
    sentence: str


def judge_candidate(
    candidate: Standing, champion: Standing | None, settings: GateSettings
) -> tuple[Gate, ...]:
    """Ask every gate. Without a champion to compare with, only those that stand alone are asked.

    >>> limits = GateSettings({"continuity": 0.002}, 0.01, (0.95, 1.05), (0.78, 0.82), 0.25, {}, 0.05, 10, 2)
    >>> tables = {"continuity": {"age": 63.0}}
    >>> def standing(auc: float) -> Standing:
    ...     figures = {"continuity": Estimate(auc)}, {"continuity": Estimate(1.0)}
    ...     return Standing("0d1e2f", *figures, coverage=Estimate(0.8), psi=0.1, points=tables)
    >>> gates = judge_candidate(standing(0.8312), standing(0.8513), limits)
    >>> print(next(gate.sentence for gate in gates if not gate.passed))
    gate auc.continuity failed: 0.8312 is 0.0201 below the champion's 0.8513; allowed: 0.0020
    """
    return (
        *_alone(candidate, settings),
        *(_against(candidate, champion, settings) if champion else ()),
    )


def _alone(candidate: Standing, settings: GateSettings) -> Iterator[Gate]:
    problem = candidate.policy_problem
    yield _gate(
        "policy_cases",
        problem is None,
        found=problem or "every case is decided as stated",
        allowed="all as stated",
    )
    yield _gate(
        "window",
        candidate.overlap is None,
        found=candidate.overlap or "no outcome of it was learned from",
        allowed="rows that the candidate has not seen",
    )
    for model, slope in candidate.slope.items():
        yield _within(f"calibration.{model}", slope, settings.calibration_slope, settings)
    yield _within("coverage.income", candidate.coverage, settings.coverage_80, settings)
    yield _gate(
        "stability.score",
        candidate.psi <= settings.max_psi,
        value=candidate.psi,
        found=f"a stability index of {candidate.psi:.3f} between development and window",
        allowed=f"at most {settings.max_psi:g}",
    )
    for attribute, least in settings.min_approval_ratio.items():
        if (ratio := candidate.approval_ratios.get(attribute)) is not None:
            chance = settings.standard_errors * ratio.error
            yield _gate(
                f"approval_ratio.{attribute}",
                ratio.value >= least - chance,
                value=ratio.value,
                found=f"the group approved least is approved {ratio.value:.3f} times as often as the one "
                "approved most",
                allowed=f"at least {least:g}{_or_chance(chance, 3)}",
            )


def _against(candidate: Standing, champion: Standing, settings: GateSettings) -> Iterator[Gate]:
    if "default" in champion.points:
        yield _has_pd(candidate)
    for model in champion.points:
        yield _keeps_features(model, candidate, champion, settings)
        if model in candidate.auc and model in champion.auc:
            yield _auc(model, candidate, champion, settings)
            if model in champion.recorded_auc and candidate.source == champion.source:
                yield _record(model, candidate, champion, settings)
    if candidate.approval is not None and champion.approval is not None:
        change = candidate.approval - champion.approval
        chance = settings.standard_errors * change.error
        yield _gate(
            "approval_change",
            abs(change.value) <= settings.max_approval_change + chance,
            value=candidate.approval.value,
            champion=champion.approval.value,
            found=f"{candidate.approval.value:.3f} of the window's loans are approved, "
            f"{champion.approval.value:.3f} by the champion: {change.value:+.3f}",
            allowed=f"{settings.max_approval_change:g} either way{_or_chance(chance, 3)}",
        )


def _has_pd(candidate: Standing) -> Gate:
    present = "default" in candidate.points
    return _gate(
        "pd",
        present,
        found="there is a PD" if present else "the champion gives a PD and the candidate does not",
        allowed="a PD",
    )


def _keeps_features(
    model: str, candidate: Standing, champion: Standing, settings: GateSettings
) -> Gate:
    kept = candidate.points.get(model, {})
    lost = {name: span for name, span in champion.points[model].items() if name not in kept}
    heaviest = max(lost, key=lambda name: lost[name], default=None)
    span = lost[heaviest] if heaviest else 0.0
    return _gate(
        f"features.{model}",
        span <= settings.max_lost_points,
        value=span,
        found=f"{heaviest} moves the champion's score by up to {span:.0f} points and the candidate does "
        "not read it"
        if heaviest
        else "every feature that the champion reads is read",
        allowed=f"at most {settings.max_lost_points:g} points lost",
    )


def _auc(model: str, candidate: Standing, champion: Standing, settings: GateSettings) -> Gate:
    value, before = candidate.auc[model], champion.auc[model]
    change, most = value - before, settings.max_auc_drop[model]
    chance = settings.standard_errors * change.error
    return _gate(
        f"auc.{model}",
        -change.value <= most + chance,
        value=value.value,
        champion=before.value,
        found=f"{value.value:.4f} is {_away(change.value)} the champion's {before.value:.4f}",
        allowed=f"{most:.4f}{_or_chance(chance, 4)}",
    )


def _record(model: str, candidate: Standing, champion: Standing, settings: GateSettings) -> Gate:
    value, recorded = candidate.auc[model], champion.recorded_auc[model]
    change, most = value.value - recorded, settings.max_auc_below_record
    chance = settings.standard_errors * value.error
    return _gate(
        f"record.{model}",
        -change <= most + chance,
        value=value.value,
        champion=recorded,
        found=f"{value.value:.4f} is {_away(change)} the {recorded:.4f} that the champion was recorded "
        f"with when it was trained; on these rows it reaches {champion.auc[model].value:.4f} itself",
        allowed=f"{most:.4f}{_or_chance(chance, 4)}",
    )


def _within(
    name: str, figure: Estimate, bounds: tuple[float, float], settings: GateSettings
) -> Gate:
    low, high = bounds
    chance = settings.standard_errors * figure.error
    beyond = max(low - figure.value, figure.value - high)  # NaN fails
    return _gate(
        name,
        beyond <= chance,
        value=figure.value,
        found=f"{figure.value:.4f} is {'inside' if beyond <= 0 else f'{beyond:.4f} outside'}",
        allowed=f"{low:g} to {high:g}{_or_chance(chance, 4)}",
    )


def _away(change: float) -> str:
    return f"{abs(change):.4f} {'below' if change < 0 else 'above'}"


def _or_chance(chance: float, digits: int) -> str:
    return f" and {chance:.{digits}f} of chance" if round(chance, digits) else ""


def _gate(
    name: str,
    passed: bool,
    *,
    found: str,
    allowed: str,
    value: float | None = None,
    champion: float | None = None,
) -> Gate:
    verdict = "passed" if passed else "failed"
    return Gate(
        name,
        passed,
        value,
        champion,
        allowed,
        f"gate {name} {verdict}: {found}; allowed: {allowed}",
    )
