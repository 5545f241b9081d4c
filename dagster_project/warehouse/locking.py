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


def show_presence(folder: Path, run_id: str) -> None:
    """Show that a run lives, from now until this process ends, however it does: see `has_ended`.

    The sign appears with its lock: nobody finds it before somebody holds it.
    """
    make_private(folder)
    unseen = folder / f".{run_id}"
    # Never closed, so that the kernel lets it go with the process: a run's last word comes after all that it used.
    descriptor = os.open(unseen, os.O_RDWR | os.O_CREAT, 0o644)
    fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    unseen.replace(folder / run_id)


def signs_of_runs(folder: Path) -> list[Path]:
    """The signs of runs that live or have ended since signs were last removed, named by the runs' ids."""
    return sorted(folder.glob("[!.]*"))


def has_ended(sign: Path) -> bool:
    """Whether the process that showed a sign has ended, with or without a word."""
    try:
        descriptor = os.open(sign, os.O_RDWR)
    except FileNotFoundError:
        return False  # somebody else has looked at the same time, and removed it
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
