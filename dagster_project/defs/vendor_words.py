"""What a build says of vendors' words that nothing gives a meaning to."""

from __future__ import annotations

import duckdb

from dagster_project.extracts import Finding, UnmappedWord, unmapped_findings

COLUMNS = ("source_name", "object_name", "setting", "word", "label", "occurrences", "asked")


def unmapped_words_of(connection: duckdb.DuckDBPyConnection) -> list[Finding]:
    """One finding per vendor's word of an opened build that sources.yml doesn't map."""
    rows = connection.execute(f"select {', '.join(COLUMNS)} from raw.unmapped_words").fetchall()
    return unmapped_findings(UnmappedWord(*row) for row in rows)
