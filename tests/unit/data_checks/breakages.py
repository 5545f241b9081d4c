"""For every check, one way to break the company's warehouse so that it fails, and what it then finds.

`failing` is how many rows (or measured things) fail, worked out beside the statement; `sample` the keys shown of them.
"""

from __future__ import annotations

from typing import NamedTuple


class Breakage(NamedTuple):
    """A statement that breaks the warehouse, how much then fails (None for a row count) and the keys shown."""

    sql: str
    failing: int | None
    sample: tuple[str, ...] = ()


FIRST_FIVE_CONTACTS = ("c000", "c001", "c002", "c003", "c004")
FIRST_FIVE_LEADS = ("l000", "l001", "l002", "l003", "l004")
FIRST_FIVE_TOUCHES = ("c000-0", "c000-1", "c000-2", "c000-3", "c000-4")

DELIVERIES = {
    "deliveries_are_in_the_ledger": Breakage("delete from raw.extract_ledger", None),
    "rows_read_are_accepted_or_quarantined": Breakage(
        "update raw.extract_ledger set rows_read = 4 where object = 'users'", 1, ("crm users 2026-01-01 1",)
    ),
    # A row lost of one file, and one doubled in another.
    "files_hold_the_rows_that_the_ledger_accepted": Breakage(
        """
        update raw.extract_ledger set rows_in_file = rows_in_file + 1
        where object = 'touches' and extract_date = '2026-01-02';
        update raw.extract_ledger set rows_in_file = rows_in_file - 1 where object = 'users';
        """,
        2,
        ("crm users 2026-01-01 1", "marketing touches 2026-01-02 1"),
    ),
    # 3 of 20 + 3 rows of a day are 13 %, of all 1,180 + 3 rows of touches 0.25 %: within the limit of 1 %.
    # 13 of 1,193 are 1.09 %: beyond it.
    "quarantine_is_within_what_the_source_allows": Breakage(
        """
        update raw.extract_ledger set rows_read = rows_read + 13, rows_quarantined = 13
        where object = 'touches' and extract_date = '2026-02-28'
        """,
        1,
        ("marketing/touches",),
    ),
    "every_delivered_file_could_be_read": Breakage(
        """
        insert into raw.extract_ledger by name
        select * replace (2 as delivery, 'refused' as outcome) from raw.extract_ledger
        where object = 'leads' and extract_date = '2026-02-27'
        """,
        1,
        ("crm leads 2026-02-27",),
    ),
    # The last complete day is 28 February: from the 20th to it are 8 days, one more than allowed.
    "objects_are_not_silent_for_long": Breakage(
        "delete from raw.extract_ledger where object = 'leads' and extract_date > '2026-02-20'",
        1,
        ("crm/leads",),
    ),
    # From 24 to 28 February are 4 days, one more than allowed; campaigns, users and opportunities came in January,
    # meetings on 20 and 22 February.
    "no_object_holds_the_results_back": Breakage(
        "update raw.as_of set complete_through = '2026-02-25'",
        6,
        ("crm/activities", "crm/lead_history", "crm/leads", "marketing/campaign_spend", "marketing/contacts"),
    ),
    # 5 touches a day after 28 days of 20: a quarter of the usual.
    "volumes_do_not_collapse": Breakage(
        "update raw.extract_ledger set rows_accepted = 5 where object = 'touches' and extract_date > '2026-02-21'",
        1,
        ("marketing/touches",),
    ),
    # 81 a day: 4.05 times the usual.
    "volumes_do_not_multiply": Breakage(
        "update raw.extract_ledger set rows_accepted = 81 where object = 'touches' and extract_date > '2026-02-21'",
        1,
        ("marketing/touches",),
    ),
    # The tests look at it on 2 March: 4 days after 26 February.
    "results_are_complete_through_a_recent_day": Breakage(
        "update raw.as_of set complete_through = '2026-02-26'", 1, ("complete_through",)
    ),
}

