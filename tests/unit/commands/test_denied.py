"""A home that may not be written to, or looked into, is said in a sentence: nobody has to mend the code for it."""

from __future__ import annotations

import errno
from io import StringIO
from pathlib import Path

import pytest

from dagster_project import __main__ as command_line
from dagster_project.commands import validate
from dagster_project.commands.console import Console
from dagster_project.settings import Settings, load_settings

DENIED = PermissionError(errno.EACCES, "Permission denied", "/data/sla")


def denied(*_: object) -> Settings:
    raise DENIED


def test_a_home_that_may_not_be_looked_into() -> None:
    printed = StringIO()
    assert command_line.main(["validate"], load=denied, console=Console(printed)) == 1
    assert "Permission denied: '/data/sla'. Everything is written under SLA_HOME" in printed.getvalue()


def test_a_home_that_may_not_be_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(validate, "main", denied)
    printed = StringIO()

    def load() -> Settings:
        return load_settings({"SLA_HOME": str(tmp_path)}, env_file=Path("no such file"))

    assert command_line.main(["validate"], load=load, console=Console(printed)) == 1
    assert "is there room, and may it be written to?" in printed.getvalue()
    assert list(tmp_path.rglob("unexpected_error.log")) == []
