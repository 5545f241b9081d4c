"""`make export`: what is published, as CSV files and a workbook for spreadsheets and BI tools."""

from __future__ import annotations

from dagster_project.commands.console import Console
from dagster_project.settings import Settings
from dagster_project.warehouse.exports import CSV_FOLDER_NAME, WORKBOOK_NAME, ExportError, export
from dagster_project.warehouse.publish import WAREHOUSE_FILE_NAME

FOLDER_NAME = "exports"


def main(settings: Settings, console: Console) -> int:
    """Write `published/exports/`, replacing what an earlier export left there."""
    folder = settings.published / FOLDER_NAME
    try:
        rows = export(settings.published / WAREHOUSE_FILE_NAME, folder)
    except ExportError as error:
        console.fail(str(error))
        return 1
    console.say(f"exported {len(rows)} tables, {sum(rows.values())} rows")
    console.print(f"CSV files:  {folder / CSV_FOLDER_NAME}\nWorkbook:   {folder / WORKBOOK_NAME}")
    return 0
