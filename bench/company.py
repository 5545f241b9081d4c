"""The invented company that is measured, at any scale: the demo's simulator, two years of it, and its contract.

Scale 1 is a million people with about twenty touches each, 200 reps and 300 campaigns; 5 % of the records come late or
twice. It is delivered in the project's own format.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from dagster_project.commands.demo import write_inputs
from dagster_project.demo import DEMO_SEED, Shape, simulate, write_extracts
from dagster_project.extracts import ingest_object, load_sources, objects_of
from dagster_project.settings import load_settings

PROJECT = Path(__file__).parents[1]
STANDARD = Shape("standard")
PEOPLE = 1_000_000
FIRST_DAY, MONTHS = date(2025, 11, 1), 24
TOUCHES_PER_PERSON = 20.0
LATE_SHARE, REPEATED_SHARE = 0.03, 0.02
REPS, CAMPAIGNS = 200, 300
CURRENCY = "MXN"
INGESTED_AT = datetime(2026, 1, 1)


def deliver(home: Path, scale: float, first_day: date = FIRST_DAY, months: int = MONTHS) -> None:
    """Write the company's extracts, contracts and sources into `home`; its reps and campaigns grow up to scale 1."""
    share = min(scale, 1.0)
    history = simulate(
        DEMO_SEED,
        max(int(PEOPLE * scale), 1),
        first_day=first_day,
        months=months,
        touches_per_person=TOUCHES_PER_PERSON,
        late_share=LATE_SHARE,
        repeated_share=REPEATED_SHARE,
        reps=max(round(REPS * share), 15),
        campaigns=max(round(CAMPAIGNS * share), 12),
    )
    write_extracts(history, home / "extracts", shape=STANDARD)
    write_inputs(load_settings({"SLA_HOME": str(home)}), STANDARD)


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
