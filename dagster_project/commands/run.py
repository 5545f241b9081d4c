"""`make run`: everything in one run in this process, then the attainment table and where everything lies."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from dagster_project.commands.console import Console
from dagster_project.commands.demo import deliver_demo, holds_demo, needs_inputs, past_of_the_demo, wants_demo
from dagster_project.owner_only import make_private
from dagster_project.settings import Settings

KEPT_LOGS = 30


def main(settings: Settings, console: Console) -> int:
    """Returns 0 when everything was published, and 1, with the reasons on the last lines, when it wasn't."""
    instead = needs_inputs(settings)
    if instead is not None:
        console.fail(instead)
        return 1
    past = None
    if wants_demo(settings):
        deliver_demo(settings, console)
        past = past_of_the_demo(settings)
    elif holds_demo(settings) and settings.extracts != settings.home / "extracts":
        console.fail(
            f"{settings.home} holds the demo company, which must not be mixed with the extracts in "
            f"{settings.extracts}. Set SLA_HOME to another folder."
        )
        return 1
    before = _published_file(settings)
    with _log_file(settings) as (handler, path), console.working("starting Dagster"):
        from dagster_project.commands.dagster_run import refresh
        from dagster_project.defs.alerts import tell_departments

        problems = refresh(settings, console, handler, path, past)
        untold = tell_departments(settings, problems, datetime.now(UTC))
    for sentence in untold:
        console.warn(sentence)
    if problems:
        console.fail("\n\n".join([*problems, _what_is_published(settings, before)]))
        return 1
    _print_results(settings, console, path)
    return 0


def _published_file(settings: Settings) -> int | None:
    """Which published file there is; another one is another number."""
    published = settings.published / "warehouse.duckdb"
    return published.stat().st_ino if published.exists() else None


def _what_is_published(settings: Settings, before: int | None) -> str:
    """What readers find after a failure; `before` is the published file of before."""
    now = _published_file(settings)
    if now is None:
        return "Nothing was published."
    if now == before:
        return f"What was published before in {settings.published} is untouched."
    return f"The tables in {settings.published} are this run's; what failed came after them."


@contextlib.contextmanager
def _log_file(settings: Settings) -> Iterator[tuple[logging.Handler, Path]]:
    """A new log file that takes all that is logged, warned of or printed by others until the run ends."""
    make_private(settings.logs)
    path = settings.logs / f"run_{datetime.now(UTC):%Y%m%dT%H%M%S}_{os.getpid()}.log"
    for old in sorted(settings.logs.glob("run_*.log"))[: -KEPT_LOGS + 1]:
        old.unlink(missing_ok=True)
    root = logging.getLogger()
    with path.open("a", encoding="utf-8", buffering=1) as file:
        # Not a FileHandler: it closes its file when somebody configures logging anew, as dbt does.
        handler = logging.StreamHandler(file)
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        root.addHandler(handler)
        logging.captureWarnings(True)
        try:
            with contextlib.redirect_stdout(file), contextlib.redirect_stderr(file):
                yield handler, path
        finally:
            logging.captureWarnings(False)
            root.removeHandler(handler)


def _print_results(settings: Settings, console: Console, log: Path) -> None:
    import duckdb

    from dagster_project.attainment import attainment_text

    warehouse = settings.published / "warehouse.duckdb"
    with duckdb.connect(warehouse, read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        rows = connection.table("marts.sla_attainment").to_arrow_table().to_pandas()
    console.print("")
    if holds_demo(settings):
        console.print("The demo company (simulated; no real data)")
    console.print(attainment_text(rows, colour=console.has_colour, width=console.width))
    console.print(f"\nReview page:          {settings.reviews / 'latest.html'}")
    console.print(f"Published warehouse:  {warehouse}")
    console.print(f"The same as Parquet:  {settings.published / 'marts'}")
    console.print(f"Log of this run:      {log}")
    _name_refused(settings, console)
    _name_missing(settings, console)


def _name_refused(settings: Settings, console: Console) -> None:
    """Refused files stop nothing, but their dates count as missing until they are delivered anew."""
    from dagster_project.extracts import read_ledger

    refused = [
        f"  {row['source']}/{row['object']}/{row['file_name']}: {row['reason']}"
        for row in read_ledger(settings.home).to_pylist()
        if row["is_in_force"] and row["outcome"] == "refused"
    ]
    if refused:
        console.warn("\nRefused, and missing until a corrected file is delivered:\n" + "\n".join(refused))


def _name_missing(settings: Settings, console: Console) -> None:
    """Days without a usable extract: where the object is required, everything is stated as of the first of them."""
    from dagster_project.extracts import days_in_words, load_sources, object_state

    missing = [
        f"  {source.name}/{name}: {days_in_words(state.missing_days)}"
        for source in load_sources(settings.sources)
        for name in source.objects
        if (state := object_state(settings.home, source, name, settings.as_of)).missing_days
    ]
    if missing:
        console.warn(
            "\nDays without a usable extract (a quiet day is a file with a header only):\n"
            + "\n".join(missing)
        )
