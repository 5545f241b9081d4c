"""Through when everything has been delivered (domain, as of: 1).

Touches come daily from 5 January, with a quiet day on the 7th and the 9th missing; leads come daily
and count from 6 January; contacts are a dump, of the 8th and the 20th.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from dagster_project.contract import load_contracts
from dagster_project.extracts import IncompleteExtracts, complete_through, load_sources
from tests.pipeline import ingest
from tests.scenarios.history import SOURCE, History

DELIVERY = {"default": "dump", "touches": "daily", "leads": "daily"}


def a_series(*days: int, **source: object) -> History:
    """A touch in the extract of each of these days of January, and contacts on the 8th and the 20th."""
    history = History(through="2026-01-20", delivery=DELIVERY, **source)
    history.person("ana", on="2026-01-08")
    history.person("eva", on="2026-01-20")
    for day in days:
        history.people["ana"].touch(f"2026-01-{day:02} 10:00", on=f"2026-01-{day:02}")
    return history


def delivered(history: History, folder: Path) -> Path:
    """Write and ingest a history without the files of the day `through`, which the language adds for every object."""
    history.write(folder)
    for name in ("touches", "leads"):
        (folder / "extracts" / SOURCE / name / "2026-01-20.csv").unlink()
    leads = folder / "extracts" / SOURCE / "leads"
    for day in range(4, 16):
        if day != 5:
            (leads / f"2026-01-{day:02}.csv").write_text("lead_id,created_at,updated_at\n", encoding="utf-8")
    ingest(folder, folder / "home", load_contracts(folder / "contracts"))
    return folder


def instant(folder: Path, as_of: str | None = None) -> datetime:
    """The instant on the wall in Mexico City, which is six hours behind UTC."""
    sources = load_sources(folder / "sources.yml")
    until = complete_through(folder / "home", sources, date.fromisoformat(as_of) if as_of else None)
    return until.instant.replace(hour=until.instant.hour - 6)


@pytest.fixture(scope="module")
def with_a_gap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    history = a_series(5, 6, 8, 10, required=["touches"])
    folder = tmp_path_factory.mktemp("gap")
    quiet_day = folder / "extracts" / SOURCE / "touches" / "2026-01-07.csv"
    history.write(folder)
    quiet_day.write_text("touch_id,contact_id,occurred_at,touch_type\n", encoding="utf-8")
    ingest(folder, folder / "home", load_contracts(folder / "contracts"))
    return folder


def test_a_missing_day_holds_everything_back_and_a_quiet_one_does_not(with_a_gap: Path) -> None:
    # 5, 6, 7 (a header only), 8, then nothing on the 9th: through the end of the 8th
    assert instant(with_a_gap) == datetime(2026, 1, 9, 0, 0)


def test_as_of_a_day_only_the_extracts_up_to_it_count(with_a_gap: Path) -> None:
    assert instant(with_a_gap, "2026-01-06") == datetime(2026, 1, 7, 0, 0)


def test_without_an_extract_of_a_required_object_there_is_no_run(with_a_gap: Path) -> None:
    with pytest.raises(IncompleteExtracts, match="touches"):
        instant(with_a_gap, "2026-01-04")


def test_the_smallest_of_the_required_objects_counts(tmp_path: Path) -> None:
    # leads from the 6th through the 15th; the dump of the 20th; touches through the 12th
    folder = delivered(
        a_series(*range(5, 13), required=["touches", "contacts", "leads"], series_from="2026-01-06"), tmp_path
    )
    assert instant(folder) == datetime(2026, 1, 13, 0, 0)
    # a dump is complete through its latest extract: the 8th
    assert instant(folder, "2026-01-12") == datetime(2026, 1, 9, 0, 0)
    assert instant(folder, "2026-01-08") == datetime(2026, 1, 9, 0, 0)
    # no dump of the contacts yet
    with pytest.raises(IncompleteExtracts, match="contacts"):
        instant(folder, "2026-01-07")


def test_a_missing_first_day_of_the_series_leaves_the_day_before(tmp_path: Path) -> None:
    folder = delivered(a_series(4, 6, 7, required=["touches"], series_from="2026-01-05"), tmp_path)
    # the 5th is missing and there are extracts since: through the end of the 4th
    assert instant(folder) == datetime(2026, 1, 5, 0, 0)
    # no extract since the 5th
    with pytest.raises(IncompleteExtracts, match="touches"):
        instant(folder, "2026-01-05")


def test_an_object_that_is_not_required_holds_nothing_back(tmp_path: Path) -> None:
    folder = delivered(a_series(5, 6, required=["contacts"]), tmp_path)
    assert instant(folder) == datetime(2026, 1, 21, 0, 0)
