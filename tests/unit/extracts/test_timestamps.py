"""Readable forms of timestamps and dates, and the instants they mean."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.civil_time import local_to_utc
from dagster_project.extracts.timestamps import (
    IMPOSSIBLE,
    READABLE,
    UNREADABLE,
    read_dates,
    read_days,
    read_timestamps,
)

EPOCH = datetime(1970, 1, 1)
FORM = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d(?::?\d\d)?)?)?", re.ASCII
)


def read_one(text: str, zone: str = "UTC") -> datetime | str:
    """The instant as naive UTC, or `unreadable` or `impossible`."""
    read = read_timestamps(pa.array([text]), zone)
    state = {UNREADABLE: "unreadable", IMPOSSIBLE: "impossible"}.get(int(read.state[0]))
    return state or EPOCH + timedelta(microseconds=int(read.values[0]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-05", datetime(2026, 1, 5)),
        ("2026-01-05T10:20", datetime(2026, 1, 5, 10, 20)),
        ("2026-01-05 10:20:30", datetime(2026, 1, 5, 10, 20, 30)),
        ("2026-01-05T10:20:30.5", datetime(2026, 1, 5, 10, 20, 30, 500_000)),
        ("2026-01-05T10:20:30.1234569999", datetime(2026, 1, 5, 10, 20, 30, 123_456)),
        ("2026-01-05T10:20:30.0000009Z", datetime(2026, 1, 5, 10, 20, 30)),
        ("2026-01-05T10:20Z", datetime(2026, 1, 5, 10, 20)),
        ("2026-01-05T10:20+05", datetime(2026, 1, 5, 5, 20)),
        ("2026-01-05T10:20:30-0330", datetime(2026, 1, 5, 13, 50, 30)),
        ("2026-01-05 10:20:30.25+05:45", datetime(2026, 1, 5, 4, 35, 30, 250_000)),
        ("2024-02-29", datetime(2024, 2, 29)),
        ("1990-01-01T00:00+05:00", datetime(1989, 12, 31, 19)),
        ("2100-12-31T23:59:59.999999", datetime(2100, 12, 31, 23, 59, 59, 999_999)),
    ],
)
def test_readable_forms_mean_what_they_say(text: str, expected: datetime) -> None:
    assert read_one(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("2026-02-29", "2100-02-29", "2026-00-10", "2026-13-01", "2026-01-00", "2026-04-31", "0000-00-00"),
        *("2026-01-05T24:00", "2026-01-05T10:60", "2026-01-05T10:20:60", "2026-01-05T10", "2026-01-05T10:20:"),
        *("2026-01-05T10:20:30.", "2026-01-05T10:20:30,5", "2026-01-05T10:20.5", "2026-01-05t10:20"),
        *("2026-01-05Z", "2026-01-05+05:00", "2026-01-05T10:20z", "2026-01-05T10:20 Z", "2026-01-05T10:20+5"),
        *("2026-01-05T10:20+24:00", "2026-01-05T10:20+05:60", "2026-01-05T10:20+05:0", "2026-01-05T10:20UTC"),
        *("2026-01-05  10:20", "today", "x" * 99),
        *("05/01/2026", "01-05-2026", "2026/01/05", "20260105", "2026-1-5", "26-01-05", "1767607200000"),
        *("２０２６-01-05", "2026-01-05T10:20:30.12345678901234567890x", "-2026-01-05", "+2026-01-05"),
    ],
)  # fmt: skip
def test_other_forms_are_unreadable(text: str) -> None:
    assert read_one(text) == "unreadable"


@pytest.mark.parametrize(
    "text", ["1989-12-31T23:59:59", "2101-01-01", "1970-01-01", "0001-01-01", "9999-12-31"]
)
def test_years_before_1990_and_after_2100_are_impossible(text: str) -> None:
    assert read_one(text) == "impossible"


def test_a_time_that_the_clock_skips_moves_forward_and_a_doubled_one_is_the_first() -> None:
    """Lord Howe moves by half an hour: +10:30 in winter, +11:00 in summer."""
    zone = "Australia/Lord_Howe"
    assert read_one("2026-10-04T02:15", zone) == datetime(2026, 10, 3, 15, 45)  # is 02:45 at +11:00
    assert read_one("2026-04-05T01:45", zone) == datetime(2026, 4, 4, 14, 45)  # the first 01:45, at +11:00
    assert read_one("2026-04-05T01:45+10:30", zone) == datetime(2026, 4, 4, 15, 15)  # the second, as it says


def expected(text: str, zone: str) -> datetime | str:
    """By the standard library, one text at a time."""
    found = FORM.fullmatch(text)
    if not found:
        return "unreadable"
    day, minutes, seconds, digits, offset = found.groups()
    written = f"{day}T{minutes or '00:00'}:{seconds or '00'}.{((digits or '') + '000000')[:6]}"
    if offset and offset != "Z":
        hours, rest = offset[:3], offset[3:].replace(":", "") or "00"
        if int(rest) > 59:
            return "unreadable"
        offset = f"{hours}:{rest}"
    try:
        local = datetime.fromisoformat(written)
        moment = datetime.fromisoformat(written + (offset or "").replace("Z", "+00:00")) if offset else None
    except ValueError:
        return "unreadable"
    if not 1990 <= local.year <= 2100:
        return "impossible"
    return moment.astimezone(UTC).replace(tzinfo=None) if moment else local_to_utc(local, ZoneInfo(zone))


TIMES = st.builds(
    lambda year, month, day, between, hour, minute, second, digits, offset: (
        f"{year:04}-{month:02}-{day:02}{between}{hour:02}:{minute:02}{second}{digits}{offset}"
    ),
    st.one_of(st.integers(1988, 2102), st.just(2026)),
    st.integers(0, 13),
    st.integers(0, 32),
    st.sampled_from(["T", " ", "T", "_"]),
    st.integers(0, 24),
    st.integers(0, 60),
    st.sampled_from(["", ":00", ":59", ":60"]),
    st.sampled_from(["", "", ".0", ".1234567", "."]),
    st.sampled_from(["", "", "Z", "+05", "-0330", "+05:30", "+24:00", "z"]),
)


@settings(max_examples=60)
@given(
    st.lists(st.one_of(TIMES, st.none(), st.text(max_size=30)), max_size=40),
    st.sampled_from(["UTC", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kolkata"]),
)
def test_a_column_is_read_as_its_texts_are_one_by_one(texts: list[str | None], zone: str) -> None:
    column = pa.array([None, *texts], pa.string()).slice(1)  # a slice has an offset into its buffers
    read = read_timestamps(column, zone)
    for text, value, state in zip(texts, read.values.tolist(), read.state.tolist(), strict=True):
        if text is None:
            assert state == READABLE
            continue
        found = {UNREADABLE: "unreadable", IMPOSSIBLE: "impossible"}.get(state)
        assert (found or EPOCH + timedelta(microseconds=value)) == expected(text, zone), text


def test_dates_are_read_alone() -> None:
    texts = ["2026-01-05", None, "2026-02-30", "2026-01-05T00:00", "1989-12-31", "2100-12-31", ""]
    read = read_dates(pa.array(texts))
    assert read.state.tolist() == [
        READABLE,
        READABLE,
        UNREADABLE,
        UNREADABLE,
        IMPOSSIBLE,
        READABLE,
        UNREADABLE,
    ]
    assert [date(1970, 1, 1) + timedelta(days=int(read.values[place])) for place in (0, 5)] == [
        date(2026, 1, 5),
        date(2100, 12, 31),
    ]


@settings(max_examples=100)
@given(st.dates(date(1990, 1, 1), date(2100, 12, 31)))
def test_every_date_is_its_number_of_days(day: date) -> None:
    assert read_dates(pa.array([day.isoformat()])).values.tolist() == [(day - date(1970, 1, 1)).days]


def epochs(*texts: str | None) -> list[object]:
    read = read_timestamps(pa.array(texts, pa.string()), "America/Mexico_City", with_epochs=True)
    return [
        value if state == READABLE else state
        for value, state in zip(read.values.tolist(), read.state.tolist(), strict=True)
    ]


def test_milliseconds_since_1970_are_read_where_the_vendor_writes_them() -> None:
    # 2026-03-02 15:00:00.250 UTC is 20,514 days and 15 hours after 1970 began
    milliseconds = (20_514 * 24 + 15) * 3_600_000 + 250
    assert epochs(str(milliseconds), "2026-03-02T15:00:00.250Z") == [milliseconds * 1000] * 2
    assert read_timestamps(pa.array([str(milliseconds)]), "UTC").state.tolist() == [UNREADABLE]


def test_seconds_and_years_that_cannot_be_are_no_milliseconds() -> None:
    assert epochs("1772463600", "631151999999", "631152000000", "4133980800000", "1772463600x00") == [
        UNREADABLE,
        IMPOSSIBLE,
        631_152_000_000_000,
        IMPOSSIBLE,
        UNREADABLE,
    ]


def test_a_day_may_be_written_as_a_midnight_whatever_its_offset() -> None:
    texts = [
        "2026-03-05",
        "2026-03-05 00:00",
        "2026-03-05T00:00Z",
        "2026-03-05T00:00:00.000+0000",
        "2026-03-05T00:00:00-06:00",
        str(20_517 * 86_400_000),
        None,
    ]
    read = read_days(pa.array(texts, pa.string()), with_epochs=True)
    assert read.state.tolist() == [READABLE] * 7
    assert read.values.tolist() == [20_517] * 6 + [0]


def test_a_day_with_an_hour_is_unreadable() -> None:
    texts = [
        "2026-03-05T00:00:01Z",
        "2026-03-05 18:00",
        str(20_517 * 86_400_000 + 1),
        "2026-3-5",
        "1989-12-31",
    ]
    assert read_days(pa.array(texts), with_epochs=True).state.tolist() == [UNREADABLE] * 4 + [IMPOSSIBLE]
