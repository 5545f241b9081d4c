"""What a build's connection may take of the machine."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
import yaml

from dagster_project.warehouse.inputs import MEMORY_SHARE, connect_build

PROFILES = Path(__file__).parents[3] / "dbt" / "profiles.yml"
UNITS = {"KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


def setting(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    ((value,),) = connection.execute("select current_setting($name)", {"name": name}).fetchall()
    return str(value)


def memory_bytes(connection: duckdb.DuckDBPyConnection) -> float:
    number, unit = setting(connection, "memory_limit").split()
    return float(number) * UNITS[unit]


def test_the_engine_leaves_two_fifths_of_the_memory_to_python(tmp_path: Path) -> None:
    """DuckDB's own choice is four fifths for itself; the limit is shown with one decimal."""
    with connect_build(tmp_path / "warehouse.duckdb") as build, duckdb.connect() as own:
        assert memory_bytes(build) / memory_bytes(own) == pytest.approx(0.6 / 0.8, rel=0.1)


def test_dbt_takes_as_much_as_the_run() -> None:
    output = yaml.safe_load(PROFILES.read_text(encoding="utf-8"))["sla"]["outputs"]["duckdb"]
    assert output["config_options"]["memory_limit"] == MEMORY_SHARE


def test_what_does_not_fit_is_spilled_beside_the_build(tmp_path: Path) -> None:
    with connect_build(tmp_path / "warehouse.duckdb") as build:
        assert setting(build, "temp_directory") == str(tmp_path / "warehouse.duckdb.tmp")
