"""Statuses, cycles and requalification (domain, MQL).

A form qualifies; in a cycle after the first, not before ten days. From February `Parked` means
recycled too.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios.history import BASE_CONTRACT, QUEUE, RAUL, ROSA, History, a_contract
from tests.scenarios.results import Results, run

MQL = BASE_CONTRACT["mql"] | {"requalify_after_days": 10}
STATUSES = BASE_CONTRACT["lead_statuses"]

HISTORY = History(
    a_contract(mql=MQL),
    a_contract(
        version=2,
        effective_from="2026-02-01",
        mql=MQL,
        lead_statuses=STATUSES | {"recycled": ["Nurture", "Recycled", "Parked"]},
    ),
    through="2026-04-30",
)


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    with run(HISTORY) as results:
        yield results


def told(name: str, *touches: str, **lead: str) -> None:
    """A person who sends forms at these times of 2026 and whose lead, of the new year, a queue owns."""
    person = HISTORY.person(name)
    for at in touches:
        person.touch(f"2026-{at}")
    person.lead("2026-01-01 08:00", **({"owner_id": QUEUE, "status": "New"} | lead))


def last_lead() -> str:
    return HISTORY.leads[-1].lead_id


# recycling

told("recycled-once", "01-05 10:00", "02-05 10:00")
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture")
told("recycled-twice", "01-05 10:00", "01-25 10:00", "02-25 10:00")
HISTORY.leads[-1].status("2026-01-10 10:00", "Nurture").status("2026-01-26 10:00", "Working")
HISTORY.leads[-1].status("2026-02-10 10:00", "Recycled")
told("recycled-without-an-mql", "02-05 10:00")
HISTORY.leads[-1].status("2026-01-05 10:00", "Nurture").status("2026-01-06 10:00", "New")
HISTORY.leads[-1].status("2026-01-07 10:00", "Nurture")
told("touch-when-recycled", "01-05 10:00", "01-20 10:00")
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture")
told("touched-before-and-after", "01-05 10:00")
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture")
HISTORY.people["touched-before-and-after"].touch("2026-02-10 10:00", "other")


def test_being_recycled_ends_a_cycle_and_starts_the_next(results: Results) -> None:
    assert results.cycles("recycled-once") == [1, 2]
    assert results.mql("recycled-once", 1).qualified_at == "2026-01-05 10:00"
    assert results.mql("recycled-once", 2).qualified_at == "2026-02-05 10:00"


def test_a_person_can_be_recycled_twice(results: Results) -> None:
    # 25 January is 15 days after the first recycling, 25 February 15 after the second
    assert results.cycles("recycled-twice") == [1, 2, 3]
    assert results.mql("recycled-twice", 2).qualified_at == "2026-01-25 10:00"
    assert results.mql("recycled-twice", 3).qualified_at == "2026-02-25 10:00"


def test_cycles_are_numbered_whether_or_not_they_held_an_mql(results: Results) -> None:
    # recycled on the 5th and the 7th
    assert results.cycles("recycled-without-an-mql") == [3]


def test_an_event_at_the_moment_of_recycling_is_in_the_new_cycle(results: Results) -> None:
    # and there it is too early by ten days
    assert results.cycles("touch-when-recycled") == [1]


def test_touches_count_only_in_their_own_cycle(results: Results) -> None:
    # in February only a touch without points
    assert results.cycles("touched-before-and-after") == [1]


# when qualification is possible again

told("too-early", "01-05 10:00", "01-30 09:59:59.999999")
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture")
told("just-in-time", "01-05 10:00", "01-30 10:00")
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture")
told("early-then-another", "01-05 10:00", "01-22 10:00")
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture")
HISTORY.people["early-then-another"].touch("2026-02-03 10:00", "other")
told("first-cycle-at-once", "01-01 10:00")


def test_requalification_is_possible_from_ten_times_24_hours_on(results: Results) -> None:
    # 20 January 10:00 + 10 × 24 h = 30 January 10:00
    assert results.cycles("too-early") == [1]
    assert results.mql("just-in-time", 2).qualified_at == "2026-01-30 10:00"


def test_an_early_touch_counts_when_the_time_has_come(results: Results) -> None:
    # the form of the 22nd, with the next event after the 30th
    mql = results.mql("early-then-another", 2)
    assert (mql.qualified_at, mql.score) == ("2026-02-03 10:00", 10)


def test_the_first_cycle_has_no_waiting_time(results: Results) -> None:
    assert results.is_mql("first-cycle-at-once")


# what entering a status is

told("created-recycled", "01-05 10:00", status="Nurture")
told("created-recycled-by-history", "01-05 10:00", status="Nurture")
HISTORY.leads[-1].status("2026-01-10 10:00", "Working")
told("from-recycled-to-recycled", "02-05 10:00")
HISTORY.leads[-1].status("2026-01-05 10:00", "Nurture").status("2026-01-20 10:00", "Recycled")
told("same-value-again", "02-05 10:00", status="New")
HISTORY.leads[-1].status("2026-01-05 10:00", "Nurture")
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture", old_value="Working")
told("out-and-in-at-once", "02-05 10:00")
HISTORY.leads[-1].status("2026-01-05 10:00", "Nurture", history_id="oi-1")
HISTORY.leads[-1].status("2026-01-20 10:00", "Working", history_id="oi-2")
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture", history_id="oi-3")
told("in-and-out-at-once", "01-05 10:00", "02-05 10:00")
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture", history_id="io-1")
HISTORY.leads[-1].status("2026-01-20 10:00", "Working", history_id="io-2")
told("ids-in-byte-order", "01-05 10:00", "02-05 10:00")
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture", history_id="bo-9")
HISTORY.leads[-1].status("2026-01-20 10:00", "Working", history_id="bo-10", old_value="New")
told("recycled-at-creation", "01-05 10:00", "02-05 10:00")
HISTORY.leads[-1].status("2026-01-01 08:00", "Nurture")
told("recycled-before-creation", "01-05 10:00", "02-05 10:00")
HISTORY.leads[-1].status("2025-12-30 08:00", "Nurture")
told("recycled-in-december", "02-05 10:00")
HISTORY.leads[-1].created = "2025-12-01 08:00"
HISTORY.leads[-1].status("2025-12-30 08:00", "Nurture")


def test_being_created_recycled_is_no_entry(results: Results) -> None:
    assert results.cycles("created-recycled") == [1]
    # the first history row's old value says so
    assert results.cycles("created-recycled-by-history") == [1]


def test_going_from_one_recycled_status_to_another_is_no_entry(results: Results) -> None:
    assert results.cycles("from-recycled-to-recycled") == [2]


def test_a_change_that_leaves_the_value_as_it_was_is_none(results: Results) -> None:
    # it was Nurture before that instant, whatever the row's old value says
    assert results.cycles("same-value-again") == [2]
    assert results.cycles("out-and-in-at-once") == [2]


def test_of_several_changes_at_one_instant_only_the_last_is_a_state(results: Results) -> None:
    assert results.cycles("in-and-out-at-once") == [1]


def test_changes_at_one_instant_are_in_byte_order_of_their_ids(results: Results) -> None:
    # bo-10 comes before bo-9, so Nurture is the last
    assert results.cycles("ids-in-byte-order") == [1, 2]


def test_changes_at_or_before_creation_are_part_of_the_first_status(results: Results) -> None:
    assert results.cycles("recycled-at-creation") == [1]
    assert results.cycles("recycled-before-creation") == [1]


def test_a_status_is_read_under_the_first_version_before_there_was_one(results: Results) -> None:
    assert results.cycles("recycled-in-december") == [2]


# which contract reads a status

told("parked-in-january", "01-05 10:00", "02-25 10:00")
HISTORY.leads[-1].status("2026-01-10 10:00", "Parked")
told("parked-in-february", "01-05 10:00", "02-25 10:00")
HISTORY.leads[-1].status("2026-02-10 10:00", "Parked")
told("parked-then-nurture", "01-05 10:00", "02-25 10:00")
HISTORY.leads[-1].status("2026-01-10 10:00", "Parked").status("2026-02-10 10:00", "Nurture")
told("nurture-then-parked", "01-05 10:00", "03-25 10:00")
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture").status("2026-02-10 10:00", "Parked")


def test_a_status_is_read_under_the_version_at_its_change(results: Results) -> None:
    assert results.cycles("parked-in-january") == [1]
    assert results.cycles("parked-in-february") == [1, 2]


def test_both_statuses_of_a_change_are_read_under_the_version_at_it(results: Results) -> None:
    # in February Parked is recycled already, so Nurture is no entry; and nothing happened on 1 February
    assert results.cycles("parked-then-nurture") == [1]
    assert results.cycles("nurture-then-parked") == [1, 2]


# history and the current value

told("history-wins", "01-05 10:00", "02-25 10:00", status="Nurture")
HISTORY.row("lead_history", history_id="hw-1", lead_id=last_lead(), field="status", old_value="New",
            new_value="Working", changed_at="2026-01-10 10:00")  # fmt: skip
told("no-old-value", "01-05 10:00", "02-25 10:00", status="Working")
HISTORY.row("lead_history", history_id="nov-1", lead_id=last_lead(), field="status", new_value="Nurture",
            changed_at="2026-01-10 10:00")  # fmt: skip
told("history-of-another-field", "01-05 10:00", "02-25 10:00", status="Nurture")
HISTORY.leads[-1].owner("2026-01-10 10:00", ROSA)


def test_where_history_and_the_current_value_differ_history_wins(results: Results) -> None:
    assert results.cycles("history-wins") == [1]


def test_a_first_status_without_an_old_value_is_none(results: Results) -> None:
    # from none to Nurture is an entry
    assert results.cycles("no-old-value") == [1, 2]


def test_without_history_of_its_status_a_lead_always_had_its_current_one(results: Results) -> None:
    # created recycled
    assert results.cycles("history-of-another-field") == [1]


# several leads

told("two-leads", "01-05 10:00", "02-05 10:00")
HISTORY.lead("2026-01-02 08:00", contact_id="two-leads", owner_id=QUEUE, status="New").status(
    "2026-01-20 10:00", "Nurture"
)
told("two-leads-recycled", "01-05 10:00", "02-25 10:00")
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture")
HISTORY.lead("2026-01-02 08:00", contact_id="two-leads-recycled", owner_id=QUEUE, status="New").status(
    "2026-01-22 10:00", "Nurture"
)
told("two-leads-at-once", "01-05 10:00", "02-25 10:00")
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture")
HISTORY.lead("2026-01-02 08:00", contact_id="two-leads-at-once", owner_id=QUEUE, status="New").status(
    "2026-01-20 10:00", "Nurture"
)


def test_any_lead_of_the_person_ends_the_cycle(results: Results) -> None:
    assert results.cycles("two-leads") == [1, 2]


def test_each_moment_of_recycling_starts_a_cycle_and_one_moment_starts_one(results: Results) -> None:
    assert results.cycles("two-leads-recycled") == [1, 3]
    assert results.cycles("two-leads-at-once") == [1, 2]


# the rep and the span over cycles

told("kept-by-the-rep", "01-05 10:00", "02-05 10:00", owner_id=ROSA)
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture")
told("late-owner", "01-05 10:00", "03-05 10:00")
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture").owner("2026-01-21 10:00", RAUL)
told("owner-when-recycled", "01-05 10:00")
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture").owner("2026-01-20 10:00", RAUL)


def test_a_rep_who_kept_a_recycled_lead_has_it_again_when_it_requalifies(results: Results) -> None:
    mql = results.mql("kept-by-the-rep", 2)
    assert (mql.handed_off_at, mql.rep_id) == ("2026-02-05 10:00", ROSA)


def test_a_hand_off_after_the_cycle_s_end_is_none(results: Results) -> None:
    assert results.mql("late-owner", 1).handed_off_at is None
    assert results.mql("late-owner", 1).recycled_at is None
    assert results.mql("late-owner", 2).handed_off_at == "2026-03-05 10:00"
    # an event at the very moment of recycling is in the new cycle
    assert results.mql("owner-when-recycled").handed_off_at is None


def test_an_mql_that_is_never_handed_off_breaches_its_hand_off(results: Results) -> None:
    obligation = results.obligation("handoff", "late-owner", 1)
    assert (obligation.done_at, obligation.outcome, obligation.rep_id) == (None, "breached", None)
    assert list(results.obligations("late-owner", 1)) == ["handoff"]


told("worked-on-after-recycling", "01-05 10:00", "02-05 10:00", owner_id=ROSA)
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture").status("2026-02-04 10:00", "Working")
span = HISTORY.people["worked-on-after-recycling"]
span.calls("2026-01-25 10:00", "2026-02-05 09:59:59.999999", "2026-02-05 10:00")
span.opportunity("2026-02-01 10:00")


def test_sales_events_belong_to_an_mql_until_the_person_qualifies_again(results: Results) -> None:
    first, second = (results.mql("worked-on-after-recycling", cycle) for cycle in (1, 2))
    assert (first.recycled_at, first.accepted_at) == ("2026-01-20 10:00", "2026-02-04 10:00")
    assert (first.attempts, first.opportunity_at) == (2, "2026-02-01 10:00")
    # the call at the very moment of qualification is the new MQL's, and its lead is accepted already
    assert (second.first_attempt_at, second.attempts) == ("2026-02-05 10:00", 1)
    assert (second.accepted_at, second.opportunity_at) == ("2026-02-05 10:00", None)


told("requalified-unowned", "01-05 10:00", "02-05 10:00", owner_id=ROSA)
HISTORY.leads[-1].status("2026-01-20 10:00", "Nurture").owner("2026-01-21 10:00", QUEUE)
HISTORY.people["requalified-unowned"].calls("2026-02-10 10:00")


def test_a_requalification_ends_the_span_even_if_nobody_gets_the_new_mql(results: Results) -> None:
    assert results.mql("requalified-unowned", 1).attempts == 0
    assert results.mql("requalified-unowned", 2).handed_off_at is None
    assert results.mql("requalified-unowned", 2).attempts == 0
