"""Why a promise was not kept, or is at risk: what the tables say about it.

What belongs here: which figures explain which metric. What doesn't: guesses: a page says what happened, not why people
did it.
"""

from __future__ import annotations

from collections.abc import Iterator

from dagster_project.review.marts import Row, Rows
from dagster_project.review.metrics import CONVERSIONS, OBLIGATIONS, SOURCES, unit_of
from dagster_project.review.parts import Evidence

MOST_REPS = 3
FEWEST_SLIPS = 3
"""Fewer failures than these are no pattern among reps."""


def reasons(evidence: Evidence, row: Row) -> Iterator[str]:
    """The sentences that explain one commitment's figures in one month."""
    metric = row["metric"]
    if metric == "reps_within_capacity_rate":
        yield from _loads(evidence, row)
    elif metric in OBLIGATIONS:
        yield from _failures(evidence, row, OBLIGATIONS[metric])
    elif metric == "cost_per_mql":
        yield from _cost(evidence, row)
    elif metric == "win_rate":
        yield from _wins(evidence, row)
    elif row["actual"] is not None:
        yield from _volume(evidence, row)


def _failures(evidence: Evidence, row: Row, obligation: str) -> Iterator[str]:
    wording = evidence.wording
    kind = "conversions" if obligation in CONVERSIONS else "duties"
    for duty in evidence.rows("duties"):
        failed = duty["late"] + duty["undone"]
        if (duty["obligation"], duty["period"]) == (obligation, row["period"]) and failed:
            how = "both" if duty["late"] and duty["undone"] else "late" if duty["late"] else "undone"
            yield wording.say(
                f"why.{kind}_{how}",
                count=failed,
                failed=wording.number(failed),
                late=wording.number(duty["late"]),
                undone=wording.number(duty["undone"]),
            )
    slips = [
        slip
        for slip in evidence.rows("slips_by_rep")
        if (slip["obligation"], slip["period"]) == (obligation, row["period"]) and slip["breached"]
    ]
    if sum(slip["breached"] for slip in slips) >= FEWEST_SLIPS:
        yield _by_rep(evidence, slips)


def _by_rep(evidence: Evidence, slips: Rows) -> str:
    """Which reps account for half of the failures, when a few do."""
    wording = evidence.wording
    all_of_them = sum(slip["breached"] for slip in slips)
    for few in range(1, MOST_REPS + 1):
        named = slips[:few]
        theirs = sum(slip["breached"] for slip in named)
        if 2 * theirs >= all_of_them and len(slips) > few:
            return wording.say(
                "why.few_reps",
                count=few,
                theirs=wording.number(theirs),
                all=wording.number(all_of_them),
                few=wording.number(few),
                reps=wording.listed(str(slip["rep_id"]) for slip in named),
                reps_in_all=wording.number(len(slips)),
            )
    if len(slips) <= MOST_REPS:
        listed = wording.listed(
            wording.say("why.one_rep", rep=slip["rep_id"], breached=wording.number(slip["breached"]))
            for slip in slips
        )
        return wording.say("why.these_reps", reps=listed)
    return wording.say(
        "why.many_reps", reps=wording.number(len(slips)), most=wording.number(slips[0]["breached"])
    )


def _loads(evidence: Evidence, row: Row) -> Iterator[str]:
    wording = evidence.wording
    outside = [
        rep
        for rep in evidence.rows("reps")
        if rep["period"] == row["period"] and rep["load"] in ("above", "below")
    ]
    if not outside:
        return
    named = [
        wording.say(
            f"why.load_{rep['load']}",
            rep=rep["rep_id"],
            mqls=wording.number(rep["mqls"]),
            limit=wording.number(rep["max"] if rep["load"] == "above" else rep["min"]),
        )
        for rep in outside[:MOST_REPS]
    ]
    if len(outside) > MOST_REPS:
        named.append(
            wording.say(
                "verdict.more",
                count=len(outside) - MOST_REPS,
                number=wording.number(len(outside) - MOST_REPS),
            )
        )
    yield wording.say("why.loads", list=wording.listed(named))


def _volume(evidence: Evidence, row: Row) -> Iterator[str]:
    wording, unit = evidence.wording, unit_of(row["metric"])
    gap = row["target"] - row["actual"]
    if row["status"] == "missed":
        name = "why.short" if gap > 0 else "why.over"
        yield wording.say(name, gap=wording.in_unit(abs(gap), unit))
    stages = {stage["stage"]: stage for stage in evidence.rows("funnel")}
    source = stages.get(SOURCES.get(row["metric"], ""))
    if source is None or not source["events_before"]:
        return
    events = source["first_events"] if row["period"] == evidence.review.first else source["second_events"]
    usual = source["events_before"] / 2
    yield wording.say(
        "why.source",
        stage=wording.say(f"stage.{source['stage']}"),
        events=wording.number(events),
        usual=wording.about(usual),
        change=wording.say(
            "why.more_by" if events > usual else "why.less_by",
            change=wording.share(abs(events / usual - 1), 0),
        )
        if events != usual
        else wording.say("why.as_before"),
    )


def _cost(evidence: Evidence, row: Row) -> Iterator[str]:
    wording = evidence.wording
    spend = next(
        (month["spend"] for month in evidence.rows("money") if month["period"] == row["period"]), 0.0
    )
    delivered = next(
        (
            stage["first_events"] if row["period"] == evidence.review.first else stage["second_events"]
            for stage in evidence.rows("funnel")
            if stage["stage"] == "mqls_delivered"
        ),
        0,
    )
    yield wording.say("why.cost", count=delivered, spend=wording.money(spend), mqls=wording.number(delivered))


def _wins(evidence: Evidence, row: Row) -> Iterator[str]:
    wording = evidence.wording
    for month in evidence.rows("closings"):
        if month["period"] == row["period"]:
            yield wording.say(
                "why.wins",
                count=month["closed"],
                won=wording.number(month["won"]),
                closed=wording.number(month["closed"]),
            )
