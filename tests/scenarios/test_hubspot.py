"""Marketing and sales in one HubSpot: what each of HubSpot's habits comes to.

Everybody sends a form on Monday 5 January at 9 in Mexico City, which qualifies, and is handed to Rosa at 10, unless
told otherwise. Times are epoch milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from dagster_project.defs.vendor_words import unmapped_words_of
from tests.scenarios.results import Results, run
from tests.scenarios.vendors import MARKETING, VendorHistory, epoch

ROSA, RAUL, MARA = "501", "502", "503"
CONNECTED = "f240bbac-87c9-4f6e-bf70-924b57d47db7"
VOICEMAIL = "b2cf5968-551e-4856-9783-52b3da59a7d0"
OF_THE_ACCOUNT = "0a1b2c3d-0000-4000-8000-000000000001"

HISTORY = VendorHistory(
    {
        MARKETING: {
            "family": "hubspot",
            "sales_departments": ["Ventas"],
            "dispositions": {OF_THE_ACCOUNT: "connected"},
            "meeting_statuses": {"Confirmada": "confirmed"},
            "deal_stages": {"partners/closedwon": "lost", "7001": "won"},
            "content_types": {"Lista de precios": "pricing", "https://acme.example/precios": "pricing"},
            "touch_types": {"form-demo": "info_request"},
        }
    },
    mql={
        "basis": "scored",
        "threshold": 10,
        "engagement": [
            {"id": "form", "touch_type": ["form_submission"], "points": 10},
            {"id": "click", "touch_type": ["email_click"], "points": 10},
            {"id": "webinar", "touch_type": ["webinar_attended"], "points": 10},
            {"id": "asked", "touch_type": ["info_request"], "points": 10},
            {"id": "pricing", "touch_type": ["page_view"], "content_type": ["pricing"], "points": 10},
            {"id": "any-view", "touch_type": ["page_view"], "points": 1},
        ],
        "fit": [{"id": "large", "attribute": "employee_count", "at_least": 100, "points": 3}],
    },
)


def row(object_name: str, **values: Any) -> None:
    HISTORY.row(MARKETING, object_name, **values)


row("owners", id=ROSA, firstName="Rosa", lastName="Rentería", type="PERSON")
row("owners", id=RAUL, firstName="Raúl", lastName="Ríos", type="PERSON")
row("owners", id=MARA, firstName="Mara", lastName="Muestra", type="PERSON")
row("owners", id="509", firstName="Cola", lastName="de entrada", type="QUEUE")
row("owner_teams", owner_id="509", team_id="61", is_team_primary="true")
row("teams", id="61", name="Ventas")
row("teams", id="62", name="Mercadotecnia")
for owner, team in ((ROSA, "61"), (RAUL, "61"), (MARA, "62")):
    row("owner_teams", owner_id=owner, team_id=team, is_team_primary="true")


def contact(name: str, **values: Any) -> str:
    return HISTORY.contact(str(1_000 + HISTORY.number()), email=f"{name}@acme.example", **values)


def owned(contact_id: str, owner: str, at: str) -> None:
    row(
        "contact_property_history",
        contact_id=contact_id,
        name="hubspot_owner_id",
        value=owner,
        timestamp=epoch(at),
    )


def mql(name: str, **values: Any) -> str:
    contact_id = contact(name, **values)
    HISTORY.form(contact_id, "2026-01-05 09:00")
    owned(contact_id, ROSA, "2026-01-05 10:00")
    return contact_id


def engagement(object_name: str, contact_id: str | None, at: str, **values: Any) -> str:
    number = str(9_000 + HISTORY.number())
    given = {"hubspot_owner_id": ROSA, "contact_id": contact_id, "hs_timestamp": epoch(at)}
    row(object_name, id=number, **given | values)
    return number


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    with run(HISTORY) as results:
        yield results


# owners and statuses


def test_a_queue_is_no_user(results: Results) -> None:
    users = results.rows("select user_id, is_rep from staging.stg_users order by user_id")
    assert {row.user_id: row.is_rep for row in users} == {ROSA: True, RAUL: True, MARA: False}


HANDED = mql("handed")
for status, at in (
    ("NEW", "2026-01-05 10:05"),
    ("Working", "2026-01-05 11:00"),
    ("Nurture", "2026-01-20 10:00"),
):
    row(
        "contact_property_history",
        contact_id=HANDED,
        name="hs_lead_status",
        value=status,
        timestamp=epoch(at),
    )


def test_a_contacts_owner_and_lead_status_are_its_leads(results: Results) -> None:
    mql = results.mql(HANDED)
    assert (mql.handed_off_at, mql.rep_id) == ("2026-01-05 10:00", ROSA)
    assert (mql.accepted_at, mql.recycled_at) == ("2026-01-05 11:00", "2026-01-20 10:00")


SEEN = contact("seen", hubspot_owner_id=MARA, on="2026-01-05")
HISTORY.form(SEEN, "2026-01-05 09:00")
for owner, at in ((ROSA, "2026-01-06 10:15"), (RAUL, "2026-01-07 10:15")):
    HISTORY.contact(
        SEEN, email="seen@acme.example", lastmodifieddate=epoch(at), hubspot_owner_id=owner, on=at[:10]
    )


def test_without_a_property_history_the_successive_versions_tell_the_owners(results: Results) -> None:
    mql = results.mql(SEEN)
    assert (mql.handed_off_at, mql.rep_id) == ("2026-01-06 10:15", ROSA)


def test_who_is_in_a_sales_team_is_a_rep(results: Results) -> None:
    users = results.rows("select * from staging.stg_users order by user_id")
    assert [(user.user_id, user.is_rep) for user in users] == [(ROSA, True), (RAUL, True), (MARA, False)]


def test_a_contact_that_sales_never_had_is_no_lead(results: Results) -> None:
    leads = {row.lead_id for row in results.rows("select lead_id from staging.stg_leads")}
    assert HANDED in leads
    assert UNOWNED not in leads


UNOWNED = contact("unowned")

# look-alikes

LOOKS = mql(
    "looks",
    hs_first_outreach_date=epoch("2026-01-05 10:10"),
    hs_sa_first_engagement_date=epoch("2026-01-05 10:10"),
    hs_last_sales_activity_timestamp=epoch("2026-01-05 10:10"),
)


def test_properties_that_look_like_a_clock_stop_are_none(results: Results) -> None:
    mql = results.mql(LOOKS)
    assert (mql.first_attempt_at, mql.connected_at, mql.stopped_at) == (None, None, None)


# calls, e-mails, messages

CALLED = mql("called")
engagement("calls", CALLED, "2026-01-05 10:20", hs_call_status="QUEUED")
engagement("calls", CALLED, "2026-01-05 10:30", hs_call_status="COMPLETED", archived="true")
engagement("calls", CALLED, "2026-01-05 11:00", hs_call_disposition=VOICEMAIL, hs_call_direction="OUTBOUND")
engagement("calls", CALLED, "2026-01-05 12:00", hs_call_disposition=CONNECTED, hs_call_direction="OUTBOUND")
REACHED = mql("reached")
engagement("calls", REACHED, "2026-01-05 13:00", hs_call_disposition=OF_THE_ACCOUNT)


def test_a_calls_outcome_is_told_by_the_guid_of_its_disposition(results: Results) -> None:
    mql = results.mql(CALLED)
    assert (mql.first_attempt_at, mql.connected_at) == ("2026-01-05 11:00", "2026-01-05 12:00")


def test_a_disposition_of_the_accounts_own_means_what_sources_yml_says(results: Results) -> None:
    assert results.mql(REACHED).connected_at == "2026-01-05 13:00"


DIALLED = mql("dialled")
engagement("calls", DIALLED, "2026-01-05 10:15", hs_call_status="FAILED")
engagement("calls", DIALLED, "2026-01-05 11:30", hs_call_status="BUSY")


def test_without_a_disposition_a_calls_status_tells_its_outcome(results: Results) -> None:
    mql = results.mql(DIALLED)
    assert (mql.first_attempt_at, mql.connected_at) == ("2026-01-05 11:30", None)


WROTE = mql("wrote")
engagement("emails", WROTE, "2026-01-05 10:10", hs_email_direction="EMAIL", hs_sequence_id="77")
engagement("emails", WROTE, "2026-01-05 10:20", hs_email_direction="EMAIL", hs_object_source="SEQUENCES")
engagement("emails", WROTE, "2026-01-05 10:30", hs_email_direction="EMAIL", hs_email_status="BOUNCED")
engagement("emails", WROTE, "2026-01-05 10:40", hs_email_direction="EMAIL", hs_email_status="SCHEDULED")
engagement("emails", WROTE, "2026-01-05 10:50", hs_email_direction="FORWARDED_EMAIL")
engagement("emails", WROTE, "2026-01-05 11:00", hs_email_direction="EMAIL", hs_email_status="SENT")
engagement("emails", WROTE, "2026-01-05 12:30", hs_email_direction="INCOMING_EMAIL")


def test_a_sequences_mail_a_bounce_a_draft_and_a_forward_are_no_attempts(results: Results) -> None:
    assert results.mql(WROTE).first_attempt_at == "2026-01-05 11:00"


def test_an_answer_by_mail_is_a_connection(results: Results) -> None:
    assert results.mql(WROTE).connected_at == "2026-01-05 12:30"


MESSAGED = mql("messaged")
MESSAGE = engagement("communications", None, "2026-01-05 11:30", hs_communication_channel_type="WHATS_APP")
row("engagement_contacts", engagement_id=MESSAGE, contact_id=MESSAGED)
row("engagement_contacts", engagement_id=MESSAGE, contact_id=UNOWNED)


def test_a_message_is_with_every_contact_that_it_is_associated_with(results: Results) -> None:
    assert results.mql(MESSAGED).first_attempt_at == "2026-01-05 11:30"
    ((rows,),) = results.result.rows(
        f"select count(*) from staging.stg_activities where activity_id like 'message:{MESSAGE}%'"
    )
    assert rows == 2


# meetings


def meeting(contact_id: str, starts: str, outcome: str | None, **values: Any) -> str:
    number = str(values.pop("id", None) or 9_000 + HISTORY.number())
    given = {
        "hubspot_owner_id": ROSA,
        "contact_id": contact_id,
        "hs_createdate": epoch("2026-01-05 11:00"),
        "hs_lastmodifieddate": epoch("2026-01-05 11:00"),
        "hs_meeting_start_time": epoch(starts),
        "hs_meeting_outcome": outcome,
    }
    row("meetings", id=number, **given | values)
    return number


MET = mql("met")
FIRST = meeting(MET, "2026-01-08 11:00", "SCHEDULED", on="2026-01-05")
meeting(MET, "2026-01-08 11:00", "COMPLETED", id=FIRST, hs_lastmodifieddate=epoch("2026-01-08 12:30"))
MISSED = mql("missed")
meeting(MISSED, "2026-01-08 11:00", "NO_SHOW")
meeting(MISSED, "2026-01-09 11:00", "CANCELED")
meeting(MISSED, "2026-01-10 11:00", "RESCHEDULED")
meeting(MISSED, "2026-04-10 11:00", None)
CONFIRMED = mql("confirmed")
meeting(CONFIRMED, "2026-04-10 11:00", "confirmada", hs_lastmodifieddate=epoch("2026-01-06 09:00"))


def test_a_meetings_outcome_tells_whether_it_was_held(results: Results) -> None:
    mql = results.mql(MET)
    assert (mql.connected_at, mql.meeting_confirmed_at) == ("2026-01-08 11:00", "2026-01-08 11:00")


def test_a_meeting_missed_cancelled_moved_or_still_to_come_is_neither_held_nor_an_attempt(
    results: Results,
) -> None:
    mql = results.mql(MISSED)
    assert (mql.connected_at, mql.meeting_confirmed_at, mql.first_attempt_at) == (None, None, None)


def test_an_outcome_of_the_accounts_own_means_what_sources_yml_says(results: Results) -> None:
    assert results.mql(CONFIRMED).meeting_confirmed_at == "2026-01-06 09:00"


# deals


def deal(contact_id: str | None, stage: str, **values: Any) -> str:
    number = str(9_000 + HISTORY.number())
    given = {
        "createdate": epoch("2026-01-06 10:00"),
        "hs_lastmodifieddate": epoch("2026-01-20 10:00"),
        "closedate": epoch("2026-01-20 10:00"),
        "amount": "100",
        "contact_id": contact_id,
        "dealstage": stage,
    }
    row("deals", id=number, **given | values)
    return number


WON, LOST, OPEN, OTHER, BY_STAGE = (
    mql("won"), mql("lost"), mql("open"), mql("other"), mql("by-stage")
)  # fmt: skip
deal(WON, "7001", pipeline="default")
deal(LOST, "closedlost", pipeline="default")
deal(OPEN, "presentation", pipeline="default")
deal(OTHER, "closedwon", pipeline="partners")
row("deal_contacts", deal_id=deal(None, "8001", pipeline="9"), contact_id=BY_STAGE)
row(
    "deal_pipeline_stages",
    stage_id="8001",
    pipeline_id="9",
    label="Ganado",
    closed_won="true",
    is_closed="true",
)
row(
    "deal_pipeline_stages",
    stage_id="8001",
    pipeline_id="10",
    label="Nuevo",
    closed_won="false",
    is_closed="false",
)


def test_a_stage_is_won_or_lost_in_its_pipeline(results: Results) -> None:
    closed_at = "2026-01-20 10:00"
    assert [(results.mql(who).won_at, results.mql(who).lost_at) for who in (WON, LOST, OTHER, BY_STAGE)] == [
        (closed_at, None),
        (None, closed_at),
        (None, closed_at),
        (closed_at, None),
    ]


def test_the_close_date_of_an_open_deal_is_only_expected(results: Results) -> None:
    mql = results.mql(OPEN)
    assert (mql.opportunity_at, mql.won_at, mql.lost_at) == ("2026-01-06 10:00", None, None)


TOO_EARLY = mql("too-early")
deal(TOO_EARLY, "7001", pipeline="default", closedate=epoch("2026-01-06 09:00"))


def test_a_deal_whose_closing_day_lies_before_its_creation_is_not_closed_yet(results: Results) -> None:
    mql = results.mql(TOO_EARLY)
    assert (mql.opportunity_at, mql.won_at) == ("2026-01-06 10:00", None)


OLDER, YOUNGER = contact("older"), contact("younger")
SHARED_DEAL = deal(None, "closedlost", pipeline="default")
for one in (YOUNGER, OLDER):
    row("deal_contacts", deal_id=SHARED_DEAL, contact_id=one)


def test_a_deal_with_several_contacts_is_the_oldest_ones(results: Results) -> None:
    rows = results.rows(
        f"select contact_id from raw.standard_opportunities where opportunity_id = '{SHARED_DEAL}'"
    )
    assert [row.contact_id for row in rows] == [OLDER]


# merged and deleted contacts

SURVIVOR = mql("survivor", hs_merged_object_ids="", on="2026-01-31")
MIDDLE, FIRST_OF_CHAIN, NEVER_SEEN = contact("middle"), contact("first"), "1999"
HISTORY.contact(
    MIDDLE,
    email="middle@acme.example",
    lastmodifieddate=epoch("2026-01-10 10:00"),
    hs_merged_object_ids=FIRST_OF_CHAIN,
)
HISTORY.contact(
    SURVIVOR,
    email="survivor@acme.example",
    lastmodifieddate=epoch("2026-01-12 10:00"),
    hs_merged_object_ids=f"{MIDDLE};{NEVER_SEEN}",
)
HISTORY.contact(
    MIDDLE, email="middle@acme.example", lastmodifieddate=epoch("2026-01-12 10:01"), _fivetran_deleted="true"
)
engagement("calls", FIRST_OF_CHAIN, "2026-01-05 10:25")
HISTORY.form(NEVER_SEEN, "2026-01-02 08:00")


owned(MIDDLE, RAUL, "2026-01-06 10:00")


def test_whoever_owned_a_merged_contact_owns_it_no_longer(results: Results) -> None:
    rows = results.rows(
        "select new_value, changed_at from raw.standard_lead_history "
        f"where lead_id = '{MIDDLE}' and field = 'owner_id' order by changed_at"
    )
    assert [(row.new_value, row.changed_at) for row in rows] == [
        (RAUL, "2026-01-06 10:00"),
        # The merge is its last version: HubSpot marked it as deleted a minute later.
        (None, "2026-01-12 10:01"),
    ]


def test_merges_are_followed_to_the_end_of_their_chain(results: Results) -> None:
    assert {MIDDLE, FIRST_OF_CHAIN, NEVER_SEEN}.isdisjoint(results.people())
    mql = results.mql(SURVIVOR)
    assert (mql.first_attempt_at, mql.qualified_at) == ("2026-01-05 10:25", "2026-01-02 08:00")


DELETED = mql("deleted")
HISTORY.contact(DELETED, email="deleted@acme.example", archived="true", on="2026-03-31")


def test_a_deleted_contact_is_in_no_figure(results: Results) -> None:
    assert not results.is_mql(DELETED)


# touches

CLICKED = contact("Clicked")
for kind, at, filtered in (
    ("OPEN", "2026-01-04 09:00", "false"),
    ("CLICK", "2026-01-05 09:00", "true"),
    ("CLICK", "2026-01-06 09:00", "false"),
    ("DELIVERED", "2026-01-03 09:00", "false"),
):
    row(
        "email_events",
        id=f"e{HISTORY.number()}",
        type=kind,
        created=epoch(at),
        recipient="clicked@ACME.example",
        filtered_event=filtered,
    )
CAME = contact("came")
for state, at in (("REGISTERED", "2026-01-05 09:00"), ("ATTENDED", "2026-01-07 18:00")):
    row(
        "marketing_event_participations",
        id=f"p{HISTORY.number()}",
        contact_id=CAME,
        attendance_state=state,
        occurred_at=epoch(at),
    )
LOOKED = contact("looked", numemployees="100")
for address, at in (
    ("https://acme.example/precios?utm_campaign=Primavera+2026&x=1", "2026-01-05 09:00"),
    ("https://acme.example/blog", "2026-01-05 09:30"),
):
    row(
        "web_events",
        id=f"w{HISTORY.number()}",
        objectId=LOOKED,
        eventType="e_visited_page",
        occurredAt=epoch(at),
        hs_url=address,
    )
ASKED = contact("asked")
HISTORY.form(ASKED, "2026-01-05 09:00", form_id="form-demo", title="Pedir demo")
row(
    "campaigns",
    id="c3a0b1d2-0000-4000-8000-000000000001",
    hs_name="Primavera",
    hs_utm="primavera 2026",
    hs_spend_items_sum_amount="300",
    hs_start_date="1767225600000",
    on="2026-01-31",
)
row(
    "campaigns",
    id="c3a0b1d2-0000-4000-8000-000000000001",
    hs_name="Primavera",
    hs_utm="primavera 2026",
    hs_spend_items_sum_amount="450",
    on="2026-02-28",
)


def test_a_click_is_its_recipients_and_what_hubspot_takes_for_a_machine_is_none(results: Results) -> None:
    assert results.mql(CLICKED).qualified_at == "2026-01-06 09:00"


def test_who_registered_has_not_attended(results: Results) -> None:
    assert results.mql(CAME).qualified_at == "2026-01-07 18:00"


def test_a_page_is_about_what_sources_yml_says_of_its_address(results: Results) -> None:
    assert results.mql(LOOKED).qualified_at == "2026-01-05 09:00"
    touches = results.rows(
        f"select * from staging.stg_touches where contact_id = '{LOOKED}' order by occurred_at"
    )
    assert [(touch.content_type, touch.campaign_id) for touch in touches] == [
        ("pricing", "c3a0b1d2-0000-4000-8000-000000000001"),
        (None, None),
    ]


def test_a_form_may_be_more_than_a_form(results: Results) -> None:
    assert results.points(ASKED) == {"asked": 10}


def test_a_contract_asks_for_an_attribute_by_its_standard_name(results: Results) -> None:
    assert results.points(LOOKED)["large"] == 3


def test_what_a_campaign_has_cost_so_far_becomes_spend_by_its_differences(results: Results) -> None:
    spend = results.rows("select * from staging.stg_campaign_spend order by spend_date")
    assert [(row.spend_date, float(row.amount)) for row in spend] == [
        ("2026-01-31", 300.0),
        ("2026-02-28", 150.0),
    ]
    (campaign,) = results.rows("select * from staging.stg_campaigns")
    assert campaign.campaign_name == "Primavera"


# bad input

row("contacts", id="12 34", createdate=epoch("2026-01-05 09:00"), lastmodifieddate=epoch("2026-01-05 09:00"))
row("contacts", id="1234", createdate="soon", lastmodifieddate=epoch("2026-01-05 09:00"))
deal(None, "closedwon", hs_is_closed="false", hs_is_closed_won="true")
deal(None, "closedwon", deal_currency_code="XXX")


@pytest.mark.parametrize(("object_name", "rows"), [("contacts", 2), ("deals", 2)])
def test_rows_that_cannot_be_used_are_in_quarantine(results: Results, object_name: str, rows: int) -> None:
    (report,) = [report for report in results.result.reports if report.object == object_name]
    assert report.rows_quarantined == rows


# words that nothing gives a meaning to

engagement("calls", UNOWNED, "2026-01-05 13:00", hs_call_disposition="0a1b2c3d-0000-4000-8000-00000000000f")


def test_a_word_without_a_meaning_is_counted_and_the_line_that_would_map_it_is_told(results: Results) -> None:
    words = {
        (row.object_name, row.word): (row.occurrences, row.asked)
        for row in results.rows("select * from raw.unmapped_words")
    }
    assert words["deals", "presentation"] == (1, 7)
    # Four calls have a disposition.
    assert words["calls", "0a1b2c3d-0000-4000-8000-00000000000f"] == (1, 4)
    assert words["web_events", "https://acme.example/blog"] == (1, 2)
    assert ("web_events", "https://acme.example/precios") not in words
    assert ("form_submissions", "form-demo") not in words
    messages = [finding.message for finding in unmapped_words_of(results.result.connection)]
    assert any("under sources.marketing.deal_stages" in message for message in messages)
    assert any('"presentation": <open, won, lost>' in message for message in messages)
