"""What ingestion found worth saying about accepted, refused and set-aside rows, as findings."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from dagster_project.column_names import loose_name
from dagster_project.contact_details import without_contact_details

from .declarations import ObjectDeclaration
from .findings import Finding, Severity
from .ledger import ACCEPTED, REFUSED, LedgerRow, part_order
from .output import Output

SHOWN_WORDS = 10
# A word of fewer rows may be what somebody typed about somebody: it is counted, not shown.
FEWEST_ROWS_OF_A_SHOWN_WORD = 10


def refused_findings(written: Sequence[LedgerRow]) -> list[Finding]:
    """One finding per refused file."""
    return [
        Finding(
            kind="refused_file",
            source=row.source,
            object=row.object,
            count=1,
            severity=Severity.ERROR,
            message=f"{row.source}/{row.object}/{row.file_name} was refused: {row.reason}",
        )
        for row in written
        if row.outcome == REFUSED
    ]


def damaged_findings(source: str, object_name: str, paths: Sequence[str]) -> list[Finding]:
    """One finding for all raw files of an object that weren't what was written; none if there are none."""
    if not paths:
        return []
    place = f"{source}/{object_name}"
    if len(paths) == 1:
        found = f"1 file of {place} wasn't what had been written: {paths[0]}. It was"
    else:
        found = f"{len(paths)} files of {place} weren't what had been written, the first of them {paths[0]}. They were"
    message = f"{found} made again from the archive, and no figure rests on the damage. Look after the disk."
    return [Finding("damaged_raw", source, object_name, len(paths), Severity.WARNING, message)]


def drift_findings(
    declaration: ObjectDeclaration, known: Sequence[LedgerRow], written: Sequence[LedgerRow]
) -> list[Finding]:
    """New and vanished columns of each accepted file, compared with the files before it.

    A JSON line may leave out what is null: no column is missed there, and none that is listed is new after it.
    """
    findings = []
    accepted = [row for row in known if row.outcome == ACCEPTED and row.header]
    seen = {loose_name(name) for row in accepted for name in row.header or ()}
    tables = [row for row in accepted if not _is_jsonl(row)]
    usual = {loose_name(name) for name in tables[-1].header or ()} if tables else set()
    for row in sorted(written, key=lambda row: (row.extract_date, part_order(row.part), row.delivery)):
        if row.outcome != ACCEPTED or not row.header:
            continue
        columns = {loose_name(name): name for name in row.header}
        expected = seen if usual else seen | set(declaration.by_loose_name)
        new = [name for loose, name in columns.items() if loose not in expected] if seen else []
        gone = sorted(usual - set(columns)) if not _is_jsonl(row) else []
        if new or gone:
            findings.append(_drift(row, new, gone))
        seen |= set(columns)
        if not _is_jsonl(row):
            usual = set(columns)
    return findings


def _is_jsonl(row: LedgerRow) -> bool:
    return ".jsonl" in row.file_name


def _drift(row: LedgerRow, new: Sequence[str], gone: Sequence[str]) -> Finding:
    said = [f"new columns: {without_contact_details(', '.join(new))}"] if new else []
    said += [f"vanished columns: {without_contact_details(', '.join(gone))}"] if gone else []
    hint = " If a column was renamed, deliver it under its earlier name." if new and gone else ""
    return Finding(
        kind="schema_drift",
        source=row.source,
        object=row.object,
        count=len(new) + len(gone),
        severity=Severity.WARNING,
        message=f"{row.source}/{row.object}/{row.file_name}: {'; '.join(said)}.{hint}",
    )


def row_findings(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    declaration: ObjectDeclaration,
    accepted: Sequence[Output],
) -> list[Finding]:
    """Quarantined rows by reason, unknown words and other accepted oddities of newly written files."""
    findings = []
    reasons: dict[str, int] = {}
    for output in accepted:
        for reason, count in output.reasons.items():
            reasons[reason] = reasons.get(reason, 0) + count
    for reason, count in sorted(reasons.items()):
        message = f"{count:,} rows of {source}/{declaration.name} are in quarantine: {reason}."
        findings.append(
            Finding("quarantined_rows", source, declaration.name, count, Severity.WARNING, message)
        )
    paths = [str(output.written_path) for output in accepted if output.rows_accepted]
    if paths:
        findings += unknown_words(connection, source, declaration, paths)
        findings += odd_rows(connection, source, declaration, paths)
    return findings


def unknown_words(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    declaration: ObjectDeclaration,
    paths: list[str],
) -> list[Finding]:
    """Words of a column that mean nothing here; the rare ones are counted, not shown."""
    findings = []
    for column, known in (declaration.known_words or {}).items():
        ((total, words),) = connection.execute(
            f"""
            with spelled as (
                select {column} as word, count(*) as rows
                from read_parquet($paths, union_by_name = true, hive_partitioning = false)
                where {column} is not null
                group by word
            ),
            words as (
                select strip_accents(lower(word)) as word, sum(rows) as rows
                from spelled
                group by all
            )
            select
                coalesce(sum(rows), 0)::bigint,
                (list([word, rows::varchar] order by rows desc, word) filter (where rows >= $fewest))[:{SHOWN_WORDS}]
            from words where not list_contains($known, word)
            """,
            {"paths": paths, "known": sorted(known), "fewest": FEWEST_ROWS_OF_A_SHOWN_WORD},
        ).fetchall()
        if total:
            shown = ", ".join(
                f"{without_contact_details(word)[:40]} ({int(rows):,})" for word, rows in words or []
            )
            message = (
                f"{total:,} rows of {source}/{declaration.name} have an unknown {column}, which matches nothing"
                + (f": {shown}." if shown else ".")
            )
            findings.append(
                Finding("unknown_words", source, declaration.name, total, Severity.WARNING, message)
            )
    return findings


def odd_rows(
    connection: duckdb.DuckDBPyConnection, source: str, declaration: ObjectDeclaration, paths: list[str]
) -> list[Finding]:
    """Rows that were accepted although they are unusual, as the object's declaration says."""
    findings = []
    for what, condition in (declaration.reported or {}).items():
        # fetchall, since a result that isn't read to its end keeps the connection from other work
        ((rows,),) = connection.execute(
            f"""
            select count(*)
            from read_parquet($paths, union_by_name = true, hive_partitioning = false)
            where {condition}
            """,
            {"paths": paths},
        ).fetchall()
        if rows:
            message = f"{rows:,} rows of {source}/{declaration.name} were accepted with a {what}."
            findings.append(Finding("odd_rows", source, declaration.name, rows, Severity.NOTE, message))
    return findings
