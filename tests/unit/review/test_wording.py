"""Numbers, dates and sentences as readers write them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from dagster_project.review.wording import Wording

SPANISH = Wording("es", "MXN", "America/Mexico_City")
SPAIN = Wording("es", "EUR", "Europe/Madrid")
ENGLISH = Wording("en", "USD", "America/New_York")


def plain(text: str) -> str:
    """With ordinary spaces, so that what is expected can be read."""
    return text.replace("\xa0", " ").replace("\u202f", " ")


def test_numbers_are_written_as_in_the_currencys_country() -> None:
    assert SPANISH.number(1234.5, 1) == "1,234.5"
    assert SPAIN.number(12345.5, 1) == "12.345,5"
    assert plain(SPAIN.share(0.976)) == "97,6 %"
    assert SPANISH.share(0.976) == "97.6%"


def test_amounts_are_in_whole_units_of_the_contracts_currency() -> None:
    assert SPANISH.money(1234567.8) == "$1,234,568"
    assert plain(SPAIN.money(1234567.8)) == "1.234.568 €"


def test_nothing_and_everything_are_percentages_without_digits() -> None:
    assert (ENGLISH.share(0), ENGLISH.share(1)) == ("0%", "100%")


def test_almost_everything_is_not_everything() -> None:
    # 9999 of 10000 is 99.99 %: a page must not say that it is 100 %
    assert ENGLISH.share(0.9999) == "99.99%"
    assert ENGLISH.share(0.0001) == "0.01%"
    assert ENGLISH.told_apart(0.9999, 1.0, "share") == ("99.99%", "100%")


@pytest.mark.parametrize(
    ("actual", "target", "unit", "shown"),
    [
        (0.8984375, 0.9, "share", ("89.8%", "90%")),
        (0.89996, 0.9, "share", ("89.996%", "90%")),
        (0.9, 0.9, "share", ("90.0%", "90%")),
        (0.5, 0.4825, "share", ("50.0%", "48.25%")),
        (86.0, 95.0, "count", ("86", "95")),
        (899.996, 900.0, "money", ("$899.996", "$900")),
        (656.3, 900.0, "money", ("$656", "$900")),
    ],
)
def test_what_was_reached_is_told_apart_from_the_target(
    actual: float, target: float, unit: str, shown: tuple[str, str]
) -> None:
    assert ENGLISH.told_apart(actual, target, unit) == shown


def test_two_months_of_one_year_name_it_once() -> None:
    assert SPANISH.two_months(date(2026, 9, 1), date(2026, 10, 1)) == "septiembre y octubre de 2026"
    assert ENGLISH.two_months(date(2026, 9, 1), date(2026, 10, 1)) == "September and October 2026"


def test_two_months_across_a_year_name_both() -> None:
    assert SPANISH.two_months(date(2025, 12, 1), date(2026, 1, 1)) == "diciembre de 2025 y enero de 2026"


def test_data_through_midnight_is_complete_through_the_end_of_the_day_before() -> None:
    # 06:00 UTC is midnight in Mexico City
    assert SPANISH.through(datetime(2026, 11, 1, 6, tzinfo=UTC)) == "el final del 31 de octubre de 2026"


def test_data_through_an_instant_in_the_day_says_which() -> None:
    assert plain(ENGLISH.through(datetime(2026, 11, 1, 19, 30, tzinfo=UTC))) == "November 1, 2026, 2:30 PM"


def test_a_deadline_at_midnight_is_the_end_of_a_day() -> None:
    assert SPANISH.moment(datetime(2026, 11, 3, 6, tzinfo=UTC)) == "final del lun 2 de nov"


def test_whose_time_it_is_is_a_place() -> None:
    assert SPANISH.place() == "Ciudad de México"
    assert ENGLISH.place() == "New York"


@pytest.mark.parametrize(
    ("seconds", "hours"), [(9720, "2.7"), (36000, "10"), (28800, "8"), (68400, "19"), (0, "0")]
)
def test_business_time_is_in_hours(seconds: float, hours: str) -> None:
    assert ENGLISH.hours(seconds) == hours


def test_a_sentence_takes_the_form_of_its_number() -> None:
    assert SPANISH.say("tally.met", count=1, number="1") == "1 cumplida"
    assert SPANISH.say("tally.met", count=2, number="2") == "2 cumplidas"


def test_an_unknown_sentence_is_an_error() -> None:
    with pytest.raises(KeyError):
        ENGLISH.say("page.unknown")


def test_a_title_begins_with_a_capital_and_keeps_the_rest() -> None:
    assert ENGLISH.titled("cost per MQL") == "Cost per MQL"
