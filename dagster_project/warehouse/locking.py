"""One writer at a time: the lock that a build holds until it has published.

A kernel lock on a file: it goes with its process however that ends, so a killed run blocks nobody. What a
killed run had started (dbt) may outlive it: the next run ends it, and the database's own lock says when it has gone.
"""

from __future__ import annotations

import fcntl
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.util import Finalize
from pathlib import Path

from dagster_project.owner_only import make_private

LOCK_FILE_NAME = ".lock"
LONGEST_OWNER = 500
SECONDS_BETWEEN_LOOKS = 0.2


class BuildInUseError(RuntimeError):
    """Another run holds the build; the message names it."""


@contextmanager
def build_lock(build_folder: Path, owner: str) -> Iterator[None]:
    """Hold the build folder, which is made if need be. `owner` is what another run gets to read.

    Raises BuildInUseError at once when another run (or another holder in this process) has it.
    """
    make_private(build_folder)
    descriptor = os.open(build_folder / LOCK_FILE_NAME, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, LONGEST_OWNER).decode(errors="replace").strip()
            raise BuildInUseError(
                f"Another run is building in {build_folder}: {holder or 'it has not said its name yet'}. "
                "Start again when it has ended; nothing was changed."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, owner.encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def presence(folder: Path, run_id: str) -> Iterator[None]:
    """While this lasts, `has_died` says that the run lives. When it ends in order, so it stays until the process has
    ended, and then the run's file goes: its last word, that it succeeded or failed, comes after its resources are gone.
    """
    make_private(folder)
    path = folder / run_id
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield
    except BaseException:
        os.close(descriptor)
        raise
    Finalize(None, _take_away, (path, descriptor), exitpriority=0)


def _take_away(path: Path, descriptor: int) -> None:
    path.unlink(missing_ok=True)
    os.close(descriptor)


def has_died(folder: Path, run_id: str) -> bool:
    """Whether a run of this machine ended without a word: its file is there, and no process holds it.

    A run that has left no file, because it hasn't begun, has ended in order or is another machine's, hasn't died.
    """
    try:
        descriptor = os.open(folder / run_id, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def end_left_behind(target: Path) -> int:
    """End the dbt processes that a killed run has left behind, known by their target folder; how many there were.

    To be called while holding the build, when no run can have a dbt of its own at work there. Where a system doesn't
    show its processes' environments under /proc, nothing is ended, and `wait_for_writers` waits for them.
    """
    mark = b"DBT_TARGET_PATH=" + os.fsencode(target.absolute())
    ended = 0
    for environment in Path("/proc").glob("[0-9]*/environ"):
        process = int(environment.parent.name)
        try:
            if process != os.getpid() and mark in environment.read_bytes().split(b"\0"):
                os.kill(process, signal.SIGKILL)
                ended += 1
        except (OSError, ValueError):
            continue  # it is another user's, or has ended meanwhile
    return ended


def wait_for_writers(database: Path, patience_seconds: float) -> None:
    """Wait until no process has a database file open for writing; return at once when there is no such file.

    DuckDB holds a POSIX lock on a file that it writes. Raises BuildInUseError when it is still held after
    `patience_seconds`. This process must not have the database open: looking would take its lock away.
    """
    give_up_at = time.monotonic() + patience_seconds
    while database.exists():
        with database.open("r+b") as file:
            try:
                fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() > give_up_at:
                    raise BuildInUseError(
                        f"{database} is still being written, by something that an earlier run started. "
                        "Start again when it has ended; nothing was changed."
                    ) from None
            else:
                return
        time.sleep(SECONDS_BETWEEN_LOOKS)
