"""What is owed when a person can't be reached (domain, obligations: no_contact).

Everybody is handed to Rosa on Monday 5 January 10:00 unless told otherwise. After 3 attempts without
contact, recycling within 2 business days; from February after 2 attempts, within 1; March promises
nothing of the kind. Complete through the end of 31 March.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios.history import BASE_CONTRACT, ROSA, History, Person, a_contract
from tests.scenarios.results import Results, run

HISTORY = History(
    a_contract(),
    a_contract(
        version=2,
        effective_from="2026-02-01",
        follow_up=BASE_CONTRACT["follow_up"]
        | {"no_contact": {"after_attempts": 2, "recycle_within_business_days": 1}},
    ),
    a_contract(version=3, effective_from="2026-03-01", follow_up={"first_attempt_within_business_hours": 4}),
)
HANDED_OFF = "2026-01-05 10:00"


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    with run(HISTORY) as results:
        yield results


def mql(name: str, at: str = HANDED_OFF) -> Person:
    return HISTORY.mql(name, at, at)


THREE = ("2026-01-05 11:00", "2026-01-06 11:00", "2026-01-08 11:00")
mql("not-enough-attempts").calls(*THREE[:2])
mql("given-back-as-agreed").calls(*THREE).status("2026-01-12 23:59:59.999999", "Nurture")
mql("given-back-too-late").calls(*THREE).status("2026-01-13 00:00", "Nurture")
mql("never-given-back").calls(*THREE)
mql("reached-after-all").calls(*THREE).activity("2026-01-09 10:00", outcome="connected")
mql("reached-before").calls(*THREE[:2]).activity("2026-01-07 10:00", "email", direction="inbound").calls(
    THREE[2]
)
mql("reached-by-the-third").calls(*THREE[:2]).activity(THREE[2], outcome="connected")
mql("accepted-at-the-third").calls(*THREE).status(THREE[2], "Working")
mql("more-attempts").calls(*THREE, "2026-01-09 11:00").status("2026-01-12 10:00", "Nurture")


def test_without_enough_attempts_nothing_is_owed_yet(results: Results) -> None:
    assert "no_contact" not in results.obligations("not-enough-attempts")


def test_after_enough_attempts_without_contact_the_mql_is_owed_back(results: Results) -> None:
    # the third attempt on Thursday 8; Friday 9, Monday 12: the end of Monday
    obligation = results.obligation("no_contact", "given-back-as-agreed")
    assert (obligation.started_at, obligation.due_at) == ("2026-01-08 11:00", "2026-01-13 00:00")
    assert (obligation.done_at, obligation.outcome) == ("2026-01-12 23:59:59.999999", "met")
    assert results.obligation("no_contact", "given-back-too-late").outcome == "breached"
    obligation = results.obligation("no_contact", "never-given-back")
    assert (obligation.done_at, obligation.outcome, obligation.rep_id) == (None, "breached", ROSA)


def test_further_attempts_do_not_move_the_deadline(results: Results) -> None:
    obligation = results.obligation("no_contact", "more-attempts")
    assert (obligation.started_at, obligation.outcome) == ("2026-01-08 11:00", "met")


def test_a_contact_after_the_last_attempt_does_as_well(results: Results) -> None:
    obligation = results.obligation("no_contact", "reached-after-all")
    assert (obligation.done_at, obligation.outcome) == ("2026-01-09 10:00", "met")


@pytest.mark.parametrize("name", ["reached-before", "reached-by-the-third", "accepted-at-the-third"])
def test_nothing_is_owed_when_the_clock_stopped_by_the_last_attempt(results: Results, name: str) -> None:
    assert "no_contact" not in results.obligations(name)


mql("given-back-after-two").calls(*THREE[:2]).status("2026-01-07 10:00", "Nurture")
mql("given-back-after-none").status("2026-01-07 10:00", "Nurture")
mql("given-back-at-the-third").calls(*THREE).status(THREE[2], "Nurture")
mql("given-back-then-called").calls(*THREE[:2]).status("2026-01-07 10:00", "Nurture").calls(THREE[2])
mql("given-back-though-accepted").calls(*THREE[:2]).status("2026-01-07 09:00", "Working").status(
    "2026-01-07 10:00", "Nurture"
)
mql("given-back-as-it-answers").calls(*THREE[:2]).status("2026-01-07 10:00", "Nurture").activity(
    "2026-01-07 10:00", direction="inbound"
)
mql("answers-after-given-back").calls(*THREE[:2]).status("2026-01-07 10:00", "Nurture").activity(
    "2026-01-07 10:00:00.000001", direction="inbound"
)


@pytest.mark.parametrize(
    "name",
    ["given-back-after-two", "given-back-after-none", "given-back-then-called", "answers-after-given-back"],
)
def test_giving_back_after_fewer_attempts_is_a_breach(results: Results, name: str) -> None:
    obligation = results.obligation("no_contact", name)
    assert (obligation.started_at, obligation.due_at, obligation.outcome) == (
        "2026-01-07 10:00",
        "2026-01-07 10:00",
        "breached",
    )


def test_attempts_at_the_instant_of_giving_back_count(results: Results) -> None:
    obligation = results.obligation("no_contact", "given-back-at-the-third")
    assert (obligation.started_at, obligation.due_at) == ("2026-01-08 11:00", "2026-01-13 00:00")
    assert (obligation.done_at, obligation.outcome) == ("2026-01-08 11:00", "met")


@pytest.mark.parametrize("name", ["given-back-though-accepted", "given-back-as-it-answers"])
def test_giving_back_what_stopped_the_clock_by_then_is_no_breach(results: Results, name: str) -> None:
    assert "no_contact" not in results.obligations(name)


mql("over-the-change", "2026-01-29 10:00").calls("2026-01-29 11:00", "2026-01-30 11:00", "2026-02-03 11:00")
mql("two-are-enough", "2026-02-03 10:00").calls("2026-02-03 11:00", "2026-02-04 11:00").status(
    "2026-02-05 10:00", "Nurture"
)
mql("given-back-in-february", "2026-01-30 10:00").calls("2026-01-30 11:00", "2026-02-02 11:00").status(
    "2026-02-03 10:00", "Nurture"
)


def test_the_number_of_attempts_is_the_hand_off_s_and_the_time_the_start_s(results: Results) -> None:
    # three attempts, as agreed in January; then one business day, as agreed in February: the end of Wednesday 4
    obligation = results.obligation("no_contact", "over-the-change")
    assert (obligation.started_at, obligation.due_at) == ("2026-02-03 11:00", "2026-02-05 00:00")
    assert (obligation.contract_version, obligation.period) == (2, "2026-02")
    obligation = results.obligation("no_contact", "two-are-enough")
    assert (obligation.started_at, obligation.due_at, obligation.outcome) == (
        "2026-02-04 11:00",
        "2026-02-06 00:00",
        "met",
    )


def test_a_breach_by_giving_back_early_belongs_to_its_own_period(results: Results) -> None:
    # two attempts, where January's version asks for three
    obligation = results.obligation("no_contact", "given-back-in-february")
    assert (obligation.started_at, obligation.outcome) == ("2026-02-03 10:00", "breached")
    assert (obligation.contract_version, obligation.period) == (2, "2026-02")


mql("second-attempt-in-march", "2026-02-26 10:00").calls("2026-02-26 11:00", "2026-03-02 11:00")
mql("given-back-in-march", "2026-02-26 10:00").status("2026-03-02 10:00", "Nurture")
mql("handed-off-in-march", "2026-03-02 10:00").calls(
    "2026-03-02 11:00", "2026-03-03 11:00", "2026-03-04 11:00"
)


@pytest.mark.parametrize("name", ["second-attempt-in-march", "given-back-in-march", "handed-off-in-march"])
def test_a_version_without_the_promise_owes_nothing(results: Results, name: str) -> None:
    # both the version at the hand-off and the one at the start have to promise it
    assert "no_contact" not in results.obligations(name)


PENDING = History(through="2026-01-09")
for name in ("can-still-come", "came-in-time", "too-late-already"):
    PENDING.mql(name, HANDED_OFF, HANDED_OFF)
PENDING.people["can-still-come"].calls(*THREE)
PENDING.people["came-in-time"].calls(*THREE).status("2026-01-09 10:00", "Nurture")
PENDING.people["too-late-already"].calls("2026-01-05 11:00", "2026-01-06 11:00", "2026-01-07 11:00")


def test_a_return_that_can_still_come_is_pending() -> None:
    with run(PENDING) as results:
        # started on Thursday 8: the end of Monday 12
        obligation = results.obligation("no_contact", "can-still-come")
        assert (obligation.due_at, obligation.outcome) == ("2026-01-13 00:00", "pending")
        assert results.obligation("no_contact", "came-in-time").outcome == "met"
        # started on Wednesday 7: the end of Friday 9, which is W
        obligation = results.obligation("no_contact", "too-late-already")
        assert (obligation.due_at, obligation.outcome) == ("2026-01-10 00:00", "breached")