CONTACTS = {
    "contacts_are_delivered": Breakage("delete from raw.standard_contacts", None),
    "raw_contacts_has_what_the_ledger_accepted": Breakage(
        "delete from raw.standard_contacts where contact_id = 'c007'", 1
    ),
    "declared_qualifications_are_delivered_where_the_contract_trusts_them": Breakage(
        "update raw.contract_versions set basis = 'declared'", 1
    ),
    # 2 of 118 are 1.7 %, above 1 %; a month after 1 March is 31 March.
    "nothing_in_contacts_is_far_in_the_future": Breakage(
        "update raw.standard_contacts set created_at = '2026-03-31 00:00:01' where contact_id in ('c003', 'c004')",
        2,
        ("c003", "c004"),
    ),
    "contacts_change_after_they_are_created": Breakage(
        "update raw.standard_contacts set updated_at = '2025-12-31' where contact_id in ('c003', 'c004')",
        2,
        ("c003", "c004"),
    ),
    # 60 of 118 are 50.8 %.
    "contacts_mostly_have_an_email": Breakage(
        "update raw.standard_contacts set email = null where contact_id < 'c060'", 60, FIRST_FIVE_CONTACTS
    ),
    "attributes_that_the_contract_asks_about_are_mostly_filled": Breakage(
        """
        update raw.standard_contacts set attributes = [struct_pack(name := 'industry', value := null::varchar)]
        where contact_id < 'c060'
        """,
        1,
        ("industry",),
    ),
    "merged_contacts_have_a_known_survivor": Breakage(
        "update raw.standard_contacts set merged_into_contact_id = 'c999' where contact_id = 'c100'",
        1,
        ("c100",),
    ),
}

TOUCHES = {
    "touches_are_delivered_where_mqls_are_scored": Breakage("delete from raw.standard_touches", 1),
    "raw_touches_has_what_the_ledger_accepted": Breakage(
        "insert into raw.standard_touches select * from raw.standard_touches where touch_id = 'c000-0'", 1
    ),
    # 20 of 1,180 are 1.7 %.
    "nothing_in_touches_is_far_in_the_future": Breakage(
        "update raw.standard_touches set occurred_at = '2027-01-01' where contact_id in ('c000', 'c001')",
        20,
        FIRST_FIVE_TOUCHES,
    ),
    # 60 of 1,180 are 5.1 %.
    "touch_types_are_known": Breakage(
        "update raw.standard_touches set touch_type = 'Seen' where contact_id < 'c006'",
        60,
        FIRST_FIVE_TOUCHES,
    ),
    # 240 of 1,180 are 20.3 %.
    "touches_are_of_known_contacts": Breakage(
        "update raw.standard_touches set contact_id = 'x' || contact_id where contact_id < 'c024'",
        240,
        FIRST_FIVE_TOUCHES,
    ),
    "touches_name_known_campaigns": Breakage(
        "update raw.standard_touches set campaign_id = 'k9' where contact_id < 'c006'", 60, FIRST_FIVE_TOUCHES
    ),
}

CAMPAIGNS = {
    "raw_campaigns_has_what_the_ledger_accepted": Breakage(
        "delete from raw.standard_campaigns where campaign_id = 'k0'", 1
    ),
    "campaigns_end_after_they_start": Breakage(
        "update raw.standard_campaigns set ended_on = '2025-12-31' where campaign_id = 'k1'", 1, ("k1",)
    ),
    "raw_campaign_spend_has_what_the_ledger_accepted": Breakage(
        "delete from raw.standard_campaign_spend where spend_date = '2026-01-02'", 1
    ),
    # 3 of 177 are 1.7 %.
    "campaign_spend_is_not_far_in_the_future": Breakage(
        "update raw.standard_campaign_spend set spend_date = '2026-12-31' where spend_date = '2026-01-02'",
        3,
        ("k0 2026-12-31", "k1 2026-12-31", "k2 2026-12-31"),
    ),
    # A day costs 100; 10,000 is a hundred times that, and one more is too much.
    "no_campaign_day_costs_a_hundred_times_the_usual": Breakage(
        """
        update raw.standard_campaign_spend set amount = case campaign_id when 'k0' then 10000 else 10001 end
        where spend_date = '2026-01-02' and campaign_id < 'k2'
        """,
        1,
        ("k1 2026-01-02",),
    ),
    "campaign_spend_is_of_known_campaigns": Breakage(
        "update raw.standard_campaign_spend set campaign_id = 'k9' where campaign_id = 'k0'",
        59,
        ("k9 2026-01-01", "k9 2026-01-02", "k9 2026-01-03", "k9 2026-01-04", "k9 2026-01-05"),
    ),
}

