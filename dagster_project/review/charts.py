"""The page's charts: Vega-Altair, rendered to SVG.

What belongs here: how rows become marks. What doesn't: any figure, and any sentence: the rows bring their words, and a
chart's description is given beside it. Altair and the renderer are imported when the first chart is drawn.

All charts are drawn for the width of a phone; wider places set them beside each other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any

from dagster_project.review.wording import Wording

if TYPE_CHECKING:
    import altair as alt

Rows = Sequence[Mapping[str, Any]]
Spec = dict[str, Any]
"""A chart in Vega-Lite, its data included."""

INK = "#1d2733"
MUTED = "#56616e"
GRID = "#e3e7ec"
TRACK = "#eef1f4"
BAND = "#bcc8d6"
LIGHT = "#6f9bc4"
DARK = "#1f4e79"
WHITE = "#ffffff"
STATUS_COLOURS = {
    "met": "#1b6e3f",
    "missed": "#b3261e",
    "on_track": "#1f5fa8",
    "at_risk": "#a65a00",
    "no_data": "#56616e",
}
OUTCOME_COLOURS = {"met": "#1b6e3f", "late": "#e0a050", "undone": "#b3261e", "pending": "#bcc8d6"}
LOAD_COLOURS = {
    "within": "#1f5fa8",
    "above": "#b3261e",
    "below": "#a65a00",
    "running": "#6f9bc4",
    "not_agreed": "#56616e",
}

FONT = "Helvetica Neue, Helvetica, Arial, sans-serif"
WIDTH = 420
BULLET_WIDTH = 300
BIG_NUMBER = 10_000  # from here on an axis is labelled in thousands and millions
ROOM = 1.12
"""How much longer an axis is than its longest bar, so that a label has room beside it."""

CONFIG = {
    "aria": False,  # the page says in words what a chart shows
    "background": "transparent",
    "font": FONT,
    "axis": {
        "labelColor": INK,
        "labelFontSize": 12,
        "titleColor": MUTED,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "domainColor": MUTED,
        "tickColor": MUTED,
        "gridColor": GRID,
        "labelLimit": 170,
    },
    "legend": {
        "orient": "top",
        "title": None,
        "labelFontSize": 12,
        "labelColor": INK,
        "labelLimit": 300,
        "symbolStrokeWidth": 1,
    },
    "text": {"fontSize": 12, "color": INK},
    "view": {"stroke": None},
}


@dataclass(frozen=True)
class Chart:
    """A drawn chart, what it shows in a sentence, and its heading where there are several."""

    svg: str
    description: str
    heading: str = ""


class Drawing:
    """Draws charts with the numbers of a language; ids in one drawing's charts never meet."""

    def __init__(self, wording: Wording) -> None:
        symbols = wording.locale.number_symbols["latn"]
        self._format_locale = {
            "decimal": symbols["decimal"],
            "thousands": symbols["group"],
            "grouping": [3],
            "currency": ["", ""],
            "percent": wording.locale.percent_formats[None].suffix[0],
        }
        self._drawn = 0

    def draw(self, spec: Spec, description: str, heading: str = "") -> Chart:
        """Render a chart. Its texts are escaped by the renderer."""
        import vl_convert

        svg: str = vl_convert.vegalite_to_svg(
            spec, config=CONFIG, format_locale=self._format_locale, allowed_base_urls=[]
        )
        self._drawn += 1
        return Chart(_part_of_page(svg, f"chart{self._drawn}-"), description, heading)


def _part_of_page(svg: str, prefix: str) -> str:
    """An SVG that lies in a page with others: its ids are its own, and readers aloud pass over it."""
    svg = re.sub(r'(\sid="|url\(#|href="#)', lambda found: found[1] + prefix, svg)
    return svg.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def layered(rows: Rows, *layers: alt.Chart, width: float, height: float) -> Spec:
    """Charts of the same rows over each other, the first below; `width` is the whole drawing's, labels included."""
    return with_rows(_layout(*layers, width=width, height=height), rows)


def _layout(*layers: alt.Chart, width: float, height: float) -> Spec:
    import altair as alt

    spec: Spec = alt.layer(*layers).properties(width=width, height=height).to_dict(validate=False)
    spec["autosize"] = {"type": "fit-x", "contains": "padding"}
    for layer in spec["layer"]:
        layer.pop("data", None)  # each would have its own, which is empty
    return spec


def with_rows(spec: Spec, rows: Rows) -> Spec:
    """A chart with its data, which Altair would copy with every layer and check row by row."""
    return spec | {"data": {"values": [{name: _plain(value) for name, value in row.items()} for row in rows]}}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date | datetime) else value


def top_of(rows: Rows, *names: str) -> float:
    """The greatest number in some columns; 1 where there is none above 0."""
    return max([float(row[name]) for row in rows for name in names if row[name] is not None], default=1) or 1


def bullet(rows: Rows, unit: str) -> Spec:
    """Actual against target by month, with the band between worst and best.

    Rows: month, actual, target, worst, best, projection, status.
    """
    top = 1.0 if unit == "share" else top_of(rows, "actual", "target", "best", "projection") * ROOM
    number_format = "%" if unit == "share" else "~s" if top >= BIG_NUMBER else ",d"
    return with_rows(_bullet(number_format, len(rows)), [dict(row, start=0, end=top) for row in rows])


@cache
def _bullet(number_format: str, months: int) -> Spec:
    """A bullet chart without its rows: there are many of them, which differ in nothing else."""
    import altair as alt

    axis = alt.Axis(
        format=number_format,
        tickCount=4,
        tickMinStep=1 if number_format == ",d" else 0,
        title=None,
        grid=False,
    )
    scale = alt.Scale(zero=True, nice=False)
    y = alt.Y("month:N", sort=None, axis=alt.Axis(title=None, ticks=False, domain=False))
    colour = alt.Color(
        "status:N",
        scale=alt.Scale(domain=list(STATUS_COLOURS), range=list(STATUS_COLOURS.values())),
        legend=None,
    )
    base = alt.Chart()
    return _layout(
        base.mark_bar(height=24, color=TRACK).encode(
            x=alt.X("start:Q", scale=scale, axis=axis), x2="end:Q", y=y
        ),
        base.transform_filter("isValid(datum.worst) && datum.best > datum.worst")
        .mark_bar(height=24, color=BAND)
        .encode(x=alt.X("worst:Q", scale=scale), x2="best:Q", y=y),
        base.transform_filter("isValid(datum.actual)")
        .mark_bar(height=10)
        .encode(x=alt.X("start:Q", scale=scale), x2="actual:Q", y=y, color=colour),
        base.transform_filter("isValid(datum.projection) && datum.projection > datum.actual")
        .mark_point(shape="diamond", size=70, filled=False, color=INK, strokeWidth=1.5)
        .encode(x=alt.X("projection:Q", scale=scale), y=y),
        base.mark_tick(thickness=3, size=30, color=INK).encode(x=alt.X("target:Q", scale=scale), y=y),
        width=BULLET_WIDTH,
        height=36 * months,
    )
