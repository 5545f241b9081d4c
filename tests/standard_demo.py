"""The demo company in the project's own format, whose ids tests can name: contracts and sources that read it."""

from __future__ import annotations

import shutil
from pathlib import Path

from dagster_project.demo import DEFAULT_SHAPE, Shape

STANDARD = Shape("standard")
PART_TIME_REP = "U0014"
PROJECT = Path(__file__).parents[1]


def write_inputs(folder: Path) -> None:
    """The project's contracts, with the format's id of the rep that they name, and the sources."""
    shutil.copytree(PROJECT / "contracts", folder / "contracts")
    for version in (folder / "contracts").iterdir():
        text = version.read_text(encoding="utf-8")
        version.write_text(
            text.replace(DEFAULT_SHAPE.user_id(PART_TIME_REP), PART_TIME_REP), encoding="utf-8"
        )
    shutil.copy(STANDARD.sources_file, folder / "sources.yml")
