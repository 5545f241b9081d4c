"""Sentences and numbers in the language of a review.

What belongs here: how numbers and instants are written on a page. What doesn't: the sentences, which are in
`strings/<language>.yml`.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_skeleton, format_time, get_timezone_location
from babel.numbers import NumberPattern, format_currency, format_decimal

from dagster_project.sentences import Speaker

MOST_DIGITS = 6
SECONDS_PER_HOUR = 3600


@dataclass(frozen=True)
class Wording(Speaker):
    """A language, a currency and a time zone: how everything on a page is worded."""

    FOLDER = Path(__file__).parent / "strings"

    timezone: str

    def number(self, number: float, digits: int = 0) -> str:
        """A number with exactly so many digits after the point."""
        return str(format_decimal(round(number, digits), format=self._decimals(digits), locale=self.locale))

    def about(self, number: float) -> str:
        """A number that needn't be whole, such as a share of credit: one digit after the point, unless it is whole."""
        return self.number(number, 0 if abs(number - round(number)) < 0.05 else 1)

    def share(self, share: float, digits: int = 1, fewest: int | None = None) -> str:
        """A fraction as a percentage with so many digits after the point, none when it is 0 or 100 %.

        What is almost nothing, or almost everything, has as many digits as it takes to say so. With `fewest`, digits
        beyond these are left out where they are 0.
        """
        pattern: NumberPattern = copy.copy(self.locale.percent_formats[None])
        digits = 0 if share in (0, 1) else digits
        while share not in (0, 1) and round(share, digits + 2) in (0, 1) and digits < MOST_DIGITS:
            digits += 1
        pattern.frac_prec = (digits if fewest is None else min(fewest, digits), digits)
        return str(pattern.apply(round(share, digits + 2), self.locale))

    def money(self, amount: float, digits: int = 0) -> str:
        """An amount in the contract's currency, in whole units unless asked for otherwise."""
        pattern: NumberPattern = copy.copy(self.locale.currency_formats["standard"])
        pattern.frac_prec = (digits, digits)
        return str(
            format_currency(
                round(amount, digits),
                self.currency,
                format=pattern,
                locale=self.locale,
                currency_digits=False,
            )
        )

    def currency_name(self) -> str:
        """The currency in words, `peso mexicano`."""
        return str(self.locale.currencies.get(self.currency, self.currency))

    def hours(self, seconds: float) -> str:
        """Business time in hours, with one digit after the point below ten hours."""
        hours = seconds / SECONDS_PER_HOUR
        return self.number(hours, 1 if hours < 10 and hours != int(hours) else 0)

    def shortest_month(self, period: date) -> str:
        """A period's month, as short as it is written: `oct`, `Oct`."""
        return str(format_date(period, "LLL", locale=self.locale))

    def month(self, period: date) -> str:
        """A period's month without its year: `octubre`, `October`."""
        return str(format_date(period, "LLLL", locale=self.locale))

    def short_month(self, period: date) -> str:
        """A period's month and year, short enough for an axis: `oct 2026`."""
        return str(format_skeleton("yMMM", period, locale=self.locale))

    def two_months(self, first: date, second: date) -> str:
        """Two periods: `septiembre y octubre de 2026`, or both with their years when these differ."""
        if first.year != second.year:
            return self.listed([self.month_and_year(first), self.month_and_year(second)])
        return self.say(
            "page.two_months", first=self.month(first), second=self.month(second), year=str(second.year)
        )

    def moment(self, at: datetime) -> str:
        """A day and a time in the contract's time zone: `lun 2 nov, 12:24`; a midnight is the end of a day."""
        local = at.astimezone(ZoneInfo(self.timezone))
        if local.time() == datetime.min.time():
            before = local.date() - timedelta(days=1)
            return self.say("page.end_of_day", day=format_skeleton("MMMEd", before, locale=self.locale))
        return self.say(
            "page.moment",
            day=format_skeleton("MMMEd", local, locale=self.locale),
            time=format_time(local, "short", locale=self.locale),
        )

    def through(self, at: datetime) -> str:
        """The instant up to which everything is known: a day's end where it is a midnight."""
        local = at.astimezone(ZoneInfo(self.timezone))
        if local.time() == datetime.min.time():
            return self.say("page.through_day", day=self.day(local.date() - timedelta(days=1)))
        return self.say(
            "page.through_moment",
            day=self.day(local.date()),
            time=format_time(local, "short", locale=self.locale),
        )

    def place(self) -> str:
        """Whose time it is: the time zone's city or country."""
        return str(get_timezone_location(ZoneInfo(self.timezone), locale=self.locale, return_city=True))

    @staticmethod
    def titled(text: str) -> str:
        """A text as it stands alone: with a capital at its beginning."""
        return text[:1].upper() + text[1:]

    def in_unit(self, number: float, unit: str, digits: int | None = None) -> str:
        """A number in a metric's unit: `share`, `money` or `count`."""
        digits = self._usual_digits(number, unit) if digits is None else digits
        if unit == "share":
            return self.share(number, digits)
        return self.money(number, digits) if unit == "money" else self.number(number, digits)

    def target(self, number: float, unit: str) -> str:
        """What was promised, in its metric's unit, with no more digits than it has."""
        if unit == "share":
            return self.share(number, MOST_DIGITS, fewest=0)
        digits = next(
            digits for digits in range(MOST_DIGITS + 1) if round(number, digits) == round(number, MOST_DIGITS)
        )
        return self.in_unit(number, unit, digits)

    def told_apart(self, actual: float, target: float, unit: str) -> tuple[str, str]:
        """What was reached, with as few digits as show that it differs from what was promised, and the latter."""
        shown = ""
        for digits in range(self._usual_digits(actual, unit), MOST_DIGITS + 1):
            shown = self.in_unit(actual, unit, digits)
            if actual == target or shown != self.in_unit(target, unit, digits):
                break
        return shown, self.target(target, unit)

    @staticmethod
    def _usual_digits(number: float, unit: str) -> int:
        if unit == "share":
            return 1
        return 0 if unit == "money" or number == int(number) else 1

    def _decimals(self, digits: int) -> NumberPattern:
        pattern: NumberPattern = copy.copy(self.locale.decimal_formats[None])
        pattern.frac_prec = (digits, digits)
        return pattern
