"""What was published, as content that can be compared: every table by a hash of its rows, provenance aside."""

from __future__ import annotations

from pathlib import Path

import duckdb

# outputs: these are outside every equality.
PROVENANCE = {"published_at", "old_published_at", "ingested_at", "delivered_at", "run_id", "publication_id"}
# What was published when depends on how often something was.
HISTORY = {
    "publications",
    "sla_attainment_history",
    "mql_plan_history",
    "sla_restatements",
    "sla_restatement_records",
}


def published_content(
    home: Path, leaving_out: frozenset[str] = frozenset(HISTORY)
) -> dict[str, tuple[int, int]]:
    """By table of the published file: its rows, and a hash of them that their order doesn't change."""
    content = {}
    with duckdb.connect(home / "published" / "warehouse.duckdb", read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        columns: dict[str, list[str]] = {}
        for table, column in connection.execute(
            "select table_name, column_name from duckdb_columns() where schema_name = 'marts' order by all"
        ).fetchall():
            if column not in PROVENANCE and table not in leaving_out:
                columns.setdefault(table, []).append(f'"{column}"')
        for table, names in columns.items():
            ((rows, hashed),) = connection.execute(
                f"select count(*), coalesce(sum(hash({', '.join(names)})), 0) from marts.{table}"
            ).fetchall()
            content[table] = (int(rows), int(hashed))
    return content
