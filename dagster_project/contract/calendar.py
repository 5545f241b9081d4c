"""The business-time calendar: business hours, local days and periods as intervals of UTC.

What belongs here: from a contract's opening hours to tables in which elapsed business time is a
subtraction and a deadline a lookup. What doesn't: which version applies to what.

How the tables are read, for a version, with `elapsed(t)` the business time before `t`:

- the interval with the greatest `opens_at <= t` gives
  `elapsed(t) = business_microseconds_before + min(t, closes_at) - opens_at`;
- a deadline of H after a start: among the intervals, the one with the greatest
  `business_microseconds_before <= elapsed(start) + H` gives
  `due_at = opens_at + elapsed(start) + H - business_microseconds_before` — the latest such instant,
  since a promise used up at closing time falls to the next opening;
- the N-th business day after a start: the first local day with `business_days_through` equal to
  that of the start's day + N; its `ends_at` is due.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..civil_time import local_microseconds_to_utc, microseconds_since_epoch
from .holiday_dates import LAST_YEAR, HolidayFinding, finding_rows, holidays_of
from .loading import Contracts
from .schema import ContractVersion
from .tables import MICROSECONDS_PER_DAY, MICROSECONDS_PER_HOUR

MICROSECONDS_PER_MINUTE = 60_000_000
LAST_DAY = date(LAST_YEAR, 12, 31)
# The list of what is due soon looks two business days ahead, whatever the contract promises.
LEAST_BUSINESS_DAYS_AHEAD = 2

Instants = npt.NDArray[np.int64]

SCHEMAS: dict[str, pa.Schema] = {
    "business_intervals": pa.schema(
        {
            "version": pa.int32(),
            "opens_at": pa.timestamp("us"),
            "closes_at": pa.timestamp("us"),
            "business_microseconds_before": pa.int64(),
        }
    ),
    "local_days": pa.schema(
        {
            "version": pa.int32(),
            "local_date": pa.date32(),
            "starts_at": pa.timestamp("us"),
            "ends_at": pa.timestamp("us"),
            "is_business_day": pa.bool_(),
            "business_days_through": pa.int32(),
        }
    ),
    "periods": pa.schema(
        {"period": pa.date32(), "starts_at": pa.timestamp("us"), "ends_at": pa.timestamp("us")}
    ),
    "holiday_findings": pa.schema(
        {
            "version": pa.int32(),
            "country": pa.string(),
            "subdivision": pa.string(),
            "holiday_date": pa.date32(),
            "is_kept": pa.bool_(),
        }
    ),
}


@dataclass(frozen=True)
class _VersionCalendar:
    """One version's calendar over consecutive local days, as arrays of microseconds since 1970."""

    days: npt.NDArray[np.int64]  # days since 1970-01-01
    starts: Instants
    ends: Instants
    is_business_day: npt.NDArray[np.bool_]
    opens: Instants
    closes: Instants
    before: Instants

    def business_microseconds_after(self, instant: int) -> int:
        """Business time from an instant to the end of the table."""
        return int(np.maximum(self.closes - np.maximum(self.opens, instant), 0).sum())

    def business_days_after(self, instant: int) -> int:
        """Business days of the table strictly after the local day of an instant."""
        return int(self.is_business_day[self.starts > instant].sum())


