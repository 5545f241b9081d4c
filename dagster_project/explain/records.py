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

    `keys` gives each standard object's id as SQL over its columns.
    """
    found: list[tuple[Record, str, int]] = []
    for object_name in dict.fromkeys(record.object for record in records):
        wanted = {record.record_id: record for record in records if record.object == object_name}
        found += [
            (wanted[record_id], file, line)
            for record_id, file, line in _rows(connection, object_name, list(wanted), keys[object_name])
        ]
    archived = _archived(connection)
    order = {record: place for place, record in enumerate(records)}
    return [
        DeliveredRow(record, file, line, *archived.get(file, (None, None)))
        for record, file, line in sorted(found, key=lambda row: order[row[0]])
    ]


def _rows(
    connection: duckdb.DuckDBPyConnection, object_name: str, ids: list[str], key: str
) -> list[tuple[str, str, int]]:
    return connection.execute(
        f"""
        with named as (
            select {key} as record_id, {FILE} as file, {LINE} as line, _extract_date as extract_date
            from raw."{STANDARD}{object_name}"
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
