"""The outputs for a cluster: a server that Spark brings along, another process on this machine, stands for one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.processes import LOOPBACK, accepts, free_port, wait_for
from tests.spark.comparing import published_differences
from tests.spark.test_whole_runs import DUCKDB, SPARK, run, small

CONNECT = "org.apache.spark.sql.connect.service.SparkConnectServer"
THRIFT = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"
# What a company's cluster is set to: nothing of the profile's, whose settings are each session's.
CONFIGURATION = Path(__file__).parent / "conf"


@contextmanager
def server(folder: Path, main_class: str, port: int, arguments: Sequence[str]) -> Iterator[None]:
    """One of Spark's servers, listening on loopback at a port."""
    import pyspark

    (folder / "server").mkdir()
    spark = Path(pyspark.__file__).parent
    process = subprocess.Popen(
        [spark / "bin" / "spark-submit", "--class", main_class, *arguments],
        cwd=folder / "server",
        env={**os.environ, "SPARK_CONF_DIR": str(CONFIGURATION), "PYSPARK_PYTHON": sys.executable},
        start_new_session=True,
    )
    try:
        wait_for("Spark's server accepts connections", lambda: accepts(port) or process.poll() is not None)
        assert process.poll() is None, "Spark's server ended"
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory.mktemp("history") / "history")


@pytest.fixture(scope="module")
def on_duckdb(history: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home of a run on DuckDB."""
    home = tmp_path_factory.mktemp("duckdb") / "home"
    ran = run(history, home, DUCKDB)
    assert ran.status == 0, ran.output
    return home


def test_spark_connect_publishes_what_duckdb_does(
    history: Path, on_duckdb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    binding = [f"spark.connect.grpc.binding.{what}" for what in (f"port={port}", f"address={LOOPBACK}")]
    with server(tmp_path, CONNECT, port, [*(f"--conf={each}" for each in binding), "spark-internal"]):
        monkeypatch.setenv("SPARK_REMOTE", f"sc://{LOOPBACK}:{port}")  # not the server's own: it is no client
        ran = run(history, tmp_path / "home", SPARK, SLA_SPARK_TARGET="connect")
    assert ran.status == 0, ran.output
    assert published_differences(on_duckdb, tmp_path / "home") == {}


def test_a_thrift_server_publishes_what_duckdb_does(
    history: Path, on_duckdb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    hive = [f"hive.server2.thrift.{what}" for what in (f"port={port}", f"bind.host={LOOPBACK}")]
    with server(
        tmp_path, THRIFT, port, ["spark-internal", *(word for each in hive for word in ("--hiveconf", each))]
    ):
        monkeypatch.setenv("SPARK_HOST", LOOPBACK)
        monkeypatch.setenv("SPARK_PORT", str(port))
        ran = run(history, tmp_path / "home", SPARK, SLA_SPARK_TARGET="thrift")
    assert ran.status == 0, ran.output
    assert published_differences(on_duckdb, tmp_path / "home") == {}
