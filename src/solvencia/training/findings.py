"""What the fairness figures say, in sentences made from them."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from solvencia.training.fairness import NOT_STATED, FairnessSettings

_SHOWN_GROUPS = 5
_APPROVAL, _OPPORTUNITY = "approval", "equal opportunity"


class Finding(NamedTuple):
    """One thing that was looked at: within what the parameters allow, or not, or not judged (None).

    ``question`` is 'approval', 'equal opportunity' or 'calibration' with what was predicted.
    """

    question: str
    attribute: str
    passes: bool | None
    text: str


def approval_findings(
    tables: Mapping[str, pd.DataFrame], settings: FairnessSettings
) -> list[Finding]:
    """Two findings an attribute, from ``fairness.approval_by_group``: approvals, and those of people
    who repaid. An attribute with fewer than two judged groups gets one that says so.
    """
    findings = []
    for attribute, table in tables.items():
        judged = table[table["judged"]]
        if len(judged) < 2:
            findings.append(
                Finding(_APPROVAL, attribute, None, _too_few(attribute, table, settings))
            )
            continue
        if not judged["approval_rate"].any():
            findings.append(
                Finding(_APPROVAL, attribute, None, f"By {attribute}, nobody is approved.")
            )
            continue
        findings.append(_ratio(attribute, judged, settings))
        repaid = judged[judged["difference"].notna()]
        if len(repaid) >= 2:
            findings.append(_opportunity(attribute, repaid, settings))
        if len(judged) < len(table):
            findings.append(Finding(_APPROVAL, attribute, None, _not_judged(table, settings)))
    return findings


def calibration_findings(
    tables: Mapping[str, pd.DataFrame], model: str, what: str, settings: FairnessSettings
) -> list[Finding]:
    """One finding an attribute, from ``fairness.calibration_by_group``.

    ``what`` is what ``model`` predicts: 'the probability of default'.
    """
    return [
        _calibration(f"calibration, {model}", attribute, table[table["judged"]], what, settings)
        for attribute, table in tables.items()
        if table["judged"].any()
    ]


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """What is outside, then what is within, then what could not be judged; else as they came."""
    place = {False: 0, True: 1, None: 2}
    return sorted(findings, key=lambda finding: place[finding.passes])


def _ratio(attribute: str, judged: pd.DataFrame, settings: FairnessSettings) -> Finding:
    best = judged[judged["reference"]].iloc[0]
    low = judged[judged["ratio"] < settings.smallest_ratio].sort_values("ratio")
    worst = judged.sort_values("ratio").iloc[0]
    limit = f"{settings.smallest_ratio:.2f}"
    text = (
        f"{_sentence(worst['group'])} are approved {worst['ratio']:.2f} times as often as "
        f"{best['group']} ({_share(worst['approval_rate'])} against {_share(best['approval_rate'])}; "
        f"95 % interval {worst['ratio_low']:.2f} to {worst['ratio_high']:.2f})"
    )
    risk = (
        f" Their loans defaulted {_share(worst['default_rate'])} of the time, against "
        f"{_share(best['default_rate'])}."
    )
    if low.empty:
        return Finding(_APPROVAL, attribute, True, f"{text}, not below the limit of {limit}.{risk}")
    return Finding(
        _APPROVAL, attribute, False, f"{text}: below the limit of {limit}.{risk}{_others(low)}"
    )


def _others(low: pd.DataFrame) -> str:
    rest = low.iloc[1:]
    if rest.empty:
        return ""
    names = [f"{row.group} ({row.ratio:.2f})" for row in rest.itertuples()]
    more = len(names) - _SHOWN_GROUPS
    listed = ", ".join(names[:_SHOWN_GROUPS]) + (f" and {more} more" if more > 0 else "")
    return f" Also below it: {listed}."


def _opportunity(attribute: str, repaid: pd.DataFrame, settings: FairnessSettings) -> Finding:
    ordered = repaid.sort_values("approved_of_repaid")
    worst, best = ordered.iloc[0], ordered.iloc[-1]
    gap, chance = -float(worst["difference"]), float(worst["chance"])
    limit = settings.largest_difference
    text = (
        f"Of those who repaid, {_share(worst['approved_of_repaid'])} of {worst['group']} would have been "
        f"approved and {_share(best['approved_of_repaid'])} of {best['group']}: a difference of "
        f"{_points(gap)} points"
    )
    if gap <= limit:
        return Finding(
            _OPPORTUNITY, attribute, True, f"{text}, within the limit of {_points(limit)}."
        )
    passes = gap <= chance
    verdict = "but chance alone explains" if passes else "and chance alone explains only"
    return Finding(
        _OPPORTUNITY,
        attribute,
        passes,
        f"{text}, above the limit of {_points(limit)}, {verdict} {_points(chance)}.",
    )


def _calibration(
    question: str, attribute: str, judged: pd.DataFrame, what: str, settings: FairnessSettings
) -> Finding:
    limit = settings.largest_miscalibration
    ordered = judged.sort_values("difference", key=abs, ascending=False)
    distance = ordered["difference"].abs()
    off = ordered[(distance > limit) & (distance > ordered["chance"])]
    worst = ordered.iloc[0] if off.empty else off.iloc[0]
    side = "above" if worst["difference"] > 0 else "below"
    told = (
        f"for {worst['group']} {what} is {_share(worst['predicted'])} on average and "
        f"{_share(worst['observed'])} was observed"
    )
    if off.empty:
        text = (
            f"By {attribute}, predictions agree with what was observed: at worst, {told} "
            f"(limit: {_points(limit)} points, or what chance explains)."
        )
        return Finding(question, attribute, True, text)
    everybody = np.average(judged["difference"], weights=judged["rows"])
    also = "" if len(off) == 1 else f" {len(off)} groups of {len(judged)} are that far off."
    text = (
        f"{_sentence(told)}: {_points(abs(worst['difference']))} points {side} it, beyond the limit of "
        f"{_points(limit)} and what chance explains; over all groups it is {_points(abs(everybody))} "
        f"points {'above' if everybody > 0 else 'below'}.{also}"
    )
    return Finding(question, attribute, False, text)


def _not_judged(table: pd.DataFrame, settings: FairnessSettings) -> str:
    left_out = table[~table["judged"]]
    small = int((left_out["group"] != NOT_STATED).sum())
    unknown = int(left_out.loc[left_out["group"] == NOT_STATED, "rows"].sum())
    parts = []
    if small:
        groups = "1 group has" if small == 1 else f"{small} groups have"
        parts.append(f"{groups} fewer than {settings.fewest_rows} loans")
    if unknown:
        parts.append(f"{unknown} loans state nothing")
    return f"{_sentence(' and '.join(parts))}: listed, not judged."


def _too_few(attribute: str, table: pd.DataFrame, settings: FairnessSettings) -> str:
    return (
        f"Fewer than two groups by {attribute} have {settings.fewest_rows} loans or more: "
        f"{len(table)} listed, none judged."
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


def _points(value: float) -> str:
    """Percentage points, without a trailing zero: '10', '14.57'."""
    return f"{100 * value:.2f}".rstrip("0").rstrip(".")