def calendar_tables(
    contracts: Contracts, complete_through: datetime, holidays_folder: Path | None
) -> dict[str, pa.Table]:
    """The tables of `SCHEMAS`, for every version, drafts included, over one range of local days.

    The range begins one month before the first version takes effect and ends when the longest
    promise of any version that began before `complete_through` (naive UTC) is walked out, at the
    earliest with the month after its month, at the latest with 2101.

    - `business_intervals`: no two of a version touch; `business_microseconds_before` counts from
      the table's start.
    - `local_days`: `ends_at` is the day's 24:00; `business_days_through` counts the version's
      business days up to and including the date, from the table's start.
    - `periods`: the months of the range; both ends are the local midnight as an instant.
    - `holiday_findings`: dates that the kept holidays and today's library disagree about; the kept
      ones count. Normally empty.

    Writes the holidays of versions used for the first time under `holidays_folder` (None: keeps
    nothing). Raises ContractErrors when a kept file is damaged.
    """
    first_day = _months_later(min(version.effective_from for version in contracts.versions), -1)
    local_now = max(complete_through.date(), first_day)
    # The local date may be one later than the UTC one.
    last_day = _months_later(local_now + timedelta(days=1), 2) - timedelta(days=1)
    last_day = max([last_day, *(_last_day_needed(version, local_now) for version in contracts.versions)])
    last_day = min(last_day, LAST_DAY)

    holidays: dict[int, set[date]] = {}
    findings: list[HolidayFinding] = []
    for version in contracts.versions:
        holidays[version.version], found = holidays_of(version, first_day, LAST_DAY, holidays_folder)
        findings += found

    instant = microseconds_since_epoch(complete_through)
    while True:
        calendars = {
            version.version: _calendar(version, first_day, last_day, holidays[version.version])
            for version in contracts.versions
        }
        if last_day == LAST_DAY or all(
            _is_walked_out(version, calendars[version.version], instant) for version in contracts.versions
        ):
            break
        last_day = min(last_day + (last_day - local_now), LAST_DAY)

    findings = [finding for finding in findings if finding.holiday_date <= last_day]
    return {
        "business_intervals": _interval_table(calendars),
        "local_days": _day_table(calendars),
        "periods": _period_table(contracts.timezone, first_day, last_day),
        "holiday_findings": pa.Table.from_pylist(
            list(finding_rows(findings)), schema=SCHEMAS["holiday_findings"]
        ),
    }


# ---------------------------------------------------------------- the range


def _months_later(day: date, months: int) -> date:
    """The first day of the month that many months after the day's own."""
    month = day.year * 12 + day.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


def _longest_promise(version: ContractVersion) -> tuple[int, int]:
    """(business microseconds, business days) of a version's longest promises."""
    follow_up, no_contact = version.follow_up, version.follow_up.no_contact
    hours = [
        version.handoff.within_business_hours,
        follow_up.first_attempt_within_business_hours,
        follow_up.disposition_within_business_hours,
    ]
    days = [step.within_business_days for step in follow_up.cadence]
    if no_contact is not None:
        days.append(no_contact.recycle_within_business_days)
    longest = max((each for each in hours if each is not None), default=0)
    return int(longest * MICROSECONDS_PER_HOUR), max([LEAST_BUSINESS_DAYS_AHEAD, *days])


def _last_day_needed(version: ContractVersion, today: date) -> date:
    """A first guess at where the longest promise ends, ordinary holidays and DST changes included."""
    weekly_minutes, weekly_days = 0, 0
    for weekday in range(7):
        intervals = version.business_hours.on_weekday(weekday)
        weekly_minutes += sum(each.closes_minute - each.opens_minute for each in intervals)
        weekly_days += bool(intervals)
    microseconds, days = _longest_promise(version)
    weeks = max(microseconds / (weekly_minutes * MICROSECONDS_PER_MINUTE), days / weekly_days)
    days_ahead = round(weeks * 7 * 1.2) + 21
    return today + timedelta(days=min(days_ahead, (LAST_DAY - today).days))


def _is_walked_out(version: ContractVersion, calendar: _VersionCalendar, instant: int) -> bool:
    """Whether every promise that began before an instant falls due within the calendar.

    Business time must remain after the promise is used up: one used up at closing time is due at
    the next opening, which then has to be there.
    """
    microseconds, days = _longest_promise(version)
    return (
        calendar.business_microseconds_after(instant) > microseconds
        and calendar.business_days_after(instant) >= days
    )


# ---------------------------------------------------------------- one version


