"""Each rep's load, between the least and the most that was agreed.

What belongs here: this section's sentences, chart and table. What doesn't: the figures, which its query has.
"""

from __future__ import annotations

from collections.abc import Sequence

from dagster_project.review.charts import BAND, LOAD_COLOURS, ROOM, WIDTH, Chart, Spec, layered
from dagster_project.review.marts import Row, Rows
from dagster_project.review.parts import NOTHING, Cell, Evidence, Section, Table

MOST_REPS = 25


def reps_section(evidence: Evidence) -> Section:
    """Each rep's MQLs between the least and the most that was agreed."""
    wording, rows = evidence.wording, evidence.rows("reps")
    top = (
        max([number for row in rows for number in (row["mqls"], row["max"]) if number is not None], default=1)
        or 1
    )
    by_month = {period: [row for row in rows if row["period"] == period] for period in evidence.begun}
    return Section(
        "reps",
        wording.say("section.reps"),
        sentences=[
            _reps_sentence(evidence, wording.titled(wording.month_and_year(period)), month)
            for period, month in by_month.items()
        ],
        charts=[
            _reps_chart(evidence, wording.month_and_year(period), month[:MOST_REPS], top)
            for period, month in by_month.items()
            if month
        ],
        tables=[_reps_table(evidence, list(by_month.values()))] if rows else [],
        how_to_read=wording.say("reps.how_to_read") if rows else "",
        notes=[_shown_of(evidence, most)] if (most := max(map(len, by_month.values()))) > MOST_REPS else [],
    )


def _shown_of(evidence: Evidence, reps: int) -> str:
    wording = evidence.wording
    return wording.say("reps.shown_of", shown=wording.number(MOST_REPS), reps=wording.number(reps))


def _reps_sentence(evidence: Evidence, month: str, rows: Rows) -> str:
    wording = evidence.wording
    if not rows:
        return wording.say("reps.none", month=month)
    counts = {
        load: sum(row["load"] == load for row in rows)
        for load in ("within", "above", "below", "running", "not_agreed")
    }
    if counts["not_agreed"] == len(rows):
        return wording.say("reps.not_agreed", count=len(rows), month=month, reps=wording.number(len(rows)))
    agreed = len(rows) - counts["not_agreed"]
    shown = {load: wording.number(count) for load, count in counts.items()}
    name = "reps.running_sentence" if counts["running"] else "reps.sentence"
    if counts["within"] == agreed:
        name = "reps.all_within"
    return wording.say(name, count=agreed, month=month, reps=wording.number(agreed), **shown)


def _reps_chart(evidence: Evidence, month: str, rows: Rows, top: float) -> Chart:
    wording = evidence.wording
    shown = [
        {name: row[name] for name in ("rep_id", "mqls", "min", "max", "load")}
        | {"label": wording.number(row["mqls"])}
        for row in rows
    ]
    outside = [row for row in rows if row["load"] in ("above", "below")]
    listed = wording.listed(
        wording.say(
            f"why.load_{row['load']}",
            rep=row["rep_id"],
            mqls=wording.number(row["mqls"]),
            limit=wording.number(row["max"] if row["load"] == "above" else row["min"]),
        )
        for row in outside
    )
    description = wording.say("reps.chart", month=month, outside=listed or wording.say("reps.nobody"))
    return evidence.drawing.draw(draw_reps(shown, top), description, heading=wording.titled(month))


def _reps_table(evidence: Evidence, months: Sequence[Rows]) -> Table:
    wording = evidence.wording
    rows: list[tuple[Cell, ...]] = []
    for month in months:
        rows += [_rep_row(evidence, row) for row in month[:MOST_REPS]]
        if others := month[MOST_REPS:]:
            rows.append(_other_reps(evidence, others))
    return Table(
        name="reps",
        caption=wording.say("reps.table"),
        headings=evidence.headings(
            "month", "rep", "mqls", "min", "max", "load", "median_hours", "owed", "missed_duties", "sqls"
        ),
        rows=rows,
    )


def _rep_row(evidence: Evidence, row: Row) -> tuple[Cell, ...]:
    return (
        evidence.month(row["period"]),
        Cell(row["rep_id"], value=row["rep_id"]),
        evidence.count(row["mqls"]),
        evidence.count(row["min"]),
        evidence.count(row["max"]),
        Cell(evidence.wording.say(f"load.{row['load']}"), value=row["load"]),
        evidence.hours(row["median_seconds"]),
        evidence.count(row["owed"]),
        evidence.count(row["breached"]),
        evidence.count(row["sqls"]),
    )


def _other_reps(evidence: Evidence, rows: Rows) -> tuple[Cell, ...]:
    wording = evidence.wording
    outside = sum(row["load"] in ("above", "below") for row in rows)
    return (
        evidence.month(rows[0]["period"]),
        Cell(wording.say("reps.others", count=len(rows), number=wording.number(len(rows))), value=""),
        evidence.count(sum(row["mqls"] for row in rows)),
        Cell(NOTHING, is_number=True),
        Cell(NOTHING, is_number=True),
        Cell(wording.say("reps.others_outside", count=outside, number=wording.number(outside))),
        Cell(NOTHING, is_number=True),
        evidence.count(sum(row["owed"] for row in rows)),
        evidence.count(sum(row["breached"] for row in rows)),
        evidence.count(sum(row["sqls"] for row in rows)),
    )


def draw_reps(rows: Rows, top: float) -> Spec:
    """One month's MQLs by rep, over the band from least to most that was agreed.

    Rows: rep_id, mqls, min, max, load, label.
    """
    import altair as alt

    base = alt.Chart()
    scale = alt.Scale(domain=[0, top * ROOM], nice=False)
    y = alt.Y(
        "rep_id:N", sort=[row["rep_id"] for row in rows], axis=alt.Axis(title=None, ticks=False, domain=False)
    )
    colour = alt.Color(
        "load:N", scale=alt.Scale(domain=list(LOAD_COLOURS), range=list(LOAD_COLOURS.values())), legend=None
    )
    return layered(
        [dict(row, start=0) for row in rows],
        base.transform_filter("isValid(datum.max)")
        .mark_bar(height=18, color=BAND, opacity=0.75)
        .encode(
            x=alt.X("min:Q", scale=scale, axis=alt.Axis(title=None, tickMinStep=1, tickCount=5)),
            x2="max:Q",
            y=y,
        ),
        base.mark_bar(height=8).encode(x=alt.X("start:Q", scale=scale), x2="mqls:Q", y=y, color=colour),
        base.mark_text(align="left", dx=5, fontWeight="bold").encode(
            x=alt.X("mqls:Q", scale=scale), y=y, text="label:N"
        ),
        width=WIDTH,
        height=24 * len(rows),
    )
