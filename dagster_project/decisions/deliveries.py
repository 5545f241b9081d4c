"""The deliveries that a publication rests on, kept as what changed since the publication before it.

What belongs here: comparing, putting together again, and finding the rows that were read of them. What doesn't: the
history's folder (`history`), and which deliveries are in force (`extracts`).

A delivery is a row of DELIVERY_SCHEMA: another reading or other bytes of the same file are another row. What is kept so
grows with what arrives, not with the publications that rest on it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

DELIVERY_SCHEMA = pa.schema(
    [
        ("source", pa.string()),
        ("object", pa.string()),
        ("extract_date", pa.date32()),
        ("part", pa.string()),
        ("delivery", pa.int32()),
        ("reading", pa.int32()),
        ("sha256", pa.string()),
    ]
)
CHANGE_SCHEMA = DELIVERY_SCHEMA.append(pa.field("is_in_force", pa.bool_()))
"""What changed: deliveries that a publication is the first to rest on, and those that it no longer rests on."""

SAME_DELIVERY = """
    deliveries.source = ledger.source
    and deliveries.object = ledger.object
    and deliveries.extract_date = ledger.extract_date
    and deliveries.part is not distinct from ledger.part
    and deliveries.delivery = ledger.delivery
"""

ABSENT, BETWEEN_VALUES, BETWEEN_ROWS = "\x00", "\x1f", "\n"


def changed_deliveries(then: pa.Table, now: pa.Table) -> pa.Table:
    """What changed between two publications' deliveries, with the columns of CHANGE_SCHEMA."""
    with duckdb.connect() as connection:
        connection.register("deliveries_then", then.cast(DELIVERY_SCHEMA))
        connection.register("deliveries_now", now.cast(DELIVERY_SCHEMA))
        return (
            connection.sql(
                """
                select *, true as is_in_force
                from (from deliveries_now except from deliveries_then)
                union all
                select *, false as is_in_force
                from (from deliveries_then except from deliveries_now)
                order by all
                """
            )
            .to_arrow_table()
            .cast(CHANGE_SCHEMA)
        )


def put_together(changes: Sequence[pa.Table]) -> pa.Table:
    """The deliveries in force after changes that followed each other, with the columns of DELIVERY_SCHEMA."""
    numbered = [
        each.cast(CHANGE_SCHEMA).append_column("place", pa.repeat(pa.scalar(place), each.num_rows))
        for place, each in enumerate(changes)
    ]
    if not numbered:
        return DELIVERY_SCHEMA.empty_table()
    with duckdb.connect() as connection:
        connection.register("changes", pa.concat_tables(numbered))
        return (
            connection.sql(
                """
                select columns(* exclude (is_in_force, place))
                from changes
                group by all
                having arg_max(is_in_force, place)
                order by all
                """
            )
            .to_arrow_table()
            .cast(DELIVERY_SCHEMA)
        )


def digest_of(deliveries: pa.Table) -> str:
    """The same for the same deliveries in any order, and for no others: a SHA-256 of their values as text."""
    columns = [
        pc.fill_null(column.cast(pa.string()), ABSENT) for column in deliveries.cast(DELIVERY_SCHEMA).columns
    ]
    rows = pc.binary_join_element_wise(*columns, BETWEEN_VALUES)
    return hashlib.sha256(BETWEEN_ROWS.join(sorted(rows.to_pylist())).encode()).hexdigest()


def deliveries_in_force(files: pa.Table, ledger: pa.Table) -> pa.Table:
    """What a run rests on, with the columns of DELIVERY_SCHEMA.

    `files` are the deliveries in force (source, object, extract_date, part, delivery), `ledger` the deliveries ever
    made (these columns, and reading and sha256).
    """
    with duckdb.connect() as connection:
        connection.register("deliveries", files)
        connection.register("ledger", ledger)
        return (
            connection.sql(
                f"""
                select deliveries.source, deliveries.object, deliveries.extract_date, deliveries.part,
                    deliveries.delivery, ledger.reading, ledger.sha256
                from deliveries
                inner join ledger
                    on {SAME_DELIVERY}
                order by all
                """
            )
            .to_arrow_table()
            .cast(DELIVERY_SCHEMA)
        )


def raw_files_of(deliveries: pa.Table, ledger: pa.Table) -> pa.Table:
    """Where the rows of kept deliveries lie, for building an earlier publication again: source, object, extract_date,
    part, raw_path, raw_sha256.

    Deliveries whose raw Parquet the ledger no longer knows are left out.
    """
    with duckdb.connect() as connection:
        connection.register("deliveries", deliveries)
        connection.register("ledger", ledger)
        return connection.sql(
            f"""
            select
                ledger.source,
                ledger.object,
                ledger.extract_date,
                ledger.part,
                ledger.raw_path,
                ledger.raw_sha256
            from deliveries
            inner join ledger
                on {SAME_DELIVERY}
            where ledger.raw_path is not null
            order by all
            """
        ).to_arrow_table()
