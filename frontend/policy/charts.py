"""Where a draft moves decisions, drawn for a light or a dark page."""

from typing import Any

import altair as alt
import pandas as pd

from frontend.charts.palette import Palette
from frontend.formats import percent
from frontend.policy.tables import OUTCOMES, migration
from frontend.policy.words import Vocabulary
from frontend.text import say
from solvencia_client.types import Move

_HEIGHT = 230


def migration_chart(
    moves: list[Move], words: Vocabulary, palette: Palette
) -> alt.LayerChart | alt.FacetChart:
    """Outcomes as decided by outcomes under the draft; what moved stands out."""
    table = migration(moves)
    names = [say(f"outcome.{outcome}", words.language) for outcome in OUTCOMES]
    named = dict(zip(OUTCOMES, names, strict=True))
    table["was"], table["becomes"] = table["before"].map(named), table["after"].map(named)
    table["shown"] = [f"{count:,}" if count else "–" for count in table["count"]]
    table["part"] = [percent(share) if share else "" for share in table["share"]]
    return _cells(table, names, words, palette)


def _cells(
    table: pd.DataFrame, names: list[str], words: Vocabulary, palette: Palette
) -> alt.LayerChart | alt.FacetChart:
    label: dict[str, Any] = {
        "labelFontSize": 13, "labelColor": palette.ink, "labelAngle": 0, "ticks": False,
        "domain": False, "labelPadding": 8, "labelLimit": 160, "titleColor": palette.muted,
        "titleFontSize": 12, "titleFontWeight": "normal",
    }  # fmt: skip
    apart = alt.Scale(paddingInner=0.03)
    x = alt.X(
        "becomes:N",
        sort=names,
        title=words.say("matrix.after"),
        axis=alt.Axis(orient="top", **label),
    )
    y = alt.Y(
        "was:N", sort=names, scale=apart, title=words.say("matrix.before"), axis=alt.Axis(**label)
    )
    kinds = ["same", "better", "worse", "none"]
    colours = [palette.band, palette.gain, palette.loss, palette.muted]
    fill = alt.Color("kind:N", legend=None, scale=alt.Scale(domain=kinds, range=colours))
    faint = alt.condition("datum.kind == 'none'", alt.value(0.08), alt.value(0.8))
    base = alt.Chart(table).encode(x=x, y=y)
    number: dict[str, Any] = {"fontSize": 17, "fontWeight": "bold", "color": palette.ink}
    return alt.layer(
        base.mark_rect(cornerRadius=4)
        .encode(color=fill, opacity=faint),
        base.mark_text(dy=-7, **number).encode(text="shown"),
        base.mark_text(dy=13, fontSize=12, color=palette.ink).encode(text="part"),
    ).properties(height=_HEIGHT)  # fmt: skip
