"""From the folders to the CSVs: the four of the examples' `expected/`, and the other tables beside them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from . import tables
from .attainment import Attainment, attain
from .funnel import Mql, mqls_of
from .obligations import Obligation, Period, obligations_of, periods_of, rep_loads
from .people import People, form_people
from .read import History, read_history
from .tables import Table, seconds


@dataclass
class Answer:
    """What the specification makes of a history."""

    history: History
    people: People
    periods: list[Period]
    mqls: list[Mql]
    obligations: list[Obligation]
    attainment: list[Attainment]


def answer(extracts: Path, contracts: Path, sources: Path, as_of: date | None = None) -> Answer:
    """The whole way. Raises `read.CannotRun` where §3 or §4 allows no run."""
    history = read_history(extracts, contracts, sources, as_of)
    people = form_people(history)
    mqls = [
        mql
        for _, person in sorted(people.persons.items())
        for mql in mqls_of(person, people, history.contracts, history.complete_through)
    ]
    periods = periods_of(history.contracts, history.complete_through)
    obligations = [
        found for mql in mqls for found in obligations_of(mql, history.contracts, history.complete_through)
    ]
    obligations += rep_loads(mqls, people, periods, history.contracts, history.complete_through)
    return Answer(
        history, people, periods, mqls, obligations, attain(history, people, mqls, obligations, periods)
    )


def mql_table(found: Answer) -> Table:
    """`fct_mqls`, with the columns of the examples."""
    same_named = (
        "ready_at", "ready_trigger", "handed_off_at", "rep_id", "owner_changes", "first_attempt_at",
    )  # fmt: skip
    times = (
        "connected_at", "accepted_at", "rejected_at", "rejection_reason", "recycled_at",
        "meeting_confirmed_at", "qualified_status_at", "opportunity_at", "sql_at", "won_at", "lost_at",
        "disposition_at", "stopped_at",
    )  # fmt: skip
    return [
        {
            "person_id": mql.person.person_id,
            "cycle": mql.cycle,
            "contract_version": mql.version.number,
            "basis": mql.version.basis,
            "score": mql.score,
            "qualified_at": mql.qualified_at,
            **{name: getattr(mql, name) for name in same_named},
            "attempts": len(mql.attempts),
            **{name: getattr(mql, name) for name in times},
            "opportunities": len(mql.opportunities),
            "amount_won": mql.amount_won,
            "first_response_business_seconds": (
                None if mql.first_response is None else seconds(mql.first_response)
            ),
            "stage": mql.stage,
            "first_campaign_id": mql.first_campaign_id,
        }
        for mql in found.mqls
    ]


def obligation_table(found: Answer) -> Table:
    """`fct_obligations`."""
    rows = [
        {
            "obligation": row.obligation,
            "person_id": row.person_id,
            "cycle": row.cycle,
            "rep_id": row.rep_id,
            "period": f"{row.period:%Y-%m}",
            "owner": row.owner,
            "contract_version": row.version.number,
            "started_at": row.started_at,
            "due_at": row.due_at,
            "done_at": row.done_at,
            "outcome": row.outcome,
        }
        for row in found.obligations
    ]
    key = ("obligation", "person_id", "cycle", "rep_id", "period")
    return sorted(rows, key=lambda row: tuple(str(row[name] or "") for name in key))


def attainment_table(found: Answer) -> Table:
    """`sla_attainment`."""
    return [
        {
            "period": f"{row.period.first_day:%Y-%m}",
            "commitment_id": row.commitment_id,
            "owner": row.owner,
            "metric": row.metric,
            "contract_version": row.period.version.number,
            "comparison": row.comparison,
            "target": row.target,
            "actual": row.actual,
            "met": row.met,
            "breached": row.breached,
            "pending": row.pending,
            "due": row.due,
            "worst": row.worst,
            "best": row.best,
            "projection": row.projection,
            "attainment": row.attainment,
            "status": row.status,
            "final": row.final,
            "complete_through": found.history.complete_through,
        }
        for row in found.attainment
    ]


def all_tables(found: Answer) -> dict[str, Table]:
    """Every table by the name of its file."""
    history, people, mqls, periods = found.history, found.people, found.mqls, found.periods
    obligations = found.obligations
    return {
        "mqls": mql_table(found),
        "obligations": obligation_table(found),
        "attainment": attainment_table(found),
        "campaign_credit": tables.campaign_credit_by_period(history, mqls),
        "fct_campaign_credit": tables.campaign_credits(mqls),
        "fct_mql_score": tables.mql_scores(mqls),
        "fct_opportunities": tables.opportunities(history, mqls),
        "campaign_performance": tables.campaign_performance(history, mqls, periods),
        "rep_performance": tables.rep_performance(history, people, mqls, obligations, periods),
        "funnel_by_cohort": tables.funnel_by_cohort(mqls, obligations, periods),
        "funnel_by_period": tables.funnel_by_period(history, people, mqls, periods),
        "breaches": tables.breaches(history, obligations),
    }


def as_text(value: Any) -> str:
    """A cell: instants with microseconds and Z, exact decimals, fractions as doubles, null empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds") + "Z"
    if isinstance(value, Fraction):
        return str(value.numerator) if value.denominator == 1 else repr(float(value))
    if isinstance(value, Decimal):
        text = format(value, "f")
        return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
    return str(value)


def write_tables(found: dict[str, Table], folder: Path) -> None:
    """One CSV a table; a table without rows is an empty file."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in found.items():
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as handle:
            if rows:
                writer = csv.writer(handle, lineterminator="\n")
                writer.writerow(rows[0].keys())
                writer.writerows([as_text(value) for value in row.values()] for row in rows)
