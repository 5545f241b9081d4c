"""The footnote: how far the data behind a page can be trusted.

What belongs here: this section's sentences and table. What doesn't: the checks, and what was done with bad rows.
"""

from __future__ import annotations

from dagster_project.review.findings import finding_sentence
from dagster_project.review.marts import Row
from dagster_project.review.parts import NOTHING, Cell, Evidence, Section, Table

EVERYWHERE = "(all)"
MOST_FINDINGS = 10


def quality_section(evidence: Evidence) -> Section:
    """What was delivered, what of it could not be used, and what the checks found."""
    wording, findings = evidence.wording, evidence.rows("findings")
    (deliveries,) = evidence.rows("deliveries")
    sentences = [
        wording.say(
            "quality.deliveries",
            count=deliveries["accepted_files"],
            **{name: wording.number(count) for name, count in deliveries.items()},
        )
    ]
    if deliveries["refused_files"]:
        sentences.append(
            wording.say(
                "quality.refused",
                count=deliveries["refused_files"],
                number=wording.number(deliveries["refused_files"]),
            )
        )
    if "data_quality" in evidence.absent:
        sentences.append(wording.say("quality.not_available"))
    elif not findings:
        sentences.append(wording.say("quality.no_finding"))
    else:
        sentences.append(
            wording.say("quality.findings", count=len(findings), number=wording.number(len(findings)))
        )
        sentences.append(wording.say("quality.details"))
    return Section(
        "quality",
        wording.say("section.quality"),
        sentences,
        tables=[_table(evidence, findings[:MOST_FINDINGS])] if findings else [],
    )


def _table(evidence: Evidence, findings: list[Row]) -> Table:
    wording = evidence.wording
    return Table(
        name="quality",
        caption=wording.say("quality.table"),
        headings=evidence.headings("severity", "finding", "object", "cases", "share"),
        rows=[
            (
                Cell(wording.say(f"severity.{row['severity']}"), value=row["severity"]),
                Cell(finding_sentence(wording, row["finding"]), value=row["finding"]),
                Cell(_place(evidence, row)),
                evidence.count(row["count"]),
                evidence.share(row["share"]),
            )
            for row in findings
        ],
    )


def _place(evidence: Evidence, row: Row) -> str:
    """The folder of a source's object, or what an object is called where it is of no source in particular."""
    parts = [part for part in (row["source"], row["object"]) if part and part != EVERYWHERE]
    name = f"object.{row['object']}"
    if len(parts) == 1 and evidence.wording.knows(name):
        return evidence.wording.say(name)
    return " / ".join(parts) or NOTHING
