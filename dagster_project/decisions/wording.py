"""Sentences in the contract's language, with numbers and dates as its readers write them.

What belongs here: how numbers are written in plans, findings and comparisons. What doesn't: the sentences, which are
in `strings/<language>.yml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from babel.dates import format_datetime
from babel.numbers import format_currency, format_decimal, format_percent

from dagster_project.sentences import Speaker

Number = int | float | Decimal | Fraction


@dataclass(frozen=True)
class Wording(Speaker):
    """A language and a currency: how everything that is said here is worded."""

    FOLDER = Path(__file__).parent / "strings"

    def number(self, number: Number, digits: int = 0) -> str:
        """A number with at most so many digits after the point."""
        return format_decimal(_decimal(number, digits), locale=self.locale)

    def money(self, amount: Number) -> str:
        """An amount in the contract's currency, in whole units."""
        pattern = self.locale.currency_formats["standard"].pattern.replace("0.00", "0")
        return format_currency(
            _decimal(amount, 0), self.currency, format=pattern, locale=self.locale, currency_digits=False
        )

    def share(self, share: Number, digits: int = 0) -> str:
        """A fraction as a percentage with at most so many digits after the point."""
        pattern = self.locale.percent_formats[None].pattern
        if digits:
            pattern = pattern.replace("0", "0." + "#" * digits)
        return format_percent(_decimal(share, digits + 2), format=pattern, locale=self.locale)

    def instant(self, at: datetime) -> str:
        """An instant in UTC, and said so."""
        return f"{format_datetime(at, 'medium', tzinfo=UTC, locale=self.locale)} UTC"


def _decimal(number: Number, digits: int) -> Decimal:
    """The number rounded to so many digits, half to even, from its exact value."""
    return Decimal(round(Fraction(number) * 10**digits)).scaleb(-digits)
