"""The instant up to which every required extract has been delivered (domain, as of)."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from dagster_project.extracts import (
    IncompleteExtracts,
    ObjectState,
    Sources,
    archive,
    complete_through,
    days_in_words,
    landing,
    object_state,
    standing_findings,
)
from tests.unit.extracts.deliveries import Deliveries

HEADERS = {
    "touches": "touch_id,contact_id,occurred_at,touch_type\n",
    "campaigns": "campaign_id,campaign_name\n",
    "leads": "lead_id,created_at,updated_at\n",
}


def delivered(folder: Path, days: dict[str, list[str]], **settings: Any) -> Deliveries:
    """Header-only extracts of January 2026: by object the days, such as `05` or `05.a`; `!05` is an empty file."""
    crm = Deliveries(folder, **settings)
    for object_name, of_object in days.items():
        for day in of_object:
            content = "" if day.startswith("!") else HEADERS[object_name]
            crm.deliver(object_name, f"2026-01-{day.lstrip('!')}.csv", content)
        crm.ingest(object_name)
    return crm


def test_a_daily_object_is_complete_through_its_unbroken_series(tmp_path: Path) -> None:
    """5, 6, 7 and 9 January: the 8th is missing, so everything is known up to the end of the 7th."""
    crm = delivered(tmp_path, {"touches": ["05", "06", "07", "09"]})
    found = crm.complete_through()
    assert found.instant == datetime(2026, 1, 8)
    (touches,) = found.held_back_by
    assert (touches.complete_day, touches.next_missing) == (date(2026, 1, 7), date(2026, 1, 8))
    assert touches.missing_days == (date(2026, 1, 8),)
    crm.deliver("touches", "2026-01-08.csv", HEADERS["touches"])
    crm.ingest("touches")
    assert crm.complete_through().instant == datetime(2026, 1, 10)


def test_a_day_ends_in_the_sources_time_zone(tmp_path: Path) -> None:
    """5 January ends at 06:00 UTC of the 6th in Mexico City."""
    crm = delivered(tmp_path, {"touches": ["05"]}, timezone="America/Mexico_City")
    assert crm.complete_through().instant == datetime(2026, 1, 6, 6)


def test_a_day_whose_next_midnight_does_not_exist_ends_where_the_clock_goes_on(tmp_path: Path) -> None:
    """In São Paulo 4 November 2018 began at 01:00 (-02:00): the 3rd ended at 03:00 UTC."""
    crm = Deliveries(tmp_path, timezone="America/Sao_Paulo")
    crm.deliver("touches", "2018-11-03.csv", HEADERS["touches"])
    crm.ingest("touches")
    assert crm.complete_through().instant == datetime(2018, 11, 4, 3)


def test_dumps_are_complete_through_the_latest(tmp_path: Path) -> None:
    crm = delivered(tmp_path, {"touches": ["05", "09"]}, delivery="dump")
    found = crm.complete_through()
    assert found.instant == datetime(2026, 1, 10)
    assert found.objects[0].next_missing is None


def test_the_smallest_instant_over_the_required_objects_counts(tmp_path: Path) -> None:
    delivery = {"default": "daily", "campaigns": "dump"}
    crm = delivered(tmp_path, {"touches": ["05", "06"], "campaigns": ["03"]}, delivery=delivery)
    found = crm.complete_through()
    assert found.instant == datetime(2026, 1, 4)
    assert [each.object for each in found.held_back_by] == ["campaigns"]


def test_an_object_that_is_not_required_holds_nothing_back(tmp_path: Path) -> None:
    crm = delivered(tmp_path, {"touches": ["05", "06"], "campaigns": ["03"]}, required=["touches"])
    assert crm.complete_through().instant == datetime(2026, 1, 7)


def test_an_as_of_date_counts_only_earlier_extracts(tmp_path: Path) -> None:
    crm = delivered(tmp_path, {"touches": ["05", "06", "07"], "campaigns": ["07"]})
    assert crm.complete_through(date(2026, 1, 6)).instant == datetime(2026, 1, 7)  # campaigns came later
    with pytest.raises(IncompleteExtracts, match="holds no extract of 2026-01-04 or earlier"):
        crm.complete_through(date(2026, 1, 4))


def test_a_series_counts_from_its_declared_first_day(tmp_path: Path) -> None:
    """The gap on the 6th lies before the series; without the declaration it would count."""
    days = {"touches": ["05", "07", "08"]}
    assert delivered(
        tmp_path / "a", days, series_from=date(2026, 1, 7)
    ).complete_through().instant == datetime(2026, 1, 9)
    assert delivered(tmp_path / "b", days).complete_through().instant == datetime(2026, 1, 6)


def test_a_missing_first_day_of_a_declared_series_leaves_the_day_before_it(tmp_path: Path) -> None:
    crm = delivered(tmp_path, {"touches": ["05", "08"]}, series_from=date(2026, 1, 7))
    found = crm.complete_through()
    assert found.instant == datetime(2026, 1, 7)
    assert found.objects[0].missing_days == (date(2026, 1, 7),)


def test_no_extract_since_a_declared_series_begins_allows_no_run(tmp_path: Path) -> None:
    crm = delivered(tmp_path, {"touches": ["05"]}, series_from=date(2026, 1, 7))
    with pytest.raises(
        IncompleteExtracts, match="crm/touches is required and has no extract since 2026-01-07"
    ):
        crm.complete_through()


def test_every_required_object_without_an_extract_is_named(tmp_path: Path) -> None:
    crm = delivered(tmp_path, {"touches": ["05"]}, required=["touches", "leads", "campaigns"])
    with pytest.raises(IncompleteExtracts) as raised:
        crm.complete_through()
    assert "crm/campaigns is required" in str(raised.value)
    assert "crm/leads is required" in str(raised.value)
    assert "crm/touches" not in str(raised.value)


def test_a_refused_day_counts_as_missing(tmp_path: Path) -> None:
    crm = delivered(tmp_path, {"touches": ["05", "06", "!07", "08"]})
    assert crm.complete_through().instant == datetime(2026, 1, 7)


def test_a_day_of_which_one_part_is_refused_counts_as_missing(tmp_path: Path) -> None:
    crm = delivered(tmp_path, {"touches": ["05", "06.a", "!06.b", "07"]})
    assert crm.complete_through().instant == datetime(2026, 1, 6)
    crm.deliver(
        "touches", "2026-01-06.b.csv", "touch_id,contact_id,occurred_at,touch_type\nt1,k1,2026-01-06,other\n"
    )
    crm.ingest("touches")
    assert crm.complete_through().instant == datetime(2026, 1, 8)


def test_a_refused_dump_leaves_the_one_before(tmp_path: Path) -> None:
    crm = delivered(tmp_path, {"touches": ["05", "!06"]}, delivery="dump")
    found = crm.complete_through()
    assert found.instant == datetime(2026, 1, 6)
    assert found.objects[0].missing_days == (date(2026, 1, 6),)


def test_an_object_of_which_everything_is_refused_allows_no_run(tmp_path: Path) -> None:
    crm = delivered(tmp_path, {"touches": ["05"], "leads": ["!05"]})
    with pytest.raises(IncompleteExtracts, match="crm/leads .* only extracts are refused: 2026-01-05.csv"):
        crm.complete_through()


def test_a_first_day_that_is_refused_begins_the_series_all_the_same(tmp_path: Path) -> None:
    """The 5th was delivered and can't be used: it is missing, so nothing is complete beyond the 4th."""
    crm = delivered(tmp_path, {"touches": ["!05", "06"]})
    assert crm.complete_through().instant == datetime(2026, 1, 5)


