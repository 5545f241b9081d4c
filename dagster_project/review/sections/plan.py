"""The next MQL number, as `mql_plan` proposes it, and what it rests on.

What belongs here: showing the plan. What doesn't: its arithmetic and its argument, which the table has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dagster_project.review.charts import (
    INK,
    LIGHT,
    ROOM,
    STATUS_COLOURS,
    WIDTH,
    Chart,
    Spec,
    layered,
    top_of,
)
from dagster_project.review.marts import Row, Rows
from dagster_project.review.parts import NOTHING, Cell, Evidence, Section, Table
from dagster_project.review.proposal import (
    known_then,
    later_plans,
    next_plan,
    plan_sentences,
    reason_of,
    whole_number,
)
from dagster_project.review.questions import questions_of

if TYPE_CHECKING:
    import altair as alt

LIMITS = ("required", "workable", "affordable", "expected")


def plan_section(evidence: Evidence) -> Section:
    """The proposal with its reason, and the numbers it was chosen from."""
    wording, plan = evidence.wording, next_plan(evidence)
    sentences = list(plan_sentences(evidence))
    if plan is None:
        return Section(
            "plan", wording.say("section.plan"), sentences, questions=questions_of(evidence, "plan")
        )
    for each, line in ((plan, ""), *later_plans(evidence)):
        sentences += [text for text in (line, reason_of(evidence, each)) if text]
    sentences += known_then(evidence)
    limits = [name for name in LIMITS if plan[name] is not None]
    return Section(
        "plan",
        wording.say("section.plan"),
        sentences,
        charts=[_chart(evidence, plan, limits)] if limits else [],
        tables=[_table(evidence)],
        how_to_read=wording.say("plan.how_to_read") if limits else "",
        questions=questions_of(evidence, "plan"),
    )


def _chart(evidence: Evidence, plan: Row, limits: list[str]) -> Chart:
    wording = evidence.wording
    rows = [
        {
            "name": wording.say(f"plan.short_{name}"),
            "mqls": plan[name],
            "low": plan["required_low"] if name == "required" else None,
            "high": plan["required_high"] if name == "required" else None,
            "label": wording.number(whole_number(plan, name)),
        }
        for name in limits
    ]
    label = (
        ""
        if plan["proposal"] is None
        else wording.say("plan.proposal_label", proposal=wording.number(whole_number(plan, "proposal")))
    )
    description = wording.say(
        "plan.chart",
        list=wording.listed(f"{row['name']}: {row['label']}" for row in rows),
        proposal=label or NOTHING,
    )
    return evidence.drawing.draw(draw_plan(rows, plan["proposal"], label), description)


def _table(evidence: Evidence) -> Table:
    wording = evidence.wording
    return Table(
        name="plan",
        caption=wording.say("plan.table"),
        headings=evidence.headings(
            "month",
            "required",
            "required_low",
            "required_high",
            "workable",
            "affordable",
            "expected",
            "proposal",
            "binding",
            "verdict",
        ),
        rows=[
            (
                evidence.month(plan["period"]),
                *(
                    _number(evidence, plan, name)
                    for name in (
                        "required",
                        "required_low",
                        "required_high",
                        "workable",
                        "affordable",
                        "expected",
                        "proposal",
                    )
                ),
                _word(evidence, "set_by", plan["binding"]),
                _word(evidence, "word", plan["verdict"]),
            )
            for plan in evidence.rows("plan")
        ],
    )


def _number(evidence: Evidence, plan: Row, name: str) -> Cell:
    if plan[name] is None:
        return Cell(NOTHING, is_number=True)
    return Cell(
        evidence.wording.number(whole_number(plan, name)), value=repr(float(plan[name])), is_number=True
    )


def _word(evidence: Evidence, kind: str, code: str | None) -> Cell:
    if code is None:
        return Cell(NOTHING)
    return Cell(evidence.wording.say(f"plan.{kind}_{code}"), value=code)


def draw_plan(rows: Rows, proposal: float | None, proposal_label: str) -> Spec:
    """What limits the next MQL number, and the proposal. Rows: name, mqls, low, high, label."""
    import altair as alt

    shown = [*rows, {"mqls": proposal or 0, "low": None, "high": None}]
    scale = alt.Scale(domain=[0, top_of(shown, "mqls", "low", "high") * ROOM], nice=False)
    base = alt.Chart()
    y = alt.Y(
        "name:N", sort=[row["name"] for row in rows], axis=alt.Axis(title=None, ticks=False, domain=False)
    )
    layers: list[alt.Chart] = [
        base.mark_bar(height=18, color=LIGHT).encode(x=alt.X("mqls:Q", scale=scale, axis=None), y=y),
        base.transform_filter("isValid(datum.low)")
        .mark_rule(color=INK, strokeWidth=2)
        .encode(x=alt.X("low:Q", scale=scale), x2="high:Q", y=y),
    ]
    if proposal is not None:
        # in the first row only, so that it is drawn once
        first = base.transform_filter("isValid(datum.proposal)")
        colour = STATUS_COLOURS["missed"]
        layers += [
            first.mark_rule(color=colour, strokeDash=[6, 4], strokeWidth=2).encode(
                x=alt.X("proposal:Q", scale=scale)
            ),
            first.mark_text(
                align="center", baseline="bottom", dy=-6, color=colour, fontWeight="bold", text=proposal_label
            ).encode(x=alt.X("proposal:Q", scale=scale), y=alt.value(0)),
        ]
    # last, and with a rim, so that the line of the proposal crosses no number
    labels = (
        base.mark_text(align="left", dx=5, fontWeight="bold", stroke="white", strokeWidth=5),
        base.mark_text(align="left", dx=5, fontWeight="bold"),
    )
    layers += [each.encode(x=alt.X("end:Q", scale=scale), y=y, text="label:N") for each in labels]
    return layered(
        [
            dict(row, end=row["high"] or row["mqls"], proposal=None if place else proposal)
            for place, row in enumerate(rows)
        ],
        *layers,
        width=WIDTH,
        height=34 * len(rows),
    )
