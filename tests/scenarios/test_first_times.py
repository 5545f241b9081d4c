"""Attempts, connections, statuses, SQL, what stops the clock (domain, follow-up).

Everybody qualifies and is handed to Rosa on Monday 5 January 10:00, or in February under a version
in which any of connected, opportunity or qualified status makes an SQL.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios.history import BASE_CONTRACT, MARKETER, QUEUE, RAUL, ROSA, History, Person, a_contract
from tests.scenarios.results import Results, run

HISTORY = History(
    a_contract(),
    a_contract(
        version=2,
        effective_from="2026-02-01",
        lead_statuses=BASE_CONTRACT["lead_statuses"] | {"accepted": ["Accepted", "Review"]},
        sql={"any_of": ["connected", "opportunity_created", "qualified_status"], "within_days": 30},
    ),
    through="2026-04-30",
)
HANDED_OFF = "2026-01-05 10:00"
IN_FEBRUARY = "2026-02-10 10:00"


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    with run(HISTORY) as results:
        yield results


def mql(name: str, at: str = HANDED_OFF) -> Person:
    return HISTORY.mql(name, at, at)


# attempts

HISTORY.mql("called-before", "2026-01-05 08:00", HANDED_OFF).calls("2026-01-05 09:00", "2026-01-06 10:00")
mql("called-at-once").calls(HANDED_OFF)
mql("called-by-another-rep").calls("2026-01-06 10:00", by=RAUL)
mql("called-by-marketing").calls("2026-01-06 10:00", by=MARKETER)
mql("called-by-nobody-known").calls("2026-01-06 10:00", by="whoever")
mql("bounced").activity("2026-01-06 10:00", "email", outcome="bounced").activity("2026-01-07 10:00", "email")
mql("automated").activity("2026-01-06 10:00", "email", is_automated="true").activity(
    "2026-01-07 10:00", "email", is_automated="false"
)
mql("outbound-by-default").activity("2026-01-06 10:00", "message", direction=None, outcome=None)
mql("any-kind").activity("2026-01-06 10:00", "meeting", direction="outbound")
mql("planned-meeting").meeting("2026-01-06 10:00", scheduled_at="2026-01-08 10:00")


def test_an_attempt_before_hand_off_does_not_count(results: Results) -> None:
    row = results.mql("called-before")
    assert (row.first_attempt_at, row.attempts) == ("2026-01-06 10:00", 1)


def test_an_attempt_at_the_hand_off_counts(results: Results) -> None:
    assert results.mql("called-at-once").first_attempt_at == HANDED_OFF


def test_an_attempt_by_any_rep_counts_and_by_nobody_else(results: Results) -> None:
    assert results.mql("called-by-another-rep").first_attempt_at == "2026-01-06 10:00"
    assert results.mql("called-by-marketing").attempts == 0
    assert results.mql("called-by-nobody-known").attempts == 0


def test_bounced_and_automated_mail_is_no_attempt(results: Results) -> None:
    for name in ("bounced", "automated"):
        assert (results.mql(name).first_attempt_at, results.mql(name).attempts) == ("2026-01-07 10:00", 1)


def test_an_activity_of_any_kind_is_outbound_unless_it_says_otherwise(results: Results) -> None:
    assert results.mql("outbound-by-default").first_attempt_at == "2026-01-06 10:00"
    assert results.mql("any-kind").first_attempt_at == "2026-01-06 10:00"


def test_a_planned_meeting_is_no_attempt(results: Results) -> None:
    assert results.mql("planned-meeting").attempts == 0


# connections

mql("answered").activity("2026-01-06 10:00", outcome="connected")
mql("replied").calls("2026-01-06 10:00").activity("2026-01-07 10:00", "email", outcome="replied")
mql("wrote-first").activity("2026-01-05 11:00", "email", direction="inbound", by="somebody")
mql("answered-marketing").activity("2026-01-06 10:00", by=MARKETER, outcome="connected")
mql("auto-reply").activity("2026-01-06 10:00", "email", direction="inbound", is_automated="true").activity(
    "2026-01-06 11:00", "email", outcome="replied", is_automated="true"
)
HISTORY.mql("answered-before", "2026-01-05 08:00", HANDED_OFF).activity(
    "2026-01-05 09:00", outcome="connected"
)
mql("met").meeting("2026-01-06 10:00", "held", scheduled_at="2026-01-08 10:00", updated_at="2026-01-09 10:00")
mql("met-at-no-time").meeting("2026-01-06 10:00", "held", updated_at="2026-01-09 10:00")
mql("no-show").meeting("2026-01-06 10:00", "no_show", scheduled_at="2026-01-08 10:00")
person = mql("not-held-after-all")
for status, updated_at in (("held", "2026-01-08 12:00"), ("no_show", "2026-01-09 12:00")):
    person.meeting(
        "2026-01-06 10:00", status, meeting_id="m-1", scheduled_at="2026-01-08 10:00", updated_at=updated_at
    )
person = mql("moved-and-held")
for status, day in (("scheduled", "08"), ("held", "12")):
    person.meeting(
        "2026-01-06 10:00",
        status,
        meeting_id="m-2",
        scheduled_at=f"2026-01-{day} 10:00",
        updated_at=f"2026-01-{day} 12:00",
    )


def test_an_answered_attempt_is_a_connection_too(results: Results) -> None:
    row = results.mql("answered")
    assert (row.first_attempt_at, row.connected_at, row.stopped_at) == ("2026-01-06 10:00",) * 3


def test_a_reply_is_a_connection(results: Results) -> None:
    assert results.mql("replied").connected_at == "2026-01-07 10:00"


def test_an_inbound_reply_first_stops_the_clock_without_an_attempt(results: Results) -> None:
    row = results.mql("wrote-first")
    assert (row.first_attempt_at, row.connected_at, row.stopped_at) == (
        None,
        "2026-01-05 11:00",
        "2026-01-05 11:00",
    )
    obligation = results.obligation("first_attempt", "wrote-first")
    assert (obligation.done_at, obligation.outcome) == ("2026-01-05 11:00", "met")


def test_a_person_who_answers_marketing_is_connected_though_nobody_attempted(results: Results) -> None:
    row = results.mql("answered-marketing")
    assert (row.attempts, row.connected_at) == (0, "2026-01-06 10:00")


def test_an_automated_answer_is_no_connection(results: Results) -> None:
    assert results.mql("auto-reply").connected_at is None


def test_a_connection_before_hand_off_does_not_count(results: Results) -> None:
    assert results.mql("answered-before").connected_at is None


def test_a_meeting_held_is_a_connection_at_the_time_it_was_scheduled_for(results: Results) -> None:
    assert results.mql("met").connected_at == "2026-01-08 10:00"
    # the latest version's time
    assert results.mql("moved-and-held").connected_at == "2026-01-12 10:00"
    assert results.mql("met-at-no-time").connected_at is None


def test_only_the_latest_version_says_whether_a_meeting_was_held(results: Results) -> None:
    assert results.mql("no-show").connected_at is None
    assert results.mql("not-held-after-all").connected_at is None


# statuses

mql("accepted").status("2026-01-06 10:00", "Working").status("2026-01-07 10:00", "Accepted")
HISTORY.mql("accepted-before", "2026-01-05 08:00", HANDED_OFF).status("2026-01-05 09:00", "Working")
HISTORY.mql("accepted-and-left-before", "2026-01-05 07:00", HANDED_OFF).status(
    "2026-01-05 08:00", "Working"
).status("2026-01-05 09:00", "Open").status("2026-01-08 10:00", "Working")
mql("accepted-at-hand-off").status(HANDED_OFF, "Working")
mql("both-words").status("2026-01-06 10:00", "Rejected").status("2026-01-07 10:00", "Working").status(
    "2026-01-08 10:00", "Unqualified"
)
mql("qualified-status").status("2026-01-06 10:00", "Qualified")
mql("gone-at-once").status("2026-01-06 10:00", "Working", history_id="ga-1").status(
    "2026-01-06 10:00", "Open", history_id="ga-2"
)
HISTORY.mql("in-review-since-january", IN_FEBRUARY, IN_FEBRUARY).leads[0].created = "2026-01-10 10:00"
HISTORY.people["in-review-since-january"].leads[0].first["status"] = "Review"
mql("in-review-since-february", IN_FEBRUARY).leads[0].first["status"] = "Review"
HISTORY.mql("working-since-january", IN_FEBRUARY, IN_FEBRUARY).leads[0].created = "2026-01-10 10:00"
HISTORY.people["working-since-january"].leads[0].first["status"] = "Working"
mql("working-in-february").status("2026-02-11 10:00", "Working")
mql("other-lead").lead("2026-01-06 10:00", owner_id=QUEUE, status="Open").status(
    "2026-01-07 10:00", "Accepted"
)


def test_the_first_accepted_status_after_hand_off_is_the_acceptance(results: Results) -> None:
    assert results.mql("accepted").accepted_at == "2026-01-06 10:00"
    assert results.mql("accepted").disposition_at == "2026-01-06 10:00"


def test_a_lead_that_is_accepted_at_hand_off_was_accepted_then(results: Results) -> None:
    assert results.mql("accepted-before").accepted_at == HANDED_OFF
    assert results.mql("accepted-at-hand-off").accepted_at == HANDED_OFF


def test_a_status_left_before_hand_off_does_not_count(results: Results) -> None:
    assert results.mql("accepted-and-left-before").accepted_at == "2026-01-08 10:00"


def test_each_word_has_its_first_time_and_the_earliest_is_the_disposition(results: Results) -> None:
    row = results.mql("both-words")
    assert (row.accepted_at, row.rejected_at) == ("2026-01-07 10:00", "2026-01-06 10:00")
    assert row.disposition_at == "2026-01-06 10:00"


def test_a_qualified_status_is_neither_accepted_nor_rejected(results: Results) -> None:
    row = results.mql("qualified-status")
    assert (row.qualified_status_at, row.accepted_at, row.disposition_at) == ("2026-01-06 10:00", None, None)


def test_a_status_that_lasts_no_time_is_none(results: Results) -> None:
    assert results.mql("gone-at-once").accepted_at is None


def test_a_status_is_read_as_when_the_lead_came_into_it(results: Results) -> None:
    # in January Review meant nothing and Working accepted, in February the other way round
    assert results.mql("in-review-since-january").accepted_at is None
    assert results.mql("in-review-since-february").accepted_at == IN_FEBRUARY
    assert results.mql("working-since-january").accepted_at == IN_FEBRUARY
    assert results.mql("working-in-february").accepted_at is None


def test_any_lead_of_the_person_can_be_accepted(results: Results) -> None:
    assert results.mql("other-lead").accepted_at == "2026-01-07 10:00"


person = mql("rejected-with-reason")
person.leads[0].first["rejection_reason"] = "no budget"
person.status("2026-01-06 10:00", "Rejected")
person = HISTORY.person("two-leads-rejected").touch(HANDED_OFF)
for number, reason in ((1, "competitor"), (2, "no budget")):
    person.lead(HANDED_OFF, lead_id=f"rejected-{number}", owner_id=ROSA, rejection_reason=reason).status(
        "2026-01-06 10:00", "Rejected"
    )
person = HISTORY.person("second-lead-rejected").touch(HANDED_OFF)
person.lead(HANDED_OFF, lead_id="kept-1", owner_id=ROSA, rejection_reason="old story")
person.lead(HANDED_OFF, lead_id="kept-2", owner_id=ROSA, rejection_reason="too small").status(
    "2026-01-06 10:00", "Rejected"
)
person = mql("reason-changed")
HISTORY.row("leads", lead_id=person.leads[0].lead_id, created_at=HANDED_OFF, updated_at="2026-02-01", owner_id=ROSA,
            contact_id="reason-changed", status="Rejected", rejection_reason="second thoughts")  # fmt: skip
person.leads[0].first["rejection_reason"] = "first thoughts"
person.status("2026-01-06 10:00", "Rejected")


def test_the_reason_is_the_rejected_lead_s(results: Results) -> None:
    assert results.mql("rejected-with-reason").rejection_reason == "no budget"
    assert results.mql("second-lead-rejected").rejection_reason == "too small"
    assert results.mql("accepted").rejection_reason is None


def test_of_leads_rejected_at_one_instant_the_smallest_id_gives_the_reason(results: Results) -> None:
    assert results.mql("two-leads-rejected").rejection_reason == "competitor"


def test_the_reason_is_that_of_the_lead_s_latest_version(results: Results) -> None:
    assert results.mql("reason-changed").rejection_reason == "second thoughts"


# SQL

mql("accepted-then-met").status("2026-01-06 10:00", "Working").meeting(
    "2026-01-06 10:00", confirmed_at="2026-01-09 10:00"
)
mql("met-then-accepted").status("2026-01-12 10:00", "Working").meeting(
    "2026-01-06 10:00", confirmed_at="2026-01-09 10:00"
)
mql("only-accepted").status("2026-01-06 10:00", "Working")
mql("any-connected", IN_FEBRUARY).activity("2026-02-12 10:00", outcome="connected").opportunity(
    "2026-02-13 10:00"
)
mql("any-opportunity", IN_FEBRUARY).activity("2026-02-14 10:00", outcome="connected").opportunity(
    "2026-02-13 10:00"
)
mql("any-status", IN_FEBRUARY).status("2026-02-11 10:00", "Qualified")
mql("none-of-any", IN_FEBRUARY).status("2026-02-11 10:00", "Accepted")
HISTORY.mql("handed-off-in-february", "2026-01-30 10:00", IN_FEBRUARY).activity(
    "2026-02-12 10:00", outcome="connected"
)


def test_all_of_the_conditions_is_the_latest_of_them(results: Results) -> None:
    assert results.mql("accepted-then-met").sql_at == "2026-01-09 10:00"
    assert results.mql("met-then-accepted").sql_at == "2026-01-12 10:00"
    assert results.mql("only-accepted").sql_at is None


def test_any_of_the_conditions_is_the_earliest_of_them(results: Results) -> None:
    assert results.mql("any-connected").sql_at == "2026-02-12 10:00"
    assert results.mql("any-opportunity").sql_at == "2026-02-13 10:00"
    assert results.mql("any-status").sql_at == "2026-02-11 10:00"
    assert results.mql("none-of-any").sql_at is None


def test_the_terms_are_those_of_the_version_at_hand_off(results: Results) -> None:
    row = results.mql("handed-off-in-february")
    # qualified under the first version
    assert (row.contract_version, row.sql_at) == (1, "2026-02-12 10:00")
    assert results.obligation("sql", "handed-off-in-february").contract_version == 2


# disposition and what stops the clock

mql("stopped-by-rejection").status("2026-01-06 10:00", "Rejected").activity(
    "2026-01-07 10:00", outcome="connected"
)
mql("stopped-by-a-deal").opportunity("2026-01-06 10:00")
mql("stopped-by-sql", IN_FEBRUARY).status("2026-02-11 10:00", "Qualified")
mql("not-stopped").calls("2026-01-06 10:00").status("2026-01-07 10:00", "Nurture").meeting(
    "2026-01-06 10:00", confirmed_at="2026-01-07 10:00"
)


def test_an_sql_is_a_disposition_too(results: Results) -> None:
    assert results.mql("any-connected").disposition_at == "2026-02-12 10:00"
    assert results.mql("met-then-accepted").disposition_at == "2026-01-12 10:00"


def test_what_stops_the_clock_is_the_earliest_of_answer_word_sql_and_opportunity(results: Results) -> None:
    assert results.mql("stopped-by-rejection").stopped_at == "2026-01-06 10:00"
    assert results.mql("stopped-by-a-deal").stopped_at == "2026-01-06 10:00"
    assert results.mql("stopped-by-sql").stopped_at == "2026-02-11 10:00"


def test_neither_an_attempt_nor_recycling_nor_a_confirmed_meeting_stops_the_clock(results: Results) -> None:
    row = results.mql("not-stopped")
    assert (row.recycled_at, row.stopped_at) == ("2026-01-07 10:00", None)


# stages

mql("bare")
HISTORY.person("unowned").touch(HANDED_OFF)
mql("bought").opportunity("2026-01-07 10:00", won="2026-01-20 10:00")
mql("did-not-buy").opportunity("2026-01-07 10:00", lost="2026-01-20 10:00")


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("unowned", "ready"),
        ("bare", "handed_off"),
        ("called-at-once", "contacted"),
        ("wrote-first", "connected"),
        ("accepted", "accepted"),
        ("accepted-then-met", "sql"),
        ("stopped-by-sql", "sql"),
        ("stopped-by-a-deal", "opportunity"),
        ("did-not-buy", "opportunity"),
        ("bought", "won"),
        ("stopped-by-rejection", "connected"),
    ],
)
def test_the_stage_is_the_furthest_that_has_a_time(results: Results, name: str, stage: str) -> None:
    assert results.mql(name).stage == stage


# response time

mql("slow").calls("2026-01-07 11:00")
HISTORY.mql("never-called", HANDED_OFF, HANDED_OFF)


def test_the_first_response_is_counted_in_business_seconds_from_hand_off(results: Results) -> None:
    # Monday 10:00 to 17:00 is 7 h, Tuesday 8 h, Wednesday 9:00 to 11:00 2 h: 17 × 3,600
    assert results.mql("slow").first_response_business_seconds == 61200
    assert results.mql("never-called").first_response_business_seconds is None
