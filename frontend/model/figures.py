"""What a model measured, in words: figures with their intervals and what they mean."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import expm1, sqrt
from typing import Any, Literal

import pandas as pd

from frontend.client import Features
from frontend.formats import day, percent, plain
from frontend.text import Language, say
from solvencia_client.types import CalibrationGroup, ModelOut

PROBABILITY_MODELS = ("continuity", "default")
MODELS = (*PROBABILITY_MODELS, "income")
FIGURES = (
    "rows", "auc", "gini", "ks", "brier", "log_loss", "ece", "calibration_slope",
    "calibration_intercept", "rate", "mean_predicted", "coverage_80", "mae_log", "median_width",
)  # fmt: skip
"""In the order in which all figures are listed."""
_SHARES = ("auc", "gini", "ks", "rate", "mean_predicted", "coverage_80")
_MOVED, _SHIFTED = 0.10, 0.25
_Z = 1.959964
"""Standard deviations that enclose 95 % of a normal variable."""

Metrics = Mapping[str, Any]


@dataclass(frozen=True)
class Headline:
    """The one figure of a model that tells most, its interval, and sentences that explain it."""

    label: str
    value: str
    interval: str
    meaning: str
    more: tuple[str, ...]


def wilson(share: float, rows: float) -> tuple[float, float]:
    """95 % interval of a share that was counted in so many rows (Wilson, 1927).

    >>> tuple(round(end, 3) for end in wilson(0.5, 100))
    (0.404, 0.596)
    """
    if rows <= 0:
        return 0.0, 1.0
    middle = (share + _Z**2 / (2 * rows)) / (1 + _Z**2 / rows)
    half = _Z * sqrt(share * (1 - share) / rows + _Z**2 / (4 * rows**2)) / (1 + _Z**2 / rows)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def learned(model: ModelOut, language: Language) -> list[str]:
    """What the model learned from, and when it was measured; what is not known is left out."""
    provenance, said = model["provenance"], []
    rows, until = provenance.get("rows", {}), provenance.get("observed_until")
    if until and {"people", "spells", "loans"} <= set(rows):
        counted = {name: f"{rows[name]:,}" for name in ("people", "spells", "loans")}
        said.append(say("model.learned", language, until=day(until), **counted))
    if test := tested(model):
        said.append(say("model.judged", language, start=day(test[0]), end=day(test[1])))
    cards = model["scorecards"]
    counts = {"cards": len(cards), "tables": sum(card["tables"] for card in cards)}
    cells = f"{sum(card['cells'] for card in cards):,}"
    return [*said, say("model.parts", language, cells=cells, **counts)]


def tested(model: ModelOut) -> tuple[str, str] | None:
    """First and last day of the rows that the model was measured on, as ISO dates."""
    found = model["provenance"].get("periods", {}).get("snapshots", {}).get("test")
    return (found[0], found[1]) if found else None


def headline(name: str, metrics: Metrics, language: Language) -> Headline | str:
    """The headline of one model, or a sentence that says why there is none."""
    found = metrics.get(name) or {}
    if reason := found.get("absent"):
        return say("model.absent", language, reason=reason)
    if name == "income":
        return _band(found, language)
    return _ranking(name, found, language)


def _ranking(name: str, found: Metrics, language: Language) -> Headline | str:
    area = found.get("auc")
    if area is None:
        return say("model.absent.unknown", language)
    more = []
    if _known(found, "mean_predicted", "rate"):
        level = {"predicted": percent(found["mean_predicted"]), "observed": percent(found["rate"])}
        more.append(say("model.level", language, **level))
    if _known(found, "auc_ceiling", "auc_on_ceiling_rows") and found["auc_ceiling"] > 0.5:
        ceiling = found["auc_ceiling"]
        share = percent((found["auc_on_ceiling_rows"] - 0.5) / (ceiling - 0.5))
        more.append(say("model.ceiling", language, ceiling=percent(ceiling), share=share))
    if _known(found, "auc_as_profile"):
        more.append(say("model.form", language, form=percent(found["auc_as_profile"])))
    return Headline(
        say("model.pairs", language),
        percent(area),
        interval(found.get("auc_low"), found.get("auc_high"), language),
        say(f"model.pairs.{name}", language, hits=round(area * 100)),
        (*more, *_rows(found, language)),
    )


def _band(found: Metrics, language: Language) -> Headline | str:
    share = found.get("coverage_80")
    if share is None:
        return say("model.absent.unknown", language)
    more = []
    if _known(found, "below", "above"):
        sides = {"below": percent(found["below"]), "above": percent(found["above"])}
        more.append(say("model.outside", language, **sides))
    if _known(found, "mae_log", "mae_log_carried_forward"):
        error, carried = expm1(found["mae_log"]), expm1(found["mae_log_carried_forward"])
        more.append(say("model.median", language, error=percent(error), carried=percent(carried)))
    low, high = wilson(share, found["rows"]) if _known(found, "rows") else (None, None)
    return Headline(
        say("model.coverage", language),
        percent(share),
        interval(low, high, language),
        say("model.coverage.words", language, hits=round(share * 100)),
        (*more, *_rows(found, language)),
    )


def interval(low: float | None, high: float | None, language: Language) -> str:
    """A 95 % interval of shares in words."""
    if low is None or high is None:
        return say("model.no_interval", language)
    return say("model.interval", language, low=percent(low), high=percent(high))


def calibration_words(found: Metrics, language: Language) -> list[str]:
    """What the calibration of one probability model means."""
    said = []
    if _known(found, "mean_predicted", "rate"):
        level = {"predicted": percent(found["mean_predicted"]), "observed": percent(found["rate"])}
        said.append(say("model.level", language, **level))
    if _known(found, "ece"):
        said.append(say("model.calibration.off", language, ece=f"{found['ece'] * 100:.1f}"))
    if _known(found, "calibration_slope"):
        slope = found["calibration_slope"]
        # A tenth either way is what most test periods leave open.
        kind = "fine" if abs(slope - 1) <= 0.1 else "extreme" if slope < 1 else "timid"
        said.append(say(f"model.calibration.slope.{kind}", language, slope=f"{slope:.2f}"))
    return said


def calibration_groups(found: Metrics, kept: Sequence[CalibrationGroup] = ()) -> pd.DataFrame:
    """Groups of cases with what was predicted and observed; shares, with the interval's ends.

    Columns ``predicted``, ``observed``, ``low``, ``high``, ``rows``; one row of all cases for a model
    of which no groups were kept, none where nothing is known.
    """
    groups: list[Mapping[str, Any]] = [*kept]
    if not groups and _known(found, "mean_predicted", "rate", "rows"):
        whole = {"predicted": found["mean_predicted"], "observed": found["rate"]}
        groups = [whole | {"rows": found["rows"]}]
    rows = []
    for group in groups:
        low, high = wilson(group["observed"], group["rows"])
        shares = {"predicted": group["predicted"], "observed": group["observed"]}
        rows.append(shares | {"low": low, "high": high, "rows": group["rows"]})
    return pd.DataFrame(rows, columns=["predicted", "observed", "low", "high", "rows"])


def moved(metrics: Metrics, features: Features, language: Language) -> list[str]:
    """How far people moved from the years of fitting to those of measuring, a sentence a model."""
    said = []
    for name in PROBABILITY_MODELS:
        found = metrics.get(name) or {}
        if not _known(found, "psi_score", "psi_feature", "psi_feature_name"):
            continue
        index, feature = found["psi_score"], str(found["psi_feature_name"])
        verdict = "stable" if index < _MOVED else "moved" if index < _SHIFTED else "shifted"
        named = {
            "model": say(f"model.{name}", language),
            "verdict": say(f"model.psi.{verdict}", language),
            "psi": f"{index:.2f}",
            "feature": title_of(feature, features, language).lower(),
            "feature_psi": f"{found['psi_feature']:.2f}",
        }
        said.append(say("model.stability.words", language, **named))
    return said


def title_of(name: str, features: Features, language: Language) -> str:
    """What a feature is called; one without a title goes by its name."""
    feature = features.get(name)
    if feature is None:
        return name
    return feature["title_en"] if language == "en" else feature["title"]


def all_figures(metrics: Metrics, language: Language) -> pd.DataFrame:
    """Every figure that a column has, written out: a row a figure, a column a model."""
    models = [name for name in MODELS if metrics.get(name)]
    rows = []
    for figure in FIGURES:
        shown = [written(figure, metrics[name].get(figure)) for name in models]
        if any(shown):
            label = say(f"model.figure.{figure}", language)
            rows.append([label, *(text or "—" for text in shown)])
    columns = [say("model.figure", language), *(say(f"model.{name}", language) for name in models)]
    return pd.DataFrame(rows, columns=columns)


def written(figure: str, value: float | None) -> str:
    """A figure as it is read: shares per cent, counts whole, the rest to three places."""
    if value is None:
        return ""
    if figure in _SHARES:
        return percent(value)
    return plain(value) if figure == "rows" else f"{value:.3f}".replace("-", "\u2212")


Verdict = Literal["better", "worse", "even"]


def compared(champion: Metrics, challenger: Metrics) -> Verdict | None:
    """Whether one model orders better than another beyond chance; None where it is not known."""
    ends = ("auc_low", "auc_high")
    if not (_known(champion, *ends) and _known(challenger, *ends)):
        return None
    if challenger["auc_low"] > champion["auc_high"]:
        return "better"
    return "worse" if challenger["auc_high"] < champion["auc_low"] else "even"


def side_by_side(
    name: str, champion: Metrics, challenger: Metrics, language: Language
) -> pd.DataFrame:
    """The figures of one part of two models, with their difference."""
    rows = []
    first, second = champion.get(name) or {}, challenger.get(name) or {}
    for figure in FIGURES:
        before, after = first.get(figure), second.get(figure)
        if before is None and after is None:
            continue
        label = say(f"model.figure.{figure}", language)
        difference = "" if before is None or after is None else _signed(figure, after - before)
        shown = [written(figure, before) or "—", written(figure, after) or "—", difference]
        rows.append([label, *shown])
    titles = ("figure", "champion", "challenger", "difference")
    return pd.DataFrame(rows, columns=[say(f"model.{title}", language) for title in titles])


def _signed(figure: str, difference: float) -> str:
    text, zero = written(figure, abs(difference)), written(figure, 0.0)
    if figure in _SHARES:  # of percentages, not a percentage itself
        text, zero = text.replace("%", "pp"), zero.replace("%", "pp")
    return text if text == zero else ("+" if difference > 0 else "\u2212") + text


def _rows(found: Metrics, language: Language) -> tuple[str, ...]:
    if not _known(found, "rows"):
        return ()
    return (say("model.rows", language, rows=f"{found['rows']:,.0f}"),)


def _known(found: Metrics, *names: str) -> bool:
    return all(found.get(name) is not None for name in names)