USERS = {
    "users_are_delivered": Breakage("delete from raw.standard_users", None),
    "raw_users_has_what_the_ledger_accepted": Breakage(
        "delete from raw.standard_users where user_id = 'u3'", 1
    ),
    "some_users_are_reps": Breakage("update raw.standard_users set department = 'Ventas'", 1),
    "users_leave_after_they_join": Breakage(
        "update raw.standard_users set ended_on = '2024-12-31' where user_id = 'r1'", 1, ("r1",)
    ),
}

LEADS = {
    "leads_are_delivered": Breakage("delete from raw.standard_leads", None),
    "raw_leads_has_what_the_ledger_accepted": Breakage(
        "delete from raw.standard_leads where lead_id = 'l000'", 1
    ),
    "nothing_in_leads_is_far_in_the_future": Breakage(
        "update raw.standard_leads set created_at = '2027-01-01' where lead_id < 'l002'", 2, ("l000", "l001")
    ),
    "leads_change_after_they_are_created": Breakage(
        "update raw.standard_leads set updated_at = '2025-12-31' where lead_id < 'l002'", 2, ("l000", "l001")
    ),
    # 24 of 118 are 20.3 %.
    "leads_name_a_person": Breakage(
        "update raw.standard_leads set contact_id = null, email = null where lead_id < 'l024'",
        24,
        FIRST_FIVE_LEADS,
    ),
    # 6 of 118 are 5.1 %.
    "leads_are_of_known_contacts": Breakage(
        "update raw.standard_leads set contact_id = 'x' where lead_id < 'l006'", 6, FIRST_FIVE_LEADS
    ),
    # 60 of 118 are 50.8 %.
    "leads_are_owned_by_known_users": Breakage(
        "update raw.standard_leads set owner_id = 'queue' where lead_id < 'l060'", 60, FIRST_FIVE_LEADS
    ),
    "raw_lead_history_has_what_the_ledger_accepted": Breakage(
        "delete from raw.standard_lead_history where lead_id = 'l000'", 1
    ),
    "lead_history_is_delivered": Breakage("delete from raw.standard_lead_history", 1),
    "nothing_in_lead_history_is_far_in_the_future": Breakage(
        "update raw.standard_lead_history set changed_at = '2027-01-01' where lead_id < 'l002'",
        2,
        ("hl000", "hl001"),
    ),
    "lead_history_is_of_known_fields": Breakage(
        "update raw.standard_lead_history set field = 'Amount' where lead_id < 'l006'",
        6,
        ("hl000", "hl001", "hl002", "hl003", "hl004"),
    ),
    "lead_history_is_of_known_leads": Breakage(
        "update raw.standard_lead_history set lead_id = 'x' || lead_id where lead_id < 'l024'",
        24,
        ("hl000", "hl001", "hl002", "hl003", "hl004"),
    ),
    "the_statuses_that_the_contract_names_occur": Breakage(
        "update raw.contract_statuses set status = 'Wroking'", 1, ("accepted",)
    ),
}

FIRST_FIVE_ACTIVITIES = ("l000-0", "l000-1", "l001-0", "l001-1", "l002-0")
ACTIVITIES = {
    "activities_are_delivered_where_follow_up_is_promised": Breakage(
        "delete from raw.standard_activities", 1
    ),
    "raw_activities_has_what_the_ledger_accepted": Breakage(
        "delete from raw.standard_activities where activity_id = 'l000-0'", 1
    ),
    # 4 of 236 are 1.7 %.
    "nothing_in_activities_is_far_in_the_future": Breakage(
        "update raw.standard_activities set occurred_at = '2027-01-01' where lead_id < 'l002'",
        4,
        ("l000-0", "l000-1", "l001-0", "l001-1"),
    ),
    # 12 of 236 are 5.1 %.
    "activity_types_are_known": Breakage(
        "update raw.standard_activities set activity_type = 'Fax' where lead_id < 'l006'",
        12,
        FIRST_FIVE_ACTIVITIES,
    ),
    "activity_directions_are_known": Breakage(
        "update raw.standard_activities set direction = 'sideways' where lead_id < 'l006'",
        12,
        FIRST_FIVE_ACTIVITIES,
    ),
    "activity_outcomes_are_known": Breakage(
        "update raw.standard_activities set outcome = 'chatted' where lead_id < 'l006'",
        12,
        FIRST_FIVE_ACTIVITIES,
    ),
    # 120 of 236 are 50.8 %.
    "calls_mostly_say_what_came_of_them": Breakage(
        "update raw.standard_activities set outcome = null where lead_id < 'l060'", 120, FIRST_FIVE_ACTIVITIES
    ),
    # 48 of 236 are 20.3 %.
    "activities_are_by_known_users": Breakage(
        "update raw.standard_activities set user_id = 'x' where lead_id < 'l024'", 48, FIRST_FIVE_ACTIVITIES
    ),
    "activities_are_about_known_people": Breakage(
        "update raw.standard_activities set lead_id = 'x' where lead_id < 'l024'", 48, FIRST_FIVE_ACTIVITIES
    ),
    # 22 of 236 activities stay a rep's: 214 are not, 90.7 %.
    "sales_activity_is_by_reps": Breakage(
        "update raw.standard_activities set user_id = 'u3' where lead_id >= 'l011'",
        214,
        ("l011-0", "l011-1", "l012-0", "l012-1", "l013-0"),
    ),
}

