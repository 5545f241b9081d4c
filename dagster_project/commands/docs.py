"""`make docs`: dbt's documentation of every model, column and metric, as one page."""

from __future__ import annotations

from dagster_project.commands.console import Console
from dagster_project.settings import Settings
from dagster_project.warehouse.documentation import write_documentation
from dagster_project.warehouse.publish import DOCUMENTATION_NAME, WAREHOUSE_FILE_NAME


def main(settings: Settings, console: Console) -> int:
    """Write the page beside what is published, whether or not anything is."""
    page = settings.published / DOCUMENTATION_NAME
    with console.working("writing dbt's documentation"):
        write_documentation(settings.dbt, settings.published / WAREHOUSE_FILE_NAME, page)
    console.print(f"Documentation of models, columns and metrics: {page}")
    return 0
