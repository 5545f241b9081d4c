"""The versions of what is kept under SLA_HOME, and what becomes of a home that another version of the project wrote.

What belongs here: one number for each folder that outlives a run, and the steps from one number to the next. What
doesn't: what lies in the folders. A number goes up when a version can no longer read what an earlier one wrote without
a step; the folder's own file says which number it has, so that a folder that is restored alone can be judged alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

FORMAT_FILE = "format.json"
# What was written before formats had numbers is of the first.
FIRST = 1


class FormatError(RuntimeError):
    """A folder can't be read by this version; the message says what to do."""


@dataclass(frozen=True)
class Format:
    """The number that this version reads and writes, and by older number the step to the next one.

    A step gets the folder, and may be begun again after a kill: what it has already done, it leaves. What is read as it
    is has `nothing` to be done: the number alone tells an older version that it can't read what is added.
    """

    number: int
    steps: Mapping[int, Callable[[Path], None]]


def nothing(folder: Path) -> None:
    """The step of a folder whose older files are read as they are."""


FORMATS: Mapping[str, Format] = {
    "archive": Format(FIRST, {}),
    "raw": Format(FIRST, {}),
    "quarantine": Format(FIRST, {}),
    "ledger": Format(FIRST, {}),
    # 2: a publication keeps which deliveries changed, not all that it rests on.
    "history": Format(2, {1: nothing}),
    "published": Format(FIRST, {}),
}


# What to do about a folder that can't be read: which of them a run makes again.
_FROM_ARCHIVE = "delete raw/, quarantine/ and build/, and a run reads everything again from archive/"
REMEDIES: Mapping[str, str] = {
    "archive": "restore it from a backup",
    "raw": _FROM_ARCHIVE,
    "quarantine": _FROM_ARCHIVE,
    "ledger": "delete it, and a run makes it again from archive/",
    "history": "restore it from a backup",
    "published": "delete it, and a run publishes it again",
}


def bring_up_to_date(home: Path, formats: Mapping[str, Format] = FORMATS) -> list[str]:
    """Bring every folder that a home has to this version's format.

    Returns what was done, a sentence each; nothing in a home that is up to date. Raises FormatError for a folder that
    a later version wrote, that is older than what the steps begin with, or whose number can't be read; then nothing at
    all is changed.
    """
    found = _numbers(home, formats)
    for name, number in found.items():
        missing = [older for older in range(number, formats[name].number) if older not in formats[name].steps]
        if missing:
            raise FormatError(
                f"{home / name} has format {number}, and this version of the project brings formats from "
                f"{missing[-1] + 1} on up to date. Install an earlier version, run it once, and then this one; or "
                f"{REMEDIES[name]}. Nothing was changed."
            )
    done = []
    for name, number in found.items():
        folder = home / name
        if not folder.is_dir():
            continue
        for older in range(number, formats[name].number):
            formats[name].steps[older](folder)
            _write(folder, older + 1)
            done.append(f"{folder} was brought from format {older} to {older + 1}")
    return done


def require_current(home: Path, formats: Mapping[str, Format] = FORMATS) -> None:
    """For whoever reads a home and isn't a run. Raises FormatError unless every folder has this version's format."""
    for name, number in _numbers(home, formats).items():
        if (home / name).is_dir() and number < formats[name].number:
            raise FormatError(
                f"{home / name} has format {number}, and this version of the project reads format "
                f"{formats[name].number}. Begin with `make run`, which brings it up to date."
            )


def number_what_is_new(home: Path, formats: Mapping[str, Format] = FORMATS) -> None:
    """Write this version's number into the folders of a home that have none, once a run has filled them."""
    for name, each in formats.items():
        if (home / name).is_dir() and not (home / name / FORMAT_FILE).exists():
            _write(home / name, each.number)


def _numbers(home: Path, formats: Mapping[str, Format]) -> dict[str, int]:
    """The format of each folder. Raises FormatError for one that a later version wrote."""
    found = {name: _number(home / name) for name in formats}
    for name, number in found.items():
        if number > formats[name].number:
            raise FormatError(
                f"{home / name} has format {number}, and this version of the project knows formats up to "
                f"{formats[name].number}: a later version wrote it. Install that version again; nothing was changed."
            )
    return found


def _number(folder: Path) -> int:
    """The format of a folder; a folder that doesn't say has the first."""
    path = folder / FORMAT_FILE
    if not path.exists():
        return FIRST
    try:
        number = json.loads(path.read_text(encoding="utf-8"))["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise FormatError(
            f'{path} can\'t be read. It should say {{"format": number}}; restore it from a backup, or delete it if '
            f"this version wrote the folder."
        ) from error
    if not isinstance(number, int) or number < FIRST:
        raise FormatError(
            f"{path} says format {number!r}, where a number from {FIRST} on is expected: no version of the project "
            f"wrote that. For {folder.name}: {REMEDIES[folder.name]}. Nothing was changed."
        )
    return number


def _write(folder: Path, number: int) -> None:
    temporary = folder / f".{FORMAT_FILE}.tmp"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump({"format": number}, file)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(folder / FORMAT_FILE)
