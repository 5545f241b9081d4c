"""Dates of which the latest reading left something alone: a file still being written, or one that can't be opened.

What belongs here: keeping them beside the ledger, so that whoever asks what is complete knows that they aren't.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import date
from pathlib import Path

from .files import incoming_path, move_into_place
from .ledger import object_folder

FILE_NAME = "left_alone.json"


def note_left_alone(home: Path, source: str, object_name: str, dates: Collection[date]) -> None:
    """Keep the dates of a source object of which something was left alone, instead of those noted before."""
    if set(dates) == left_alone(home, source, object_name):
        return
    path = object_folder(home, source, object_name) / FILE_NAME
    if not dates:
        path.unlink()
        return
    temporary = incoming_path(path.parent, FILE_NAME)
    temporary.write_text(json.dumps(sorted(day.isoformat() for day in dates)), encoding="utf-8")
    move_into_place([(temporary, path)])


def left_alone(home: Path, source: str, object_name: str) -> set[date]:
    """The dates of which the latest reading of a source object left something alone."""
    try:
        listed = (object_folder(home, source, object_name) / FILE_NAME).read_text(encoding="utf-8")
    except FileNotFoundError:
        return set()
    return {date.fromisoformat(day) for day in json.loads(listed)}
