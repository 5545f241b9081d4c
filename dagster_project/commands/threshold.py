"""`make threshold`: what another MQL threshold would have meant."""

from __future__ import annotations

from dagster_project.commands.console import Console
from dagster_project.settings import Settings


def main(
    settings: Settings, console: Console, version: str | None = None, candidates: str | None = None
) -> int:
    """Print the candidates; 1, with the reason, when there is nothing to choose."""
    from dagster_project.defs.simulations import SIMULATION_ERRORS, contract_version, search, thresholds

    try:
        with console.working("looking at other thresholds"):
            searched = search(settings, contract_version(version), thresholds(candidates))
    except SIMULATION_ERRORS as error:
        console.fail(str(error))
        return 1
    console.print(searched.text(colour=console.has_colour, width=console.width))
    console.print(f"Page:    {searched.folder / 'index.html'}")
    console.print(f"Tables:  {searched.folder} (CSV and Parquet)")
    return 0
