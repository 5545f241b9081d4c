"""The demo company: when a run uses it, and its delivery into the landing folder."""

from __future__ import annotations

from dagster_project.commands.console import Console
from dagster_project.formats import FORMAT_FILE
from dagster_project.settings import Settings

WRITTEN_BY_RUNS = ("archive", "raw", "ledger", "quarantine")


def main(settings: Settings, console: Console) -> int:
    """Deliver the demo company, if the home holds nothing else."""
    if not (holds_demo(settings) or _is_unused(settings)):
        console.fail(
            f"{settings.home} holds other extracts than the demo company's, and they must not be mixed. "
            "Set SLA_HOME to another folder."
        )
        return 1
    deliver_demo(settings, console)
    return 0


def wants_demo(settings: Settings) -> bool:
    """Whether a run is of the demo company: nothing else is set, and the home holds nothing else."""
    return not settings.has_own_inputs and (holds_demo(settings) or _is_unused(settings))


def holds_demo(settings: Settings) -> bool:
    """Whether the demo company was delivered into this home."""
    from dagster_project.demo import is_demo

    return is_demo(settings.home / "extracts")


def deliver_demo(settings: Settings, console: Console) -> None:
    """Simulate the demo company into `$SLA_HOME/extracts`, unless it is there already."""
    from dagster_project.demo import write_demo

    landing = settings.home / "extracts"
    settings.home.mkdir(parents=True, exist_ok=True)
    with console.working("looking at the demo company"):
        is_new = write_demo(landing, console.say)
    console.say(f"the demo company's extracts are in {landing}" + ("" if is_new else " already"))


def _is_unused(settings: Settings) -> bool:
    folders = [settings.home / "extracts", *(settings.home / name for name in WRITTEN_BY_RUNS)]
    return not any(
        path.name != FORMAT_FILE for folder in folders if folder.is_dir() for path in folder.iterdir()
    )
