"""Naive local times and UTC instants: the one place that converts between them.

What belongs here: the conversion rule (a time in a gap moves forward by the gap's length, a time
in an overlap is the first of the two) for one time, for an array, and as a table for SQL. What
doesn't: business hours, periods, and how a source's timestamps are parsed.

Database engines take the second of two doubled times, which is why nothing else in the project
converts a naive local time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones, reset_tzpath

import numpy as np
import numpy.typing as npt
import pyarrow as pa

# The pinned tzdata package tells the zones, not whatever the machine happens to have: the same contract and extracts
# must give the same deadlines everywhere.
reset_tzpath(to=())

MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1)

FAR_PAST = datetime(1, 1, 1)
FIRST_SEARCHED = datetime(1980, 1, 1, tzinfo=UTC)
LAST_SEARCHED = datetime(2110, 1, 1, tzinfo=UTC)
SEARCH_STEP = timedelta(days=1)

ZONE_OFFSETS_SCHEMA = pa.schema(
    [
        pa.field("local_from", pa.timestamp("us"), nullable=False),
        pa.field("offset_microseconds", pa.int64(), nullable=False),
    ]
)


@lru_cache(maxsize=1)
def known_zone_names() -> frozenset[str]:
    """The IANA names a time zone may have, such as `America/Mexico_City`."""
    return frozenset(available_timezones())


def local_to_utc(naive: datetime, zone: ZoneInfo) -> datetime:
    """The naive UTC time of a naive local one.

    In a gap it moves forward by the gap's length (02:30 becomes what the clock shows as 03:30);
    in an overlap it is the first of the two. Raises OverflowError outside years 1 to 9999.
    """
    offset = naive.replace(tzinfo=zone, fold=0).utcoffset()
    assert offset is not None  # a ZoneInfo always has one
    return naive - offset


@lru_cache(maxsize=64)
def _transitions(zone_name: str) -> tuple[tuple[datetime, timedelta], ...]:
    """(naive local time, offset from then on) in order; the first row is the far past."""
    zone = ZoneInfo(zone_name)

    def offset_at(instant: datetime) -> timedelta:
        offset = instant.astimezone(zone).utcoffset()
        assert offset is not None
        return offset

    before = offset_at(FIRST_SEARCHED)
    found = [(FAR_PAST, before)]
    instant = FIRST_SEARCHED
    while instant < LAST_SEARCHED:
        following = instant + SEARCH_STEP
        after = offset_at(following)
        if after != before:
            low, high = instant, following
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) // 2
                middle = middle.replace(microsecond=0)
                if offset_at(middle) == before:
                    low = middle
                else:
                    high = middle
            # After a gap the new offset starts where the gap ends; after an overlap, where the
            # doubled hour ends: until then the first of the two readings, the old offset, holds.
            local_from = high.replace(tzinfo=None) + max(before, after)
            found.append((local_from, after))
            before = after
        instant = following
    return tuple(found)


def zone_offsets(zone_name: str) -> pa.Table:
    """One row per change of a zone's offset between 1980 and 2110, in order of time.

    Columns: `local_from` (naive local timestamp), `offset_microseconds` (int64, east of UTC
    positive). For a naive local time `t`, the row with the greatest `local_from <= t` gives
    `utc = t - offset`, exactly as `local_to_utc` does. The first row reaches into the far past.
    Raises ZoneInfoNotFoundError for an unknown name.
    """
    rows = _transitions(zone_name)
    return pa.table(
        {
            "local_from": [local_from for local_from, _ in rows],
            "offset_microseconds": [offset // MICROSECOND for _, offset in rows],
        },
        schema=ZONE_OFFSETS_SCHEMA,
    )


def microseconds_since_epoch(naive: datetime) -> int:
    """Microseconds from 1970-01-01 to a naive time."""
    return (naive - EPOCH) // MICROSECOND


def local_microseconds_to_utc(local: npt.NDArray[np.int64], zone_name: str) -> npt.NDArray[np.int64]:
    """`local_to_utc` for an array: microseconds since 1970 on the local clock → in UTC, same shape."""
    rows = _transitions(zone_name)
    starts = np.array([microseconds_since_epoch(local_from) for local_from, _ in rows], dtype=np.int64)
    offsets = np.array([offset // MICROSECOND for _, offset in rows], dtype=np.int64)
    result: npt.NDArray[np.int64] = local - offsets[np.searchsorted(starts, local, side="right") - 1]
    return result
