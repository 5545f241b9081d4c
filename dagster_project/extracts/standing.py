"""What is to be said of all deliveries in force, whichever run read them: the same after everything is read again.

What belongs here: findings that follow from the ledger, from what lies in raw and quarantine, and from the landing
folder as it is. What doesn't: what one run did, which its report says.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path

import duckdb

from .findings import Finding, Severity
from .in_force import days_in_words, object_state
from .landing import printable, scan_object, unexpected_entries
from .ledger import ACCEPTED, LedgerRow, last_deliveries, read_object
from .notes import drift_findings, odd_rows, refused_findings, unknown_words
from .sources import Source, Sources


def standing_findings(
    home: Path, extracts_folder: Path, sources: Sources, as_of: date | None
) -> list[Finding]:
    """Refused files, missing days, drift, quarantine, unknown words and odd rows of every declared source object, and
    what lies in the landing folder and wasn't read."""
    findings: list[Finding] = []
    if extracts_folder.is_dir():
        findings += unexpected_entries(extracts_folder, sources)
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        for source in sources:
            for object_name in source.objects:
                findings += _of_object(connection, home, source, object_name, as_of)
                findings += _of_folder(extracts_folder, source.name, object_name)
    return findings


def quarantine_counts(home: Path, sources: Sources, as_of: date | None) -> list[tuple[object, ...]]:
    """(source, object, extract_date, reason, rows) of what is in quarantine and not replaced, in that order."""
    paths = [
        str(home / row.quarantine_path)
        for source in sources
        for object_name in source.objects
        for row in _in_force(home, source, object_name, as_of)
        if row.outcome == ACCEPTED and row.quarantine_path
    ]
    if not paths:
        return []
    with duckdb.connect() as connection:
        return connection.execute(
            """
            select source, object, extract_date, reason, count(*)
            from read_parquet($paths, union_by_name = true, hive_partitioning = false)
            group by all
            order by all
            """,
            {"paths": paths},
        ).fetchall()


def _in_force(home: Path, source: Source, object_name: str, as_of: date | None) -> list[LedgerRow]:
    rows = last_deliveries(read_object(home, source.name, object_name)).values()
    return [row for row in rows if as_of is None or row.extract_date <= as_of]


def _of_object(
    connection: duckdb.DuckDBPyConnection, home: Path, source: Source, object_name: str, as_of: date | None
) -> Iterator[Finding]:
    rows = _in_force(home, source, object_name, as_of)
    declaration = source.objects[object_name]
    yield from refused_findings(rows)
    yield from _missing_days(home, source, object_name, as_of)
    yield from drift_findings(declaration, [], rows)
    accepted = [row for row in rows if row.outcome == ACCEPTED]
    yield from _quarantined(connection, home, accepted)
    paths = [str(home / row.raw_path) for row in accepted if row.raw_path and row.rows_accepted]
    if paths:
        yield from unknown_words(connection, source.name, declaration, paths)
        yield from odd_rows(connection, source.name, declaration, paths)


def _missing_days(home: Path, source: Source, object_name: str, as_of: date | None) -> Iterator[Finding]:
    missing = object_state(home, source, object_name, as_of).missing_days
    if missing:
        yield Finding(
            kind="missing_days",
            source=source.name,
            object=object_name,
            count=len(missing),
            severity=Severity.WARNING,
            message=f"{source.name}/{object_name} has no usable extract of {days_in_words(missing)}. "
            "Deliver one, with a header only where nothing happened.",
        )


def _quarantined(
    connection: duckdb.DuckDBPyConnection, home: Path, accepted: Sequence[LedgerRow]
) -> Iterator[Finding]:
    paths = [str(home / row.quarantine_path) for row in accepted if row.quarantine_path]
    if not paths:
        return
    read = sum(row.rows_read for row in accepted)
    for reason, rows in connection.execute(
        """
        select reason, count(*) as rows
        from read_parquet($paths, union_by_name = true, hive_partitioning = false)
        group by reason
        order by reason
        """,
        {"paths": paths},
    ).fetchall():
        row = accepted[0]
        message = (
            f"{rows:,} of {read:,} rows of {row.source}/{row.object} are in quarantine: {reason}. The folder "
            "quarantine/ has the file, the line and the text of each."
        )
        yield Finding(f"quarantined_{reason}", row.source, row.object, rows, Severity.WARNING, message, read)


def _of_folder(extracts_folder: Path, source: str, object_name: str) -> Iterable[Finding]:
    files, unexpected = scan_object(extracts_folder, source, object_name)
    yield from unexpected
    for file in files:
        if not os.access(file.path, os.R_OK):
            yield Finding(
                kind="unreadable_file",
                source=source,
                object=object_name,
                count=1,
                severity=Severity.ERROR,
                message=f"{source}/{object_name}/{printable(file.file_name)} may not be read. "
                "Have its rights corrected.",
            )
