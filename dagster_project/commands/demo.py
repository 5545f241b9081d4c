"""The demo company: when a run uses it, and its delivery into the landing folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from dagster_project.commands.console import Console
from dagster_project.formats import FORMAT_FILE
from dagster_project.settings import Settings

if TYPE_CHECKING:
    from dagster_project.demo import Shape

WRITTEN_BY_RUNS = ("archive", "raw", "ledger", "quarantine")
PART_TIME_REP = "U0014"
"""Whom the demo's contracts name by id: the one thing in them that another family spells otherwise."""


def main(settings: Settings, console: Console, family: str | None = None, loader: str | None = None) -> int:
    """Deliver the demo company, if the home holds nothing else.

    In another family or spelling than the usual one, the sources and the contracts that read it come
    with it.
    """
    from dagster_project.demo import DEFAULT_SHAPE, Shape

    try:
        shape = Shape(family or DEFAULT_SHAPE.family, loader or DEFAULT_SHAPE.loader)
    except ValueError as error:
        console.fail(f"The demo company can't be written so: {error}.")
        return 1
    held = demo_of(settings)
    if held not in (None, shape):
        console.fail(
            f"{settings.home} holds the demo company as {held} already, and two shapes of it must not be mixed. "
            "Set SLA_HOME to another folder."
        )
        return 1
    if held is None and not _is_unused(settings):
        console.fail(
            f"{settings.home} holds other extracts than the demo company's, and they must not be mixed. "
            "Set SLA_HOME to another folder."
        )
        return 1
    deliver_demo(settings, console, shape)
    if shape != DEFAULT_SHAPE:
        write_inputs(settings, shape)
        console.say(f"run it with:  {_command(settings)}")
    return 0


def wants_demo(settings: Settings) -> bool:
    """Whether a run is of the demo company: nothing else is set, and the home holds nothing else."""
    return not settings.has_own_inputs and (holds_demo(settings) or _is_unused(settings))


def holds_demo(settings: Settings) -> bool:
    """Whether the demo company was delivered into this home."""
    return demo_of(settings) is not None


def demo_of(settings: Settings) -> Shape | None:
    """The shape in which the demo company was delivered into this home; None if it wasn't."""
    from dagster_project.demo import demo_shape

    return demo_shape(settings.home / "extracts")


def needs_inputs(settings: Settings) -> str | None:
    """What to type instead, where the home's demo isn't read by the usual sources and none are set."""
    from dagster_project.demo import DEFAULT_SHAPE

    held = demo_of(settings)
    if settings.has_own_inputs or held in (None, DEFAULT_SHAPE) or not _sources_file(settings).is_file():
        return None
    return (
        f"{settings.home} holds the demo company as {held}, which needs the sources and contracts beside it. "
        f"Type:  {_command(settings)}"
    )


def deliver_demo(settings: Settings, console: Console, shape: Shape | None = None) -> None:
    """Simulate the demo company into `$SLA_HOME/extracts`, unless it is there already."""
    from dagster_project.demo import DEFAULT_SHAPE, write_demo

    landing = settings.home / "extracts"
    settings.home.mkdir(parents=True, exist_ok=True)
    with console.working("looking at the demo company"):
        is_new = write_demo(landing, console.say, shape or DEFAULT_SHAPE)
    console.say(f"the demo company's extracts are in {landing}" + ("" if is_new else " already"))


def past_of_the_demo(settings: Settings) -> date | None:
    """The day with which the demo's history begins, on its first run: so that something is restated in it."""
    from dagster_project.decisions.history import publications
    from dagster_project.demo import DEMO_PUBLISHED_BEFORE

    is_first = settings.as_of is None and not publications(settings.history)
    return DEMO_PUBLISHED_BEFORE if is_first else None


def _sources_file(settings: Settings) -> Path:
    return settings.home / "sources.yml"


def write_inputs(settings: Settings, shape: Shape) -> None:
    """The sources that read a shape, and the contracts with the shape's id of the rep they name."""
    from dagster_project.demo import DEFAULT_SHAPE

    _sources_file(settings).write_text(shape.sources_file.read_text(encoding="utf-8"), encoding="utf-8")
    contracts = settings.home / "contracts"
    contracts.mkdir(exist_ok=True)
    named, meant = (each.user_id(PART_TIME_REP) for each in (DEFAULT_SHAPE, shape))
    for version in sorted((settings.project / "contracts").glob("*.yml")):
        text = version.read_text(encoding="utf-8").replace(named, meant)
        (contracts / version.name).write_text(text, encoding="utf-8")


def _command(settings: Settings) -> str:
    home = settings.home
    return (
        f"SLA_HOME={home} SLA_SOURCES={_sources_file(settings)} SLA_CONTRACTS={home / 'contracts'} make run"
    )


def _is_unused(settings: Settings) -> bool:
    folders = [settings.home / "extracts", *(settings.home / name for name in WRITTEN_BY_RUNS)]
    return not any(
        path.name != FORMAT_FILE for folder in folders if folder.is_dir() for path in folder.iterdir()
    )
