"""Ingesting CSV, against DuckDB's own reading of the same files as text into Parquet.

`python -m bench.ingestion` makes the files, measures and stores the result. The product's side checks the structure,
types, keeps an archive, a quarantine and a ledger, and writes zstd Parquet; DuckDB's side is told that all columns are
text. Both sides are processes of their own, start and imports included, and take turns, so that a busy machine slows
both alike.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.extract_files import size_of, write_company, write_object
from bench.measure import Cost, as_values, cost_of, keep_result, median_cost

REPEATS = 3
COMPANY_TOUCHES = 1_500_000
COMPANY_DAYS = 14
LARGE_TOUCHES = 9_000_000
MOST_TIMES_DUCKDB = 2.0
MOST_BYTES = 1_000_000_000


def ingest(extracts: Path, home: Path) -> None:
    """The product's side: every object of one source, one after the other in one process."""
    from dagster_project.extracts import Source, ingest_object

    source = Source.model_validate({"name": "crm", "family": "standard", "currency": "MXN"})
    for folder in sorted((extracts / "crm").iterdir()):
        report = ingest_object(home, extracts, source, folder.name, "MXN", "bench", datetime(2026, 6, 1))
        if report.refused or report.rows_quarantined:
            raise SystemExit(f"{folder.name}: these files should be read whole: {report.findings[:3]}")


def copy_as_text(extracts: Path, home: Path) -> None:
    """The yardstick: each file by DuckDB's CSV reader, all columns as text, into Parquet."""
    import duckdb

    for path in sorted(extracts.rglob("*.csv")):
        target = home / path.relative_to(extracts).with_suffix(".parquet")
        target.parent.mkdir(parents=True, exist_ok=True)
        duckdb.execute(
            f"copy (select * from read_csv('{path}', all_varchar = true, header = true)) "
            f"to '{target}' (format parquet)"
        )


SIDES = {"ingestion": ingest, "duckdb": copy_as_text}


def measure(extracts: Path, work: Path, repeats: int) -> dict[str, Any]:
    """Both sides in turn on the same files."""
    costs: dict[str, list[Cost]] = {side: [] for side in SIDES}
    for _ in range(repeats):
        for side, measured in costs.items():
            home = work / "home"
            measured.append(
                cost_of([sys.executable, "-m", "bench.ingestion", side, str(extracts), str(home)])
            )
            shutil.rmtree(home)
    ratios = [
        ours.cpu_seconds / theirs.cpu_seconds
        for ours, theirs in zip(costs["ingestion"], costs["duckdb"], strict=True)
    ]
    ratio = median_cost(costs["ingestion"]).cpu_seconds / median_cost(costs["duckdb"]).cpu_seconds
    return {
        "csv_bytes": size_of(extracts),
        "files": sum(1 for _ in extracts.rglob("*.csv")),
        "cpu_ratio": ratio,
        "cpu_ratios_in_pairs": ratios,
        **{side: as_values(measured) for side, measured in costs.items()},
    }


def told(name: str, values: dict[str, Any]) -> str:
    ours, theirs = values["ingestion"], values["duckdb"]
    return (
        f"{name}: {values['csv_bytes'] / 1e6:,.0f} MB of CSV in {values['files']} files; "
        f"ingestion {ours['cpu_seconds']:.1f} s CPU, {ours['peak_bytes'] / 1e6:,.0f} MB; "
        f"DuckDB {theirs['cpu_seconds']:.1f} s CPU, {theirs['peak_bytes'] / 1e6:,.0f} MB; "
        f"ratio {values['cpu_ratio']:.2f}"
    )


def main(arguments: Sequence[str]) -> int:
    """Returns 1 when a figure is beyond what the product promises."""
    parser = argparse.ArgumentParser(prog="python -m bench.ingestion")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--scale", type=float, default=1.0, help="of the files; 1 is what is reported")
    given = parser.parse_args(arguments)
    results: dict[str, Any] = {"scale": given.scale, "repeats": given.repeats}
    with tempfile.TemporaryDirectory(prefix="bench-ingestion-") as folder:
        work = Path(folder)
        for name, days in (("company", COMPANY_DAYS), ("one large file", 1)):
            extracts = work / "extracts"
            if name == "company":
                write_company(extracts / "crm", int(COMPANY_TOUCHES * given.scale), days)
            else:
                write_object(extracts / "crm", "touches", int(LARGE_TOUCHES * given.scale), days)
            results[name] = measure(extracts, work, given.repeats)
            print(told(name, results[name]), flush=True)
            shutil.rmtree(extracts)
    print(f"stored as {keep_result('ingestion', results)}")
    sets = [results["company"], results["one large file"]]
    is_kept = all(
        each["cpu_ratio"] <= MOST_TIMES_DUCKDB and each["ingestion"]["peak_bytes"] < MOST_BYTES
        for each in sets
    )
    if not is_kept:
        print(f"beyond what is promised: {MOST_TIMES_DUCKDB} times DuckDB's CPU, {MOST_BYTES / 1e6:,.0f} MB")
    return 0 if is_kept else 1


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in SIDES:
        SIDES[sys.argv[1]](Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        sys.exit(main(sys.argv[1:]))
