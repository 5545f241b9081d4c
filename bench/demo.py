"""What a small run costs: the demo's first `make run`, the next one, and what merely starting the tools takes of it.

`python -m bench.demo` measures and stores the result. A *first run* makes the demo company, reads its four thousand
files, begins the history and publishes; a *next run* finds nothing new and publishes again. Of each of them the
start-ups are a part: loading Dagster and the definitions, dbt up to its manifest, and importing Great Expectations.
Each is a process of its own, start of the interpreter included; they take turns.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.company import PROJECT
from bench.measure import Cost, as_values, cost_of, keep_result, median_cost
from dagster_project.warehouse.compiling import compiled_manifest

REPEATS = 3
MOST_SECONDS_OF_A_FIRST_RUN = 25.0
MOST_SECONDS_OF_DEFINITIONS = 3.0


def interpreter(_home: Path) -> None:
    """Nothing but Python."""


def definitions(home: Path) -> None:
    """Dagster and the project's definitions, as a code server loads them."""
    os.environ["SLA_HOME"] = str(home)
    from dagster_project.definitions import defs

    assert defs is not None


def dbt(home: Path) -> None:
    """dbt up to its manifest, from nothing."""
    os.environ["DBT_TARGET_PATH"] = str(home / "parsed")
    from dbt.cli.main import dbtRunner

    folder = str(PROJECT / "dbt")
    arguments = ["parse", "--no-partial-parse", "--project-dir", folder, "--profiles-dir", folder]
    assert dbtRunner().invoke(arguments).success


def great_expectations(_home: Path) -> None:
    """The import of Great Expectations."""
    import great_expectations

    assert great_expectations.__version__


def run(home: Path) -> None:
    """The product's own run."""
    from dagster_project.__main__ import main as command

    os.environ["SLA_HOME"] = str(home)
    if command(["run"]) != 0:
        raise SystemExit("the run failed; see above")


SIDES: dict[str, Callable[[Path], None]] = {
    "interpreter": interpreter,
    "definitions": definitions,
    "dbt": dbt,
    "great_expectations": great_expectations,
    "first_run": run,
    "next_run": run,
}


def measure(folder: Path, repeats: int) -> dict[str, Any]:
    """All sides in turn; each repetition has a home of its own, in which the second run finds what the first left."""
    costs: dict[str, list[Cost]] = {side: [] for side in SIDES}
    for repeat in range(repeats):
        home = folder / str(repeat)
        for side, measured in costs.items():
            measured.append(cost_of([sys.executable, "-m", "bench.demo", side, str(home)]))
    return {side: as_values(measured) for side, measured in costs.items()} | {
        "first_run_seconds": median_cost(costs["first_run"]).cpu_seconds
    }


def main(arguments: Sequence[str]) -> int:
    """Returns 1 when the first run or the definitions take more than the product promises."""
    parser = argparse.ArgumentParser(prog="python -m bench.demo")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    given = parser.parse_args(arguments)
    # Compiled once for each state of the models, as the environment is made once.
    compiled_manifest(PROJECT / "dbt")
    with tempfile.TemporaryDirectory(prefix="bench-demo-") as folder:
        result = {"repeats": given.repeats, **measure(Path(folder), given.repeats)}
    for side in SIDES:
        print(
            f"{side.replace('_', ' ')}: {result[side]['cpu_seconds']:.1f} s CPU, "
            f"{result[side]['peak_bytes'] / 1e6:,.0f} MB at most"
        )
    print(f"stored as {keep_result('demo', result)}")
    is_kept = (
        result["first_run"]["cpu_seconds"] <= MOST_SECONDS_OF_A_FIRST_RUN
        and result["definitions"]["cpu_seconds"] <= MOST_SECONDS_OF_DEFINITIONS
    )
    return 0 if is_kept else 1


if __name__ == "__main__":
    if sys.argv[1:2] and sys.argv[1] in SIDES:
        SIDES[sys.argv[1]](Path(sys.argv[2]))
    else:
        sys.exit(main(sys.argv[1:]))
