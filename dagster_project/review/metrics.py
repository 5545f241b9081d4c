"""The contract's metrics as a reader meets them: their unit, their order and what they follow from.

What belongs here: what a page has to know about a metric to show it. What doesn't: how it is computed, and its name
and meaning in words, which are in `strings/`.
"""

from __future__ import annotations

# In the order of the way from a stranger to a customer; within a department, a page lists promises so.
ORDER = (
    "leads_created",
    "mqls_qualified",
    "mqls_delivered",
    "handoff_on_time_rate",
    "cost_per_mql",
    "first_attempt_on_time_rate",
    "cadence_completed_rate",
    "disposition_on_time_rate",
    "no_contact_procedure_rate",
    "reps_within_capacity_rate",
    "meetings_confirmed",
    "sqls",
    "mql_to_sql_rate",
    "opportunities",
    "mql_to_opportunity_rate",
    "customers_won",
    "mql_to_customer_rate",
    "win_rate",
    "revenue_won",
)

DEPARTMENTS = ("marketing", "sales")

MONEY = ("revenue_won", "cost_per_mql")

# The obligations that a rate is taken over.
OBLIGATIONS = {
    "handoff_on_time_rate": "handoff",
    "first_attempt_on_time_rate": "first_attempt",
    "cadence_completed_rate": "cadence",
    "disposition_on_time_rate": "disposition",
    "no_contact_procedure_rate": "no_contact",
    "reps_within_capacity_rate": "rep_load",
    "mql_to_sql_rate": "sql",
    "mql_to_opportunity_rate": "opportunity",
    "mql_to_customer_rate": "customer",
}

# What a volume comes from: the stage of the funnel before it.
SOURCES = {
    "mqls_qualified": "leads",
    "mqls_delivered": "leads",
    "meetings_confirmed": "mqls_delivered",
    "sqls": "mqls_delivered",
    "opportunities": "sqls",
    "customers_won": "opportunities",
    "revenue_won": "customers_won",
}

# Duties of a day's work, in the order in which they fall due; conversions are results, not duties.
DUTIES = ("handoff", "first_attempt", "cadence", "disposition", "no_contact", "rep_load")
CONVERSIONS = ("sql", "opportunity", "customer")


def unit_of(metric: str) -> str:
    """`share`, `money` or `count`."""
    if metric.endswith("_rate"):
        return "share"
    return "money" if metric in MONEY else "count"


def place_of(metric: str) -> int:
    """Where a metric stands in a list; an unknown one last."""
    return ORDER.index(metric) if metric in ORDER else len(ORDER)
