"""Final figures that changed since the last review.

What belongs here: this section's sentence and table. What doesn't: finding the changes and their causes.
"""

from __future__ import annotations

from collections.abc import Iterator

from dagster_project.review.marts import Row, Rows
from dagster_project.review.metrics import unit_of
from dagster_project.review.parts import Cell, Evidence, Section, Table

MOST_STATUSES = 3


def restatements_section(evidence: Evidence) -> Section:
    """What was restated, with the old figure, the new one and the cause."""
    wording, rows = evidence.wording, evidence.rows("restatements")
    title = wording.say("section.restatements")
    if "sla_restatements" in evidence.absent:
        return Section("restatements", title, [wording.say("restatements.not_available")])
    if not rows:
        return Section("restatements", title, [wording.say("restatements.none")])
    changed = [row for row in rows if row["old_status"] != row["new_status"]]
    return Section(
        "restatements",
        title,
        [
            wording.say("restatements.sentence", count=len(rows), number=wording.number(len(rows))),
            wording.say("restatements.statuses", count=len(changed), number=wording.number(len(changed))),
            *_other_statuses(evidence, changed),
        ],
        tables=[
            Table(
                name="restatements",
                caption=wording.say("restatements.table"),
                headings=evidence.headings(
                    "promise", "month", "old_actual", "new_actual", "old_status", "new_status", "cause"
                ),
                rows=[_row(evidence, row) for row in rows],
            )
        ],
    )


def _other_statuses(evidence: Evidence, changed: Rows) -> Iterator[str]:
    """Which promises changed their verdicts, and why."""
    wording = evidence.wording
    for row in changed[:MOST_STATUSES]:
        yield wording.say(
            "restatements.status",
            promise=wording.titled(wording.say(f"metric.{row['metric']}")),
            month=wording.month_and_year(row["period"]),
            old=_status(evidence, row["old_status"]).text,
            new=_status(evidence, row["new_status"]).text,
            causes=_causes(evidence, row["causes"] or ""),
        )
    more = len(changed) - MOST_STATUSES
    if more > 0:
        yield wording.say("restatements.more_statuses", number=wording.number(more))


def _row(evidence: Evidence, row: Row) -> tuple[Cell, ...]:
    wording, metric = evidence.wording, row["metric"]
    return (
        Cell(wording.titled(wording.say(f"metric.{metric}")), value=row["commitment_id"]),
        evidence.month(row["period"]),
        evidence.in_unit(row["old_actual"], unit_of(metric)),
        evidence.in_unit(row["new_actual"], unit_of(metric)),
        *(_status(evidence, status) for status in (row["old_status"], row["new_status"])),
        Cell(_causes(evidence, row["causes"] or ""), value=row["causes"]),
    )


def _status(evidence: Evidence, status: str | None) -> Cell:
    if status is None:
        return Cell(evidence.wording.say("status.withdrawn"))
    return Cell(evidence.wording.say(f"status.{status}"), value=status, status=status)


def _causes(evidence: Evidence, causes: str) -> str:
    """All causes in words; one that has none stands as it is."""
    wording = evidence.wording
    return wording.listed(
        wording.say(f"cause.{cause}") if wording.knows(f"cause.{cause}") else cause
        for cause in causes.split(", ")
        if cause
    )