MEETINGS = {
    "raw_meetings_has_what_the_ledger_accepted": Breakage(
        "delete from raw.standard_meetings where meeting_id = 'ml100'", 1
    ),
    "meeting_statuses_are_known": Breakage(
        "update raw.standard_meetings set status = 'Done' where meeting_id = 'ml100'", 1, ("ml100",)
    ),
    "held_meetings_say_when": Breakage(
        "update raw.standard_meetings set scheduled_at = null where meeting_id = 'ml100'", 1, ("ml100",)
    ),
    "meetings_are_with_known_people": Breakage(
        "update raw.standard_meetings set lead_id = 'x' where meeting_id = 'ml100'", 1, ("ml100",)
    ),
}

OPPORTUNITIES = {
    "raw_opportunities_has_what_the_ledger_accepted": Breakage(
        "delete from raw.standard_opportunities where opportunity_id = 'ol000'", 1
    ),
    "opportunities_are_delivered_where_they_are_promised": Breakage(
        "delete from raw.standard_opportunities", 1
    ),
    "nothing_in_opportunities_is_far_in_the_future": Breakage(
        "update raw.standard_opportunities set created_at = '2027-01-01' where opportunity_id = 'ol011'",
        1,
        ("ol011",),
    ),
    "opportunity_amounts_are_not_negative": Breakage(
        "update raw.standard_opportunities set amount = -1 where opportunity_id = 'ol011'", 1, ("ol011",)
    ),
    # 1 of the 4 that were won.
    "won_opportunities_have_an_amount": Breakage(
        "update raw.standard_opportunities set amount = null where opportunity_id = 'ol003'", 1, ("ol003",)
    ),
    "no_opportunity_is_a_thousand_times_the_usual": Breakage(
        "update raw.standard_opportunities set amount = 1000001 where opportunity_id = 'ol011'", 1, ("ol011",)
    ),
    "opportunities_are_of_known_people": Breakage(
        "update raw.standard_opportunities set lead_id = 'x' where opportunity_id = 'ol011'", 1, ("ol011",)
    ),
}

RECORDS = {
    "every_record_of_contacts_counts_once": Breakage(
        "delete from staging.stg_contacts where contact_id = 'c000'", 1, ("contacts",)
    ),
    "every_record_of_touches_counts_once": Breakage(
        "insert into staging.stg_touches values ('c000-0')", 1, ("touches",)
    ),
    "every_record_of_campaigns_counts_once": Breakage("delete from staging.stg_campaigns", 1, ("campaigns",)),
    "every_record_of_campaign_spend_counts_once": Breakage(
        "delete from staging.stg_campaign_spend", 1, ("campaign_spend",)
    ),
    "every_record_of_users_counts_once": Breakage("delete from staging.stg_users", 1, ("users",)),
    "every_record_of_leads_counts_once": Breakage(
        "insert into staging.stg_leads values ('l000')", 1, ("leads",)
    ),
    "every_record_of_lead_history_counts_once": Breakage(
        "delete from staging.stg_lead_history", 1, ("lead_history",)
    ),
    "every_record_of_activities_counts_once": Breakage(
        "delete from staging.stg_activities", 1, ("activities",)
    ),
    "every_record_of_meetings_counts_once": Breakage(
        "delete from staging.stg_meeting_versions", 1, ("meetings",)
    ),
    "every_record_of_opportunities_counts_once": Breakage(
        "delete from staging.stg_opportunities", 1, ("opportunities",)
    ),
}

