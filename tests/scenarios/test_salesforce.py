"""Marketing in HubSpot, sales in Salesforce: what each of Salesforce's habits comes to.

Everybody sends a form on Monday 5 January at 9 in Mexico City, which qualifies, and is handed from a queue to Rosa at
10, unless told otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dagster_project.defs.vendor_words import unmapped_words_of
from tests.scenarios.results import Results, run
from tests.scenarios.vendors import (
    CRM,
    MARKETER,
    MARKETING,
    QUEUE,
    RAUL,
    ROSA,
    VendorHistory,
    long_id,
    salesforce_time,
)

HISTORY = VendorHistory(
    {
        MARKETING: {"family": "hubspot"},
        CRM: {
            "family": "salesforce",
            "sales_departments": ["Ventas", "SDR", "Vendedor estándar"],
            "dispositions": {"Contestó": "connected", "Buzón": "voicemail"},
            "meeting_statuses": {"Realizada": "held", "(none)": "held"},
            "activity_types": {"WhatsApp": "message"},
            "touch_types": {"Seminario web": "webinar_attended"},
            "content_types": {"Feria": "expo"},
        },
    },
    mql={
        "basis": "scored",
        "threshold": 10,
        "engagement": [
            {"id": "form", "touch_type": ["form_submission"], "points": 10},
            {"id": "webinar", "touch_type": ["webinar_attended"], "points": 10},
        ],
    },
    capacity={"per_rep": {"min": 1, "max": 100}, "overrides": [{"rep": long_id(RAUL), "min": 0, "max": 7}]},
)
HISTORY.user(ROSA, Name="Rosa Rentería", Department="Ventas")
HISTORY.user(RAUL, Name="Raúl Ríos", Department="", UserRoleId="00E5g0000000SDR")
HISTORY.user(MARKETER, Name="Mara Muestra", Department="Marketing")
HISTORY.user("0055g00000ESTHa", Name="Esther Ejemplo", ProfileId="00e5g00000000VE", Department="")
# Some exports list queues among the users.
HISTORY.user(QUEUE, Name="Cola de entrada", Department="Ventas")
for namesake in ("0055g00000LUZAa", "0055g00000LUZBa"):
    HISTORY.user(namesake, Name="Luz López", Department="Marketing")
HISTORY.row(CRM, "user_roles", Id="00E5g0000000SDR", Name="SDR")
HISTORY.row(CRM, "profiles", Id="00e5g00000000VE", Name="Vendedor Estandar")


@pytest.fixture(scope="module")
def results() -> Iterator[Results]:
    with run(HISTORY) as results:
        yield results


def last_of(object_name: str) -> dict[str, str]:
    return HISTORY.rows[CRM, object_name][-1]


# who is who

QUEUED, _ = HISTORY.mql("queued")


def test_a_queue_owns_leads_and_is_no_user(results: Results) -> None:
    mql = results.mql(QUEUED)
    assert (mql.handed_off_at, mql.rep_id) == ("2026-01-05 10:00", ROSA)
    assert {row.user_id for row in results.rows("select user_id from staging.stg_users where is_rep")} == {
        ROSA,
        RAUL,
        GONE,
        "0055g00000ESTHa",
    }


GONE = "0055g00000GONEa"
HISTORY.user(
    GONE, Department="Ventas", IsActive="false", LastModifiedDate=salesforce_time("2026-01-20 12:00")
)
OF_GONE, OF_GONE_LEAD = HISTORY.mql("of-gone")
last_of("lead_history")["NewValue"] = GONE


def test_a_user_who_has_left_was_a_rep_until_then(results: Results) -> None:
    assert results.mql(OF_GONE).rep_id == GONE
    assert results.rep_load(GONE, "2026-01").outcome == "met"
    assert results.rep_load(GONE, "2026-02") is None


def test_a_contract_may_name_a_rep_by_18_characters(results: Results) -> None:
    ((allowed,),) = results.result.rows(
        f"select capacity_max from intermediate.int_rep_load where rep_id = '{RAUL}' and period = '2026-01-01'"
    )
    assert allowed == 7


# converted leads

CONVERTED, CONVERTED_LEAD = HISTORY.mql("converted")
CONVERTED_CONTACT = "0035g0000000001"
last_of("leads").update(
    IsConverted="true",
    ConvertedDate="2026-01-05",
    ConvertedContactId=long_id(CONVERTED_CONTACT),
    ConvertedOpportunityId="0065g0000000001",
    LastModifiedDate=salesforce_time("2026-01-05 10:30"),
)
HISTORY.row(
    CRM,
    "contacts",
    Id=CONVERTED_CONTACT,
    Email="converted@acme.example",
    LastModifiedDate=salesforce_time("2026-01-05 10:30"),
)
HISTORY.task(CONVERTED_CONTACT, "2026-01-05 11:15")
HISTORY.row(
    CRM,
    "opportunities",
    Id="0065g0000000001",
    CreatedDate=salesforce_time("2026-01-05 10:30"),
    LastModifiedDate=salesforce_time("2026-01-20 10:30"),
    Amount="1200.50",
    StageName="Closed Won",
    IsClosed="true",
    IsWon="true",
    CloseDate="2026-01-20",
)


def test_activity_on_the_contact_is_the_leads_persons(results: Results) -> None:
    assert results.mql(CONVERTED).first_attempt_at == "2026-01-05 11:15"


def test_the_opportunity_that_a_lead_was_converted_into_is_its_persons(results: Results) -> None:
    mql = results.mql(CONVERTED)
    assert mql.opportunity_at == "2026-01-05 10:30"


def test_an_opportunity_closes_at_the_end_of_its_day(results: Results) -> None:
    assert results.mql(CONVERTED).won_at == "2026-01-20 23:59:59.999999"


ONLY_CONVERTED, _ = HISTORY.mql("only-converted")
last_of("leads").update(ConvertedDate="2026-01-05", ConvertedContactId="0035g0000000002")


def test_the_day_of_a_conversion_is_no_event(results: Results) -> None:
    mql = results.mql(ONLY_CONVERTED)
    assert (mql.first_attempt_at, mql.sql_at, mql.opportunity_at) == (None, None, None)


CONTACT_MERGED, _ = HISTORY.mql("contact-merged")
last_of("leads")["ConvertedContactId"] = "0035g0000000011"
for merged, survivor in (("0035g0000000011", "0035g0000000012"), ("0035g0000000012", "0035g0000000013")):
    HISTORY.row(
        CRM,
        "contacts",
        Id=merged,
        MasterRecordId=survivor,
        IsDeleted="true",
        LastModifiedDate=salesforce_time("2026-01-05 10:30"),
    )
HISTORY.task("0035g0000000013", "2026-01-05 11:45")


def test_activity_on_the_contact_that_a_converted_one_was_merged_into_is_the_persons(
    results: Results,
) -> None:
    assert results.mql(CONTACT_MERGED).first_attempt_at == "2026-01-05 11:45"


IN_ROLE, IN_ROLE_LEAD = HISTORY.mql("in-role")
last_of("leads")["ConvertedContactId"] = "0035g0000000021"
for contact_id, is_primary in (("0035g0000000022", "false"), ("0035g0000000021", "true")):
    HISTORY.row(
        CRM,
        "opportunity_contact_roles",
        Id=HISTORY.new_id("00K"),
        OpportunityId="0065g0000000002",
        ContactId=contact_id,
        IsPrimary=is_primary,
    )
HISTORY.row(
    CRM,
    "opportunities",
    Id="0065g0000000002",
    CreatedDate=salesforce_time("2026-01-06 10:00"),
    LastModifiedDate=salesforce_time("2026-01-06 10:00"),
    IsClosed="false",
    IsWon="false",
    CloseDate="2026-06-30",
)


def test_an_opportunity_is_of_its_primary_contacts_lead(results: Results) -> None:
    assert results.mql(IN_ROLE).opportunity_at == "2026-01-06 10:00"


for contact_id, values in (
    ("0035g0000000013", {"IsPrimary": "true", "IsDeleted": "true", "CreatedDate": "2026-01-07 09:00"}),
    (CONVERTED_CONTACT, {"IsPrimary": "false", "CreatedDate": "2026-01-07 09:10"}),
    ("0035g0000000021", {"IsPrimary": "true", "CreatedDate": "2026-01-07 09:20"}),
):
    HISTORY.row(
        CRM,
        "opportunity_contact_roles",
        Id=HISTORY.new_id("00K"),
        OpportunityId="0065g0000000003",
        ContactId=contact_id,
        **values | {"CreatedDate": salesforce_time(values["CreatedDate"])},
    )
HISTORY.row(
    CRM,
    "opportunities",
    Id="0065g0000000003",
    CreatedDate=salesforce_time("2026-01-07 10:00"),
    LastModifiedDate=salesforce_time("2026-01-07 10:00"),
    IsClosed="false",
    IsWon="false",
    CloseDate="2026-06-30",
)


def test_of_several_contacts_in_a_role_the_primary_one_counts_and_a_deleted_role_does_not(
    results: Results,
) -> None:
    rows = results.rows(
        "select lead_id from raw.standard_opportunities where opportunity_id = '0065g0000000003'"
    )
    assert [row.lead_id for row in rows] == [IN_ROLE_LEAD]


ABOUT, ABOUT_LEAD = HISTORY.mql("about")
HISTORY.task(ABOUT_LEAD, "2026-01-05 11:00", WhatId=long_id("0065g0000000001"))
HISTORY.task(ABOUT_LEAD, "2026-01-05 11:10", WhatId="0015g0000000001")


def test_a_task_is_about_an_opportunity_only_where_its_id_is_one(results: Results) -> None:
    rows = results.rows(
        f"select opportunity_id from raw.standard_activities where lead_id = '{ABOUT_LEAD}' order by occurred_at"
    )
    assert [row.opportunity_id for row in rows] == ["0065g0000000001", None]


# merged leads

SURVIVOR, SURVIVOR_LEAD = HISTORY.mql("survivor", handed_off="2026-01-05 12:00")
MIDDLE_LEAD = HISTORY.lead(
    "middle@acme.example",
    "2026-01-05 09:10",
    MasterRecordId=SURVIVOR_LEAD,
    IsDeleted="true",
    LastModifiedDate=salesforce_time("2026-01-05 11:30"),
)
FIRST_LEAD = HISTORY.lead(
    "first@acme.example",
    "2026-01-05 09:20",
    MasterRecordId=MIDDLE_LEAD,
    IsDeleted="true",
    LastModifiedDate=salesforce_time("2026-01-05 11:20"),
)
HISTORY.changed(FIRST_LEAD, "Owner", QUEUE, RAUL, "2026-01-05 09:40")
HISTORY.task(FIRST_LEAD, "2026-01-05 10:50", OwnerId=RAUL)


def test_a_merged_lead_is_its_survivors_at_the_end_of_the_chain(results: Results) -> None:
    mql = results.mql(SURVIVOR)
    # Raúl had it, by the lead that was merged away later, and called.
    assert (mql.handed_off_at, mql.rep_id) == ("2026-01-05 09:40", RAUL)
    assert mql.first_attempt_at == "2026-01-05 10:50"


def test_what_was_done_with_a_merged_lead_was_done_with_its_survivor(results: Results) -> None:
    rows = results.rows(
        f"select lead_id from raw.standard_activities where user_id = '{RAUL}' and occurred_at = '2026-01-05 16:50'"
    )
    assert [row.lead_id for row in rows] == [SURVIVOR_LEAD]


def test_whoever_owned_a_merged_lead_owns_it_no_longer(results: Results) -> None:
    owners = results.rows(
        f"select * from raw.standard_lead_history where lead_id = '{FIRST_LEAD}' order by changed_at"
    )
    assert [(row.new_value, row.changed_at[:10]) for row in owners] == [
        (RAUL, "2026-01-05"),
        (None, "2026-01-05"),
    ]


DELETED_CONTACT = HISTORY.contact("990001", email="deleted-lead@acme.example")
HISTORY.form(DELETED_CONTACT, "2026-01-05 09:00")
HISTORY.lead("deleted-lead@acme.example", "2026-01-05 09:00", owner=ROSA, IsDeleted="true")


def test_a_deleted_lead_that_was_not_merged_counts_nowhere(results: Results) -> None:
    assert results.mql(DELETED_CONTACT).handed_off_at is None


# ids

SPELLED, SPELLED_LEAD = HISTORY.mql("spelled")
HISTORY.task(long_id(SPELLED_LEAD), "2026-01-05 11:00", OwnerId=long_id(ROSA))
CASED = HISTORY.new_id("00Q")[:12]
UPPER, LOWER = f"{CASED}ABC", f"{CASED}abc"
IN_CAPITALS = HISTORY.contact("990002", email="capitals@acme.example")
HISTORY.form(IN_CAPITALS, "2026-01-05 09:00")
HISTORY.lead("capitals@acme.example", "2026-01-05 09:00", owner=ROSA, Id=UPPER)
IN_SMALL = HISTORY.contact("990003", email="small@acme.example")
HISTORY.form(IN_SMALL, "2026-01-05 09:00")
HISTORY.lead("small@acme.example", "2026-01-05 09:00", owner=ROSA, Id=LOWER)
HISTORY.task(LOWER, "2026-01-05 11:00")
HISTORY.task(SPELLED_LEAD + "AAA", "2026-01-05 10:10")


def test_15_and_18_characters_are_one_id(results: Results) -> None:
    assert results.mql(SPELLED).first_attempt_at == "2026-01-05 11:00"


def test_ids_that_differ_in_case_are_two_leads(results: Results) -> None:
    assert results.mql(IN_SMALL).first_attempt_at == "2026-01-05 11:00"
    assert results.mql(IN_CAPITALS).first_attempt_at is None


def test_an_id_whose_suffix_does_not_fit_is_in_quarantine(results: Results) -> None:
    (tasks,) = [report for report in results.result.reports if report.object == "tasks"]
    assert tasks.rows_quarantined == 1
    assert any("impossible_value" in finding.message for finding in tasks.findings)


# tasks and events

BY_DAY, BY_DAY_LEAD = HISTORY.mql("by-day")
HISTORY.task(BY_DAY_LEAD, ActivityDate="2026-01-05")


def test_a_task_with_a_date_and_no_time_counts_at_the_end_of_that_local_day(results: Results) -> None:
    assert results.mql(BY_DAY).first_attempt_at == "2026-01-05 23:59:59.999999"
    (task,) = results.rows(f"select * from staging.stg_activities where lead_id = '{BY_DAY_LEAD}'")
    assert task.is_day_precise


DAY_BEFORE, DAY_BEFORE_LEAD = HISTORY.mql("day-before")
HISTORY.task(DAY_BEFORE_LEAD, ActivityDate="2026-01-05T00:00:00.000Z")
HISTORY.task(DAY_BEFORE_LEAD, ActivityDate="2026-01-04")
HISTORY.task(DAY_BEFORE_LEAD, "2026-01-05 16:00", ActivityDate="2026-01-05")


def test_a_day_is_never_taken_for_its_midnight_and_a_time_is_better_than_a_day(results: Results) -> None:
    assert results.mql(DAY_BEFORE).first_attempt_at == "2026-01-05 16:00"


PLANNED, PLANNED_LEAD = HISTORY.mql("planned")
HISTORY.task(PLANNED_LEAD, ActivityDate="2026-01-06", Status="Not Started", IsClosed="false")
HISTORY.task(PLANNED_LEAD, "2026-01-07 10:00", IsDeleted="true")
HISTORY.row(
    CRM,
    "events",
    Id=HISTORY.new_id("00U"),
    WhoId=PLANNED_LEAD,
    OwnerId=ROSA,
    CreatedDate=salesforce_time("2026-01-05 11:00"),
    LastModifiedDate=salesforce_time("2026-01-05 11:00"),
    StartDateTime=salesforce_time("2026-04-15 11:00"),
)


def test_planned_and_deleted_tasks_and_future_meetings_are_no_attempts(results: Results) -> None:
    mql = results.mql(PLANNED)
    assert (mql.first_attempt_at, mql.meeting_confirmed_at, mql.connected_at) == (None, None, None)


DROPPED, DROPPED_LEAD = HISTORY.mql("dropped")
HISTORY.row(
    CRM,
    "events",
    Id=HISTORY.new_id("00U"),
    WhoId=DROPPED_LEAD,
    OwnerId=ROSA,
    CreatedDate=salesforce_time("2026-01-05 11:00"),
    LastModifiedDate=salesforce_time("2026-01-06 11:00"),
    StartDateTime=salesforce_time("2026-01-08 11:00"),
    IsDeleted="true",
)


def test_a_deleted_event_never_was_a_meeting(results: Results) -> None:
    mql = results.mql(DROPPED)
    assert (mql.connected_at, mql.meeting_confirmed_at) == (None, None)


MET, MET_LEAD = HISTORY.mql("met")
for is_child in ("false", "true"):
    HISTORY.row(
        CRM,
        "events",
        Id=HISTORY.new_id("00U"),
        WhoId=MET_LEAD,
        OwnerId=ROSA,
        CreatedDate=salesforce_time("2026-01-05 11:00"),
        LastModifiedDate=salesforce_time("2026-01-05 11:00"),
        StartDateTime=salesforce_time("2026-01-08 11:00"),
        IsChild=is_child,
    )


def test_a_meeting_without_an_outcome_is_what_sources_yml_says_once_its_time_has_come(
    results: Results,
) -> None:
    mql = results.mql(MET)
    assert (mql.connected_at, mql.meeting_confirmed_at) == ("2026-01-08 11:00", "2026-01-08 11:00")
    ((meetings,),) = results.result.rows(
        f"select count(*) from staging.stg_meeting_versions where lead_id = '{MET_LEAD}'"
    )
    assert meetings == 1


TALKED, TALKED_LEAD = HISTORY.mql("talked")
HISTORY.task(TALKED_LEAD, "2026-01-05 10:20", TaskSubtype="ListEmail")
HISTORY.task(TALKED_LEAD, "2026-01-05 10:40", TaskSubtype="Task", Type="Preparar propuesta")
HISTORY.task(TALKED_LEAD, "2026-01-05 11:00", CallDisposition="Buzón")
HISTORY.task(TALKED_LEAD, "2026-01-05 12:00", CallDisposition="contesto")


def test_a_disposition_means_what_sources_yml_says(results: Results) -> None:
    assert results.mql(TALKED).connected_at == "2026-01-05 12:00"


def test_mass_mail_and_tasks_of_no_known_type_are_no_attempts(results: Results) -> None:
    assert results.mql(TALKED).first_attempt_at == "2026-01-05 11:00"


WRITTEN, WRITTEN_LEAD = HISTORY.mql("written")
HISTORY.task(WRITTEN_LEAD, "2026-01-05 11:10", TaskSubtype="Task", Type="WhatsApp")
ANSWERED, ANSWERED_LEAD = HISTORY.mql("answered")
HISTORY.task(ANSWERED_LEAD, "2026-01-05 11:20", CallType="Inbound")


def test_a_task_type_means_what_sources_yml_says(results: Results) -> None:
    assert results.mql(WRITTEN).first_attempt_at == "2026-01-05 11:10"


def test_an_inbound_call_is_an_answer_and_no_attempt(results: Results) -> None:
    mql = results.mql(ANSWERED)
    assert (mql.connected_at, mql.first_attempt_at) == ("2026-01-05 11:20", None)


# the history of leads

TWICE, TWICE_LEAD = HISTORY.mql("twice")
HISTORY.changed(TWICE_LEAD, "Owner", "Cola de entrada", "Rosa Rentería", "2026-01-05 10:00")
HISTORY.changed(TWICE_LEAD, "Owner", long_id(ROSA), long_id(RAUL), "2026-01-06 10:00")
HISTORY.changed(TWICE_LEAD, "Owner", "Rosa Rentería", "Raúl Ríos", "2026-01-06 10:00")
HISTORY.changed(TWICE_LEAD, "Status", "New", "Working", "2026-01-06 11:00")
HISTORY.changed(TWICE_LEAD, "Company", "Acme", "Acme, S.A.", "2026-01-06 11:00")


def test_a_change_of_owner_told_by_ids_and_by_names_is_one(results: Results) -> None:
    changes = results.rows(
        f"select * from staging.stg_lead_history where lead_id = '{TWICE_LEAD}' order by changed_at"
    )
    assert [(row.field_name, row.old_value, row.new_value) for row in changes] == [
        ("owner_id", QUEUE, ROSA),
        ("owner_id", ROSA, RAUL),
        ("status", "New", "Working"),
    ]
    assert results.mql(TWICE).rep_id == ROSA


NAMED = HISTORY.contact("990004", email="named@acme.example")
HISTORY.form(NAMED, "2026-01-05 09:00")
NAMED_LEAD = HISTORY.lead("named@acme.example", "2026-01-05 09:00", owner=RAUL)
HISTORY.changed(NAMED_LEAD, "Owner", "Cola de entrada", "Raúl Ríos", "2026-01-05 10:30")


def test_an_owner_told_by_name_only_is_the_one_user_of_that_name(results: Results) -> None:
    mql = results.mql(NAMED)
    assert (mql.handed_off_at, mql.rep_id) == ("2026-01-05 10:30", RAUL)


LUZ = HISTORY.contact("990015", email="luz@acme.example")
LUZ_LEAD = HISTORY.lead("luz@acme.example", "2026-01-05 09:00")
HISTORY.changed(LUZ_LEAD, "Owner", "Cola de entrada", "Luz López", "2026-01-05 10:30")


def test_an_owner_told_by_a_name_that_two_users_have_is_neither(results: Results) -> None:
    rows = results.rows(
        f"select new_value from raw.standard_lead_history where lead_id = '{LUZ_LEAD}' and field = 'owner_id'"
    )
    assert [row.new_value for row in rows] == ["Luz López"]


UNTOLD = HISTORY.contact("990005", email="untold@acme.example")
HISTORY.form(UNTOLD, "2026-01-05 09:00")
UNTOLD_LEAD = HISTORY.lead("untold@acme.example", "2026-01-05 09:00", on="2026-01-05")
HISTORY.changed(UNTOLD_LEAD, "Owner", "", "", "2026-01-06 09:30")
HISTORY.lead(
    "untold@acme.example",
    "2026-01-05 09:00",
    owner=ROSA,
    Id=UNTOLD_LEAD,
    Status="Working",
    LastModifiedDate=salesforce_time("2026-01-06 10:45"),
    on="2026-01-06",
)
HISTORY.lead(
    "untold@acme.example",
    "2026-01-05 09:00",
    owner=RAUL,
    Id=UNTOLD_LEAD,
    Status="Working",
    LastModifiedDate=salesforce_time("2026-01-07 10:45"),
    on="2026-01-07",
)


def test_where_the_history_tells_no_values_the_successive_versions_do(results: Results) -> None:
    mql = results.mql(UNTOLD)
    assert (mql.handed_off_at, mql.rep_id, mql.accepted_at) == ("2026-01-06 10:45", ROSA, "2026-01-06 10:45")


# versions of a loader that keeps a history

KEPT = HISTORY.contact("990006", email="kept@acme.example")
HISTORY.form(KEPT, "2026-01-05 09:00")
KEPT_LEAD = HISTORY.lead(
    "kept@acme.example",
    "2026-01-05 09:00",
    owner=ROSA,
    _fivetran_active="true",
    _fivetran_start=salesforce_time("2026-01-05 10:00"),
)
HISTORY.lead(
    "kept@acme.example",
    "2026-01-05 09:00",
    Id=KEPT_LEAD,
    _fivetran_active="false",
    _fivetran_start=salesforce_time("2026-01-05 09:00"),
    _fivetran_end=salesforce_time("2026-01-05 09:59"),
)
ENDED = HISTORY.contact("990007", email="ended@acme.example")
HISTORY.form(ENDED, "2026-01-05 09:00")
HISTORY.lead(
    "ended@acme.example",
    "2026-01-05 09:00",
    owner=ROSA,
    _fivetran_active="false",
    _fivetran_start=salesforce_time("2026-01-05 09:00"),
    _fivetran_end=salesforce_time("2026-01-05 12:00"),
)
UNDONE, UNDONE_LEAD = HISTORY.mql("undone")
HISTORY.task(UNDONE_LEAD, "2026-01-05 11:00", _fivetran_deleted="true")


def test_a_version_that_is_no_longer_active_says_nothing_beside_an_active_one(results: Results) -> None:
    assert results.mql(KEPT).rep_id == ROSA


def test_a_record_without_an_active_version_is_deleted(results: Results) -> None:
    assert results.mql(ENDED).handed_off_at is None


def test_what_a_loader_marks_as_deleted_is_gone(results: Results) -> None:
    assert results.mql(UNDONE).first_attempt_at is None


# campaigns

WEBINAR = "7015g0000000001"
HISTORY.row(
    CRM, "campaigns", on="2026-01-10", Id=WEBINAR, Name="Enero", Type="Seminario Web", ActualCost="1000.00"
)
HISTORY.row(
    CRM, "campaigns", on="2026-01-15", Id=WEBINAR, Name="Enero", Type="Seminario Web", ActualCost="1000.00"
)
HISTORY.row(
    CRM, "campaigns", on="2026-02-03", Id=WEBINAR, Name="Enero", Type="Seminario Web", ActualCost="1250.50"
)
HISTORY.row(
    CRM, "campaigns", on="2026-02-20", Id=WEBINAR, Name="Enero", Type="Seminario Web", ActualCost="1200.50"
)
RESPONDED = HISTORY.contact("990008", email="responded@acme.example")
RESPONDED_LEAD = HISTORY.lead("responded@acme.example", "2026-01-05 09:00")
for name, responded in (("00v5g0000000001", "true"), ("00v5g0000000002", "false")):
    HISTORY.row(
        CRM,
        "campaign_members",
        Id=name,
        CampaignId=WEBINAR,
        LeadId=RESPONDED_LEAD,
        HasResponded=responded,
        FirstRespondedDate="2026-01-12" if responded == "true" else "",
        Status="Feria",
    )


def test_a_campaign_members_response_is_a_touch_of_the_leads_person(results: Results) -> None:
    assert results.mql(RESPONDED).qualified_at == "2026-01-12 23:59:59.999999"
    (touch,) = results.rows(f"select * from staging.stg_touches where lead_id = '{RESPONDED_LEAD}'")
    assert (touch.touch_type, touch.content_type, touch.campaign_id) == ("webinar_attended", "expo", WEBINAR)


def test_a_running_total_becomes_spend_by_its_differences(results: Results) -> None:
    spend = results.rows("select * from staging.stg_campaign_spend order by spend_date")
    assert [(row.spend_date, float(row.amount)) for row in spend] == [
        ("2026-01-10", 1000.0),
        ("2026-02-03", 250.5),
        ("2026-02-20", -50.0),
    ]


def test_a_crm_in_salesforce_leaves_hubspots_owners_and_statuses_alone(results: Results) -> None:
    assert results.result.rows("select count(*) from raw.standard_leads where lead_id not like '00Q%'") == [
        (0,)
    ]


# bad input

HISTORY.row(
    CRM,
    "opportunities",
    Id="0065g0000000091",
    CreatedDate=salesforce_time("2026-01-06 10:00"),
    LastModifiedDate=salesforce_time("2026-01-06 10:00"),
    IsClosed="false",
    IsWon="true",
)
HISTORY.row(
    CRM,
    "opportunities",
    Id="0065g0000000092",
    CreatedDate=salesforce_time("2026-01-06 10:00"),
    LastModifiedDate=salesforce_time("2026-01-06 10:00"),
    IsClosed="true",
    IsWon="true",
    CloseDate="2025-12-06",
)


def test_impossible_opportunities_are_in_quarantine(results: Results) -> None:
    (opportunities,) = [report for report in results.result.reports if report.object == "opportunities"]
    assert opportunities.rows_quarantined == 2


# words that nothing gives a meaning to

UNKNOWN, UNKNOWN_LEAD = HISTORY.mql("unknown-words")
for outcome in ("Quizás", "quizás", "Quizás mañana"):
    HISTORY.task(UNKNOWN_LEAD, "2026-01-05 11:00", CallDisposition=outcome)
HISTORY.lead("of-mara@acme.example", "2026-01-05 09:00", owner=MARKETER)


def test_a_word_without_a_meaning_is_counted_and_the_line_that_would_map_it_is_told(results: Results) -> None:
    words = {
        (row.setting, row.word): (row.occurrences, row.asked)
        for row in results.rows("select * from raw.unmapped_words where source_name = 'crm'")
    }
    # Five calls have a disposition: two of them words that sources.yml knows.
    assert words == {
        ("dispositions", "Quizás"): (2, 5),
        ("dispositions", "Quizás mañana"): (1, 5),
        ("activity_types", "Preparar propuesta"): (1, words["activity_types", "Preparar propuesta"][1]),
        ("sales_departments", "marketing"): (1, words["sales_departments", "marketing"][1]),
    }
    messages = [finding.message for finding in unmapped_words_of(results.result.connection)]
    line = 'sources.crm.activity_types: "Preparar propuesta": <call, email, message, meeting> (1 rows)'
    assert any(line in message for message in messages)


def test_a_disposition_without_a_meaning_connects_with_nobody(results: Results) -> None:
    assert results.mql(UNKNOWN).connected_at is None
