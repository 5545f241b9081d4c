"""When a meeting counts as confirmed, and which opportunities are an MQL's (domain, follow-up).

Everybody qualifies and is handed to Rosa on Monday 5 January 10:00.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios.history import History, Person
from tests.scenarios.results import Results, run

HISTORY = History(through="2026-04-30", rates={"USD": 17.2})
HANDED_OFF = "2026-01-05 10:00"


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    with run(HISTORY) as results:
        yield results


def mql(name: str) -> Person:
    return HISTORY.mql(name, HANDED_OFF, HANDED_OFF)


# meetings

mql("confirmed").meeting("2026-01-06 10:00", "scheduled", confirmed_at="2026-01-07 10:00",
                         scheduled_at="2026-01-09 10:00")  # fmt: skip


def meeting(name: str, *versions: tuple[str, str, str | None, str | None]) -> None:
    """A meeting planned on 6 January: versions of (updated, status, scheduled, confirmed), days of January 10:00."""
    person = mql(name)
    for updated, status, scheduled, confirmed in versions:
        person.meeting(
            "2026-01-06 10:00",
            status,
            meeting_id=f"meeting-of-{name}",
            updated_at=f"2026-01-{updated} 10:00",
            scheduled_at=scheduled and f"2026-01-{scheduled} 10:00",
            confirmed_at=confirmed and f"2026-01-{confirmed} 10:00",
        )


meeting(
    "by-status", ("06", "scheduled", "12", None), ("08", "confirmed", "12", None), ("13", "held", "12", None)
)
meeting("held-unconfirmed", ("06", "scheduled", "12", None), ("14", "held", "12", None))
meeting("held-without-time", ("06", "scheduled", None, None), ("14", "held", None, None))
meeting(
    "cancelled",
    ("06", "scheduled", "12", None),
    ("08", "confirmed", "12", None),
    ("09", "cancelled", "12", None),
)
meeting("cancelled-with-time", ("08", "confirmed", "12", "07"), ("09", "cancelled", "12", "07"))
meeting("time-withdrawn", ("08", "scheduled", "12", "07"), ("09", "scheduled", "12", None))
meeting("time-corrected", ("08", "confirmed", "12", "07"), ("09", "confirmed", "12", "08"))
meeting("never-confirmed", ("06", "scheduled", "12", None), ("13", "no_show", "12", None))
meeting("confirmed-earlier", ("04", "confirmed", "12", "04"), ("13", "held", "12", "04"))
meeting("moved-to-the-past", ("08", "confirmed", "12", None), ("13", "held", "07", None))
person = mql("two-meetings")
person.meeting("2026-01-06 10:00", confirmed_at="2026-01-09 10:00")
person.meeting("2026-01-06 10:00", confirmed_at="2026-01-08 10:00")


def test_a_meeting_is_confirmed_at_its_confirmed_at(results: Results) -> None:
    assert results.mql("confirmed").meeting_confirmed_at == "2026-01-07 10:00"


def test_without_a_time_the_first_confirmed_or_held_version_tells_it(results: Results) -> None:
    assert results.mql("by-status").meeting_confirmed_at == "2026-01-08 10:00"
    assert results.mql("held-without-time").meeting_confirmed_at == "2026-01-14 10:00"


def test_a_held_meeting_was_confirmed_when_it_took_place_at_the_latest(results: Results) -> None:
    # known to be held on the 14th, scheduled for the 12th
    assert results.mql("held-unconfirmed").meeting_confirmed_at == "2026-01-12 10:00"
    # the latest version's time, earlier than the first confirmed version
    assert results.mql("moved-to-the-past").meeting_confirmed_at == "2026-01-07 10:00"


def test_cancelling_later_does_not_undo_a_confirmation(results: Results) -> None:
    assert results.mql("cancelled").meeting_confirmed_at == "2026-01-08 10:00"
    assert results.mql("cancelled-with-time").meeting_confirmed_at == "2026-01-07 10:00"


def test_the_time_of_confirmation_is_the_latest_version_s(results: Results) -> None:
    assert results.mql("time-corrected").meeting_confirmed_at == "2026-01-08 10:00"
    assert results.mql("time-withdrawn").meeting_confirmed_at is None


def test_a_meeting_that_was_never_confirmed_is_not(results: Results) -> None:
    assert results.mql("never-confirmed").meeting_confirmed_at is None


def test_a_confirmation_before_hand_off_does_not_count(results: Results) -> None:
    assert results.mql("confirmed-earlier").meeting_confirmed_at is None


def test_of_several_meetings_the_first_confirmation_counts(results: Results) -> None:
    assert results.mql("two-meetings").meeting_confirmed_at == "2026-01-08 10:00"


# opportunities

HISTORY.mql("deal-before", "2026-01-05 08:00", HANDED_OFF).opportunity(
    "2026-01-05 09:00", won="2026-01-20 10:00"
)
mql("deal-at-hand-off").opportunity(HANDED_OFF)
person = mql("two-deals")
person.opportunity("2026-01-08 10:00", won="2026-02-20 10:00", amount=250)
person.opportunity("2026-01-07 10:00", won="2026-03-20 10:00", amount="100.5")
person = mql("won-and-lost")
person.opportunity("2026-01-07 10:00", lost="2026-01-20 10:00", amount=900)
person.opportunity("2026-01-08 10:00", won="2026-01-30 10:00", amount=40)
person = mql("lost-twice")
person.opportunity("2026-01-07 10:00", lost="2026-01-30 10:00")
person.opportunity("2026-01-08 10:00", lost="2026-01-20 10:00")
person = mql("lost-and-open")
person.opportunity("2026-01-07 10:00", lost="2026-01-30 10:00")
person.opportunity("2026-01-08 10:00", amount=77)
mql("in-dollars").opportunity("2026-01-07 10:00", won="2026-01-20 10:00", amount="100.01", currency="usd")
person = mql("without-amount")
person.opportunity("2026-01-07 10:00", won="2026-01-20 10:00", amount=None)
person = HISTORY.mql("deals-of-two-cycles", HANDED_OFF, HANDED_OFF).touch("2026-02-10 10:00")
person.status("2026-01-20 10:00", "Nurture")
person.opportunity("2026-02-09 10:00", won="2026-03-30 10:00", amount=10)
person.opportunity("2026-02-10 10:00", amount=20)


def test_an_opportunity_before_hand_off_is_not_the_mql_s(results: Results) -> None:
    row = results.mql("deal-before")
    assert (row.opportunities, row.opportunity_at, row.won_at, row.amount_won) == (0, None, None, 0)


def test_an_opportunity_at_the_hand_off_is(results: Results) -> None:
    assert results.mql("deal-at-hand-off").opportunity_at == HANDED_OFF


def test_two_opportunities_convert_once_and_their_amounts_are_summed(results: Results) -> None:
    row = results.mql("two-deals")
    # 250 + 100.50
    assert (row.opportunities, row.opportunity_at, row.won_at) == (2, "2026-01-07 10:00", "2026-02-20 10:00")
    assert float(row.amount_won) == 350.5


def test_one_won_opportunity_makes_a_customer_whatever_else_was_lost(results: Results) -> None:
    row = results.mql("won-and-lost")
    assert (row.won_at, row.lost_at, row.amount_won) == ("2026-01-30 10:00", None, 40)


def test_an_mql_is_lost_when_all_its_opportunities_are(results: Results) -> None:
    assert results.mql("lost-twice").lost_at == "2026-01-30 10:00"
    assert results.mql("lost-and-open").lost_at is None


def test_amounts_are_in_the_contract_s_currency(results: Results) -> None:
    # 100.01 × 17.2
    assert results.mql("in-dollars").amount_won * 1000 == 1720172
    assert results.mql("without-amount").amount_won == 0
    assert results.mql("without-amount").won_at == "2026-01-20 10:00"


def test_an_opportunity_of_the_span_is_the_mql_s_whenever_it_is_won(results: Results) -> None:
    first, second = results.mql("deals-of-two-cycles", 1), results.mql("deals-of-two-cycles", 2)
    # won after the next MQL had begun
    assert (first.opportunity_at, first.won_at) == ("2026-02-09 10:00", "2026-03-30 10:00")
    assert (second.opportunity_at, second.won_at, second.opportunities) == ("2026-02-10 10:00", None, 1)
