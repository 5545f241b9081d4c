"""Sentences in the contract's language, with numbers and dates as its readers write them.

What belongs here: looking up a sentence and formatting what stands in it. What doesn't: the sentences, which are in
`strings/<language>.yml`, one file a language with the same names. A sentence is translated whole: nothing is put
together from fragments, so that every language can have its own order of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

import yaml
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_skeleton
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent

STRINGS_FOLDER = Path(__file__).parent / "strings"
LANGUAGES = ("en", "es")

Number = int | float | Decimal | Fraction


@cache
def strings(language: str) -> Mapping[str, str | Mapping[str, str]]:
    """The sentences of a language by name (`topic.name`); one that depends on a number has a form for each plural."""
    read = yaml.safe_load((STRINGS_FOLDER / f"{language}.yml").read_text(encoding="utf-8"))
    return {f"{topic}.{name}": text for topic, texts in read.items() for name, text in texts.items()}


def locale_of(language: str, currency: str) -> Locale:
    """How readers of a language write numbers where a currency is used: es and MXN are es_MX.

    A currency's first two letters are its country's (ISO 4217); where no such locale exists (EUR), the language alone
    decides.
    """
    try:
        return Locale(language, territory=currency[:2])
    except UnknownLocaleError:
        return Locale(language)


@dataclass(frozen=True)
class Wording:
    """A language and a currency: how everything that is said here is worded."""

    language: str
    currency: str

    @property
    def locale(self) -> Locale:
        return locale_of(self.language, self.currency)

    def say(self, name: str, /, count: int | None = None, **values: str) -> str:
        """The sentence `name` with its values, which are formatted already.

        `count` chooses the plural form where the sentence has several. Raises KeyError for an unknown sentence or a
        value that it needs and doesn't get.
        """
        text = strings(self.language)[name]
        if not isinstance(text, str):
            form = self.locale.plural_form(0 if count is None else count)
            text = text.get(form, text["other"])
        return text.format_map(values)

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

    def month(self, day: date) -> str:
        """A period: `marzo de 2026`, `March 2026`."""
        return format_skeleton("yMMMM", day, locale=self.locale)

    def day(self, day: date) -> str:
        return format_date(day, "long", locale=self.locale)

    def instant(self, at: datetime) -> str:
        """An instant in UTC, and said so."""
        return f"{format_datetime(at, 'medium', tzinfo=UTC, locale=self.locale)} UTC"

    def listed(self, words: Iterable[str]) -> str:
        """`a, b and c`, as the language writes it."""
        return format_list(list(words), locale=self.locale)


def _decimal(number: Number, digits: int) -> Decimal:
    """The number rounded to so many digits, half to even, from its exact value."""
    return Decimal(round(Fraction(number) * 10**digits)).scaleb(-digits)
