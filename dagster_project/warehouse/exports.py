"""The published tables for spreadsheets and BI tools: a CSV file each, and one XLSX workbook.

What belongs here: how a value becomes a cell that stays what it is. A spreadsheet takes a text that begins with `=`,
`+`, `-` or `@` for a formula, and what is delivered may begin with anything; numbers and dates stay numbers and dates.
The exact values, to the last digit and microsecond, are in the Parquet files.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from dagster_project.warehouse.quoting import literal, quoted

CSV_FOLDER_NAME = "csv"
WORKBOOK_NAME = "marts.xlsx"
MOST_ROWS = 1_048_576
"""What a worksheet holds, its header included."""
LONGEST_CELL = 32_767
LONGEST_SHEET_NAME = 31
README_COLUMNS = ("topic", "name", "meaning", "rows")
ROWS_AT_ONCE = 10_000
FIRST_EXCEL_DAY = date(1900, 3, 1)
# Also in their full-width forms; and not only where a cell begins, but after whatever a program may take for its end.
FORMULA = r"(^|[;,|\t\r\n\"])( *)([=+\-@\x{FF1D}\x{FF0B}\x{FF0D}\x{FF20}])"
FORMULA_SIGNS = tuple("=+-@\uff1d\uff0b\uff0d\uff20\t\r\n")


class ExportError(RuntimeError):
    """There is nothing to export; the message says what to do."""


def export(warehouse: Path, folder: Path) -> dict[str, int]:
    """Write every table of the published file's schema `marts` into `folder`, as `csv/<table>.csv` and a workbook.

    Returns each table's rows. A table that has more rows than a worksheet holds is in the workbook up to that row, and
    its sheet's last line says so. Raises ExportError when nothing is published.
    """
    if not warehouse.exists():
        raise ExportError(f"Nothing is published in {warehouse.parent} yet: make run, then export.")
    csv = folder / CSV_FOLDER_NAME
    csv.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(warehouse, read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        tables = _tables(connection)
        for path in csv.glob("*.csv"):
            if path.stem not in tables:
                path.unlink()
        for table, columns in tables.items():
            _write_csv(connection, table, columns, csv / f"{table}.csv")
        return _write_workbook(connection, tables, folder / WORKBOOK_NAME)


def _tables(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple[str, str]]]:
    """The tables of the schema `marts`, each with its columns and their types."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in connection.execute(
        """
        select table_name, column_name, data_type from duckdb_columns()
        where schema_name = 'marts' and database_name = current_database()
        order by table_name, column_index
        """
    ).fetchall():
        found.setdefault(table, []).append((column, kind))
    return found


def _write_csv(
    connection: duckdb.DuckDBPyConnection, table: str, columns: Sequence[tuple[str, str]], path: Path
) -> None:
    cells = ", ".join(f"{_csv_cell(quoted(column), kind)} as {quoted(column)}" for column, kind in columns)
    partial = path.with_name(f".{path.name}.part")
    connection.execute(
        f"copy (select {cells} from marts.{quoted(table)}) to {literal(str(partial))} (format csv, header)"
    )
    partial.rename(path)


def _csv_cell(column: str, kind: str) -> str:
    if kind == "VARCHAR":
        without_signs = rf"regexp_replace({column}, '{FORMULA}', '\1\2''\3', 'g')"
        return rf"regexp_replace({without_signs}, '^[\t\r]', '''\0')"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"timezone('UTC', {column})"  # without an offset, which spreadsheets don't read as a time
    return column


def _write_workbook(
    connection: duckdb.DuckDBPyConnection, tables: dict[str, list[tuple[str, str]]], path: Path
) -> dict[str, int]:
    rows: dict[str, int] = {}
    partial = path.with_name(f".{path.name}.part")
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(partial, options) as book:
        formats = {
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "text": book.add_format({"num_format": "@", "quote_prefix": True}),
            "head": book.add_format({"bold": True}),
        }
        if _has_readme(connection):
            _write_sheet(connection, book.add_worksheet("README"), "main.README", README_COLUMNS, formats)
        for table, columns in tables.items():
            sheet = book.add_worksheet(table[:LONGEST_SHEET_NAME])
            names = [column for column, _ in columns]
            rows[table] = _write_sheet(connection, sheet, f"marts.{quoted(table)}", names, formats)
    partial.rename(path)
    return rows


def _has_readme(connection: duckdb.DuckDBPyConnection) -> bool:
    return bool(connection.execute("select 1 from duckdb_tables() where table_name = 'README'").fetchall())


def _write_sheet(
    connection: duckdb.DuckDBPyConnection,
    sheet: Worksheet,
    table: str,
    columns: Sequence[str],
    formats: dict[str, Format],
) -> int:
    """Write a table below a header; returns its rows. The library takes a cell at a time, whatever the engine."""
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(columns):
        sheet.write_string(0, column, name, formats["head"])
    number = 0
    for number, row in enumerate(_rows(connection, table), start=1):
        if number == MOST_ROWS - 1:
            sheet.write_string(number, 0, "More rows than a worksheet holds: the CSV file has all.")
        elif number < MOST_ROWS - 1:
            for column, value in enumerate(row):
                _write_cell(sheet, number, column, value, formats)
    return number


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[tuple[Any, ...]]:
    cursor = connection.cursor()
    cursor.execute("set TimeZone = 'UTC'")
    cursor.execute(f"select * from {table}")
    while rows := cursor.fetchmany(ROWS_AT_ONCE):
        yield from rows


def _write_cell(sheet: Worksheet, row: int, column: int, value: Any, formats: dict[str, Format]) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float | Decimal) and math.isfinite(value):
        sheet.write_number(row, column, float(value))
    elif isinstance(value, datetime) and value.date() >= FIRST_EXCEL_DAY:
        sheet.write_datetime(row, column, value.replace(tzinfo=None), formats["time"])
    elif isinstance(value, date) and not isinstance(value, datetime) and value >= FIRST_EXCEL_DAY:
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), formats["date"])
    else:
        text = str(value)[:LONGEST_CELL]
        kept_as_text = formats["text"] if text.lstrip().startswith(FORMULA_SIGNS) else None
        sheet.write_string(row, column, text, kept_as_text)
