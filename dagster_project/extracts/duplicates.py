"""Counting rows that are equal to one already accepted, by the hash that stands beside each row in raw Parquet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from .sql import run_sql


def count_duplicates(
    connection: duckdb.DuckDBPyConnection, written: Sequence[tuple[Path, int]], in_force: Sequence[Path]
) -> list[int]:
    """For each newly written file the rows equal to one in force, in an earlier file of the list, or earlier in itself.

    `written` are paths with their numbers of rows. Rows are equal when all their columns are, whatever file and line
    they stand in.
    """
    paths = [str(path) for path, _ in written]
    if not any(rows for _, rows in written):
        return [0] * len(paths)
    parameters: dict[str, object] = {"written": paths}
    known = "select null::ubigint as row_hash where false"
    if in_force:
        parameters["in_force"] = [str(path) for path in in_force]
        known = """
            select distinct _row_hash as row_hash
            from read_parquet($in_force, union_by_name = true, hive_partitioning = false)
            where _row_hash in (select row_hash from new_rows)"""
    # A row is new where its hash is seen first; the others are duplicates.
    counted = run_sql(
        connection,
        f"""
        with new_rows as not materialized (
            select _row_hash as row_hash, position
            from read_parquet($written, union_by_name = true, hive_partitioning = false, filename = true)
            inner join incoming using (filename)
        ),
        known as ({known}),
        firsts as (
            select row_hash, min(position) as position
            from new_rows
            anti join known using (row_hash)
            group by row_hash
        )
        select position, count(*) as rows from firsts group by position
        """,
        parameters,
        incoming=pa.table({"filename": paths, "position": pa.array(range(len(paths)), pa.int32())}),
    )
    firsts = dict(
        zip(counted.column("position").to_pylist(), counted.column("rows").to_pylist(), strict=True)
    )
    return [rows - firsts.get(position, 0) for position, (_, rows) in enumerate(written)]
