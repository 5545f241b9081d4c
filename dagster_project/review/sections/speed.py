"""How soon sales made its first attempt.

What belongs here: this section's sentences, chart and table. What doesn't: the figures, which its query has.
"""

from __future__ import annotations

from dagster_project.review.charts import DARK, INK, LIGHT, ROOM, WIDTH, Spec, layered, top_of
from dagster_project.review.marts import Row, Rows
from dagster_project.review.parts import Cell, Evidence, Section, Table


def speed_section(evidence: Evidence) -> Section:
    """How soon sales made its first attempt: median, 90th percentile and the share within the promise."""
    wording, rows = evidence.wording, evidence.rows("speed")
    shown = [
        {
            "month": wording.short_month(row["period"]),
            "median_hours": None if row["median_seconds"] is None else row["median_seconds"] / 3600,
            "p90_hours": None if row["p90_seconds"] is None else row["p90_seconds"] / 3600,
            "promised_hours": None if row["promised_seconds"] is None else row["promised_seconds"] / 3600,
        }
        for row in rows
    ]
    description = wording.say(
        "speed.chart",
        list=wording.listed(
            wording.say(
                "speed.one_month",
                month=wording.short_month(row["period"]),
                median=evidence.hours(row["median_seconds"]).text,
                p90=evidence.hours(row["p90_seconds"]).text,
            )
            for row in rows
        ),
    )
    return Section(
        "speed",
        wording.say("section.speed"),
        sentences=[_speed_sentence(evidence, row) for row in rows if row["period"] in evidence.begun],
        charts=[evidence.drawing.draw(draw_speed(shown, wording.say("speed.axis")), description)],
        tables=[
            Table(
                name="speed",
                caption=wording.say("speed.table"),
                headings=evidence.headings(
                    "handed_off_in",
                    "mqls",
                    "attempted",
                    "median_hours",
                    "p90_hours",
                    "promised_hours",
                    "within_promise",
                    "pending",
                ),
                rows=[
                    (
                        evidence.month(row["period"]),
                        evidence.count(row["mqls"]),
                        evidence.count(row["attempted"]),
                        evidence.hours(row["median_seconds"]),
                        evidence.hours(row["p90_seconds"]),
                        evidence.hours(row["promised_seconds"]),
                        _share(evidence, row),
                        evidence.count(row["pending"] if row["owed"] else None),
                    )
                    for row in rows
                ],
            )
        ],
        how_to_read=wording.say("speed.how_to_read"),
        notes=[wording.say("speed.note")],
    )


def _speed_sentence(evidence: Evidence, row: Row) -> str:
    wording = evidence.wording
    month = wording.titled(wording.month_and_year(row["period"]))
    if not row["mqls"]:
        return wording.say("speed.nothing", month=month)
    if not row["attempted"]:
        return wording.say(
            "speed.no_attempt", count=row["mqls"], month=month, mqls=wording.number(row["mqls"])
        )
    times = wording.say(
        "speed.times",
        month=month,
        median=wording.hours(row["median_seconds"]),
        p90=wording.hours(row["p90_seconds"]),
    )
    if row["met_share"] is None or row["promised_seconds"] is None:
        return times
    promise = wording.say(
        "speed.promise",
        count=row["met"],
        promised=wording.hours(row["promised_seconds"]),
        met=wording.number(row["met"]),
        owed=wording.number(row["owed"]),
        share=_share(evidence, row).text,
    )
    pending = wording.say("speed.pending", count=row["pending"], pending=wording.number(row["pending"]))
    return " ".join([times, promise, *([pending] if row["pending"] else [])])


def _share(evidence: Evidence, row: Row) -> Cell:
    """The share within the promise; the least that it can end at, and said to be so, while some have time left."""
    share = evidence.share(row["met_share"])
    if not row["pending"]:
        return share
    least = evidence.wording.say("speed.at_least", share=share.text)
    return Cell(least, value=share.value, is_number=True)


def draw_speed(rows: Rows, axis_title: str) -> Spec:
    """Median to 90th percentile of the first attempt by month, in business hours, beside the promise.

    Rows: month, median_hours, p90_hours, promised_hours, label.
    """
    import altair as alt

    base = alt.Chart()
    scale = alt.Scale(domain=[0, top_of(rows, "p90_hours", "promised_hours") * ROOM], nice=False)
    y = alt.Y(
        "month:N",
        # named, since a month without any figure has no mark
        scale=alt.Scale(domain=[row["month"] for row in rows]),
        axis=alt.Axis(title=None, ticks=False, domain=False),
    )
    timed = base.transform_filter("isValid(datum.median_hours)")
    return layered(
        rows,
        timed.mark_bar(height=8, color=LIGHT, cornerRadius=4).encode(
            x=alt.X("median_hours:Q", scale=scale, axis=alt.Axis(title=axis_title, tickCount=6, format="~f")),
            x2="p90_hours:Q",
            y=y,
        ),
        timed.mark_circle(size=110, color=DARK, opacity=1).encode(
            x=alt.X("median_hours:Q", scale=scale), y=y
        ),
        base.transform_filter("isValid(datum.promised_hours)")
        .mark_tick(thickness=3, size=26, color=INK)
        .encode(x=alt.X("promised_hours:Q", scale=scale), y=y),
        width=WIDTH,
        height=34 * len(rows),
    )
