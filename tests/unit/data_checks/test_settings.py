"""A deployment may change severities and thresholds; what it can't mean is refused, all at once."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from data_checks import (
    ALL_SUITES,
    GATES,
    CheckSettings,
    CheckSettingsErrors,
    Severity,
    check_overrides,
    declared_checks,
)
from data_checks.raw.deliveries import DELIVERIES
from data_checks.raw.leads import LEADS
from data_checks.raw.touches import TOUCHES
from data_checks.settings import settings_problems
from tests.unit.data_checks.conftest import NOW, Run

# 6 of 118 leads are 5.1 %.
SIX_UNKNOWN_CONTACTS = "update raw.standard_leads set contact_id = 'x' where lead_id < 'l006'"
THIRTEEN_QUARANTINED = """
    update raw.extract_ledger set rows_read = rows_read + 13, rows_quarantined = 13
    where object = 'touches' and extract_date = '2026-02-28'
"""


def test_a_warning_can_be_made_an_error(run: Run) -> None:
    settings = CheckSettings(now=NOW, overrides={"leads_are_of_known_contacts": {"severity": "error"}})
    result = run(SIX_UNKNOWN_CONTACTS, [LEADS], settings)["leads_are_of_known_contacts"]
    assert (result.passed, result.severity, result.is_blocking) == (False, Severity.ERROR, True)


def test_an_error_can_be_made_a_warning(run: Run) -> None:
    settings = CheckSettings(now=NOW, overrides={"leads_are_delivered": {"severity": "warning"}})
    result = run("delete from raw.standard_leads", [LEADS], settings)["leads_are_delivered"]
    assert (result.passed, result.is_blocking) == (False, False)


def test_a_threshold_can_be_raised(run: Run) -> None:
    # 6 of 118 are 0.0508…: more than 5 %, less than 5.1 %.
    settings = CheckSettings(now=NOW, overrides={"leads_are_of_known_contacts": {"threshold": 0.051}})
    result = run(SIX_UNKNOWN_CONTACTS, [LEADS], settings)["leads_are_of_known_contacts"]
    assert result.passed
    assert result.observed == pytest.approx(6 / 118)
    assert (result.threshold, result.threshold_text) == (0.051, "at most 5.1 % of the rows")


def test_a_share_exactly_at_the_threshold_passes(run: Run) -> None:
    # 342 of 1,180 touches are 28.98…%; of 1,000 left, 290 are exactly 0.29, which no double is.
    sql = """
        delete from raw.standard_touches where contact_id >= 'c100';
        update raw.standard_touches set contact_id = 'x' where contact_id < 'c029'
    """
    settings = CheckSettings(now=NOW, overrides={"touches_are_of_known_contacts": {"threshold": 0.29}})
    result = run(sql, [TOUCHES], settings)["touches_are_of_known_contacts"]
    assert (result.passed, result.failing, result.checked) == (True, 290, 1000)


def test_without_a_required_row_the_other_checks_of_an_empty_table_pass_too(run: Run) -> None:
    overrides = {"leads_are_delivered": {"threshold": 0}}
    results = run("delete from raw.standard_leads", [LEADS], CheckSettings(now=NOW, overrides=overrides))
    assert {result.check_id for result in results.values() if not result.passed} == {
        "raw_leads_has_what_the_ledger_accepted"
    }
    assert results["leads_name_a_person"].observed_text == "no rows to look at"


def test_an_empty_table_that_must_have_rows_fails_its_other_checks(run: Run) -> None:
    results = run("delete from raw.standard_leads", [LEADS])
    result = results["leads_change_after_they_are_created"]
    assert not result.passed
    assert "nothing to look at never passes" in result.sentence


def test_the_quarantine_limit_is_the_sources_own(run: Run) -> None:
    # 13 of 1,193 rows are 1.09 %: too many for the default of 1 %, not for 2 %.
    settings = CheckSettings(now=NOW, quarantine_limits={"marketing": 0.02, "crm": 0.01})
    assert run(THIRTEEN_QUARANTINED, [DELIVERIES], settings)[
        "quarantine_is_within_what_the_source_allows"
    ].passed
    strict = CheckSettings(now=NOW, quarantine_limits={"marketing": Decimal("0.01089"), "crm": 0.01})
    assert not run(THIRTEEN_QUARANTINED, [DELIVERIES], strict)[
        "quarantine_is_within_what_the_source_allows"
    ].passed


def test_quarantine_that_was_published_already_is_not_looked_at(run: Run, tmp_path: Path) -> None:
    published = tmp_path / "it's published.parquet"
    duckdb.execute(
        f"""
        copy (
            select 'marketing' as source, 'touches' as object, date '2026-02-28' as extract_date, null::varchar as part,
                1::bigint as delivery
        ) to '{str(published).replace("'", "''")}'
        """
    )
    settings = CheckSettings(now=NOW, published_deliveries=[published])
    assert run(THIRTEEN_QUARANTINED, [DELIVERIES], settings)[
        "quarantine_is_within_what_the_source_allows"
    ].passed


def test_a_corrected_delivery_ends_the_block(run: Run) -> None:
    corrected = f"""
        {THIRTEEN_QUARANTINED};
        insert into raw.extract_ledger by name
        select * replace (2 as delivery, 20 as rows_read, 0 as rows_quarantined) from raw.extract_ledger
        where object = 'touches' and extract_date = '2026-02-28';
        update raw.extract_ledger set outcome = 'superseded'
        where object = 'touches' and extract_date = '2026-02-28' and delivery = 1
    """
    assert all(result.passed for result in run(corrected, [DELIVERIES, TOUCHES]).values())


def test_deliveries_after_the_as_of_date_are_not_counted(run: Run) -> None:
    sql = """
        update raw.as_of set as_of_date = '2026-02-28';
        insert into raw.extract_ledger by name
        select * replace ('2026-03-01'::date as extract_date) from raw.extract_ledger
        where object = 'touches' and extract_date = '2026-02-28'
    """
    assert all(result.passed for result in run(sql, [DELIVERIES, TOUCHES]).values())


def test_everything_wrong_in_the_overrides_is_said_at_once() -> None:
    overrides: dict[str, object] = {
        "leads_are_deliverd": {"severity": "error"},
        "leads_are_of_known_contacts": {"severity": "fatal", "threshold": 5, "colour": "red"},
        "there_are_people": {"threshold": float("nan")},
        "no_object_holds_the_results_back": {"threshold": Decimal(-1)},
        "there_are_mqls": {"threshold": True},
        "users_are_delivered": {},
        "quarantine_is_within_what_the_source_allows": {"threshold": 0.5},
    }
    with pytest.raises(CheckSettingsErrors) as error:
        check_overrides(overrides, ALL_SUITES)  # type: ignore[arg-type]
    assert [str(problem) for problem in error.value.problems] == [
        (
            "checks.leads_are_deliverd: found the key `leads_are_deliverd`, expected the name of a check. "
            "Is `leads_are_delivered` meant?"
        ),
        'checks.leads_are_of_known_contacts.severity: found the text "fatal", expected error or warning.',
        "checks.leads_are_of_known_contacts.threshold: found 5, expected a share of the rows from 0 to 1 (as 0.05).",
        "checks.leads_are_of_known_contacts.colour: found the key `colour`, expected severity or threshold.",
        "checks.there_are_people.threshold: found nan, expected a number (by default: at least 1 row).",
        "checks.no_object_holds_the_results_back.threshold: found -1, expected a number that is not negative.",
        "checks.there_are_mqls.threshold: found true, expected a number (by default: at least 1 row).",
        "checks.users_are_delivered: found a block, expected a block with `severity`, `threshold` or both.",
        (
            "checks.quarantine_is_within_what_the_source_allows.threshold: found 0.5, expected no threshold here. "
            "Each source has its own: set its `max_quarantined_share`."
        ),
    ]
    assert [line.strip() for line in str(error.value).splitlines()[1:]] == [
        str(problem) for problem in error.value.problems
    ]


def test_a_key_that_is_like_no_check_is_told_where_all_are_listed() -> None:
    (problem,) = settings_problems({"zzz": {"severity": "error"}}, ALL_SUITES)
    assert problem.hint == "the page published/checks.html lists all checks."


@pytest.mark.parametrize(("settings", "found"), [(["a"], "a list"), (None, "nothing"), ("x", 'the text "x"')])
def test_settings_that_are_no_block_are_refused(settings: object, found: str) -> None:
    assert settings_problems(settings, ALL_SUITES) == [((), found, "a block with one block per check", None)]


def test_unknown_checks_are_refused_before_anything_is_opened(run: Run) -> None:
    with pytest.raises(CheckSettingsErrors, match="found the key `nothing`, expected the name of a check"):
        run("", GATES["raw"], CheckSettings(now=NOW, overrides={"nothing": {"severity": "error"}}))


def test_declared_checks_are_as_the_deployment_has_them() -> None:
    overrides = {"there_are_mqls": {"severity": "error", "threshold": 10}}
    declared = {check.check_id: check for check in declared_checks(overrides=overrides)}
    assert list(declared) == [check.id for suite in ALL_SUITES for check in suite.checks]
    assert declared["there_are_mqls"].is_blocking
    assert declared["there_are_mqls"].threshold_text == "at least 10 rows"
    assert declared["there_are_mqls"].table == "marts.fct_mqls"
    assert not declared["volumes_do_not_collapse"].is_blocking
    assert declared["volumes_do_not_collapse"].threshold_text == "at least 30 % of the usual rows per extract"
