"""A damaged file is no unexpected error: what is printed says what makes it whole again."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import duckdb
import pytest

from dagster_project.defs.telling import plain_failures
from tests.integration.command_line import command

BLOCK_BYTES = 262_144


@pytest.mark.parametrize("begins_at", [0, 3 * 4096], ids=["no database any more", "blocks of zeros"])
def test_a_damaged_published_file_is_made_anew_by_a_run(tmp_path: Path, begins_at: int) -> None:
    warehouse = tmp_path / "published" / "warehouse.duckdb"
    warehouse.parent.mkdir()
    with duckdb.connect(warehouse) as connection:
        connection.execute(
            "create schema marts; create table marts.sla_attainment as select range from range(9)"
        )
    with warehouse.open("r+b") as file:
        file.seek(begins_at)
        file.write(bytes(4 * BLOCK_BYTES))
    ran = command("export", {"SLA_HOME": str(tmp_path)})
    assert ran.status == 1
    assert "A database file can't be read or written" in ran.output
    assert "`make run` makes it anew" in ran.output
    assert "Unexpected" not in ran.output


@pytest.mark.parametrize("begins_at", [8, 64], ids=["a page's header", "a page"])
def test_a_damaged_raw_file_is_read_again_from_the_archive(tmp_path: Path, begins_at: int) -> None:
    raw = tmp_path / "p0.1.parquet"
    with duckdb.connect() as connection:
        connection.execute(
            f"copy (select 'row ' || range as word from range(9999)) to '{raw}' (compression zstd)"
        )
        with raw.open("r+b") as file:
            file.seek(begins_at)
            file.write(b"\xff" * 2000)
        with (
            pytest.raises(dg.Failure, match="delete raw/, quarantine/ and build/"),
            plain_failures(),
        ):
            connection.execute(f"select count(distinct word) from '{raw}'").fetchall()