DIMENSIONS = {
    "there_are_people": Breakage("delete from marts.dim_people", None),
    "people_are_as_many_as_were_formed": Breakage(
        "delete from marts.dim_people where person_id = 'c117'", 1, ("people",)
    ),
    "dim_people_has_one_row_per_key": Breakage(
        "update marts.dim_people set person_id = 'c117' where person_id = 'c116'", 1, ("c117",)
    ),
    "emails_are_published_as_hashes_only": Breakage(
        "update marts.dim_people set email_hash = upper(email_hash) where person_id = 'c117'", 1, ("c117",)
    ),
    "no_text_of_the_marts_looks_like_an_email": Breakage(
        "update marts.dim_people set country = 'write to ana@acme.example' where person_id = 'c117'",
        1,
        ("dim_people.country",),
    ),
    "no_text_of_the_marts_looks_like_a_phone_number": Breakage(
        "update marts.dim_campaigns set campaign_name = 'Call +52 55 1234 5678' where campaign_id = 'k0'",
        1,
        ("dim_campaigns.campaign_name",),
    ),
    "there_are_reps": Breakage("delete from marts.dim_reps", None),
    "dim_reps_has_one_row_per_key": Breakage(
        "insert into marts.dim_reps select * from marts.dim_reps where rep_id = 'r1'", 1, ("r1",)
    ),
    "there_are_campaigns_or_none": Breakage("delete from marts.dim_campaigns", None),
    "dim_campaigns_has_one_row_per_key": Breakage(
        "insert into marts.dim_campaigns select * from marts.dim_campaigns where campaign_id = 'k0'",
        1,
        ("k0",),
    ),
    "first_campaigns_of_mqls_are_known": Breakage(
        "update marts.fct_mqls set first_campaign_id = 'k9' where person_id = 'c001'", 1, ("c001 1 k9",)
    ),
    "there_are_periods": Breakage("delete from marts.dim_periods", None),
    "periods_are_the_contracts_months": Breakage(
        "delete from marts.dim_periods where period = '2026-02-01'", 1, ("2026-02-01",)
    ),
    "dim_periods_has_one_row_per_key": Breakage(
        "insert into marts.dim_periods select * from marts.dim_periods where period = '2026-01-01'",
        1,
        ("2026-01-01",),
    ),
    "periods_follow_each_other_without_a_gap": Breakage(
        "update marts.dim_periods set is_over = false where period = '2026-02-01'", 1, ("2026-02-01",)
    ),
    "the_published_ledger_is_the_whole_ledger": Breakage(
        "delete from marts.extract_ledger where object = 'users'", 1, ("deliveries",)
    ),
    "extract_ledger_has_one_row_per_key": Breakage(
        "insert into marts.extract_ledger select * from marts.extract_ledger where object = 'users'",
        1,
        ("crm users 2026-01-01 1",),
    ),
}

