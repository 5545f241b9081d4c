"""The published file as who only has the file opens it: with DuckDB, pandas, Polars or a spreadsheet."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pytest

from dagster_project.attainment import ATTAINMENT_COLUMNS, ATTAINMENT_DESCRIPTION
from dagster_project.warehouse import exports
from dagster_project.warehouse.compiling import compiled_manifest
from dagster_project.warehouse.exports import ExportError, export
from dagster_project.warehouse.guide import business_views
from dagster_project.warehouse.manifest import glossary_words, read_manifest, table_descriptions
from dagster_project.warehouse.publish import TableDescription, publish
from tests.integration.command_line import command
from tests.pipeline import DBT_FOLDER
from tests.published_home import publish_history

HISTORY = Path(__file__).parents[1] / "examples" / "history-12"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    settings = publish_history(HISTORY, home)
    manifest = read_manifest(compiled_manifest(DBT_FOLDER))
    attainment = TableDescription(
        "sla_attainment",
        ATTAINMENT_DESCRIPTION,
        {name: column.description for name, column in ATTAINMENT_COLUMNS.items()},
    )
    publish(
        settings.build_warehouse,
        settings.published,
        [*table_descriptions(manifest, "marts"), attainment],
        words=glossary_words(manifest),
    )
    return home


@pytest.fixture
def warehouse(home: Path) -> Path:
    return home / "published" / "warehouse.duckdb"


@pytest.fixture
def opened(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(warehouse, read_only=True) as connection:
        yield connection


# ---------------------------------------------------------------- opening it


def test_the_file_is_written_so_that_every_duckdb_since_1_2_opens_it(warehouse: Path) -> None:
    # The number of the storage format stands after the checksum and the word DUCK.
    assert int.from_bytes(warehouse.read_bytes()[12:20], "little") == 65


# ---------------------------------------------------------------- finding the way


def test_the_readme_names_every_view_and_table_with_its_meaning_and_rows(
    opened: duckdb.DuckDBPyConnection,
) -> None:
    readme = opened.execute("select topic, name, meaning, rows from README").fetchall()
    assert all(meaning for _, _, meaning, _ in readme)
    assert readme[0][0] == "start here"
    named = {name: rows for topic, name, _, rows in readme if topic in ("view", "table")}
    found = opened.execute("""
        select schema_name || '.' || table_name from duckdb_tables() where schema_name = 'marts'
        union all
        select schema_name || '.' || view_name from duckdb_views() where schema_name = 'business'
    """).fetchall()
    assert set(named) == {name for (name,) in found}
    for name, rows in named.items():
        if rows is not None:
            assert opened.execute(f"select count(*) from {name}").fetchall() == [(rows,)]
    assert {"mql", "obligation", "attempt"} <= {name for topic, name, _, _ in readme if topic == "word"}


def test_everything_carries_a_comment(opened: duckdb.DuckDBPyConnection) -> None:
    assert opened.execute("select table_name from duckdb_tables() where comment is null").fetchall() == []
    assert (
        opened.execute(
            "select view_name from duckdb_views() where not internal and comment is null"
        ).fetchall()
        == []
    )
    bare = opened.execute(
        "select table_name, column_name from duckdb_columns() where schema_name = 'marts' and comment is null"
    ).fetchall()
    assert bare == []
    (comment,) = opened.execute(
        "select comment from duckdb_columns() where schema_name = 'business' and column_name = 'company_size'"
    ).fetchall()[0]
    assert comment.startswith("The class of `employee_count`")


def test_views_rename_and_join_but_define_nothing(opened: duckdb.DuckDBPyConnection) -> None:
    rows_of = {
        "commitments": "sla_attainment",
        "qualified_leads": "fct_mqls",
        "duties": "fct_obligations",
        "late_or_due_soon": "breaches",
        "campaigns": "campaign_performance",
        "reps": "rep_performance",
        "funnel": "funnel_by_period",
    }
    assert {view.name for view in business_views()} == set(rows_of)
    for view, table in rows_of.items():
        counts = opened.execute(
            f"select (select count(*) from business.{view}), (select count(*) from marts.{table})"
        ).fetchall()
        assert counts[0][0] == counts[0][1] > 0, view
    assert [each.name for each in business_views() if not each.meaning.startswith("One row per")] == []


def test_views_read_the_file_s_own_marts_under_whatever_name_it_is_attached(warehouse: Path) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"attach '{warehouse}' as ours (read_only)")
        assert connection.execute("select count(*) from ours.business.commitments").fetchall() > [(0,)]


# ---------------------------------------------------------------- other tools


def test_pandas_reads_tables_views_and_parquet(home: Path, opened: duckdb.DuckDBPyConnection) -> None:
    view = opened.sql("select * from business.qualified_leads").df()
    table = opened.sql("from marts.fct_mqls").df()
    parquet = pd.read_parquet(home / "published" / "marts" / "fct_mqls.parquet")
    assert len(view) == len(table) == len(parquet) > 0
    assert str(parquet["qualified_at"].dtype).endswith("UTC]")
    assert list(parquet["person_id"]) == list(table["person_id"])


def test_polars_reads_tables_views_and_parquet(home: Path, opened: duckdb.DuckDBPyConnection) -> None:
    view = opened.sql("select * from business.commitments").pl()
    parquet = pl.read_parquet(home / "published" / "marts" / "sla_attainment.parquet")
    assert view.height == parquet.height > 0
    assert parquet.schema["complete_through"] == pl.Datetime("us", "UTC")
    assert (
        parquet["met"].sum() == opened.execute("select sum(met) from marts.sla_attainment").fetchall()[0][0]
    )


# ---------------------------------------------------------------- spreadsheets

NASTY = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "  =1+1",
    "\uff1d1+1",
    'harmless";=1+1',
    "harmless;=1+1",
    "line\n=1+1",
    "https://example.com",
    "0123",
]
PLAIN = ["Ana", "a-b", "1 + 1", "", "ñandú ≥ 3"]


@pytest.fixture
def nasty(tmp_path: Path) -> Path:
    """A published file whose texts would be formulas, beside numbers and times that aren't."""
    with duckdb.connect(tmp_path / "warehouse.duckdb") as connection:
        connection.execute("""
            create schema marts;
            create table marts.said (
                text varchar, number bigint, amount decimal(38, 16), share double, is_so boolean, day date,
                said_at timestamptz
            )
        """)
        connection.executemany(
            "insert into marts.said values (?, -5, -1.25, 'nan', true, '2026-02-28', '2026-02-28 12:00:00.5+00')",
            [[text] for text in (*NASTY, *PLAIN)],
        )
    export(tmp_path / "warehouse.duckdb", tmp_path)
    return tmp_path


