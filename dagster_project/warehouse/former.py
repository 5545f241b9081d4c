"""The former build: finished, set aside, and what the next build begins with.

What belongs here: when a build may begin with a former one, and what of it stays: the rows of extracts, the tables that
are made by person, and each person's fingerprint, by which the models tell whose rows are to be made anew. What
doesn't: the models.

Nothing is ever changed in a former build: a new one begins with a copy. It counts only while its file is, byte for
byte, what had been published, and only once: what was damaged while it was made may stop the build that begins with it,
and must not stop another. So whatever happens, the worst that comes of it is a build from nothing.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from dagster_project.warehouse.extract_tables import SCHEMA as EXTRACTS
from dagster_project.warehouse.quoting import quoted
from dagster_project.warehouse.statements import Model

FORMER_FILE_NAME = "former.duckdb"
FINISHED_FILE_NAME = "finished.json"
FINGERPRINTS = ("intermediate", "int_person_fingerprints")


def note_finished(build: Path, definitions: str) -> None:
    """Say of a build that has been published that the next one may begin with it, as long as `definitions` (which
    models made it) are the same then."""
    marker = build.with_name(FINISHED_FILE_NAME)
    partial = marker.with_name(f".{marker.name}.part")
    partial.write_text(json.dumps(_mark(build, definitions)) + "\n", encoding="utf-8")
    partial.rename(marker)


def set_aside(build: Path, definitions: str) -> Path | None:
    """Make room for a new build; returns the former one, where it can begin with that.

    The files of builds that were not finished, or that other models made, are removed; and so is the word that this one
    was, so that a build which doesn't come to its end is followed by one from nothing.
    """
    former, marker = build.with_name(FORMER_FILE_NAME), build.with_name(FINISHED_FILE_NAME)
    finished = _finished(marker)
    is_whole = finished is not None and finished == _mark(build, definitions) and not _log(build).exists()
    marker.unlink(missing_ok=True)
    for path in (former, _log(former)):
        path.unlink(missing_ok=True)
    if is_whole:
        build.replace(former)
    for path in (build, _log(build)):
        path.unlink(missing_ok=True)
    return former if is_whole else None


def forget_former(build: Path) -> None:
    """Let the next build begin from nothing, and keep nothing of the former one."""
    for name in (FINISHED_FILE_NAME, FORMER_FILE_NAME):
        build.with_name(name).unlink(missing_ok=True)


def begin_with(connection: duckdb.DuckDBPyConnection, models: Sequence[Model]) -> None:
    """Leave in a copy of a former build, which is the connection's database, what the next build begins with: the rows
    of extracts, the tables of `models`, which are those made by person, and `raw.former_fingerprints`."""
    kept = {(model.schema, model.name) for model in models} | {FINGERPRINTS}
    for kind in ("view", "table"):
        for schema, name in connection.execute(
            f"select schema_name, {kind}_name from duckdb_{kind}s() "
            "where database_name = current_database() and not internal"
        ).fetchall():
            if (schema, name) not in kept and (schema, kind) != (EXTRACTS, "table"):
                connection.execute(f"drop {kind} {quoted(schema)}.{quoted(name)}")
    connection.execute(f"create table raw.former_fingerprints as from {'.'.join(FINGERPRINTS)}")
    connection.execute(f"drop table {'.'.join(FINGERPRINTS)}")
    connection.execute(
        "checkpoint"
    )  # so that the room is used again, and the file doesn't grow from day to day


def copy_former(former: Path, build: Path) -> None:
    """Begin a new build's file with a copy of the former one. Raises OSError when there is no room for it."""
    shutil.copyfile(former, build)


def _log(database: Path) -> Path:
    return database.with_name(f"{database.name}.wal")


def _mark(database: Path, definitions: str) -> dict[str, str] | None:
    """What tells a finished build from any other file."""
    if not database.exists():
        return None
    with database.open("rb") as file:
        return {"definitions": definitions, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def _finished(marker: Path) -> object:
    try:
        return json.loads(marker.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
