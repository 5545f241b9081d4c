"""Where a check's edge lies: what is just within passes, what is just beyond fails."""

from __future__ import annotations

import pytest

from data_checks.marts.dimensions import DIM_PERIODS
from data_checks.marts.findings import DATA_QUALITY
from data_checks.marts.obligations import FCT_OBLIGATIONS
from data_checks.marts.people import DIM_PEOPLE
from data_checks.marts.records import RECORDS
from data_checks.raw.contacts import CONTACTS
from data_checks.raw.deliveries import DELIVERIES
from data_checks.raw.leads import LEAD_HISTORY
from data_checks.raw.touches import TOUCHES
from tests.unit.data_checks.conftest import Run

LATER_VERSION = """
    insert into raw.standard_touches by name
    select * replace (timestamp '2026-03-01' as occurred_at) from raw.standard_touches where touch_id = 'c000-0';
"""


def test_a_record_known_only_from_after_the_last_complete_instant_may_be_missing(run: Run) -> None:
    sql = """
        update raw.standard_contacts set updated_at = '2026-03-01' where contact_id = 'c117';
        delete from staging.stg_contacts where contact_id = 'c117'
    """
    assert run(sql, RECORDS)["every_record_of_contacts_counts_once"].passed


@pytest.mark.parametrize("model", ["", "delete from staging.stg_touches where touch_id = 'c000-0'"])
def test_a_record_with_versions_on_both_sides_may_be_known_or_not(model: str, run: Run) -> None:
    assert run(LATER_VERSION + model, RECORDS)["every_record_of_touches_counts_once"].passed


def test_a_record_that_is_there_twice_is_not_made_up_for_by_a_late_one(run: Run) -> None:
    sql = f"{LATER_VERSION} insert into staging.stg_touches values ('c000-0')"
    result = run(sql, RECORDS)["every_record_of_touches_counts_once"]
    assert (result.passed, result.observed) == (False, 1)


def test_thirty_days_ahead_are_not_far_in_the_future(run: Run) -> None:
    sql = "update raw.standard_contacts set created_at = '2026-03-31' where contact_id < 'c010'"
    assert run(sql, [CONTACTS])["nothing_in_contacts_is_far_in_the_future"].passed


def test_seven_days_of_silence_are_not_long(run: Run) -> None:
    sql = "delete from raw.extract_ledger where object = 'leads' and extract_date > '2026-02-21'"
    assert run(sql, [DELIVERIES])["objects_are_not_silent_for_long"].passed


def test_a_header_only_file_does_not_end_a_silence(run: Run) -> None:
    sql = "update raw.extract_ledger set rows_accepted = 0 where object = 'leads' and extract_date > '2026-02-20'"
    result = run(sql, [DELIVERIES])["objects_are_not_silent_for_long"]
    assert (result.passed, result.observed, result.sample) == (False, 8, ("crm/leads",))


def test_volumes_of_fewer_than_a_hundred_rows_say_nothing(run: Run) -> None:
    # Contacts are 2 a day: 56 in four weeks.
    sql = "update raw.extract_ledger set rows_accepted = 0 where object = 'contacts' and extract_date > '2026-02-21'"
    assert run(sql, [DELIVERIES])["volumes_do_not_collapse"].passed


def test_dumps_are_compared_by_file_not_by_week(run: Run) -> None:
    """Five dumps of about a thousand rows, a week apart: the last is like those before."""
    sql = """
        delete from raw.extract_ledger where object = 'touches';
        insert into raw.extract_ledger by name
        select * exclude (i, d)
            replace ('touches' as object, d as extract_date, 1000 + i as rows_read, 1000 + i as rows_accepted)
        from (select * from raw.extract_ledger where object = 'users'),
            (select i, date '2026-01-31' + (7 * i)::int as d from range(5) as t(i))
    """
    results = run(sql, [DELIVERIES])
    assert results["volumes_do_not_collapse"].passed
    assert results["volumes_do_not_multiply"].passed


def test_a_refused_file_that_was_delivered_again_is_no_finding(run: Run) -> None:
    sql = """
        insert into raw.extract_ledger by name
        select * replace (2 as delivery) from raw.extract_ledger where object = 'leads' and extract_date = '2026-02-27';
        update raw.extract_ledger set outcome = 'refused'
        where object = 'leads' and extract_date = '2026-02-27' and delivery = 1
    """
    assert run(sql, [DELIVERIES])["every_delivered_file_could_be_read"].passed


def test_the_wall_clock_says_nothing_about_a_run_as_of_a_past_day(run: Run) -> None:
    sql = "update raw.as_of set complete_through = '2026-01-02', as_of_date = '2026-01-01'"
    result = run(sql, [DELIVERIES])["results_are_complete_through_a_recent_day"]
    assert (result.passed, result.observed_text) == (True, "nothing to measure")


def test_known_words_are_compared_without_case_accents_and_blanks(run: Run) -> None:
    sql = "update raw.standard_touches set touch_type = ' Págé_View '"
    assert run(sql, [TOUCHES])["touch_types_are_known"].passed


def test_touches_are_not_asked_for_by_a_contract_that_trusts_declared_dates(run: Run) -> None:
    sql = "delete from raw.standard_touches; update raw.contract_versions set basis = 'declared'"
    result = run(sql, [TOUCHES])["touches_are_delivered_where_mqls_are_scored"]
    assert (result.passed, result.observed_text) == (True, "nothing is asked for")


def test_a_contract_that_is_not_in_force_yet_asks_for_nothing(run: Run) -> None:
    sql = "delete from raw.standard_touches; update raw.contract_versions set valid_from = '2026-03-01'"
    assert run(sql, [TOUCHES])["touches_are_delivered_where_mqls_are_scored"].passed


def test_statuses_are_looked_for_from_a_hundred_leads_on(run: Run) -> None:
    sql = """
        update raw.contract_statuses set status = 'Wroking';
        delete from raw.standard_leads where lead_id >= 'l099'
    """
    assert run(sql, [LEAD_HISTORY])["the_statuses_that_the_contract_names_occur"].passed


def test_a_status_that_only_the_history_knows_occurs(run: Run) -> None:
    sql = """
        update raw.standard_leads set status = 'New';
        update raw.standard_lead_history set field = 'Status', old_value = 'WORKING', new_value = 'New'
        where lead_id = 'l000'
    """
    assert run(sql, [LEAD_HISTORY])["the_statuses_that_the_contract_names_occur"].passed


def test_an_obligation_met_at_its_deadline_and_one_due_at_the_last_complete_instant_are_sane(
    run: Run,
) -> None:
    sql = """
        update marts.fct_obligations set due_at = done_at where obligation = 'first_attempt' and person_id = 'c000';
        update marts.fct_obligations set due_at = timestamptz '2026-03-01 00:00+00', outcome = 'breached'
        where obligation = 'sql' and person_id = 'c049'
    """
    results = run(sql, [FCT_OBLIGATIONS])
    assert results["obligations_have_sane_times"].passed
    assert results["obligation_outcomes_agree_with_their_times"].passed


def test_an_email_that_is_nobodys_yet_is_no_finding(run: Run) -> None:
    sql = (
        "update marts.dim_people set industry = 'sales@ any time', email_hash = null where person_id = 'c117'"
    )
    assert all(result.passed for result in run(sql, [DIM_PEOPLE, DATA_QUALITY]).values())


def test_a_month_before_the_contract_is_not_missed(run: Run) -> None:
    results = run("delete from raw.periods where period = '2025-12-01'", [DIM_PERIODS])
    assert all(result.passed for result in results.values())
