"""What was owed and not done on time, and what is due next.

What belongs here: this section's sentences, chart and tables. What doesn't: the figures, which its queries have.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dagster_project.review.charts import INK, OUTCOME_COLOURS, WHITE, WIDTH, Chart, Spec, layered
from dagster_project.review.marts import Row, Rows
from dagster_project.review.metrics import CONVERSIONS, DEPARTMENTS, DUTIES
from dagster_project.review.parts import NOTHING, Cell, Evidence, Section, Table

OUTCOMES = ("met", "late", "undone", "pending")
MOST_DUE = 12


def duties_section(evidence: Evidence) -> Section:
    """Breaches of each kind of obligation, and what falls due within the next two business days."""
    wording = evidence.wording
    totals = _totals(evidence)
    failed = sum(row["late"] + row["undone"] for row in totals if row["obligation"] in DUTIES)
    owed = sum(row["owed"] for row in totals if row["obligation"] in DUTIES)
    due = [row for row in evidence.rows("due_next") if row["obligation"] in DUTIES]
    sentences = [
        wording.say("duties.sentence", count=failed, failed=wording.number(failed), owed=wording.number(owed))
        if owed
        else wording.say("duties.nothing_owed"),
        *_by_department(evidence),
        *_most_missed(evidence, totals),
        wording.say("duties.due_next", count=len(due), number=wording.number(len(due)))
        if due
        else wording.say("duties.nothing_due"),
    ]
    return Section(
        "duties",
        wording.say("section.duties"),
        sentences,
        charts=[_chart(evidence, totals)] if totals else [],
        tables=[*([_table(evidence)] if totals else []), *([_due_table(evidence, due)] if due else [])],
        how_to_read=wording.say("duties.how_to_read") if totals else "",
    )


def _by_department(evidence: Evidence) -> Iterator[str]:
    """What each department missed, where both owed something."""
    wording = evidence.wording
    duties = [row for row in evidence.rows("duties") if row["obligation"] in DUTIES and row["owed"]]
    if {row["owner"] for row in duties} != set(DEPARTMENTS):
        return
    for department in DEPARTMENTS:
        rows = [row for row in duties if row["owner"] == department]
        owed = sum(row["owed"] for row in rows)
        failed = sum(row["late"] + row["undone"] for row in rows)
        yield wording.say(
            "duties.of_department",
            department=wording.say(f"department.{department}"),
            failed=wording.number(failed),
            owed=wording.number(owed),
            share=wording.share(failed / owed),
        )


def _most_missed(evidence: Evidence, totals: Rows) -> Iterator[str]:
    """The kind of duty that was missed most, as a share of what was owed."""
    wording = evidence.wording
    missed = [row for row in totals if row["obligation"] in DUTIES and row["late"] + row["undone"]]
    if len(missed) > 1:
        most = max(missed, key=lambda row: (row["late"] + row["undone"]) / row["owed"])
        failed = most["late"] + most["undone"]
        yield wording.say(
            "duties.most_missed",
            duty=wording.say(f"duty.{most['obligation']}"),
            failed=wording.number(failed),
            owed=wording.number(most["owed"]),
            share=wording.share(failed / most["owed"]),
        )


def _totals(evidence: Evidence) -> Rows:
    """Both months together, duties before conversions."""
    totals: dict[str, Row] = {}
    for row in evidence.rows("duties"):
        total = totals.setdefault(
            row["obligation"], {"obligation": row["obligation"], "owed": 0, **dict.fromkeys(OUTCOMES, 0)}
        )
        for name in ("owed", *OUTCOMES):
            total[name] += row[name]
    return [totals[name] for name in (*DUTIES, *CONVERSIONS) if name in totals]


def _chart(evidence: Evidence, totals: Rows) -> Chart:
    wording = evidence.wording
    rows = []
    for total in totals:
        start = 0
        for outcome in OUTCOMES:
            end = start + total[outcome]
            rows.append(
                {
                    "duty": wording.say(f"duty.{total['obligation']}"),
                    "outcome": outcome,
                    "start": start / total["owed"],
                    "end": end / total["owed"],
                    "label": wording.number(total[outcome]),
                }
            )
            start = end
    description = wording.say(
        "duties.chart",
        list=wording.listed(
            wording.say(
                "duties.one_kind",
                duty=wording.say(f"duty.{total['obligation']}"),
                met=wording.number(total["met"]),
                owed=wording.number(total["owed"]),
            )
            for total in totals
        ),
    )
    names = {outcome: wording.say(f"outcome.{outcome}") for outcome in OUTCOMES}
    return evidence.drawing.draw(draw_duties(rows, names), description)


def _table(evidence: Evidence) -> Table:
    wording = evidence.wording
    places = {name: place for place, name in enumerate((*DUTIES, *CONVERSIONS))}
    rows = sorted(evidence.rows("duties"), key=lambda row: (places[row["obligation"]], row["period"]))
    return Table(
        name="duties",
        caption=wording.say("duties.table"),
        headings=evidence.headings("duty", "owner", "month", "owed", "on_time", "late", "undone", "pending"),
        rows=[
            (
                Cell(wording.say(f"duty.{row['obligation']}"), value=row["obligation"]),
                Cell(wording.say(f"department.{row['owner']}"), value=row["owner"]),
                evidence.month(row["period"]),
                *(evidence.count(row[name]) for name in ("owed", *OUTCOMES)),
            )
            for row in rows
        ],
    )


def _due_table(evidence: Evidence, due: Rows) -> Table:
    wording = evidence.wording
    more = len(due) - MOST_DUE
    return Table(
        name="due-next",
        caption=wording.say("duties.due_table", place=wording.place()),
        headings=evidence.headings("due_at", "duty", "owner", "lead", "rep", "hours_left"),
        rows=[
            (
                Cell(wording.moment(row["due_at"]), value=row["due_at"].isoformat()),
                Cell(wording.say(f"duty.{row['obligation']}"), value=row["obligation"]),
                Cell(wording.say(f"department.{row['owner']}"), value=row["owner"]),
                Cell(row["person_id"] or NOTHING),
                Cell(row["rep_id"] or NOTHING),
                evidence.hours(row["remaining_seconds"]),
            )
            for row in due[:MOST_DUE]
        ],
        is_behind_chart=False,
        notes=[wording.say("duties.more_due", count=more, number=wording.number(more))] if more > 0 else [],
    )


def draw_duties(rows: Rows, outcomes: Mapping[str, str]) -> Spec:
    """What came of each kind of obligation, as shares of all. Rows: duty, outcome, start, end, label."""
    import altair as alt

    base = alt.Chart()
    y = alt.Y(
        "duty:N",
        sort=list(dict.fromkeys(row["duty"] for row in rows)),
        axis=alt.Axis(title=None, ticks=False, domain=False),
    )
    scale = alt.Scale(domain=[0, 1])
    colour = alt.Color(
        "outcome_label:N",
        sort=list(outcomes.values()),
        scale=alt.Scale(domain=list(outcomes.values()), range=[OUTCOME_COLOURS[name] for name in outcomes]),
        legend=alt.Legend(columns=2),
    )
    return layered(
        [
            dict(row, outcome_label=outcomes[row["outcome"]], middle=(row["start"] + row["end"]) / 2)
            for row in rows
        ],
        base.mark_bar(height=20, stroke=WHITE, strokeWidth=1).encode(
            x=alt.X("start:Q", scale=scale, axis=None), x2="end:Q", y=y, color=colour
        ),
        base.transform_filter("datum.end - datum.start > 0.07")
        .mark_text(fontWeight="bold")
        .encode(
            x=alt.X("middle:Q", scale=scale),
            y=y,
            text="label:N",
            color=alt.when("datum.outcome == 'late' || datum.outcome == 'pending'")
            .then(alt.value(INK))
            .otherwise(alt.value(WHITE)),
        ),
        width=WIDTH,
        height=30 * len({row["duty"] for row in rows}),
    )
