"""A published file that is damaged is no unexpected error: the command says what makes it whole again."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

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
