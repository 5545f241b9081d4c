"""The page of worked questions: its queries, and its results made anew from the demo company.

`make questions` rewrites the results; a test compares them. A query stands in a block of SQL, its result in the table
right after it.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from dagster_project.demo import write_demo
from dagster_project.settings import PROJECT_FOLDER
from tests.pipeline import Result, build

PAGE = PROJECT_FOLDER / "docs" / "questions.md"
WORKED = re.compile(
    r"(?P<before>^## (?P<title>[^\n]+)\n.*?^```sql\n(?P<query>.+?)^```\n)\n*(?P<result>(?:^\|[^\n]*\n)*)\n*",
    re.M | re.S,
)
SHOWN_DECIMALS = 3


@dataclass(frozen=True)
class Question:
    """One question of the page: its title, its query, and the result that the page shows."""

    title: str
    query: str
    result: str


def questions(page: str) -> list[Question]:
    """The worked questions of a page, in its order."""
    return [Question(found["title"], found["query"], found["result"]) for found in WORKED.finditer(page)]


def result_of(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """A query's result as a table of the page."""
    cursor = connection.execute(query)
    head = [column[0] for column in cursor.description or ()]
    lines = [head, ["---"] * len(head), *([_shown(value) for value in row] for row in cursor.fetchall())]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float | Decimal):
        return f"{value:.{SHOWN_DECIMALS}f}".rstrip("0").rstrip(".")
    return str(value)


def with_results(page: str, connection: duckdb.DuckDBPyConnection) -> str:
    """The page with every result as it is now."""

    def worked(found: re.Match[str]) -> str:
        return f"{found['before']}\n{result_of(connection, found['query'])}\n"

    return WORKED.sub(worked, page).rstrip() + "\n"


@contextmanager
def demo_company() -> Iterator[Result]:
    """The demo company's marts, as `make run` makes them."""
    with tempfile.TemporaryDirectory() as folder:
        history = Path(folder) / "demo"
        write_demo(history / "extracts", lambda _: None)
        shutil.copytree(PROJECT_FOLDER / "contracts", history / "contracts")
        shutil.copyfile(PROJECT_FOLDER / "sources.yml", history / "sources.yml")
        result = build(history, Path(folder) / "home")
        try:
            yield result
        finally:
            result.connection.close()


def main() -> None:
    """Rewrite the page's results."""
    with demo_company() as result:
        PAGE.write_text(with_results(PAGE.read_text(encoding="utf-8"), result.connection), encoding="utf-8")


if __name__ == "__main__":
    main()
