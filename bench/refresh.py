"""A refresh after ingestion, against its yardsticks over the same raw files: the bare engine, one scan, and pandas.

`python -m bench.refresh --scale 0.1` makes the company, ingests it once, measures and stores the result. *scan* reads
every column of every extract once. *bare* runs the compiled models statement by statement in one DuckDB process into a
file: no dbt, no Dagster, no checks; what each model takes is kept too. *pandas* is `bench.pandas_funnel`, to scale 1:
the funnel and the first responses alone. *refresh* is `make run` when nothing new was delivered: every model, dbt's
tests, the data checks, attainment, decisions, publication and the review page, without a former build to begin with.
Each is a process of its own, start and imports included; they take turns.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from bench.company import PROJECT, deliver, ingest, settings_of
from bench.measure import Cost, as_values, cost_of, keep_result, median_cost

REPEATS = 3
PROMISED = {("bare", "scan"): 6.0, ("bare", "pandas"): 1 / 3, ("refresh", "bare"): 1.5}
"""The most CPU of one side beside another's, from scale 1 on; below it what a process needs to start outweighs."""
PROMISED_AT_SCALE = PANDAS_UP_TO_SCALE = 1.0
SHOWN_MODELS = 12
BARE_MODELS = "bare_models.json"
EMAIL_KEY = b"bench"


def scan(home: Path) -> None:
    """Every column of every extract, once."""
    connection = opened(home, None)
    for name, columns in _delivered(home).items():
        counted = ", ".join(f'count("{column}")' for column in columns)
        connection.execute(f"select {counted} from extracts.{name}").fetchall()


def bare(home: Path) -> None:
    """Every model, in one process into one file; the CPU seconds of each are left beside it."""
    from dagster_project.warehouse.compiling import compiled_manifest
    from dagster_project.warehouse.statements import load_compiled_project, run_models

    project = load_compiled_project(compiled_manifest(PROJECT / "dbt"))
    path = home / "bare.duckdb"
    path.unlink(missing_ok=True)
    spent: dict[str, float] = {}

    def timed(name: str, step: Callable[[], Any]) -> Any:
        start = time.process_time()
        result = step()
        spent[name] = time.process_time() - start
        return result

    connection = timed("(raw opened)", lambda: opened(home, path, project.standard_models))
    for model in project.models:
        timed(model.name, partial(run_models, connection, [model]))
    timed("(file written)", lambda: connection.execute("checkpoint warehouse"))
    heaviest_first = dict(sorted(spent.items(), key=lambda item: -item[1]))
    (home / BARE_MODELS).write_text(json.dumps(heaviest_first), encoding="utf-8")


def pandas(home: Path) -> None:
    """The funnel and the first responses, by an analyst's script."""
    from bench.pandas_funnel import figures

    figures(home)


def refresh(home: Path) -> None:
    """The product's own run."""
    from dagster_project.__main__ import main as command

    os.environ.update(settings_of(home))
    if command(["run"]) != 0:
        raise SystemExit("the run failed; see above")


SIDES: dict[str, Callable[[Path], None]] = {"scan": scan, "bare": bare, "pandas": pandas, "refresh": refresh}


def opened(home: Path, path: Path | None, standard_models: Sequence[Any] = ()) -> Any:
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


def measure(home: Path, sides: Sequence[str], repeats: int) -> dict[str, Any]:
    """The sides in turn over the same raw files, and how they compare."""
    from dagster_project.warehouse.compiling import compiled_manifest

    compiled_manifest(PROJECT / "dbt")  # else the first of them would compile it
    costs: dict[str, list[Cost]] = {side: [] for side in sides}
    for _ in range(repeats):
        for side, measured in costs.items():
            shutil.rmtree(home / "build", ignore_errors=True)  # a refresh is whole: there is no former build
            measured.append(cost_of([sys.executable, "-m", "bench.refresh", side, str(home)]))
    medians = {side: median_cost(measured).cpu_seconds for side, measured in costs.items()}
    return {
        "raw_bytes": sum(path.stat().st_size for path in (home / "raw").rglob("*.parquet")),
        "raw_files": sum(1 for _ in (home / "raw").rglob("*.parquet")),
        "ratios": {
            f"{side} / {beside}": medians[side] / medians[beside]
            for side, beside in PROMISED
            if {side, beside} <= set(sides)
        },
        **{side: as_values(measured) for side, measured in costs.items()},
        "bare_models": json.loads((home / BARE_MODELS).read_text(encoding="utf-8"))
        if "bare" in sides
        else {},
    }


def main(arguments: Sequence[str]) -> int:
    """Returns 1 when a ratio is beyond what the product promises."""
    parser = argparse.ArgumentParser(prog="python -m bench.refresh")
    parser.add_argument("--scale", type=float, default=0.1, help="1 is a million people")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--home", type=Path, help="where the company is kept for the next measurement")
    parser.add_argument("--sides", nargs="+", choices=list(SIDES), default=list(SIDES))
    given = parser.parse_args(arguments)
    sides = [side for side in given.sides if side != "pandas" or given.scale <= PANDAS_UP_TO_SCALE]
    with tempfile.TemporaryDirectory(prefix="bench-refresh-") as folder:
        home = given.home or Path(folder)
        if not (home / "raw").exists():
            home.mkdir(parents=True, exist_ok=True)
            deliver(home, given.scale)
            ingest(home)
        result = {"scale": given.scale, "repeats": given.repeats, **measure(home, sides, given.repeats)}
    for side in sides:
        print(
            f"{side}: {result[side]['cpu_seconds']:.1f} s CPU, {result[side]['peak_bytes'] / 1e6:,.0f} MB at most"
        )
    for (side, beside), most in PROMISED.items():
        ratio = result["ratios"].get(f"{side} / {beside}")
        if ratio is not None:
            print(f"{side} / {beside}: {ratio:.2f} (at scale 1 at most {most:.2f})")
    if result["bare_models"]:
        print("heaviest models of bare, in seconds of CPU:")
    for model, spent in list(result["bare_models"].items())[:SHOWN_MODELS]:
        print(f"  {spent:8.2f}  {model}")
    print(f"stored as {keep_result('refresh', result)}")
    is_kept = all(
        result["ratios"].get(f"{side} / {beside}", 0) <= most for (side, beside), most in PROMISED.items()
    )
    return 0 if is_kept or given.scale < PROMISED_AT_SCALE else 1


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in SIDES:
        SIDES[sys.argv[1]](Path(sys.argv[2]))
    else:
        sys.exit(main(sys.argv[1:]))
