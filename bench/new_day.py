"""One new day against the full refresh: what beginning with the former build saves.

`python -m bench.new_day --scale 0.1` makes the company, ingests and publishes it without its last day's extracts, and
then runs that day twice in that home: *day* begins with the former build, *full* without one. Both ingest the day's
files, and do all that `make run` does: models, dbt's tests, data checks, attainment, decisions, publication, review.
They take turns, each a process of its own, start and imports included. *bare day* and *bare full* are the same
two builds by the bare runner: reading the extracts and making the models, no dbt, no Dagster, no checks. What is
published in the end has to be equal.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from bench.company import PROJECT, deliver, ingest
from bench.measure import as_values, cost_of, keep_result, median_cost
from bench.refresh import REPEATS, opened

MOST_OF_FULL = 0.15
# Tables and columns that name the run, or when it was.
NOT_COMPARED = ("extract_ledger", "publications", "sla_attainment_history", "mql_plan_history")
PROVENANCE = ("published_at", "ingested_at", "delivered_at", "run_id")
BUILD = "bare.duckdb"
FORMER = "bare_former.duckdb"


def run(home: Path) -> None:
    """`make run`."""
    from bench.refresh import refresh

    refresh(home)


def bare(home: Path) -> None:
    """Every model, beginning with the former build where there is one."""
    from dagster_project.warehouse.compiling import compiled_manifest
    from dagster_project.warehouse.former import begin_with, copy_former
    from dagster_project.warehouse.inputs import connect_build
    from dagster_project.warehouse.statements import load_compiled_project, run_models

    project = load_compiled_project(compiled_manifest(PROJECT / "dbt"))
    build, former = home / BUILD, home / FORMER
    build.unlink(missing_ok=True)
    if former.exists():
        copy_former(former, build)
        with connect_build(build) as connection:
            begin_with(connection, project.models_by_person)
    connection = opened(home, build, project.standard_models)
    run_models(connection, project.models)
    connection.execute("checkpoint warehouse")
    connection.close()


SIDES = {"run": run, "bare": bare}


def prepare(home: Path, scale: float) -> None:
    """The company, published through the day before its last; that day's files wait in `next_day`."""
    deliver(home, scale)
    extracts = home / "extracts"
    last = max(path.name[:10] for path in extracts.rglob("*.*") if path.is_file())
    for path in sorted(extracts.rglob(f"{last}*")):
        waiting = home / "next_day" / path.relative_to(extracts)
        waiting.parent.mkdir(parents=True, exist_ok=True)
        path.rename(waiting)
    ingest(home)
    for side in SIDES:
        cost_of([sys.executable, "-m", "bench.new_day", side, str(home)])
    (home / BUILD).rename(home / FORMER)


def measure(home: Path, repeats: int) -> dict[str, Any]:
    """All sides in turn, each on a copy of the home, and how they compare."""
    costs: dict[str, list[Any]] = {"day": [], "full": [], "bare_day": [], "bare_full": []}
    people: list[int] = []
    with tempfile.TemporaryDirectory(prefix="bench-new-day-", dir=home.parent) as folder:
        day, full = Path(folder) / "day", Path(folder) / "full"
        for _ in range(repeats):
            for ended in (day, full):
                with _next_day(home, ended):
                    if ended is full:
                        shutil.rmtree(home / "build")
                        (home / FORMER).unlink()
                    for side, name in (("run", ended.name), ("bare", f"bare_{ended.name}")):
                        costs[name].append(cost_of([sys.executable, "-m", "bench.new_day", side, str(home)]))
            people = [_count(day / BUILD, table) for table in ("int_affected_people", "int_people")]
            _compare(day, full)
            for each in (day, full):
                shutil.rmtree(each)
    medians = {name: median_cost(each).cpu_seconds for name, each in costs.items()}
    return {
        "affected_people": people[0],
        "people": people[1],
        "day_to_full": medians["day"] / medians["full"],
        "bare_day_to_bare_full": medians["bare_day"] / medians["bare_full"],
        **{name: as_values(each) for name, each in costs.items()},
    }


@contextmanager
def _next_day(home: Path, ended: Path) -> Iterator[None]:
    """The home with the next day's files; in the end it becomes `ended`, and what it was before takes its place.

    It stays where it is: files that are read under another path are other files to a build that read them before.
    """
    # Copied with the times of its files, by which ingestion knows what it has read, and of its build.
    before = shutil.copytree(home, ended.with_name("before"))
    shutil.copytree(home / "next_day", home / "extracts", dirs_exist_ok=True)
    try:
        yield
    finally:
        home.rename(ended)
        before.rename(home)


def _count(build: Path, table: str) -> int:
    with duckdb.connect(build, read_only=True) as connection:
        ((count,),) = connection.execute(f"select count(*) from intermediate.{table}").fetchall()
    return int(count)


def _compare(day: Path, full: Path) -> None:
    """Raises SystemExit when the two days' publications differ: then there is nothing to measure."""
    with duckdb.connect() as connection:
        for name, home in (("day", day), ("whole", full)):
            connection.execute(f"attach '{home / 'published' / 'warehouse.duckdb'}' as {name} (read_only)")
        tables = connection.execute(
            "select table_name, list(column_name) from duckdb_columns() "
            "where database_name = 'whole' and schema_name = 'marts' group by table_name"
        ).fetchall()
        for table, names in tables:
            if table in NOT_COMPARED:
                continue
            columns = ", ".join(name for name in names if name not in PROVENANCE)
            # the e-mails are hashed by one key, the home's
            for one, other in (("day", "whole"), ("whole", "day")):
                query = (
                    f"select count(*) from (select {columns} from {one}.marts.{table} "
                    f"except all select {columns} from {other}.marts.{table})"
                )
                if connection.execute(query).fetchall() != [(0,)]:
                    raise SystemExit(f"{table} differs between the day and a build from nothing")


def main(arguments: Sequence[str]) -> int:
    """Returns 1 when the new day costs more than the product promises."""
    parser = argparse.ArgumentParser(prog="python -m bench.new_day")
    parser.add_argument("--scale", type=float, default=0.1, help="1 is a million people")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--home", type=Path, help="where the company is kept for the next measurement")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-new-day-") as folder:
        home = given.home or Path(folder) / "home"
        if not (home / FORMER).exists():
            home.mkdir(parents=True, exist_ok=True)
            prepare(home, given.scale)
        result = {"scale": given.scale, "repeats": given.repeats, **measure(home, given.repeats)}
    print(f"{result['affected_people']:,} of {result['people']:,} people are affected")
    for name in ("full", "day", "bare_full", "bare_day"):
        print(f"{name}: {result[name]['cpu_seconds']:.1f} s CPU")
    print(f"day / full {result['day_to_full']:.2f}, by the bare runner {result['bare_day_to_bare_full']:.2f}")
    print(f"stored as {keep_result('new_day', result)}")
    return 0 if result["day_to_full"] <= MOST_OF_FULL else 1


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in SIDES:
        SIDES[sys.argv[1]](Path(sys.argv[2]))
    else:
        sys.exit(main(sys.argv[1:]))
