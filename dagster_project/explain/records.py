"""The records that an obligation or event rests on, and the files and lines in which they were delivered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from .figure import Counted, rows_of

STANDARD = "standard_"
FILE, LINE = "_file", "_line"


@dataclass(frozen=True)
class Record:
    """A record of a standard object: what it is to the thing that is explained, and when (naive UTC)."""

    role: str
    object: str
    record_id: str
    happened_at: datetime | None


@dataclass(frozen=True)
class DeliveredRow:
    """Where a record was delivered: `file` is <source>/<object>/<file name>, lines count as the ledger's do.

    `sha256` is the content's in the archive; `delivery` tells deliveries of the same date and part apart.
    """

    record: Record
    file: str
    line: int
    delivery: int | None
    sha256: str | None


def records_of(connection: duckdb.DuckDBPyConnection, thing: Counted, period: date) -> list[Record]:
    """What one of a figure's obligations or events rests on, in the order of what happened."""
    if thing.person_id is not None and thing.cycle is not None:
        rows = rows_of(connection, "records_of_mql", {"person_id": thing.person_id, "cycle": thing.cycle})
    elif thing.person_id is not None:
        rows = rows_of(connection, "records_of_person", {"person_id": thing.person_id})
    elif thing.rep_id is not None:
        rows = rows_of(connection, "records_of_rep", {"period": period, "rep_id": thing.rep_id})
    else:
        rows = [
            {
                "role": thing.measure,
                "object": thing.object,
                "record_id": thing.record_id,
                "happened_at": thing.started_at,
            }
        ]
    return [Record(**row) for row in rows]


def delivered_rows(
    connection: duckdb.DuckDBPyConnection, records: Sequence[Record], keys: Mapping[str, str]
) -> list[DeliveredRow]:
    """Every row in force by which the records were delivered, the latest extract of each record first.

    `keys` gives each standard object's id as SQL over its columns. A record of a vendor's system stands in the
    vendor's own objects: there it is any row of which a column is the id.
    """
    found: list[tuple[Record, str, int]] = []
    for object_name in dict.fromkeys(record.object for record in records):
        wanted = {record.record_id: record for record in records if record.object == object_name}
        for table in _tables(connection, object_name):
            key = keys[object_name] if table == f"{STANDARD}{object_name}" else None
            found += [
                (wanted[record_id], file, line)
                for record_id, file, line in _rows(connection, table, list(wanted), key)
            ]
    archived = _archived(connection)
    order = {record: place for place, record in enumerate(records)}
    return [
        DeliveredRow(record, file, line, *archived.get(file, (None, None)))
        for record, file, line in sorted(found, key=lambda row: order[row[0]])
    ]


def _tables(connection: duckdb.DuckDBPyConnection, object_name: str) -> list[str]:
    """The delivered tables that may hold a record: the standard object's, and every vendor's."""
    tables = [
        table
        for (table,) in connection.execute(
            """
            select table_name from duckdb_columns()
            where database_name = current_database() and schema_name = 'raw' and column_name = $1
            order by table_name
            """,
            [FILE],
        ).fetchall()
    ]
    return [
        table for table in tables if table == f"{STANDARD}{object_name}" or not table.startswith(STANDARD)
    ]


def _rows(
    connection: duckdb.DuckDBPyConnection, table: str, ids: list[str], key: str | None
) -> list[tuple[str, str, int]]:
    if key is None:
        texts = [
            name
            for (name,) in connection.execute(
                """
                select column_name from duckdb_columns()
                where
                    database_name = current_database() and schema_name = 'raw' and table_name = $1
                    and data_type = 'VARCHAR' and not starts_with(column_name, '_')
                order by column_index
                """,
                [table],
            ).fetchall()
        ]
        listed = ", ".join('"' + name.replace('"', '""') + '"' for name in texts)
        matched = f"unnest(list_intersect([{listed}], $ids))"
    else:
        matched = key
    return connection.execute(
        f"""
        with named as (
            select {matched} as record_id, {FILE} as file, {LINE} as line, _extract_date as extract_date
            from raw."{table}"
        )
        select record_id, file, line from named
        where list_contains($ids, record_id)
        order by extract_date desc, file desc, line desc
        """,
        {"ids": ids},
    ).fetchall()


def _archived(connection: duckdb.DuckDBPyConnection) -> dict[str, tuple[int, str]]:
    """Each file that is in force: its delivery, and the hash by which the archive keeps it."""
    return {
        file: (delivery, sha256)
        for file, delivery, sha256 in connection.execute(
            """
            select
                source || '/' || object || '/' || file_name as file,
                delivery,
                coalesce(kept_sha256, sha256) as archived_as
            from raw.extract_ledger
            where is_in_force
            """
        ).fetchall()
    }
