"""What has been delivered since the last run, seen from outside a run: nothing here archives or reads a file.

What belongs here: looking at the landing folder often and cheaply. What counts as new is the planning of the extracts
themselves. What doesn't: when a run is asked for.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from dagster_project.extracts import Source, Sources
from dagster_project.extracts.archive import Archived
from dagster_project.extracts.landing import LandedFile, scan_object, stamp_of
from dagster_project.extracts.ledger import read_object
from dagster_project.extracts.planning import make_plan

# A file that changed as recently as this may still be written to: a run would read the half of it.
QUIET_SECONDS = 10.0
# One file that never comes to rest must not keep all others waiting for ever.
LONGEST_WAIT_SECONDS = 600.0
# A look is short. What is more than this isn't hashed: its size and times stand for its content, and the run hashes it.
HASHED_BYTES_A_LOOK = 1024**3
BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Seen:
    """What earlier looks found, so that nothing is done twice.

    `settled`: by source object, the listing of which the ledger knew everything. `hashes`: by path under the landing
    folder, stamp and SHA-256 of what the ledger doesn't know by its stamp. `waiting_since`: when something new first
    waited for a file that was still being written (seconds since 1970), or None.
    """

    settled: Mapping[str, str] = field(default_factory=dict)
    hashes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    waiting_since: float | None = None

    @staticmethod
    def from_text(text: str | None) -> Seen:
        """What `to_text` gave; nothing for a text that isn't understood."""
        try:
            values = json.loads(text or "{}")
            hashes = {path: (stamp, sha256) for path, (stamp, sha256) in values["hashes"].items()}
            return Seen(dict(values["settled"]), hashes, values["waiting_since"])
        except (ValueError, KeyError, TypeError, AttributeError):
            return Seen()

    def to_text(self) -> str:
        return json.dumps(asdict(self), sort_keys=True)


@dataclass(frozen=True)
class Look:
    """What a look at the landing folder found.

    `new`: by path under the landing folder, the delivery's number and the content's hash. `still_written` and
    `unreadable` are paths. `is_whole`: whether there is nothing more to wait for. `files` counts all extracts.
    """

    new: Mapping[str, tuple[int, str]]
    still_written: tuple[str, ...]
    unreadable: tuple[str, ...]
    is_whole: bool
    files: int
    seen: Seen

    @property
    def key(self) -> str:
        """The same for the same new deliveries: it has the hash and the number of each.

        The number, since content that was replaced and then delivered again is new a second time.
        """
        listed = json.dumps(sorted((path, number, sha256) for path, (number, sha256) in self.new.items()))
        return hashlib.sha256(listed.encode()).hexdigest()


def look(home: Path, extracts_folder: Path, sources: Sources, seen: Seen, now: float) -> Look:
    """Look for deliveries that the ledger doesn't know; `now` in seconds since 1970. Raises OSError."""
    extracts_folder.stat()  # a share that isn't mounted is no empty folder
    looking = _Looking(home, extracts_folder, seen, now)
    for source in sources:
        for object_name in source.objects:
            looking.at_object(source, object_name)
    return looking.result()


class _Looking:
    def __init__(self, home: Path, extracts_folder: Path, seen: Seen, now: float) -> None:
        self.home = home
        self.folder = extracts_folder
        self.seen = seen
        self.now = now
        self.settled: dict[str, str] = {}
        self.hashes: dict[str, tuple[str, str]] = {}
        self.new: dict[str, tuple[int, str]] = {}
        self.still_written: list[str] = []
        self.unreadable: list[str] = []
        self.files = 0
        self.bytes_left = HASHED_BYTES_A_LOOK

    def at_object(self, source: Source, object_name: str) -> None:
        files, _ = scan_object(self.folder, source.name, object_name)
        self.files += len(files)
        place = f"{source.name}/{object_name}"
        listing = _listing(files)
        if not files or self.seen.settled.get(place) == listing:
            self.settled[place] = listing
            return
        left = len(self.still_written) + len(self.unreadable)
        rows = read_object(self.home, source.name, object_name)
        # Deliveries to be read again are no new ones: how they would be read, and what became of their Parquet, makes
        # no difference here.
        plan = make_plan(files, rows, "", self._hashed, lambda row: True)
        tasks = [task for task in plan.tasks if task.replaces is None]
        tasks += [settled.task for settled in plan.settled]
        for task in tasks:
            self.new[f"{place}/{task.file_name}"] = (task.delivery, task.archived.sha256)
        if not tasks and left == len(self.still_written) + len(self.unreadable):
            self.settled[place] = listing

    def _hashed(self, file: LandedFile) -> Archived | None:
        """The content's hash; None for a file that isn't to be read yet."""
        place = str(file.path.relative_to(self.folder))
        stamp, sha256 = self.seen.hashes.get(place, ("", ""))
        if stamp != file.stamp:
            try:
                if self._is_in_motion(file):
                    self.still_written.append(place)
                    return None
                if file.size_bytes > self.bytes_left:
                    sha256 = f"stamp {file.stamp}"
                else:
                    self.bytes_left -= file.size_bytes
                    sha256 = _content_hash(file)
            except FileNotFoundError:
                return None
            except _HasChanged:
                self.still_written.append(place)
                return None
            except OSError:
                self.unreadable.append(place)
                return None
        self.hashes[place] = (file.stamp, sha256)
        return Archived(sha256, file.size_bytes)

    def _is_in_motion(self, file: LandedFile) -> bool:
        status = file.path.lstat()
        times = (status.st_mtime, status.st_ctime)
        # A time far ahead is a wrong clock's, not a sign of writing.
        return stamp_of(status) != file.stamp or any(abs(self.now - time) < QUIET_SECONDS for time in times)

    def result(self) -> Look:
        waiting_since = None
        if self.new and self.still_written:
            waiting_since = self.now if self.seen.waiting_since is None else self.seen.waiting_since
        return Look(
            new=self.new,
            still_written=tuple(self.still_written),
            unreadable=tuple(self.unreadable),
            is_whole=not self.still_written
            or (waiting_since is not None and self.now - waiting_since > LONGEST_WAIT_SECONDS),
            files=self.files,
            seen=Seen(self.settled, self.hashes, waiting_since),
        )


class _HasChanged(Exception):
    """The file is another one than when the folder was listed."""


def _listing(files: Iterable[LandedFile]) -> str:
    listed = json.dumps([[file.file_name, file.stamp] for file in files])
    return hashlib.sha256(listed.encode()).hexdigest()


def _content_hash(file: LandedFile) -> str:
    # Not blocking, in case something else than a file has taken its place.
    descriptor = os.open(file.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb", buffering=0) as stream:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or stamp_of(status) != file.stamp:
            raise _HasChanged
        digest = hashlib.sha256()
        while block := stream.read(BLOCK_BYTES):
            digest.update(block)
        if stamp_of(os.fstat(descriptor)) != file.stamp:
            raise _HasChanged
    return digest.hexdigest()