def test_several_sources_hold_each_other_back(tmp_path: Path) -> None:
    crm = delivered(tmp_path, {"touches": ["05", "06"]})
    other = crm.source.model_copy(update={"name": "erp", "required": ("leads",)})
    with pytest.raises(IncompleteExtracts, match="erp/leads is required and has no extract"):
        complete_through(crm.home, Sources({"crm": crm.source, "erp": other}), None)


# ---- dates of which something is still being written


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The names of files that change while they are read, as long as they are in this set."""
    names: set[str] = set()
    keep = archive.keep

    def keep_or_find_it_written(home: Path, file: landing.LandedFile, *more: Any) -> archive.Archived:
        if file.file_name in names:
            raise archive.StillWritten("it changed while it was read")
        return keep(home, file, *more)

    monkeypatch.setattr(archive, "keep", keep_or_find_it_written)
    return names


def test_a_day_of_which_one_part_is_still_written_counts_as_missing_until_it_is_whole(
    tmp_path: Path, written: set[str]
) -> None:
    """Of the 6th only part a can be read: everything is known up to the end of the 5th, and the 6th is named."""
    written.add("2026-01-06.b.csv")
    crm = delivered(tmp_path, {"touches": ["05", "06.a", "06.b"]})
    assert crm.outcomes("touches") == [("2026-01-05.csv", 1, "accepted"), ("2026-01-06.a.csv", 1, "accepted")]
    found = crm.complete_through()
    assert found.instant == datetime(2026, 1, 6)
    (touches,) = found.held_back_by
    assert (touches.missing_days, touches.next_missing) == ((date(2026, 1, 6),), date(2026, 1, 6))
    assert state_of(crm, "touches").missing_days == (date(2026, 1, 6),)
    said = [finding.message for finding in standing_findings(crm.home, crm.extracts, crm.sources, None)]
    assert any("crm/touches has no usable extract of 2026-01-06." in message for message in said)
    (left,) = crm.ingest("touches").findings
    assert left.message == (
        "2026-01-06.b.csv is left for the next run: it changed while it was read. "
        "Until it is read, its date counts as missing."
    )
    written.clear()
    crm.deliver("touches", "2026-01-06.b.csv", HEADERS["touches"] + "t1,k1,2026-01-06,other\n")
    crm.ingest("touches")
    assert crm.complete_through().instant == datetime(2026, 1, 7)
    assert state_of(crm, "touches").missing_days == ()


def test_a_correction_that_is_still_written_leaves_the_earlier_delivery_counting(
    tmp_path: Path, written: set[str]
) -> None:
    crm = delivered(tmp_path, {"touches": ["05", "06"]})
    crm.deliver("touches", "2026-01-05.csv", HEADERS["touches"] + "t1,k1,2026-01-05,other\n")
    written.add("2026-01-05.csv")
    (left,) = crm.ingest("touches").findings
    assert left.message.endswith("it changed while it was read.")
    assert crm.complete_through().instant == datetime(2026, 1, 7)


def test_a_part_that_went_away_again_is_waited_for_no_longer(tmp_path: Path, written: set[str]) -> None:
    written.add("2026-01-06.b.csv")
    crm = delivered(tmp_path, {"touches": ["05", "06.a", "06.b"]})
    crm.remove("touches", "2026-01-06.b.csv")
    crm.ingest("touches")
    assert crm.complete_through().instant == datetime(2026, 1, 7)


def test_an_as_of_date_before_what_is_still_written_does_not_wait_for_it(
    tmp_path: Path, written: set[str]
) -> None:
    written.add("2026-01-07.csv")
    crm = delivered(tmp_path, {"touches": ["05", "07"]})
    assert crm.complete_through(date(2026, 1, 5)).objects[0].missing_days == ()
    assert crm.complete_through().objects[0].missing_days == (date(2026, 1, 6), date(2026, 1, 7))


def test_a_dump_of_which_one_part_is_still_written_leaves_the_one_before(
    tmp_path: Path, written: set[str]
) -> None:
    written.add("2026-01-09.b.csv")
    crm = delivered(tmp_path, {"touches": ["05", "09.a", "09.b"]}, delivery="dump")
    found = crm.complete_through()
    assert found.instant == datetime(2026, 1, 6)
    assert found.objects[0].missing_days == (date(2026, 1, 9),)


def test_an_object_of_which_everything_is_still_written_allows_no_run(
    tmp_path: Path, written: set[str]
) -> None:
    """Without it the figures would be those of a company that doesn't have it."""
    written.add("2026-01-06.csv")
    crm = delivered(tmp_path, {"touches": ["05"], "leads": ["06"]})
    with pytest.raises(
        IncompleteExtracts, match="crm/leads .* still being written or can't be opened: 2026-01-06"
    ):
        crm.complete_through()


