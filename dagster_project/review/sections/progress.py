"""The MQLs, business day by business day, against the goal.

What belongs here: this section's sentences, chart and table. What doesn't: the figures, which its query has.
"""

from __future__ import annotations

from dagster_project.review.charts import DARK, MUTED, ROOM, WIDTH, Chart, Spec, layered
from dagster_project.review.marts import Row, Rows
from dagster_project.review.parts import NOTHING, Evidence, Section, Table
from dagster_project.review.questions import questions_of

LABEL_HEIGHT = 0.09
"""How far apart two labels have to be, as a part of the axis."""


def progress_section(evidence: Evidence) -> Section:
    """Cumulative MQLs against the goal."""
    wording, rows = evidence.wording, evidence.rows("progress")
    numbers = [number for row in rows for number in (row["mqls"], row["goal"]) if number]
    return Section(
        "progress",
        wording.say("section.progress"),
        sentences=[_sentence(evidence, month, _of(rows, month)) for month in evidence.months],
        charts=[
            _chart(evidence, _of(rows, month), max(numbers, default=1))
            for month in evidence.months
            if _of(rows, month)
        ],
        tables=[_table(evidence)],
        how_to_read=wording.say(f"progress.how_to_read_{evidence.mql_metric}"),
        questions=questions_of(evidence, "progress"),
    )


def _of(rows: Rows, month: Row) -> Rows:
    return [row for row in rows if row["period"] == month["period"]]


def _sentence(evidence: Evidence, month: Row, rows: Rows) -> str:
    wording = evidence.wording
    begun = [row for row in rows if row["mqls"] is not None]
    if not begun:
        return wording.say("progress.no_day", month=wording.titled(wording.month_and_year(month["period"])))
    last = begun[-1]
    values = {
        "count": last["mqls"],
        "month": wording.titled(wording.month_and_year(month["period"])),
        "mqls": wording.number(last["mqls"]),
        "day": wording.number(last["business_day"]),
        "days": wording.number(last["business_days"]),
    }
    if last["goal"] is None:
        return wording.say("progress.without_goal", **values)
    goal = wording.target(last["goal"], "count")
    if not month["is_over"]:
        name = "progress.ahead" if last["mqls"] >= last["goal_so_far"] else "progress.behind"
        return wording.say(name, goal=goal, even=wording.about(last["goal_so_far"]), **values)
    reached = [row["business_day"] for row in begun if row["mqls"] >= row["goal"]]
    if reached:
        return wording.say("progress.reached", goal=goal, reached=wording.number(reached[0]), **values)
    return wording.say(
        "progress.not_reached", goal=goal, gap=wording.about(last["goal"] - last["mqls"]), **values
    )


def _chart(evidence: Evidence, rows: Rows, top: float) -> Chart:
    wording = evidence.wording
    month = wording.titled(wording.month_and_year(rows[0]["period"]))
    last = [row for row in rows if row["mqls"] is not None][-1:]
    goal = rows[0]["goal"]
    goal_shown = NOTHING if goal is None else wording.target(goal, "count")
    shown = [
        {name: row[name] for name in ("business_day", "mqls", "goal_so_far")}
        | {"label": wording.number(row["mqls"]) if row in last else None}
        for row in rows
    ]
    goal_label = "" if goal is None else wording.say("progress.goal_label", goal=goal_shown)
    description = wording.say(
        "progress.chart",
        month=month,
        mqls=wording.number(last[0]["mqls"]) if last else NOTHING,
        goal=goal_shown,
    )
    drawn = draw_progress(shown, top, wording.say("progress.axis"), goal_label)
    return evidence.drawing.draw(drawn, description, heading=month)


def _table(evidence: Evidence) -> Table:
    """A row per business day, the months beside each other."""
    wording = evidence.wording
    by_place = {(row["period"], row["business_day"]): row for row in evidence.rows("progress")}
    nothing: Row = {"mqls": None, "goal_so_far": None}
    headings = list(evidence.headings("business_day"))
    for period in evidence.begun:
        month = wording.short_month(period)
        headings += [
            wording.say("progress.mqls_heading", month=month),
            wording.say("progress.even_heading", month=month),
        ]
    return Table(
        name="progress",
        caption=wording.say("progress.table"),
        headings=headings,
        rows=[
            (
                evidence.count(day),
                *(
                    cell
                    for row in (by_place.get((period, day), nothing) for period in evidence.begun)
                    for cell in (evidence.count(row["mqls"]), evidence.about(row["goal_so_far"]))
                ),
            )
            for day in sorted({day for _, day in by_place})
        ],
    )


def draw_progress(rows: Rows, top: float, axis_title: str, goal_label: str) -> Spec:
    """One month's MQLs up to each business day, beside an even way to the goal.

    Rows: business_day, mqls, goal_so_far, label (on the last day that has begun).
    """
    import altair as alt

    last = max(row["business_day"] for row in rows)
    end, goal = rows[-1]["mqls"], rows[-1]["goal_so_far"]
    too_close = end is not None and goal is not None and abs(end - goal) < LABEL_HEIGHT * top
    shift = (7 if end >= goal else -7) if too_close else 0
    scale = alt.Scale(domain=[0, top * ROOM], nice=False)
    x = alt.X(
        "business_day:Q",
        axis=alt.Axis(title=axis_title, grid=False, tickMinStep=1, tickCount=6, format="d"),
        scale=alt.Scale(domain=[1, max(last, 2)], nice=False),
    )
    base = alt.Chart()
    goals = base.transform_filter("isValid(datum.goal_so_far)")
    begun = base.transform_filter("isValid(datum.mqls)")
    return layered(
        rows,
        goals.mark_line(color=MUTED, strokeDash=[6, 4], strokeWidth=2).encode(
            x=x, y=alt.Y("goal_so_far:Q", scale=scale)
        ),
        begun.mark_line(color=DARK, strokeWidth=2.5).encode(
            x=x,
            y=alt.Y(
                "mqls:Q", scale=scale, axis=alt.Axis(title=None, tickCount=5, tickMinStep=1, format=",d")
            ),
        ),
        begun.mark_circle(color=DARK, size=22, opacity=1).encode(x=x, y=alt.Y("mqls:Q", scale=scale)),
        goals.transform_filter(f"datum.business_day == {last}")
        .mark_text(align="left", dx=6, dy=shift, color=MUTED, text=goal_label)
        .encode(x=x, y=alt.Y("goal_so_far:Q", scale=scale)),
        begun.transform_filter("isValid(datum.label)")
        .mark_text(align="left", dx=6, dy=-shift, fontWeight="bold", fontSize=14)
        .encode(x=x, y=alt.Y("mqls:Q", scale=scale), text="label:N"),
        width=WIDTH,
        height=180,
    )
