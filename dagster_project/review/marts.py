"""The published tables that a page reads, and what to do where one isn't there yet.

What belongs here: which columns a page needs, and the one decision about a table that is not available. What doesn't:
what the columns mean, which stands in the published file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from dagster_project.review.periods import Review

Warehouse = Path | duckdb.DuckDBPyConnection
Row = dict[str, Any]
Rows = list[Row]

SCHEMA = "marts"

# Control characters, and those that turn the direction of the text after them: a name must not reach beyond itself.
UNSEEN = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)))

# A page can't do without these.
REQUIRED = {
    "dim_periods": "period contract_version is_over complete_through starts_at ends_at",
    "dim_days": "local_date period is_business_day business_day has_begun",
    "dim_contract_versions": "contract_version contract currency language timezone basis threshold "
    "handoff_within_business_seconds first_attempt_within_business_seconds disposition_within_business_seconds "
    "no_contact_after_attempts no_contact_within_business_days sql_within_days opportunity_within_days "
    "customer_within_days effective_date",
    "dim_contract_signatures": "contract_version department role signed_date",
    "dim_campaigns": "campaign_id campaign_name channel",
    "sla_attainment": "period commitment_id owner metric contract_version comparison target actual met breached "
    "pending due worst best projection attainment status final",
    "fct_mqls": "qualified_date handed_off_date first_attempt_at first_response_business_seconds",
    "fct_obligations": "obligation rep_id period owner outcome done_at",
    "fct_opportunities": "closed_date is_closed is_won amount",
    "funnel_by_period": "period leads mqls_qualified mqls_delivered sqls opportunities meetings_confirmed "
    "customers_won revenue_won spend",
    "funnel_by_cohort": "period mqls sqls opportunities customers sqls_decided_share opportunities_decided_share "
    "customers_decided_share",
    "rep_performance": "rep_id period mqls min max first_response_p50_business_seconds sqls won",
    "campaign_performance": "campaign_id period model mqls sqls customers amount_won spend",
    "breaches": "obligation person_id rep_id period owner outcome remaining_business_seconds due_at",
    "extract_ledger": "outcome is_in_force rows_read rows_accepted rows_quarantined rows_duplicate",
}

PLAN = (
    "period date, required double, required_low double, required_high double, affordable double, "
    "expected double, workable bigint, proposal double, binding varchar, verdict varchar, reason varchar"
)
# A page says that these are not available where they aren't published.
OPTIONAL = {
    "mql_plan": PLAN,
    "mql_plan_history": f"{PLAN}, complete_through timestamptz, published_at timestamptz",
    "sla_restatements": "period date, commitment_id varchar, metric varchar, published_at timestamptz, "
    "old_actual double, new_actual double, old_status varchar, new_status varchar, causes varchar",
    "data_quality": "finding varchar, source varchar, object varchar, count bigint, share double, severity varchar, "
    "meaning varchar",
}


class ReviewError(RuntimeError):
    """A review can't be written; the message says what to do."""


class Marts:
    """The tables of one warehouse, asked by the queries in `queries/`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self.absent = _open(connection)

    def periods(self) -> Rows:
        """The months that have begun, with the version that each began under."""
        return self._rows("from dim_periods order by period")

    def ask(self, query: str, review: Review) -> Rows:
        """The rows of `queries/<query>.sql` about a review, numbers as Python's own."""
        self._connection.execute(
            "create or replace temp table review as "
            "select $first::date as first_period, $second::date as second_period",
            {"first": review.first, "second": review.second},
        )
        return self._rows((Path(__file__).parent / "queries" / f"{query}.sql").read_text(encoding="utf-8"))

    def _rows(self, query: str) -> Rows:
        return [
            {
                name: value.translate(UNSEEN) if isinstance(value, str) else value
                for name, value in row.items()
            }
            for row in self._connection.sql(query).to_arrow_table().to_pylist()
        ]


@contextmanager
def open_marts(warehouse: Warehouse) -> Iterator[Marts]:
    """The marts of a published file, or of a connection to a build; nothing in them is changed.

    Raises ReviewError when a table or column that a page needs is not there.
    """
    connection = (
        duckdb.connect(warehouse, read_only=True) if isinstance(warehouse, Path) else warehouse.cursor()
    )
    try:
        connection.execute("set TimeZone = 'UTC'")
        yield Marts(connection)
    finally:
        connection.close()


def _open(connection: duckdb.DuckDBPyConnection) -> frozenset[str]:
    """Make every table known by its bare name; returns those that are not available, which are empty then."""
    columns_found = connection.execute(
        "select database_name, table_name, column_name from duckdb_columns() where schema_name = ?", [SCHEMA]
    ).fetchall()
    found: dict[str, set[str]] = {}
    for _, table, column in columns_found:
        found.setdefault(table, set()).add(column)
    optional = {table: _names_and_types(columns) for table, columns in OPTIONAL.items()}
    absent = frozenset(optional) - set(found)
    needed = {table: columns.split() for table, columns in REQUIRED.items()}
    needed |= {table: list(columns) for table, columns in optional.items() if table not in absent}
    lacking = [
        f"{table}.{column}"
        for table, columns in needed.items()
        for column in columns
        if column not in found.get(table, ())
    ]
    if lacking:
        raise ReviewError(
            f"The warehouse lacks {', '.join(lacking)}: it was built by another version of the project, or is not "
            "finished. Run everything again."
        )
    database = columns_found[0][0]
    for table in needed:
        connection.execute(f'create or replace temp view {table} as from "{database}".{SCHEMA}.{table}')
    for table in absent:
        empty = ", ".join(f"cast(null as {kind}) as {name}" for name, kind in optional[table].items())
        connection.execute(f"create or replace temp view {table} as select {empty} limit 0")
    return absent


def _names_and_types(declaration: str) -> dict[str, str]:
    """The columns of a declaration such as `period date, required double`."""
    return dict(column.split(" ", 1) for column in declaration.split(", "))
