"""`make simulate`: what a draft contract would have meant, beside what is published."""

from __future__ import annotations

from dagster_project.commands.console import Console
from dagster_project.settings import Settings


def main(settings: Settings, console: Console, contract: str, since: str | None = None) -> int:
    """Print the comparison; 1, with the reason, when there is none to make."""
    from dagster_project.defs.simulations import SIMULATION_ERRORS, simulate

    try:
        with console.working(f"replaying the history under {contract}"):
            simulated = simulate(settings, contract, since)
    except SIMULATION_ERRORS as error:
        console.fail(str(error))
        return 1
    console.print(simulated.text(colour=console.has_colour, width=console.width))
    console.print(f"Page:    {simulated.folder / 'index.html'}")
    console.print(f"Tables:  {simulated.folder} (CSV and Parquet)")
    return 0
