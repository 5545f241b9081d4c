"""Every sentence stands in both languages, needs the same values in both, and shows numbers as its readers do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import partial
from string import Formatter

import pytest

from dagster_project.decisions.plan_figures import FOLLOW_UP_METRICS
from dagster_project.decisions.wording import Wording
from dagster_project.review.wording import Wording as ReviewWording
from dagster_project.sentences import LANGUAGES, locale_of, read_sentences

strings = partial(read_sentences, Wording.FOLDER)


def forms(text: str | Mapping[str, str]) -> Iterator[str]:
    if isinstance(text, str):
        yield text
    else:
        yield from text.values()


def values_of(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_sentence_stands_in_every_language() -> None:
    assert {frozenset(strings(language)) for language in LANGUAGES} == {frozenset(strings("en"))}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("metric", FOLLOW_UP_METRICS)
def test_the_argument_calls_a_promise_by_the_name_that_the_review_has_for_it(
    metric: str, language: str
) -> None:
    name = Wording(language, "MXN").say(f"follow_up.{metric}")
    assert name.strip("“”«»") == ReviewWording(language, "MXN", "UTC").say(f"metric.{metric}")


@pytest.mark.parametrize("name", strings("en"))
def test_a_sentence_needs_the_same_values_in_every_language_and_form(name: str) -> None:
    needed = {frozenset(values_of(form)) for language in LANGUAGES for form in forms(strings(language)[name])}
    assert len(needed) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_sentence_with_forms_has_one_for_all_other_numbers(language: str) -> None:
    for text in strings(language).values():
        assert isinstance(text, str) or "other" in text


@pytest.mark.parametrize(
    ("language", "currency", "locale"),
    [
        ("es", "MXN", "es_MX"),
        ("es", "CLP", "es_CL"),
        ("en", "USD", "en_US"),
        ("es", "EUR", "es"),
        ("en", "MXN", "en"),
    ],
)
def test_the_currency_s_country_decides_how_numbers_are_written(
    language: str, currency: str, locale: str
) -> None:
    assert str(locale_of(language, currency)) == locale


def test_numbers_money_shares_and_dates_are_as_the_locale_has_them() -> None:
    mexico, chile = Wording("es", "MXN"), Wording("es", "CLP")
    assert (mexico.number(Decimal("1234.5"), 1), chile.number(Decimal("1234.5"), 1)) == ("1,234.5", "1.234,5")
    assert (mexico.money(Decimal("1234.5")), chile.money(Decimal("1234.5"))) == ("$1,234", "$1.234")
    assert (mexico.share(Fraction(1, 8), 1), mexico.share(Fraction(1, 8))) == ("12.5%", "12%")
    assert mexico.share(Fraction(1, 4), 1) == "25%"
    assert (mexico.month_and_year(date(2026, 3, 1)), mexico.day(date(2026, 3, 1))) == (
        "marzo de 2026",
        "1 de marzo de 2026",
    )
    assert Wording("en", "USD").month_and_year(date(2026, 3, 1)) == "March 2026"
    assert Wording("en", "USD").instant(datetime(2026, 4, 1, 6, tzinfo=UTC)).endswith("UTC")
    assert mexico.listed(["a", "b", "c"]) == "a, b y c"


def test_the_number_chooses_the_form() -> None:
    english = Wording("en", "USD")
    one, many = (english.say("plan.binding_required", count=count, proposal=str(count)) for count in (1, 2))
    assert one.endswith("the proposal is 1 MQL.")
    assert many.endswith("the proposal is 2 MQLs.")


def test_a_value_that_a_sentence_needs_and_lacks_is_an_error() -> None:
    with pytest.raises(KeyError):
        Wording("en", "USD").say("plan.verdict_raise", target="1")
