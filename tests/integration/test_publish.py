"""Publishing: whole or not at all, and readers keep what they have opened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from dagster_project.warehouse.locking import BuildInUseError, build_lock, end_left_behind, wait_for_writers
from dagster_project.warehouse.publish import PublishError, TableDescription, publish

MQLS = TableDescription(
    name="fct_mqls",
    description="One row per MQL.",
    columns={"person_id": "Whose MQL it's.", "score": "The points it had."},
    key=("person_id",),
)
PERIODS = TableDescription(
    name="dim_periods", description="One row per month.", columns={"period": "The month."}
)


@pytest.fixture
def build(tmp_path: Path) -> Path:
    path = tmp_path / "build" / "warehouse.duckdb"
    path.parent.mkdir()
    with duckdb.connect(path) as connection:
        connection.execute(
            """
            create schema raw;
            create table raw.contacts as select 'ana@acme.example' as email;
            create schema marts;
            create table marts.fct_mqls as
            select * from (values ('p2', 61.5::decimal(18, 6)), ('p1', null)) as mqls (person_id, score);
            create table marts.dim_periods as select date '2026-01-01' as period;
            create table marts.scratch as select 1 as number;
            """
        )
    return path


def rows_of(warehouse: Path, table: str) -> list[tuple[object, ...]]:
    with duckdb.connect(warehouse, read_only=True) as connection:
        return connection.execute(f"select * from marts.{table}").fetchall()


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_tables_are_published_in_the_order_of_their_key(build: Path, tmp_path: Path) -> None:
    published = tmp_path / "published"
    assert publish(build, published, [MQLS, PERIODS]) == {"fct_mqls": 2, "dim_periods": 1}
    rows = rows_of(published / "warehouse.duckdb", "fct_mqls")
    assert [row[0] for row in rows] == ["p1", "p2"]
    parquet = published / "marts" / "fct_mqls.parquet"
    with duckdb.connect() as connection:
        assert connection.execute(f"select * from '{parquet}'").fetchall() == rows


def test_only_the_named_marts_are_published_and_nothing_of_raw(build: Path, tmp_path: Path) -> None:
    published = tmp_path / "published"
    publish(build, published, [MQLS])
    with duckdb.connect(published / "warehouse.duckdb", read_only=True) as connection:
        tables = connection.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    assert tables == [("marts", "fct_mqls")]
    assert sorted(content(published)) == ["marts/fct_mqls.parquet", "warehouse.duckdb"]
    assert b"ana@acme.example" not in content(published)["warehouse.duckdb"]


def test_descriptions_are_comments_in_the_published_file(build: Path, tmp_path: Path) -> None:
    publish(build, tmp_path / "published", [MQLS])
    with duckdb.connect(tmp_path / "published" / "warehouse.duckdb", read_only=True) as connection:
        assert connection.execute("select comment from duckdb_tables()").fetchall() == [("One row per MQL.",)]
        assert connection.execute(
            """
            select column_name, comment from duckdb_columns()
            where schema_name = 'marts' order by column_index
            """
        ).fetchall() == [("person_id", "Whose MQL it's."), ("score", "The points it had.")]


def test_publishing_the_same_build_again_gives_the_same_parquet(build: Path, tmp_path: Path) -> None:
    publish(build, tmp_path / "published", [MQLS, PERIODS])
    first = content(tmp_path / "published" / "marts")
    publish(build, tmp_path / "published", [MQLS, PERIODS])
    assert content(tmp_path / "published" / "marts") == first


def test_everything_is_on_the_disk_before_the_first_file_is_replaced(
    build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a power cut leaves the old publication or the new one; and the replacement itself is synced too."""
    published, steps = tmp_path / "published", []
    fsync, rename = os.fsync, Path.rename

    def noting_fsync(descriptor: int) -> None:
        steps.append(f"sync {Path(f'/proc/self/fd/{descriptor}').readlink().relative_to(tmp_path)}")
        fsync(descriptor)

    def noting_rename(path: Path, target: Path) -> Path:
        steps.append(f"rename {path.relative_to(tmp_path)}")
        return rename(path, target)

    monkeypatch.setattr(os, "fsync", noting_fsync)
    monkeypatch.setattr(Path, "rename", noting_rename)
    publish(build, published, [MQLS], {"checks.html": b"<p>All passed.</p>"})
    written = [
        "published/.publishing.warehouse.duckdb",
        "published/marts/.publishing.fct_mqls.parquet",
        "published/.publishing.checks.html",
    ]
    assert steps == [
        *(f"sync {path}" for path in written),
        *(f"rename {path}" for path in written),
        "sync published/marts",
        "sync published",
    ]