MQLS = {
    "there_are_mqls": Breakage("delete from marts.fct_mqls", None),
    "mqls_are_as_many_as_qualifications": Breakage(
        "delete from marts.fct_mqls where person_id = 'c059'", 1, ("qualified cycles",)
    ),
    "fct_mqls_has_one_row_per_key": Breakage(
        "update marts.fct_mqls set person_id = 'c058' where person_id = 'c059'", 1, ("c058 1",)
    ),
    "mqls_have_a_known_stage_and_basis": Breakage(
        "update marts.fct_mqls set stage = 'asleep' where person_id = 'c059'", 1, ("c059 1",)
    ),
    "mqls_happen_in_order": Breakage(
        "update marts.fct_mqls set stopped_at = handed_off_at - interval 1 microsecond where person_id = 'c049'",
        1,
        ("c049 1",),
    ),
    "nothing_of_an_mql_lies_after_the_last_complete_day": Breakage(
        "update marts.fct_mqls set recycled_at = timestamptz '2026-03-01 00:00+00' where person_id = 'c049'",
        1,
        ("c049 1",),
    ),
    "handed_off_mqls_have_a_rep": Breakage(
        "update marts.fct_mqls set rep_id = null where person_id = 'c049'", 1, ("c049 1",)
    ),
    "mqls_that_were_not_handed_off_have_no_follow_up": Breakage(
        "update marts.fct_mqls set attempts = 1 where person_id = 'c059'", 1, ("c059 1",)
    ),
    "mql_counts_are_not_negative": Breakage(
        "update marts.fct_mqls set owner_changes = -1 where person_id = 'c049'", 1, ("c049 1",)
    ),
    "mql_scores_reach_the_threshold": Breakage(
        "update marts.fct_mqls set score = 9.999999 where person_id = 'c049'", 1, ("c049 1",)
    ),
    "mqls_are_of_known_people_and_reps": Breakage(
        "update marts.fct_mqls set rep_id = 'r9' where person_id = 'c049'", 1, ("c049 1",)
    ),
    "points_add_up_to_the_score": Breakage(
        "update marts.fct_mql_score set points = 7 where person_id = 'c049' and rule_id = 'any-touch'",
        1,
        ("c049 1",),
    ),
    "fct_mql_score_has_one_row_per_key": Breakage(
        "update marts.fct_mql_score set rule_id = 'any-touch' where person_id = 'c049'",
        1,
        ("c049 1 any-touch",),
    ),
    "rules_that_gave_points_matched_something": Breakage(
        "update marts.fct_mql_score set matched = 0 where person_id = 'c049' and rule_id = 'any-touch'",
        1,
        ("c049 1 any-touch",),
    ),
}

OBLIGATIONS = {
    "there_are_obligations": Breakage("delete from marts.fct_obligations", None),
    "handed_off_mqls_have_every_obligation_that_was_promised": Breakage(
        "delete from marts.fct_obligations where obligation = 'sql' and person_id in ('c048', 'c049')",
        2,
        ("sql c048 1", "sql c049 1"),
    ),
    # rep_load has neither person nor cycle: nothing equals nothing there.
    "fct_obligations_has_one_row_per_key": Breakage(
        """
        insert into marts.fct_obligations
        select * from marts.fct_obligations
        where obligation = 'rep_load' and rep_id = 'r1' and period = '2026-01-01'
        """,
        1,
        ("rep_load r1 2026-01-01",),
    ),
    "obligations_are_of_known_kinds": Breakage(
        "update marts.fct_obligations set owner = 'sales' where obligation = 'handoff' and person_id = 'c000'",
        1,
        ("handoff c000 1 2026-01-01",),
    ),
    "obligations_name_whom_they_are_about": Breakage(
        "update marts.fct_obligations set rep_id = null where obligation = 'sql' and person_id = 'c000'",
        1,
        ("sql c000 1 2026-01-01",),
    ),
    "obligations_have_sane_times": Breakage(
        """
        update marts.fct_obligations set due_at = started_at - interval 1 microsecond
        where obligation = 'customer' and person_id = 'c049'
        """,
        1,
        ("customer c049 1 r2 2026-01-01",),
    ),
    "obligation_outcomes_agree_with_their_times": Breakage(
        "update marts.fct_obligations set outcome = 'breached' where obligation = 'sql' and person_id = 'c049'",
        1,
        ("sql c049 1 r2 2026-01-01",),
    ),
    "obligations_belong_to_the_period_of_their_start": Breakage(
        "update marts.fct_obligations set period = '2026-02-01' where obligation = 'sql' and person_id = 'c049'",
        1,
        ("sql c049 1 r2",),
    ),
    "obligations_are_of_known_mqls": Breakage(
        "update marts.fct_obligations set rep_id = 'r1' where obligation = 'sql' and person_id = 'c049'",
        1,
        ("sql c049 1",),
    ),
    "breaches_are_all_the_breached_obligations": Breakage(
        "delete from marts.breaches where person_id = 'c059'", 1, ("breached obligations",)
    ),
    "breaches_has_one_row_per_key": Breakage(
        "update marts.breaches set person_id = 'c058' where person_id = 'c059'",
        1,
        ("handoff c058 1 2026-01-01",),
    ),
    "breaches_say_how_late_or_how_soon": Breakage(
        "update marts.breaches set overdue_business_seconds = null where person_id = 'c059'",
        1,
        ("handoff c059 1 2026-01-01",),
    ),
}

