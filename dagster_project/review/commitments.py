"""Each department's promises, one by one.

What belongs here: which sentence a commitment's figures deserve, and its chart and table. What doesn't: the figures
and their status, which `sla_attainment` has; what is said of all promises together is in `verdict`, why one was not
kept in `reasons`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from dagster_project.review import charts
from dagster_project.review.charts import Chart
from dagster_project.review.marts import Row
from dagster_project.review.metrics import DEPARTMENTS, place_of, unit_of
from dagster_project.review.parts import NOTHING, Cell, Evidence, Table
from dagster_project.review.reasons import reasons
from dagster_project.review.verdict import explanations, promise_in_words, verdict
from dagster_project.review.wording import Wording

SECONDS_PER_HOUR = 3600


@dataclass(frozen=True)
class Mark:
    """A status as a word and a shape, in one month."""

    month: str
    status: str
    word: str


@dataclass(frozen=True)
class MonthResult:
    """One promise in one month, in words."""

    mark: Mark
    actual: str
    target: str
    counts: str
    outlook: str
    reasons: Sequence[str]


@dataclass(frozen=True)
class Promise:
    """One commitment in the review's months."""

    commitment_id: str
    label: str
    meaning: str
    months: Sequence[MonthResult]
    chart: Chart


@dataclass(frozen=True)
class Scoreboard:
    """A department's promises at a glance: a mark a month, the months before the review first."""

    months: Sequence[str]
    reviewed: int
    """How many of the months, from the last, are the review's."""
    rows: Sequence[tuple[str, Sequence[Mark | None]]]


@dataclass(frozen=True)
class Department:
    """One department's verdict, promises and table."""

    name: str
    label: str
    verdict: str
    explanations: Sequence[str]
    scoreboard: Scoreboard
    promises: Sequence[Promise]
    table: Table


def departments(evidence: Evidence) -> list[Department]:
    """Both departments, marketing first; one that owes nothing has no promises."""
    return [_department(evidence, owner) for owner in DEPARTMENTS]


def _department(evidence: Evidence, owner: str) -> Department:
    rows = in_order(row for row in evidence.commitments if row["owner"] == owner)
    commitment_ids = list(dict.fromkeys(row["commitment_id"] for row in rows))
    return Department(
        name=owner,
        label=evidence.wording.say(f"department.{owner}"),
        verdict=verdict(evidence, owner, rows),
        explanations=explanations(evidence, rows),
        scoreboard=_scoreboard(evidence, commitment_ids),
        promises=[
            _promise(evidence, commitment_id, [row for row in rows if row["commitment_id"] == commitment_id])
            for commitment_id in commitment_ids
        ],
        table=_table(evidence, owner, rows),
    )


def _scoreboard(evidence: Evidence, commitment_ids: Sequence[str]) -> Scoreboard:
    rows = [row for row in evidence.rows("commitments") if row["commitment_id"] in commitment_ids]
    earlier = sorted({row["period"] for row in rows if not row["is_reviewed"]})
    months = [*earlier, *evidence.begun]
    status = {(row["commitment_id"], row["period"]): row for row in rows}
    return Scoreboard(
        months=[evidence.wording.shortest_month(month) for month in months],
        reviewed=len(evidence.begun),
        rows=[
            (
                label_of(
                    evidence, next(row["metric"] for row in rows if row["commitment_id"] == commitment_id)
                ),
                [
                    _mark(evidence, month, row["status"])
                    if (row := status.get((commitment_id, month)))
                    else None
                    for month in months
                ],
            )
            for commitment_id in commitment_ids
        ],
    )


def in_order(rows: Iterable[Row]) -> list[Row]:
    """Commitments as they stand on a page: by department, then along the way from a stranger to a customer."""
    return sorted(
        rows,
        key=lambda row: (
            DEPARTMENTS.index(row["owner"]),
            place_of(row["metric"]),
            row["commitment_id"],
            row["period"],
        ),
    )


def label_of(evidence: Evidence, metric: str) -> str:
    """What a metric is called."""
    return evidence.wording.titled(evidence.wording.say(f"metric.{metric}"))


def _promise(evidence: Evidence, commitment_id: str, rows: Sequence[Row]) -> Promise:
    metric = rows[0]["metric"]
    by_period = {row["period"]: row for row in rows}
    return Promise(
        commitment_id=commitment_id,
        label=label_of(evidence, metric),
        meaning=meaning_of(evidence, metric),
        months=[_month_result(evidence, period, by_period.get(period)) for period in evidence.begun],
        chart=_chart(evidence, metric, rows),
    )


def meaning_of(evidence: Evidence, metric: str) -> str:
    """What is promised, with the terms of the latest month's contract version."""
    wording, terms = evidence.wording, evidence.latest_terms

    def number(name: str, unit: float = 1) -> str:
        return NOTHING if terms[name] is None else wording.number(float(terms[name]) / unit, 0)

    return wording.say(
        f"meaning.{metric}",
        handoff_hours=number("handoff_within_business_seconds", SECONDS_PER_HOUR),
        first_attempt_hours=number("first_attempt_within_business_seconds", SECONDS_PER_HOUR),
        disposition_hours=number("disposition_within_business_seconds", SECONDS_PER_HOUR),
        attempts=number("no_contact_after_attempts"),
        recycle_days=number("no_contact_within_business_days"),
        sql_days=number("sql_within_days"),
        opportunity_days=number("opportunity_within_days"),
        customer_days=number("customer_within_days"),
    )