def test_a_reader_keeps_the_file_it_has_opened_while_another_opens_the_new_one(
    build: Path, tmp_path: Path
) -> None:
    published = tmp_path / "published"
    publish(build, published, [MQLS])
    # DuckDB shares one open file between the connections of a process, so the reader is another process.
    program = (
        "import duckdb, sys\n"
        "reader = duckdb.connect(sys.argv[1], read_only=True)\n"
        "print('open', flush=True)\n"
        "sys.stdin.readline()\n"
        "print(reader.execute('select count(*) from marts.fct_mqls').fetchone()[0], flush=True)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(published / "warehouse.duckdb")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdin is not None
        assert reader.stdout is not None
        assert reader.stdout.readline() == "open\n"
        with duckdb.connect(build) as connection:
            connection.execute("insert into marts.fct_mqls values ('p3', 70)")
        publish(build, published, [MQLS])
        assert len(rows_of(published / "warehouse.duckdb", "fct_mqls")) == 3
        reader.stdin.write("\n")
        reader.stdin.flush()
        assert reader.stdout.readline() == "2\n"


def test_a_build_without_one_of_the_tables_is_refused_and_nothing_is_replaced(
    build: Path, tmp_path: Path
) -> None:
    published = tmp_path / "published"
    publish(build, published, [MQLS])
    before = content(published)
    with duckdb.connect(build) as connection:
        connection.execute("insert into marts.fct_mqls values ('p3', 70)")
    with pytest.raises(PublishError, match="lacks fct_obligations: it is not finished"):
        publish(build, published, [MQLS, TableDescription("fct_obligations", "", {})])
    assert content(published) == before


def test_an_error_while_writing_replaces_nothing_and_leaves_nothing_behind(
    build: Path, tmp_path: Path
) -> None:
    published = tmp_path / "published"
    publish(build, published, [MQLS])
    before = content(published)
    with pytest.raises(duckdb.Error):
        publish(build, published, [TableDescription("fct_mqls", "", {}, key=("no_such_column",))])
    assert content(published) == before


def test_what_a_killed_publication_left_is_swept(build: Path, tmp_path: Path) -> None:
    published = tmp_path / "published"
    (published / "marts").mkdir(parents=True)
    (published / ".publishing.warehouse.duckdb").write_bytes(b"half a file")
    (published / "marts" / ".publishing.fct_mqls.parquet").write_bytes(b"half a file")
    publish(build, published, [MQLS])
    assert sorted(content(published)) == ["marts/fct_mqls.parquet", "warehouse.duckdb"]


def test_the_parquet_of_a_table_that_is_published_no_more_is_removed(build: Path, tmp_path: Path) -> None:
    published = tmp_path / "published"
    publish(build, published, [MQLS, PERIODS])
    publish(build, published, [MQLS])
    assert [path.name for path in (published / "marts").iterdir()] == ["fct_mqls.parquet"]


def test_a_second_build_is_refused_with_the_name_of_the_first(tmp_path: Path) -> None:
    with (
        build_lock(tmp_path / "build", "run 1 of the night"),
        pytest.raises(BuildInUseError, match="run 1 of the night"),
        build_lock(tmp_path / "build", "run 2"),
    ):
        pass


def test_the_lock_is_free_after_its_holder_was_killed(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib\n"
        "from dagster_project.warehouse.locking import build_lock\n"
        "with build_lock(pathlib.Path(sys.argv[1]), 'the first run'):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.readline()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BuildInUseError, match="the first run"), build_lock(tmp_path, "the second run"):
            pass
        holder.kill()
        holder.wait()
    with build_lock(tmp_path, "the second run"):
        assert (tmp_path / ".lock").read_text() == "the second run"


def test_a_file_that_another_process_still_writes_is_waited_for(tmp_path: Path) -> None:
    database = tmp_path / "warehouse.duckdb"
    wait_for_writers(database, patience_seconds=0)  # nothing is there yet
    program = (
        "import duckdb, sys\n"
        "writer = duckdb.connect(sys.argv[1])\n"
        "print('open', flush=True)\n"
        "sys.stdin.readline()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
        with pytest.raises(BuildInUseError, match="still being written"):
            wait_for_writers(database, patience_seconds=0)
        writer.kill()
    wait_for_writers(database, patience_seconds=0)


def test_what_a_killed_run_has_left_behind_is_ended_and_nothing_else(tmp_path: Path) -> None:
    def at_work(target: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", "import sys; sys.stdin.read()"],
            stdin=subprocess.PIPE,
            env={**os.environ, "DBT_TARGET_PATH": str(target)},
        )

    with at_work(tmp_path / "build" / "dbt") as left_behind, at_work(tmp_path / "other" / "dbt") as other:
        assert end_left_behind(tmp_path / "build" / "dbt") == 1
        assert left_behind.wait(timeout=60) == -signal.SIGKILL
        assert other.poll() is None
        assert end_left_behind(tmp_path / "build" / "dbt") == 0
        other.kill()
