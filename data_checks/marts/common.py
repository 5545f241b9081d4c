"""What is expected of every table that goes out, whichever it is."""

from __future__ import annotations

from collections.abc import Collection

from ..checks import AtMost, RowsWhere, Severity, UnexpectedRows

# Marts hold instants with a time zone, the build's inputs hold naive UTC.
COMPLETE_THROUGH = "timezone('UTC', as_of.complete_through)"
BUILD_AGAIN = "Nothing has been published. Run everything again; if it stays so, it is a defect of a model."


def one_row_per_key(table: str, *columns: str, nullable: Collection[str] = ()) -> UnexpectedRows:
    """No two rows agree in the key, where nothing equals nothing, and no key lacks what it needs."""
    missing = "".join(f" or {column} is null" for column in columns if column not in nullable)
    return UnexpectedRows(
        id=f"{table}_has_one_row_per_key",
        severity=Severity.ERROR,
        query=f"""
            select {", ".join(columns)}
            from marts.{table}
            group by {", ".join(columns)}
            having count(*) > 1{missing}
        """,
        meaning=f"Rows are doubled or have no key, so whoever joins or sums them gets a wrong figure. {BUILD_AGAIN}",
    )


def as_many_as(check_id: str, what: str, rows: str, expected: str) -> AtMost:
    """Two queries, each of one number, agree; `what` names what they both count."""
    return AtMost(
        id=check_id,
        severity=Severity.ERROR,
        unit="apart",
        query=f"select '{what}' as key, abs(({rows}) - ({expected})) as observed",
        meaning=(
            f"Two tables that count the same ({what}) don't agree: rows were lost or doubled between them, or the "
            f"warehouse file is damaged. {BUILD_AGAIN}"
        ),
    )


def must_not(
    check_id: str, fails_when: str, key: tuple[str, ...], meaning: str, out_of: str | None = None
) -> RowsWhere:
    """No row at all may be so."""
    return RowsWhere(
        id=check_id,
        severity=Severity.ERROR,
        fails_when=fails_when,
        out_of=out_of,
        key=key,
        meaning=f"{meaning} {BUILD_AGAIN}",
    )


def none_such(check_id: str, query: str, meaning: str, out_of: str | None = None) -> UnexpectedRows:
    """The query finds nothing at all."""
    return UnexpectedRows(
        id=check_id, severity=Severity.ERROR, query=query, out_of=out_of, meaning=f"{meaning} {BUILD_AGAIN}"
    )
