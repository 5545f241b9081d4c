"""A refresh after ingestion, against its yardsticks: the bare engine over the same raw files, and one scan of them.

`python -m bench.refresh --scale 0.1` makes the company, ingests it once, measures and stores the result. *scan* reads
every column of every extract once. *bare* runs the compiled models statement by statement in one DuckDB process into a
file: no dbt, no Dagster, no checks. *refresh* is `make run` when nothing new was delivered: every model, dbt's tests,
the data checks, attainment, decisions, publication and the review page. Each is a process of its own, start and imports
included; they take turns.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.company import PROJECT, deliver, ingest, settings_of
from bench.measure import Cost, as_values, cost_of, keep_result, median_cost

REPEATS = 3
MOST_TIMES_SCAN = 6.0
MOST_TIMES_BARE = 1.5
EMAIL_KEY = b"bench"


def scan(home: Path) -> None:
    """Every column of every extract, once."""
    connection = _opened(home, None)
    for name, columns in _delivered(home).items():
        counted = ", ".join(f'count("{column}")' for column in columns)
        connection.execute(f"select {counted} from extracts.{name}").fetchall()


def bare(home: Path) -> None:
    """Every model, in one process into one file."""
    from dagster_project.warehouse.compiling import compiled_manifest
    from dagster_project.warehouse.statements import load_compiled_project, run_models

    project = load_compiled_project(compiled_manifest(PROJECT / "dbt"))
    path = home / "bare.duckdb"
    path.unlink(missing_ok=True)
    connection = _opened(home, path, project.standard_models)
    run_models(connection, project.models)
    connection.execute("checkpoint warehouse")


def refresh(home: Path) -> None:
    """The product's own run."""
    from dagster_project.__main__ import main as command

    os.environ.update(settings_of(home))
    if command(["run"]) != 0:
        raise SystemExit("the run failed; see above")


SIDES: dict[str, Callable[[Path], None]] = {"scan": scan, "bare": bare, "refresh": refresh}


def _opened(home: Path, path: Path | None, standard_models: Sequence[Any] = ()) -> Any:
    from dagster_project.contract import calendar_tables, contract_tables, load_contracts
    from dagster_project.extracts import (
        complete_through,
        contact_attributes,
        files_in_force,
        load_sources,
        object_columns,
        read_ledger,
        settings_tables,
    )
    from dagster_project.warehouse.inputs import BuildInputs, connect_build, open_raw

    contracts = load_contracts(home / "contracts")
    sources = load_sources(home / "sources.yml")
    until = complete_through(home, sources, None).instant
    calendar = calendar_tables(contracts, until, None)
    calendar.pop("holiday_findings", None)
    connection = connect_build(path)
    open_raw(
        connection,
        BuildInputs(
            complete_through=until,
            as_of_date=None,
            timezone=contracts.timezone,
            email_key=EMAIL_KEY,
            raw_files=files_in_force(home, sources, None),
            object_columns=object_columns(),
            contact_attributes=contact_attributes(),
            standard_models=standard_models,
            tables={
                **contract_tables(contracts),
                **calendar,
                **settings_tables(sources),
                "extract_ledger": read_ledger(home),
            },
        ),
    )
    return connection


def _delivered(home: Path) -> dict[str, list[str]]:
    """The columns of each object of the company, by its relation."""
    from dagster_project.extracts import load_sources, object_columns

    columns = object_columns()
    return {
        f"{source.family}_{name}": list(columns[f"{source.family}_{name}"])
        for source in load_sources(home / "sources.yml")
        for name in source.objects
    }


def measure(home: Path, repeats: int) -> dict[str, Any]:
    """All sides in turn over the same raw files, and how they compare."""
    costs: dict[str, list[Cost]] = {side: [] for side in SIDES}
    for _ in range(repeats):
        for side, measured in costs.items():
            measured.append(cost_of([sys.executable, "-m", "bench.refresh", side, str(home)]))
    medians = {side: median_cost(measured).cpu_seconds for side, measured in costs.items()}
    return {
        "raw_bytes": sum(path.stat().st_size for path in (home / "raw").rglob("*.parquet")),
        "raw_files": sum(1 for _ in (home / "raw").rglob("*.parquet")),
        "bare_to_scan": medians["bare"] / medians["scan"],
        "refresh_to_bare": medians["refresh"] / medians["bare"],
        **{side: as_values(measured) for side, measured in costs.items()},
    }


def main(arguments: Sequence[str]) -> int:
    """Returns 1 when a ratio is beyond what the product promises."""
    parser = argparse.ArgumentParser(prog="python -m bench.refresh")
    parser.add_argument("--scale", type=float, default=0.1, help="1 is a million people")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--home", type=Path, help="where the company is kept for the next measurement")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-refresh-") as folder:
        home = given.home or Path(folder)
        if not (home / "raw").exists():
            home.mkdir(parents=True, exist_ok=True)
            deliver(home, given.scale)
            ingest(home)
        result = {"scale": given.scale, "repeats": given.repeats, **measure(home, given.repeats)}
    for side in SIDES:
        print(
            f"{side}: {result[side]['cpu_seconds']:.1f} s CPU, {result[side]['peak_bytes'] / 1e6:,.0f} MB at most"
        )
    print(f"bare / scan {result['bare_to_scan']:.2f}, refresh / bare {result['refresh_to_bare']:.2f}")
    print(f"stored as {keep_result('refresh', result)}")
    is_kept = result["bare_to_scan"] <= MOST_TIMES_SCAN and result["refresh_to_bare"] <= MOST_TIMES_BARE
    return 0 if is_kept else 1


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in SIDES:
        SIDES[sys.argv[1]](Path(sys.argv[2]))
    else:
        sys.exit(main(sys.argv[1:]))
