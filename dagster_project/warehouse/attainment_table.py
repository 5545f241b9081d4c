"""`sla_attainment` in the build: what it is computed from, and its months replaced.

What belongs here: reading and writing the build file. What doesn't: any figure.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Aggregates:
    """The warehouse's aggregates, exact (integers and decimals), and the instant they are stated as of."""

    periods: pd.DataFrame
    targets: pd.DataFrame
    obligation_counts: pd.DataFrame
    event_counts: pd.DataFrame
    complete_through: datetime


def read_aggregates(build: Path) -> Aggregates:
    """Read what `sla_attainment` is computed from."""
    with duckdb.connect(build, read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")

        def frame(table: str) -> pd.DataFrame:
            # By way of Arrow, decimals stay exact.
            result: pd.DataFrame = connection.table(f"intermediate.{table}").to_arrow_table().to_pandas()
            return result

        ((complete_through,),) = connection.execute("select complete_through from raw.as_of").fetchall()
        return Aggregates(
            periods=frame("int_periods"),
            targets=frame("int_commitment_targets"),
            obligation_counts=frame("int_obligation_counts"),
            event_counts=frame("int_event_counts"),
            complete_through=complete_through,
        )


def replace_months(build: Path, rows: pa.Table, months: Collection[date]) -> None:
    """Replace the rows of some months (their first days) in `marts.sla_attainment` by `rows`, all or nothing.

    The table is made with the columns and types of `rows` when it isn't there yet.
    """
    with duckdb.connect(build) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.register("incoming", rows)
        connection.begin()
        connection.execute("create schema if not exists marts")
        connection.execute("create table if not exists marts.sla_attainment as from incoming limit 0")
        connection.execute("delete from marts.sla_attainment where list_contains($1, period)", [list(months)])
        connection.execute("insert into marts.sla_attainment by name from incoming")
        connection.commit()
        connection.unregister("incoming")
        connection.execute("checkpoint")


def missing_months(build: Path) -> list[date]:
    """The months that have a target but no row in `marts.sla_attainment`, in order."""
    with duckdb.connect(build, read_only=True) as connection:
        has_table = connection.execute(
            "select count(*) from duckdb_tables() where schema_name = 'marts' and table_name = 'sla_attainment'"
        ).fetchall() == [(1,)]
        done = "select period from marts.sla_attainment" if has_table else "select null::date where false"
        return [
            month
            for (month,) in connection.execute(
                f"""
                select distinct period from intermediate.int_commitment_targets
                where period not in ({done})
                order by period
                """
            ).fetchall()
        ]
