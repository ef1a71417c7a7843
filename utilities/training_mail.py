"""The mail about a retraining: HTML and plain text that say the same, with its plots inside.

One message holds everything; the page in ``reports/`` and the job's summary are made from it.
"""

import base64
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any, Literal

from solvencia.artifact import MANIFEST
from utilities.templating import NOTHING, environment
from utilities.training_plots import draw_calibration, draw_trend
from utilities.training_run import GateRow, Outcome, Status

Verdict = Literal["better", "worse", "same", "good", "warn", "bad", "none"]

_HEADS: dict[Status, str] = {
    "promoted": "Promoted",
    "unchanged": "Unchanged",
    "refused": "Refused",
    "failed": "Failed",
}
_MODELS = {"continuity": "Continuity", "default": "Default", "income": "Income"}
_AIMS: dict[str, tuple[tuple[str, str, str | float], ...]] = {
    "continuity": (
        ("auc", "AUC", "higher"),
        ("ks", "KS", "higher"),
        ("brier", "Brier score", "lower"),
        ("ece", "Calibration error", "lower"),
        ("calibration_slope", "Calibration slope", 1.0),
    ),
    "income": (
        ("mae_log", "Error of the logarithm", "lower"),
        ("pinball", "Pinball loss", "lower"),
        ("coverage_80", "Inside the 80 % band", 0.8),
    ),
}
_AIMS["default"] = _AIMS["continuity"]
_AS_SHOWN = 0.00005
_MOVED, _MOVED_FAR = 0.1, 0.25
"""Stability indexes from which practice speaks of a shift, and of a large one."""


@dataclass(frozen=True)
class MetricRow:
    """A figure beside the champion's; ``change`` is in words too."""

    model: str
    title: str
    candidate: str
    champion: str
    change: str
    verdict: Verdict


@dataclass(frozen=True)
class DriftRow:
    """How far a model's inputs moved between development and the held-out window."""

    model: str
    score: str
    feature: str
    feature_name: str
    words: str
    verdict: Verdict


@dataclass(frozen=True)
class Picture:
    """A PNG of the mail, under the name that its HTML calls it by."""

    cid: str
    title: str
    words: str
    png: bytes


def compose(outcome: Outcome, reports: Path, models: Path = Path("model")) -> EmailMessage:
    """The mail, without sender and recipients.

    Args:
        outcome: what it tells.
        reports: directory of ``metrics.json`` and ``plots``; figures of a model other than the
            outcome's candidate are left out, and the mail says so.
        models: directory of ``archive``, where the champion's figures and the earlier ones' are.
    """
    metrics = _read(reports / "metrics.json")
    measured = str(metrics.get("model_version", ""))
    fresh = outcome.candidate is not None and measured == outcome.candidate
    before = _manifest(models, outcome.champion).get("metrics", {})
    pictures = _draw(outcome, metrics if fresh else {}, reports, models)
    shown = {
        "outcome": outcome,
        "head": _HEADS[outcome.status],
        "headline": headline(outcome),
        "reason": outcome.reason,
        "facts": _facts(outcome),
        "gates": [(gate, *_figures(gate)) for gate in _failed_first(outcome.gates)],
        "metrics": list(compare(metrics, before)) if fresh else [],
        "drift": list(drifts(metrics)) if fresh else [],
        "absent": None if fresh else _absence(outcome, measured),
        "synthetic": fresh and bool(metrics.get("source", {}).get("synthetic")),
        "pictures": pictures,
    }
    message = EmailMessage(policy=SMTP)
    message["Subject"] = f"Solvencia: {headline(outcome)}"
    message["Date"] = format_datetime(outcome.started + timedelta(seconds=outcome.seconds))
    message["Auto-Submitted"] = "auto-generated"
    templates = environment()
    templates.globals["padded"] = padded
    text = templates.get_template("training_mail.md.j2").render(shown)
    message.set_content(re.sub(r"\n{3,}", "\n\n", text).rstrip() + "\n")
    page = templates.get_template("training_mail.html.j2").render(shown)
    message.add_alternative(re.sub(r"\n\s*\n", "\n", page).lstrip(), subtype="html")
    html = message.get_body(("html",))
    assert isinstance(html, EmailMessage)
    for picture in pictures:
        html.add_related(
            picture.png, "image", "png", cid=f"<{picture.cid}>", filename=f"{picture.cid}.png"
        )
    return message