def _calendar(version: ContractVersion, first: date, last: date, holidays: set[date]) -> _VersionCalendar:
    days = np.arange(first.toordinal(), last.toordinal() + 1, dtype=np.int64) - date(1970, 1, 1).toordinal()
    midnights = _in_utc(days, 0, version.timezone)
    weekdays = (days + 3) % 7  # 1970-01-01 was a Thursday; Monday is 0
    closed = np.isin(days, np.array([day.toordinal() for day in holidays], dtype=np.int64) - _EPOCH_ORDINAL)

    is_business_day = np.zeros(len(days), dtype=np.bool_)
    opens, closes = [np.array([], dtype=np.int64)], [np.array([], dtype=np.int64)]
    for weekday in range(7):
        open_days = days[(weekdays == weekday) & ~closed]
        for interval in version.business_hours.on_weekday(weekday):
            is_business_day |= (weekdays == weekday) & ~closed
            opens.append(_in_utc(open_days, interval.opens_minute, version.timezone))
            closes.append(_in_utc(open_days, interval.closes_minute, version.timezone))
    opens_at, closes_at = _united(np.concatenate(opens), np.concatenate(closes))
    lengths = closes_at - opens_at
    return _VersionCalendar(
        days=days,
        starts=midnights,
        ends=_in_utc(days + 1, 0, version.timezone),
        is_business_day=is_business_day,
        opens=opens_at,
        closes=closes_at,
        before=np.cumsum(lengths) - lengths,
    )


_EPOCH_ORDINAL = date(1970, 1, 1).toordinal()


def _in_utc(days: npt.NDArray[np.int64], minute: int, timezone: str) -> Instants:
    return local_microseconds_to_utc(days * MICROSECONDS_PER_DAY + minute * MICROSECONDS_PER_MINUTE, timezone)


def _united(opens: Instants, closes: Instants) -> tuple[Instants, Instants]:
    """Intervals in order of time; those that vanished are gone, those that overlap or touch are one."""
    kept = closes > opens
    order = np.argsort(opens[kept], kind="stable")
    opens, closes = opens[kept][order], closes[kept][order]
    if not len(opens):
        return opens, closes
    reached = np.maximum.accumulate(closes)
    is_first = np.append(True, opens[1:] > reached[:-1])
    is_last = np.append(is_first[1:], True)
    return opens[is_first], reached[is_last]


# ---------------------------------------------------------------- tables


def _timestamps(instants: Instants) -> pa.Array:
    return pa.array(instants, type=pa.int64()).cast(pa.timestamp("us"))


def _interval_table(calendars: dict[int, _VersionCalendar]) -> pa.Table:
    return pa.concat_tables(
        pa.table(
            [
                pa.array(np.full(len(calendar.opens), version, dtype=np.int32)),
                _timestamps(calendar.opens),
                _timestamps(calendar.closes),
                pa.array(calendar.before),
            ],
            schema=SCHEMAS["business_intervals"],
        )
        for version, calendar in calendars.items()
    )


def _day_table(calendars: dict[int, _VersionCalendar]) -> pa.Table:
    return pa.concat_tables(
        pa.table(
            [
                pa.array(np.full(len(calendar.days), version, dtype=np.int32)),
                pa.array(calendar.days.astype(np.int32), type=pa.int32()).cast(pa.date32()),
                _timestamps(calendar.starts),
                _timestamps(calendar.ends),
                pa.array(calendar.is_business_day),
                pa.array(np.cumsum(calendar.is_business_day).astype(np.int32)),
            ],
            schema=SCHEMAS["local_days"],
        )
        for version, calendar in calendars.items()
    )


def _period_table(timezone: str, first: date, last: date) -> pa.Table:
    months = [first]
    while _months_later(months[-1], 1) <= last:
        months.append(_months_later(months[-1], 1))
    edges = [month.toordinal() - _EPOCH_ORDINAL for month in [*months, _months_later(months[-1], 1)]]
    instants = _timestamps(_in_utc(np.array(edges, dtype=np.int64), 0, timezone))
    return pa.table([pa.array(months), instants[:-1], instants[1:]], schema=SCHEMAS["periods"])
