"""Whether two engines made the same tables: cell for cell, doubles to 1e-9."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from tests.published import PROVENANCE

CLOSE = 1e-9


def differing_rows(connection: duckdb.DuckDBPyConnection, one: str, other: str) -> dict[str, int]:
    """How many rows differ, by the table or column that they differ in; nothing where none does.

    Rows are put side by side by all that are no doubles; doubles are the same within 1e-9, of one or of their size.
    """
    kinds = {row[0]: row[1] for row in connection.execute(f"describe select * from {one}").fetchall()}
    doubles = [name for name, kind in kinds.items() if kind == "DOUBLE"]
    exact = [name for name in kinds if name not in doubles]
    keys = ", ".join(f'"{name}"' for name in exact)
    within = ", ".join(f'"{name}"' for name in doubles) or "true"
    numbered = "select *, row_number() over (partition by {keys} order by {within}) as number from {table}"
    first, second = (numbered.format(keys=keys, within=within, table=table) for table in (one, other))
    together = " and ".join(f'a."{name}" is not distinct from b."{name}"' for name in (*exact, "number"))
    counts = {"a row of one alone": "count(*) filter (where a.number is null or b.number is null)"}
    for name in doubles:
        counts[name] = (
            f'count(*) filter (where a.number = b.number and ((a."{name}" is null) <> (b."{name}" is null) '
            f'or abs(a."{name}" - b."{name}") > {CLOSE} * greatest(1, abs(a."{name}"))))'
        )
    (found,) = connection.execute(
        f"select {', '.join(counts.values())} from ({first}) as a full join ({second}) as b on {together}"
    ).fetchall()
    return {name: rows for name, rows in zip(counts, found, strict=True) if rows}


def differences(
    connection: duckdb.DuckDBPyConnection, one: str, other: str, tables: Iterable[str]
) -> dict[str, dict[str, int]]:
    """By table what differs between two databases that are attached to a connection."""
    found = {table: differing_rows(connection, f"{one}.{table}", f"{other}.{table}") for table in tables}
    return {table: counts for table, counts in found.items() if counts}


def published_differences(one: Path, other: Path) -> dict[str, dict[str, int]]:
    """By mart what differs between what two homes have published, of which the first has some marts at least."""
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for name, home in (("one", one), ("other", other)):
            connection.execute(f"attach '{home / 'published' / 'warehouse.duckdb'}' as {name} (read_only)")
        tables = connection.execute(
            "select table_name, list(column_name) from duckdb_columns() "
            "where database_name = 'one' and schema_name = 'marts' group by table_name order by table_name"
        ).fetchall()
        assert len(tables) > 20
        found = {}
        for table, columns in tables:
            compared = ", ".join(f'"{column}"' for column in columns if column not in PROVENANCE)
            sides = (f"(select {compared} from {name}.marts.{table})" for name in ("one", "other"))
            found[table] = differing_rows(connection, *sides)
    return {table: counts for table, counts in found.items() if counts}
