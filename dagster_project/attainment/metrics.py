"""The metrics a commitment can name, each declared once.

What belongs here: a metric's kind and what it counts. What doesn't: how the counts are made (the
warehouse does that) and how they become figures (`figures.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a metric's figures are made from what it counts."""

    VOLUME = "volume"
    RATE = "rate"
    RATIO = "ratio"


@dataclass(frozen=True)
class Metric:
    """One metric and what it counts in a period.

    A volume counts the events `numerator`, a ratio divides the events `numerator` by the events
    `denominator`, a rate counts the obligations `obligation`.
    """

    name: str
    kind: Kind
    meaning: str
    obligation: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    # Something to divide and nothing to divide it by: null for a ratio of like things, but money
    # spent without a single result is as bad as can be.
    is_worst_without_denominator: bool = False


def _volume(name: str, meaning: str) -> Metric:
    return Metric(name, Kind.VOLUME, meaning, numerator=name)


def _rate(name: str, obligation: str, meaning: str) -> Metric:
    return Metric(name, Kind.RATE, meaning, obligation=obligation)


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        _volume("leads_created", "People first seen"),
        _volume("mqls_qualified", "People who reached the MQL definition"),
        _volume("mqls_delivered", "MQLs handed off to a rep"),
        _volume("sqls", "MQLs that became sales qualified"),
        _volume("meetings_confirmed", "Meetings with MQLs that were confirmed"),
        _volume("opportunities", "MQLs that became an opportunity"),
        _volume("customers_won", "MQLs that became a customer"),
        _volume("revenue_won", "Amount won from MQLs, in the contract's currency"),
        _rate("handoff_on_time_rate", "handoff", "Share of ready MQLs handed off on time"),
        _rate("first_attempt_on_time_rate", "first_attempt", "Share of MQLs first attempted on time"),
        _rate("cadence_completed_rate", "cadence", "Share of MQLs with every follow-up step done on time"),
        _rate("disposition_on_time_rate", "disposition", "Share of MQLs accepted or rejected on time"),
        _rate("no_contact_procedure_rate", "no_contact", "Share of unreached MQLs given back as agreed"),
        _rate(
            "reps_within_capacity_rate", "rep_load", "Share of reps who got neither too few nor too many MQLs"
        ),
        _rate("mql_to_sql_rate", "sql", "Share of MQLs that became sales qualified in time"),
        _rate("mql_to_opportunity_rate", "opportunity", "Share of MQLs that became an opportunity in time"),
        _rate("mql_to_customer_rate", "customer", "Share of MQLs that became a customer in time"),
        Metric(
            "win_rate",
            Kind.RATIO,
            "Opportunities won of those closed",
            numerator="opportunities_won",
            denominator="opportunities_closed",
        ),
        Metric(
            "cost_per_mql",
            Kind.RATIO,
            "Campaign spend per MQL handed off",
            numerator="campaign_spend",
            denominator="mqls_delivered",
            is_worst_without_denominator=True,
        ),
    )
}
