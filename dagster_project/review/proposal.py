"""The next MQL number that `mql_plan` proposes, in a sentence.

What belongs here: the number and its verdict. What doesn't: its argument, which the table has, and the numbers that it
was chosen from, which the plan's section shows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dagster_project.review.marts import Row
from dagster_project.review.parts import NOTHING, Evidence
from dagster_project.review.periods import month_after


@dataclass(frozen=True)
class Proposal:
    """What is proposed: a line a month, and the first one's reason where there is one in the page's language."""

    lines: Sequence[str]
    reason: str


def next_plan(evidence: Evidence) -> Row | None:
    """The plan for the first of the two months after the review that has one; None where none has."""
    rows = evidence.rows("plan")
    return rows[0] if rows else None


def plan_headline(evidence: Evidence) -> tuple[str, str]:
    """The number proposed, and for what."""
    plan = next_plan(evidence)
    if plan is None or plan["proposal"] is None:
        return NOTHING, ""
    wording = evidence.wording
    proposal = whole_number(plan, "proposal")
    return (
        wording.number(proposal),
        wording.say("unit.next_number", count=proposal, month=wording.month_and_year(plan["period"])),
    )


def plan_sentences(evidence: Evidence) -> Iterator[str]:
    """What is proposed for the next month, or why nothing is."""
    wording, plan = evidence.wording, next_plan(evidence)
    if plan is None:
        missing = "not_available" if "mql_plan" in evidence.absent else "none_for_month"
        month = wording.month_and_year(month_after(evidence.review.second))
        yield wording.say(f"plan.{missing}", month=month)
    else:
        yield from _sentences_of(evidence, plan)


def known_then(evidence: Evidence) -> Iterator[str]:
    """That a proposal is an earlier one, of a month that has begun since: what it was made on."""
    plan = next_plan(evidence)
    if plan is not None and plan["proposed_through"] is not None:
        through = evidence.wording.through(plan["proposed_through"])
        yield evidence.wording.say("plan.known_then", through=through)


def later_plans(evidence: Evidence) -> Iterator[tuple[Row, str]]:
    """The plans for the months after the next, each in one line."""
    for plan in evidence.rows("plan")[1:]:
        yield plan, " ".join(_sentences_of(evidence, plan))


def reason_of(evidence: Evidence, plan: Row) -> str:
    """A plan's argument, which is in the contract's language: empty on a page in another one."""
    is_readable = evidence.wording.language == evidence.latest_terms["language"]
    return plan["reason"] if plan["reason"] and is_readable else ""


def proposal_in_short(evidence: Evidence) -> Proposal:
    """What the verdict's part on what is proposed says."""
    plan = next_plan(evidence)
    return Proposal(
        lines=(
            " ".join(plan_sentences(evidence)),
            *(line for _, line in later_plans(evidence)),
            *known_then(evidence),
        ),
        reason="" if plan is None else reason_of(evidence, plan),
    )


def _sentences_of(evidence: Evidence, plan: Row) -> Iterator[str]:
    wording = evidence.wording
    if plan["proposal"] is None:
        yield wording.say("plan.no_proposal", month=wording.month_and_year(plan["period"]))
    else:
        proposal = whole_number(plan, "proposal")
        yield wording.say(
            "plan.proposal",
            count=proposal,
            month=wording.month_and_year(plan["period"]),
            proposal=wording.number(proposal),
        )
        if plan["verdict"] is not None:
            yield wording.say(f"plan.verdict_{plan['verdict']}")


def whole_number(plan: Row, name: str) -> int:
    """MQLs in whole numbers: as many as it takes, and no more than a limit allows."""
    if name == "proposal":
        return min(
            whole_number(plan, each)
            for each in ("required", "affordable", "workable")
            if plan[each] is not None
        )
    number = round(float(plan[name]), 9)
    return math.ceil(number) if name.startswith("required") else math.floor(number)
