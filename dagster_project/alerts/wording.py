"""How alerts are worded: numbers and instants as the contract's readers write them.

What belongs here: formatting. What doesn't: the sentences, which are in `strings/<language>.yml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal, format_percent

from dagster_project.sentences import Speaker


@dataclass(frozen=True)
class Wording(Speaker):
    """A language, a currency and a time zone."""

    FOLDER = Path(__file__).parent / "strings"

    timezone: str

    def figure(self, number: float, unit: str) -> str:
        """A number in its metric's unit: `share`, `money` or `count`; with at most one digit after the point."""
        if unit == "share":
            return str(format_percent(number, format="#,##0.#%", locale=self.locale))
        if unit == "money":
            return str(
                format_currency(
                    round(number), self.currency, locale=self.locale, currency_digits=False, format="¤#,##0"
                )
            )
        return str(format_decimal(number, format="#,##0.#", locale=self.locale))

    def moment(self, at: datetime) -> str:
        """A day and a time in the contract's time zone; a midnight is the end of the day before."""
        local = at.astimezone(ZoneInfo(self.timezone))
        if local.time() == datetime.min.time():
            day = format_datetime(local - timedelta(days=1), "EEE d MMM", locale=self.locale)
            return self.say("digest.end_of_day", day=day)
        return str(format_datetime(local, "EEE d MMM, HH:mm", locale=self.locale))
