"""Which days a pull delivers, and from which modification on it asks.

What belongs here: dates and instants. What doesn't: requests, and files.

An extract for a date says that everything up to the end of that day has arrived. So a pull delivers
whole days only: those since the last pull, up to the last one that is over where the source is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

OVERLAP = timedelta(minutes=15)
"""How far before the last modification seen a pull begins again: what the vendors' search and
replication show late. What comes twice counts once."""


@dataclass(frozen=True)
class Window:
    """What one pull of one object covers.

    `modified_through`: the last modification that an earlier pull has seen, None where there is none.
    `first_day` to `last_day` are the extract dates that the pull delivers, one each even where nothing
    happened.
    """

    modified_through: datetime | None
    first_day: date
    last_day: date
    zone: ZoneInfo

    @property
    def since(self) -> datetime | None:
        """Records modified at or after this instant are asked for; None asks for all."""
        return self.modified_through and self.modified_through - OVERLAP

    def days(self) -> list[date]:
        """Every day from the first to the last."""
        return [self.first_day + timedelta(days=n) for n in range((self.last_day - self.first_day).days + 1)]

    def extract_date(self, modified_at: datetime) -> date:
        """The extract that brings a record: its local day's, or the nearest one that is delivered.

        What was modified today comes with the last day that is over; a run leaves it alone until its
        own day has been delivered.
        """
        return min(max(modified_at.astimezone(self.zone).date(), self.first_day), self.last_day)


def next_window(state: Mapping[str, str | None], now: datetime, zone: ZoneInfo) -> Window:
    """The window of a pull at `now`, after the one that left `state` (empty: the first pull).

    The first pull delivers all there is as the extract of the last day that is over. A second pull on
    one day delivers that day once more.
    """
    last_day = now.astimezone(zone).date() - timedelta(days=1)
    delivered, modified = state.get("delivered_through"), state.get("modified_through")
    first_day = last_day
    if delivered is not None:
        first_day = min(date.fromisoformat(delivered) + timedelta(days=1), last_day)
    return Window(datetime.fromisoformat(modified) if modified else None, first_day, last_day, zone)


def read_instant(value: object) -> datetime:
    """An instant as the vendors' APIs write one: ISO 8601 with an offset, or epoch milliseconds.

    Raises ValueError for anything else.
    """
    text = str(value)
    if text.isdigit():
        return datetime.fromtimestamp(int(text) / 1000, UTC)
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text} has no offset")
    return instant
