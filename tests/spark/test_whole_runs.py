"""`SLA_ENGINE=spark make run` publishes what `make run` publishes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from tests.faults.runs import failures, materialize
from tests.integration.command_line import Ran, command, history_settings
from tests.oracle.generator import write_history
from tests.scenarios.history import History
from tests.spark.comparing import published_differences

REAL_DATA = os.environ.get("SLA_REAL_DATA")
DUCKDB, SPARK = "duckdb", "spark"


def run(history: Path | None, home: Path, engine: str, **others: str) -> Ran:
    """A run of a history, or of the demo company where there is none."""
    # the hashes of e-mails have one key, so that they can be compared
    settings = {"SLA_HOME": str(home), "SLA_ENGINE": engine, "SLA_EMAIL_KEY": "of both", **others}
    return command("run", settings if history is None else history_settings(history, home, **settings))


def small(folder: Path) -> Path:
    """A generated history."""
    write_history(folder, 7)
    return folder


@pytest.mark.parametrize(
    "history",
    [
        small,
        pytest.param(None, id="demo"),
        pytest.param(
            Path(str(REAL_DATA)).resolve() / "bpic2012",
            id="bpic2012",
            marks=pytest.mark.skipif(
                not REAL_DATA, reason="SLA_REAL_DATA isn't set: name the folder that holds bpic2012/"
            ),
        ),
    ],
)
def test_a_run_on_spark_publishes_what_one_on_duckdb_does(
    history: Callable[[Path], Path] | Path | None, tmp_path: Path
) -> None:
    if callable(history):
        history = history(tmp_path / "history")
    for engine in (DUCKDB, SPARK):
        ran = run(history, tmp_path / engine, engine)
        assert ran.status == 0, ran.output
    assert published_differences(tmp_path / DUCKDB, tmp_path / SPARK) == {}


def an_mql() -> History:
    history = History()
    history.mql("ana", "2026-01-12 10:00", "2026-01-12 11:00").calls("2026-01-12 12:00")
    return history


def test_what_a_check_finds_on_spark_is_told_as_on_duckdb(tmp_path: Path) -> None:
    """Ana's contact was merged into Luis', and his into hers."""
    history = an_mql()
    history.people["ana"].has("2026-01-13 10:00", merged_into_contact_id="luis")
    history.person("luis", merged_into_contact_id="ana")
    history.write(tmp_path / "history")
    told = [run(tmp_path / "history", tmp_path / engine, engine) for engine in (DUCKDB, SPARK)]
    assert [ran.status for ran in told] == [1, 1]
    on_duckdb, on_spark = (ran.last_lines.partition("The log of this run")[0] for ran in told)
    assert "contact_id ana" in on_duckdb
    assert on_spark == on_duckdb


def test_a_part_of_the_models_is_not_made_on_spark(tmp_path: Path) -> None:
    an_mql().write(tmp_path / "history")
    settings = history_settings(tmp_path / "history", tmp_path / "home", SLA_ENGINE=SPARK)
    upstream = dg.AssetSelection.groups("pull", "contract", "extracts", "raw")
    assert materialize(settings, upstream).success
    result = materialize(settings, dg.AssetSelection.assets(["staging", "stg_touches"]))
    assert failures(result) == [
        "On Spark all models are made in one go: run everything, from the extracts on."
    ]
