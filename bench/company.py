"""The invented company that is measured, at any scale: the demo's simulator, two years of it, and its contract.

Scale 1 is a million people with about twenty touches each, 200 reps and 300 campaigns; 5 % of the records come late or
twice. It is delivered in the project's own format. Beyond scale 1 it has divisions of up to a million people, which
share reps and campaigns: as many people as the simulator holds in memory at once.
"""

from __future__ import annotations

import math
import shutil
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pyarrow.compute as pc

from dagster_project.commands.demo import write_inputs
from dagster_project.demo import DEMO_SEED, History, Shape, simulate, write_extracts
from dagster_project.extracts import ingest_object, load_sources, objects_of
from dagster_project.settings import load_settings

PROJECT = Path(__file__).parents[1]
STANDARD = Shape("standard")
PEOPLE = 1_000_000
FIRST_DAY, MONTHS = date(2025, 11, 1), 24
TOUCHES_PER_PERSON = 20.0
LATE_SHARE, REPEATED_SHARE = 0.03, 0.02
REPS, CAMPAIGNS = 200, 300
OF_A_DIVISION = ("contacts", "touches", "leads", "lead_history", "activities", "meetings", "opportunities")
SHARED_IDS = ("campaign_id", "user_id", "owner_id", "changed_by_id")
CURRENCY = "MXN"
INGESTED_AT = datetime(2026, 1, 1)


def deliver(home: Path, scale: float, first_day: date = FIRST_DAY, months: int = MONTHS) -> None:
    """Write the company's extracts, contracts and sources into `home`; its reps and campaigns grow up to scale 1."""
    people = max(int(PEOPLE * scale), 1)
    for division in range(math.ceil(people / PEOPLE)):
        history = _simulated(
            division, min(people - division * PEOPLE, PEOPLE), min(scale, 1.0), first_day, months
        )
        if division == 0:
            write_extracts(history, home / "extracts", shape=STANDARD)
        else:
            write_extracts(_apart(history, division), home / "division", shape=STANDARD)
            _add_rows(home / "division", home / "extracts")
    write_inputs(load_settings({"SLA_HOME": str(home)}), STANDARD)


def _simulated(division: int, people: int, share: float, first_day: date, months: int) -> History:
    return simulate(
        DEMO_SEED + division,
        people,
        first_day=first_day,
        months=months,
        touches_per_person=TOUCHES_PER_PERSON,
        late_share=LATE_SHARE,
        repeated_share=REPEATED_SHARE,
        reps=max(round(REPS * share), 15),
        campaigns=max(round(CAMPAIGNS * share), 12),
    )


def _apart(history: History, division: int) -> History:
    """The history, its people and what happened to them told from those of every other division by their ids."""
    apart = {}
    for name in OF_A_DIVISION:
        table = history.table(name)
        for position, column in enumerate(table.column_names):
            if column == "email" or (column.endswith("_id") and column not in SHARED_IDS):
                values = pc.binary_join_element_wise(f"{division}-", table[column], "")
                table = table.set_column(position, column, values)
        apart[name] = table
    return replace(history, **apart)


def _add_rows(division: Path, extracts: Path) -> None:
    """Add the rows of a division's extracts to the company's, file by file, and remove the division's."""
    for path in division.rglob("*.csv"):
        if path.parent.name in OF_A_DIVISION:
            with path.open("rb") as rows, (extracts / path.relative_to(division)).open("ab") as file:
                rows.readline()  # the header
                shutil.copyfileobj(rows, file)
    shutil.rmtree(division)


def ingest(home: Path) -> None:
    """Bring all of it into raw. Raises SystemExit when a file is not read whole: then nothing is measured."""
    for source in load_sources(home / "sources.yml"):
        for name in objects_of(source.family):
            report = ingest_object(home, home / "extracts", source, name, CURRENCY, "bench", INGESTED_AT)
            if report.refused:
                raise SystemExit(f"{name}: these files should be read: {report.findings[:3]}")


def settings_of(home: Path) -> dict[str, str]:
    """The environment in which the product's commands read this company."""
    return {
        "SLA_HOME": str(home),
        "SLA_EXTRACTS": str(home / "extracts"),
        "SLA_CONTRACTS": str(home / "contracts"),
        "SLA_SOURCES": str(home / "sources.yml"),
    }
