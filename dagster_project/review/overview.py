"""All promises in one drawing, to stand where there is no page: how far each was kept, month by month.

What belongs here: this drawing and its words. What doesn't: the page, where each promise has a chart of its own.
"""

from __future__ import annotations

from collections.abc import Sequence

from dagster_project.review.charts import (
    INK,
    MUTED,
    STATUS_COLOURS,
    TRACK,
    WHITE,
    Chart,
    Drawing,
    Spec,
    layered,
)
from dagster_project.review.commitments import how_it_can_end, in_order
from dagster_project.review.marts import Row, Rows
from dagster_project.review.metrics import unit_of
from dagster_project.review.wording import Wording

MOST_SHOWN = 1.5
"""Of what was promised: a bar that would be longer ends here."""
ROW_HEIGHT = 20
BAR_WIDTH = 260


def overview(rows: Sequence[Row], wording: Wording) -> Chart:
    """Each promise's attainment as a bar, beside its figures and its status as a word.

    `rows` are rows of `sla_attainment` of one month or several: period, commitment_id, owner, metric, comparison,
    target, actual, attainment, pending, worst, best and status.
    """
    shown = [_bar(row, wording) for row in in_order(rows)]
    description = wording.say(
        "overview.chart", list=wording.listed(f"{row['name']}: {row['said']}" for row in shown)
    )
    return Drawing(wording).draw(draw_overview(shown, wording), description)


def _bar(row: Row, wording: Wording) -> Row:
    unit = unit_of(row["metric"])
    if row["actual"] is None:
        actual, target = how_it_can_end(row, wording), wording.target(row["target"], unit)
    else:
        actual, target = wording.told_apart(row["actual"], row["target"], unit)
    promised = wording.say(f"promise.{row['comparison']}", target=target)
    promise = wording.titled(wording.say(f"metric.{row['metric']}"))
    attainment = row["attainment"]
    return {
        "name": wording.say("overview.name", promise=promise, month=wording.short_month(row["period"])),
        "reached": None if attainment is None else min(float(attainment), MOST_SHOWN),
        "status": row["status"],
        "said": wording.say(
            "overview.figures",
            actual=actual,
            promised=promised,
            status=wording.say(f"status.{row['status']}"),
        ),
    }


def draw_overview(rows: Rows, wording: Wording) -> Spec:
    """Bars up to the promise and beyond. Rows: name, reached (1 is what was promised), status, said."""
    import altair as alt

    base = alt.Chart()
    y = alt.Y("name:N", sort=None, axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=280))
    scale = alt.Scale(domain=[0, MOST_SHOWN], nice=False)
    axis = alt.Axis(format="%", values=[0, 0.5, 1], title=wording.say("overview.axis"), grid=False)
    colours = alt.Scale(domain=list(STATUS_COLOURS), range=list(STATUS_COLOURS.values()))
    spec = layered(
        [row | {"none": 0, "all": MOST_SHOWN, "promised": 1} for row in rows],
        base.mark_bar(height=12, color=TRACK).encode(
            x=alt.X("none:Q", scale=scale, axis=axis), x2="all:Q", y=y
        ),
        base.transform_filter("isValid(datum.reached)")
        .mark_bar(height=12)
        .encode(
            x=alt.X("none:Q", scale=scale),
            x2="reached:Q",
            y=y,
            color=alt.Color("status:N", scale=colours, legend=None),
        ),
        base.mark_tick(thickness=2.5, size=18, color=INK).encode(x=alt.X("promised:Q", scale=scale), y=y),
        base.mark_text(align="left", dx=8, color=MUTED).encode(
            x=alt.X("all:Q", scale=scale), y=y, text="said:N"
        ),
        width=BAR_WIDTH,
        height=ROW_HEIGHT * len(rows),
    )
    # It may stand on any ground: a page in the dark.
    del spec["autosize"]  # as wide as its labels need
    return spec | {"background": WHITE, "padding": 8}
