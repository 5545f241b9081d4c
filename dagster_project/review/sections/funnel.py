"""The funnel of the two months, and what became of the opportunities that closed.

What belongs here: this section's sentences, chart and table. What doesn't: the figures, which its query has.
"""

from __future__ import annotations

from collections.abc import Sequence

from dagster_project.review.charts import DARK, LIGHT, WIDTH, Spec, layered, top_of
from dagster_project.review.marts import Row, Rows
from dagster_project.review.parts import Cell, Evidence, Section, Table
from dagster_project.review.questions import questions_of

MORE_ROOM = 1.3  # for a share beside the number
NOT_IN_LINE = "meetings_confirmed"
"""Meetings are counted beside the stages, none of which they are a share of."""


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
            "label": _bar_label(evidence, row, before, events),
        }
        for row, before in zip(rows, [None, *rows], strict=False)
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
        how_to_read=wording.say("funnel.how_to_read"),
        notes=[wording.say("funnel.note")],
        questions=questions_of(evidence, "funnel"),
    )


def _bar_label(evidence: Evidence, row: Row, before: Row | None, events: str) -> str:
    """How many, and what share that is of the stage before in the same month."""
    number = evidence.wording.number(row[events] or 0)
    if before is None or not before[events] or row["stage"] == NOT_IN_LINE:
        return number
    share = evidence.wording.share(row[events] / before[events], 0)
    return evidence.wording.say("funnel.bar", number=number, share=share)


def _funnel_sentence(evidence: Evidence) -> str:
    wording = evidence.wording
    events = {row["stage"]: row["events"] for row in evidence.rows("funnel")}
    return wording.say("funnel.sentence", **{stage: wording.number(count) for stage, count in events.items()})


def _funnel_table(evidence: Evidence) -> Table:
    wording = evidence.wording
    rows = []
    before: Row | None = None
    for row in evidence.rows("funnel"):
        in_line = row["stage"] != NOT_IN_LINE
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
    x = alt.X(
        "events:Q", axis=None, scale=alt.Scale(domain=[0, top_of(rows, "events") * MORE_ROOM], nice=False)
    )
    colour = alt.Color(
        "month:N", sort=list(months), scale=alt.Scale(domain=list(months), range=[LIGHT, DARK])
    )
    return layered(
        rows,
        base.mark_bar().encode(x=x, y=y, yOffset=offset, color=colour),
        base.mark_text(align="left", dx=4).encode(x=x, y=y, yOffset=offset, text="label:N"),
        width=WIDTH,
        height=36 * len(stages),
    )
