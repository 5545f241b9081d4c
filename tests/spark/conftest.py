"""A Spark of the test's own process, as the dbt profile sets it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CONFIGURATION = Path(__file__).parent / "conf"
PROFILES = Path(__file__).parents[2] / "dbt" / "profiles.yml"


@pytest.fixture(scope="session", autouse=True)
def _small_spark() -> Iterator[None]:
    """What is set for histories of some hundred rows, for this process and those that it starts."""
    os.environ["SPARK_CONF_DIR"] = str(CONFIGURATION)
    yield
    del os.environ["SPARK_CONF_DIR"]


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    from pyspark.sql import SparkSession

    profile = yaml.safe_load(PROFILES.read_text(encoding="utf-8"))["sla"]["outputs"]["spark"]
    builder = SparkSession.builder.config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("catalog")))
    settings = {
        **profile["server_side_parameters"],
        # dbt-spark turns ANSI off in each of its sessions
        "spark.sql.ansi.enabled": "false",
        # of some hundred rows: more than one, so that what depends on their order is seen
        "spark.sql.shuffle.partitions": "2",
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    yield session
    session.stop()
