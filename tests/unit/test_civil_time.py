"""Naive local times become UTC instants: forward in a gap, the first of two in an overlap."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.civil_time import (
    known_zone_names,
    local_microseconds_to_utc,
    local_to_utc,
    microseconds_since_epoch,
    zone_offsets,
)

ZONES = (
    "UTC",
    "America/Mexico_City",
    "America/Sao_Paulo",
    "Europe/Madrid",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)


def utc(text: str, zone: str) -> datetime:
    return local_to_utc(datetime.fromisoformat(text), ZoneInfo(zone))


def test_an_ordinary_time_has_its_zones_offset() -> None:
    # Mexico City is 6 hours behind all year since 2023: 9:00 there is 15:00 UTC.
    assert utc("2026-07-01T09:00", "America/Mexico_City") == datetime(2026, 7, 1, 15)


def test_kathmandu_is_five_hours_and_three_quarters_ahead() -> None:
    # 09:00 − 5:45 = 03:15.
    assert utc("2026-03-01T09:00", "Asia/Kathmandu") == datetime(2026, 3, 1, 3, 15)


def test_a_time_in_a_gap_moves_forward_by_the_gaps_length() -> None:
    # Madrid, 2026-03-29: 02:00 (+1) becomes 03:00 (+2). 02:30 doesn't exist, and is 03:30 (+2), 01:30 UTC.
    assert utc("2026-03-29T02:30", "Europe/Madrid") == datetime(2026, 3, 29, 1, 30)
    assert utc("2026-03-29T03:30", "Europe/Madrid") == datetime(2026, 3, 29, 1, 30)


def test_the_edges_of_a_gap() -> None:
    # 01:59:59 is 00:59:59 UTC; 02:00 becomes 03:00 (+2), 01:00 UTC, as 03:00 itself is.
    assert utc("2026-03-29T01:59:59", "Europe/Madrid") == datetime(2026, 3, 29, 0, 59, 59)
    assert utc("2026-03-29T02:00", "Europe/Madrid") == datetime(2026, 3, 29, 1)
    assert utc("2026-03-29T03:00", "Europe/Madrid") == datetime(2026, 3, 29, 1)


def test_a_doubled_time_is_the_first_of_the_two() -> None:
    # Madrid, 2026-10-25: 03:00 (+2) becomes 02:00 (+1). The first 02:30 is 00:30 UTC, the second 01:30.
    assert utc("2026-10-25T02:30", "Europe/Madrid") == datetime(2026, 10, 25, 0, 30)


def test_the_first_time_after_an_overlap_is_in_the_new_offset() -> None:
    # 03:00 comes once, at 02:00 UTC: between 02:59:59 (first, 00:59:59 UTC) and it lie 1 h 1 s.
    assert utc("2026-10-25T02:59:59", "Europe/Madrid") == datetime(2026, 10, 25, 0, 59, 59)
    assert utc("2026-10-25T03:00", "Europe/Madrid") == datetime(2026, 10, 25, 2)


def test_lord_howe_moves_by_half_an_hour() -> None:
    # 2026-10-04: 02:00 (+10:30) becomes 02:30 (+11). 02:10 moves to 02:40 (+11), 15:40 UTC the day before.
    assert utc("2026-10-04T02:10", "Australia/Lord_Howe") == datetime(2026, 10, 3, 15, 40)
    # 2026-04-05: 02:00 (+11) becomes 01:30 (+10:30). The first 01:45 is 14:45 UTC the day before.
    assert utc("2026-04-05T01:45", "Australia/Lord_Howe") == datetime(2026, 4, 4, 14, 45)


def test_a_midnight_that_does_not_exist_moves_forward() -> None:
    # São Paulo, 2018-11-04: 00:00 (−3) becomes 01:00 (−2), which is 03:00 UTC.
    assert utc("2018-11-04T00:00", "America/Sao_Paulo") == datetime(2018, 11, 4, 3)


def test_an_hour_before_midnight_that_comes_twice() -> None:
    # São Paulo, 2018-02-18: 00:00 (−2) becomes 23:00 (−3) of the 17th: the first 23:30 is 01:30 UTC,
    # and the 18th begins two hours after the first 23:00, at 03:00 UTC.
    assert utc("2018-02-17T23:30", "America/Sao_Paulo") == datetime(2018, 2, 18, 1, 30)
    assert utc("2018-02-18T00:00", "America/Sao_Paulo") == datetime(2018, 2, 18, 3)


def test_a_skipped_day_moves_forward_by_the_day() -> None:
    # Apia went from −10 to +14 at the end of 2011-12-29: noon of the 30th is noon of the 31st, 22:00 UTC.
    assert utc("2011-12-30T12:00", "Pacific/Apia") == datetime(2011, 12, 30, 22)


def test_the_table_has_a_row_for_each_change() -> None:
    rows = zone_offsets("Europe/Madrid").to_pylist()
    of_2026 = [
        (row["local_from"], row["offset_microseconds"]) for row in rows if row["local_from"].year == 2026
    ]
    # After the gap from 03:00 on; after the overlap from 03:00 on, the end of the doubled hour.
    assert of_2026 == [
        (datetime(2026, 3, 29, 3), 2 * 3_600_000_000),
        (datetime(2026, 10, 25, 3), 3_600_000_000),
    ]


def test_the_table_begins_in_the_far_past_and_reaches_past_2100() -> None:
    rows = zone_offsets("Europe/Madrid").to_pylist()
    assert rows[0] == {"local_from": datetime(1, 1, 1), "offset_microseconds": 3_600_000_000}
    assert rows[-1]["local_from"].year == 2109


def test_a_zone_without_changes_has_one_row() -> None:
    assert zone_offsets("UTC").to_pylist() == [{"local_from": datetime(1, 1, 1), "offset_microseconds": 0}]


def test_an_unknown_zone_is_an_error() -> None:
    assert "Europe/Atlantis" not in known_zone_names()
    with pytest.raises(KeyError):  # ZoneInfoNotFoundError is one
        zone_offsets("Europe/Atlantis")


@pytest.mark.parametrize("zone", ZONES)
def test_table_and_single_conversion_agree_around_every_change(zone: str) -> None:
    times = [
        row["local_from"] + timedelta(seconds=seconds)
        for row in zone_offsets(zone).to_pylist()[1:]
        for seconds in (-7200, -3600, -3599, -1801, -1800, -1, 0, 1, 1800, 3600)
    ]
    local = np.array([microseconds_since_epoch(time) for time in times], dtype=np.int64)
    expected = [microseconds_since_epoch(local_to_utc(time, ZoneInfo(zone))) for time in times]
    assert local_microseconds_to_utc(local, zone).tolist() == expected


@given(
    zone=st.sampled_from(ZONES),
    time=st.datetimes(min_value=datetime(1981, 1, 1), max_value=datetime(2109, 1, 1)),
)
def test_table_and_single_conversion_agree_at_any_time(zone: str, time: datetime) -> None:
    local = np.array([microseconds_since_epoch(time)], dtype=np.int64)
    expected = microseconds_since_epoch(local_to_utc(time, ZoneInfo(zone)))
    assert local_microseconds_to_utc(local, zone).tolist() == [expected]
