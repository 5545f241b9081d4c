"""What makes the published file pleasant to open: a table `README`, and views with business names.

What belongs here: how a reader who has only the file finds the way. What doesn't: any figure: a view renames, joins and
changes units, and defines nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.warehouse.quoting import literal, quoted

VIEWS_FOLDER = Path(__file__).parent / "views"
SCHEMA = "business"
MARTS_READ = re.compile(r"\bmarts\.(\w+)")
START = (
    ("What this is", "What marketing and sales owe each other, what they did, and how certain that is."),
    (
        "Begin with",
        "select * from business.commitments; or, for one row per qualified lead, business.qualified_leads",
    ),
    (
        "Two schemas",
        "marts: one table per thing, for joining and counting. business: views of them in business words.",
    ),
    ("As of", "Everything is stated as of complete_through in marts.dim_periods; no clock enters a figure."),
    (
        "Times",
        "_at is an instant (UTC); _date and period are local dates of the contract, a period its month's first day.",
    ),
    ("Money", "Amounts are in the contract's currency, exact."),
    ("People", "Nobody's name, e-mail or phone is in here: person_id, and a keyed hash of the e-mail."),
    ("Meanings", "select * from duckdb_columns() shows every column's comment; this table has each table's."),
)


@dataclass(frozen=True)
class View:
    """A view with business names: its query, what one row of it is, and the marts that it reads."""

    name: str
    meaning: str
    query: str
    reads: frozenset[str]


def business_views() -> list[View]:
    """The views, in order of their names; the first line of a query says what one row of it is."""
    views = []
    for path in sorted(VIEWS_FOLDER.glob("*.sql")):
        meaning, query = path.read_text(encoding="utf-8").split("\n", 1)
        views.append(
            View(path.stem, meaning.removeprefix("-- "), query, frozenset(MARTS_READ.findall(query)))
        )
    return views


def write_guide(
    connection: duckdb.DuckDBPyConnection,
    tables: Mapping[str, str],
    columns: Mapping[str, Mapping[str, str]],
    rows: Mapping[str, int],
    words: Mapping[str, str],
) -> None:
    """Write the README and the views into the connection's current database, which has the marts.

    `tables` are the published tables with their meanings, `columns` their columns' meanings, `rows` their numbers of
    rows, `words` the glossary's terms. A view that reads a table which isn't there is left out.
    """
    views = [view for view in business_views() if view.reads <= set(tables)]
    connection.execute(f"create schema {SCHEMA}")
    for view in views:
        name = f"{SCHEMA}.{quoted(view.name)}"
        connection.execute(f"create view {name} as {view.query}")
        connection.execute(f"comment on view {name} is {literal(view.meaning)}")
        meanings: dict[str, str] = {}
        for table in sorted(view.reads):
            meanings |= columns[table]
        for (column,) in connection.execute(
            "select column_name from duckdb_columns() where schema_name = ? and table_name = ?",
            [SCHEMA, view.name],
        ).fetchall():
            if column in meanings:
                connection.execute(
                    f"comment on column {name}.{quoted(column)} is {literal(meanings[column])}"
                )
    _write_readme(connection, _readme(tables, rows, views, words))


def _readme(
    tables: Mapping[str, str], rows: Mapping[str, int], views: Sequence[View], words: Mapping[str, str]
) -> list[tuple[str, str, str, int | None]]:
    """The rows of the README: topic, name, meaning, rows."""
    return [
        *(("start here", name, meaning, None) for name, meaning in START),
        *(("view", f"{SCHEMA}.{view.name}", view.meaning, None) for view in views),
        *(("table", f"marts.{name}", tables[name], rows[name]) for name in sorted(tables)),
        *(("word", word, words[word], None) for word in sorted(words)),
    ]


def _write_readme(
    connection: duckdb.DuckDBPyConnection, lines: Sequence[tuple[str, str, str, int | None]]
) -> None:
    connection.execute("create table main.README (topic varchar, name varchar, meaning varchar, rows bigint)")
    connection.executemany("insert into main.README values (?, ?, ?, ?)", lines)
    connection.execute(
        "comment on table main.README is 'Where to begin: every view and table, and what the words mean.'"
    )
