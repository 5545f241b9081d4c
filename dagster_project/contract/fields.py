"""The kinds of value a contract holds, each with what it expects and a hint when it gets something else."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, NoReturn

from pydantic import BeforeValidator, PlainValidator
from pydantic_core import PydanticCustomError

from dagster_project.strict_yaml import UnclearNumber

from ..civil_time import known_zone_names
from .words import (
    ACTIVITY_TYPES,
    BASES,
    DEPARTMENTS,
    LANGUAGES,
    METRIC_KINDS,
    SQL_CONDITIONS,
    TOUCH_TYPES,
    has_word,
    matching_form,
)

FIRST_YEAR, LAST_YEAR = 1990, 2100
LARGEST_INT32 = 2**31 - 1
CLOCK_TIMES = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-(?:([01][0-9]|2[0-3]):([0-5][0-9])|(24):(00))")
MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
CURRENCY = re.compile(r"[A-Z]{3}")
PLAIN_NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")

QUOTE_IT = "quote it"  # the loader adds the spelling in the file


def refuse(expected: str, hint: str | None = None) -> NoReturn:
    """Refuse the value being validated; the loader adds the file, the place and what was found."""
    raise PydanticCustomError("contract", "expected {expected}", {"expected": expected, "hint": hint})


# ---------------------------------------------------------------- text


def read_text(value: object, expected: str = "text") -> str:
    if not isinstance(value, str):
        refuse(expected, None if isinstance(value, list | dict) else QUOTE_IT)
    text = value.strip()
    if not text:
        refuse(expected, "leave the key out if there is nothing to say")
    if any(unicodedata.category(character) == "Cc" for character in text):
        refuse(f"{expected} on one line", "take the line breaks and tabs out")
    return text


def _text(expected: str = "text") -> PlainValidator:
    return PlainValidator(lambda value: read_text(value, expected))


def _did_you_mean(form: str, words: dict[str, str]) -> str | None:
    close = difflib.get_close_matches(form, sorted(words), n=1)
    return f"did you mean {words[close[0]]}?" if close else None


def _word(expected: str, words: tuple[str, ...]) -> PlainValidator:
    """One of a closed list; case and accents don't matter, the list's own spelling comes out."""
    forms = {matching_form(word): word for word in words}
    choice = f"{expected}: {', '.join(words)}"

    def read(value: object) -> str:
        text = read_text(value, choice)
        if matching_form(text) not in forms:
            refuse(choice, _did_you_mean(matching_form(text), forms))
        return forms[matching_form(text)]

    return PlainValidator(read)


def _phrase(value: object) -> str:
    text = read_text(value, "a phrase")
    if not has_word(text):
        refuse("a phrase with at least one letter or digit")
    return text


def _time_zone(value: object) -> str:
    expected = "a time zone's IANA name, such as America/Mexico_City"
    text = read_text(value, expected)
    if text not in known_zone_names():
        names = {name.lower(): name for name in known_zone_names()}
        refuse(expected, _did_you_mean(text.lower(), names))
    return text


def _currency(value: object) -> str:
    expected = "a currency's three capital letters, such as MXN"
    text = read_text(value, expected)
    if not CURRENCY.fullmatch(text):
        refuse(expected, f"write {text.upper()}" if CURRENCY.fullmatch(text.upper()) else None)
    return text


@lru_cache(maxsize=1)
def holiday_countries() -> dict[str, tuple[str, ...]]:
    """Country code (two letters) → its subdivisions' codes, as the holidays library knows them."""
    import holidays

    known = holidays.list_supported_countries(include_aliases=True)
    return {code: tuple(subdivisions) for code, subdivisions in known.items() if len(code) == 2}


def _country(value: object) -> str | None:
    if value is None:
        return None
    expected = "a country's two capital letters, such as MX, or null for no country's holidays"
    text = read_text(value, expected)
    if text not in holiday_countries():
        refuse(expected, f"write {text.upper()}" if text.upper() in holiday_countries() else None)
    return text


def _optional_text(value: object) -> str | None:
    return None if value is None else read_text(value)


def read_month(value: object) -> str:
    if not isinstance(value, str) or not (value == "default" or MONTH.fullmatch(value)):
        refuse("`default` or a month as YYYY-MM, such as 2026-02")
    return value


# ---------------------------------------------------------------- days and hours


def read_day(value: object, expected: str = "a date as YYYY-MM-DD") -> date:
    if isinstance(value, str):
        try:
            value = datetime.strptime(value.strip(), "%Y-%m-%d").date()
        except ValueError:
            refuse(expected)
    if not isinstance(value, date) or isinstance(value, datetime):
        refuse(expected)
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        refuse(f"{expected}, from {FIRST_YEAR} to {LAST_YEAR}")
    return value


def _first_of_month(value: object) -> date:
    expected = "the first day of a month"
    day = read_day(value, expected)
    if day.day != 1:
        refuse(expected, f"write {day.replace(day=1).isoformat()} or the first of the next month")
    return day


@dataclass(frozen=True)
class ClockInterval:
    """Opening hours within a local day, in minutes after midnight; the end may be 1440."""

    opens_minute: int
    closes_minute: int


def parse_clock_interval(value: object) -> ClockInterval | None:
    """`"09:00-14:00"` → minutes after midnight; None when it is no such text."""
    match = CLOCK_TIMES.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    hours, minutes, *ends = (int(group) for group in match.groups() if group is not None)
    return ClockInterval(hours * 60 + minutes, ends[0] * 60 + ends[1])