CREDIT_AND_OPPORTUNITIES = {
    "credits_of_every_mql_sum_to_one_in_each_model": Breakage(
        "update marts.fct_campaign_credit set credit = 0.999 where model = 'linear' and person_id = 'c049'",
        1,
        ("linear c049 1",),
    ),
    "fct_campaign_credit_has_one_row_per_key": Breakage(
        "update marts.fct_campaign_credit set campaign_id = 'k0' where person_id = 'c049'",
        1,
        ("position_based c049 1 k0",),
    ),
    "credits_lie_between_0_and_1": Breakage(
        "update marts.fct_campaign_credit set credit = 'nan' where model = 'linear' and person_id = 'c049'",
        1,
        ("linear c049 1 k0",),
    ),
    "credited_campaigns_are_known": Breakage(
        "update marts.fct_campaign_credit set campaign_id = 'k9' where model = 'linear' and person_id = 'c049'",
        1,
        ("linear c049 1 k9",),
    ),
    "opportunities_are_as_many_as_their_mqls_have": Breakage(
        "delete from marts.fct_opportunities where opportunity_id = 'ol011'", 1, ("opportunities of MQLs",)
    ),
    "amounts_won_are_those_of_the_mqls": Breakage(
        "update marts.fct_opportunities set amount = 1000.0000000000000001 where opportunity_id = 'ol003'",
        1,
        ("amounts won",),
    ),
    "fct_opportunities_has_one_row_per_key": Breakage(
        "update marts.fct_opportunities set opportunity_id = 'ol000' where opportunity_id = 'ol001'",
        1,
        ("ol000",),
    ),
    "opportunities_close_after_they_are_created": Breakage(
        "update marts.fct_opportunities set closed_at = created_at - interval 1 day where opportunity_id = 'ol000'",
        1,
        ("ol000",),
    ),
    "opportunities_are_created_after_the_hand_off": Breakage(
        "update marts.fct_opportunities set created_at = '2026-01-01 10:59:59+00' where opportunity_id = 'ol000'",
        1,
        ("ol000",),
    ),
}

REPS_AND_FUNNELS = {
    "reps_received_every_handed_off_mql": Breakage(
        "update marts.rep_performance set mqls = mqls + 1 where rep_id = 'r1' and period = '2026-01-01'",
        1,
        ("handed-off MQLs",),
    ),
    "rep_performance_has_one_row_per_key": Breakage(
        "update marts.rep_performance set period = '2026-01-01' where rep_id = 'r1'", 1, ("r1 2026-01-01",)
    ),
    "rep_figures_are_sane": Breakage(
        "update marts.rep_performance set min = 31 where rep_id = 'r1' and period = '2026-01-01'",
        1,
        ("r1 2026-01-01",),
    ),
    "reps_with_figures_are_known": Breakage(
        "update marts.rep_performance set rep_id = 'r9' where rep_id = 'r1'",
        2,
        ("r9 2026-01-01", "r9 2026-02-01"),
    ),
    "cohorts_hold_every_handed_off_mql": Breakage(
        "update marts.funnel_by_cohort set mqls = 49 where period = '2026-01-01'", 1, ("handed-off MQLs",)
    ),
    "there_is_a_cohort_for_every_period": Breakage(
        "delete from marts.funnel_by_cohort where period = '2026-02-01'", 1, ("periods",)
    ),
    "funnel_by_cohort_has_one_row_per_key": Breakage(
        "update marts.funnel_by_cohort set period = '2026-01-01'", 1, ("2026-01-01",)
    ),
    "cohort_shares_lie_between_0_and_1": Breakage(
        "update marts.funnel_by_cohort set sqls_decided_share = 1.01 where period = '2026-01-01'",
        1,
        ("2026-01-01",),
    ),
    "cohorts_convert_at_most_everybody": Breakage(
        "update marts.funnel_by_cohort set sqls = 51 where period = '2026-01-01'", 1, ("2026-01-01",)
    ),
    "the_funnel_counts_every_mql_and_person": Breakage(
        "update marts.funnel_by_period set sqls = 31, leads = 61 where period = '2026-01-01'",
        2,
        ("leads", "sqls"),
    ),
    "the_funnel_has_a_row_for_every_period": Breakage(
        "delete from marts.funnel_by_period where period = '2026-02-01'", 1, ("periods",)
    ),
    "funnel_by_period_has_one_row_per_key": Breakage(
        "update marts.funnel_by_period set period = '2026-01-01'", 1, ("2026-01-01",)
    ),
    "funnel_counts_are_not_negative": Breakage(
        "update marts.funnel_by_period set spend = -1 where period = '2026-02-01'", 1, ("2026-02-01",)
    ),
}

