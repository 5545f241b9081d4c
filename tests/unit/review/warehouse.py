"""A published warehouse made by hand: the marts with their declared columns, and the rows that a test tells.

Columns come from dbt's declaration of the marts and that of `sla_attainment`, so that a page is tested against the
tables that there really are. A column that a test doesn't tell is null, or the usual value given here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

from dagster_project.attainment import ATTAINMENT_COLUMNS
from dagster_project.review.marts import OPTIONAL, open_marts
from dagster_project.review.page import gather
from dagster_project.review.parts import Evidence
from dagster_project.review.periods import Review, month_after, review_from

MARTS_YML = Path(__file__).parents[3] / "dbt" / "models" / "marts" / "_marts.yml"

JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
REVIEW = review_from(JANUARY)
HOUR = 3600

USUAL: dict[str, dict[str, Any]] = {
    "dim_contract_versions": {
        "contract_version": 1,
        "contract": "demo",
        "timezone": "America/Mexico_City",
        "currency": "MXN",
        "language": "en",
        "basis": "scored",
        "threshold": 60,
        "handoff_within_business_seconds": 4 * HOUR,
        "first_attempt_within_business_seconds": 8 * HOUR,
        "disposition_within_business_seconds": 24 * HOUR,
        "no_contact_after_attempts": 5,
        "no_contact_within_business_days": 3,
        "sql_within_days": 45,
        "opportunity_within_days": 60,
        "customer_within_days": 180,
        "effective_date": JANUARY,
    },
    "dim_contract_signatures": {"contract_version": 1, "signed_date": date(2025, 12, 18)},
    "sla_attainment": {
        "commitment_id": "a-promise",
        "contract_version": 1,
        "comparison": "at_least",
        "final": True,
        "complete_through": datetime(2026, 3, 1, 6, tzinfo=UTC),
    },
    "fct_mqls": {"basis": "scored", "cycle": 1},
    "funnel_by_period": {
        **dict.fromkeys(("leads", "mqls_qualified", "mqls_delivered", "sqls", "opportunities"), 0),
        **dict.fromkeys(("meetings_confirmed", "customers_won", "lost", "revenue_won", "spend"), 0),
    },
    "campaign_performance": {"sqls": 0, "customers": 0, "amount_won": 0, "spend": 0},
    "rep_performance": {"attempts": 0, "sqls": 0, "meetings": 0, "won": 0, "lost": 0},
}


@cache
def columns() -> dict[str, dict[str, str]]:
    """The columns of every table of the marts: name to type."""
    models = yaml.safe_load(MARTS_YML.read_text(encoding="utf-8"))["models"]
    declared = {
        model["name"]: {column["name"]: column["data_type"] for column in model["columns"]}
        for model in models
    }
    attainment = {name: column.duckdb_type for name, column in ATTAINMENT_COLUMNS.items()}
    return {**declared, "sla_attainment": attainment}


class Company:
    """A company's published tables; `rows` become a warehouse when something is asked of them."""

    def __init__(self, through: datetime = datetime(2026, 3, 1, 6, tzinfo=UTC), **contract: Any) -> None:
        """Two months, January and February 2026, complete through `through` (UTC; local time is six hours behind).

        `contract` are columns of its only contract version that aren't the usual ones.
        """
        self.through = through
        self._connection = duckdb.connect()
        self._connection.execute("set TimeZone = 'UTC'; create schema marts")
        for table, names in columns().items():
            self._create(table, names)
        self.add("dim_contract_versions", **contract)
        for department, role in (("marketing", "CMO"), ("sales", "VP Sales")):
            self.add("dim_contract_signatures", department=department, role=role)

    def _create(self, table: str, names: dict[str, str]) -> None:
        typed = ", ".join(f'"{name}" {kind}' for name, kind in names.items())
        self._connection.execute(f"create table marts.{table} ({typed})")

    def publish(self, table: str) -> None:
        """Make one of the tables that not every publication has."""
        self._create(table, dict(column.split(" ", 1) for column in OPTIONAL[table].split(", ")))

    def add(self, table: str, times: int = 1, /, **values: Any) -> None:
        """A row of a table, so many times."""
        values = USUAL.get(table, {}) | values
        names = ", ".join(f'"{name}"' for name in values)
        places = ", ".join(f"${name}" for name in values)
        self._connection.execute(
            f"insert into marts.{table} ({names}) select {places} from range($times)",
            values | {"times": times},
        )

    def month(self, period: date, days_off: tuple[int, ...] = (), **funnel: Any) -> None:
        """A month that has begun, each of its days a business day but `days_off`; `funnel` are its counts."""
        end = month_after(period)
        self.add(
            "dim_periods",
            period=period,
            contract_version=1,
            is_over=datetime(end.year, end.month, 1, 6, tzinfo=UTC) <= self.through,
            complete_through=self.through,
            starts_at=datetime(period.year, period.month, 1, 6, tzinfo=UTC),
            ends_at=datetime(end.year, end.month, 1, 6, tzinfo=UTC),
        )
        self._connection.execute(
            """
            insert into marts.dim_days by name
            select
                $period::date as period,
                $period::date + (number - 1)::integer as local_date,
                1 as contract_version,
                not list_contains($days_off, number) as is_business_day,
                number - len(list_filter($days_off, lambda day: day <= number)) as business_day,
                $starts_at::timestamptz + to_days((number - 1)::integer) < $through as has_begun
            from range(1, $days + 1) as days (number)
            """,
            {
                "period": period,
                "days": (end - period).days,
                "days_off": list(days_off),
                "starts_at": datetime(period.year, period.month, 1, 6, tzinfo=UTC),
                "through": self.through,
            },
        )
        self.add("funnel_by_period", period=period, **funnel)

    def months(self) -> None:
        """January and February, without any event."""
        self.month(JANUARY)
        self.month(FEBRUARY)

    def promise(self, metric: str, period: date = JANUARY, owner: str = "sales", **values: Any) -> None:
        """What became of a commitment in a month; its id is its metric unless told otherwise."""
        self.add(
            "sla_attainment",
            **{"period": period, "metric": metric, "owner": owner, "commitment_id": metric} | values,
        )

    def rate(self, metric: str, met: int, breached: int, pending: int = 0, **values: Any) -> None:
        """A commitment on a share, with the figures that follow from its counts (everything decided has come due)."""
        total, due = met + breached + pending, met + breached
        self.promise(
            metric,
            **{
                "met": met,
                "breached": breached,
                "pending": pending,
                "due": due,
                "actual": met / due if due else None,
                "worst": met / total,
                "best": (met + pending) / total,
                "final": pending == 0,
            }
            | values,
        )

    def owe(self, obligation: str, count: int, outcome: str, **values: Any) -> None:
        """Obligations of a kind with an outcome; done in time when met, not done otherwise unless told."""
        done_at = datetime(2026, 1, 20, tzinfo=UTC) if outcome == "met" else None
        owner = "marketing" if obligation == "handoff" else "sales"
        usual = {"period": JANUARY, "owner": owner, "done_at": done_at}
        self.add("fct_obligations", count, obligation=obligation, outcome=outcome, **usual | values)

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        return self._connection

    def evidence(self, language: str = "en", review: Review = REVIEW) -> Evidence:
        """What a page of these tables is made from."""
        with open_marts(self._connection) as marts:
            return gather(marts, review, language)

    def write(self, path: Path) -> Path:
        """The same tables as a published file."""
        path.unlink(missing_ok=True)
        self._connection.execute(f"attach '{path}' as published")
        self._connection.execute("create schema published.marts")
        for (table,) in self._connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts' and database_name = 'memory'"
        ).fetchall():
            self._connection.execute(f"create table published.marts.{table} as from memory.marts.{table}")
        self._connection.execute("detach published")
        return path