def _month_result(evidence: Evidence, period: date, row: Row | None) -> MonthResult:
    wording = evidence.wording
    if row is None:
        mark = Mark(wording.month_and_year(period), "no_target", wording.say("status.no_target"))
        return MonthResult(mark, NOTHING, "", "", "", ())
    actual, target = _actual_and_target(evidence, row)
    return MonthResult(
        mark=_mark(evidence, period, row["status"]),
        actual=how_it_can_end(row, wording) if row["actual"] is None else actual,
        target=wording.say(f"promise.{row['comparison']}", target=target),
        counts=_counts(evidence, row),
        outlook=_outlook(evidence, row),
        reasons=tuple(reasons(evidence, row)) if row["status"] in ("missed", "at_risk") else (),
    )


def how_it_can_end(row: Row, wording: Wording) -> str:
    """What stands for a figure that there isn't yet, where something is pending."""
    if not row["pending"]:
        return NOTHING
    return wording.say("promise.between", worst=wording.share(row["worst"]), best=wording.share(row["best"]))


def _mark(evidence: Evidence, period: date, status: str) -> Mark:
    return Mark(evidence.wording.short_month(period), status, evidence.wording.say(f"status.{status}"))


def _counts(evidence: Evidence, row: Row) -> str:
    """How many of how many, where a share is promised."""
    if row["met"] is None:
        return ""
    wording = evidence.wording
    name = "promise.counts" if row["pending"] else "promise.decided_counts"
    return wording.say(
        name,
        count=row["met"] + row["breached"] + row["pending"],
        met=wording.number(row["met"]),
        breached=wording.number(row["breached"]),
        pending=wording.number(row["pending"]),
        all=wording.number(row["met"] + row["breached"] + row["pending"]),
    )


def _outlook(evidence: Evidence, row: Row) -> str:
    """How it can still end."""
    wording = evidence.wording
    if row["pending"]:
        worst, best = _range(evidence, row)
        name = {"met": "range_met", "missed": "range_missed"}.get(row["status"], "range_open")
        due = wording.say("promise.due", count=row["due"], due=wording.number(row["due"]))
        return " ".join((due, wording.say(f"promise.{name}", worst=worst, best=best)))
    if row["projection"] is not None and not row["final"]:
        return wording.say(
            "promise.projection", projection=wording.in_unit(round(row["projection"]), unit_of(row["metric"]))
        )
    return "" if row["final"] else wording.say("promise.running")


def _range(evidence: Evidence, row: Row) -> tuple[str, str]:
    return evidence.wording.share(row["worst"]), evidence.wording.share(row["best"])


def _actual_and_target(evidence: Evidence, row: Row) -> tuple[str, str]:
    wording, unit = evidence.wording, unit_of(row["metric"])
    if row["actual"] is None:
        return NOTHING, wording.target(row["target"], unit)
    return wording.told_apart(row["actual"], row["target"], unit)


def _chart(evidence: Evidence, metric: str, rows: Sequence[Row]) -> Chart:
    wording = evidence.wording
    shown = [
        {name: row[name] for name in ("actual", "target", "worst", "best", "status")}
        | {"month": wording.short_month(row["period"])}
        | {"projection": None if row["final"] else row["projection"]}
        for row in rows
    ]
    description = wording.say("promise.chart", promise=wording.titled(promise_in_words(evidence, rows)))
    return evidence.drawing.draw(charts.bullet(shown, unit_of(metric)), description)


def _table(evidence: Evidence, owner: str, rows: Sequence[Row]) -> Table:
    wording = evidence.wording
    return Table(
        name=f"commitments-{owner}",
        caption=wording.say("promise.table", department=wording.say(f"department.{owner}")),
        headings=evidence.headings(
            "promise", "month", "target", "actual", "worst", "best", "met", "breached", "pending", "status"
        ),
        rows=[_table_row(evidence, row) for row in rows],
    )


def _table_row(evidence: Evidence, row: Row) -> tuple[Cell, ...]:
    wording, unit = evidence.wording, unit_of(row["metric"])
    actual, target = _actual_and_target(evidence, row)
    word = wording.say(f"status.{row['status']}")
    return (
        Cell(label_of(evidence, row["metric"]), value=row["commitment_id"]),
        evidence.month(row["period"]),
        Cell(
            wording.say(f"promise.{row['comparison']}", target=target),
            value=repr(row["target"]),
            is_number=True,
        ),
        Cell(actual, value=None if row["actual"] is None else repr(row["actual"]), is_number=True),
        evidence.in_unit(row["worst"], unit),
        evidence.in_unit(row["best"], unit),
        evidence.count(row["met"]),
        evidence.count(row["breached"]),
        evidence.count(row["pending"]),
        Cell(
            word if row["final"] else wording.say("status.not_final", status=word),
            value=row["status"],
            status=row["status"],
        ),
    )