ATTAINMENT = {
    "there_is_attainment": Breakage("delete from marts.sla_attainment", None),
    "every_commitment_has_a_row_in_every_period": Breakage(
        """
        delete from marts.sla_attainment where commitment_id = 'mql-volume' and period = '2026-02-01';
        update marts.sla_attainment set commitment_id = 'nobodys'
        where commitment_id = 'sql-conversion' and period = '2026-02-01'
        """,
        3,
        ("2026-02-01 mql-volume", "2026-02-01 nobodys", "2026-02-01 sql-conversion"),
    ),
    "sla_attainment_has_one_row_per_key": Breakage(
        "update marts.sla_attainment set period = '2026-01-01' where commitment_id = 'mql-volume'",
        1,
        ("2026-01-01 mql-volume",),
    ),
    "rates_lie_between_0_and_1": Breakage(
        "update marts.sla_attainment set actual = 1.02 where commitment_id = 'first-response' and actual = 1",
        1,
        ("2026-01-01 first-response",),
    ),
    "attainment_figures_are_numbers": Breakage(
        "update marts.sla_attainment set attainment = 'inf' where commitment_id = 'first-response' and actual = 1",
        1,
        ("2026-01-01 first-response",),
    ),
    "attainment_words_are_known": Breakage(
        "update marts.sla_attainment set status = 'fine' where commitment_id = 'first-response' and actual = 1",
        1,
        ("2026-01-01 first-response",),
    ),
    "attainment_counts_are_those_of_the_obligations": Breakage(
        "update marts.sla_attainment set met = 49 where commitment_id = 'first-response' and actual = 1",
        1,
        ("2026-01-01 first-response",),
    ),
    "attainment_volumes_are_those_of_the_funnel": Breakage(
        "update marts.sla_attainment set actual = 49 where commitment_id = 'mql-volume' and actual = 50",
        1,
        ("2026-01-01 mql-volume",),
    ),
    # 20 SQL obligations of January are pending.
    "attainment_is_final_only_when_it_is_certain": Breakage(
        "update marts.sla_attainment set final = true where commitment_id = 'sql-conversion'",
        1,
        ("2026-01-01 sql-conversion",),
    ),
}

FINDINGS = {
    "findings_say_at_least_how_many_checks_passed": Breakage("delete from marts.data_quality", None),
    "data_quality_has_one_row_per_key": Breakage(
        "insert into marts.data_quality select * from marts.data_quality where finding = 'data_checks_passed'",
        1,
        ("data_checks_passed (all) (all)",),
    ),
    "findings_are_told_in_known_words": Breakage(
        "update marts.data_quality set severity = 'info' where finding = 'data_checks_passed'",
        1,
        ("data_checks_passed (all) (all)",),
    ),
    "every_failed_check_is_among_the_findings": Breakage(
        "delete from marts.data_quality where finding = 'volumes_do_not_collapse'",
        1,
        ("volumes_do_not_collapse",),
    ),
    "every_refused_file_is_among_the_findings": Breakage(
        """
        insert into raw.extract_ledger by name
        select * replace (2 as delivery, 'refused' as outcome) from raw.extract_ledger
        where object = 'leads' and extract_date = '2026-02-27'
        """,
        1,
        ("refused files",),
    ),
    "the_quarantine_holds_the_rows_that_the_ledger_set_aside": Breakage(
        "delete from marts.quarantine_summary", 1, ("rows in quarantine",)
    ),
    "quarantine_summary_has_one_row_per_key": Breakage(
        "insert into marts.quarantine_summary from marts.quarantine_summary",
        1,
        ("crm activities 2026-01-01 ragged_row",),
    ),
}

BREAKAGES: dict[str, Breakage] = (
    DELIVERIES | CONTACTS | TOUCHES | CAMPAIGNS | USERS | LEADS | ACTIVITIES | MEETINGS | OPPORTUNITIES
    | RECORDS | DIMENSIONS | MQLS | OBLIGATIONS | CREDIT_AND_OPPORTUNITIES | REPS_AND_FUNNELS | ATTAINMENT | FINDINGS
)  # fmt: skip