def _clock_interval(value: object) -> ClockInterval:
    expected = 'opening hours as "09:00-17:00", the end at most 24:00'
    interval = parse_clock_interval(value)
    if interval is None:
        refuse(expected, "two digits for the hour, quotes around both times")
    if interval.closes_minute <= interval.opens_minute:
        refuse("opening hours that end after they begin", "split hours over midnight into two days")
    return interval


# ---------------------------------------------------------------- numbers


def number_reader(
    expected: str,
    *,
    minimum: int | None = None,
    above: int | None = None,
    maximum: int | None = None,
    whole: bool = False,
    decimals: int = 6,
    whole_digits: int = 12,
) -> Callable[[object], Any]:
    """A function that reads an exact number within limits: int where `whole`, else Decimal."""

    def read(value: object) -> int | Decimal:
        if isinstance(value, UnclearNumber):
            refuse(expected, "write it in plain digits, without leading zeros, underscores or colons")
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            written_as_text = isinstance(value, str) and PLAIN_NUMBER.fullmatch(value.strip())
            refuse(expected, "write it without quotes" if written_as_text else None)
        number = Decimal(value)
        if not number.is_finite():
            refuse(expected, "infinite and undefined numbers can't be counted with")
        if minimum is not None and number < minimum:
            refuse(expected)
        if above is not None and number <= above:
            refuse(expected)
        if maximum is not None and number > maximum:
            refuse(f"{expected}, at most {maximum}")
        if number.copy_abs() >= Decimal(10) ** whole_digits:
            refuse(f"{expected}, at most {whole_digits} digits long")
        if whole and _decimals(number) > 0:
            refuse(expected)
        if _decimals(number) > decimals:
            refuse(f"{expected}, with at most {decimals} decimals")
        return int(number) if whole else number

    return read


def _decimals(number: Decimal) -> int:
    """How many decimals a finite number needs; trailing zeros need none."""
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)  # finite
    trailing_zeros = next((place for place, digit in enumerate(reversed(digits)) if digit), len(digits))
    return max(0, -exponent - trailing_zeros)


def _number(expected: str, **limits: Any) -> PlainValidator:
    return PlainValidator(number_reader(expected, **limits))


def _whole(expected: str, **limits: Any) -> PlainValidator:
    return _number(expected, whole=True, **limits)


# Beyond these a deadline would leave the calendar (which ends with 2101), or overflow.
MOST_BUSINESS_HOURS = 10_000
MOST_BUSINESS_DAYS = 3_660
MOST_DAYS = 36_525

Text = Annotated[str, _text()]
OptionalText = Annotated[str | None, PlainValidator(_optional_text)]
Identifier = Annotated[str, _text("a name")]
AttributeName = Annotated[str, _text("a column of the contacts extract")]
Phrase = Annotated[str, PlainValidator(_phrase)]
TimeZoneName = Annotated[str, PlainValidator(_time_zone)]
CurrencyCode = Annotated[str, PlainValidator(_currency)]
CountryCode = Annotated[str | None, PlainValidator(_country)]
Department = Annotated[str, _word("a department", DEPARTMENTS)]
Language = Annotated[str, _word("a language", LANGUAGES)]
Basis = Annotated[str, _word("a basis", BASES)]
TouchType = Annotated[str, _word("a touch type", TOUCH_TYPES)]
ActivityType = Annotated[str, _word("an activity type", ACTIVITY_TYPES)]
SqlCondition = Annotated[str, _word("an SQL condition", SQL_CONDITIONS)]
Metric = Annotated[str, _word("a metric", tuple(METRIC_KINDS))]

Day = Annotated[date, PlainValidator(read_day)]
FirstOfMonth = Annotated[date, PlainValidator(_first_of_month)]
Interval = Annotated[ClockInterval, PlainValidator(_clock_interval)]

VersionNumber = Annotated[int, _whole("a whole number from 1", minimum=1, maximum=LARGEST_INT32)]
Threshold = Annotated[Decimal, _number("a number from 0", minimum=0)]
Points = Annotated[Decimal, _number("a number of points")]
Bound = Annotated[Decimal, _number("a number", decimals=18, whole_digits=20)]
Count = Annotated[int, _whole("a whole number from 1", minimum=1, maximum=LARGEST_INT32)]
CountOrZero = Annotated[int, _whole("a whole number from 0", minimum=0, maximum=LARGEST_INT32)]
BusinessHoursPromise = Annotated[
    Decimal, _number("business hours, more than 0", above=0, maximum=MOST_BUSINESS_HOURS)
]
BusinessDaysPromise = Annotated[
    int, _whole("a whole number of business days from 1", minimum=1, maximum=MOST_BUSINESS_DAYS)
]
DaysPromise = Annotated[Decimal, _number("days, more than 0", above=0, maximum=MOST_DAYS)]
WindowDays = Annotated[Decimal, _number("days, more than 0", above=0, maximum=MOST_DAYS)]
DaysOrZero = Annotated[Decimal, _number("days, 0 or more", minimum=0, maximum=MOST_DAYS)]

TargetKey = Annotated[str, PlainValidator(read_month)]
TargetValue = Annotated[Decimal, _number("a number from 0", minimum=0, decimals=20, whole_digits=18)]
Targets = Annotated[
    dict[TargetKey, TargetValue],
    BeforeValidator(lambda value: value if isinstance(value, dict) else {"default": value}),
]