def test_no_cell_of_the_workbook_is_a_formula_or_a_link(nasty: Path) -> None:
    sheet = openpyxl.load_workbook(nasty / "marts.xlsx")["said"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert [cell.hyperlink for cell in cells if cell.hyperlink] == []
    # the text is what it was, and marked as text, so that editing the cell makes no formula of it either
    assert [cell.value for cell in cells[:4]] == NASTY[:4]
    assert [cell.quotePrefix for cell in cells[:8]] == [True] * 8
    with zipfile.ZipFile(nasty / "marts.xlsx") as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


def test_no_cell_of_a_csv_file_can_become_a_formula(nasty: Path) -> None:
    text = (nasty / "csv" / "said.csv").read_bytes().decode()
    for separator in (",", ";", "\t", "|"):
        for row in csv.reader(text.splitlines(), delimiter=separator):
            for cell in row[:1] if separator == "," else row:
                assert not cell.lstrip(' "').startswith(("=", "+", "@", "\uff1d")), (separator, row)
    rows = list(csv.DictReader((nasty / "csv" / "said.csv").open(encoding="utf-8", newline="")))
    assert [row["text"] for row in rows[:4]] == ["'" + text for text in NASTY[:4]]
    assert rows[4]["text"] == "'\t'=1"
    assert [row["text"] for row in rows[len(NASTY) :]] == PLAIN


def test_numbers_dates_and_times_stay_what_they_are(nasty: Path) -> None:
    sheet = openpyxl.load_workbook(nasty / "marts.xlsx")["said"]
    _, number, amount, share, is_so, day, at = (cell.value for cell in sheet[2])
    assert (number, amount, is_so) == (-5, -1.25, True)
    assert share == "nan"
    assert day == datetime(2026, 2, 28)
    assert at == datetime(2026, 2, 28, 12, 0, 0, 500000)
    row = next(csv.DictReader((nasty / "csv" / "said.csv").open(encoding="utf-8", newline="")))
    assert (row["number"], row["amount"]) == ("-5", "-1.2500000000000000")
    assert (row["day"], row["said_at"]) == ("2026-02-28", "2026-02-28 12:00:00.5")


def test_a_table_longer_than_a_worksheet_is_cut_with_a_word(
    nasty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_ROWS", 5)
    assert export(nasty / "warehouse.duckdb", nasty) == {"said": len(NASTY) + len(PLAIN)}
    sheet = openpyxl.load_workbook(nasty / "marts.xlsx")["said"]
    assert sheet.max_row == 5
    assert sheet["A5"].value == "More rows than a worksheet holds: the CSV file has all."


def test_what_is_exported_is_what_is_published(home: Path, opened: duckdb.DuckDBPyConnection) -> None:
    ran = command("export", {"SLA_HOME": str(home)})
    assert ran.status == 0, ran.output
    folder = home / "published" / "exports"
    tables = [
        name
        for (name,) in opened.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
    ]
    book = openpyxl.load_workbook(folder / "marts.xlsx", read_only=True)
    assert set(book.sheetnames) == {"README", *tables}
    for table in tables:
        rows = opened.execute(f"select count(*) from marts.{table}").fetchall()[0][0]
        assert book[table].max_row == rows + 1, table
        assert len(pd.read_csv(folder / "csv" / f"{table}.csv")) == rows, table
    exact = opened.execute("select sum(amount_won) from marts.fct_mqls").fetchall()[0][0]
    assert pd.read_csv(folder / "csv" / "fct_mqls.csv")["amount_won"].sum() == pytest.approx(float(exact))


def test_before_anything_is_published_there_is_nothing_to_export(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="make run"):
        export(tmp_path / "warehouse.duckdb", tmp_path)
