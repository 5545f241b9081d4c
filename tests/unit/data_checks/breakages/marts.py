"""Ways to break what goes out."""

from __future__ import annotations

from .breakage import Breakage

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

MARTS: dict[str, Breakage] = (
    RECORDS
    | DIMENSIONS
    | MQLS
    | OBLIGATIONS
    | CREDIT_AND_OPPORTUNITIES
    | REPS_AND_FUNNELS
    | ATTAINMENT
    | FINDINGS
)
