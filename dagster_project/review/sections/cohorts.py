"""What became of the MQLs handed off in each month.

What belongs here: this section's sentences, chart and table. What doesn't: the figures, which its query has.
"""

from __future__ import annotations

from collections.abc import Iterator

from dagster_project.review.charts import INK, MUTED, WHITE, WIDTH, Spec, layered
from dagster_project.review.marts import Row, Rows
from dagster_project.review.parts import NOTHING, Cell, Evidence, Section, Table
from dagster_project.review.questions import questions_of

STAGES = ("sql", "opportunity", "customer")
# Both light enough for dark figures on them.
SHADES = ["#f1f5fa", "#86b0d8"]


def cohorts_section(evidence: Evidence) -> Section:
    """What became of the MQLs handed off in each month; what is not decided yet is marked."""
    wording, rows = evidence.wording, evidence.rows("cohorts")
    shown = [
        {
            "month": wording.short_month(row["period"]),
            "stage_label": wording.say(f"cohorts.{row['stage']}"),
            "shade": row["shade"] or 0,
            "is_mature": row["is_mature"],
            "label": _label(evidence, row),
        }
        for row in rows
    ]
    immature = [row for row in rows if not row["is_mature"] and row["mqls"]]
    handed_off = any(row["mqls"] for row in rows)
    if not handed_off:
        ripe = wording.say("cohorts.none")
    elif immature:
        ripe = wording.say("cohorts.immature", count=len(immature), number=wording.number(len(immature)))
    else:
        ripe = wording.say("cohorts.all_mature")
    usual = list(_usual(evidence, rows))
    return Section(
        "cohorts",
        wording.say("section.cohorts"),
        sentences=[*([wording.say("cohorts.usual", list=wording.listed(usual))] if usual else []), ripe],
        charts=[evidence.drawing.draw(draw_cohorts(shown), wording.say("cohorts.chart"))]
        if handed_off
        else [],
        tables=[_table(evidence)] if handed_off else [],
        how_to_read=wording.say("cohorts.how_to_read") if handed_off else "",
        questions=questions_of(evidence, "cohorts"),
    )


def _usual(evidence: Evidence, rows: Rows) -> Iterator[str]:
    """Of the MQLs of the months that are ripe: what share got to each stage, and the latest month's share."""
    wording = evidence.wording
    for stage in STAGES:
        ripe = [row for row in rows if row["stage"] == stage and row["is_mature"] and row["mqls"]]
        if ripe:
            yield wording.say(
                f"cohorts.usual_{stage}",
                rate=wording.share(sum(row["converted"] for row in ripe) / sum(row["mqls"] for row in ripe)),
                latest=wording.share(ripe[-1]["rate"]),
                month=wording.month_and_year(ripe[-1]["period"]),
            )


def _label(evidence: Evidence, row: Row) -> str:
    if row["rate"] is None:
        return NOTHING
    rate = evidence.wording.share(row["rate"])
    return rate if row["is_mature"] else evidence.wording.say("cohorts.immature_cell", rate=rate)


def _table(evidence: Evidence) -> Table:
    """A row per month, the stages beside each other: how many, what share, how much of it is decided."""
    wording = evidence.wording
    by_month: dict[object, dict[str, Row]] = {}
    for row in evidence.rows("cohorts"):
        by_month.setdefault(row["period"], {})[row["stage"]] = row
    headings = list(evidence.headings("handed_off_in", "mqls"))
    for stage in STAGES:
        named = wording.say(f"cohorts.{stage}")
        headings += [
            named,
            wording.say("cohorts.share_heading", stage=named),
            *evidence.headings("decided_share"),
        ]
    return Table(
        name="cohorts",
        caption=wording.say("cohorts.table"),
        headings=headings,
        rows=[
            (
                evidence.month(stages["sql"]["period"]),
                evidence.count(stages["sql"]["mqls"]),
                *(cell for stage in STAGES for cell in _cells(evidence, stages[stage])),
            )
            for stages in by_month.values()
        ],
    )


def _cells(evidence: Evidence, row: Row) -> tuple[Cell, ...]:
    rate = evidence.share(row["rate"])
    marked = Cell(_label(evidence, row), value=rate.value, is_number=True)
    return evidence.count(row["converted"]), marked, evidence.share(row["decided_share"])


def draw_cohorts(rows: Rows) -> Spec:
    """Conversion by month of hand-off and stage. Rows: month, stage_label, shade (0 to 1), is_mature, label."""
    import altair as alt

    base = alt.Chart()
    x = alt.X(
        "stage_label:N",
        sort=list(dict.fromkeys(row["stage_label"] for row in rows)),
        axis=alt.Axis(title=None, orient="top", labelAngle=0, ticks=False, domain=False),
    )
    y = alt.Y(
        "month:N",
        sort=list(dict.fromkeys(row["month"] for row in rows)),
        axis=alt.Axis(title=None, ticks=False, domain=False),
    )
    shade = alt.Color("shade:Q", scale=alt.Scale(domain=[0, 1], range=SHADES, clamp=True), legend=None)
    mature, immature = (base.transform_filter(which) for which in ("datum.is_mature", "!datum.is_mature"))
    return layered(
        rows,
        mature.mark_rect(stroke=WHITE, strokeWidth=2).encode(x=x, y=y, color=shade),
        immature.mark_rect(fill=WHITE, stroke=MUTED, strokeDash=[3, 3], strokeWidth=1.2).encode(x=x, y=y),
        mature.mark_text(color=INK).encode(x=x, y=y, text="label:N"),
        immature.mark_text(color=INK, fontStyle="italic").encode(x=x, y=y, text="label:N"),
        width=WIDTH,
        height=26 * len({row["month"] for row in rows}),
    )
