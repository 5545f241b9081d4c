"""Whole runs in processes of their own, to be killed: how they are started, what they published, what they logged.

What belongs here: what every fault of whole runs is tried on. The history is small, since a fault doesn't care how
much data there is.
"""

from __future__ import annotations

import multiprocessing
import random
import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

import dagster as dg
import duckdb

from dagster_project.__main__ import main
from dagster_project.commands.console import Console
from dagster_project.commands.dagster_home import RUN_YAML, instance_of_a_run
from dagster_project.defs import build_definitions
from dagster_project.defs.automation import bury_the_dead
from dagster_project.settings import load_settings
from tests.integration.command_line import history_settings
from tests.scenarios.history import History

# The imports of a run cost more than most of its steps: a server has them, and each run is a fork of it.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.preloaded"])

PROVENANCE = ("published_at", "ingested_at", "delivered_at", "run_id")
LONGEST_RUN_SECONDS = 900
SECONDS_BETWEEN_LOOKS = 0.01
NO_FILE = Path("no such file")


def a_history(folder: Path) -> Path:
    """Two MQLs, one of them handed off and called, delivered on three days; and a row for the quarantine."""
    history = History()
    history.mql("ana", "2026-01-12 10:00", "2026-01-12 11:00").calls("2026-01-12 12:00")
    history.people["ana"].opportunity("2026-02-02 10:00", won="2026-02-20 10:00")
    history.person("luis", email="luis@acme.example", on="2026-02-28").touch(
        "2026-02-03 10:00", on="2026-02-28"
    )
    history.spend("2026-01-12", 100)
    history.campaign("expo")
    history.row("touches", touch_id="bad", contact_id="ana", occurred_at="never", touch_type="page_view")
    history.write(folder)
    return folder


def settings_of(history: Path, home: Path) -> dict[str, str]:
    """Settings for a history's folder, with a key of e-mail hashes that new homes share."""
    return history_settings(history, home, SLA_EMAIL_KEY="one key for all homes of a test")


class Run(NamedTuple):
    """A run that was started: its process, and the file of what it prints."""

    process: BaseProcess
    printed: Path

    @property
    def output(self) -> str:
        return self.printed.read_text(encoding="utf-8") if self.printed.exists() else ""

    def ended(self) -> int:
        """Wait for its end; its exit status (negative: the signal that ended it)."""
        self.process.join(LONGEST_RUN_SECONDS)
        assert self.process.exitcode is not None, "the run has not ended"
        return self.process.exitcode

    def kill(self) -> bool:
        """Kill it as the kernel does for want of memory; whether it was still at work."""
        self.process.kill()
        return self.ended() < 0


def start(
    settings: Mapping[str, str],
    printed: Path,
    spare_memory: int | None = None,
    command: Sequence[str] = ("run",),
) -> Run:
    """Start a run of everything, or another command; with `spare_memory`, in a process that gets no more than so many
    further bytes."""
    printed.unlink(missing_ok=True)
    process = PROCESSES.Process(
        target=run_here, args=(dict(settings), str(printed), [*command], spare_memory)
    )
    process.start()
    return Run(process, printed)


def run_here(
    settings: dict[str, str],
    printed: str,
    command: Sequence[str] = ("run",),
    spare_memory: int | None = None,
) -> None:
    """What a started process does: the command, with all that it prints in a file; never returns."""
    if spare_memory is not None:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + spare_memory
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    with Path(printed).open("w", encoding="utf-8", buffering=1) as file:
        status = main(
            [*command], load=lambda: load_settings(settings, env_file=NO_FILE), console=Console(file)
        )
    raise SystemExit(status)


def run(settings: Mapping[str, str], printed: Path, command: Sequence[str] = ("run",)) -> Run:
    """A whole run, or another command, to its end."""
    started = start(settings, printed, command=command)
    started.ended()
    return started


def log_of(run: Run, home: Path) -> Path | None:
    """The log of a run, by its process; None before it has one."""
    return next((home / "logs").glob(f"run_*_{run.process.pid}.log"), None)


def boundary_of(line: str) -> str | None:
    """The moment at which a step began or ended, if a line of the log says one: `raw - STEP_START`."""
    for moment in ("STEP_START", "STEP_SUCCESS"):
        before, is_there, _ = line.partition(f" - {moment} - ")
        if is_there:
            return f"{before.rpartition(' - ')[2]} - {moment}"
    return None


def boundaries(log: str) -> list[str]:
    """The moments at which steps began and ended, in their order."""
    return [boundary for line in log.splitlines() if (boundary := boundary_of(line))]


def statuses(home: Path) -> list[str]:
    """What Dagster, and so its UI, says of each run, the latest first."""
    with dg.DagsterInstance.from_config(str(home / "dagster"), RUN_YAML) as instance:
        return [run.status.value for run in instance.get_runs()]


def said_by_the_next(settings: Mapping[str, str]) -> list[str]:
    """The statuses as they are once another command has begun, which first looks who died."""
    loaded = load_settings(settings, env_file=NO_FILE)
    with instance_of_a_run(loaded) as instance:
        bury_the_dead(instance, loaded)
    return statuses(loaded.home)