def headline(outcome: Outcome) -> str:
    """One line that says how it ended and who serves."""
    candidate, champion = outcome.candidate or "no candidate", outcome.champion
    stays = f"{champion} serves on" if champion else "no champion serves"
    match outcome.status:
        case "promoted":
            return f"promoted, {candidate} serves now" + (f", not {champion}" if champion else "")
        case "unchanged":
            return f"unchanged, {stays}"
        case "refused":
            failed = [gate.name for gate in outcome.gates if not gate.passed]
            more = f" and {len(failed) - 2} more" if len(failed) > 2 else ""
            gates = f" by {', '.join(failed[:2])}{more}" if failed else ""
            return f"refused{gates}, {stays}"
        case "failed":
            # On a fresh runner a run that failed early does not know who serves; somebody may.
            stays = stays if champion else "what served before serves on"
            return f"failed{f' in {outcome.step}' if outcome.step else ''}, {stays}"


def standalone(message: EmailMessage) -> str:
    """The mail's HTML with its pictures in it, for a file that is opened alone."""
    body = message.get_body(("html",))
    assert isinstance(body, EmailMessage)
    page = str(body.get_content())
    for part in message.walk():
        if part.get_content_maintype() == "image":
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            inside = f"data:image/png;base64,{base64.b64encode(content).decode()}"
            page = page.replace(f"cid:{str(part['Content-ID']).strip('<>')}", inside)
    return page


def summary(message: EmailMessage) -> str:
    """The mail's text, which is Markdown, for a job's summary."""
    body = message.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    return str(body.get_content()).replace("\r\n", "\n") + "\n"


def compare(metrics: dict[str, Any], before: dict[str, Any]) -> Iterator[MetricRow]:
    """Each figure beside the champion's, as each was measured when its model was trained."""
    for model, aims in sorted(_AIMS.items()):
        for key, title, aim in aims:
            value, old = metrics.get(model, {}).get(key), before.get(model, {}).get(key)
            if value is not None:
                yield MetricRow(
                    _MODELS[model], title, _four(value), _four(old), *_change(value, old, aim)
                )


def drifts(metrics: dict[str, Any]) -> Iterator[DriftRow]:
    """Stability indexes by model, from the largest score shift down."""
    found = metrics.get("stability", {})
    for model in sorted(found, key=lambda name: -found[name]["psi_score"]):
        row = found[model]
        score = float(row["psi_score"])
        verdict: Verdict = "bad" if score > _MOVED_FAR else "warn" if score > _MOVED else "good"
        words = {"bad": "moved far", "warn": "moved", "good": "steady"}[verdict]
        name = str(row["psi_feature_name"]).replace("_", " ")
        yield DriftRow(
            _MODELS[model], f"{score:.3f}", f"{row['psi_feature']:.2f}", name, words, verdict
        )


