"""The demo company's story can be read from the figures that the pipeline makes of its extracts.

These are the company's own figures, not rules: who changes the company, its contracts or its seed may
change what is expected here, as long as there is still a story to tell.
"""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from dagster_project.demo import History, write_extracts
from tests.pipeline import Result, build

PROJECT = Path(__file__).parents[3]
SLOW_QUARTER = ["2026-01", "2026-02", "2026-03"]
PERIODS = ["2025-11", "2025-12", *SLOW_QUARTER, *(f"2026-{month:02}" for month in range(4, 11))]


@pytest.fixture(scope="module")
def folder(demo: History, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's extracts, the project's contracts and its sources, as one history."""
    root = tmp_path_factory.mktemp("story")
    write_extracts(demo, root / "extracts")
    shutil.copytree(PROJECT / "contracts", root / "contracts")
    shutil.copy(PROJECT / "sources.yml", root / "sources.yml")
    return root


@pytest.fixture(scope="module")
def now(folder: Path) -> Result:
    return build(folder, folder / "home")


@pytest.fixture(scope="module")
def at_the_end_of_march(folder: Path, now: Result) -> Result:
    return build(folder, folder / "home", as_of=date(2026, 3, 31))


@pytest.fixture(scope="module")
def under_the_draft(folder: Path, now: Result) -> Result:
    """The whole year again, as if sales' draft had been signed before it began."""
    draft = (PROJECT / "contracts/2026-11-draft.yml").read_text(encoding="utf-8")
    draft = draft.replace("effective_from: 2026-11-01", "effective_from: 2025-11-01")
    draft = re.sub(
        r"  - \{department: sales, (.*), signed_on: .*\}",
        r"  - {department: sales, \1, signed_on: 2025-10-01}"
        "\n  - {department: marketing, name: Amaya Ejemplo, signed_on: 2025-10-01}",
        draft,
    )
    replayed = folder / "replayed"
    (replayed / "contracts").mkdir(parents=True)
    (replayed / "contracts/draft.yml").write_text(draft, encoding="utf-8")
    shutil.copy(folder / "sources.yml", replayed / "sources.yml")
    (replayed / "extracts").symlink_to(folder / "extracts")
    return build(replayed, folder / "home")


def _status(result: Result, commitment: str) -> dict[str, str]:
    """The status by period of a commitment."""
    query = f"select strftime(period, '%Y-%m'), status from marts.sla_attainment where commitment_id = '{commitment}'"
    return {str(period): str(status) for period, status in result.rows(query)}


def _periods(result: Result, commitment: str, status: str) -> list[str]:
    return sorted(period for period, found in _status(result, commitment).items() if found == status)


def test_nothing_that_the_demo_delivers_is_refused_or_quarantined(now: Result) -> None:
    assert sum(report.rows_quarantined for report in now.reports) == 0
    assert [report.refused for report in now.reports if report.refused] == []


def test_sales_misses_its_first_answers_in_one_quarter_and_only_there(now: Result) -> None:
    assert _periods(now, "first-response", "missed") == SLOW_QUARTER
    assert _periods(now, "disposition", "missed") == SLOW_QUARTER
    assert _periods(now, "sql-conversion", "missed") == SLOW_QUARTER


def test_marketing_keeps_its_number_through_the_slow_quarter_and_misses_it_in_august(now: Result) -> None:
    assert _periods(now, "mql-volume", "missed") == ["2026-08"]


def test_no_number_was_agreed_on_for_december_and_nothing_could_close_in_november(now: Result) -> None:
    assert sorted(_status(now, "mql-volume")) == [period for period in PERIODS if period != "2025-12"]
    assert _status(now, "close-rate")["2025-11"] == "no_data"


def test_the_last_cohort_still_owes(now: Result) -> None:
    query = "select count(*) from marts.fct_obligations where outcome = 'pending' and period = '2026-10-01'"
    ((pending,),) = now.rows(query)
    assert isinstance(pending, int)
    assert pending > 100
    # All months are over, and some of the last one's figures are still open.
    assert "on_track" in {_status(now, commitment)["2026-10"] for commitment in ("cadence", "disposition")}


def test_each_signed_version_judges_its_own_months_and_the_draft_none(now: Result) -> None:
    rows = now.rows(
        "select distinct strftime(period, '%Y-%m') as p, contract_version from marts.sla_attainment order by p"
    )
    assert rows == [(period, 1 if period < "2026-05" else 2) for period in PERIODS]


def test_calls_that_came_late_restate_the_slow_quarter(now: Result, at_the_end_of_march: Result) -> None:
    assert _status(at_the_end_of_march, "cadence")["2026-01"] == "missed"
    assert _status(now, "cadence")["2026-01"] == "met"
    # February and March stay missed: the lost calls were a part of it, not the whole.
    assert _periods(now, "cadence", "missed") == SLOW_QUARTER[1:]


def test_the_draft_would_have_kept_what_sales_promises_on_its_follow_up(under_the_draft: Result) -> None:
    for commitment in ("first-response", "cadence", "disposition", "no-contact"):
        assert _periods(under_the_draft, commitment, "missed") == []
    # What it would not have mended: the slow quarter's conversion.
    assert _periods(under_the_draft, "sql-conversion", "missed") == SLOW_QUARTER


def test_the_raffle_is_cheap_and_useless_and_the_conference_expensive_and_good(now: Result) -> None:
    query = """
        with
        brought as (
            select campaign_id, count(distinct contact_id) as people
            from (
                select contact_id, arg_min(campaign_id, (occurred_at, touch_id)) as campaign_id
                from raw.standard_touches group by contact_id
            )
            group by campaign_id
        ),
        spent as (
            select campaign_id, sum(amount)::double as spend from raw.standard_campaign_spend group by campaign_id
        ),
        mqls as (
            select first_campaign_id as campaign_id, count(*) as mqls, count(sql_at) as sqls, count(won_at) as customers
            from marts.fct_mqls group by first_campaign_id
        )
        select people, spend / people, mqls, sqls / mqls, spend / mqls, customers
        from brought inner join spent using (campaign_id) inner join mqls using (campaign_id)
        where campaign_id in ('CAMP-001', 'CAMP-002')
        order by campaign_id
    """
    raffle, conference = now.rows(query)
    people, cost_of_person, mqls, conversion, cost_of_mql, customers = range(6)
    assert raffle[people] > 5 * conference[people]  # type: ignore[operator]
    assert raffle[cost_of_person] < 50  # type: ignore[operator]
    assert raffle[customers] == 0
    assert raffle[mqls] < 25  # type: ignore[operator]
    assert raffle[cost_of_mql] > conference[cost_of_mql]  # type: ignore[operator]
    assert conference[cost_of_person] > 500  # type: ignore[operator]
    assert conference[conversion] > 0.35  # type: ignore[operator]
    assert conference[customers] >= 5  # type: ignore[operator]
