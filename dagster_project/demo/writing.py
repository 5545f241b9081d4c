"""A history as the extracts of a family of systems, and the demo company's delivery into its folder.

What belongs here: which shapes there are, and the folder's marker. What doesn't: what a shape's files
look like inside (`vendors`), nor what is in the history.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from .company import DEMO_PEOPLE, DEMO_SEED
from .files import write_files
from .history import History
from .simulation import simulate
from .vendors import DEFAULT_SHAPE, Shape, sources_of

MARKER_NAME = ".demo"
FORMAT_VERSION = 2
"""Raised whenever the same seed gives other files than before."""

Progress = Callable[[str], None]


def write_extracts(
    history: History, folder: Path, progress: Progress | None = None, shape: Shape = DEFAULT_SHAPE
) -> None:
    """Write `folder/<source>/<object>/<extract_date>.csv` for every object and day.

    An object of changes has a file each day, on a quiet day with the header only; others have a whole
    dump now and then. Each file is renamed into its place when it is complete. `progress` is told what
    is being written.
    """
    for source in sources_of(history, shape):
        for extract in source.extracts():
            if progress is not None:
                progress(f"{source.name}/{extract.name}: {extract.table.num_rows:,} rows")
            target = folder / source.name / extract.name
            write_files(extract, target, history.first_day, history.last_day, source.instant)


def demo_shape(folder: Path) -> Shape | None:
    """The shape in which `write_demo` wrote an extracts folder; None if it isn't one of its."""
    marker = _marker(folder)
    if marker is None:
        return None
    try:
        return Shape(str(marker.get("family", "standard")), str(marker.get("loader", "api")))
    except ValueError:
        return DEFAULT_SHAPE


def write_demo(folder: Path, progress: Progress | None = None, shape: Shape = DEFAULT_SHAPE) -> bool:
    """Write the demo company's extracts into `folder`; False if they are there already.

    The folder appears whole or not at all: it is written beside its place under a name that begins
    with a dot, its marker last, and then renamed. Raises FileExistsError when `folder` holds
    anything that isn't a demo.
    """
    marker = {
        "seed": DEMO_SEED,
        "people": DEMO_PEOPLE,
        "format_version": FORMAT_VERSION,
        "family": shape.family,
        "loader": shape.loader,
    }
    found = _marker(folder)
    if found == marker:
        return False
    if found is None and folder.exists() and any(folder.iterdir()):
        raise FileExistsError(
            f"{folder} holds extracts that are not the demo's; nothing was written there. "
            "Choose another SLA_HOME for the demo, or set SLA_EXTRACTS to use these extracts."
        )
    unfinished = folder.parent / f".{folder.name}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    if progress is not None:
        progress(f"simulating {DEMO_PEOPLE:,} people of an invented company")
    write_extracts(simulate(DEMO_SEED, DEMO_PEOPLE), unfinished, progress, shape)
    (unfinished / MARKER_NAME).write_text(json.dumps(marker, sort_keys=True) + "\n", encoding="utf-8")
    if folder.exists():
        shutil.rmtree(folder)
    unfinished.rename(folder)
    return True


def _marker(folder: Path) -> dict[str, object] | None:
    path = folder / MARKER_NAME
    if not path.is_file():
        return None
    try:
        marker = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return None
    return marker if isinstance(marker, dict) else None