def assert_it_is_said_what_happened(home: Path, killed: int) -> None:
    """After runs that were killed while at work and one that came to its end: Dagster calls it a success, each of them
    a failure (but those it had not heard of yet, and those that died after their last word), and none as being at work.
    """
    said = statuses(home)
    assert said[0] == "SUCCESS"
    assert set(said) <= {"SUCCESS", "FAILURE"}
    assert said.count("FAILURE") <= killed


class Moment(NamedTuple):
    """A moment of a run, whatever else the machine has to do: so long after so many lines of its log."""

    lines: int
    seconds: float


def random_moment(log: str, draws: random.Random) -> Moment:
    """A moment of the time that an undisturbed run took, all of them as likely, by its log."""
    written = [(number, at) for number, line in enumerate(log.splitlines(), 1) if (at := _written_at(line))]
    began, ended = written[0][1], written[-1][1]
    moment = began + draws.random() * (ended - began)
    lines, at = max(each for each in written if each[1] <= moment)
    return Moment(lines, (moment - at).total_seconds())


def _written_at(line: str) -> datetime | None:
    try:
        return datetime.strptime(line[:23], "%Y-%m-%d %H:%M:%S,%f")
    except ValueError:
        return None


def lines_logged(run: Run, home: Path) -> Iterator[str]:
    """The lines of a run's log as they are written, until the run has ended."""
    while (path := log_of(run, home)) is None and run.process.is_alive():
        time.sleep(SECONDS_BETWEEN_LOOKS)
    if path is None:
        return
    with path.open(encoding="utf-8", errors="replace") as log:
        rest = ""
        while run.process.is_alive():
            rest += log.read()
            *lines, rest = rest.split("\n")
            yield from lines
            if not lines:
                time.sleep(SECONDS_BETWEEN_LOOKS)


def wait_for_boundary(run: Run, home: Path, boundary: str) -> None:
    """Wait until a step has begun or ended, or the run has ended."""
    for line in lines_logged(run, home):
        if boundary_of(line) == boundary:
            return


def wait_for_moment(run: Run, home: Path, moment: Moment) -> None:
    """Wait until a moment has come, or the run has ended."""
    for number, _ in enumerate(lines_logged(run, home), 1):
        if number == moment.lines:
            run.process.join(moment.seconds)
            return


def content(home: Path) -> dict[str, list[str]]:
    """Every published table without its provenance columns, as text. Raises when it can't be read, or when the Parquet
    files don't hold the same tables."""
    published = home / "published"
    tables: dict[str, list[str]] = {}
    with duckdb.connect(published / "warehouse.duckdb", read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        for (name,) in connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts' order by table_name"
        ).fetchall():
            tables[name] = _rows(connection, f'marts."{name}"')
            parquet = published / "marts" / f"{name}.parquet"
            assert _rows(connection, f"'{parquet}'") == tables[name], f"{parquet} isn't the published table"
    return tables


def is_readable(home: Path) -> bool:
    """Whether the published file can be opened and every table in it read to its end."""
    with duckdb.connect(home / "published" / "warehouse.duckdb", read_only=True) as connection:
        names = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
        return bool(names) and all(
            connection.execute(f'select * from marts."{name}"').fetchall() is not None for (name,) in names
        )


def _rows(connection: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    shown = f"columns(lambda c: c not in ({', '.join(repr(name) for name in PROVENANCE)}))"
    return [str(row) for row in connection.execute(f"select {shown} from {table} order by all").fetchall()]


def materialize(
    settings: Mapping[str, str], selection: dg.AssetSelection, **tags: str
) -> dg.ExecuteInProcessResult:
    """A separate run of a part, as somebody starts it in the UI."""
    definitions = dg.Definitions.merge(
        build_definitions(load_settings(settings, env_file=NO_FILE)),
        dg.Definitions(jobs=[dg.define_asset_job("a_part", selection, executor_def=dg.in_process_executor)]),
    )
    with dg.DagsterInstance.ephemeral() as instance:
        return definitions.resolve_job_def("a_part").execute_in_process(
            instance=instance, raise_on_error=False, tags=tags
        )


def failures(result: dg.ExecuteInProcessResult) -> list[str]:
    """What the steps that failed say, a text each."""
    told = []
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data.user_failure_data
            assert failure is not None, event.step_failure_data.error
            told.append(str(failure.description))
    return told


class Company(NamedTuple):
    """A history, a home in which an undisturbed run published it, what it published, and its log."""

    history: Path
    home: Path
    content: dict[str, list[str]]
    log: str

    def settings(self, home: Path) -> dict[str, str]:
        return settings_of(self.history, home)


def a_company(folder: Path, tell: Callable[[Path], Path] = a_history) -> Company:
    """A company whose history, which `tell` writes, was published once by an undisturbed run."""
    history, home = tell(folder / "history"), folder / "undisturbed"
    first = run(settings_of(history, home), folder / "printed.txt")
    assert first.ended() == 0, first.output
    log = log_of(first, home)
    assert log is not None
    return Company(history, home, content(home), log.read_text(encoding="utf-8"))
