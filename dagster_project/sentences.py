"""Sentences in the contract's language: what every room that speaks to people does in the same way.

What belongs here: finding a sentence and putting in what it needs, already formatted. What doesn't: the sentences,
which are each room's own (`strings/<language>.yml`, one file a language with the same names), and how a room writes
its numbers. A sentence is translated whole, never put together from fragments, so that every language can have its own
order of words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import yaml
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.lists import format_list

LANGUAGES = ("en", "es")

Sentences = Mapping[str, str | Mapping[str, str]]


@cache
def read_sentences(folder: Path, language: str) -> Sentences:
    """The sentences of a language by name (`topic.name`); one that depends on a number has a form for each plural."""
    read = yaml.safe_load((folder / f"{language}.yml").read_text(encoding="utf-8"))
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
class Speaker:
    """A language and a currency; a room's own speaker says where its sentences are."""

    FOLDER: ClassVar[Path]

    language: str
    currency: str

    @property
    def locale(self) -> Locale:
        return locale_of(self.language, self.currency)

    def knows(self, name: str) -> bool:
        """Whether there is a sentence `name`."""
        return name in read_sentences(self.FOLDER, self.language)

    def say(self, name: str, /, count: Any = None, **values: Any) -> str:
        """The sentence `name` with its values, which are formatted already.

        `count` chooses the plural form where the sentence has several. Raises KeyError for an unknown sentence or a
        value that it needs and doesn't get.
        """
        text = read_sentences(self.FOLDER, self.language)[name]
        if not isinstance(text, str):
            form = self.locale.plural_form(0 if count is None else count)
            text = text.get(form, text["other"])
        return text.format_map(values)

    def month_and_year(self, period: date) -> str:
        """A period: `octubre de 2026`, `October 2026`."""
        return str(format_skeleton("yMMMM", period, locale=self.locale))

    def day(self, day: date) -> str:
        return str(format_date(day, "long", locale=self.locale))

    def listed(self, words: Iterable[str]) -> str:
        """`a, b and c`, as the language writes it."""
        return str(format_list(list(words), locale=self.locale))
