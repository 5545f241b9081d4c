"""The funnel of the two months, and what became of the opportunities that closed.

What belongs here: this section's sentences, chart and table. What doesn't: the figures, which its query has.
"""

from __future__ import annotations

from collections.abc import Sequence

from dagster_project.review.charts import DARK, LIGHT, ROOM, WIDTH, Spec, layered, top_of
from dagster_project.review.marts import Row, Rows
from dagster_project.review.parts import Cell, Evidence, Section, Table
from dagster_project.review.questions import questions_of


def funnel_section(evidence: Evidence) -> Section:
    """Counts of each stage, with the share of the stage before; and what became of the opportunities that closed."""
    wording, rows = evidence.wording, evidence.rows("funnel")
    names = [wording.month_and_year(period) for period in evidence.begun]
    labels = {row["stage"]: wording.say(f"stage.{row['stage']}") for row in rows}
    bars = [
        {
            "stage_label": labels[row["stage"]],
            "month": name,
            "events": row[events],
            "label": wording.number(row[events] or 0),
        }
        for row in rows
        for name, events in zip(names, ("first_events", "second_events"), strict=False)
    ]
    description = wording.say(
        "funnel.chart",
        list=wording.listed(f"{labels[row['stage']]}: {wording.number(row['events'])}" for row in rows),
    )
    return Section(
        "funnel",
        wording.say("section.funnel"),
        sentences=[_funnel_sentence(evidence)],
        charts=[evidence.drawing.draw(draw_funnel(bars, names), description)],
        tables=[_funnel_table(evidence), *([_closings_table(evidence)] if evidence.rows("closings") else [])],
        notes=[wording.say("funnel.note")],
        questions=questions_of(evidence, "funnel"),
    )


def _funnel_sentence(evidence: Evidence) -> str:
    wording = evidence.wording
    events = {row["stage"]: row["events"] for row in evidence.rows("funnel")}
    return wording.say("funnel.sentence", **{stage: wording.number(count) for stage, count in events.items()})


def _funnel_table(evidence: Evidence) -> Table:
    wording = evidence.wording
    rows = []
    before: Row | None = None
    for row in evidence.rows("funnel"):
        in_line = row["stage"] != "meetings_confirmed"
        share = row["events"] / before["events"] if in_line and before and before["events"] else None
        rows.append(
            (
                Cell(wording.say(f"stage.{row['stage']}"), value=row["stage"]),
                evidence.count(row["first_events"]),
                *([evidence.count(row["second_events"])] if len(evidence.begun) > 1 else []),
                evidence.count(row["events"]),
                evidence.share(share),
                evidence.count(row["events_before"]),
            )
        )
        before = row
    months = [wording.short_month(period) for period in evidence.begun]
    return Table(
        name="funnel",
        caption=wording.say("funnel.table"),
        headings=(
            *evidence.headings("stage"),
            *months,
            *evidence.headings("both_months", "share_of_stage_before", "months_before"),
        ),
        rows=rows,
    )


def _closings_table(evidence: Evidence) -> Table:
    wording = evidence.wording
    return Table(
        name="closings",
        caption=wording.say("closings.table"),
        headings=evidence.headings("month", "closed", "won", "lost", "won_share", "amount_won"),
        rows=[
            (
                evidence.month(row["period"]),
                evidence.count(row["closed"]),
                evidence.count(row["won"]),
                evidence.count(row["lost"]),
                evidence.share(row["won"] / row["closed"]),
                evidence.money(row["amount_won"]),
            )
            for row in evidence.rows("closings")
        ],
    )


def draw_funnel(rows: Rows, months: Sequence[str]) -> Spec:
    """Events of each stage by month. Rows: stage_label, month, events, label."""
    import altair as alt

    base = alt.Chart()
    stages = list(dict.fromkeys(row["stage_label"] for row in rows))
    y = alt.Y("stage_label:N", sort=stages, axis=alt.Axis(title=None, ticks=False, domain=False))
    offset = alt.YOffset("month:N", sort=list(months))
    x = alt.X("events:Q", axis=None, scale=alt.Scale(domain=[0, top_of(rows, "events") * ROOM], nice=False))
    colour = alt.Color(
        "month:N", sort=list(months), scale=alt.Scale(domain=list(months), range=[LIGHT, DARK])
    )
    return layered(
        rows,
        base.mark_bar().encode(x=x, y=y, yOffset=offset, color=colour),
        base.mark_text(align="left", dx=4).encode(x=x, y=y, yOffset=offset, text="label:N"),
        width=WIDTH - 180,
        height=36 * len(stages),
    )
