"""When an MQL is ready, who gets it, and what marketing owes for it (domain, MQL: ready, hand-off).

A form qualifies. January and February ask for a trigger, and owe ready MQLs to sales within two
business hours; March asks for none, within three.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.scenarios.history import MARKETER, QUEUE, RAUL, ROSA, History, Person, a_contract
from tests.scenarios.results import Results, run

TRIGGERS = [
    {"id": "asked", "touch_type": ["info_request"], "at_least": 1},
    {"id": "pricing", "content_type": ["pricing"]},
    {
        "id": "download-of-pricing",
        "touch_type": ["content_download"],
        "content_type": ["pricing"],
        "at_least": 2,
    },
    {"id": "many", "at_least": 4},
]
HISTORY = History(
    a_contract(handoff={"triggers": TRIGGERS, "within_business_hours": 2}),
    a_contract(version=2, effective_from="2026-03-01", handoff={"triggers": [], "within_business_hours": 3}),
)


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    with run(HISTORY) as results:
        yield results


def told(name: str, *touches: tuple[str, str], content: str | None = None) -> Person:
    """A person with these touches: (time in 2026, type)."""
    person = HISTORY.person(name)
    for at, touch_type in touches:
        person.touch(f"2026-{at}", touch_type, content_type=content)
    return person


# ready

told("not-ready", ("01-05 10:00", "form_submission"))
told("asks-later", ("01-05 10:00", "form_submission"), ("01-07 10:00", "info_request"))
told("asked-before", ("01-03 10:00", "info_request"), ("01-05 10:00", "form_submission"))
told("asks-as-it-qualifies", ("01-05 10:00", "info_request"), ("01-05 10:00", "form_submission"))
told("pricing-form", ("01-05 10:00", "form_submission"), content="pricing")
told("reads-a-lot", ("01-01 10:00", "email_open"), ("01-02 10:00", "email_open"), ("01-05 10:00", "form_submission"),
     ("01-06 10:00", "page_view"), ("01-07 10:00", "page_view"))  # fmt: skip
told("three-at-once", ("01-05 10:00", "form_submission"), ("01-06 10:00", "email_open"), ("01-06 10:00", "page_view"),
     ("01-06 10:00", "other"))  # fmt: skip
two_reasons = told(
    "two-reasons", ("01-02 10:00", "content_download"), ("01-03 10:00", "info_request"), content="pricing"
)
two_reasons.touch("2026-01-05 10:00")
two_reasons = told("two-at-once", ("01-05 10:00", "form_submission"))
two_reasons.touch("2026-01-06 10:00", "page_view", content_type="pricing").touch(
    "2026-01-06 10:00", "info_request"
)
told("in-march", ("03-02 10:00", "form_submission"))
told("asks-in-march", ("02-27 10:00", "form_submission"), ("03-04 10:00", "info_request"))


def test_an_mql_without_a_trigger_is_not_ready_and_nothing_is_owed(results: Results) -> None:
    assert results.mql("not-ready").ready_at is None
    assert results.obligations("not-ready") == {}


def test_an_mql_is_ready_when_a_trigger_is_reached(results: Results) -> None:
    mql = results.mql("asks-later")
    assert (mql.qualified_at, mql.ready_at, mql.ready_trigger) == (
        "2026-01-05 10:00",
        "2026-01-07 10:00",
        "asked",
    )


def test_touches_from_before_qualification_count_for_triggers(results: Results) -> None:
    mql = results.mql("asked-before")
    assert (mql.ready_at, mql.ready_trigger) == ("2026-01-05 10:00", "asked")
    # the fourth touch: two mails and the form before it
    mql = results.mql("reads-a-lot")
    assert (mql.ready_at, mql.ready_trigger) == ("2026-01-06 10:00", "many")


def test_a_trigger_at_the_moment_of_qualification_is_reached(results: Results) -> None:
    assert results.mql("asks-as-it-qualifies").ready_at == "2026-01-05 10:00"
    # a trigger without at_least means one, and with content type only any touch type does
    mql = results.mql("pricing-form")
    assert (mql.ready_at, mql.ready_trigger) == ("2026-01-05 10:00", "pricing")


def test_touches_of_one_instant_reach_a_trigger_together(results: Results) -> None:
    # 1 + 3 = 4
    mql = results.mql("three-at-once")
    assert (mql.ready_at, mql.ready_trigger) == ("2026-01-06 10:00", "many")


def test_of_several_triggers_reached_the_first_in_the_contract_is_named(results: Results) -> None:
    # pricing was reached first, asked stands first
    assert results.mql("two-reasons").ready_trigger == "asked"
    assert results.mql("two-at-once").ready_trigger == "asked"


def test_without_triggers_an_mql_is_ready_as_it_qualifies(results: Results) -> None:
    mql = results.mql("in-march")
    assert (mql.ready_at, mql.ready_trigger) == ("2026-03-02 10:00", None)


def test_the_triggers_are_those_of_the_version_at_qualification(results: Results) -> None:
    # qualified in February: not ready on 1 March, but when it asks
    assert results.mql("asks-in-march").ready_at == "2026-03-04 10:00"


again = told("asked-in-the-cycle-before", ("01-05 10:00", "form_submission"), ("01-05 10:00", "info_request"),
             ("02-05 10:00", "form_submission"))  # fmt: skip
again.lead("2026-01-05 10:00", owner_id=QUEUE).status("2026-01-20 10:00", "Nurture")
told("asks-after-recycling", ("01-05 10:00", "form_submission"), ("01-25 10:00", "info_request")).lead(
    "2026-01-05 10:00", owner_id=QUEUE
).status("2026-01-20 10:00", "Nurture")


def test_only_touches_of_the_cycle_make_it_ready(results: Results) -> None:
    assert results.mql("asked-in-the-cycle-before", 1).ready_at == "2026-01-05 10:00"
    assert results.mql("asked-in-the-cycle-before", 2).ready_at is None
    assert results.mql("asks-after-recycling", 1).ready_at is None


# the hand-off obligation

handed = told("handed-before-ready", ("01-05 10:00", "form_submission"), ("01-07 10:00", "info_request"))
handed.lead("2026-01-05 10:00", owner_id=QUEUE).owner("2026-01-06 10:00", ROSA)
handed = told("handed-never-ready", ("01-05 10:00", "form_submission"))
handed.lead("2026-01-05 10:00", owner_id=QUEUE).owner("2026-01-06 10:00", ROSA)
handed = told("handed-after-ready", ("01-05 10:00", "form_submission"), ("01-07 10:00", "info_request"))
handed.lead("2026-01-05 10:00", owner_id=QUEUE).owner("2026-01-07 11:30", ROSA)


def test_a_hand_off_before_the_mql_is_ready_is_owed_and_done_at_once(results: Results) -> None:
    for name in ("handed-before-ready", "handed-never-ready"):
        obligation = results.obligation("handoff", name)
        assert (obligation.started_at, obligation.done_at, obligation.outcome) == (
            "2026-01-06 10:00",
            "2026-01-06 10:00",
            "met",
        )


def test_the_clock_of_a_hand_off_starts_when_the_mql_is_ready(results: Results) -> None:
    obligation = results.obligation("handoff", "handed-after-ready")
    assert (obligation.started_at, obligation.due_at) == ("2026-01-07 10:00", "2026-01-07 12:00")
    assert (obligation.done_at, obligation.outcome) == ("2026-01-07 11:30", "met")
    assert (obligation.owner, obligation.rep_id) == ("marketing", None)


def test_the_promise_is_that_of_the_version_at_the_clock_s_start(results: Results) -> None:
    # qualified in February, ready on Wednesday 4 March 10:00: + 3 h
    obligation = results.obligation("handoff", "asks-in-march")
    assert (obligation.due_at, obligation.contract_version, obligation.period) == (
        "2026-03-04 13:00",
        2,
        "2026-03",
    )


# who owns it

AT = "2026-03-10 10:00"


def owned(
    name: str, *changes: tuple[str, str | None], first: str | None = QUEUE, created: str = "2026-03-01"
) -> None:
    """A person who qualifies on 10 March 10:00, and whose lead changes owners: (time in March, owner)."""
    lead = HISTORY.person(name).touch(AT).lead(created, owner_id=first)
    for at, owner in changes:
        lead.owner(f"2026-03-{at}", owner)


owned("queue-rep-rep", ("11 10:00", ROSA), ("12 10:00", RAUL))
owned("rep-before", ("05 10:00", ROSA))
owned("rep-from-the-start", first=ROSA)
owned("rep-at-that-moment", ("10 10:00", ROSA))
owned("rep-no-more", ("05 10:00", ROSA), ("06 10:00", QUEUE), ("12 10:00", RAUL))
owned("rep-leaves-at-that-moment", ("05 10:00", ROSA), ("10 10:00", QUEUE))
owned("nobody-s", ("05 10:00", None), ("12 10:00", RAUL))
owned("marketer-then-rep", ("10 11:00", MARKETER), ("12 10:00", RAUL))
owned("lead-comes-later", first=RAUL, created="2026-03-13 10:00")
owned("never-a-rep", ("12 10:00", MARKETER))
HISTORY.person("no-lead").touch(AT)


def test_a_queue_is_no_rep_and_the_first_rep_keeps_the_mql(results: Results) -> None:
    mql = results.mql("queue-rep-rep")
    assert (mql.handed_off_at, mql.rep_id, mql.owner_changes) == ("2026-03-11 10:00", ROSA, 1)
    assert results.obligation("first_attempt", "queue-rep-rep").rep_id == ROSA


@pytest.mark.parametrize("name", ["rep-before", "rep-from-the-start", "rep-at-that-moment"])
def test_a_rep_who_owns_the_lead_already_has_the_mql_as_it_qualifies(results: Results, name: str) -> None:
    mql = results.mql(name)
    assert (mql.handed_off_at, mql.rep_id, mql.owner_changes) == (AT, ROSA, 0)


def test_the_owner_in_force_at_qualification_counts_and_no_earlier_one(results: Results) -> None:
    mql = results.mql("rep-no-more")
    assert (mql.handed_off_at, mql.rep_id) == ("2026-03-12 10:00", RAUL)
    assert results.mql("rep-leaves-at-that-moment").handed_off_at is None


def test_a_lead_without_an_owner_or_of_a_marketer_is_not_handed_off(results: Results) -> None:
    assert results.mql("nobody-s").handed_off_at == "2026-03-12 10:00"
    assert results.mql("marketer-then-rep").handed_off_at == "2026-03-12 10:00"
    assert results.mql("never-a-rep").handed_off_at is None
    assert results.mql("no-lead").handed_off_at is None


def test_a_lead_that_comes_after_qualification_hands_off_when_it_is_created(results: Results) -> None:
    assert results.mql("lead-comes-later").handed_off_at == "2026-03-13 10:00"


def test_what_was_never_handed_off_counts_zero_and_keeps_its_obligation(results: Results) -> None:
    mql = results.mql("no-lead")
    assert (mql.owner_changes, mql.attempts, mql.opportunities, mql.amount_won) == (0, 0, 0, 0)
    obligation = results.obligation("handoff", "no-lead")
    assert (obligation.due_at, obligation.done_at, obligation.outcome) == (
        "2026-03-10 13:00",
        None,
        "breached",
    )


# the owner's history

owned("owned-before-history", ("11 10:00", QUEUE), first=ROSA)
owned("changed-at-creation", ("01 00:00", ROSA), first=QUEUE)
owned(
    "changed-before-creation", ("01 10:00", ROSA), ("12 10:00", RAUL), first=QUEUE, created="2026-03-02 10:00"
)
owned("queue-by-byte-order", first=QUEUE)
HISTORY.leads[-1].owner("2026-03-05 10:00", QUEUE, history_id="qb-9", old_value=RAUL)
HISTORY.leads[-1].owner("2026-03-05 10:00", ROSA, history_id="qb-10", old_value=QUEUE)
lead = HISTORY.person("current-owner-differs").touch(AT).lead("2026-03-01", owner_id=ROSA)
HISTORY.row("lead_history", history_id="cod-1", lead_id=lead.lead_id, field="owner_id", old_value=QUEUE,
            new_value=MARKETER, changed_at="2026-03-05 10:00")  # fmt: skip


def test_the_first_owner_is_the_old_one_of_the_first_change(results: Results) -> None:
    assert results.mql("owned-before-history").handed_off_at == AT
    assert results.mql("changed-at-creation").handed_off_at == AT
    assert results.mql("changed-before-creation").rep_id == ROSA


def test_where_an_owner_s_history_and_the_current_one_differ_history_wins(results: Results) -> None:
    assert results.mql("current-owner-differs").handed_off_at is None


def test_owners_of_one_instant_are_in_byte_order_of_their_ids(results: Results) -> None:
    # qb-10 comes before qb-9, so the queue has it
    assert results.mql("queue-by-byte-order").handed_off_at is None


# who is a rep

HISTORY.user("retired", is_active="false")
HISTORY.row("users", user_id="was-in-sales", department="sales", updated_at="2026-01-01")
HISTORY.row("users", user_id="was-in-sales", department="marketing", updated_at="2026-03-20")
HISTORY.row("users", user_id="now-in-sales", department="marketing", updated_at="2026-01-01")
HISTORY.row("users", user_id="now-in-sales", department="sales", updated_at="2026-03-20")
owned("retired-owner", ("11 10:00", "retired"))
owned("owner-who-left-sales", ("11 10:00", "was-in-sales"))
owned("owner-who-came-to-sales", ("11 10:00", "now-in-sales"))


def test_a_rep_is_whoever_the_latest_record_puts_in_sales_active_or_not(results: Results) -> None:
    assert results.mql("retired-owner").rep_id == "retired"
    assert results.mql("owner-who-left-sales").handed_off_at is None
    assert results.mql("owner-who-came-to-sales").handed_off_at == "2026-03-11 10:00"


# several leads


def two_leads(name: str, first: list[tuple[str, str]], second: list[tuple[str, str]]) -> None:
    """A person with the leads `<name>-1` and `<name>-2`, each with these owners: (time in March, owner)."""
    person = HISTORY.person(name).touch(AT)
    for number, changes in enumerate((first, second), start=1):
        lead = person.lead("2026-03-01", lead_id=f"{name}-{number}", owner_id=QUEUE)
        for at, owner in changes:
            lead.owner(f"2026-03-{at}", owner)


two_leads("most-recent", [("05 10:00", ROSA)], [("06 10:00", RAUL)])
two_leads("most-recent-first-lead", [("06 10:00", RAUL)], [("05 10:00", ROSA)])
two_leads("assigned-at-once", [("05 10:00", RAUL)], [("05 10:00", ROSA)])
two_leads("reassigned", [("03 10:00", ROSA), ("07 10:00", RAUL)], [("05 10:00", ROSA)])
two_leads("reassigned-to-the-same", [("03 10:00", ROSA), ("07 10:00", ROSA)], [("05 10:00", RAUL)])
two_leads("later-at-once", [("12 10:00", RAUL)], [("12 10:00", ROSA)])
two_leads("the-other-s-queue", [("05 10:00", ROSA)], [("06 10:00", QUEUE)])
two_leads("changes-of-the-other", [("05 10:00", ROSA)], [("11 10:00", RAUL), ("12 10:00", ROSA)])


def test_of_several_leads_the_most_recently_assigned_names_the_rep(results: Results) -> None:
    assert results.mql("most-recent").rep_id == RAUL
    assert results.mql("most-recent-first-lead").rep_id == RAUL
    assert results.mql("reassigned").rep_id == RAUL
    # a change to the same owner is none, so the second lead is the latest
    assert results.mql("reassigned-to-the-same").rep_id == RAUL
    assert results.mql("the-other-s-queue").rep_id == ROSA


def test_of_leads_assigned_at_one_instant_the_smallest_id_names_the_rep(results: Results) -> None:
    assert results.mql("assigned-at-once").rep_id == RAUL
    assert results.mql("later-at-once").rep_id == RAUL


def test_only_the_handed_off_lead_s_owners_are_counted(results: Results) -> None:
    assert results.mql("changes-of-the-other").owner_changes == 0


# owner changes

owned(
    "many-owners",
    ("11 10:00", ROSA),
    ("12 10:00", RAUL),
    ("13 10:00", None),
    ("14 10:00", ROSA),
    ("15 10:00", QUEUE),
)
owned("twice-at-once", ("11 10:00", ROSA), ("12 10:00", RAUL), ("12 10:00", QUEUE))
owned("there-and-back-at-once", ("11 10:00", ROSA), ("12 10:00", RAUL), ("12 10:00", ROSA))
owned("at-the-hand-off", ("11 10:00", ROSA), ("11 10:00", RAUL))


def test_each_later_instant_with_another_owner_or_none_is_a_change(results: Results) -> None:
    # raul, none, rosa, the queue
    assert results.mql("many-owners").owner_changes == 4
    assert results.mql("twice-at-once").owner_changes == 1
    assert results.mql("there-and-back-at-once").owner_changes == 0


def test_of_the_owners_of_one_instant_the_last_has_the_mql(results: Results) -> None:
    mql = results.mql("at-the-hand-off")
    assert (mql.handed_off_at, mql.rep_id, mql.owner_changes) == ("2026-03-11 10:00", RAUL, 0)


requalified = HISTORY.person("changes-after-the-span").touch("2026-01-05 10:00").touch("2026-03-05 10:00")
requalified.lead("2026-01-01", owner_id=ROSA).status("2026-01-20", "Nurture").owner("2026-02-01", RAUL).owner(
    "2026-03-05 10:00", ROSA
).owner("2026-03-06 10:00", RAUL)


def test_owner_changes_belong_to_the_span_in_which_they_happen(results: Results) -> None:
    # 1 February; 5 March 10:00 is the second MQL's hand-off itself; 6 March
    assert results.mql("changes-after-the-span", 1).owner_changes == 1
    second = results.mql("changes-after-the-span", 2)
    assert (second.handed_off_at, second.rep_id, second.owner_changes) == ("2026-03-05 10:00", ROSA, 1)


# where it came from

for campaign_id in ("expo", "webinar"):
    HISTORY.campaign(campaign_id)
person = HISTORY.person("with-campaigns").touch("2026-03-01 10:00", "page_view")
person.touch("2026-03-02 10:00", "page_view", campaign_id="webinar", touch_id="b")
person.touch("2026-03-02 10:00", "page_view", campaign_id="expo", touch_id="a").touch(
    AT, campaign_id="webinar"
)
HISTORY.person("campaign-too-late").touch(AT).touch("2026-03-11 10:00", campaign_id="expo")
HISTORY.person("campaign-of-that-moment").touch(AT, campaign_id="expo")


def test_the_first_campaign_is_the_earliest_touch_s_up_to_qualification(results: Results) -> None:
    # of two at one instant, the smaller touch_id
    assert results.mql("with-campaigns").first_campaign_id == "expo"
    assert results.mql("campaign-of-that-moment").first_campaign_id == "expo"
    assert results.mql("campaign-too-late").first_campaign_id == "(none)"
