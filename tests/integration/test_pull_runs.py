"""What `make pull` delivers is worth what an export is: a run over either comes to the same marts.

The export is written by hand here, from what the vendors know at the same instants: a dump of every object at each.
"""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
import yaml

from dagster_project.demo import DEFAULT_SHAPE, History, Shape, simulate
from dagster_project.demo import people as demo_people
from dagster_project.extracts import Sources, load_sources
from tests.pipeline import Result, build
from tests.vendor_records import night_after
from tests.vendor_server import VendorServer

pytest.importorskip("dlt", reason="the extra `pull` isn't installed")

from dagster_project.pull import Patience, plans, pull

PROJECT = Path(__file__).parents[2]
PART_TIME_REP = "U0014"
FAMILIES = (Shape("hubspot+salesforce"), Shape("hubspot"))
FIRST_DAY = date(2026, 2, 1)
DELIVERED_ON = (date(2026, 2, 10), date(2026, 2, 14), date(2026, 2, 28))
UNTOLD = {"email_events": "campaign_id", "marketing_event_participations": "campaign_id"}
"""What HubSpot's API tells nobody, and an export may have."""


@pytest.fixture(scope="module")
def history() -> History:
    """A month of few people, each with an own address, as HubSpot wants it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo_people, "SHARED_MAILBOX_SHARE", 0.0)
        patch.setattr(demo_people, "MERGED_SHARE_OF_DOUBLES", 1.0)
        return simulate(3, 400, first_day=FIRST_DAY, months=1)


def company(folder: Path, shape: Shape) -> Sources:
    """The folder with a contract and sources that come whenever they come."""
    settings = yaml.safe_load(shape.sources_file.read_text(encoding="utf-8"))
    for source in settings["sources"].values():
        source |= {"delivery": "dump", "timezone": "America/Mexico_City"}
    (folder / "sources.yml").write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    (folder / "contracts").mkdir()
    text = (PROJECT / "contracts/2025-11.yml").read_text(encoding="utf-8")
    named, meant = (each.user_id(PART_TIME_REP) for each in (DEFAULT_SHAPE, shape))
    (folder / "contracts/2025-11.yml").write_text(text.replace(named, meant), encoding="utf-8")
    return load_sources(folder / "sources.yml")


def pull_all(server: VendorServer, folder: Path, sources: Sources) -> None:
    attributes = {"annual_budget", "state"}
    patience = Patience(attempts=4, backoff_seconds=0.0)
    for plan in plans(server.settings, sources, folder / "extracts", folder / "pull", attributes, patience):
        pull(plan.target, plan.feeds, lambda: server.now)


def export(server: VendorServer, folder: Path, sources: Sources, day: date) -> None:
    """A dump of all that there is at the server's `now`, as `day`'s extract."""
    for source in sources:
        for name, columns in server.columns[source.family].items():
            target = folder / "extracts" / source.name / name
            target.mkdir(parents=True, exist_ok=True)
            kept = [column for column in columns if column != UNTOLD.get(name)]
            with (target / f"{day}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, kept, extrasaction="ignore")
                writer.writeheader()
                writer.writerows(server.current(source.family, name))


@pytest.mark.parametrize("shape", FAMILIES, ids=str)
def test_a_run_over_what_was_pulled_gives_the_same_marts_as_over_the_written_export(
    history: History, tmp_path: Path, shape: Shape
) -> None:
    pulled, exported = tmp_path / "pulled", tmp_path / "exported"
    for folder in (pulled, exported):
        folder.mkdir()
    sources = company(pulled, shape)
    company(exported, shape)
    with VendorServer(history, shape.family).running() as server:
        for day in DELIVERED_ON:
            server.now = night_after(day)
            pull_all(server, pulled, sources)
            export(server, exported, sources, day)
    found, expected = (build(folder, folder / "home") for folder in (pulled, exported))
    for result in (found, expected):
        assert [report.refused for report in result.reports if report.refused] == []
        assert sum(report.rows_quarantined for report in result.reports) == 0
    assert_same_marts(found, expected)
    seen = expected.rows(
        "select count(qualified_at), count(handed_off_at), count(first_attempt_at) from marts.fct_mqls"
    )
    assert min(int(str(count)) for count in seen[0]) > 3


def assert_same_marts(found: Result, expected: Result) -> None:
    tables = "select table_name from information_schema.tables where table_schema = 'marts' order by all"
    assert found.rows(tables) == expected.rows(tables) != []
    for (name,) in expected.rows(tables):
        if name != "extract_ledger":
            query = f"select * from marts.{name} order by all"
            pd.testing.assert_frame_equal(found.frame(query), expected.frame(query), obj=str(name))