# ---- the state of one object


def state_of(crm: Deliveries, object_name: str, as_of: date | None = None) -> ObjectState:
    return object_state(crm.home, crm.source, object_name, as_of)


def test_the_state_of_an_object_counts_what_is_in_force(tmp_path: Path) -> None:
    """The 5th is corrected from two bad rows to one; the 6th is refused; the 7th has three good rows."""
    crm = Deliveries(tmp_path)
    row = "t{},k1,2026-01-05,other\n"
    for name, content in (
        ("2026-01-05.csv", HEADERS["touches"] + "bad\nbad\n"),
        ("2026-01-06.csv", ""),
        ("2026-01-07.csv", HEADERS["touches"] + row.format(1) + row.format(2) + row.format(3)),
    ):
        crm.deliver("touches", name, content)
    crm.ingest("touches")
    last = crm.deliver("touches", "2026-01-05.csv", HEADERS["touches"] + "bad\n")
    os.utime(last, (0, 4_000_000_000))
    crm.ingest("touches")
    state = state_of(crm, "touches")
    assert (state.files, state.rows_accepted, state.rows_quarantined) == (2, 3, 1)
    assert state.quarantined_share == 0.25
    assert [file_name for file_name, _ in state.refused] == ["2026-01-06.csv"]
    assert state.latest_extract_date == date(2026, 1, 7)
    assert state.last_delivered_at == datetime(2096, 10, 2, 7, 6, 40)  # the file's own time: 4e9 s since 1970
    assert state.missing_days == (date(2026, 1, 6),)
    assert state_of(crm, "touches", date(2026, 1, 5)).missing_days == ()


def test_an_object_that_was_never_delivered_has_no_share_and_no_dates(tmp_path: Path) -> None:
    state = state_of(Deliveries(tmp_path), "touches")
    assert (state.files, state.quarantined_share, state.latest_extract_date) == (0, None, None)
    assert state.missing_days == ()


def test_missing_days_are_named_of_objects_that_are_not_required_too(tmp_path: Path) -> None:
    crm = delivered(tmp_path, {"touches": ["05", "06"], "leads": ["03", "06", "!07"]}, required=["touches"])
    assert state_of(crm, "leads").missing_days == tuple(date(2026, 1, day) for day in (4, 5, 7))


def test_a_latest_day_that_is_refused_is_missing(tmp_path: Path) -> None:
    crm = delivered(tmp_path, {"touches": ["05", "06", "!07"]})
    assert crm.complete_through().objects[0].missing_days == (date(2026, 1, 7),)


def test_successive_days_are_said_as_a_span() -> None:
    days = [date(2026, 1, day) for day in (5, 8, 9, 10, 30, 31)] + [date(2026, 2, 1)]
    assert days_in_words(days) == "2026-01-05, 2026-01-08 to 2026-01-10, 2026-01-30 to 2026-02-01"
    assert days_in_words([]) == ""
