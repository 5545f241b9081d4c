"""When a build may begin with a former one: only with one that was finished, by the same models, and is unharmed."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from dagster_project.warehouse.former import begin_with, copy_former, forget_former, note_finished, set_aside
from dagster_project.warehouse.statements import Model

MODELS = "models: 1"


def made(path: Path, content: str = "yesterday") -> Path:
    """A build with one table by person, one that isn't, a view, and somebody's fingerprint."""
    with duckdb.connect(path) as connection:
        connection.execute("create schema intermediate")
        connection.execute("create schema marts")
        connection.execute(
            f"create table marts.fct_kept as select 'ana' as person_id, '{content}' as content"
        )
        connection.execute("create table marts.fct_other as select 1 as one")
        connection.execute("create view marts.a_view as from marts.fct_other")
        connection.execute(
            "create table intermediate.int_person_fingerprints as select 'ana' as person_id, 7::hugeint as fingerprint"
        )
    return path


@pytest.fixture
def build(tmp_path: Path) -> Path:
    """A build that was published."""
    build = made(tmp_path / "warehouse.duckdb")
    note_finished(build, MODELS)
    return build


def test_a_published_build_is_set_aside_for_the_next_to_begin_with(build: Path) -> None:
    published = build.read_bytes()
    former = set_aside(build, MODELS)
    assert former is not None
    assert former.read_bytes() == published
    assert not build.exists()


def test_a_build_that_does_not_come_to_its_end_is_followed_by_one_from_nothing(build: Path) -> None:
    """What it began with may be what stopped it."""
    former = set_aside(build, MODELS)
    assert former is not None
    copy_former(former, build)
    with duckdb.connect(build) as killed:
        killed.execute("create table marts.half_made as select 1 as one")
    build.with_name("warehouse.duckdb.wal").write_bytes(b"what was not written yet")
    assert set_aside(build, MODELS) is None
    assert list(build.parent.iterdir()) == []


def test_a_build_that_was_not_published_is_nothing_to_begin_with(tmp_path: Path) -> None:
    build = made(tmp_path / "warehouse.duckdb")
    assert set_aside(build, MODELS) is None
    assert list(tmp_path.iterdir()) == []


def test_a_build_that_was_written_to_since_is_nothing_to_begin_with(build: Path) -> None:
    with duckdb.connect(build) as connection:
        connection.execute("create table marts.made_anew as select 1 as one")
    assert set_aside(build, MODELS) is None


def test_one_changed_byte_is_enough_to_begin_from_nothing(build: Path) -> None:
    content = bytearray(build.read_bytes())
    content[len(content) // 2] ^= 1
    build.write_bytes(content)
    assert set_aside(build, MODELS) is None
    assert not build.exists()


def test_what_is_said_of_a_former_build_may_be_damaged_too(build: Path) -> None:
    build.with_name("finished.json").write_text('{"definitions": ', encoding="utf-8")
    assert set_aside(build, MODELS) is None


def test_a_build_of_other_models_is_nothing_to_begin_with(build: Path) -> None:
    assert set_aside(build, "models: 2") is None
    assert not build.exists()


def test_nothing_of_a_former_build_is_left_when_somebody_is_forgotten(build: Path) -> None:
    former = set_aside(build, MODELS)
    assert former is not None
    copy_former(former, build)
    forget_former(build)
    assert not former.exists()
    assert set_aside(build, MODELS) is None


def test_what_is_made_by_person_stays_and_all_else_goes(build: Path) -> None:
    kept = Model("fct_kept", "marts", is_view=False, query="", is_by_person=True)
    with duckdb.connect(build) as connection:
        connection.execute("create schema raw")
        begin_with(connection, [kept])
        assert connection.execute("from marts.fct_kept").fetchall() == [("ana", "yesterday")]
        assert connection.execute("from raw.former_fingerprints").fetchall() == [("ana", 7)]
        assert connection.execute("select table_name from duckdb_tables() order by 1").fetchall() == [
            ("fct_kept",),
            ("former_fingerprints",),
        ]
        assert connection.execute("select 1 from duckdb_views() where not internal").fetchall() == []
