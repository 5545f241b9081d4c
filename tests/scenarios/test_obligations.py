"""What is owed because of an MQL, until when, and what came of it (domain, obligations).

Everybody is handed to Rosa on Monday 5 January 10:00 unless told otherwise. Business hours are
Monday to Friday 9 to 17: a first attempt within 4 h, two calls within 2 business days and a mail
within 3, a word within 16 h. From February: any one attempt within 1 business day.
Complete through the end of 31 March.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios.history import BASE_CONTRACT, RAUL, ROSA, History, Person, a_contract
from tests.scenarios.results import Results, run

HISTORY = History(
    a_contract(),
    a_contract(
        version=2,
        effective_from="2026-02-01",
        follow_up=BASE_CONTRACT["follow_up"] | {"cadence": [{"within_business_days": 1}]},
    ),
)
HANDED_OFF = "2026-01-05 10:00"


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    with run(HISTORY) as results:
        yield results


def mql(name: str, at: str = HANDED_OFF) -> Person:
    return HISTORY.mql(name, at, at)


# every obligation

mql("untouched")


def test_a_handed_off_mql_owes_everything_the_contract_promises(results: Results) -> None:
    owed = results.obligations("untouched")
    # Monday 10:00 + 4 h; + 3 business days: the end of Thursday; + 16 h: 7 h on Monday, 8 h on Tuesday,
    # 1 h on Wednesday; + 30, 40, 60 × 24 h
    assert {kind: (row.due_at, row.outcome) for kind, row in owed.items()} == {
        "handoff": ("2026-01-05 12:00", "met"),
        "first_attempt": ("2026-01-05 14:00", "breached"),
        "cadence": ("2026-01-09 00:00", "breached"),
        "disposition": ("2026-01-07 10:00", "breached"),
        "sql": ("2026-02-04 10:00", "breached"),
        "opportunity": ("2026-02-14 10:00", "breached"),
        "customer": ("2026-03-06 10:00", "breached"),
    }
    assert {row.started_at for row in owed.values()} == {HANDED_OFF}
    assert {row.done_at for kind, row in owed.items() if kind != "handoff"} == {None}
    assert {kind: (row.owner, row.rep_id) for kind, row in owed.items()} == {
        "handoff": ("marketing", None)
    } | dict.fromkeys(
        ["first_attempt", "cadence", "disposition", "sql", "opportunity", "customer"], ("sales", ROSA)
    )
    assert {(row.period, row.contract_version) for row in owed.values()} == {("2026-01", 1)}


# first attempt

mql("attempted-in-time").calls("2026-01-05 14:00")
mql("attempted-late").calls("2026-01-05 14:00:00.000001")
mql("answered-in-time").activity("2026-01-05 13:00", "email", direction="inbound").calls("2026-01-05 16:00")
mql("accepted-in-time").status("2026-01-05 12:00", "Working").calls("2026-01-06 10:00")
mql("attempt-then-answer").calls("2026-01-05 11:00").activity("2026-01-05 12:00", outcome="connected")
mql("recycled-untouched").status("2026-01-05 12:00", "Nurture")
mql("just-handed-off", "2026-03-31 15:00")
mql("handed-off-before", "2026-03-31 12:59:59.999999")


def test_an_attempt_at_the_deadline_is_on_time(results: Results) -> None:
    obligation = results.obligation("first_attempt", "attempted-in-time")
    assert (obligation.due_at, obligation.done_at, obligation.outcome) == (
        "2026-01-05 14:00",
        "2026-01-05 14:00",
        "met",
    )


def test_an_attempt_a_microsecond_after_it_is_late_for_good(results: Results) -> None:
    obligation = results.obligation("first_attempt", "attempted-late")
    assert (obligation.done_at, obligation.outcome) == ("2026-01-05 14:00:00.000001", "breached")


def test_whatever_stops_the_clock_answers_for_the_attempt(results: Results) -> None:
    for name, done in (("answered-in-time", "2026-01-05 13:00"), ("accepted-in-time", "2026-01-05 12:00")):
        obligation = results.obligation("first_attempt", name)
        assert (obligation.done_at, obligation.outcome) == (done, "met")
    # the earlier of the two
    assert results.obligation("first_attempt", "attempt-then-answer").done_at == "2026-01-05 11:00"


def test_an_mql_given_back_untouched_was_not_followed_up(results: Results) -> None:
    obligation = results.obligation("first_attempt", "recycled-untouched")
    assert (obligation.done_at, obligation.outcome) == (None, "breached")


def test_what_is_not_due_yet_is_pending(results: Results) -> None:
    # Tuesday 31 March 15:00 + 2 h until 17:00, and 2 h more on Wednesday, after W
    obligation = results.obligation("first_attempt", "just-handed-off")
    assert (obligation.due_at, obligation.outcome) == ("2026-04-01 11:00", "pending")
    # 12:59:59.999999 + 4 h
    assert results.obligation("first_attempt", "handed-off-before").outcome == "breached"


# the rep of an obligation

mql("reassigned").owner("2026-01-05 11:00", RAUL).calls("2026-01-05 12:00", by=RAUL)


def test_an_obligation_stays_with_the_mql_s_rep_after_reassignment(results: Results) -> None:
    obligation = results.obligation("first_attempt", "reassigned")
    assert (obligation.rep_id, obligation.due_at, obligation.outcome) == (ROSA, "2026-01-05 14:00", "met")


# cadence: two calls by the end of Wednesday 7, a mail by the end of Thursday 8

mql("all-steps").calls("2026-01-05 11:00", "2026-01-07 20:00").activity("2026-01-06 10:00", "email")
mql("more-than-asked").calls("2026-01-05 11:00", "2026-01-05 12:00", "2026-01-20 10:00").activity(
    "2026-01-06 10:00", "email"
).activity("2026-01-19 10:00", "email")
mql("calls-late").calls("2026-01-05 11:00", "2026-01-08 10:00").activity("2026-01-06 10:00", "email")
mql("mail-missing").calls("2026-01-05 11:00", "2026-01-06 11:00")
mql("by-two-reps").calls("2026-01-05 11:00").calls("2026-01-06 11:00", by=RAUL).activity(
    "2026-01-06 10:00", "email"
)
mql("wrong-kind").calls("2026-01-05 11:00").activity("2026-01-06 10:00", "email").activity(
    "2026-01-06 11:00", "email"
)
mql("bounced-mail").calls("2026-01-05 11:00", "2026-01-06 11:00").activity(
    "2026-01-06 10:00", "email", outcome="bounced"
)
mql("answered-midway").calls("2026-01-05 11:00").activity("2026-01-06 10:00", "email", outcome="replied")
mql("answered-late").calls("2026-01-05 11:00").activity("2026-01-12 10:00", "email", outcome="replied")
mql("answered-between").calls("2026-01-05 11:00", "2026-01-06 10:00").activity(
    "2026-01-08 10:00", outcome="connected"
)
mql("step-by-step", "2026-01-05 10:00").calls("2026-01-05 10:00", "2026-01-05 10:00").activity(
    "2026-01-05 10:00", "email"
)


def test_a_cadence_is_done_when_its_last_step_is(results: Results) -> None:
    obligation = results.obligation("cadence", "all-steps")
    assert (obligation.done_at, obligation.outcome) == ("2026-01-07 20:00", "met")
    # the second call and the first mail, not what came after
    assert results.obligation("cadence", "more-than-asked").done_at == "2026-01-06 10:00"
    assert results.obligation("cadence", "step-by-step").done_at == "2026-01-05 10:00"


def test_each_step_has_its_own_deadline(results: Results) -> None:
    # the second call came on Thursday, when the mail could still have come
    obligation = results.obligation("cadence", "calls-late")
    assert (obligation.due_at, obligation.done_at, obligation.outcome) == (
        "2026-01-09 00:00",
        "2026-01-08 10:00",
        "breached",
    )


def test_a_step_that_was_never_done_leaves_the_cadence_undone(results: Results) -> None:
    for name in ("mail-missing", "wrong-kind", "bounced-mail"):
        obligation = results.obligation("cadence", name)
        assert (obligation.done_at, obligation.outcome) == (None, "breached")


def test_attempts_of_any_rep_count_for_the_cadence(results: Results) -> None:
    assert results.obligation("cadence", "by-two-reps").outcome == "met"


def test_what_stops_the_clock_does_every_step_that_was_still_open(results: Results) -> None:
    # one call and one answered mail: the calls are done by the answer
    obligation = results.obligation("cadence", "answered-midway")
    assert (obligation.done_at, obligation.outcome) == ("2026-01-06 10:00", "met")
    # the mail's step, by its own deadline
    obligation = results.obligation("cadence", "answered-between")
    assert (obligation.done_at, obligation.outcome) == ("2026-01-08 10:00", "met")
    # too late for both
    obligation = results.obligation("cadence", "answered-late")
    assert (obligation.done_at, obligation.outcome) == ("2026-01-12 10:00", "breached")


mql("any-attempt", "2026-02-03 10:00").activity("2026-02-04 10:00", "message")


def test_a_step_without_activity_and_number_asks_for_any_one_attempt(results: Results) -> None:
    # Tuesday 3 February: by the end of Wednesday
    obligation = results.obligation("cadence", "any-attempt")
    assert (obligation.due_at, obligation.done_at, obligation.outcome) == (
        "2026-02-05 00:00",
        "2026-02-04 10:00",
        "met",
    )


EARLY = History(through="2026-01-07")
for name in ("silent", "called-twice", "mailed"):
    EARLY.mql(name, HANDED_OFF, HANDED_OFF)
EARLY.people["called-twice"].calls("2026-01-05 11:00", "2026-01-06 11:00")
EARLY.people["mailed"].activity("2026-01-05 11:00", "email")


def test_a_cadence_is_breached_as_soon_as_a_step_missed_its_own_deadline() -> None:
    with run(EARLY) as results:
        # W is the end of Wednesday 7: the calls' deadline, a day before the mail's
        assert results.complete_through == "2026-01-08 00:00"
        obligation = results.obligation("cadence", "silent")
        assert (obligation.due_at, obligation.outcome) == ("2026-01-09 00:00", "breached")
        assert results.obligation("cadence", "mailed").outcome == "breached"
        assert results.obligation("cadence", "called-twice").outcome == "pending"


# disposition within 16 h: Wednesday 7 January 10:00

mql("word-in-time").status("2026-01-07 10:00", "Rejected")
mql("word-too-late").status("2026-01-07 10:00:00.000001", "Working")
mql("given-back-in-time").status("2026-01-07 10:00", "Nurture")
mql("word-before-given-back").status("2026-01-06 10:00", "Working").status("2026-01-07 09:00", "Nurture")
mql("contact-is-no-word").activity("2026-01-05 11:00", outcome="connected")


def test_accepting_or_rejecting_in_time_is_a_disposition(results: Results) -> None:
    obligation = results.obligation("disposition", "word-in-time")
    assert (obligation.due_at, obligation.done_at, obligation.outcome) == ("2026-01-07 10:00",) * 2 + ("met",)
    assert results.obligation("disposition", "word-too-late").outcome == "breached"


def test_giving_an_mql_back_is_a_disposition_too(results: Results) -> None:
    obligation = results.obligation("disposition", "given-back-in-time")
    assert (obligation.done_at, obligation.outcome) == ("2026-01-07 10:00", "met")
    assert results.obligation("disposition", "word-before-given-back").done_at == "2026-01-06 10:00"


def test_a_contact_alone_is_no_disposition(results: Results) -> None:
    obligation = results.obligation("disposition", "contact-is-no-word")
    assert (obligation.done_at, obligation.outcome) == (None, "breached")


# conversions

person = mql("converts-at-the-deadlines")
person.status("2026-01-06 10:00", "Working").meeting("2026-01-06 10:00", confirmed_at="2026-02-04 10:00")
person.opportunity("2026-02-14 10:00", won="2026-03-06 10:00")
person = mql("converts-too-late")
person.status("2026-01-06 10:00", "Working").meeting(
    "2026-01-06 10:00", confirmed_at="2026-02-04 10:00:00.000001"
)
person.opportunity("2026-02-14 10:00:00.000001", won="2026-03-06 10:00:00.000001")
person = mql("converts-early", "2026-03-20 10:00")
person.opportunity("2026-03-21 10:00", won="2026-03-22 10:00")


def test_conversions_at_their_deadlines_are_on_time(results: Results) -> None:
    owed = results.obligations("converts-at-the-deadlines")
    for kind, done in (
        ("sql", "2026-02-04 10:00"),
        ("opportunity", "2026-02-14 10:00"),
        ("customer", "2026-03-06 10:00"),
    ):
        assert (owed[kind].due_at, owed[kind].done_at, owed[kind].outcome) == (done, done, "met")


def test_conversions_a_microsecond_later_stay_breached(results: Results) -> None:
    owed = results.obligations("converts-too-late")
    assert {kind: owed[kind].outcome for kind in ("sql", "opportunity", "customer")} == dict.fromkeys(
        ("sql", "opportunity", "customer"), "breached"
    )
    assert owed["customer"].done_at == "2026-03-06 10:00:00.000001"


def test_a_conversion_is_met_before_its_deadline_has_passed(results: Results) -> None:
    owed = results.obligations("converts-early")
    assert (owed["opportunity"].outcome, owed["customer"].outcome, owed["sql"].outcome) == (
        "met",
        "met",
        "pending",
    )


# a contract without follow-up

BARE = History(
    a_contract(
        handoff=None,
        follow_up=None,
        sql=None,
        opportunity=None,
        customer=None,
        capacity=None,
        lead_statuses=None,
    )
)
BARE.mql("person", HANDED_OFF, HANDED_OFF)


def test_a_block_that_is_left_out_means_no_such_obligation() -> None:
    with run(BARE) as results:
        mql = results.mql("person")
        assert (mql.handed_off_at, mql.ready_at) == (HANDED_OFF, HANDED_OFF)
        assert results.rows("select * from marts.fct_obligations") == []
