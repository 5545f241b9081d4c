"""Counting rows that are equal to one already accepted, by the hash that stands beside each row in raw Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from .sql import run_sql


def count_duplicates(
    connection: duckdb.DuckDBPyConnection, written: Sequence[Path], in_force: Sequence[Path]
) -> list[int]:
    """For each newly written file the rows equal to one in force, in an earlier file of the list, or earlier in itself.

    Rows are equal when all their columns are, whatever file and line they stand in.
    """
    if not written:
        return []
    paths = [str(path) for path in written]
    parameters: dict[str, object] = {"written": paths}
    positions = pa.table({"filename": paths, "position": range(1, len(paths) + 1)})
    known = "select null::ubigint as row_hash where false"
    if in_force:
        parameters["in_force"] = [str(path) for path in in_force]
        known = """
            select distinct _row_hash as row_hash
            from read_parquet($in_force, union_by_name = true, hive_partitioning = false)
            where _row_hash in (select row_hash from new_rows)"""
    counted = run_sql(
        connection,
        f"""
        with new_rows as (
            select _row_hash as row_hash, position
            from read_parquet($written, union_by_name = true, hive_partitioning = false, filename = true)
            inner join incoming using (filename)
        ),
        known as ({known}),
        firsts as (
            select row_hash, min(position) as position from new_rows anti join known using (row_hash) group by row_hash
        ),
        read_counts as (select position, count(*) as rows from new_rows group by position),
        first_counts as (select position, count(*) as rows from firsts group by position)
        select read_counts.position, read_counts.rows - coalesce(first_counts.rows, 0) as duplicates
        from read_counts
        left join first_counts using (position)
        """,
        parameters,
        incoming=positions,
    )
    by_position = dict(
        zip(*(counted.column(name).to_pylist() for name in ("position", "duplicates")), strict=True)
    )
    return [by_position.get(position, 0) for position in range(1, len(paths) + 1)]
