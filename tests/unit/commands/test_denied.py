"""A home that may not be written to, or looked into, is said in a sentence: nobody has to mend the code for it."""

from __future__ import annotations

import errno
from io import StringIO
from pathlib import Path

import pytest
import sqlalchemy

from dagster_project import __main__ as command_line
from dagster_project.commands import validate
from dagster_project.commands.console import Console
from dagster_project.settings import Settings, load_settings

DENIED = PermissionError(errno.EACCES, "Permission denied", "/data/sla")


def a_home(folder: Path) -> Settings:
    return load_settings({"SLA_HOME": str(folder)}, env_file=Path("no such file"))


def denied(*_: object) -> Settings:
    raise DENIED


def test_a_home_that_may_not_be_looked_into() -> None:
    printed = StringIO()
    assert command_line.main(["validate"], load=denied, console=Console(printed)) == 1
    assert "Permission denied: '/data/sla'. Everything is written under SLA_HOME" in printed.getvalue()


def test_a_disk_without_room_for_what_dagster_keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        with sqlalchemy.create_engine(f"sqlite:///{tmp_path / 'runs.db'}").begin() as connection:
            connection.exec_driver_sql("create table runs (event text)")
            connection.exec_driver_sql("pragma max_page_count = 2")
            connection.exec_driver_sql("insert into runs select hex(zeroblob(100000))")
        return 0

    monkeypatch.setattr(validate, "main", full)
    printed = StringIO()
    assert command_line.main(["validate"], load=lambda: a_home(tmp_path), console=Console(printed)) == 1
    assert "database or disk is full. Everything is written under SLA_HOME" in printed.getvalue()


def test_a_home_that_may_not_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validate, "main", denied)
    printed = StringIO()
    assert command_line.main(["validate"], load=lambda: a_home(tmp_path), console=Console(printed)) == 1
    assert "is there room, and may it be written to?" in printed.getvalue()
    assert list(tmp_path.rglob("unexpected_error.log")) == []
