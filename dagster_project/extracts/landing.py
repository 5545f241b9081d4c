"""The landing folder: which files it holds, which of them are extracts, and what else lies there.

What belongs here: names and kinds of files. Nothing here opens a file; the folder is never written to.
"""

from __future__ import annotations

import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from .findings import Finding, Severity
from .sources import Source, Sources

EXTRACT_NAME = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})(?:\.(?P<part>[^./\\\x00-\x1f\x7f]+))?"
    r"\.(?P<format>csv|jsonl|parquet|csv\.gz|jsonl\.gz)"
)
EPOCH = datetime(1970, 1, 1)
MICROSECOND = timedelta(microseconds=1)
EARLIEST, LATEST = ((each - EPOCH) // MICROSECOND for each in (datetime.min, datetime.max))


@dataclass(frozen=True)
class ExtractName:
    """What a file's name says. Parts compare in byte order; a name without one has the part None."""

    extract_date: date
    part: str | None
    format: str

    @property
    def kind(self) -> str:
        """csv, jsonl or parquet."""
        return self.format.partition(".")[0]

    @property
    def is_compressed(self) -> bool:
        return self.format.endswith(".gz")


@dataclass(frozen=True)
class LandedFile:
    """An extract in the landing folder. `stamp` changes whenever the file is written or replaced."""

    path: Path
    name: ExtractName
    size_bytes: int
    delivered_at: datetime
    stamp: str

    @property
    def file_name(self) -> str:
        return self.path.name


def parse_name(file_name: str) -> ExtractName | None:
    """What an extract's name says; None for a name of no known form. Parts are compared in Unicode's NFC."""
    found = EXTRACT_NAME.fullmatch(unicodedata.normalize("NFC", file_name))
    if not found:
        return None
    try:
        extract_date = date.fromisoformat(found["date"])
    except ValueError:
        return None
    return ExtractName(extract_date, found["part"], found["format"])


def is_ignored(file_name: str) -> bool:
    """Whether a name says that the file is a writer's own business."""
    return file_name.startswith((".", "_")) or file_name.endswith((".tmp", ".part"))


def stamp_of(status: os.stat_result) -> str:
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"


def time_of(status: os.stat_result) -> datetime:
    """A file's time as naive UTC, cut to microseconds; the nearest that a calendar has."""
    return EPOCH + MICROSECOND * min(max(status.st_mtime_ns // 1000, EARLIEST), LATEST)


def scan_object(
    extracts_folder: Path, source_name: str, object_name: str
) -> tuple[list[LandedFile], list[Finding]]:
    """The extracts of one source object, and a finding for everything else that lies in its folder.

    A folder that isn't there is an empty one.
    """
    files: list[LandedFile] = []
    findings: list[Finding] = []
    folder = extracts_folder / source_name / object_name
    if _kind(folder) != "a folder" or _kind(folder.parent) != "a folder":
        return [], []
    for entry in _entries(folder):
        if is_ignored(entry.name):
            continue
        name = parse_name(entry.name)
        kind = _kind(Path(entry.path))
        if kind is None:
            continue
        if name is None or kind != "a file" or not _is_text(entry.name):
            what = kind if kind != "a file" else "a name that isn't <date>[.<part>].<csv|jsonl|parquet>[.gz]"
            findings.append(_unexpected(source_name, object_name, Path(entry.path), extracts_folder, what))
            continue
        status = entry.stat(follow_symlinks=False)
        files.append(LandedFile(Path(entry.path), name, status.st_size, time_of(status), stamp_of(status)))
    return files, findings


def unexpected_entries(extracts_folder: Path, sources: Sources) -> list[Finding]:
    """What lies in the extracts folder outside the folders of declared source objects: it isn't read."""
    findings = []
    for entry in _entries(extracts_folder):
        if is_ignored(entry.name):
            continue
        source = sources.by_name.get(entry.name)
        kind = _kind(Path(entry.path))
        if source is None or kind != "a folder":
            what = "no source that sources.yml declares" if kind == "a folder" else str(kind)
            findings.append(_unexpected(entry.name, "", Path(entry.path), extracts_folder, what))
            continue
        findings += _unexpected_in_source(extracts_folder, source)
    return findings


def _unexpected_in_source(extracts_folder: Path, source: Source) -> Iterator[Finding]:
    for entry in _entries(extracts_folder / source.name):
        kind = _kind(Path(entry.path))
        if is_ignored(entry.name) or (entry.name in source.objects and kind == "a folder"):
            continue
        what = f"no object of the family {source.family}" if kind == "a folder" else str(kind)
        yield _unexpected(source.name, entry.name, Path(entry.path), extracts_folder, what)


def _unexpected(source: str, object_name: str, path: Path, extracts_folder: Path, what: str) -> Finding:
    place = printable(str(path.relative_to(extracts_folder)))
    return Finding(
        kind="unexpected_entry",
        source=printable(source),
        object=printable(object_name),
        count=1,
        severity=Severity.WARNING,
        message=f"{place} was not read: {what}. Rename or remove it, or declare it in sources.yml.",
    )


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: os.fsencode(entry.name))


def _kind(path: Path) -> str | None:
    """What lies at a path, links not followed; None for nothing."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISREG(mode):
        return "a file"
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a symbolic link" if stat.S_ISLNK(mode) else "neither a file nor a folder"


def _is_text(name: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in name)


def printable(text: str) -> str:
    """A name as it can be shown: what isn't printable is escaped."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape", "surrogatepass").decode()
        for character in text
    )
