"""`make pull`: what changed at HubSpot and Salesforce since the last pull, into the landing folder."""

from __future__ import annotations

import importlib.util
from datetime import UTC, datetime

from dagster_project.commands.console import Console
from dagster_project.contract import ContractErrors
from dagster_project.extracts import SourcesErrors
from dagster_project.settings import Settings

NOT_INSTALLED = (
    "Pulling needs the extra `pull`, which isn't installed. "
    'Type  .venv/bin/python -m pip install ".[pull]"  in the project folder.'
)


def main(settings: Settings, console: Console) -> int:
    """Returns 0 when everything was delivered, and 1 with the reason when something wasn't."""
    if importlib.util.find_spec("dlt") is None:
        console.fail(NOT_INSTALLED)
        return 1
    from dagster_project.defs.pull import planned
    from dagster_project.pull import PullError, pull

    try:
        plans = planned(settings)
    except (SourcesErrors, ContractErrors, PullError) as error:
        console.fail(str(error))
        return 1
    for plan in plans:
        try:
            with console.working(f"pulling {plan.target.source}"):
                rows = pull(plan.target, plan.feeds, lambda: datetime.now(UTC))
        except PullError as error:
            console.fail(str(error))
            return 1
        told = ", ".join(f"{name} {count:,}" for name, count in sorted(rows.items())) or "nothing new"
        console.say(f"{plan.target.source}: {told}")
    console.say(f"the extracts are in {settings.extracts}")
    return 0
