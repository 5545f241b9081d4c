"""The verdict on a department: one sentence on its promises, and why the broken ones were broken.

What belongs here: what is said of all promises of a department together. What doesn't: the promises one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dagster_project.review.marts import Row, Rows
from dagster_project.review.metrics import OBLIGATIONS, unit_of
from dagster_project.review.parts import Evidence
from dagster_project.review.reasons import reasons

UNDECIDED = ("at_risk", "on_track")
STATUSES = ("met", "missed", *UNDECIDED, "no_data")
# How many promises of a status a sentence names before it counts the others.
MOST_NAMED = {"missed": 4, "at_risk": 3, "on_track": 2, "no_data": 0}
MOST_EXPLAINED = 3
# Of what every MQL handed off asks of sales.
SALES_DUTIES = ("first_attempt", "cadence", "disposition", "no_contact")
MUCH_MORE = 1.1


def verdict(evidence: Evidence, owner: str, rows: Sequence[Row]) -> str:
    """One sentence: what is kept, what is broken, and what is not decided yet and how it may end.

    `rows` are the department's commitments in the review's months, in the order of the page.
    """
    wording = evidence.wording
    department = wording.say(f"department.{owner}")
    if not rows:
        return wording.say("verdict.no_promise", department=department)
    clauses = wording.say("verdict.between_clauses").join(_clauses(evidence, rows))
    return wording.say("verdict.sentence", department=department, clauses=clauses)


def _clauses(evidence: Evidence, rows: Sequence[Row]) -> Iterator[str]:
    wording = evidence.wording
    by_status = {status: [row for row in rows if row["status"] == status] for status in STATUSES}
    met = by_status["met"]
    if len(met) == len(rows):
        name = "all_met"
    elif met:
        name = "some_met"
    else:
        name = "none_met" if by_status["missed"] else "none_decided"
    yield wording.say(
        f"verdict.{name}", count=len(rows), met=wording.number(len(met)), total=wording.number(len(rows))
    )
    for status in STATUSES:
        group = by_status[status]
        if group and status != "met":
            listed = _listed(evidence, group, MOST_NAMED[status])
            name = status if listed else f"{status}_unnamed"
            yield wording.say(
                f"verdict.{name}", count=len(group), number=wording.number(len(group)), list=listed
            )
    if provisional := [row for row in met if not row["final"]]:
        number = wording.number(len(provisional))
        yield wording.say("verdict.met_provisionally", count=len(provisional), number=number)


def _listed(evidence: Evidence, rows: Sequence[Row], most: int) -> str:
    """The promises that have a figure, each by month; of many, the first few and how many more there are."""
    wording = evidence.wording
    groups = _by_commitment(rows).values()
    named = [group for group in groups if any(row["actual"] is not None or row["pending"] for row in group)][
        :most
    ]
    names = [promise_in_words(evidence, group) for group in named]
    more = len(groups) - len(named)
    if named and more:
        names.append(wording.say("verdict.more", count=more, number=wording.number(more)))
    return wording.listed(names)


def promise_in_words(evidence: Evidence, rows: Sequence[Row]) -> str:
    """One promise with its figures: `first attempt on time (59.1% in March and 87.2% in April; target 90%)`."""
    wording = evidence.wording
    targets = [wording.target(row["target"], unit_of(row["metric"])) for row in rows]
    figures = [_figure(evidence, row) for row in rows]
    if len(set(targets)) > 1:
        figures = [
            wording.say("verdict.figure_and_target", figure=figure, target=target)
            for figure, target in zip(figures, targets, strict=True)
        ]
    return wording.say(
        "verdict.promise" if len(set(targets)) == 1 else "verdict.promise_with_targets",
        promise=wording.say(f"metric.{rows[0]['metric']}"),
        figures=wording.listed(figures),
        target=targets[0],
    )


def _figure(evidence: Evidence, row: Row) -> str:
    wording, unit = evidence.wording, unit_of(row["metric"])
    month = wording.month(row["period"])
    if row["status"] in UNDECIDED and row["pending"]:
        return wording.say(
            "verdict.range", month=month, worst=wording.share(row["worst"]), best=wording.share(row["best"])
        )
    if row["actual"] is None:
        return wording.say("verdict.no_figure", month=month)
    actual, _ = wording.told_apart(row["actual"], row["target"], unit)
    if row["status"] in UNDECIDED and row["projection"] is not None:
        projection = wording.in_unit(round(row["projection"]), unit)
        return wording.say("verdict.projection", month=month, actual=actual, projection=projection)
    return wording.say("verdict.figure", month=month, actual=actual)


def explanations(evidence: Evidence, rows: Sequence[Row]) -> list[str]:
    """Why the promises that are broken or at risk are so: of each its worst month, those furthest off first."""
    wording = evidence.wording
    worst = [
        min(group, key=_closeness)
        for group in _by_commitment([row for row in rows if row["status"] in ("missed", "at_risk")]).values()
    ]
    explained = []
    for row in sorted(worst, key=_closeness)[:MOST_EXPLAINED]:
        if why := " ".join(reasons(evidence, row)):
            promise = wording.titled(wording.say(f"metric.{row['metric']}"))
            explained.append(
                wording.say("verdict.why", promise=promise, month=wording.month(row["period"]), reasons=why)
            )
    return [*explained, *_surplus(evidence, worst)]


def _surplus(evidence: Evidence, worst: Sequence[Row]) -> Iterator[str]:
    """Where sales failed duties in a month in which it got many more MQLs than agreed, that is said too."""
    wording = evidence.wording
    missed_duties = {row["period"] for row in worst if OBLIGATIONS.get(row["metric"]) in SALES_DUTIES}
    for period in sorted(missed_duties):
        goal = evidence.goal("mqls_delivered", period)
        if goal is None or goal["comparison"] != "at_least" or not goal["target"] or goal["actual"] is None:
            continue
        if goal["actual"] > MUCH_MORE * goal["target"]:
            yield wording.say(
                "verdict.surplus",
                month=wording.titled(wording.month(period)),
                mqls=wording.number(goal["actual"]),
                goal=wording.target(goal["target"], "count"),
                change=wording.share(goal["actual"] / goal["target"] - 1, 0),
            )


def _closeness(row: Row) -> float:
    """How close a promise came to be kept: 1 is kept."""
    return 0.0 if row["attainment"] is None else float(row["attainment"])


def _by_commitment(rows: Sequence[Row]) -> dict[str, Rows]:
    groups: dict[str, Rows] = {}
    for row in rows:
        groups.setdefault(row["commitment_id"], []).append(row)
    return groups
