"""Ways to break what came in."""

from __future__ import annotations

from .breakage import Breakage

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

RAW: dict[str, Breakage] = (
    DELIVERIES | CONTACTS | TOUCHES | CAMPAIGNS | USERS | LEADS | ACTIVITIES | MEETINGS | OPPORTUNITIES
)