def padded(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> str:
    """A Markdown table that reads as a table before it is rendered; the first row is its head.

    >>> print(padded([("metric", "value"), ("AUC", "0.85")], right=(1,)))
    | metric | value |
    |--------|------:|
    | AUC    |  0.85 |
    """
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = [
        "| "
        + " | ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        + " |"
        for row in rows
    ]
    rule = (
        "-" * (width + 1) + (":" if place in right else "-") for place, width in enumerate(widths)
    )
    return "\n".join((lines[0], f"|{'|'.join(rule)}|", *lines[1:]))


def _change(value: float, old: float | None, aim: str | float) -> tuple[str, Verdict]:
    if old is None:
        return "no champion's", "none"
    change = value - old
    if abs(change) < _AS_SHOWN:
        return "same", "same"
    if isinstance(aim, float):
        better = abs(value - aim) < abs(old - aim)
    else:
        better = (change > 0) == (aim == "higher")
    verdict: Verdict = "better" if better else "worse"
    return f"{_signed(change)} {verdict}", verdict


def _figures(gate: GateRow) -> tuple[str, str, str]:
    """Candidate, champion and the difference between them, as shown."""
    both = gate.candidate is not None and gate.champion is not None
    change = _signed((gate.candidate or 0.0) - (gate.champion or 0.0)) if both else NOTHING
    return _four(gate.candidate), _four(gate.champion), change


def _failed_first(gates: Sequence[GateRow]) -> list[GateRow]:
    return sorted(gates, key=lambda gate: gate.passed)


def _facts(outcome: Outcome) -> list[tuple[str, str]]:
    minutes, seconds = divmod(round(outcome.seconds), 60)
    facts = [
        ("Champion before", outcome.champion or "none"),
        ("Candidate", outcome.candidate or "none was trained"),
        ("Started", f"{outcome.started:%Y-%m-%d %H:%M %Z}".strip()),
        ("Took", f"{minutes} min {seconds} s" if minutes else f"{seconds} s"),
    ]
    if outcome.status == "promoted":
        facts.append(("Published", outcome.published or "no: the service has the old one"))
    facts.append(("Data pushed", "yes" if outcome.pushed else "no"))
    if outcome.commit:
        facts.append(("Code", outcome.commit[:12]))
    return facts


def _absence(outcome: Outcome, measured: str) -> str:
    if outcome.candidate is None:
        return "No candidate was trained, so there are no figures to compare."
    return (
        f"The figures on disk are of {measured or 'no model'}, not of {outcome.candidate}: "
        "they are left out."
    )


def _draw(outcome: Outcome, metrics: dict[str, Any], reports: Path, models: Path) -> list[Picture]:
    pictures = []
    tables = {
        name: reports / "plots" / f"calibration_{name}.csv" for name in ("continuity", "default")
    }
    # A model that a source cannot support has a table without rows.
    found = {
        name: path
        for name, path in tables.items()
        if path.is_file() and "auc" in metrics.get(name, {})
    }
    if found:
        words = "What was predicted against what came to be, by tenths of the test years."
        pictures.append(Picture("calibration", "Calibration", words, draw_calibration(found)))
    past = [
        (name, _figures_of(name, outcome, metrics, models)) for name in _served(outcome, models)
    ]
    past = [(name, figures) for name, figures in past if figures]
    latest = None
    if metrics and outcome.candidate not in dict(past):
        latest = (str(outcome.candidate), metrics)
    if len(past) + (latest is not None) > 1:
        words = "AUC of the champions, each as it was trained" + (
            "; hollow: the candidate." if latest else "."
        )
        pictures.append(Picture("trend", "Trend", words, draw_trend(past, latest)))
    return pictures


def _served(outcome: Outcome, models: Path) -> list[str]:
    """Versions in the order they served; the promoted one is last."""
    listed = _read(models / "champions.json").get("champions", [])
    names = [str(name) for name in listed]
    for name in (outcome.champion, outcome.candidate if outcome.status == "promoted" else None):
        if name is not None and name not in names:
            names.append(name)
    return names


def _figures_of(
    version: str, outcome: Outcome, metrics: dict[str, Any], models: Path
) -> dict[str, Any]:
    """The metrics of a champion; those of the run where it is the candidate."""
    if metrics and version == outcome.candidate:
        return metrics
    found = _manifest(models, version).get("metrics", {})
    return found if isinstance(found, dict) else {}


def _manifest(models: Path, version: str | None) -> dict[str, Any]:
    """The manifest of an archived model, or of the champion if it is that; empty where it is gone."""
    for place in (models / "archive" / str(version), models / "champion"):
        found = _read(place / MANIFEST)
        if version is not None and found.get("version") == version:
            return found
    return {}


def _read(path: Path) -> dict[str, Any]:
    """A JSON object; empty where it is missing or broken, for a mail about a broken run must still go."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _four(value: float | None) -> str:
    return NOTHING if value is None or value != value else f"{value:.4f}"


def _signed(change: float) -> str:
    return f"{change:+.4f}".replace("-", "\N{MINUS SIGN}")
